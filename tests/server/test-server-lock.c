/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key: licenses, challenges, answers, grants. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define LICENSE "BK7Q2M4N9X3T5V"
#define KEY "0123456789abcdefghijklmnopqrstuv"

static void
issue (Fixture *f, const char *id, const char *key, const char *cloud)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->token = g_strdup (id);
  job->key = g_strdup (key);
  job->name = g_strdup ("Chess");
  job->cloud = g_strdup (cloud);
  g_free (fixture_administer (f, BK_SQLITE_WRITE, bk_store_issue_license, job));
}

/* ---- what a program does, by another library than the server's ---- */

static char *
compute (const char *key, const char *challenge, const char *license)
{
  g_autofree char *text = g_strconcat (challenge, "\n", license, NULL);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) key, strlen (key), text, -1);
}

static char *
get_challenge (Client *c)
{
  g_autoptr (BkFrame) reply = client_call (c, request (BK_FRAME_LOCK_CHALLENGE));

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
  g_assert_nonnull (bk_frame_get_string (reply, "challenge"));
  return g_strdup (bk_frame_get_string (reply, "challenge"));
}

static BkFrame *
request_respond (const char *challenge, const char *license, const char *response)
{
  BkFrame *frame = request_who (BK_FRAME_LOCK_RESPOND, "challenge", challenge);

  bk_frame_set_string (frame, "license", license);
  bk_frame_set_string (frame, "response", response);
  return frame;
}

static BkFrame *
request_answer (const char *challenge, const char *license, const char *key)
{
  g_autofree char *response = compute (key, challenge, license);

  return request_respond (challenge, license, response);
}

static char *
get_grant (Client *c, BkFrame *frame)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  if (bk_frame_get_frame_type (reply) == BK_FRAME_ERROR)
    g_error ("A grant was expected, and came %s", bk_frame_get_string (reply, "code"));
  g_assert_nonnull (bk_frame_get_string (reply, "grant"));
  return g_strdup (bk_frame_get_string (reply, "grant"));
}

static char *
unlock (Client *c, const char *license, const char *key)
{
  g_autofree char *challenge = get_challenge (c);

  return get_grant (c, request_answer (challenge, license, key));
}

/* Every refusal looks like every other one. */
static void
expect_failure (Client *c, BkFrame *frame)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "api-unlock-failed");
  g_assert_cmpstr (bk_frame_get_string (reply, "text"), ==, "That does not unlock the API");
}

static BkFrame *
request_invite (const char *uid, const char *session, const char *grant)
{
  BkEnvelope *envelope = bk_envelope_new (BK_ENVELOPE_INVITE, session);
  BkFrame *frame = request_who (BK_FRAME_SESSION_SEND, "to", BOB);

  envelope->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AA}");
  envelope->app_name = g_strdup ("Pipe");
  envelope->ttl = BK_TIMEOUT_ANSWER_S;
  bk_frame_set_string (frame, "uid", uid);
  bk_frame_set_envelope (frame, envelope);
  bk_frame_set_string (frame, "grant", grant);
  bk_envelope_free (envelope);
  return frame;
}

static BkFrame *
new_invite (const char *grant)
{
  g_autofree char *uid = bk_guid_new ();
  g_autofree char *session = bk_guid_new ();

  return request_invite (uid, session, grant);
}

static void
expect_lock (Client *c, const char *name, gboolean lock)
{
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (name, "correct horse", NULL, NULL, 0));

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_assert_cmpint (bk_frame_get_int (reply, "lock"), ==, lock);
}

/* ---- tests ---- */

/* The answer that lock.md describes, computed once by a third party (Python's hmac). */
static void
test_vector (Fixture *f, gconstpointer data)
{
  g_autofree char *response = compute (KEY, "c1f09a4e5b7d42c8a6e3", LICENSE);

  g_assert_cmpstr (response, ==, "81abb85346ac414b20aea70043b62f161cca6d2f6deb73318cbc2c43f5bc3153");
}

