/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting at login: the file in the user's autostart folder, and what the portal is asked in a sandbox. */
#include "bk-app-autostart.h"
#include "bk-test.h"

#include <glib/gstdio.h>

#define KEY "start-at-login"
#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"

static const char portal_xml[]
  = "<node><interface name='org.freedesktop.portal.Background'>"
    "  <method name='RequestBackground'>"
    "    <arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/>"
    "  </method>"
    "</interface></node>";

typedef struct
{
  GSettings *settings;
  BkAppAutostart *autostart;
  char *failure;

  GTestDBus *dbus;
  GDBusConnection *bus;
  GDBusConnection *portal;
  GVariant *request; /* a{sv}, as it came last */
  guint n_requests;
  int response; /* -1: none; -2: an error */
  gboolean granted;
} Fixture;

static char *config; /* the user's folder for settings */

/* ---- the portal ---- */

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *f = user_data;
  const char *token;

  g_clear_pointer (&f->request, g_variant_unref);
  g_variant_get (arguments, "(&s@a{sv})", NULL, &f->request);
  f->n_requests++;
  if (f->response == -2)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.portal.Error.NotAllowed",
                                                  "Not in this session");
      return;
    }
  g_assert_true (g_variant_lookup (f->request, "handle_token", "&s", &token));
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *request = g_strconcat (PORTAL_PATH "/request/", name, "/", token, NULL);
  /* As early as it may come. */
  if (f->response >= 0)
    {
      g_auto (GVariantBuilder) results = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

      g_variant_builder_add (&results, "{sv}", "autostart", g_variant_new_boolean (f->granted));
      g_dbus_connection_emit_signal (connection, sender, request, "org.freedesktop.portal.Request", "Response",
                                     g_variant_new ("(ua{sv})", (guint32) f->response, &results), NULL);
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
}

