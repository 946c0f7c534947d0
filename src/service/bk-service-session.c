/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.Session1, and the list of sessions */
#include "bk-service-private.h"
#include "bk-service-dbus.h"

GVariant *
bk_service_session_path (BkEngineSession *session)
{
  return bk_service_path (BK_SERVICE_PATH_SESSIONS, bk_engine_session_get_number (session));
}

/* Whether @sender may know of @session: at the user's own door everybody, at the other one who made or redeemed it,
 * and whoever is being asked about it right now. */
gboolean
bk_service_holds_session (BkServiceDoor *door, const char *sender, BkEngineSession *session)
{
  switch (bk_service_door_get_kind (door))
    {
    case BK_SERVICE_DOOR_SERVICE:
      return TRUE;
    case BK_SERVICE_DOOR_SESSIONS:
      return g_strcmp0 (bk_engine_session_get_owner (session), sender) == 0 ||
             bk_service_callers_has_grant (bk_service_door_get_callers (door), sender,
                                           bk_engine_session_get_id (session));
    }
  return FALSE;
}

/* ---- properties ---- */

static const char *
get_user_name (BkEngineSession *session)
{
  const char *user = bk_engine_session_get_user (session);
  BkEngineAccount *account = bk_engine_session_get_account (session);
  BkEngineContact *contact =
    user != NULL && account != NULL ? bk_engine_account_find_contact (account, user) : NULL;

  return contact != NULL ? bk_engine_contact_get_display_name (contact) : user;
}

static GVariant *
get_timeline (BkEngineSession *session)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));
  GPtrArray *timeline = bk_engine_session_get_timeline (session);

  for (guint i = 0; timeline != NULL && i < timeline->len; i++)
    g_variant_builder_add_value (&builder, bk_service_text (g_ptr_array_index (timeline, i)));
  return g_variant_builder_end (&builder);
}

static const char *
get_my_name (BkEngineSession *session)
{
  BkEngineAccount *account = bk_engine_session_get_account (session);

  /* In a trial both sides are the same person. */
  return account != NULL ? bk_engine_account_get_sign_in_name (account) : bk_engine_session_get_user (session);
}

static const struct
{
  const char *name;
  const char *(*get) (BkEngineSession *session);
} texts[] = {
  { "SessionID", bk_engine_session_get_id },
  { "Application", bk_engine_session_get_application },
  { "ApplicationName", bk_engine_session_get_application_name },
  { "ApplicationURL", bk_engine_session_get_application_url },
  { "User", bk_engine_session_get_user },
  { "UserName", get_user_name },
  { "MySigninName", get_my_name },
  { "PickWindow", bk_engine_session_get_pick_window },
  { "LocalAddress", bk_engine_session_get_local_address },
  { "RemoteAddress", bk_engine_session_get_remote_address },
  { "Message", bk_engine_session_get_message },
  { "AppData", bk_engine_session_get_app_data },
  { "ContextData", bk_engine_session_get_context_data },
  { "ResultText", bk_engine_session_get_result_text },
  { "Log", bk_engine_session_get_log },
  { "ChannelReason", bk_engine_session_get_channel_reason },
  { "SafetyNumber", bk_engine_session_get_safety_number },
  { "Host", bk_engine_session_get_host },
};

static GVariant *
get_value (BkEngineSession *session, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (name, texts[i].name))
      return bk_service_text (texts[i].get (session));
  if (g_str_equal (name, "State"))
    return g_variant_new_uint32 (bk_engine_session_get_state (session));
  if (g_str_equal (name, "Flags"))
    return g_variant_new_uint32 (bk_engine_session_get_flags (session));
  if (g_str_equal (name, "Result"))
    return g_variant_new_uint32 (bk_engine_session_get_result (session));
  if (g_str_equal (name, "ChannelPath"))
    return g_variant_new_uint32 (bk_engine_session_get_channel_path (session));
  if (g_str_equal (name, "Identity"))
    return g_variant_new_uint32 (bk_engine_session_get_identity (session));
  if (g_str_equal (name, "OfferedStreams"))
    return bk_service_channel_offered (session, FALSE);
  if (g_str_equal (name, "OfferedDatagrams"))
    return bk_service_channel_offered (session, TRUE);
  if (g_str_equal (name, "Ringing"))
    return g_variant_new_boolean (bk_engine_session_get_ringing (session));
  if (g_str_equal (name, "Installing"))
    return g_variant_new_boolean (bk_engine_session_get_installing (session));
  if (g_str_equal (name, "Automatic"))
    return g_variant_new_boolean (bk_engine_session_get_automatic (session));
  if (g_str_equal (name, "Asking"))
    return g_variant_new_boolean (bk_engine_session_get_asking (session));
  if (g_str_equal (name, "Picking"))
    return g_variant_new_boolean (bk_engine_session_get_picking (session));
  if (g_str_equal (name, "Created"))
    return g_variant_new_int64 (bk_engine_session_get_created (session));
  if (g_str_equal (name, "Deadline"))
    return g_variant_new_int64 (bk_engine_session_get_deadline (session));
  if (g_str_equal (name, "Transfer"))
    return bk_engine_session_get_transfer (session);
  if (g_str_equal (name, "Timeline"))
    return get_timeline (session);
  return g_variant_new_uint32 (1); /* version */
}

