/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-contact.h"
#include "beckon-conversation.h"
#include "beckon-group.h"

G_BEGIN_DECLS

#define BECKON_TYPE_ACCOUNT (beckon_account_get_type ())
/**
 * BeckonAccount:
 *
 * One of the user's accounts (`IMessengerService`): its connection, own status and contacts.
 */
G_DECLARE_FINAL_TYPE (BeckonAccount, beckon_account, BECKON, ACCOUNT, GObject)

const char *beckon_account_get_signin_name (BeckonAccount *self);
const char *beckon_account_get_display_name (BeckonAccount *self);
const char *beckon_account_get_server (BeckonAccount *self);
const char *beckon_account_get_avatar (BeckonAccount *self);
const char *beckon_account_get_state (BeckonAccount *self);
BeckonStatus beckon_account_get_status (BeckonAccount *self);
BeckonStatus beckon_account_get_wanted_status (BeckonAccount *self);
const char *beckon_account_get_personal_message (BeckonAccount *self);
const char *beckon_account_get_error_name (BeckonAccount *self);
const char *beckon_account_get_error_text (BeckonAccount *self);
GError *beckon_account_dup_error (BeckonAccount *self);
GListModel *beckon_account_get_contacts (BeckonAccount *self);
GListModel *beckon_account_get_groups (BeckonAccount *self);
BeckonGroup *beckon_account_find_group (BeckonAccount *self, const char *name);
BeckonContact *beckon_account_find_contact (BeckonAccount *self, const char *who);

void beckon_account_signin_async (BeckonAccount *self, const char *password, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_signin_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_signout_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean beckon_account_signout_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_set_status_async (BeckonAccount *self, BeckonStatus status, const char *personal_message,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_set_status_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_set_display_name_async (BeckonAccount *self, const char *display_name, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_set_display_name_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_add_contact_async (BeckonAccount *self, const char *who, const char *text,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_add_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_approve_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_approve_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_decline_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_decline_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_remove_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_remove_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_block_contact_async (BeckonAccount *self, const char *who, gboolean blocked,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_block_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_create_group_async (BeckonAccount *self, const char *name, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
BeckonGroup *beckon_account_create_group_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_remove_group_async (BeckonAccount *self, BeckonGroup *group, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_remove_group_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_get_conversation_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
BeckonConversation *beckon_account_get_conversation_finish (BeckonAccount *self, GAsyncResult *result,
                                                            GError **error);
void beckon_account_test_connection_async (BeckonAccount *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GVariant *beckon_account_test_connection_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_set_contact_async (BeckonAccount *self, const char *who, const char *alias, gboolean pinned,
                                       gboolean muted, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean beckon_account_set_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_set_avatar_async (BeckonAccount *self, GBytes *image, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_set_avatar_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_change_password_async (BeckonAccount *self, const char *password, const char *new_password,
                                           GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean beckon_account_change_password_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_list_devices_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
GVariant *beckon_account_list_devices_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_remove_device_async (BeckonAccount *self, const char *device, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_remove_device_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_delete_async (BeckonAccount *self, const char *password, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_delete_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_list_safety_numbers_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);
char **beckon_account_list_safety_numbers_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_list_allowed_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
GVariant *beckon_account_list_allowed_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_set_allowed_async (BeckonAccount *self, const char *who, const char *guid, gboolean allowed,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_set_allowed_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_clear_history_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_clear_history_finish (BeckonAccount *self, GAsyncResult *result, GError **error);
void beckon_account_export_history_async (BeckonAccount *self, const char *who, int fd, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_account_export_history_finish (BeckonAccount *self, GAsyncResult *result, GError **error);

G_END_DECLS
