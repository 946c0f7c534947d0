/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-account.h"
#include "beckon-alert.h"
#include "beckon-application.h"
#include "beckon-found.h"
#include "beckon-session.h"

G_BEGIN_DECLS

#define BECKON_TYPE_MESSENGER (beckon_messenger_get_type ())
/**
 * BeckonMessenger:
 *
 * The user's messenger (`Messenger`): accounts, sessions, registered applications and the invitation by hand. For
 * programs of the user's own desktop; a sandboxed application uses [class@SessionManager].
 */
G_DECLARE_FINAL_TYPE (BeckonMessenger, beckon_messenger, BECKON, MESSENGER, GObject)

void beckon_messenger_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BeckonMessenger *beckon_messenger_new_finish (GAsyncResult *result, GError **error);

gboolean beckon_messenger_get_connected (BeckonMessenger *self);
void beckon_messenger_reconnect_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean beckon_messenger_reconnect_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
GListModel *beckon_messenger_get_accounts (BeckonMessenger *self);
GListModel *beckon_messenger_get_sessions (BeckonMessenger *self);
GListModel *beckon_messenger_get_applications (BeckonMessenger *self);
BeckonAccount *beckon_messenger_get_primary_account (BeckonMessenger *self);
BeckonAccount *beckon_messenger_find_account (BeckonMessenger *self, const char *signin_name);
BeckonSession *beckon_messenger_find_session (BeckonMessenger *self, const char *id);
BeckonApplication *beckon_messenger_find_application (BeckonMessenger *self, const char *guid);
const char *beckon_messenger_get_secrets_warning (BeckonMessenger *self);
char **beckon_messenger_dup_registry_warnings (BeckonMessenger *self);
BeckonHostPrograms beckon_messenger_get_host_programs (BeckonMessenger *self);
char **beckon_messenger_dup_connection_servers (BeckonMessenger *self);
const char *beckon_messenger_get_connection_user (BeckonMessenger *self);
GVariant *beckon_messenger_dup_settings (BeckonMessenger *self);

void beckon_messenger_set_primary_account_async (BeckonMessenger *self, BeckonAccount *account,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                                 gpointer user_data);
gboolean beckon_messenger_set_primary_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_signin_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean beckon_messenger_signin_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_auto_signin_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean beckon_messenger_auto_signin_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_signout_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean beckon_messenger_signout_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_set_status_async (BeckonMessenger *self, BeckonStatus status, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_set_status_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_open_conversation_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean beckon_messenger_open_conversation_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_open_add_contact_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                              GCancellable *cancellable, GAsyncReadyCallback callback,
                                              gpointer user_data);
gboolean beckon_messenger_open_add_contact_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_open_preferences_async (BeckonMessenger *self, const char *page, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_open_preferences_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_get_contact_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BeckonContact *beckon_messenger_get_contact_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_add_account_async (BeckonMessenger *self, const char *signin_name, const char *password,
                                         const char *server, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);
BeckonAccount *beckon_messenger_add_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_create_account_async (BeckonMessenger *self, const char *signin_name, const char *password,
                                            const char *server, const char *display_name, const char *token,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
BeckonAccount *beckon_messenger_create_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_remove_account_async (BeckonMessenger *self, BeckonAccount *account, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_remove_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_invite_app_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                        const char *guid, const char *app_data, const char *message,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BeckonSession *beckon_messenger_invite_app_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_set_settings_async (BeckonMessenger *self, GVariant *settings, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_set_settings_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_search_async (BeckonMessenger *self, const char *text, BeckonAccount *account, const char *who,
                                    gint64 before_id, guint limit, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
GListModel *beckon_messenger_search_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_send_file_async (BeckonMessenger *self, BeckonAccount *account, const char *who, int fd,
                                       const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
BeckonSession *beckon_messenger_send_file_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_answer_pick_async (BeckonMessenger *self, BeckonSession *session, const char *who,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_answer_pick_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_dismiss_alert_async (BeckonMessenger *self, const char *id, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_dismiss_alert_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_register_application_async (BeckonMessenger *self, const char *guid, const char *name,
                                                  const char *url, const char *path, GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_register_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_unregister_application_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_unregister_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_update_application_async (BeckonMessenger *self, const char *guid, const char *name,
                                                const char *url, const char *path, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_update_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_get_registration_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GVariant *beckon_messenger_get_registration_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);
void beckon_messenger_try_application_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_try_application_finish (BeckonMessenger *self, GAsyncResult *result, BeckonSession **inviter,
                                                  BeckonSession **invitee, GError **error);
void beckon_messenger_set_connection_servers_async (BeckonMessenger *self, const char *const *servers,
                                                    const char *user, const char *password, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_messenger_set_connection_servers_finish (BeckonMessenger *self, GAsyncResult *result, GError **error);

G_END_DECLS