static GVariant *
get_property (BkServiceCall *call, const char *name)
{
  return get_value (BK_ENGINE_SESSION (call->object), name);
}

static gboolean
set_property (BkServiceCall *call, const char *name, GVariant *value, GError **error)
{
  BkEngineSession *session = BK_ENGINE_SESSION (call->object);
  const char *text = g_variant_get_string (value, NULL);

  /* Form and state are the engine's to judge. */
  if (g_str_equal (name, "LocalAddress"))
    return bk_engine_session_set_local_address (session, text, error);
  return bk_engine_session_set_application (session, text, error);
}

/* Whoever reads the session listens to its signals by now. */
static void
was_read (GObject *object, const char *sender)
{
  BkEngineSession *session = BK_ENGINE_SESSION (object);

  if (g_strcmp0 (bk_engine_session_get_owner (session), sender) == 0)
    bk_engine_session_was_read (session);
}

/* ---- methods ---- */

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean done = bk_engine_session_invite_finish (BK_ENGINE_SESSION (source), result, &error);

  bk_service_call_finish (user_data, done, error);
}

gboolean
bk_service_take_message (BkEngineSession *session, GVariant *options, GError **error)
{
  g_autoptr (GVariant) message = NULL;

  return bk_service_option (options, "message", G_VARIANT_TYPE_STRING, &message, error)
         && bk_engine_session_set_message (session, message != NULL ? g_variant_get_string (message, NULL) : NULL,
                                           error);
}

static void
handle_invite (BkServiceCall *call)
{
  BkEngineSession *session = BK_ENGINE_SESSION (call->object);
  g_autoptr (GVariant) options = NULL;
  const char *user, *app_data, *grant;
  GError *error = NULL;

  g_variant_get (call->arguments, "(&s&s@a{sv})", &user, &app_data, &options);
  if (bk_service_check_invite (call, session, &grant, &error) && bk_service_take_message (session, options, &error))
    bk_engine_session_invite_async (session, user, app_data, grant, BK_CALL_SERVICE (call)->cancellable, on_invited,
                                    call);
  else
    bk_service_call_fail (call, error);
}

static void
handle_accept (BkServiceCall *call)
{
  GError *error = NULL;
  const char *app_data;

  g_variant_get (call->arguments, "(&s)", &app_data);
  if (bk_service_sends_file (BK_ENGINE_SESSION (call->object)))
    {
      bk_service_accept_file (call, NULL);
      return;
    }
  gboolean done = bk_engine_session_accept (BK_ENGINE_SESSION (call->object), app_data, &error);
  bk_service_call_finish (call, done, error);
}

static void
handle_decline (BkServiceCall *call)
{
  GError *error = NULL;
  const char *app_data;

  g_variant_get (call->arguments, "(&s)", &app_data);
  gboolean done = bk_engine_session_decline (BK_ENGINE_SESSION (call->object), app_data, &error);
  bk_service_call_finish (call, done, error);
}

static void
handle_cancel (BkServiceCall *call)
{
  GError *error = NULL;
  const char *app_data;
  guint32 reason;

  g_variant_get (call->arguments, "(u&s)", &reason, &app_data);
  if (reason >= BECKON_N_SESSION_RESULTS)
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “reason” is no session result.");
      return;
    }
  gboolean done = bk_engine_session_cancel (BK_ENGINE_SESSION (call->object), (BeckonSessionResult) reason, app_data,
                                            &error);
  bk_service_call_finish (call, done, error);
}

static void
handle_send_context_data (BkServiceCall *call)
{
  GError *error = NULL;
  const char *data;

  g_variant_get (call->arguments, "(&s)", &data);
  gboolean done = bk_engine_session_send_context_data (BK_ENGINE_SESSION (call->object), data, &error);
  bk_service_call_finish (call, done, error);
}

/* ---- signals ---- */

