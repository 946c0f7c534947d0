/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real session service dies, and so does the bus: what a program sees, and how it comes back. */
#include "beckon-messenger.h"

#include "beckon-error.h"
#include "bk-test.h"

#include <glib/gstdio.h>
#include <signal.h>

static GTestDBus *
bus_new (const char *folder)
{
  g_autofree char *program = g_build_filename (g_getenv ("BECKON_BUILDDIR"), "src", "service", "beckon-service", NULL);
  g_autofree char *text = g_strdup_printf ("[D-BUS Service]\nName=im.beckon.Beckon.Service\n"
                                           "Exec=%s --backend=fake\n", program);
  g_autofree char *file = g_build_filename (folder, "im.beckon.Beckon.Service.service", NULL);
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_test_dbus_add_service_dir (bus, folder);
  g_test_dbus_up (bus);
  return bus;
}

static void
set_folder (const char *variable, const char *parent, const char *name)
{
  g_autofree char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_setenv (variable, path, TRUE);
}

/* Asks the bus about the service: its process. */
static guint
service_pid (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  guint32 pid;

  g_assert_no_error (error);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
    g_variant_new ("(s)", "im.beckon.Beckon.Service"), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
    &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &pid);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  return pid;
}

static gboolean
is_lost (gpointer messenger)
{
  return !beckon_messenger_get_connected (messenger);
}

static void
assert_reads_as_nothing (BeckonMessenger *messenger)
{
  g_assert_false (beckon_messenger_get_connected (messenger));
  g_assert_cmpuint (g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (beckon_messenger_get_sessions (messenger)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (beckon_messenger_get_applications (messenger)), ==, 0);
  g_assert_null (beckon_messenger_get_primary_account (messenger));
  g_assert_nonnull (beckon_messenger_get_secrets_warning (messenger));
  g_assert_null (beckon_messenger_find_account (messenger, "alice@localhost"));
}

static BeckonAccount *
add_account (BeckonMessenger *messenger, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_messenger_add_account_async (messenger, "alice@localhost", "secret", NULL, NULL, bk_test_store_result,
                                      &result);
  return beckon_messenger_add_account_finish (messenger, bk_test_await (&result), error);
}

static void
reconnect (BeckonMessenger *messenger, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_messenger_reconnect_async (messenger, NULL, bk_test_store_result, &result);
  beckon_messenger_reconnect_finish (messenger, bk_test_await (&result), error);
}

/* What was held of the dead service answers that it is dead. */
static void
assert_gone (BeckonAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (beckon_account_get_signin_name (account), ==, "alice@localhost");
  beckon_account_signout_async (account, NULL, bk_test_store_result, &result);
  g_assert_false (beckon_account_signout_finish (account, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
}

/* A window must not take the empty list for a user without accounts. */
static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BeckonMessenger *messenger)
{
  if (g_list_model_get_n_items (accounts) == 0)
    g_assert_false (beckon_messenger_get_connected (messenger));
}

static void
test_killed (gconstpointer data)
{
  GTestDBus *bus = bus_new (data);
  g_autoptr (GAsyncResult) made = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_new_async (NULL, bk_test_store_result, &made);
  g_autoptr (BeckonMessenger) messenger = beckon_messenger_new_finish (bk_test_await (&made), &error);
  g_assert_no_error (error);
  g_autoptr (BeckonAccount) account = add_account (messenger, &error);
  g_assert_no_error (error);
  g_signal_connect_object (beckon_messenger_get_accounts (messenger), "items-changed",
                           G_CALLBACK (on_accounts_changed), messenger, 0);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (kill ((pid_t) service_pid (bus), SIGKILL), ==, 0);
      bk_test_wait_until (is_lost, messenger);
      assert_reads_as_nothing (messenger);
      assert_gone (account);
      reconnect (messenger, &error);
      g_assert_no_error (error);
      g_assert_true (beckon_messenger_get_connected (messenger));
      g_clear_object (&account);
      account = beckon_messenger_find_account (messenger, "alice@localhost");
      g_assert_nonnull (account);
    }

  g_test_dbus_stop (bus);
  bk_test_wait_until (is_lost, messenger);
  assert_reads_as_nothing (messenger);
  assert_gone (account);
  reconnect (messenger, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_clear_error (&error);
  g_assert_null (add_account (messenger, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_object_unref (bus);
}

static void
test_no_bus (void)
{
  static const char *const addresses[] = { "unix:path=/nonexistent/bus", "nonsense", "disabled:" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      g_setenv ("DBUS_SESSION_BUS_ADDRESS", addresses[i], TRUE);
      beckon_messenger_new_async (NULL, bk_test_store_result, &result);
      g_assert_null (beckon_messenger_new_finish (bk_test_await (&result), &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  set_folder ("HOME", dir, "home");
  set_folder ("XDG_DATA_HOME", dir, "data");
  set_folder ("XDG_STATE_HOME", dir, "state");
  set_folder ("XDG_RUNTIME_DIR", dir, "run");
  g_setenv ("XDG_DATA_DIRS", "/nonexistent", TRUE);
  g_setenv ("BECKON_SECRETS", "file", TRUE);
  g_test_add_data_func ("/reconnect/killed", dir, test_killed);
  g_test_add_func ("/reconnect/no-bus", test_no_bus);
  return g_test_run ();
}
