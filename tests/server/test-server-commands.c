/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator types about licenses, alerts and accounts, also beside a running server. */
#include "process-fixture.h"

#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"

static void
check_word (const char *word, const char *prefix, gsize length, gboolean small)
{
  g_assert_true (g_str_has_prefix (word, prefix));
  g_assert_cmpuint (strlen (word), ==, length);
  for (const char *p = word; *p != '\0'; p++)
    g_assert_true (g_ascii_isdigit (*p) || g_ascii_isupper (*p) || (small && g_ascii_islower (*p)));
}

static void
test_licenses (Child *f, gconstpointer data)
{
  g_autofree char *none = child_operate (f, 0, NULL, "license", "list", NULL);
  g_assert_cmpstr (none, ==, "");
  g_autofree char *issued = child_operate (f, 0, NULL, "license", "issue", "--name", "Chess & Co", NULL);
  g_autofree char *id = child_find_line (issued, "id: ");
  g_autofree char *key = child_find_line (issued, "key: ");
  check_word (id, "BK", 14, FALSE);
  check_word (key, "", 32, TRUE);
  g_autofree char *again = child_operate (f, 0, NULL, "license", "issue", "--name", "Chess & Co", "--cloud", "test", NULL);
  g_autofree char *second_id = child_find_line (again, "id: ");
  g_autofree char *second_key = child_find_line (again, "key: ");
  g_assert_cmpstr (id, !=, second_id);
  g_assert_cmpstr (key, !=, second_key);

  g_autofree char *revoked = child_operate (f, 0, NULL, "license", "revoke", second_id, NULL);
  g_autofree char *twice = child_operate (f, 0, NULL, "license", "revoke", second_id, NULL);
  g_autofree char *unknown = child_operate (f, 1, NULL, "license", "revoke", "BKNONE", NULL);
  g_assert_nonnull (strstr (unknown, "There is no license “BKNONE”"));
  g_autofree char *list = child_operate (f, 0, NULL, "license", "list", NULL);
  g_autofree char *first = g_strconcat (id, "  “Chess & Co”  cloud: production  issued: 2", NULL);
  g_autofree char *second = g_strconcat (second_id, "  “Chess & Co”  cloud: test  issued: 2", NULL);
  g_autofree char *first_rest = child_find_line (list, first);
  g_autofree char *second_rest = child_find_line (list, second);
  g_assert_null (strstr (first_rest, "revoked"));
  g_assert_nonnull (strstr (second_rest, "revoked: 2"));
  g_assert_null (strstr (list, key));
}

static void
test_license_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (129, 'x');
  g_autofree char *without = child_operate (f, 2, NULL, "license", "issue", NULL);
  g_autofree char *extra = child_operate (f, 2, NULL, "license", "issue", "Chess", "--name", "Chess", NULL);
  g_autofree char *empty = child_operate (f, 1, NULL, "license", "issue", "--name", "", NULL);
  g_autofree char *two_lines = child_operate (f, 1, NULL, "license", "issue", "--name", "a\nb", NULL);
  g_autofree char *too_long = child_operate (f, 1, NULL, "license", "issue", "--name", long_name, NULL);
  g_autofree char *cloud = child_operate (f, 1, NULL, "license", "issue", "--name", "Chess", "--cloud", "sky", NULL);
  g_assert_nonnull (strstr (cloud, "production or test"));
  g_autofree char *lock = child_operate (f, 1, NULL, "run", "--lock", "maybe", NULL);
  g_assert_nonnull (strstr (lock, "on or off"));
  g_autofree char *nothing = child_operate (f, 2, NULL, "license", "revoke", NULL);
  g_autofree char *verb = child_operate (f, 2, NULL, "license", "lend", NULL);
  g_autofree char *list = child_operate (f, 0, NULL, "license", "list", NULL);
  g_assert_cmpstr (list, ==, "");
}

/* Makes an account and signs a device in. */
static Client *
join (Child *f, const char *name)
{
  Client *c = child_connect (f);

  client_register (c, name);
  client_sign_in (c, name, NULL, 0);
  client_caught_up (c);
  return c;
}

