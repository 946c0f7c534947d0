/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of the file beside a running server, and devices that know more than the server after one was put in place. */
#include "process-fixture.h"

#include "bk-ids.h"

#include <glib/gstdio.h>
#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"
#define CAROL "carol@localhost"

static char *
backup_path (Child *f)
{
  g_autofree char *folder = g_path_get_dirname (f->database);

  return g_build_filename (folder, "backup.db", NULL);
}

/* A device, its place and the epoch of that. */
typedef struct
{
  Client *c;
  gint64 place;
  char *epoch;
  gboolean again;
  GPtrArray *facts; /* what it was told up to `caught-up`, in words */
} Device;

static void
device_free (Device *device)
{
  g_clear_pointer (&device->c, client_free);
  g_free (device->epoch);
  g_ptr_array_unref (device->facts);
  g_free (device);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Device, device_free)

static void
note (Device *device, const BkFrame *frame)
{
  BkFrameType type = bk_frame_get_frame_type (frame);

  if (type == BK_FRAME_MESSAGE)
    g_ptr_array_add (device->facts, g_strdup (bk_frame_get_string (frame, "text")));
  else if (type == BK_FRAME_CONTACT)
    g_ptr_array_add (device->facts, g_strdup_printf ("%s %s", bk_frame_get_string (frame, "who"),
                                                     bk_frame_get_string (frame, "relation")));
  else if (type == BK_FRAME_ALERT)
    g_ptr_array_add (device->facts, g_strdup_printf ("alert %s", bk_frame_get_string (frame, "text")));
  else if (type == BK_FRAME_GROUP)
    g_ptr_array_add (device->facts, g_strdup_printf ("group %s", bk_frame_get_string (frame, "name")));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Signs in, as the device @before (nullable: a new one) from where it was, and takes everything up to `caught-up`. */
static Device *
device_new (Child *f, const char *name, const Device *before, gint64 place)
{
  Device *device = g_new0 (Device, 1);
  BkFrame *frame = before != NULL ? request_sign_in (name, NULL, before->c->token, before->c->device, place)
                                  : request_sign_in (name, "correct horse", NULL, NULL, place);

  device->c = child_connect (f);
  device->facts = g_ptr_array_new_with_free_func (g_free);
  if (before != NULL)
    bk_frame_set_string (frame, "epoch", before->epoch);
  g_autoptr (BkFrame) reply = client_call (device->c, frame);
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  device->c->name = g_strdup (name);
  device->c->device = g_strdup (bk_frame_get_string (reply, "device"));
  device->c->token = g_strdup (bk_frame_get_string (reply, "token"));
  device->epoch = g_strdup (bk_frame_get_string (reply, "epoch"));
  g_assert_nonnull (device->epoch);
  device->again = bk_frame_get_int (reply, "again") != 0;
  for (gboolean done = FALSE; !done;)
    {
      bk_test_wait_for_count (&device->c->pushes.length, 1);
      g_autoptr (BkFrame) push = g_queue_pop_head (&device->c->pushes);
      done = bk_frame_get_frame_type (push) == BK_FRAME_CAUGHT_UP;
      if (done)
        device->place = bk_frame_get_int (push, "seq");
      else
        note (device, push);
    }
  g_ptr_array_sort (device->facts, compare);
  return device;
}

static void
check_facts (const Device *device, const char *expected)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < device->facts->len; i++)
    g_ptr_array_add (words, g_ptr_array_index (device->facts, i));
  g_ptr_array_add (words, NULL);
  g_autofree char *text = g_strjoinv ("; ", (char **) words->pdata);
  g_assert_cmpstr (text, ==, expected);
}

static void
say (Device *device, const char *to, const char *text)
{
  g_autofree char *guid = bk_guid_new ();

  client_ok (device->c, request_message (to, guid, text));
}

/* The server does what the operator wants when it comes to it. */
static void
wait_for_alert (Device *device)
{
  for (gboolean done = FALSE; !done;)
    {
      bk_test_wait_for_count (&device->c->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&device->c->pushes);
      done = bk_frame_get_frame_type (frame) == BK_FRAME_ALERT;
    }
}

static void
make_accounts (Child *f)
{
  static const char *const names[] = { ALICE, BOB, CAROL };
  g_autoptr (Client) c = child_connect (f);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    client_register (c, names[i]);
}

