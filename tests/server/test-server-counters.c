/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server counts of that which it refuses: each by its name, once, and nothing else with it. */
#include "counts.h"

#include "bk-limits.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define PASSWORD "correct horse"

static void
send_broken (Client *c, const char *text)
{
  client_send_text (c, text);
  g_autoptr (BkFrame) reply = client_reply (c, -1);

  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "protocol");
}

/* ---- tests ---- */

static void
test_traffic (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) before = counts_snapshot (f);
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (GHashTable) after = counts_snapshot (f);

  g_assert_cmpuint (counts_lookup (after, "connections/opened"), ==, counts_lookup (before, "connections/opened") + 1);
  g_assert_cmpuint (counts_lookup (after, "frames/requests"), ==, 2);
  g_assert_cmpuint (counts_lookup (after, "frames/in"), ==, 2);
  g_assert_cmpuint (counts_lookup (after, "bytes/in"), >, 0);
  counts_expect_since (f, g_steal_pointer (&before), "");
}

static void
test_malformed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  g_autofree char *deep = g_strnfill (BK_LIMIT_JSON_DEPTH + 2, '[');
  GHashTable *before = counts_snapshot (f);

  send_broken (c, "no JSON");
  send_broken (c, deep);
  send_broken (c, "{\"type\":\"devices\"}");
  counts_expect_since (f, before, "errors/protocol +3 faults/malformed-frame +3");

  before = counts_snapshot (f);
  for (int i = 0; i < 8; i++)
    client_send_text (c, "no JSON");
  client_wait_closed (c);
  counts_expect_since (f, before,
                       "byes/too-many-errors +1 closed/by-server +1 errors/protocol +8 faults/malformed-frame +8");
}

static void
test_moments (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  GHashTable *before = counts_snapshot (f);

  client_error (c, request (BK_FRAME_DEVICES), BECKON_ERROR_NOT_LOGGED_ON);
  counts_expect_since (f, before, "errors/not-logged-on +1 faults/not-signed-in +1");

  client_register (c, ALICE);
  before = counts_snapshot (f);
  gint64 first = client_post (c, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0));
  client_error (c, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0), BECKON_ERROR_SERVER_TOO_BUSY);
  g_autoptr (BkFrame) reply = client_reply (c, first);
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  counts_expect_since (f, before, "errors/server-too-busy +1 faults/signing-in +1");

  before = counts_snapshot (f);
  client_error (c, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0), BECKON_ERROR_ALREADY_LOGGED_ON);
  counts_expect_since (f, before, "errors/already-logged-on +1 faults/signed-in-already +1");
}

