/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator does about who gets in, beside a running server: passwords, devices. */
#include "process-fixture.h"

#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"

/* Signs a device in with a password. */
static Client *
enter (Child *f, const char *name, const char *password, const char *device_name)
{
  Client *c = child_connect (f);
  BkFrame *frame = request_sign_in (name, password, NULL, NULL, 0);

  bk_frame_set_string (frame, "device_name", device_name);
  g_autoptr (BkFrame) reply = client_call (c, frame);
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  c->device = g_strdup (bk_frame_get_string (reply, "device"));
  c->token = g_strdup (bk_frame_get_string (reply, "token"));
  client_caught_up (c);
  return c;
}

static void
refuse_sign_in (Child *f, const char *name, const char *password, const char *token)
{
  g_autoptr (Client) c = child_connect (f);

  client_error (c, request_sign_in (name, password, token, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
}

static void
expect_revoked (Client *c)
{
  g_autoptr (BkFrame) bye = client_push (c, BK_FRAME_BYE);

  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "revoked");
  client_wait_closed (c);
}

static void
add_account (Child *f, const char *name)
{
  g_free (child_operate (f, 0, "correct horse\n", "account", "add", name, "--password-stdin", NULL));
}

/* The old password and everything that was signed in with it are worth nothing; the new one is good at once. */
static void
test_password (Child *f, gconstpointer data)
{
  add_account (f, "alice");
  add_account (f, "bob");
  child_start (f);
  g_autoptr (Client) desk = enter (f, ALICE, "correct horse", "desk");
  g_autoptr (Client) laptop = enter (f, ALICE, "correct horse", "laptop");
  g_autoptr (Client) bob = enter (f, BOB, "correct horse", "");

  g_autofree char *read = child_operate (f, 0, "battery staple\n", "account", "password", "Alice", "--password-stdin",
                                         NULL);
  g_assert_cmpstr (read, ==, ALICE "\n");
  expect_revoked (desk);
  expect_revoked (laptop);
  client_quiet (bob);
  refuse_sign_in (f, ALICE, "correct horse", NULL);
  refuse_sign_in (f, ALICE, NULL, desk->token);
  g_autoptr (Client) again = enter (f, ALICE, "battery staple", "desk");

  g_autofree char *made = child_operate (f, 0, NULL, "account", "password", ALICE, NULL);
  g_autofree char *password = child_find_line (made, ALICE "  password: ");
  g_assert_cmpuint (strlen (password), ==, 24);
  expect_revoked (again);
  refuse_sign_in (f, ALICE, "battery staple", NULL);
  g_autoptr (Client) last = enter (f, ALICE, password, "desk");
}

static void
test_password_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *long_line = g_strnfill (2000, 'x');

  add_account (f, "alice");
  g_free (child_operate (f, 2, NULL, "account", "password", NULL));
  g_free (child_operate (f, 1, "short\n", "account", "password", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 1, "", "account", "password", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 1, long_line, "account", "password", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 1, "bat\xfftery\n", "account", "password", "alice", "--password-stdin", NULL));
  g_autofree char *unknown = child_operate (f, 1, "battery staple\n", "account", "password", "bob",
                                            "--password-stdin", NULL);
  g_assert_nonnull (strstr (unknown, "There is no account named “" BOB "”"));
  child_start (f);
  g_autoptr (Client) alice = enter (f, ALICE, "correct horse", "");
}

static void
test_devices (Child *f, gconstpointer data)
{
  add_account (f, "alice");
  g_autofree char *none = child_operate (f, 0, NULL, "device", "list", "alice", NULL);
  g_assert_cmpstr (none, ==, "");
  child_start (f);
  g_autoptr (Client) desk = enter (f, ALICE, "correct horse", "desk");
  g_autoptr (Client) laptop = enter (f, ALICE, "correct horse", "laptop");
  g_autofree char *line = g_strconcat (laptop->device, "  “laptop”  seen: 2", NULL);
  g_autofree char *both = child_operate (f, 0, NULL, "device", "list", "alice", NULL);
  g_assert_true (g_str_has_prefix (both, desk->device));
  g_free (child_find_line (both, line));

  g_autofree char *small = g_ascii_strdown (laptop->device, -1);
  g_free (child_operate (f, 0, NULL, "device", "remove", "alice", small, NULL));
  expect_revoked (laptop);
  refuse_sign_in (f, ALICE, NULL, laptop->token);
  client_quiet (desk);
  g_autofree char *one = child_operate (f, 0, NULL, "device", "list", "alice", NULL);
  g_assert_null (strstr (one, "laptop"));
  g_assert_true (g_str_has_prefix (one, desk->device));
}