static void
back_up (Child *f)
{
  g_autofree char *path = backup_path (f);
  g_autofree char *output = child_operate (f, 0, NULL, "backup", path, "--replace", NULL);

  g_assert_cmpstr (output, ==, "");
}

static void
restore (Child *f)
{
  g_autofree char *path = backup_path (f);
  g_autofree char *output = child_operate (f, 0, NULL, "restore", path, "--replace", NULL);

  g_assert_true (g_str_has_prefix (output, "restored; what was there until now is "));
}

/* Alice and Bob with two messages before the backup, and one after it, in which Bob also finds Carol. */
static void
test_devices (Child *f, gconstpointer data)
{
  child_start (f);
  make_accounts (f);
  g_autoptr (Device) alice = device_new (f, ALICE, NULL, 0);
  g_autoptr (Device) bob = device_new (f, BOB, NULL, 0);
  check_facts (bob, "");
  g_assert_false (bob->again);
  befriend (alice->c, bob->c);
  say (alice, BOB, "m1");
  g_autoptr (Device) behind = device_new (f, BOB, NULL, 0);
  check_facts (behind, "alice@localhost accepted; m1");
  say (alice, BOB, "m2");
  g_free (child_operate (f, 0, NULL, "alert", "send", "--to", "bob", "a1", NULL));
  wait_for_alert (bob);
  back_up (f);
  say (alice, BOB, "m3");
  client_ok (bob->c, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL));
  g_autoptr (Device) bob_ahead = device_new (f, BOB, bob, 0);
  g_assert_false (bob_ahead->again);
  check_facts (bob_ahead, "alert a1; alice@localhost accepted; carol@localhost asked; m1; m2; m3");
  g_assert_cmpstr (bob_ahead->epoch, ==, bob->epoch);
  child_kill (f);

  restore (f);
  child_start (f);
  g_autoptr (Device) alice_2 = device_new (f, ALICE, NULL, 0);
  g_assert_false (alice_2->again);
  g_assert_cmpstr (alice_2->epoch, !=, bob->epoch);
  for (int i = 0; i < 4; i++) /* numbers that Bob's device has had for something else */
    {
      g_autofree char *text = g_strdup_printf ("n%d", i);
      say (alice_2, BOB, text);
    }
  g_autoptr (Device) bob_2 = device_new (f, BOB, bob_ahead, bob_ahead->place);
  g_assert_true (bob_2->again);
  check_facts (bob_2, "alice@localhost accepted; n0; n1; n2; n3");
  g_autoptr (Device) behind_2 = device_new (f, BOB, behind, behind->place);
  g_assert_true (behind_2->again);
  check_facts (behind_2, "alert a1; alice@localhost accepted; m2; n0; n1; n2; n3");
  g_autoptr (Device) fresh = device_new (f, BOB, NULL, 0);
  g_assert_false (fresh->again);
  check_facts (fresh, "alert a1; alice@localhost accepted; m1; m2; n0; n1; n2; n3");

  /* In the new epoch everything is as always. */
  g_autoptr (Device) bob_3 = device_new (f, BOB, bob_2, bob_2->place);
  g_assert_false (bob_3->again);
  check_facts (bob_3, "");
}

/* The same backup twice, and a device that slept through both. */
static void
test_twice (Child *f, gconstpointer data)
{
  child_start (f);
  make_accounts (f);
  g_autoptr (Device) alice = device_new (f, ALICE, NULL, 0);
  g_autoptr (Device) bob = device_new (f, BOB, NULL, 0);
  befriend (alice->c, bob->c);
  say (alice, BOB, "m1");
  back_up (f);
  for (int i = 0; i < 3; i++)
    say (alice, BOB, "lost");
  g_autoptr (Device) ahead = device_new (f, BOB, bob, 0);
  child_kill (f);
  for (int i = 0; i < 2; i++)
    {
      restore (f);
      child_start (f);
      g_autoptr (Device) again = device_new (f, ALICE, NULL, 0);
      say (again, BOB, i == 0 ? "between" : "now");
      if (i == 0)
        back_up (f);
      child_kill (f);
    }
  child_start (f);
  g_autoptr (Device) bob_2 = device_new (f, BOB, ahead, ahead->place);
  g_assert_true (bob_2->again);
  check_facts (bob_2, "alice@localhost accepted; between; now");

  /* Another file altogether: all of it. A client that knows no epochs is of the first. */
  g_autoptr (Device) odd = device_new (f, BOB, NULL, 0);
  g_free (odd->epoch);
  odd->epoch = g_strdup ("00000000000000000000000000000000");
  g_autoptr (Device) odd_2 = device_new (f, BOB, odd, odd->place);
  g_assert_true (odd_2->again);
  check_facts (odd_2, "alice@localhost accepted; between; m1; now");
  g_clear_pointer (&odd->epoch, g_free);
  g_autoptr (Device) old = device_new (f, BOB, odd, ahead->place);
  g_assert_true (old->again);
  check_facts (old, "alice@localhost accepted; between; now");
}

