/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts of the operator: who gets them, how long they wait, how many. */
#include "server-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define DAY_MS (86400 * 1000u)

static gint64
expect_alert (Client *c, gint64 site, const char *text, char **guid)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_ALERT);

  g_assert_cmpint (bk_frame_get_int (frame, "site"), ==, site);
  g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, text);
  g_assert_cmpstr (bk_frame_get_string (frame, "url"), ==, site == 7 ? "https://example.org/news" : NULL);
  if (guid != NULL)
    *guid = g_strdup (bk_frame_get_string (frame, "alert"));
  return bk_frame_get_int (frame, "seq");
}

static void
enable (Client *c, guint n_sites, const gint64 *sites)
{
  BkFrame *frame = request (BK_FRAME_ALERTS_ENABLE);

  bk_frame_set_ints (frame, "sites", sites, n_sites);
  client_ok (c, frame);
}

/* Signs a known device in that has everything up to @after. */
static Client *
come_back (Fixture *f, const Client *before, gint64 after)
{
  Client *c = client_new (f);

  client_sign_in (c, before->name, before->device, after);
  return c;
}

/* ---- looking into the file ---- */

static gboolean
run_sql (BkSqlite *db, gpointer data, GError **error)
{
  return bk_sqlite_exec (db, ((BkStoreAdmin *) data)->token, error);
}

static void
change (Fixture *f, const char *sql)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->token = g_strdup (sql);
  g_free (fixture_administer (f, BK_SQLITE_WRITE, run_sql, job));
}

static gboolean
run_query (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  sqlite3_stmt *query = bk_sqlite_prepare (db, job->token, error);
  gboolean row;

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  g_string_append (job->list, bk_sqlite_column_text (query, 0));
  return TRUE;
}

static void
assert_number (Fixture *f, const char *sql, const char *number)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->token = g_strdup (sql);
  g_autofree char *found = fixture_administer (f, BK_SQLITE_READ, run_query, job);
  g_assert_cmpstr (found, ==, number);
}

/* ---- tests ---- */

static void
test_one (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autofree char *guid = NULL, *same = NULL, *second = NULL;

  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 7, "It is\nsnowing");
  g_assert_cmpint (expect_alert (alice, 7, "It is\nsnowing", &guid), ==, 1);
  g_assert_cmpint (expect_alert (laptop, 7, "It is\nsnowing", &same), ==, 1);
  g_assert_cmpstr (guid, ==, same);
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "Still");
  g_assert_cmpint (expect_alert (alice, 0, "Still", &second), ==, 2);
  g_assert_cmpstr (guid, !=, second);
  client_quiet (bob);

  client_close (laptop);
  g_autoptr (Client) again = come_back (f, laptop, 1);
  g_assert_cmpint (expect_alert (again, 0, "Still", NULL), ==, 2);
  g_assert_cmpint (client_caught_up (again), ==, 2);
}