static void
test_unlock (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  expect_lock (c, ALICE, TRUE);
  befriend (alice, bob);
  issue (f, LICENSE, KEY, "production");
  g_autofree char *grant = unlock (alice, LICENSE, KEY);
  g_autofree char *second = unlock (alice, LICENSE, KEY);
  g_assert_cmpstr (grant, !=, second);

  client_ok (alice, new_invite (NULL)); /* the user's own */
  client_ok (alice, new_invite (grant));
  client_error (alice, new_invite ("made-up"), BECKON_ERROR_API_LOCKED);
  client_ok (alice, request_who (BK_FRAME_LOCK_RELEASE, "grant", grant));
  client_error (alice, new_invite (grant), BECKON_ERROR_API_LOCKED);
  client_error (alice, request_who (BK_FRAME_LOCK_RELEASE, "grant", grant), BECKON_ERROR_NOT_FOUND);
  client_ok (alice, new_invite (second));
  client_forget_pushes (bob);
  client_quiet (alice);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  issue (f, "BKTEST", KEY, "test");
  issue (f, "BKGONE", KEY, "production");
  issue (f, "BKOTHER", KEY, "production");
  fixture_operate (f, bk_store_revoke_license, "BKGONE");

  g_autofree char *a = get_challenge (c);
  expect_failure (c, request_answer (a, LICENSE, "another key"));
  expect_failure (c, request_answer (a, LICENSE, KEY)); /* used up by the wrong answer */
  g_autofree char *b = get_challenge (c);
  g_autofree char *grant = get_grant (c, request_answer (b, LICENSE, KEY));
  expect_failure (c, request_answer (b, LICENSE, KEY)); /* replayed */
  g_autofree char *d = get_challenge (c);
  expect_failure (c, request_answer (d, "BKTEST", KEY));
  g_autofree char *e = get_challenge (c);
  expect_failure (c, request_answer (e, "BKGONE", KEY));
  g_autofree char *g = get_challenge (c);
  expect_failure (c, request_answer (g, "BKNONE", KEY));
  g_autofree char *h = get_challenge (c);
  expect_failure (c, request_answer (h, "BKNONE", "no such license")); /* nothing that stands in for a key opens */
  expect_failure (c, request_answer ("made-up", LICENSE, KEY));
  g_autofree char *i = get_challenge (c);
  g_autofree char *for_other = compute (KEY, i, "BKOTHER");
  expect_failure (c, request_respond (i, LICENSE, for_other));
  g_autofree char *j = get_challenge (c);
  g_autofree char *right = compute (KEY, j, LICENSE);
  g_autofree char *upper = g_ascii_strup (right, -1);
  expect_failure (c, request_respond (j, LICENSE, upper));
  g_autofree char *k = get_challenge (c);
  g_autofree char *whole = compute (KEY, k, LICENSE);
  whole[63] = '\0';
  expect_failure (c, request_respond (k, LICENSE, whole));
  client_quiet (c);
}

static void
test_expired (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  g_autofree char *early = get_challenge (c);
  g_autofree char *late = get_challenge (c);
  bk_fake_clock_advance (f->clock, 59999);
  g_autofree char *grant = get_grant (c, request_answer (early, LICENSE, KEY));
  bk_fake_clock_advance (f->clock, 1);
  expect_failure (c, request_answer (late, LICENSE, KEY));
}

/* All programs of a user may unlock at once. A connection keeps 1,024 challenges open; the newest count. */
static void
test_many_challenges (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (GPtrArray) challenges = g_ptr_array_new_with_free_func (g_free);

  issue (f, LICENSE, KEY, "production");
  for (int i = 0; i < 1025; i++)
    {
      if (i % 300 == 299)
        bk_fake_clock_advance (f->clock, 4000); /* not faster than the server lets anybody */
      g_ptr_array_add (challenges, get_challenge (c));
    }
  bk_fake_clock_advance (f->clock, 5000);
  expect_failure (c, request_answer (g_ptr_array_index (challenges, 0), LICENSE, KEY));
  for (guint i = 1; i < challenges->len; i++)
    {
      if (i % 300 == 299)
        bk_fake_clock_advance (f->clock, 4000);
      g_free (get_grant (c, request_answer (g_ptr_array_index (challenges, i), LICENSE, KEY)));
    }
}