static char *
get_word (Client *c, BkFrame *frame, const char *member)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  g_assert_nonnull (bk_frame_get_string (reply, member));
  return g_strdup (bk_frame_get_string (reply, member));
}

/* Issued, used, asked about and revoked while the server runs; all of it counts at once. */
static void
test_licenses_live (Child *f, gconstpointer data)
{
  child_start (f);
  g_autoptr (Client) c = join (f, ALICE);
  g_autofree char *issued = child_operate (f, 0, NULL, "license", "issue", "--name", "Chess", NULL);
  g_autofree char *id = child_find_line (issued, "id: ");
  g_autofree char *key = child_find_line (issued, "key: ");

  g_autofree char *challenge = get_word (c, request (BK_FRAME_LOCK_CHALLENGE), "challenge");
  g_autofree char *text = g_strconcat (challenge, "\n", id, NULL);
  g_autofree char *response
    = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) key, strlen (key), text, -1);
  BkFrame *answer = request_who (BK_FRAME_LOCK_RESPOND, "challenge", challenge);
  bk_frame_set_string (answer, "license", id);
  bk_frame_set_string (answer, "response", response);
  g_autofree char *grant = get_word (c, answer, "grant");

  g_autofree char *asked = child_operate (f, 0, NULL, "license", "challenge", id, NULL);
  g_autofree char *all = child_operate (f, 0, NULL, "license", "challenge", "--all", NULL);
  g_autofree char *revoked = child_operate (f, 0, NULL, "license", "revoke", id, NULL);
  g_autoptr (BkFrame) challenged = client_push (c, BK_FRAME_LOCK_CHALLENGED);
  g_assert_cmpstr (bk_frame_get_string (challenged, "grant"), ==, grant);
  g_autoptr (BkFrame) over = client_push (c, BK_FRAME_LOCK_REVOKED);
  g_assert_cmpstr (bk_frame_get_string (over, "grant"), ==, grant);
}

static void
test_challenge_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *issued = child_operate (f, 0, NULL, "license", "issue", "--name", "Chess", NULL);
  g_autofree char *id = child_find_line (issued, "id: ");

  for (int i = 0; i < 2; i++) /* no server has ever run; one has run */
    {
      g_autofree char *alone = child_operate (f, 1, NULL, "license", "challenge", id, NULL);
      g_assert_nonnull (strstr (alone, "No server is running on "));
      child_start (f);
      child_kill (f);
    }
  child_start (f);
  g_autofree char *both = child_operate (f, 2, NULL, "license", "challenge", id, "--all", NULL);
  g_autofree char *neither = child_operate (f, 2, NULL, "license", "challenge", NULL);
  g_autofree char *unknown = child_operate (f, 1, NULL, "license", "challenge", "BKNONE", NULL);
}

/* A device of an account that is removed is thrown out, and those who knew it learn it, without anything else happening. */
static void
test_account_removed (Child *f, gconstpointer data)
{
  child_start (f);
  g_autoptr (Client) alice = join (f, ALICE);
  g_autoptr (Client) bob = join (f, BOB);
  befriend (alice, bob);

  g_autofree char *removed = child_operate (f, 0, NULL, "account", "remove", "bob", NULL);
  g_autoptr (BkFrame) bye = client_push (bob, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "revoked");
  client_wait_closed (bob);
  g_autoptr (BkFrame) offline = client_push (alice, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (offline, "status"), ==, "offline");
  g_autoptr (BkFrame) contact = client_push (alice, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "who"), ==, BOB);
  g_assert_cmpstr (bk_frame_get_string (contact, "relation"), ==, "none");
}

static void
expect_alert (Client *c, gint64 site, const char *text, const char *url, gboolean waits)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_ALERT);

  g_assert_cmpint (bk_frame_get_int (frame, "site"), ==, site);
  g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, text);
  g_assert_cmpstr (bk_frame_get_string (frame, "url"), ==, url);
  g_assert_cmpint (bk_frame_get_int (frame, "seq") > 0, ==, waits);
}

