/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Messenger1 */
#include "bk-service-private.h"
#include "bk-service-dbus.h"
#include "bk-service-secrets.h"

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  BkService *self = BK_CALL_SERVICE (call);

  if (g_str_equal (name, "version"))
    return g_variant_new_uint32 (1);
  if (g_str_equal (name, "SecretsWarning"))
    return bk_service_text (bk_secrets_get_warning (self->secrets));
  if (g_str_equal (name, "ConnectionServers"))
    return bk_service_connection_servers (self);
  if (g_str_equal (name, "ConnectionUser"))
    return bk_service_text (bk_engine_get_connection_user (self->engine));

  if (g_str_equal (name, "Settings"))
    return bk_service_settings (self);

  BkEngineAccount *primary = bk_engine_get_primary_account (self->engine);
  return primary != NULL ? bk_service_account_path (primary) : g_variant_new_object_path ("/");
}

static void
handle_list_accounts (BkServiceCall *call)
{
  GListModel *accounts = bk_engine_get_accounts (BK_CALL_SERVICE (call)->engine);
  GVariant *list = bk_service_list_to_variant (accounts, 0, g_list_model_get_n_items (accounts), "o",
                                               (BkServiceToVariant) bk_service_account_path);

  bk_service_call_return (call, g_variant_new ("(@ao)", list));
}

static void
handle_list_sessions (BkServiceCall *call)
{
  GListModel *sessions = bk_engine_get_sessions (BK_CALL_SERVICE (call)->engine);
  GVariant *list = bk_service_list_to_variant (sessions, 0, g_list_model_get_n_items (sessions), "o",
                                               (BkServiceToVariant) bk_service_session_path);

  bk_service_call_return (call, g_variant_new ("(@ao)", list));
}

static void
on_account_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  GError *error = NULL;
  g_autoptr (BkEngineAccount) account = bk_engine_add_account_finish (BK_ENGINE (source), result, &error);

  if (account == NULL)
    bk_service_call_fail (call, error);
  else
    bk_service_call_return (call, g_variant_new ("(@o)", bk_service_account_path (account)));
}

static void
handle_add_account (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) registers = NULL;
  g_autofree char *server = NULL, *display_name = NULL, *token = NULL;
  GError *error = NULL;
  BkEngineNewAccount account = { 0 };

  g_variant_get (call->arguments, "(&s&s@a{sv})", &account.sign_in_name, &account.password, &options);
  if (!bk_service_option_text (options, "server", BK_LIMIT_ADDRESS, &server, &error) ||
      !bk_service_option_text (options, "display-name", BK_LIMIT_DISPLAY_NAME, &display_name, &error) ||
      !bk_service_option_text (options, "token", BK_LIMIT_TOKEN, &token, &error) ||
      !bk_service_option (options, "register", G_VARIANT_TYPE_BOOLEAN, &registers, &error))
    {
      bk_service_call_fail (call, error);
      return;
    }
  account.server = server;
  account.display_name = display_name;
  account.invitation_token = token;
  account.register_account = registers != NULL && g_variant_get_boolean (registers);
  bk_engine_add_account_async (self->engine, &account, self->cancellable, on_account_added, call);
}

static void
on_account_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_remove_account_finish (BK_ENGINE (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

static void
handle_remove_account (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  const char *path;

  g_variant_get (call->arguments, "(&o)", &path);
  BkEngineAccount *account = bk_service_find_account (self, path);
  if (account == NULL)
    bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such account.");
  else
    bk_engine_remove_account_async (self->engine, account, self->cancellable, on_account_removed, call);
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceCall *call = user_data;
  BkEngineSession *session = BK_ENGINE_SESSION (source);
  GError *error = NULL;

  if (bk_engine_session_invite_finish (session, result, &error))
    {
      bk_service_call_return (call, g_variant_new ("(@o)", bk_service_session_path (session)));
      return;
    }
  g_object_ref (session);
  bk_service_call_fail (call, error);
  bk_engine_session_drop_unused (session);
  g_object_unref (session);
}

static void
handle_invite_app (BkServiceCall *call)
{
  BkService *self = BK_CALL_SERVICE (call);
  GError *error = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *path, *who, *guid, *app_data;

  g_variant_get (call->arguments, "(&o&s&s&s@a{sv})", &path, &who, &guid, &app_data, &options);
  BkEngineAccount *account = bk_service_call_account (call, path);
  if (account == NULL)
    return;
  BkEngineSession *session = bk_engine_create_session (self->engine, account, NULL, &error);

  if (session == NULL)
    bk_service_call_fail (call, error);
  else if (!bk_engine_session_set_application (session, guid, &error)
           || !bk_service_take_message (session, options, &error))
    {
      bk_engine_session_drop_unused (session);
      bk_service_call_fail (call, error);
    }
  else
    bk_engine_session_invite_async (session, who, app_data, NULL, self->cancellable, on_invited, call);
}

/* ---- signals ---- */

static void
on_invitation (BkEngine *engine, BkEngineSession *session, BkService *self)
{
  bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "Invitation",
                   g_variant_new ("(@o)", bk_service_session_path (session)));
  bk_service_wake_window (self);
}

static void
on_invitation_over (BkEngine *engine, BkEngineSession *session, BkService *self)
{
  bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "InvitationOver",
                   g_variant_new ("(@o)", bk_service_session_path (session)));
}