/* What belongs to one connection is worth nothing on another, not even on one of the same account. */
static void
test_other_connection (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  befriend (alice, bob);
  g_autoptr (Client) laptop = sign_in (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  g_autofree char *challenge = get_challenge (alice);
  expect_failure (laptop, request_answer (challenge, LICENSE, KEY));
  expect_failure (bob, request_answer (challenge, LICENSE, KEY));
  g_autofree char *grant = get_grant (alice, request_answer (challenge, LICENSE, KEY));
  client_error (laptop, new_invite (grant), BECKON_ERROR_API_LOCKED);
  client_error (laptop, request_who (BK_FRAME_LOCK_RELEASE, "grant", grant), BECKON_ERROR_NOT_FOUND);
  client_ok (alice, new_invite (grant));
  client_close (alice);

  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, alice->device, 0);
  client_caught_up (again);
  client_error (again, new_invite (grant), BECKON_ERROR_API_LOCKED);
}

/* An invitation that was taken is not refused when it is sent again: the connection broke, and the grant with it. */
static void
test_repeated_invite (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autofree char *uid = bk_guid_new ();
  g_autofree char *session = bk_guid_new ();

  befriend (alice, bob);
  issue (f, LICENSE, KEY, "production");
  g_autofree char *grant = unlock (alice, LICENSE, KEY);
  client_ok (alice, request_invite (uid, session, grant));
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, alice->device, 0);
  client_caught_up (again);
  client_ok (again, request_invite (uid, session, grant));
  client_wait_closed (alice);
}

static void
configure_off (BkServerConfig *config)
{
  config->lock = FALSE;
}

static void
test_off (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  expect_lock (c, ALICE, FALSE);
  befriend (alice, bob);
  issue (f, LICENSE, KEY, "production");
  client_error (alice, request (BK_FRAME_LOCK_CHALLENGE), BECKON_ERROR_API_DISABLED);
  client_error (alice, request_answer ("made-up", LICENSE, KEY), BECKON_ERROR_API_DISABLED);
  client_error (alice, request_who (BK_FRAME_LOCK_RELEASE, "grant", "made-up"), BECKON_ERROR_NOT_FOUND);
  client_ok (alice, new_invite ("made-up"));
}

static void
configure_test_cloud (BkServerConfig *config)
{
  config->cloud = BK_SERVER_CLOUD_TEST;
}

static void
test_cloud (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  issue (f, "BKTEST", KEY, "test");
  g_autofree char *challenge = get_challenge (c);
  expect_failure (c, request_answer (challenge, LICENSE, KEY));
  g_autofree char *grant = unlock (c, "BKTEST", KEY);
}

static void
configure_slow (BkServerConfig *config)
{
  config->unlocks = (BkServerRate){ 3, 10000 };
}

static void
expect_busy (Client *c, BkFrame *frame, gint64 retry_ms)
{
  g_autoptr (BkFrame) reply = client_call (c, frame);

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (reply, "retry_ms"), ==, retry_ms);
}

/* Wrong answers are counted, by account and by address; right ones are not. What came too early is not used up. */
static void
test_guessing (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "a@example.org", "b@example.org", "c@example.org", "d@example.org" };
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  for (int i = 0; i < 10; i++)
    g_free (unlock (alice, LICENSE, KEY));
  for (int i = 0; i < 3; i++)
    expect_failure (alice, request_answer ("made-up", LICENSE, "guess"));
  g_autofree char *challenge = get_challenge (alice);
  expect_busy (alice, request_answer (challenge, LICENSE, KEY), 10000);
  expect_busy (laptop, request_answer (challenge, LICENSE, KEY), 10000);
  bk_fake_clock_advance (f->clock, 10000);
  g_autofree char *grant = get_grant (alice, request_answer (challenge, LICENSE, KEY));

  /* 15 are allowed from one address; 3 were used, and 5 have come back in these 10 seconds: so it is full */
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (Client) other = sign_up (f, names[i]);
      for (int j = 0; j < 3; j++)
        expect_failure (other, request_answer ("made-up", LICENSE, "guess"));
    }
  g_autoptr (Client) fifth = sign_up (f, "e@example.org");
  for (int j = 0; j < 3; j++)
    expect_failure (fifth, request_answer ("made-up", LICENSE, "guess"));
  g_autoptr (Client) sixth = sign_up (f, "f@example.org");
  expect_busy (sixth, request_answer ("made-up", LICENSE, KEY), 2000);
}