/* What waits has its place among the other facts, without a hole that would make a device look into the file. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (bob, request_message (ALICE, "{00000000-0000-4000-8000-000000000001}", "before"));
  client_forget_pushes (bob);
  fixture_alert (f, BK_STORE_ALERT_ALL, NULL, 0, "alert");
  g_assert_cmpint (expect_alert (bob, 0, "alert", NULL), >, 0);
  client_ok (bob, request_message (ALICE, "{00000000-0000-4000-8000-000000000002}", "after"));
  g_autoptr (BkFrame) before = client_push (alice, BK_FRAME_MESSAGE);
  gint64 seq = expect_alert (alice, 0, "alert", NULL);
  g_autoptr (BkFrame) after = client_push (alice, BK_FRAME_MESSAGE);
  g_assert_cmpint (seq, ==, bk_frame_get_int (before, "seq") + 1);
  g_assert_cmpint (seq, ==, bk_frame_get_int (after, "seq") - 1);
}

#define MANY_ACCOUNTS \
  "INSERT INTO accounts (name, display_name, password, created)" \
  " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)" \
  " SELECT 'user' || i || '@example.org', 'User', '', 0 FROM n;"

static void
test_all (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) first = sign_up (f, ALICE);
  change (f, MANY_ACCOUNTS);
  g_autoptr (Client) last = sign_up (f, BOB);

  fixture_alert (f, BK_STORE_ALERT_ALL, NULL, 0, "To all");
  expect_alert (first, 0, "To all", NULL);
  expect_alert (last, 0, "To all", NULL);
  client_quiet (first);
  client_quiet (last);
  assert_number (f, "SELECT count (*) FROM alerts", "1");
  assert_number (f, "SELECT count (*) FROM alert_copies", "502");
  assert_number (f, "SELECT count (DISTINCT owner) FROM alert_copies", "502");
  assert_number (f, "SELECT count (*) FROM operations", "0");
}

/* A server that was killed in the middle goes on where it was: nobody is left out, nobody gets it twice. */
static void
test_interrupted (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  change (f, MANY_ACCOUNTS);
  g_autoptr (Client) bob = sign_up (f, BOB);
  fixture_stop (f);
  client_wait_closed (alice);
  client_wait_closed (bob);
  fixture_alert (f, BK_STORE_ALERT_ALL, NULL, 0, "To all");
  change (f, "INSERT INTO alert_copies SELECT id, 1, 1 FROM accounts WHERE id <= 300;"
             "UPDATE accounts SET last_seq = 1 WHERE id <= 300; UPDATE operations SET done = 300;");
  fixture_start (f);
  g_autoptr (Client) alice_2 = come_back (f, alice, 0);
  g_autoptr (Client) bob_2 = come_back (f, bob, 0);
  expect_alert (alice_2, 0, "To all", NULL);
  expect_alert (bob_2, 0, "To all", NULL);
  assert_number (f, "SELECT count (*) FROM alert_copies", "502");
  assert_number (f, "SELECT count (DISTINCT owner) FROM alert_copies", "502");
}

static void
test_subscribers (Fixture *f, gconstpointer data)
{
  static const gint64 chess[] = { 3, 7 }, news[] = { 12 };
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  enable (alice, 2, chess);
  enable (bob, 2, chess);
  enable (bob, 1, news); /* instead of */
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 7, "Your move");
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 12, "Extra!");
  g_assert_cmpint (expect_alert (bob, 12, "Extra!", NULL), ==, 0);
  g_assert_cmpint (expect_alert (alice, 7, "Your move", NULL), ==, 0);
  client_quiet (alice);
  client_quiet (laptop);
  client_quiet (bob);
  enable (bob, 0, NULL);
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 12, "Too late");
  fixture_alert (f, BK_STORE_ALERT_ONE, BOB, 0, "Settled");
  expect_alert (bob, 0, "Settled", NULL);

  /* nothing of it waits for anybody, and what was enabled went with the connection */
  assert_number (f, "SELECT count (*) FROM alerts", "1");
  client_close (alice);
  g_autoptr (Client) again = come_back (f, alice, 0);
  g_assert_cmpint (client_caught_up (again), ==, 0);
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 7, "Your move");
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "Settled");
  expect_alert (again, 0, "Settled", NULL);
}

static void
test_many_sites (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  gint64 sites[65];
  BkFrame *frame = request (BK_FRAME_ALERTS_ENABLE);

  for (int i = 0; i < 65; i++)
    sites[i] = i;
  enable (c, 64, sites);
  bk_frame_set_ints (frame, "sites", sites, 65);
  client_error (c, frame, BECKON_ERROR_PROTOCOL);
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 63, "The last one");
  expect_alert (c, 63, "The last one", NULL);
}