/* A copy that is made while messages come is the file at one moment: all up to some message, none behind it. */
static void
test_busy (Child *f, gconstpointer data)
{
  const guint n_messages = 200;
  g_autofree char *path = backup_path (f);
  g_autofree char *text = g_strnfill (3000, 'm');

  child_start (f);
  make_accounts (f);
  g_autoptr (Device) alice = device_new (f, ALICE, NULL, 0);
  g_autoptr (Device) bob = device_new (f, BOB, NULL, 0);
  befriend (alice->c, bob->c);
  for (guint i = 1; i <= n_messages; i++)
    {
      g_autofree char *guid = bk_guid_new ();
      gint64 id = client_post (alice->c, request_message (BOB, guid, text));
      if (i == n_messages / 2 + 20)
        back_up (f);
      if (i % 40 != 0)
        continue;
      g_autoptr (BkFrame) reply = client_reply (alice->c, id);
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
    }
  child_kill (f);
  restore (f);
  child_start (f);
  g_autoptr (Device) bob_2 = device_new (f, BOB, NULL, 0);
  g_autoptr (Device) alice_2 = device_new (f, ALICE, NULL, 0);
  g_assert_cmpuint (bob_2->facts->len, ==, alice_2->facts->len);
  g_assert_cmpuint (bob_2->facts->len, <, n_messages);
  g_assert_cmpuint (bob_2->facts->len, >, n_messages / 2 - 40);
}

static void
check_refused (Child *f, const char *words, const char *verb, const char *path, const char *replace)
{
  g_autofree char *output = child_operate (f, 1, NULL, verb, path, replace, NULL);

  if (strstr (output, words) == NULL)
    g_error ("“%s” is not in: %s", words, output);
}

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *path = backup_path (f);
  g_autofree char *broken = g_strconcat (path, ".broken", NULL);
  g_autofree char *contents = NULL;
  gsize length;
  GStatBuf status;

  check_refused (f, "server.db cannot be opened", "backup", path, NULL);
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 0, NULL, "backup", path, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  check_refused (f, "is there already", "backup", path, NULL);
  g_free (child_operate (f, 0, NULL, "backup", path, "--replace", NULL));
  g_free (child_operate (f, 2, NULL, "backup", NULL));
  g_free (child_operate (f, 2, NULL, "restore", path, path, NULL));

  check_refused (f, "is there already", "restore", path, NULL);
  check_refused (f, "missing.db cannot be opened", "restore", "/nonexistent/missing.db", "--replace");
  write_file (broken, "This is a letter, not a database.\n");
  check_refused (f, "is not an SQLite file", "restore", broken, "--replace");
  write_file (broken, "");
  check_refused (f, "is no backup of a beckon-server", "restore", broken, "--replace");
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  contents[length - 4000] ^= 0x5A;
  memset (contents + length / 2, 0xFF, 4096);
  g_file_set_contents (broken, contents, (gssize) length, NULL);
  check_refused (f, "damaged", "restore", broken, "--replace");

  g_unlink (broken);
  g_free (child_operate (f, 0, NULL, "backup", broken, NULL));
  sqlite3 *newer = NULL;
  g_assert_cmpint (sqlite3_open (broken, &newer), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (newer, "PRAGMA user_version = 99", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (newer);
  check_refused (f, "was written by a newer version of Beckon (its format is 99", "restore", broken, "--replace");

  child_start (f);
  check_refused (f, "A server is running on", "restore", path, "--replace");
  child_kill (f);
  g_autofree char *list = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (list, ALICE)); /* all of this left the file alone */
  g_free (child_operate (f, 0, NULL, "account", "remove", "alice", NULL));
  restore (f);
  g_autofree char *restored = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (restored, ALICE));
  g_unlink (f->database);
  g_autofree char *output = child_operate (f, 0, NULL, "restore", path, NULL);
  g_assert_cmpstr (output, ==, "restored\n");
}