static void
test_alerts (Child *f, gconstpointer data)
{
  const gint64 sites[] = { 7 };

  g_autofree char *account = child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL);
  g_autofree char *early = child_operate (f, 0, NULL, "alert", "send", "--all", "while no server runs", NULL);
  child_start (f);
  g_autoptr (Client) alice = child_connect (f);
  client_sign_in (alice, ALICE, NULL, 0);
  expect_alert (alice, 0, "while no server runs", NULL, TRUE);
  client_caught_up (alice);
  BkFrame *enable = request (BK_FRAME_ALERTS_ENABLE);
  bk_frame_set_ints (enable, "sites", sites, 1);
  client_ok (alice, enable);

  g_autofree char *one = child_operate (f, 0, NULL, "alert", "send", "--to", "Alice", "--url", "https://example.org/",
                                        "two\nlines <b>&amp;", NULL);
  g_autofree char *live = child_operate (f, 0, NULL, "alert", "send", "--subscribers", "--site=7", "live", NULL);
  g_autofree char *dash = child_operate (f, 0, NULL, "alert", "send", "--all", "--site", "4294967295", "--",
                                         "--not an option", NULL);
  expect_alert (alice, 0, "two\nlines <b>&amp;", "https://example.org/", TRUE);
  expect_alert (alice, 7, "live", NULL, FALSE);
  expect_alert (alice, G_MAXUINT32, "--not an option", NULL, TRUE);
}

static void
test_alert_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (1025, 'x');
  g_autofree char *long_url = g_strconcat ("https://example.org/", long_text, NULL);
  const struct
  {
    int status;
    const char *words[8];
  } lines[] = {
    { 2, { "alert", "send", "text" } },
    { 2, { "alert", "send", "--all" } },
    { 2, { "alert", "send", "--all", "--subscribers", "text" } },
    { 2, { "alert", "send", "--all", "--to", "alice", "text" } },
    { 2, { "alert", "send", "--all", "two", "texts" } },
    { 2, { "alert", "send", "--all", "--site", "-1", "text" } },
    { 2, { "alert", "send", "--all", "--site", "4294967296", "text" } },
    { 2, { "alert", "send", "--all", "--site", "seven", "text" } },
    { 2, { "alert", "shout", "--all", "text" } },
    { 1, { "alert", "send", "--to", "alice", "text" } },
    { 1, { "alert", "send", "--to", "alice@elsewhere.example", "text" } },
    { 1, { "alert", "send", "--all", "" } },
    { 1, { "alert", "send", "--all", "\x1b[31m" } },
    { 2, { "alert", "send", "--all", "\xff\xfe" } },
    { 1, { "alert", "send", "--all", long_text } },
    { 1, { "alert", "send", "--all", "--url", "javascript:alert(1)", "text" } },
    { 1, { "alert", "send", "--all", "--url", "file:///etc/passwd", "text" } },
    { 1, { "alert", "send", "--all", "--url", long_url, "text" } },
    { 1, { "alert", "send", "--subscribers", "no server runs" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const char *const *w = lines[i].words;
      g_free (child_operate (f, lines[i].status, NULL, w[0], w[1], w[2], w[3], w[4], w[5], w[6], NULL));
    }
  g_autofree char *account = child_operate (f, 0, "correct horse\n", "account", "add", "alice", "--password-stdin", NULL);
  child_start (f);
  g_autoptr (Client) alice = child_connect (f);
  client_sign_in (alice, ALICE, NULL, 0);
  g_assert_cmpint (client_caught_up (alice), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/commands/licenses", test_licenses);
  CHILD_TEST ("/server/commands/license-mistakes", test_license_mistakes);
  CHILD_TEST ("/server/commands/licenses-live", test_licenses_live);
  CHILD_TEST ("/server/commands/challenge-mistakes", test_challenge_mistakes);
  CHILD_TEST ("/server/commands/account-removed", test_account_removed);
  CHILD_TEST ("/server/commands/alerts", test_alerts);
  CHILD_TEST ("/server/commands/alert-mistakes", test_alert_mistakes);
  return g_test_run ();
}