/* For a week, and then it is gone, from the file too. */
static void
test_expiry (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  client_close (alice);

  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "A week");
  bk_fake_clock_advance (f->clock, 7 * DAY_MS - 1);
  g_autoptr (Client) in_time = come_back (f, alice, 0);
  expect_alert (in_time, 0, "A week", NULL);
  client_close (in_time);
  bk_fake_clock_advance (f->clock, 1);
  g_autoptr (Client) late = come_back (f, alice, 0);
  g_assert_cmpint (client_caught_up (late), ==, 1);
  assert_number (f, "SELECT count (*) FROM alert_copies", "0");
  assert_number (f, "SELECT count (*) FROM alerts", "0");
}

/* An alert whose time was over before a server ran is told to nobody. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  fixture_stop (f);
  client_wait_closed (alice);
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "Stale");
  fixture_alert (f, BK_STORE_ALERT_ALL, NULL, 0, "Stale");
  fixture_alert (f, BK_STORE_ALERT_SUBSCRIBERS, NULL, 0, "Stale");
  bk_fake_clock_advance (f->clock, 7 * DAY_MS);
  fixture_start (f);
  g_autoptr (Client) again = come_back (f, alice, 0);
  g_assert_cmpint (client_caught_up (again), ==, 0);
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "Fresh");
  expect_alert (again, 0, "Fresh", NULL);
  assert_number (f, "SELECT count (*) FROM operations", "0");
}

/* Of one account 100 are kept, the newest. */
static void
test_quota (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  fixture_alert (f, BK_STORE_ALERT_ONE, BOB, 0, "Bob's");
  expect_alert (bob, 0, "Bob's", NULL);
  client_close (alice);
  for (int i = 1; i <= 102; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %d", i);
      fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, text);
    }
  fixture_alert (f, BK_STORE_ALERT_ONE, BOB, 0, "Settled");
  expect_alert (bob, 0, "Settled", NULL);
  g_autoptr (Client) again = come_back (f, alice, 0);
  for (int i = 3; i <= 102; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %d", i);
      g_assert_cmpint (expect_alert (again, 0, text, NULL), ==, i);
    }
  g_assert_cmpint (client_caught_up (again), ==, 102);
  client_close (bob);
  g_autoptr (Client) bob_2 = come_back (f, bob, 0);
  expect_alert (bob_2, 0, "Bob's", NULL);
}

/* With an account its copies go; an alert for it that was not sent yet is left out. */
static void
test_removed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  fixture_alert (f, BK_STORE_ALERT_ALL, NULL, 0, "To all");
  expect_alert (alice, 0, "To all", NULL);
  expect_alert (bob, 0, "To all", NULL);
  fixture_stop (f);
  client_wait_closed (alice);
  client_wait_closed (bob);
  fixture_alert (f, BK_STORE_ALERT_ONE, BOB, 0, "Nobody");
  fixture_operate (f, bk_store_remove_account, BOB);
  assert_number (f, "SELECT count (*) FROM alert_copies", "1");
  fixture_start (f);
  g_autoptr (Client) again = come_back (f, alice, 1);
  g_assert_cmpint (client_caught_up (again), ==, 1);
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "Settled");
  expect_alert (again, 0, "Settled", NULL);
  assert_number (f, "SELECT count (*) FROM alert_copies", "2");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/alerts/one", test_one);
  SERVER_TEST ("/server/alerts/order", test_order);
  SERVER_TEST ("/server/alerts/all", test_all);
  SERVER_TEST ("/server/alerts/interrupted", test_interrupted);
  SERVER_TEST ("/server/alerts/subscribers", test_subscribers);
  SERVER_TEST ("/server/alerts/many-sites", test_many_sites);
  SERVER_TEST ("/server/alerts/expiry", test_expiry);
  SERVER_TEST ("/server/alerts/stale", test_stale);
  SERVER_TEST ("/server/alerts/quota", test_quota);
  SERVER_TEST ("/server/alerts/removed", test_removed);
  return g_test_run ();
}