static void
test_device_mistakes (Child *f, gconstpointer data)
{
  add_account (f, "alice");
  add_account (f, "bob");
  child_start (f);
  g_autoptr (Client) bob = enter (f, BOB, "correct horse", "");

  g_free (child_operate (f, 2, NULL, "device", "list", NULL));
  g_free (child_operate (f, 2, NULL, "device", "remove", "alice", NULL));
  g_free (child_operate (f, 1, NULL, "device", "list", "carol", NULL));
  g_autofree char *words = child_operate (f, 1, NULL, "device", "remove", "alice", "laptop", NULL);
  g_assert_nonnull (strstr (words, "“laptop” is no id of a device"));
  g_autofree char *others = child_operate (f, 1, NULL, "device", "remove", "alice", bob->device, NULL);
  g_assert_nonnull (strstr (others, "There is no such device"));
  client_quiet (bob);
}

/* Each command that changes something has its row, the ones that were refused too; none tells a secret. */
static void
test_audit (Child *f, gconstpointer data)
{
  g_autofree char *none = child_operate (f, 0, NULL, "audit", "list", NULL);
  g_assert_cmpstr (none, ==, "");
  add_account (f, "alice");
  g_free (child_operate (f, 1, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 0, "battery staple\n", "account", "password", "alice", "--password-stdin", NULL));
  g_free (child_operate (f, 1, NULL, "device", "remove", "alice", "{6B3F6A5E-94D5-4F3A-8C55-7A3A3B0F5D11}", NULL));
  g_autofree char *token = g_strstrip (child_operate (f, 0, NULL, "token", "create", NULL));
  g_autofree char *issued = child_operate (f, 0, NULL, "license", "issue", "--name", "Chess", NULL);
  g_autofree char *id = child_find_line (issued, "id: ");
  g_autofree char *key = child_find_line (issued, "key: ");
  g_free (child_operate (f, 0, NULL, "license", "revoke", id, NULL));
  g_free (child_operate (f, 0, NULL, "alert", "send", "--to", "alice", "planted text", NULL));
  g_free (child_operate (f, 0, NULL, "account", "remove", "alice", NULL));
  g_free (child_operate (f, 2, NULL, "audit", "list", "--days", "0", NULL));

  g_autofree char *list = child_operate (f, 0, NULL, "audit", "list", "--days", "1", NULL);
  g_auto (GStrv) lines = g_strsplit (list, "\n", -1);
  g_autofree char *issue = g_strconcat ("operator  license issue  ", id, "  Chess  done", NULL);
  g_autofree char *revoke = g_strconcat ("operator  license revoke  ", id, "  done", NULL);
  g_autofree char *create = g_strdup_printf ("operator  token create  %.8s  done", token);
  const char *const expected[] = {
    "operator  account add  alice@localhost  done",
    "operator  account add  alice@localhost  account-exists",
    "operator  account password  alice@localhost  done",
    "operator  device remove  alice@localhost  {6B3F6A5E-94D5-4F3A-8C55-7A3A3B0F5D11}  not-found",
    create,
    issue,
    revoke,
    "operator  alert send  alice@localhost  done",
    "operator  account remove  alice@localhost  done",
  };

  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (expected) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (lines[i] + strlen ("2026-01-01 00:00 UTC  "), ==, expected[i]);
  g_assert_null (strstr (list, token));
  g_assert_null (strstr (list, key));
  g_assert_null (strstr (list, "planted"));
  g_autofree char *about = child_operate (f, 0, NULL, "audit", "list", "alice", NULL);
  g_assert_null (strstr (about, "license"));
  g_assert_nonnull (strstr (about, "account remove"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/gate/password", test_password);
  CHILD_TEST ("/server/gate/password-mistakes", test_password_mistakes);
  CHILD_TEST ("/server/gate/devices", test_devices);
  CHILD_TEST ("/server/gate/device-mistakes", test_device_mistakes);
  CHILD_TEST ("/server/gate/commands-audit", test_audit);
  return g_test_run ();
}
