/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-desktop.h"

#define SESSION_PATH "/org/freedesktop/login1/session/_32"

static const char xml[]
  = "<node>"
    " <interface name='org.freedesktop.ScreenSaver'>"
    "  <method name='GetActive'><arg type='b' direction='out'/></method>"
    "  <method name='GetSessionIdleTime'><arg type='u' direction='out'/></method>"
    " </interface>"
    " <interface name='org.gnome.ScreenSaver'>"
    "  <method name='GetActive'><arg type='b' direction='out'/></method>"
    " </interface>"
    " <interface name='org.gnome.Mutter.IdleMonitor'>"
    "  <method name='GetIdletime'><arg type='t' direction='out'/></method>"
    "  <method name='AddIdleWatch'><arg type='t' direction='in'/><arg type='u' direction='out'/></method>"
    "  <method name='AddUserActiveWatch'><arg type='u' direction='out'/></method>"
    "  <method name='RemoveWatch'><arg type='u' direction='in'/></method>"
    " </interface>"
    " <interface name='org.freedesktop.login1.Manager'>"
    "  <method name='GetSession'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    " </interface>"
    " <interface name='org.freedesktop.portal.Inhibit'>"
    "  <method name='CreateMonitor'>"
    "   <arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/>"
    "  </method>"
    "  <method name='QueryEndResponse'><arg type='o' direction='in'/></method>"
    " </interface>"
    " <interface name='org.freedesktop.login1.Session'>"
    "  <property name='LockedHint' type='b' access='read'/>"
    "  <property name='IdleHint' type='b' access='read'/>"
    "  <property name='IdleSinceHint' type='t' access='read'/>"
    " </interface>"
    "</node>";

static const struct
{
  const char *path;
  const char *interface;
} objects[] = {
  { "/org/freedesktop/ScreenSaver", SAVER },
  { "/org/gnome/ScreenSaver", GNOME_SAVER },
  { "/org/gnome/Mutter/IdleMonitor/Core", MUTTER },
  { "/org/freedesktop/login1", LOGIND ".Manager" },
  { SESSION_PATH, LOGIND ".Session" },
  { "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit" },
};

static GVariant *
add_watch (FakeDesktop *self, guint32 *watch)
{
  *watch = ++self->last_watch;
  return g_variant_new ("(u)", *watch);
}

static GVariant *
make_monitor (FakeDesktop *self, const char *sender, GVariant *arguments)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 1);
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  const char *token = "", *handle = "";

  g_assert_true (g_variant_lookup (options, "session_handle_token", "&s", &token));
  g_assert_true (g_variant_lookup (options, "handle_token", "&s", &handle));
  g_free (self->monitor);
  self->monitor = g_strconcat ("/org/freedesktop/portal/desktop/session/", name, "/", token, NULL);
  g_autofree char *request = g_strconcat ("/org/freedesktop/portal/desktop/request/", name, "/", handle, NULL);
  return g_variant_new ("(o)", request);
}

/* Returns the answer; NULL: there is no such method. */
static GVariant *
answer (FakeDesktop *self, const char *sender, const char *method, GVariant *arguments)
{
  guint32 id;

  if (g_str_equal (method, "CreateMonitor"))
    return make_monitor (self, sender, arguments);
  if (g_str_equal (method, "QueryEndResponse"))
    {
      self->n_consents++;
      return g_variant_new ("()");
    }

  if (g_str_equal (method, "GetActive"))
    return g_variant_new ("(b)", self->active);
  if (g_str_equal (method, "GetSession"))
    return g_variant_new ("(o)", SESSION_PATH);
  if (g_str_equal (method, "GetIdletime"))
    return g_variant_new ("(t)", self->monitor_idle);
  if (g_str_equal (method, "AddIdleWatch"))
    {
      g_variant_get (arguments, "(t)", &self->idle_watch_ms);
      return add_watch (self, &self->idle_watch);
    }
  if (g_str_equal (method, "AddUserActiveWatch"))
    return add_watch (self, &self->active_watch);
  if (g_str_equal (method, "RemoveWatch"))
    {
      g_variant_get (arguments, "(u)", &id);
      if (id == self->idle_watch)
        self->idle_watch = 0;
      if (id == self->active_watch)
        self->active_watch = 0;
      return g_variant_new ("()");
    }
  self->n_looks++;
  return self->session_idle >= 0 ? g_variant_new ("(u)", (guint32) self->session_idle) : NULL;
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  GVariant *value = answer (user_data, sender, method, arguments);

  if (value != NULL)
    g_dbus_method_invocation_return_value (invocation, value);
  else
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.UnknownMethod", "No");
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
        GError **error, gpointer user_data)
{
  FakeDesktop *self = user_data;

  if (g_str_equal (property, "LockedHint"))
    return g_variant_new_boolean (self->locked_hint);
  if (g_str_equal (property, "IdleHint"))
    return g_variant_new_boolean (self->idle_hint);
  return g_variant_new_uint64 (self->idle_since);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_call, .get_property = on_get };