void
bk_service_tell_session (BkService *self, BkEngineSession *session, const char *interface, const char *signal,
                         GVariant *parameters)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  g_autofree char *path = g_strdup_printf (BK_SERVICE_PATH_SESSIONS "/%u", bk_engine_session_get_number (session));
  g_auto (GStrv) names = bk_service_callers_list (bk_service_door_get_callers (self->sessions));

  bk_service_door_emit (self->service, NULL, path, interface, signal, owned);
  for (gsize i = 0; names[i] != NULL; i++)
    if (bk_service_holds_session (self->sessions, names[i], session))
      bk_service_door_emit (self->sessions, names[i], path, interface, signal, owned);
}

static void
tell (BkService *self, BkEngineSession *session, const char *signal, GVariant *parameters)
{
  bk_service_tell_session (self, session, bk_service_session_interface.info->name, signal, parameters);
}

void
bk_service_session_changed (BkService *self, BkEngineSession *session, const char *property)
{
  const GDBusInterfaceInfo *info = bk_service_session_interface.info;
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&changed, "{sv}", property, get_value (session, property));
  bk_service_tell_session (self, session, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                           g_variant_new ("(sa{sv}as)", info->name, &changed, NULL));
}

static void
on_changed (BkEngineSession *session, const char *property, BkService *self)
{
  const GDBusInterfaceInfo *info = bk_service_session_interface.info;

  if (property == NULL || g_dbus_interface_info_lookup_property ((GDBusInterfaceInfo *) info, property) == NULL)
    return;
  bk_service_session_changed (self, session, property);
  if (g_str_equal (property, "Picking"))
    bk_service_pick_changed (self, session);
}

static void
on_state_changed (BkEngineSession *session, BeckonSessionState previous, BkService *self)
{
  tell (self, session, "StateChanged", g_variant_new ("(u)", (guint32) previous));
}

static void
on_app_not_present (BkEngineSession *session, const char *name, const char *url, BkService *self)
{
  tell (self, session, "AppNotPresent", g_variant_new ("(@s@s)", bk_service_text (name), bk_service_text (url)));
}

static void
on_accepted (BkEngineSession *session, const char *app_data, BkService *self)
{
  tell (self, session, "Accepted", g_variant_new ("(@s)", bk_service_text (app_data)));
}

static void
on_declined (BkEngineSession *session, const char *app_data, BkService *self)
{
  tell (self, session, "Declined", g_variant_new ("(@s)", bk_service_text (app_data)));
}

static void
on_cancelled (BkEngineSession *session, const char *app_data, BkService *self)
{
  tell (self, session, "Cancelled", g_variant_new ("(@s)", bk_service_text (app_data)));
}

static void
on_ready_to_launch (BkEngineSession *session, BkService *self)
{
  tell (self, session, "ReadyToLaunch", NULL);
}

static void
tell_holder (BkService *self, BkEngineSession *session, const char *name, const char *data)
{
  g_autofree char *path = g_strdup_printf (BK_SERVICE_PATH_SESSIONS "/%u", bk_engine_session_get_number (session));

  bk_service_door_emit (self->sessions, name, path, bk_service_session_interface.info->name, "ContextDataReceived",
                        g_variant_new ("(@s)", bk_service_text (data)));
}

/* A program that has fetched its session and not read it yet listens to nothing: it is told later. */
static void
on_context_data (BkEngineSession *session, const char *data, BkService *self)
{
  g_autofree char *path = g_strdup_printf (BK_SERVICE_PATH_SESSIONS "/%u", bk_engine_session_get_number (session));
  const char *later = bk_engine_session_get_unread (session) ? bk_engine_session_get_owner (session) : NULL;
  g_auto (GStrv) names = bk_service_callers_list (bk_service_door_get_callers (self->sessions));

  bk_service_door_emit (self->service, NULL, path, bk_service_session_interface.info->name, "ContextDataReceived",
                        g_variant_new ("(@s)", bk_service_text (data)));
  for (gsize i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (names[i], later) != 0 && bk_service_holds_session (self->sessions, names[i], session))
      tell_holder (self, session, names[i], data);
}

static void
on_context_kept (BkEngineSession *session, const char *data, BkService *self)
{
  tell_holder (self, session, bk_engine_session_get_owner (session), data);
}

static void
on_send_error (BkEngineSession *session, guint code, BkService *self)
{
  GError error = { BECKON_ERROR, code < BECKON_N_ERRORS ? (int) code : BECKON_ERROR_FAILED, (char *) "" };
  g_autofree char *name = g_dbus_error_encode_gerror (&error);

  tell (self, session, "SendError", g_variant_new ("(s)", name));
}

