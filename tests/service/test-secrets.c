/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets without a keyring, with one that hangs, with one that works, and back again. */
#include "beckon-error.h"
#include "bk-service-secrets.h"
#include "bk-test.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct
{
  BkTestDir *dir;
  char *path;
  BkFakeClock *clock;
  BkSecrets *secrets;
  guint changed;
  GTestDBus *dbus;
} Fixture;

static void
on_changed (BkSecrets *secrets, Fixture *f)
{
  f->changed++;
}

static void
start (Fixture *f, gboolean file_only)
{
  f->secrets = bk_service_secrets_new (BK_CLOCK (f->clock), f->path, file_only);
  g_signal_connect (f->secrets, "changed", G_CALLBACK (on_changed), f);
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->dir = bk_test_dir_new ();
  f->path = g_build_filename (f->dir, "deep", "secrets.keyfile", NULL);
  f->clock = bk_fake_clock_new ();
  start (f, TRUE);
}

static gboolean
is_null (gpointer pointer)
{
  return *(gpointer *) pointer == NULL;
}

/* A request that the keyring never answered holds the object until its cancellation is through. */
static void
stop (Fixture *f)
{
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, 0);
  g_object_add_weak_pointer (G_OBJECT (f->secrets), (gpointer *) &f->secrets);
  g_object_unref (f->secrets);
  bk_test_wait_until (is_null, &f->secrets);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  stop (f);
  g_assert_finalize_object (f->clock);
  g_free (f->path);
  bk_test_dir_remove (f->dir);
}

