/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-desktop.h"

#include "bk-test.h"
#include "stand-in.h"

#include <string.h>

#define NAME "org.gtk.Notifications"
#define PATH "/org/gtk/Notifications"
#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define LAST "the last one" /* the application id of a call that only shows that all before it have come */

struct _AppDesktop
{
  GDBusConnection *connection;
  guint object;
  const char *name;
  GString *log;
  gboolean flushed;

  /* of a server */
  char *capabilities;
  guint32 last;
  gboolean hold;
  gboolean inhibited;
  GPtrArray *held; /* element-type GDBusMethodInvocation */
};

static const char contract[] = "<node><interface name='" NAME "'>"
                               "<method name='AddNotification'><arg type='s' direction='in'/>"
                               "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>"
                               "<method name='RemoveNotification'><arg type='s' direction='in'/>"
                               "<arg type='s' direction='in'/></method></interface></node>";

static const char server_contract[]
  = "<node><interface name='" SERVER "'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "<property name='Inhibited' type='b' access='read'/></interface></node>";

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

/* ---- a server ---- */

static void
log_hints (AppDesktop *self, GVariant *hints)
{
  static const char *const keys[] = { "urgency", "category", "sound-name", "suppress-sound" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (hints, keys[i], NULL);
      g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

      if (text != NULL)
        g_string_append_printf (self->log, " {%s %s}", keys[i], text);
    }
}

static guint32
log_notify (AppDesktop *self, GVariant *args)
{
  const char *title;
  const char *body;
  g_autofree const char **actions = NULL;
  g_autoptr (GVariant) hints = NULL;
  guint32 replaced;

  g_variant_get (args, "(&su&s&s&s^a&s@a{sv}i)", NULL, &replaced, NULL, &title, &body, &actions, &hints, NULL);
  g_string_append_printf (self->log, "+%u", replaced != 0 ? replaced : ++self->last);
  if (replaced != 0)
    g_string_append (self->log, " again");
  g_string_append_printf (self->log, ": %s | %s", title, body);
  for (guint i = 0; actions[i] != NULL && actions[i + 1] != NULL; i += 2)
    g_string_append_printf (self->log, " [%s %s]", actions[i + 1], actions[i]);
  log_hints (self, hints);
  g_string_append_c (self->log, '\n');
  return replaced != 0 ? replaced : self->last;
}

static void
on_server_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *name, GVariant *args, GDBusMethodInvocation *invocation, gpointer data)
{
  AppDesktop *self = data;
  guint32 number;

  if (g_str_equal (name, "GetCapabilities"))
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new_parsed (self->capabilities));
    }
  else if (g_str_equal (name, "Notify"))
    {
      GVariant *reply = g_variant_new ("(u)", log_notify (self, args));

      if (self->hold)
        {
          g_object_set_data_full (G_OBJECT (invocation), "reply", g_variant_ref_sink (reply),
                                  (GDestroyNotify) g_variant_unref);
          g_ptr_array_add (self->held, invocation);
        }
      else
        g_dbus_method_invocation_return_value (invocation, reply);
    }
  else
    {
      g_variant_get (args, "(u)", &number);
      if (number == 0)
        self->flushed = TRUE;
      else
        g_string_append_printf (self->log, "-%u\n", number);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static GVariant *
get_inhibited (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *name, GError **error, gpointer data)
{
  return g_variant_new_boolean (((AppDesktop *) data)->inhibited);
}

static const GDBusInterfaceVTable server_vtable = { on_server_call, get_inhibited, NULL, { 0 } };

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

static AppDesktop *
desktop_new (const char *name, const char *path, const char *xml, const GDBusInterfaceVTable *calls)
{
  AppDesktop *self = g_new0 (AppDesktop, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);

  g_assert_no_error (error);
  self->name = name;
  self->log = g_string_new (NULL);
  self->held = g_ptr_array_new ();
  self->connection = stand_in_connect ();
  self->object
    = g_dbus_connection_register_object (self->connection, path, node->interfaces[0], calls, self, NULL, &error);
  g_assert_no_error (error);
  change_name (self, "RequestName", g_variant_new ("(su)", name, 4u));
  return self;
}

AppDesktop *
app_desktop_new (void)
{
  return desktop_new (NAME, PATH, contract, &vtable);
}

static char *
dup_answer (const char *capabilities)
{
  return g_strdup_printf ("(%s,)", capabilities);
}

AppDesktop *
app_desktop_new_server (const char *capabilities)
{
  AppDesktop *self = desktop_new (SERVER, SERVER_PATH, server_contract, &server_vtable);

  self->capabilities = dup_answer (capabilities);
  return self;
}

void
app_desktop_free (AppDesktop *self)
{
  app_desktop_hold (self, FALSE);
  g_dbus_connection_unregister_object (self->connection, self->object);
  /* The bus hears of a closed connection some time later; the next test needs the name now. */
  change_name (self, "ReleaseName", g_variant_new ("(s)", self->name));
  stand_in_disconnect (self->connection);
  g_string_free (self->log, TRUE);
  g_ptr_array_unref (self->held);
  g_free (self->capabilities);
  g_free (self);
}

void
app_desktop_hold (AppDesktop *self, gboolean hold)
{
  self->hold = hold;
  for (guint i = 0; !hold && i < self->held->len; i++)
    {
      GDBusMethodInvocation *invocation = self->held->pdata[i];
      g_dbus_method_invocation_return_value (invocation, g_object_get_data (G_OBJECT (invocation), "reply"));
    }
  if (!hold)
    g_ptr_array_set_size (self->held, 0);
}

static void
say (AppDesktop *self, const char *signal, GVariant *args)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->connection, NULL, SERVER_PATH, SERVER, signal, args, &error);
  g_assert_no_error (error);
}

