/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipe beside the file, and what the operator's commands leave in the file. */
#include "server-fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

static char *
pipe_path (Fixture *f)
{
  return g_strconcat (f->database, "-operator", NULL);
}

static void
expect_alert (Client *c, const char *text)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_ALERT);

  g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, text);
}

static void
test_heard (Fixture *f, gconstpointer data)
{
  g_autofree char *path = pipe_path (f);
  g_autofree char *elsewhere = g_build_filename (f->dir, "other.db", NULL);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (bk_server_operator_is_heard (f->database));
  g_assert_cmpint (lstat (path, &status), ==, 0);
  g_assert_true (S_ISFIFO (status.st_mode));
  g_assert_cmpint (status.st_mode & 077, ==, 0);
  fixture_stop (f);
  g_assert_false (bk_server_operator_is_heard (f->database));
  g_assert_false (bk_server_operator_is_heard (elsewhere));
  g_assert_true (bk_server_operator_nudge (f->database, &error));
  g_assert_true (bk_server_operator_nudge (elsewhere, &error));
  g_assert_no_error (error);
  fixture_start (f);
  g_assert_true (bk_server_operator_is_heard (f->database));
}

/* More nudges than the pipe holds block nobody, and none is lost. */
static void
test_many_nudges (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 70000; i++)
    g_assert_true (bk_server_operator_nudge (f->database, &error));
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "one");
  expect_alert (alice, "one");
  for (int i = 0; i < 50; i++)
    fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "many");
  for (int i = 0; i < 50; i++)
    expect_alert (alice, "many");
  client_quiet (alice);
}

/* Where something else lies in place of the pipe, it is left alone, the command says so, and nothing is lost. */
static void
test_no_pipe (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autofree char *path = pipe_path (f);
  g_autofree char *target = g_build_filename (f->dir, "target", NULL);
  g_autofree char *content = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      fixture_stop (f);
      g_assert_cmpint (unlink (path), ==, 0);
      g_assert_true (g_file_set_contents (i == 0 ? path : target, "precious", -1, NULL));
      g_assert_true (i == 0 || symlink (target, path) == 0);
      g_test_expect_message ("beckon-server", G_LOG_LEVEL_WARNING, "*cannot be used*");
      fixture_start (f);
      g_test_assert_expected_messages ();
      g_assert_true (bk_server_operator_is_heard (f->database)); /* or not: one cannot know */
      g_assert_false (bk_server_operator_nudge (f->database, &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
    }
  g_assert_true (g_file_get_contents (target, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "precious");
  client_wait_closed (alice);
}

static gboolean
add_unknown (BkSqlite *db, gpointer data, GError **error)
{
  return bk_sqlite_exec (db, "INSERT INTO operations (operation, account, alert) VALUES (99, 0, 0)", error);
}

/* A newer version's wish does not stand in the way of ours. */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  g_test_expect_message ("beckon-server", G_LOG_LEVEL_WARNING, "*does not know*");
  fixture_operate (f, add_unknown, "");
  fixture_alert (f, BK_STORE_ALERT_ONE, ALICE, 0, "next");
  expect_alert (alice, "next");
  g_test_assert_expected_messages ();
}

static void
expect_contact (Client *c, const char *who, const char *relation)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "relation"), ==, relation);
}

/* All devices of a removed account are thrown out. A contact sees it leave and vanish, one who had asked sees it vanish,
 * a stranger sees nothing. */
static void
test_removed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) carol = sign_up (f, CAROL);
  g_autoptr (Client) stranger = sign_up (f, "dora@example.org");
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  client_ok (carol, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));
  g_autoptr (Client) bob_2 = sign_in (f, BOB);
  client_forget_pushes (bob);
  client_forget_pushes (carol);
  g_assert_cmpuint (bk_server_get_online (f->server), ==, 4);

  fixture_operate (f, bk_store_remove_account, BOB);
  g_autoptr (BkFrame) bye = client_push (bob, BK_FRAME_BYE);
  g_autoptr (BkFrame) bye_2 = client_push (bob_2, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "revoked");
  g_assert_cmpstr (bk_frame_get_string (bye_2, "reason"), ==, "revoked");
  client_wait_closed (bob);
  client_wait_closed (bob_2);
  g_autoptr (BkFrame) offline = client_push (alice, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (offline, "status"), ==, "offline");
  expect_contact (alice, BOB, "none");
  expect_contact (carol, BOB, "none");
  client_quiet (alice);
  client_quiet (carol);
  client_quiet (stranger);
  g_assert_cmpuint (bk_server_get_online (f->server), ==, 3);
}

/* The same for one who was away, and with a server that was not running. */
static void
test_removed_before (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  client_forget_pushes (alice);

  fixture_stop (f);
  client_wait_closed (alice);
  client_wait_closed (bob);
  fixture_operate (f, bk_store_remove_account, BOB);
  fixture_start (f);
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, alice->device, 2);
  expect_contact (again, BOB, "none");
  client_caught_up (again);
  client_quiet (again);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/operator/heard", test_heard);
  SERVER_TEST ("/server/operator/many-nudges", test_many_nudges);
  SERVER_TEST ("/server/operator/no-pipe", test_no_pipe);
  SERVER_TEST ("/server/operator/unknown", test_unknown);
  SERVER_TEST ("/server/operator/removed", test_removed);
  SERVER_TEST ("/server/operator/removed-before", test_removed_before);
  return g_test_run ();
}
