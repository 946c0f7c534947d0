/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_SESSION (beckon_session_get_type ())
/**
 * BeckonSession:
 *
 * One session, from its creation or a received invitation to its end (`MsgrSession`).
 */
G_DECLARE_FINAL_TYPE (BeckonSession, beckon_session, BECKON, SESSION, GObject)

const char *beckon_session_get_id (BeckonSession *self);
BeckonSessionState beckon_session_get_state (BeckonSession *self);
BeckonSessionFlags beckon_session_get_flags (BeckonSession *self);
const char *beckon_session_get_application (BeckonSession *self);
const char *beckon_session_get_application_name (BeckonSession *self);
const char *beckon_session_get_application_url (BeckonSession *self);
const char *beckon_session_get_user (BeckonSession *self);
const char *beckon_session_get_user_name (BeckonSession *self);
const char *beckon_session_get_my_signin_name (BeckonSession *self);
const char *beckon_session_get_local_address (BeckonSession *self);
const char *beckon_session_get_remote_address (BeckonSession *self);
const char *beckon_session_get_app_data (BeckonSession *self);
const char *beckon_session_get_context_data (BeckonSession *self);
gboolean beckon_session_get_ringing (BeckonSession *self);
gboolean beckon_session_get_installing (BeckonSession *self);
gboolean beckon_session_get_asking (BeckonSession *self);
gboolean beckon_session_get_picking (BeckonSession *self);
const char *beckon_session_get_pick_window (BeckonSession *self);
BeckonSessionResult beckon_session_get_result (BeckonSession *self);
const char *beckon_session_get_result_text (BeckonSession *self);
const char *beckon_session_get_log (BeckonSession *self);
gint64 beckon_session_get_created (BeckonSession *self);
gint64 beckon_session_get_deadline (BeckonSession *self);
const char *const *beckon_session_get_timeline (BeckonSession *self);
BeckonChannelPath beckon_session_get_channel_path (BeckonSession *self);
const char *beckon_session_get_channel_reason (BeckonSession *self);
BeckonIdentity beckon_session_get_identity (BeckonSession *self);
const char *beckon_session_get_safety_number (BeckonSession *self);
const char *beckon_session_get_host (BeckonSession *self);
const char *beckon_session_get_message (BeckonSession *self);
gboolean beckon_session_get_automatic (BeckonSession *self);
GVariant *beckon_session_dup_transfer (BeckonSession *self);
char **beckon_session_dup_offered_streams (BeckonSession *self);
char **beckon_session_dup_offered_datagrams (BeckonSession *self);

void beckon_session_set_application_async (BeckonSession *self, const char *guid, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_set_application_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_set_local_address_async (BeckonSession *self, const char *address, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_set_local_address_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_invite_async (BeckonSession *self, const char *user, const char *app_data,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_invite_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_invite_with_picker_async (BeckonSession *self, const char *parent_window, const char *app_data,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
gboolean beckon_session_invite_with_picker_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_accept_async (BeckonSession *self, const char *app_data, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_accept_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_accept_file_async (BeckonSession *self, const char *folder, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_accept_file_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_decline_async (BeckonSession *self, const char *app_data, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_decline_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_cancel_async (BeckonSession *self, BeckonSessionResult reason, const char *app_data,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_cancel_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_send_context_data_async (BeckonSession *self, const char *data, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_send_context_data_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_open_stream_async (BeckonSession *self, const char *name, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
GIOStream *beckon_session_open_stream_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_open_datagram_async (BeckonSession *self, const char *name, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
GSocket *beckon_session_open_datagram_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_get_channel_async (BeckonSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
GVariant *beckon_session_get_channel_finish (BeckonSession *self, GAsyncResult *result, GError **error);
void beckon_session_trust_identity_async (BeckonSession *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_trust_identity_finish (BeckonSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