static void
store (Fixture *f, const char *key, const char *secret)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_secrets_store_async (f->secrets, key, "Label", secret, NULL, bk_test_store_result, &result);
  bk_secrets_store_finish (f->secrets, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static char *
lookup (Fixture *f, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_secrets_lookup_async (f->secrets, key, NULL, bk_test_store_result, &result);
  char *found = bk_secrets_lookup_finish (f->secrets, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return found;
}

static void
clear (Fixture *f, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_secrets_clear_async (f->secrets, key, NULL, bk_test_store_result, &result);
  bk_secrets_clear_finish (f->secrets, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
assert_secret (Fixture *f, const char *key, const char *wanted)
{
  g_autofree char *found = lookup (f, key);

  g_assert_cmpstr (found, ==, wanted);
}

static void
test_file (Fixture *f, gconstpointer data)
{
  static const char nasty[] = "p\xc3\xa4ss = [x]\n\\word; \t ";
  struct stat info;

  g_assert_null (bk_secrets_get_warning (f->secrets));
  assert_secret (f, "account/alice@localhost/token", NULL);
  store (f, "account/alice@localhost/token", nasty);
  store (f, "account/bob@localhost/token", "other");
  store (f, "odd [key] = #1", "odd");
  assert_secret (f, "account/alice@localhost/token", nasty);
  g_assert_cmpuint (f->changed, ==, 1);
  g_assert_nonnull (strstr (bk_secrets_get_warning (f->secrets), f->path));
  g_assert_cmpint (stat (f->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  stop (f);
  g_assert_cmpint (g_chmod (f->path, 0644), ==, 0);
  start (f, TRUE);
  g_assert_nonnull (bk_secrets_get_warning (f->secrets));
  g_assert_cmpint (stat (f->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  assert_secret (f, "account/alice@localhost/token", nasty);
  assert_secret (f, "odd [key] = #1", "odd");
  clear (f, "account/alice@localhost/token");
  clear (f, "account/alice@localhost/token");
  clear (f, "odd [key] = #1");
  assert_secret (f, "account/alice@localhost/token", NULL);
  clear (f, "account/bob@localhost/token");
  g_assert_null (bk_secrets_get_warning (f->secrets));
}

static void
test_broken_file (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  stop (f);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (f->path, "\xff\xfe no key file", -1, NULL));
  start (f, TRUE);
  assert_secret (f, "key", NULL);
  store (f, "key", "value");
  assert_secret (f, "key", "value");
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_assert_true (g_file_set_contents (folder, "a file where a folder is wanted", -1, NULL));
  bk_secrets_store_async (f->secrets, "key", "Label", "value", NULL, bk_test_store_result, &result);
  g_assert_false (bk_secrets_store_finish (f->secrets, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
}

/* ---- with a bus: no keyring on it, then one that never answers ---- */

static void
on_hanging_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                 const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  guint *asked = user_data;

  (*asked)++; /* and never a word */
  g_object_unref (invocation);
}

static GDBusConnection *
start_hanging_keyring (Fixture *f, guint *asked)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_hanging_call };
  static const char xml[] = "<node><interface name='org.freedesktop.Secret.Service'>"
                            "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
                            "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
                            "<method name='SearchItems'><arg type='a{ss}' direction='in'/><arg type='ao' "
                            "direction='out'/><arg type='ao' direction='out'/></method></interface></node>";
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GVariant) reply = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (f->dbus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);

  g_assert_nonnull (connection);
  g_dbus_connection_register_object (connection, "/org/freedesktop/secrets", info->interfaces[0], &vtable, asked, NULL,
                                     NULL);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.secrets", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
  return connection;
}

static void
test_keyring (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) stored = NULL, found = NULL;
  g_autoptr (GError) error = NULL;
  guint asked = 0;

  f->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->dbus);
  stop (f);
  start (f, FALSE);

  /* Nobody has the name: the file is used at once, and none there is none. */
  assert_secret (f, "key", NULL);
  store (f, "key", "value");
  assert_secret (f, "key", "value");
  g_assert_nonnull (bk_secrets_get_warning (f->secrets));

  /* Somebody has it and says nothing: 5 s of our clock, then the file; what is not there is an error, not "none". */
  g_autoptr (GDBusConnection) keyring = start_hanging_keyring (f, &asked);
  bk_secrets_lookup_async (f->secrets, "other", NULL, bk_test_store_result, &found);
  bk_test_wait_for_count (&asked, 1);
  bk_fake_clock_advance (f->clock, 4999);
  bk_test_drain ();
  g_assert_null (found);
  bk_fake_clock_advance (f->clock, 1);
  g_assert_null (bk_secrets_lookup_finish (f->secrets, bk_test_await (&found), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);

  bk_secrets_store_async (f->secrets, "late", "Label", "value", NULL, bk_test_store_result, &stored);
  bk_test_drain ();
  bk_fake_clock_advance (f->clock, 5000);
  g_assert_true (bk_secrets_store_finish (f->secrets, bk_test_await (&stored), &error));
  g_assert_no_error (error);

  g_dbus_connection_close_sync (keyring, NULL, NULL);
  assert_secret (f, "late", "value");
  g_clear_object (&found); /* each holds what it was asked of */
  g_clear_object (&stored);
  stop (f);
  start (f, TRUE);
  g_test_dbus_stop (f->dbus);
  g_clear_object (&f->dbus);
}

/* ---- with a keyring: that of libsecret in a file, as in a sandbox ---- */

/* libsecret settles once for all of a program where secrets are. */
static gboolean
be_with_keyring (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "keyring", NULL);

  if (!g_test_subprocess ())
    {
      g_autofree char *options = g_strconcat (g_getenv ("ASAN_OPTIONS") != NULL ? g_getenv ("ASAN_OPTIONS") : "",
                                              ":detect_leaks=0", NULL);

      /* libsecret loses the name of the version of its file, and stands nowhere on the way to that. */
      g_setenv ("ASAN_OPTIONS", options, TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return FALSE;
    }
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "of the keyring", TRUE);
  return TRUE;
}

static void
assert_plain (Fixture *f, const char *text, gboolean there)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (f->path, &contents, NULL, NULL));
  g_assert_true ((strstr (contents, text) != NULL) == there);
  g_assert_true ((bk_secrets_get_warning (f->secrets) != NULL) == there);
}

/* What went into the file for want of a keyring moves as soon as it is needed. */
static void
test_moving (Fixture *f, gconstpointer data)
{
  if (!be_with_keyring (f))
    return;
  store (f, "key", "a value");
  assert_plain (f, "a value", TRUE);
  stop (f);
  start (f, FALSE);
  assert_secret (f, "key", "a value");
  assert_plain (f, "a value", FALSE);
  assert_secret (f, "key", "a value");
  assert_secret (f, "other", NULL);
  stop (f);
  start (f, FALSE);
  assert_secret (f, "key", "a value");
  store (f, "key", "another value");
  assert_secret (f, "key", "another value");
  assert_plain (f, "another value", FALSE);
  clear (f, "key");
  assert_secret (f, "key", NULL);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add ("/secrets/file", Fixture, NULL, setup, test_file, teardown);
  g_test_add ("/secrets/broken-file", Fixture, NULL, setup, test_broken_file, teardown);
  g_test_add ("/secrets/full-disk", Fixture, NULL, setup, test_full_disk, teardown);
  g_test_add ("/secrets/keyring", Fixture, NULL, setup, test_keyring, teardown);
  g_test_add ("/secrets/moving", Fixture, NULL, setup, test_moving, teardown);

  return g_test_run ();
}