static void
on_termination (BkEngineSession *session, BeckonSessionResult result, const char *app_data, BkService *self)
{
  tell (self, session, "Termination", g_variant_new ("(u@s)", (guint32) result, bk_service_text (app_data)));
}

static void
watch (BkService *self, BkEngineSession *session)
{
  g_signal_connect_object (session, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (session, "state-changed", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (session, "app-not-present", G_CALLBACK (on_app_not_present), self, 0);
  g_signal_connect_object (session, "accepted", G_CALLBACK (on_accepted), self, 0);
  g_signal_connect_object (session, "declined", G_CALLBACK (on_declined), self, 0);
  g_signal_connect_object (session, "cancelled", G_CALLBACK (on_cancelled), self, 0);
  g_signal_connect_object (session, "ready-to-launch", G_CALLBACK (on_ready_to_launch), self, 0);
  g_signal_connect_object (session, "context-data", G_CALLBACK (on_context_data), self, 0);
  g_signal_connect_object (session, "context-kept", G_CALLBACK (on_context_kept), self, 0);
  g_signal_connect_object (session, "send-error", G_CALLBACK (on_send_error), self, 0);
  g_signal_connect_object (session, "termination", G_CALLBACK (on_termination), self, 0);
  bk_service_channel_watch (self, session);
}

static void
on_sessions_changed (GListModel *sessions, guint position, guint removed, guint added, BkService *self)
{
  for (guint i = 0; i < removed && position < self->watched->len; i++)
    {
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, position), self);
      g_ptr_array_remove_index (self->watched, position);
    }
  for (guint i = 0; i < added; i++)
    {
      BkEngineSession *session = g_list_model_get_item (sessions, position + i);

      watch (self, session);
      g_ptr_array_insert (self->watched, (int) (position + i), session);
    }
  if (self->ready)
    bk_service_tell (self, BK_SERVICE_PATH, &bk_service_messenger_interface, "SessionsChanged",
                     g_variant_new ("(uu@ao)", position, removed,
                                    bk_service_list_to_variant (sessions, position, added, "o",
                                                                (BkServiceToVariant) bk_service_session_path)));
}

void
bk_service_sessions_track (BkService *self)
{
  GListModel *sessions = bk_engine_get_sessions (self->engine);

  g_signal_connect_object (sessions, "items-changed", G_CALLBACK (on_sessions_changed), self, 0);
  on_sessions_changed (sessions, 0, 0, g_list_model_get_n_items (sessions), self);
}

void
bk_service_sessions_untrack (BkService *self)
{
  g_signal_handlers_disconnect_by_data (bk_engine_get_sessions (self->engine), self);
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
  g_ptr_array_set_size (self->watched, 0);
}

BkEngineSession *
bk_service_find_session (BkService *self, guint number)
{
  for (guint i = 0; i < self->watched->len; i++)
    if (bk_engine_session_get_number (g_ptr_array_index (self->watched, i)) == number)
      return g_ptr_array_index (self->watched, i);
  return NULL;
}

#define APP_DATA { BK_SERVICE_ARG_DATA, BK_LIMIT_APP_DATA }

static const BkServiceMethod methods[] = {
  { "Invite", handle_invite, { { BK_SERVICE_ARG_NAME, BK_LIMIT_SIGN_IN_NAME }, APP_DATA } },
  { "InviteWithPicker", bk_service_handle_invite_with_picker,
    { { BK_SERVICE_ARG_LINE, BK_LIMIT_WINDOW_HANDLE }, APP_DATA } },
  { "Accept", handle_accept, { APP_DATA } },
  { "AcceptFile", bk_service_handle_accept_file, { { BK_SERVICE_ARG_LINE, BK_LIMIT_PATH } } },
  { "Decline", handle_decline, { APP_DATA } },
  { "Cancel", handle_cancel, { { BK_SERVICE_ARG_ANY }, APP_DATA } },
  { "SendContextData", handle_send_context_data,
    { { BK_SERVICE_ARG_DATA, BK_LIMIT_CONTEXT_DATA, BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT } } },
  { "OpenStream", bk_service_handle_open_channel, { { BK_SERVICE_ARG_LINE, BK_LIMIT_STREAM_NAME } } },
  { "OpenDatagram", bk_service_handle_open_channel, { { BK_SERVICE_ARG_LINE, BK_LIMIT_STREAM_NAME } } },
  { "GetChannel", bk_service_handle_get_channel },
  { "TrustIdentity", bk_service_handle_trust_identity },
  { NULL },
};

const BkServiceInterface bk_service_session_interface = {
  .info = &im_beckon_session1_interface,
  .methods = methods,
  .get = get_property,
  .set = set_property,
  .was_read = was_read,
};
