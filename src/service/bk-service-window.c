/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window is started when something came that the user should see and no program looks: it shows a notification.
 * What somebody asks it to show reaches it as an action of the application, which starts it as well. */
#include "bk-service-private.h"

#define WINDOW_NAME "im.beckon.Beckon"
#define WINDOW_PATH "/im/beckon/Beckon"

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* and the service may be gone */
  ((BkService *) user_data)->waking = FALSE;
  if (reply == NULL)
    g_debug ("The window could not be started: %s", error->message);
}

static gboolean
is_not_there (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FILE_INVALID)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    bk_service_call_return (user_data, NULL);
  else if (is_not_there (error))
    {
      g_error_free (error);
      bk_service_call_refuse (user_data, BECKON_ERROR_NOT_SUPPORTED, "Beckon’s window is not installed.");
    }
  else
    {
      g_dbus_error_strip_remote_error (error);
      bk_service_call_fail (user_data, error);
    }
}

/* Takes @call: has the window do @action, and answers when it has heard. */
static void
show (BkServiceCall *call, const char *action, GVariant *parameter)
{
  BkService *self = BK_CALL_SERVICE (call);
  g_auto (GVariantBuilder) parameters = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  g_variant_builder_add (&parameters, "v", parameter);
  g_dbus_connection_call (bk_service_door_get_connection (self->service), WINDOW_NAME, WINDOW_PATH,
                          "org.freedesktop.Application", "ActivateAction",
                          g_variant_new ("(sava{sv})", action, &parameters, NULL), G_VARIANT_TYPE_UNIT,
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_shown, call);
}

void
bk_service_handle_open_conversation (BkServiceCall *call)
{
  const char *path, *who;

  g_variant_get (call->arguments, "(&o&s)", &path, &who);
  BkEngineAccount *account = bk_service_call_account (call, path);
  if (account == NULL)
    return;
  BkEngineContact *contact = bk_engine_account_find_contact (account, who);
  if (contact == NULL)
    bk_service_call_refuse (call, BECKON_ERROR_USER_NOT_FOUND, "Nobody of this name is on the contact list.");
  else
    show (call, "open-conversation", g_variant_new ("(ss)", bk_engine_account_get_sign_in_name (account),
                                                    bk_engine_contact_get_sign_in_name (contact)));
}

void
bk_service_handle_open_add_contact (BkServiceCall *call)
{
  const char *path, *name;

  g_variant_get (call->arguments, "(&o&s)", &path, &name);
  g_autofree char *who = *name != '\0' ? bk_sign_in_name_normalize (name) : g_strdup ("");
  if (who == NULL)
    {
      bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “who” is no sign-in name.");
      return;
    }
  BkEngineAccount *account = bk_service_call_account (call, path);
  if (account != NULL)
    show (call, "open-add-contact", g_variant_new ("(ss)", bk_engine_account_get_sign_in_name (account), who));
}

void
bk_service_handle_open_preferences (BkServiceCall *call)
{
  static const char *const pages[] = { "",         "accounts",      "applications", "connection",
                                       "behavior", "notifications", "privacy",      NULL };
  const char *page;

  g_variant_get (call->arguments, "(&s)", &page);
  if (g_strv_contains (pages, page))
    show (call, "open-preferences", g_variant_new_string (page));
  else
    bk_service_call_refuse (call, BECKON_ERROR_INVALID_ARGUMENT, "The argument “page” names no page.");
}

void
bk_service_start_window (BkService *self)
{
  if (self->waking || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->waking = TRUE;
  g_dbus_connection_call (bk_service_door_get_connection (self->service), "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "StartServiceByName",
                          g_variant_new ("(su)", WINDOW_NAME, 0u), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, self->cancellable, on_started, self);
}

void
bk_service_wake_window (BkService *self)
{
  g_auto (GStrv) watchers = bk_service_callers_list (bk_service_door_get_callers (self->service));

  if (self->waking || watchers[0] != NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_debug ("Nobody looks: starting " WINDOW_NAME);
  bk_service_start_window (self);
}
