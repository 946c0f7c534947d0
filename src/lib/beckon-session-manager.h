/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-application.h"
#include "beckon-lock.h"
#include "beckon-session.h"

G_BEGIN_DECLS

#define BECKON_TYPE_SESSION_MANAGER (beckon_session_manager_get_type ())
/**
 * BeckonSessionManager:
 *
 * What a peer application starts with (`MsgrSessionManager`): it makes sessions, gets the session that launched the
 * program, and is asked about invitations for the application.
 */
G_DECLARE_FINAL_TYPE (BeckonSessionManager, beckon_session_manager, BECKON, SESSION_MANAGER, GObject)

void beckon_session_manager_new_async (const char *const *guids, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
BeckonSessionManager *beckon_session_manager_new_finish (GAsyncResult *result, GError **error);
void beckon_session_manager_new_for_bus_name_async (const char *bus_name, const char *guid, GVariant *description,
                                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                                    gpointer user_data);
BeckonSessionManager *beckon_session_manager_new_for_bus_name_finish (GAsyncResult *result, GError **error);

const char *beckon_session_manager_get_my_signin_name (BeckonSessionManager *self);
GListModel *beckon_session_manager_get_applications (BeckonSessionManager *self);
BeckonLock *beckon_session_manager_get_lock (BeckonSessionManager *self);
gboolean beckon_session_manager_get_busy (BeckonSessionManager *self);

void beckon_session_manager_create_session_async (BeckonSessionManager *self, const char *account,
                                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                                  gpointer user_data);
BeckonSession *beckon_session_manager_create_session_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                             GError **error);
void beckon_session_manager_invite_with_picker_async (BeckonSessionManager *self, const char *guid,
                                                      const char *parent_window, const char *app_data,
                                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                                      gpointer user_data);
BeckonSession *beckon_session_manager_invite_with_picker_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                                 GError **error);
void beckon_session_manager_get_launching_session_async (BeckonSessionManager *self, const char *cookie,
                                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                                         gpointer user_data);
BeckonSession *beckon_session_manager_get_launching_session_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                                    GError **error);
void beckon_session_manager_register_application_async (BeckonSessionManager *self, const char *guid, const char *name,
                                                        const char *url, const char *path, GCancellable *cancellable,
                                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_session_manager_register_application_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                             GError **error);
void beckon_session_manager_unregister_application_async (BeckonSessionManager *self, const char *guid,
                                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                                          gpointer user_data);
gboolean beckon_session_manager_unregister_application_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                               GError **error);

G_END_DECLS
