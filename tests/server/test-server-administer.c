/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator sees of accounts, closes for a while, and lets go with time. */
#include "process-fixture.h"

#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"

static Client *
join (Child *f, const char *name)
{
  Client *c = child_connect (f);

  client_register (c, name);
  client_sign_in (c, name, NULL, 0);
  client_caught_up (c);
  return c;
}

static void
expect_line (const char *text, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\n", NULL);

  if (strstr (text, whole) == NULL)
    g_error ("“%s” is missing in: %s", line, text);
}

static void
test_show (Child *f, gconstpointer data)
{
  child_start (f);
  g_autoptr (Client) alice = join (f, ALICE);
  g_autoptr (Client) bob = join (f, BOB);
  befriend (alice, bob);
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "what nobody else may read"));
  client_ok (bob, request_block (ALICE, TRUE));

  g_autofree char *shown = child_operate (f, 0, NULL, "account", "show", "alice", NULL);
  static const char *const lines[] = {
    "name: alice@localhost", "display name: alice", "picture: no", "devices: 1", "contacts: 1", "contacts asked: 0",
    "blocked: 0", "groups: 0", "messages: 1",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    expect_line (shown, lines[i]);
  g_assert_null (strstr (shown, "disabled"));
  g_assert_null (strstr (shown, "nobody else"));
  g_autofree char *bobs = child_operate (f, 0, NULL, "account", "show", BOB, NULL);
  expect_line (bobs, "blocked: 1");
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "carol", "--password-stdin", NULL));
  g_autofree char *list = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (list, "alice@localhost  “alice”  devices: 1  messages: 1  seen: 2"));
  expect_line (list, "carol@localhost  “carol”  devices: 0  messages: 0  seen: never");
  g_free (child_operate (f, 1, NULL, "account", "show", "dave", NULL));
  g_free (child_operate (f, 2, NULL, "account", "show", NULL));
}

static void
refuse (Child *f, BkFrame *frame)
{
  g_autoptr (Client) c = child_connect (f);

  client_error (c, frame, BECKON_ERROR_ACCESS_DENIED);
}

/* Who is in is sent away and told why, contacts see nobody there; nothing is lost. */
static void
test_disable (Child *f, gconstpointer data)
{
  child_start (f);
  g_autoptr (Client) alice = join (f, ALICE);
  g_autoptr (Client) bob = join (f, BOB);
  befriend (alice, bob);

  g_free (child_operate (f, 0, NULL, "account", "disable", "bob", NULL));
  g_autoptr (BkFrame) bye = client_push (bob, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "disabled");
  client_wait_closed (bob);
  g_autoptr (BkFrame) offline = client_push (alice, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (offline, "status"), ==, "offline");
  client_quiet (alice); /* Bob is a contact as before */
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "later"));

  refuse (f, request_sign_in (BOB, NULL, bob->token, bob->device, 0));
  refuse (f, request_sign_in (BOB, "correct horse", NULL, NULL, 0));
  g_autoptr (Client) thief = child_connect (f); /* who does not know the password does not learn it */
  client_error (thief, request_sign_in (BOB, "wrong", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  g_autofree char *list = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (list, "disabled\n"));
  g_autofree char *shown = child_operate (f, 0, NULL, "account", "show", "bob", NULL);
  g_assert_nonnull (strstr (shown, "\ndisabled: 2"));
  expect_line (shown, "devices: 1");

  child_kill (f); /* also for the next server */
  child_start (f);
  refuse (f, request_sign_in (BOB, NULL, bob->token, bob->device, 0));
  g_free (child_operate (f, 0, NULL, "account", "enable", "bob", NULL));
  g_autoptr (Client) again = child_connect (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (BOB, NULL, bob->token, bob->device, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_autoptr (BkFrame) contact = client_push (again, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "relation"), ==, "accepted");
  g_autoptr (BkFrame) message = client_push (again, BK_FRAME_MESSAGE);
  g_assert_cmpstr (bk_frame_get_string (message, "text"), ==, "later");
  g_free (child_operate (f, 1, NULL, "account", "disable", "carol", NULL));
  g_free (child_operate (f, 1, NULL, "account", "enable", "carol", NULL));
  g_autofree char *audit = child_operate (f, 0, NULL, "audit", "list", "bob", NULL);
  g_assert_nonnull (strstr (audit, "account disable"));
  g_assert_nonnull (strstr (audit, "account enable"));
  g_autofree char *all = child_operate (f, 0, NULL, "audit", "list", NULL);
  g_assert_nonnull (strstr (all, "sign in  from 127.0.0.1  access-denied"));
}

static int
count_operations (Child *f)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count (*) FROM operations", -1, &query, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  int count = sqlite3_column_int (query, 0);
  sqlite3_finalize (query);
  sqlite3_close (db);
  return count;
}

/* A server that comes to it late does not send away who may be there again. */
static void
test_enable (Child *f, gconstpointer data)
{
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", "bob", "--password-stdin", NULL));
  g_free (child_operate (f, 0, NULL, "account", "disable", "alice", NULL));
  g_free (child_operate (f, 0, NULL, "account", "disable", "bob", NULL));
  g_assert_cmpint (count_operations (f), ==, 2);
  g_free (child_operate (f, 0, NULL, "account", "enable", "alice", NULL));
  g_assert_cmpint (count_operations (f), ==, 1); /* Bob's */
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/administer/show", test_show);
  CHILD_TEST ("/server/administer/disable", test_disable);
  CHILD_TEST ("/server/administer/enable", test_enable);
  return g_test_run ();
}