static void
on_notice (BkEngine *engine, const char *kind, const char *text, BkEngineSession *session, BkService *self)
{
  GVariant *path = session != NULL ? bk_service_session_path (session) : g_variant_new_object_path ("/");

  bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "Notice",
                   g_variant_new ("(@s@s@o)", bk_service_text (kind), bk_service_text (text), path));
  /* Nothing starts by itself without anybody telling the user. */
  if (g_str_equal (kind, "automatic"))
    bk_service_wake_window (self);
}

static void
on_secrets_changed (BkSecrets *secrets, BkService *self)
{
  bk_service_view_refresh (self->messenger);
}

static void
on_servers_changed (BkEngine *engine, BkService *self)
{
  bk_service_view_refresh (self->messenger);
}

static void
on_settings_changed (BkEngine *engine, BkService *self)
{
  bk_service_view_refresh (self->messenger);
}

static void
on_primary_changed (BkEngine *engine, BkService *self)
{
  bk_service_view_refresh (self->messenger);
  bk_service_view_refresh (self->manager);
}

void
bk_service_messenger_track (BkService *self)
{
  self->messenger =
    bk_service_view_new (self, self->service, &bk_service_messenger_interface, BK_SERVICE_PATH, NULL);
  self->manager =
    bk_service_view_new (self, self->sessions, &bk_service_session_manager_interface, BK_SERVICE_PATH, NULL);
  bk_service_view_refresh (self->messenger);
  bk_service_view_refresh (self->manager);
  g_signal_connect_object (self->engine, "invitation", G_CALLBACK (on_invitation), self, 0);
  g_signal_connect_object (self->engine, "invitation-over", G_CALLBACK (on_invitation_over), self, 0);
  g_signal_connect_object (self->engine, "notice", G_CALLBACK (on_notice), self, 0);
  g_signal_connect_object (self->engine, "primary-changed", G_CALLBACK (on_primary_changed), self, 0);
  g_signal_connect_object (self->engine, "settings-changed", G_CALLBACK (on_settings_changed), self, 0);
  g_signal_connect_object (self->engine, "servers-changed", G_CALLBACK (on_servers_changed), self, 0);
  if (BK_IS_SERVICE_SECRETS (self->secrets))
    g_signal_connect_object (self->secrets, "changed", G_CALLBACK (on_secrets_changed), self, 0);
}

static const BkServiceMethod methods[] = {
  { "Attach", bk_service_handle_attach, { { BK_SERVICE_ARG_ANY, BK_LIMIT_PATH } } },
  { "ListAccounts", handle_list_accounts },
  { "AddAccount", handle_add_account,
    { { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME }, { BK_SERVICE_ARG_DATA, BK_LIMIT_PASSWORD } } },
  { "RemoveAccount", handle_remove_account },
  { "SetPrimaryAccount", bk_service_handle_set_primary_account },
  { "SignIn", bk_service_handle_sign_in },
  { "AutoSignIn", bk_service_handle_auto_sign_in },
  { "SignOut", bk_service_handle_sign_out },
  { "SetStatus", bk_service_handle_set_status },
  { "GetContact", bk_service_handle_get_contact,
    { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME } } },
  { "OpenConversation", bk_service_handle_open_conversation,
    { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME } } },
  { "OpenAddContact", bk_service_handle_open_add_contact,
    { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "OpenPreferences", bk_service_handle_open_preferences, { { BK_SERVICE_ARG_LINE, 64 } } },
  { "ListSessions", handle_list_sessions },
  { "InviteApp", handle_invite_app,
    { { BK_SERVICE_ARG_ANY },
      { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME },
      { BK_SERVICE_ARG_GUID },
      { BK_SERVICE_ARG_DATA, BK_LIMIT_APP_DATA } } },
  { "SendFile", bk_service_handle_send_file,
    { { BK_SERVICE_ARG_ANY },
      { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME },
      { BK_SERVICE_ARG_ANY },
      { BK_SERVICE_ARG_LINE, BK_LIMIT_FILE_NAME } } },
  { "AnswerPick", bk_service_handle_answer_pick,
    { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { "ListAlerts", bk_service_handle_list_alerts },
  { "DismissAlert", bk_service_handle_dismiss_alert, { { BK_SERVICE_ARG_GUID } } },
  { "SetConnectionServers", bk_service_handle_set_connection_servers,
    { { BK_SERVICE_ARG_ANY }, { BK_SERVICE_ARG_LINE, BK_LIMIT_RELAY }, { BK_SERVICE_ARG_DATA, BK_LIMIT_PASSWORD } } },
  { "SetSettings", bk_service_handle_set_settings },
  { "SearchMessages", bk_service_handle_search_messages,
    { { BK_SERVICE_ARG_LINE, BK_LIMIT_QUERY },
      { BK_SERVICE_ARG_ANY },
      { BK_SERVICE_ARG_LINE, BK_LIMIT_SIGN_IN_NAME } } },
  { NULL },
};

const BkServiceInterface bk_service_messenger_interface = {
  .info = &im_beckon_messenger1_interface,
  .methods = methods,
  .get = get_property,
};
