/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages go when they are as old as the operator says, and the file does not grow without end. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-server-private.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define DAY_MS (24 * 60 * 60 * 1000)
#define HOUR_MS (60 * 60 * 1000)

static void
keep_two_days (BkServerConfig *config)
{
  config->message_days = 2;
}

static gint64
count (Fixture *f, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return value;
}

static void
say (Client *alice, guint n, const char *text)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *guid = bk_guid_new ();
      client_ok (alice, request_message (BOB, guid, text));
    }
}

typedef struct
{
  Fixture *f;
  gint64 n_messages;
} Wait;

static gboolean
has_come_to (gpointer data)
{
  Wait *wait = data;

  return count (wait->f, "SELECT count (*) FROM messages") == wait->n_messages;
}

static void
wait_for (Fixture *f, gint64 n_messages)
{
  Wait wait = { f, n_messages };

  bk_test_wait_until (has_come_to, &wait);
  g_assert_cmpint (count (f, "SELECT sum (n_messages) FROM accounts"), ==, n_messages);
  g_assert_cmpint (count (f, "SELECT sum (message_bytes) FROM accounts"), ==,
                   count (f, "SELECT total (length (CAST (text AS BLOB))) FROM messages"));
}

/* Days pass within a moment: connections are too old then, and are made anew. */
static void
pass (Fixture *f, guint milliseconds)
{
  bk_fake_clock_advance (f->clock, milliseconds);
}

static void
test_old_messages (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  say (alice, 100, "old");
  wait_for (f, 200);
  pass (f, DAY_MS);
  g_autoptr (Client) alice_2 = sign_in (f, ALICE);
  say (alice_2, 3, "young");
  wait_for (f, 206);
  pass (f, DAY_MS - 2 * HOUR_MS); /* not yet two days */
  g_autoptr (Client) bob_2 = sign_in (f, BOB);
  g_assert_cmpint (count (f, "SELECT count (*) FROM messages"), ==, 206);
  pass (f, 3 * HOUR_MS);
  wait_for (f, 6);
  g_assert_cmpint (count (f, "SELECT count (*) FROM messages WHERE text = 'young'"), ==, 6);

  /* What is left is told as ever. */
  g_autoptr (Client) fresh = client_new (f);
  client_sign_in (fresh, BOB, NULL, 0);
  g_autoptr (BkFrame) contact = client_push (fresh, BK_FRAME_CONTACT);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (BkFrame) message = client_push (fresh, BK_FRAME_MESSAGE);
      g_assert_cmpstr (bk_frame_get_string (message, "text"), ==, "young");
    }
  g_assert_cmpint (client_caught_up (fresh), >=, 103);
  pass (f, 2 * DAY_MS);
  wait_for (f, 0);
}

static void
change_file (Fixture *f, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* A clock ran ahead by a year: what was written under it stays until then, and holds up nothing that came after. */
static void
test_clock_ahead (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  say (alice, 100, "ahead");
  wait_for (f, 200);
  change_file (f, "UPDATE messages SET time = time + 86400000000 * 365");
  say (alice, 100, "old");
  wait_for (f, 400);
  pass (f, 3 * DAY_MS);
  wait_for (f, 200);
  g_assert_cmpint (count (f, "SELECT count (*) FROM messages WHERE text = 'ahead'"), ==, 200);

  /* The same from where it was left. */
  g_autoptr (Client) again = sign_in (f, ALICE);
  say (again, 10, "old again");
  wait_for (f, 220);
  pass (f, 3 * DAY_MS);
  wait_for (f, 200);
  for (int i = 0; i < 20; i++)
    pass (f, 20 * DAY_MS);
  wait_for (f, 0);
}

static gboolean
is_idle (gpointer data)
{
  Fixture *f = data;

  return f->server->n_jobs == 0;
}

/* So much of it that it is not looked through at once: next time goes on behind it. */
static void
test_clock_far_ahead (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  change_file (f,
               "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)"
               " INSERT INTO messages (owner, seq, guid, outgoing, peer, text, time)"
               " SELECT 1, -i, 'ahead ' || i, 0, '" BOB "', 'ahead', (1 << 60) FROM n;"
               "UPDATE accounts SET n_messages = 4500, message_bytes = 22500 WHERE id = 1");
  say (alice, 5, "old");
  wait_for (f, 4510);
  pass (f, 3 * DAY_MS);
  bk_test_wait_until (is_idle, f);
  wait_for (f, 4510);
  pass (f, HOUR_MS);
  wait_for (f, 4500);
}

static void
test_for_ever (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  say (alice, 2, "old");
  for (int i = 0; i < 20; i++)
    pass (f, 20 * DAY_MS);
  g_autoptr (Client) again = sign_in (f, ALICE); /* behind whatever was swept */
  g_assert_cmpint (count (f, "SELECT count (*) FROM messages"), ==, 4);
}

/* Room that was given back is used again. */
static void
test_size (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (4000, 'm');
  gint64 first = 0;

  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  for (int round = 0; round < 5; round++)
    {
      g_autoptr (Client) again = sign_in (f, ALICE);
      say (again, 60, text);
      wait_for (f, 120);
      gint64 pages = count (f, "PRAGMA page_count");
      if (round == 1)
        first = pages;
      if (round > 1)
        g_assert_cmpint (pages, <=, first + first / 10);
      pass (f, 3 * DAY_MS);
      wait_for (f, 0);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add ("/server/retention/old-messages", Fixture, keep_two_days, fixture_set_up, test_old_messages,
              fixture_tear_down);
  g_test_add ("/server/retention/clock-ahead", Fixture, keep_two_days, fixture_set_up, test_clock_ahead,
              fixture_tear_down);
  g_test_add ("/server/retention/clock-far-ahead", Fixture, keep_two_days, fixture_set_up, test_clock_far_ahead,
              fixture_tear_down);
  g_test_add ("/server/retention/for-ever", Fixture, NULL, fixture_set_up, test_for_ever, fixture_tear_down);
  g_test_add ("/server/retention/size", Fixture, keep_two_days, fixture_set_up, test_size, fixture_tear_down);
  return g_test_run ();
}