/* What a restore that was killed on its way has left: the file is set aside, the new one not yet in its place. */
static void
test_broken_off (Child *f, gconstpointer data)
{
  static const char leftover[] = "not a log";
  g_autofree char *path = backup_path (f);
  g_autofree char *aside = g_strconcat (f->database, ".replaced", NULL);
  g_autofree char *log = g_strconcat (f->database, "-wal", NULL);
  g_autofree char *aside_log = g_strconcat (aside, "-wal", NULL);
  g_autofree char *fresh = g_strconcat (f->database, ".restoring", NULL);
  g_autofree char *fresh_log = g_strconcat (fresh, "-wal", NULL);

  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL));
  back_up (f);
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "bob", "--password-stdin", NULL));
  g_assert_cmpint (g_rename (f->database, aside), ==, 0);
  write_file (log, leftover);
  write_file (fresh, leftover);
  write_file (fresh_log, leftover);
  check_refused (f, "was broken off", "restore", fresh, NULL);

  g_autofree char *output = child_operate (f, 0, NULL, "restore", path, NULL);
  g_assert_cmpstr (output, ==, "restored\n");
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (aside_log, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS) || g_file_test (fresh_log, G_FILE_TEST_EXISTS));
  g_autofree char *list = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_true (strstr (list, ALICE) != NULL && strstr (list, BOB) == NULL);

  /* The one that was set aside is whole, and the way back. */
  g_free (child_operate (f, 0, NULL, "restore", aside, "--replace", NULL));
  g_autofree char *before = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (before, BOB));
}

/* It cannot be set aside to the end: then it is as it was. */
static void
test_undone (Child *f, gconstpointer data)
{
  g_autofree char *path = backup_path (f);
  g_autofree char *log = g_strconcat (f->database, "-wal", NULL);
  g_autofree char *aside = g_strconcat (f->database, ".replaced", NULL);
  g_autofree char *aside_log = g_strconcat (aside, "-wal", NULL);
  g_autofree char *in_the_way = g_build_filename (aside_log, "in-the-way", NULL);
  GStatBuf before, after;

  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL));
  back_up (f);
  g_assert_cmpint (g_stat (f->database, &before), ==, 0);
  g_assert_cmpint (g_mkdir (log, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (in_the_way, 0700), ==, 0);
  check_refused (f, "cannot be renamed", "restore", path, "--replace");
  g_assert_cmpint (g_stat (f->database, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
  g_assert_true (g_file_test (log, G_FILE_TEST_IS_DIR));
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_rmdir (in_the_way), ==, 0);
  g_assert_cmpint (g_rmdir (aside_log), ==, 0);
  g_assert_cmpint (g_rmdir (log), ==, 0);
  restore (f);
}

/* A file of another program, whatever it says of itself. Nothing is said but that. */
static void
test_foreign (Child *f, gconstpointer data)
{
  g_autofree char *path = backup_path (f);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE letters (text); PRAGMA user_version = 3", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  check_refused (f, "is no backup of a beckon-server", "restore", path, NULL);
  g_autofree char *said = child_operate (f, 1, NULL, "restore", path, NULL);
  g_assert_null (strstr (said, "audit"));
  g_assert_false (g_file_test (f->database, G_FILE_TEST_EXISTS));
}

/* The file of a running server is not taken from under it, whatever the operator says. */
static void
test_in_use (Child *f, gconstpointer data)
{
  g_autofree char *path = backup_path (f);
  g_autofree char *pipe = g_strconcat (f->database, "-operator", NULL);
  GStatBuf before, after;

  child_start (f);
  back_up (f);
  g_assert_cmpint (g_stat (f->database, &before), ==, 0);
  check_refused (f, "is the database itself", "backup", f->database, "--replace");
  g_assert_cmpint (g_unlink (pipe), ==, 0); /* it cannot be heard any more, and is there all the same */
  check_refused (f, "A server is running on", "restore", path, "--replace");
  g_assert_cmpint (g_stat (f->database, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/backup/devices", test_devices);
  CHILD_TEST ("/server/backup/twice", test_twice);
  CHILD_TEST ("/server/backup/busy", test_busy);
  CHILD_TEST ("/server/backup/mistakes", test_mistakes);
  CHILD_TEST ("/server/backup/broken-off", test_broken_off);
  CHILD_TEST ("/server/backup/undone", test_undone);
  CHILD_TEST ("/server/backup/foreign", test_foreign);
  CHILD_TEST ("/server/backup/in-use", test_in_use);
  return g_test_run ();
}
