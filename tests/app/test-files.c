/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file is shown where it is: by the file manager, or by the portal, which gets the file itself. */
#include "bk-test.h"
#include "portal/bk-app-files.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#define MANAGER "org.freedesktop.FileManager1"
#define PORTAL "org.freedesktop.portal.Desktop"

static const char manager_xml[]
  = "<node><interface name='" MANAGER "'>"
    "  <method name='ShowItems'><arg type='as' direction='in'/><arg type='s' direction='in'/></method>"
    "</interface></node>";
static const char portal_xml[]
  = "<node><interface name='org.freedesktop.portal.OpenURI'>"
    "  <method name='OpenDirectory'>"
    "    <arg type='s' direction='in'/><arg type='h' direction='in'/><arg type='a{sv}' direction='in'/>"
    "    <arg type='o' direction='out'/>"
    "  </method>"
    "</interface></node>";

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *desktop;
  GDBusConnection *bus; /* of the application */
  char *dir;
  GFile *file;
  char *shown; /* method and file */
  gboolean refuse;
  gboolean done;
  gboolean result;
} Fixture;

static char *
dup_file_of (GDBusMethodInvocation *invocation, GVariant *arguments)
{
  GUnixFDList *list = g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (invocation));
  gint32 handle;

  g_variant_get (arguments, "(sh@a{sv})", NULL, &handle, NULL);
  g_assert_nonnull (list);
  int fd = g_unix_fd_list_get (list, handle, NULL);
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  char *path = g_file_read_link (link, NULL);
  g_close (fd, NULL);
  return path;
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *f = user_data;
  gboolean portal = g_str_equal (method, "OpenDirectory");
  g_autofree char *file = portal ? dup_file_of (invocation, arguments) : g_variant_print (arguments, FALSE);

  g_free (f->shown);
  f->shown = g_strconcat (method, " ", file, NULL);
  if (f->refuse)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.Failed", "No");
  else
    g_dbus_method_invocation_return_value (invocation, portal ? g_variant_new ("(o)", "/a") : NULL);
}

static void
serve (Fixture *f, const char *name, const char *path, const char *xml)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GVariant) owned = NULL;

  g_assert_cmpuint (g_dbus_connection_register_object (f->desktop, path, node->interfaces[0], &vtable, f, NULL, NULL), >,
                    0);
  owned = g_dbus_connection_call_sync (f->desktop, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", name, 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (owned);
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
set_up (Fixture *f, gconstpointer data)
{
  f->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->dbus);
  f->desktop = connect_to (f->dbus);
  f->bus = connect_to (f->dbus);
  f->dir = bk_test_dir_new ();
  f->file = g_file_new_build_filename (f->dir, "A report.txt", NULL);
  g_assert_true (g_file_set_contents (g_file_peek_path (f->file), "", 0, NULL));
  serve (f, MANAGER, "/org/freedesktop/FileManager1", manager_xml);
  serve (f, PORTAL, "/org/freedesktop/portal/desktop", portal_xml);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_dbus_connection_close_sync (f->desktop, NULL, NULL);
  g_object_unref (f->bus);
  g_object_unref (f->desktop);
  g_test_dbus_down (f->dbus);
  g_object_unref (f->dbus);
  g_object_unref (f->file);
  bk_test_dir_remove (f->dir);
  g_free (f->shown);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GError) error = NULL;

  f->result = bk_app_files_show_finish (result, &error);
  g_assert_true (f->result == (error == NULL));
  f->done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  return ((Fixture *) data)->done;
}

static gboolean
show (Fixture *f, gboolean sandboxed)
{
  f->done = FALSE;
  bk_app_files_show_async (f->bus, f->file, sandboxed, on_done, f);
  bk_test_wait_until (is_done, f);
  return f->result;
}

static void
test_manager (Fixture *f, gconstpointer data)
{
  g_autofree char *uri = g_file_get_uri (f->file);
  g_autofree char *expected = g_strdup_printf ("ShowItems (['%s'], '')", uri);

  g_assert_true (show (f, FALSE));
  g_assert_cmpstr (f->shown, ==, expected);
  f->refuse = TRUE;
  g_assert_false (show (f, FALSE));
}

static void
test_portal (Fixture *f, gconstpointer data)
{
  g_autofree char *expected = g_strconcat ("OpenDirectory ", g_file_peek_path (f->file), NULL);

  g_assert_true (show (f, TRUE));
  g_assert_cmpstr (f->shown, ==, expected);
  f->refuse = TRUE;
  g_assert_false (show (f, TRUE));
}

/* It may have gone while it was on the screen. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  g_assert_true (g_file_delete (f->file, NULL, NULL));
  g_assert_false (show (f, TRUE));
  g_assert_null (f->shown);
}

static void
assert_shown (const char *path, const char *expected)
{
  g_autofree char *full = g_str_has_prefix (path, "/") ? g_strdup (path)
                                                       : g_build_filename (g_get_user_runtime_dir (), path, NULL);
  g_autofree char *shown = bk_app_files_dup_shown (full);
  g_autofree char *wanted = expected != NULL ? g_strdup (expected) : g_strdup (full);

  g_assert_cmpstr (shown, ==, wanted);
}

static void
test_names (void)
{
  assert_shown ("/home/alice/Downloads", NULL);
  assert_shown ("doc/3fa85f64/Photos", "Photos");
  assert_shown ("doc/3fa85f64/Photos/Summer", "Photos/Summer");
  assert_shown ("doc/3fa85f64", NULL);
  assert_shown ("doc/3fa85f64/", NULL);
  assert_shown ("docs/3fa85f64/Photos", NULL);
  assert_shown ("/", NULL);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add ("/app/files/manager", Fixture, NULL, set_up, test_manager, tear_down);
  g_test_add ("/app/files/portal", Fixture, NULL, set_up, test_portal, tear_down);
  g_test_add ("/app/files/gone", Fixture, NULL, set_up, test_gone, tear_down);
  g_test_add_func ("/app/files/names", test_names);
  return g_test_run ();
}
