/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-desktop.h"

#include "bk-test.h"
#include "stand-in.h"

#define NAME "org.gtk.Notifications"
#define PATH "/org/gtk/Notifications"
#define LAST "the last one" /* the application id of a call that only shows that all before it have come */

struct _AppDesktop
{
  GDBusConnection *connection;
  guint object;
  GString *log;
  gboolean flushed;
};

static const char contract[] = "<node><interface name='" NAME "'>"
                               "<method name='AddNotification'><arg type='s' direction='in'/>"
                               "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>"
                               "<method name='RemoveNotification'><arg type='s' direction='in'/>"
                               "<arg type='s' direction='in'/></method></interface></node>";

static void
log_buttons (AppDesktop *self, GVariant *notification)
{
  g_autoptr (GVariant) buttons = g_variant_lookup_value (notification, "buttons", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; buttons != NULL && i < g_variant_n_children (buttons); i++)
    {
      g_autoptr (GVariant) button = g_variant_get_child_value (buttons, i);
      const char *label = "";
      const char *action = "";

      g_variant_lookup (button, "label", "&s", &label);
      g_variant_lookup (button, "action", "&s", &action);
      g_string_append_printf (self->log, " [%s %s]", label, action);
    }
}

static void
log_notification (AppDesktop *self, const char *id, GVariant *notification)
{
  const char *title = "";
  const char *body = NULL;

  g_variant_lookup (notification, "title", "&s", &title);
  g_variant_lookup (notification, "body", "&s", &body);
  g_string_append_printf (self->log, "+%s: %s", id, title);
  if (body != NULL)
    g_string_append_printf (self->log, " | %s", body);
  log_buttons (self, notification);
  g_string_append_c (self->log, '\n');
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
         GVariant *args, GDBusMethodInvocation *invocation, gpointer data)
{
  AppDesktop *self = data;
  const char *application;
  const char *id;

  g_variant_get_child (args, 0, "&s", &application);
  g_variant_get_child (args, 1, "&s", &id);
  if (g_str_equal (application, LAST))
    {
      self->flushed = TRUE;
    }
  else if (g_str_equal (name, "AddNotification"))
    {
      g_autoptr (GVariant) notification = g_variant_get_child_value (args, 2);
      log_notification (self, id, notification);
    }
  else
    {
      g_string_append_printf (self->log, "-%s\n", id);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL, { 0 } };

/* Asks the bus for our name or gives it back; either is in force when this returns. */
static void
change_name (AppDesktop *self, const char *method, GVariant *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method, args,
    G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  guint32 outcome;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &outcome);
  g_assert_cmpuint (outcome, ==, 1);
}

AppDesktop *
app_desktop_new (void)
{
  AppDesktop *self = g_new0 (AppDesktop, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (contract, &error);

  g_assert_no_error (error);
  self->log = g_string_new (NULL);
  self->connection = stand_in_connect ();
  self->object = g_dbus_connection_register_object (self->connection, PATH, node->interfaces[0], &vtable, self, NULL,
                                                    &error);
  g_assert_no_error (error);
  change_name (self, "RequestName", g_variant_new ("(su)", NAME, 4u));
  return self;
}

void
app_desktop_free (AppDesktop *self)
{
  g_dbus_connection_unregister_object (self->connection, self->object);
  /* The bus hears of a closed connection some time later; the next test needs the name now. */
  change_name (self, "ReleaseName", g_variant_new ("(s)", NAME));
  stand_in_disconnect (self->connection);
  g_string_free (self->log, TRUE);
  g_free (self);
}

char *
app_desktop_take (AppDesktop *self, GApplication *application)
{
  self->flushed = FALSE;
  g_dbus_connection_call (g_application_get_dbus_connection (application), NAME, PATH, NAME, "RemoveNotification",
                          g_variant_new ("(ss)", LAST, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  bk_test_wait_for_flag (&self->flushed);
  char *taken = g_strdup (self->log->str);
  g_string_truncate (self->log, 0);
  return taken;
}