static GDBusConnection *
connect_to (GTestDBus *dbus)
{
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (dbus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);

  g_assert_nonnull (connection);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

static void
start_portal (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (portal_xml, NULL);
  g_autoptr (GVariant) reply = NULL;

  f->portal = connect_to (f->dbus);
  g_dbus_connection_register_object (f->portal, PORTAL_PATH, info->interfaces[0], &vtable, f, NULL, NULL);
  reply = g_dbus_connection_call_sync (f->portal, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", PORTAL, 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

/* ---- the fixture ---- */

static void
on_failed (BkAppAutostart *autostart, const char *text, Fixture *f)
{
  g_free (f->failure);
  f->failure = g_strdup (text);
}

static void
start (Fixture *f, gboolean sandboxed)
{
  f->autostart = bk_app_autostart_new (f->settings, f->bus, sandboxed);
  g_signal_connect (f->autostart, "failed", G_CALLBACK (on_failed), f);
}

static gboolean
is_null (gpointer pointer)
{
  return *(gpointer *) pointer == NULL;
}

static void
stop (Fixture *f)
{
  if (f->autostart == NULL)
    return;
  g_object_add_weak_pointer (G_OBJECT (f->autostart), (gpointer *) &f->autostart);
  g_object_unref (f->autostart);
  bk_test_wait_until (is_null, &f->autostart);
}

static void
set_up (Fixture *f, gconstpointer sandboxed)
{
  f->settings = g_settings_new ("im.beckon.Beckon");
  g_settings_reset (f->settings, KEY);
  f->response = -1;
  if (GPOINTER_TO_INT (sandboxed))
    {
      f->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
      g_test_dbus_up (f->dbus);
      f->bus = connect_to (f->dbus);
      start_portal (f);
    }
  start (f, GPOINTER_TO_INT (sandboxed));
}

static void
tear_down (Fixture *f, gconstpointer sandboxed)
{
  stop (f);
  if (f->dbus != NULL)
    {
      g_dbus_connection_close_sync (f->bus, NULL, NULL);
      g_dbus_connection_close_sync (f->portal, NULL, NULL);
      g_object_unref (f->bus);
      g_object_unref (f->portal);
      bk_test_drain ();
      g_test_dbus_stop (f->dbus);
      g_object_unref (f->dbus);
    }
  g_clear_pointer (&f->request, g_variant_unref);
  g_free (f->failure);
  g_object_unref (f->settings);
}

static char *
dup_path (void)
{
  return g_build_filename (config, "autostart", "im.beckon.Beckon.desktop", NULL);
}

static gboolean
file_is_gone (gpointer data)
{
  g_autofree char *path = dup_path ();

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

/* All of it. */
static gboolean
file_is_there (gpointer data)
{
  g_autofree char *path = dup_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL)
         && g_key_file_has_key (file, "Desktop Entry", "X-GNOME-UsesNotifications", NULL);
}

static gboolean
is_on (gpointer f)
{
  return g_settings_get_boolean (((Fixture *) f)->settings, KEY);
}

static gboolean
is_off (gpointer f)
{
  return !is_on (f);
}

static void
write_file (const char *more)
{
  g_autofree char *path = dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = g_strconcat ("[Desktop Entry]\nType=Application\nName=Beckon\nExec=beckon\n", more, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* ---- the file ---- */

static void
test_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = dup_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_settings_set_boolean (f->settings, KEY, TRUE);
  bk_test_wait_until (file_is_there, NULL);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  g_autofree char *command = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
  g_autofree char *type = g_key_file_get_string (file, "Desktop Entry", "Type", NULL);
  g_assert_true (g_str_has_suffix (command, "/beckon\" --gapplication-service"));
  g_assert_cmpstr (type, ==, "Application");
  stop (f);

  /* It is there for whoever comes next, too. */
  g_settings_reset (f->settings, KEY);
  start (f, FALSE);
  bk_test_wait_until (is_on, f);
  g_settings_set_boolean (f->settings, KEY, FALSE);
  bk_test_wait_until (file_is_gone, NULL);
  g_assert_null (f->failure);
}

/* What the user did elsewhere counts. */
static void
test_file_elsewhere (Fixture *f, gconstpointer data)
{
  static const char *const off[] = { "Hidden=true\n", "X-GNOME-Autostart-enabled=false\n", "nonsense" };

  for (gsize i = 0; i < G_N_ELEMENTS (off); i++)
    {
      stop (f);
      write_file (off[i]);
      g_settings_set_boolean (f->settings, KEY, TRUE);
      start (f, FALSE);
      bk_test_wait_until (is_off, f);
    }
  stop (f);
  write_file ("X-GNOME-Autostart-enabled=true\n");
  start (f, FALSE);
  bk_test_wait_until (is_on, f);
  g_autofree char *path = dup_path ();
  g_unlink (path);
  g_settings_set_boolean (f->settings, KEY, FALSE); /* gone already is as good */
  stop (f);
  g_assert_null (f->failure);
}

static void
test_file_fails (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (config, "autostart", NULL);

  g_rmdir (folder);
  g_assert_true (g_file_set_contents (folder, "no folder", -1, NULL));
  stop (f);
  start (f, FALSE);
  g_settings_set_boolean (f->settings, KEY, TRUE);
  bk_test_wait_for_pointer (&f->failure);
  g_assert_true (is_off (f));
  g_assert_true (g_str_has_prefix (f->failure, "Beckon cannot be started when you log in: "));
  g_unlink (folder);
}

/* ---- the portal ---- */

static void
test_portal (Fixture *f, gconstpointer data)
{
  g_autofree char **command = NULL;
  gboolean flag = FALSE;

  f->response = 0;
  f->granted = TRUE;
  g_settings_set_boolean (f->settings, KEY, TRUE);
  bk_test_wait_for_count (&f->n_requests, 1);
  g_assert_true (g_variant_lookup (f->request, "autostart", "b", &flag) && flag);
  g_assert_true (g_variant_lookup (f->request, "dbus-activatable", "b", &flag) && !flag);
  g_assert_true (g_variant_lookup (f->request, "commandline", "^a&s", &command));
  g_assert_cmpstr (command[0], ==, "beckon");
  g_assert_cmpstr (command[1], ==, "--gapplication-service");

  f->granted = FALSE;
  while (f->n_requests < 2)
    {
      /* While the first question is out, a second one waits. */
      g_settings_set_boolean (f->settings, KEY, FALSE);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_true (g_variant_lookup (f->request, "autostart", "b", &flag) && !flag);
  stop (f);
  g_assert_null (f->failure);
  g_assert_true (is_off (f));
  g_assert_true (file_is_gone (NULL));
}

static void
test_portal_refuses (Fixture *f, gconstpointer data)
{
  static const struct
  {
    int response;
    gboolean granted;
  } answers[] = { { 1, FALSE }, { 2, FALSE }, { 0, FALSE }, { -2, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      f->response = answers[i].response;
      f->granted = answers[i].granted;
      g_clear_pointer (&f->failure, g_free);
      g_settings_set_boolean (f->settings, KEY, TRUE);
      bk_test_wait_for_pointer (&f->failure);
      g_assert_true (is_off (f));
      g_assert_null (strstr (f->failure, "GDBus"));
    }
  g_assert_cmpuint (f->n_requests, ==, G_N_ELEMENTS (answers));
}

/* Not every desktop has it: the sentence says what follows from that. */
static void
test_no_portal (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_sync (f->portal, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ReleaseName",
                                   g_variant_new ("(s)", PORTAL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (reply);
  g_settings_set_boolean (f->settings, KEY, TRUE);
  bk_test_wait_for_pointer (&f->failure);
  g_assert_true (is_off (f));
  g_assert_nonnull (strstr (f->failure, "Open Beckon yourself to be reached."));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  config = dir;
  g_setenv ("XDG_CONFIG_HOME", dir, TRUE);
#define ADD(name, sandboxed, func) \
  g_test_add ("/autostart/" name, Fixture, GINT_TO_POINTER (sandboxed), set_up, func, tear_down)
  ADD ("file", FALSE, test_file);
  ADD ("file-elsewhere", FALSE, test_file_elsewhere);
  ADD ("file-fails", FALSE, test_file_fails);
  ADD ("portal", TRUE, test_portal);
  ADD ("no-portal", TRUE, test_no_portal);
  ADD ("portal-refuses", TRUE, test_portal_refuses);
  return g_test_run ();
}