static void
test_proofs (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) c = client_new (f);
  GHashTable *before = counts_snapshot (f);

  client_error (c, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (c, request_sign_in (BOB, PASSWORD, NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (c, request_sign_in (ALICE, NULL, "0123456789", NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  counts_expect_since (f, before, "errors/invalid-password +3 faults/void-token +1 faults/wrong-password +2");

  before = counts_snapshot (f);
  BkFrame *frame = request_who (BK_FRAME_PASSWORD_SET, "password", "wrong horse");
  bk_frame_set_string (frame, "new_password", "another horse");
  client_error (alice, frame, BECKON_ERROR_INVALID_PASSWORD);
  counts_expect_since (f, before, "errors/invalid-password +1 faults/wrong-password +1");
}

/* A token is void once its device has signed out for good, and a challenge once it was answered. */
static void
test_replay (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autofree char *token = g_strdup (alice->token);
  g_autoptr (BkFrame) challenge = client_call (alice, request (BK_FRAME_LOCK_CHALLENGE));
  GHashTable *before = counts_snapshot (f);

  for (int i = 0; i < 2; i++)
    {
      BkFrame *answer = request_who (BK_FRAME_LOCK_RESPOND, "challenge", bk_frame_get_string (challenge, "challenge"));
      bk_frame_set_string (answer, "license", "BK7Q2M4N9X3T5V");
      bk_frame_set_string (answer, "response",
                           "0000000000000000000000000000000000000000000000000000000000000000");
      client_error (alice, answer, BECKON_ERROR_API_UNLOCK_FAILED);
    }
  counts_expect_since (f, before, "errors/api-unlock-failed +2 faults/unknown-challenge +1 faults/wrong-answer +1");

  before = counts_snapshot (f);
  BkFrame *frame = request (BK_FRAME_SIGN_OUT);
  bk_frame_set_bool (frame, "forget", TRUE);
  client_ok (alice, frame);
  client_wait_closed (alice);
  g_autoptr (Client) thief = client_new (f);
  client_error (thief, request_sign_in (ALICE, NULL, token, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  counts_expect_since (f, before,
                "byes/signed-out +1 closed/by-server +1 errors/invalid-password +1 faults/void-token +1");
}

static void
configure_slow (BkServerConfig *config)
{
  config->frames = (BkServerRate){ 8, 1000 };
  config->contact_adds = (BkServerRate){ 1, 10000 };
  config->registrations = (BkServerRate){ 1, 10000 };
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (Client) other = client_new (f);
  BkFrame *frame = request_who (BK_FRAME_REGISTER, "name", BOB);
  GHashTable *before = counts_snapshot (f);

  bk_frame_set_string (frame, "password", PASSWORD);
  client_error (other, frame, BECKON_ERROR_SERVER_TOO_BUSY);
  client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_USER_NOT_FOUND);
  client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_SERVER_TOO_BUSY);
  counts_expect_since (f, before,
                "errors/server-too-busy +2 errors/user-not-found +1 limits/contacts +1 limits/register +1");

  before = counts_snapshot (f);
  for (int i = 0; i < 4; i++)
    client_ok (c, request_presence ("busy", NULL));
  client_error (c, request_presence ("busy", NULL), BECKON_ERROR_SERVER_TOO_BUSY);
  counts_expect_since (f, before, "errors/server-too-busy +1 faults/too-many-frames +1");
}

static void
configure_days (BkServerConfig *config)
{
  config->requests_per_day = 1;
}

static void
test_requests_per_day (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  GHashTable *before = counts_snapshot (f);

  client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_USER_NOT_FOUND);
  client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_SERVER_TOO_BUSY);
  counts_expect_since (f, before, "errors/server-too-busy +1 errors/user-not-found +1 limits/requests +1");
}

/* A second connection of a device takes the place of the first. */
static void
test_byes (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (Client) again = client_new (f);
  GHashTable *before = counts_snapshot (f);

  client_sign_in (again, ALICE, c->device, 0);
  g_autoptr (BkFrame) bye = client_push (c, BK_FRAME_BYE);
  client_wait_closed (c);
  counts_expect_since (f, before, "byes/replaced +1 closed/by-server +1");
}

/* Names that nobody has thought of are counted all the same. */
static void
test_others (void)
{
  BkServerCounters counters = { 0 };

  bk_server_count_limit (&counters, "");
  bk_server_count_limit (&counters, "juggling 7");
  bk_server_count_bye (&counters, "bored");
  bk_server_count_error (&counters, -1);
  bk_server_count_error (&counters, BECKON_N_ERRORS);
  g_assert_cmpuint (counters.limits[BK_SERVER_N_LIMITS - 1], ==, 2);
  g_assert_cmpuint (counters.byes[BK_SERVER_N_BYES - 1], ==, 1);
  g_assert_cmpuint (counters.errors[BECKON_ERROR_FAILED], ==, 2);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  SERVER_TEST ("/server/counters/traffic", test_traffic);
  SERVER_TEST ("/server/counters/malformed", test_malformed);
  SERVER_TEST ("/server/counters/moments", test_moments);
  SERVER_TEST ("/server/counters/proofs", test_proofs);
  SERVER_TEST ("/server/counters/replay", test_replay);
  g_test_add ("/server/counters/limits", Fixture, configure_slow, fixture_set_up, test_limits, fixture_tear_down);
  g_test_add ("/server/counters/requests-per-day", Fixture, configure_days, fixture_set_up, test_requests_per_day,
              fixture_tear_down);
  SERVER_TEST ("/server/counters/byes", test_byes);
  g_test_add_func ("/server/counters/others", test_others);

  return g_test_run ();
}