void
app_desktop_press (AppDesktop *self, guint32 number, const char *action)
{
  say (self, "ActionInvoked", g_variant_new ("(us)", number, action));
}

void
app_desktop_reply (AppDesktop *self, guint32 number, const char *text)
{
  say (self, "NotificationReplied", g_variant_new ("(us)", number, text));
}

void
app_desktop_dismiss (AppDesktop *self, guint32 number)
{
  say (self, "NotificationClosed", g_variant_new ("(uu)", number, 2u));
}

void
app_desktop_inhibit (AppDesktop *self, gboolean inhibited)
{
  g_autoptr (GError) error = NULL;
  GVariant *args = g_variant_new_parsed ("(%s, {'Inhibited': <%b>}, @as [])", SERVER, inhibited);

  self->inhibited = inhibited;
  g_dbus_connection_emit_signal (self->connection, NULL, SERVER_PATH, "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged", args, &error);
  g_assert_no_error (error);
}

void
app_desktop_restart (AppDesktop *self, const char *capabilities)
{
  change_name (self, "ReleaseName", g_variant_new ("(s)", self->name));
  g_free (self->capabilities);
  self->capabilities = dup_answer (capabilities);
  self->last = 100;
  self->inhibited = FALSE;
  change_name (self, "RequestName", g_variant_new ("(su)", self->name, 4u));
}

static char *
take (AppDesktop *self)
{
  char *taken = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return taken;
}

typedef struct
{
  AppDesktop *desktop;
  const char *words;
} Wanted;

static gboolean
has_words (gpointer data)
{
  Wanted *wanted = data;

  return strstr (wanted->desktop->log->str, wanted->words) != NULL;
}

char *
app_desktop_wait (AppDesktop *self, const char *words)
{
  Wanted wanted = { self, words };

  bk_test_wait_until (has_words, &wanted);
  return take (self);
}

char *
app_desktop_take (AppDesktop *self, GApplication *application)
{
  gboolean server = self->capabilities != NULL;

  self->flushed = FALSE;
  GVariant *args = server ? g_variant_new ("(u)", 0u) : g_variant_new ("(ss)", LAST, "");
  g_dbus_connection_call (g_application_get_dbus_connection (application), self->name, server ? SERVER_PATH : PATH,
                          self->name, server ? "CloseNotification" : "RemoveNotification", args, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  bk_test_wait_for_flag (&self->flushed);
  return take (self);
}
