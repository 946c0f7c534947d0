/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-screen.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define INHIBIT "org.freedesktop.portal.Inhibit"
#define QUERY_END 2 /* session-state: who looks on is asked whether the session may end */

struct _BkServiceScreen
{
  GDBusConnection *session;
  BkServiceScreenFunc func;
  gpointer user_data;
  guint name_watch;
  GCancellable *cancellable; /* of the question for a monitor; nullable */
  char *monitor;             /* the handle of ours; nullable */
  guint subscriptions[2];
  gboolean locked;
};

static void
set_locked (BkServiceScreen *self, gboolean locked)
{
  if (locked == self->locked)
    return;
  self->locked = locked;
  self->func (self->user_data);
}

static void
on_state_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceScreen *self = user_data;
  g_autoptr (GVariant) state = NULL;
  const char *monitor;
  gboolean active;
  guint32 phase;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  g_variant_get (parameters, "(&o@a{sv})", &monitor, &state);
  if (g_strcmp0 (monitor, self->monitor) != 0)
    return;
  if (g_variant_lookup (state, "session-state", "u", &phase) && phase == QUERY_END)
    g_dbus_connection_call (connection, sender, PORTAL_PATH, INHIBIT, "QueryEndResponse",
                            g_variant_new ("(o)", monitor), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  if (g_variant_lookup (state, "screensaver-active", "b", &active))
    set_locked (self, active != FALSE);
}

/* The handle is known beforehand; what comes here is whether there is a monitor behind it. */
static void
on_response (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *signal, GVariant *parameters, gpointer user_data)
{
  guint32 response = 0;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    g_variant_get (parameters, "(ua{sv})", &response, NULL);
  if (response != 0)
    g_debug ("The desktop does not tell when the screen is locked");
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_debug ("The desktop portal does not tell when the screen is locked: %s", error->message);
}

static guint
listen (BkServiceScreen *self, const char *owner, const char *interface, const char *signal, const char *path,
        GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->session, owner, interface, signal, path, NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
on_gone (GDBusConnection *connection, const char *name, gpointer user_data)
{
  BkServiceScreen *self = user_data;

  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    g_dbus_connection_signal_unsubscribe (self->session, self->subscriptions[i]);
  g_clear_pointer (&self->monitor, g_free);
  set_locked (self, FALSE);
}

static void
on_there (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  BkServiceScreen *self = user_data;
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (connection) + 1), ".", '_');
  g_autofree char *token = g_strdup_printf ("beckon%u", g_random_int ());
  g_autofree char *request = g_strconcat (PORTAL_PATH "/request/", sender, "/", token, NULL);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  on_gone (connection, name, self);
  self->cancellable = g_cancellable_new ();
  self->monitor = g_strconcat (PORTAL_PATH "/session/", sender, "/", token, NULL);
  self->subscriptions[0] = listen (self, owner, INHIBIT, "StateChanged", PORTAL_PATH, on_state_changed);
  self->subscriptions[1]
    = listen (self, owner, "org.freedesktop.portal.Request", "Response", request, on_response);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string (token));
  g_dbus_connection_call (connection, owner, PORTAL_PATH, INHIBIT, "CreateMonitor",
                          g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, on_asked, NULL);
}

gboolean
bk_service_screen_get_locked (BkServiceScreen *self)
{
  return self->locked;
}

BkServiceScreen *
bk_service_screen_new (GDBusConnection *session, BkServiceScreenFunc func, gpointer user_data)
{
  BkServiceScreen *self = g_new0 (BkServiceScreen, 1);

  self->session = g_object_ref (session);
  self->func = func;
  self->user_data = user_data;
  self->name_watch = g_bus_watch_name_on_connection (session, PORTAL, G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_there,
                                                     on_gone, self, NULL);
  return self;
}

void
bk_service_screen_free (BkServiceScreen *self)
{
  g_bus_unwatch_name (self->name_watch);
  self->locked = FALSE; /* nobody is told any more */
  on_gone (self->session, NULL, self);
  g_object_unref (self->session);
  g_free (self);
}