GDBusConnection *
fake_desktop_connect (FakeDesktop *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (self->dbus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

void
fake_desktop_disconnect (GDBusConnection *connection)
{
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_object_unref (connection);
}

FakeDesktop *
fake_desktop_new (void)
{
  FakeDesktop *self = g_new0 (FakeDesktop, 1);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);

  self->session_idle = -1;
  self->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->dbus);
  self->connection = fake_desktop_connect (self);
  self->owned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    g_assert_cmpuint (g_dbus_connection_register_object (self->connection, objects[i].path,
                                                         g_dbus_node_info_lookup_interface (info, objects[i].interface),
                                                         &vtable, self, NULL, NULL),
                      !=, 0);
  return self;
}

void
fake_desktop_free (FakeDesktop *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, NULL, &id))
    g_bus_unown_name (GPOINTER_TO_UINT (id));
  g_hash_table_unref (self->owned);
  fake_desktop_disconnect (self->connection);
  bk_test_drain ();
  g_test_dbus_stop (self->dbus);
  g_object_unref (self->dbus);
  g_free (self->monitor);
  g_free (self);
}

void
fake_desktop_take (FakeDesktop *self, const char *name)
{
  guint id = g_bus_own_name_on_connection (self->connection, name, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);

  g_hash_table_insert (self->owned, g_strdup (name), GUINT_TO_POINTER (id));
}

void
fake_desktop_drop (FakeDesktop *self, const char *name)
{
  g_bus_unown_name (GPOINTER_TO_UINT (g_hash_table_lookup (self->owned, name)));
  g_hash_table_remove (self->owned, name);
}

void
fake_desktop_signal (FakeDesktop *self, const char *path, const char *interface, const char *name,
                     GVariant *arguments)
{
  g_assert_true (g_dbus_connection_emit_signal (self->connection, NULL, path, interface, name, arguments, NULL));
}

void
fake_desktop_set_active (FakeDesktop *self, const char *saver, gboolean active)
{
  const char *path = g_str_equal (saver, SAVER) ? "/org/freedesktop/ScreenSaver" : "/org/gnome/ScreenSaver";

  self->active = active;
  fake_desktop_signal (self, path, saver, "ActiveChanged", g_variant_new ("(b)", active));
}

void
fake_desktop_fire (FakeDesktop *self, guint32 watch)
{
  fake_desktop_signal (self, "/org/gnome/Mutter/IdleMonitor/Core", MUTTER, "WatchFired", g_variant_new ("(u)", watch));
}

void
fake_desktop_set_screen (FakeDesktop *self, const char *monitor, gboolean active, guint32 phase)
{
  g_auto (GVariantBuilder) state = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&state, "{sv}", "screensaver-active", g_variant_new_boolean (active));
  g_variant_builder_add (&state, "{sv}", "session-state", g_variant_new_uint32 (phase));
  fake_desktop_signal (self, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit", "StateChanged",
                       g_variant_new ("(oa{sv})", monitor, &state));
}

void
fake_desktop_tell (FakeDesktop *self, const char *property, GVariant *value)
{
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&changed, "{sv}", property, value);
  fake_desktop_signal (self, SESSION_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                       g_variant_new ("(sa{sv}as)", LOGIND ".Session", &changed, NULL));
}