static void
configure_patient (BkServerConfig *config)
{
  config->frames.burst = 100000;
}

static void
test_many_grants (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autofree char *first = NULL;

  issue (f, LICENSE, KEY, "production");
  first = unlock (c, LICENSE, KEY);
  for (int i = 1; i < 1024; i++)
    g_free (unlock (c, LICENSE, KEY));
  g_autofree char *challenge = get_challenge (c);
  client_error (c, request_answer (challenge, LICENSE, KEY), BECKON_ERROR_LIMIT_EXCEEDED);
  client_ok (c, request_who (BK_FRAME_LOCK_RELEASE, "grant", first));
  g_free (unlock (c, LICENSE, KEY));
}

/* ---- asked again ---- */

/* Returns the challenge that asks about @grant. */
static char *
expect_challenged (Client *c, const char *grant)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_LOCK_CHALLENGED);

  g_assert_cmpstr (bk_frame_get_string (frame, "grant"), ==, grant);
  return g_strdup (bk_frame_get_string (frame, "challenge"));
}

static void
expect_revoked (Client *c, const char *grant)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_LOCK_REVOKED);

  g_assert_cmpstr (bk_frame_get_string (frame, "grant"), ==, grant);
  client_error (c, request_who (BK_FRAME_LOCK_RELEASE, "grant", grant), BECKON_ERROR_NOT_FOUND);
}

/* What the operator wanted before this has been done when the alert comes. */
static void
settle (Fixture *f, Client *c)
{
  fixture_alert (f, BK_STORE_ALERT_ONE, c->name, 0, "done");
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_ALERT);
}

static void
test_asked (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  g_autofree char *grant = unlock (c, LICENSE, KEY);
  fixture_operate (f, bk_store_ask_license, LICENSE);
  g_autofree char *challenge = expect_challenged (c, grant);
  bk_fake_clock_advance (f->clock, 30000);
  fixture_operate (f, bk_store_ask_license, LICENSE); /* it has been asked */
  settle (f, c);
  bk_fake_clock_advance (f->clock, 29999);
  g_autofree char *same = get_grant (c, request_answer (challenge, LICENSE, KEY));
  g_assert_cmpstr (same, ==, grant);
  expect_failure (c, request_answer (challenge, LICENSE, KEY)); /* replayed: harms nobody */
  bk_fake_clock_advance (f->clock, 60000);
  client_quiet (c);

  /* once more, and this time nobody answers */
  fixture_operate (f, bk_store_ask_license, NULL);
  g_autofree char *second = expect_challenged (c, grant);
  bk_fake_clock_advance (f->clock, 59999);
  client_quiet (c);
  bk_fake_clock_advance (f->clock, 1);
  expect_revoked (c, grant);
  expect_failure (c, request_answer (second, LICENSE, KEY));
}

/* There is one answer to an unasked challenge. A wrong one ends the grant at once. */
static void
test_asked_wrongly_answered (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (Client) other = sign_in (f, ALICE);

  issue (f, LICENSE, KEY, "production");
  issue (f, "BKOTHER", KEY, "production");
  g_autofree char *a = unlock (c, LICENSE, KEY);
  g_autofree char *b = unlock (c, LICENSE, KEY);
  guint idle = bk_fake_clock_pending (f->clock);
  fixture_operate (f, bk_store_ask_license, LICENSE);
  g_autoptr (BkFrame) first = client_push (c, BK_FRAME_LOCK_CHALLENGED);
  g_autoptr (BkFrame) second = client_push (c, BK_FRAME_LOCK_CHALLENGED);
  expect_failure (other, request_answer (bk_frame_get_string (first, "challenge"), LICENSE, KEY)); /* not its own */
  client_quiet (c);
  expect_failure (c, request_answer (bk_frame_get_string (first, "challenge"), LICENSE, "wrong"));
  expect_revoked (c, bk_frame_get_string (first, "grant"));
  expect_failure (c, request_answer (bk_frame_get_string (second, "challenge"), "BKOTHER", KEY));
  expect_revoked (c, bk_frame_get_string (second, "grant"));
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, idle);
}

/* Each grant has its own 60 seconds, and goes with its license, its program or its connection. */
static void
test_asked_separately (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (Client) other = sign_up (f, BOB);

  issue (f, LICENSE, KEY, "production");
  issue (f, "BKOTHER", KEY, "production");
  g_autofree char *first = unlock (c, LICENSE, KEY);
  g_autofree char *second = unlock (c, "BKOTHER", KEY);
  g_autofree char *released = unlock (other, LICENSE, KEY);
  g_autofree char *left = unlock (other, "BKOTHER", KEY);
  guint idle = bk_fake_clock_pending (f->clock);
  fixture_operate (f, bk_store_ask_license, LICENSE);
  g_autofree char *challenge = expect_challenged (c, first);
  g_autofree char *challenge_2 = expect_challenged (other, released);
  client_quiet (other);
  client_ok (other, request_who (BK_FRAME_LOCK_RELEASE, "grant", released));
  bk_fake_clock_advance (f->clock, 20000);
  fixture_operate (f, bk_store_ask_license, NULL);
  g_autofree char *challenge_3 = expect_challenged (c, second);
  g_autofree char *challenge_4 = expect_challenged (other, left);
  client_close (other);
  client_quiet (c);
  bk_fake_clock_advance (f->clock, 40000);
  expect_revoked (c, first);
  client_quiet (c);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, idle + 1);
  bk_fake_clock_advance (f->clock, 20000);
  expect_revoked (c, second);
  g_assert_cmpuint (bk_fake_clock_pending (f->clock), ==, idle);
}

static void
test_revoked (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  issue (f, LICENSE, KEY, "production");
  issue (f, "BKOTHER", KEY, "production");
  g_autofree char *a = unlock (alice, LICENSE, KEY);
  g_autofree char *b = unlock (bob, LICENSE, KEY);
  g_autofree char *other = unlock (bob, "BKOTHER", KEY);
  fixture_operate (f, bk_store_ask_license, LICENSE);
  g_autofree char *challenge = expect_challenged (alice, a);
  g_autofree char *challenge_2 = expect_challenged (bob, b);
  fixture_operate (f, bk_store_revoke_license, LICENSE);
  expect_revoked (alice, a);
  expect_revoked (bob, b);
  expect_failure (alice, request_answer (challenge, LICENSE, KEY));
  settle (f, bob);
  client_quiet (alice);
  client_ok (bob, request_who (BK_FRAME_LOCK_RELEASE, "grant", other));
}

#define LOCK_TEST(path, configure, function) \
  g_test_add (path, Fixture, configure, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  LOCK_TEST ("/server/lock/vector", NULL, test_vector);
  LOCK_TEST ("/server/lock/unlock", NULL, test_unlock);
  LOCK_TEST ("/server/lock/refusals", NULL, test_refusals);
  LOCK_TEST ("/server/lock/expired", NULL, test_expired);
  LOCK_TEST ("/server/lock/many-challenges", NULL, test_many_challenges);
  LOCK_TEST ("/server/lock/other-connection", NULL, test_other_connection);
  LOCK_TEST ("/server/lock/repeated-invite", NULL, test_repeated_invite);
  LOCK_TEST ("/server/lock/off", configure_off, test_off);
  LOCK_TEST ("/server/lock/cloud", configure_test_cloud, test_cloud);
  LOCK_TEST ("/server/lock/guessing", configure_slow, test_guessing);
  LOCK_TEST ("/server/lock/many-grants", configure_patient, test_many_grants);
  LOCK_TEST ("/server/lock/asked", NULL, test_asked);
  LOCK_TEST ("/server/lock/asked-wrongly-answered", NULL, test_asked_wrongly_answered);
  LOCK_TEST ("/server/lock/asked-separately", NULL, test_asked_separately);
  LOCK_TEST ("/server/lock/revoked", NULL, test_revoked);
  return g_test_run ();
}
