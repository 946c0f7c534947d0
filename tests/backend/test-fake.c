/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only the fake network has: its knobs and its demonstration. What it shares with others: test-contract.c. */
#include "bk-fake-backend.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-recorder.h"

#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"
#define ECHO "echo@localhost"

typedef struct
{
  BkClock *clock;
  BkFakeNetwork *network;
  BkRecorder *alice;
  BkRecorder *bob;
} World;

static BkFakeBackend *
backend_of (BkRecorder *recorder)
{
  return BK_FAKE_BACKEND (recorder->backend);
}

static BkRecorder *
person (World *world, const char *name)
{
  BkRecorder *recorder = bk_recorder_new (BK_BACKEND (bk_fake_backend_new (world->network)));
  BkSignIn sign_in = { .sign_in_name = name, .password = "secret", .status = BECKON_STATUS_ONLINE };

  bk_recorder_sign_in (recorder, &sign_in);
  bk_recorder_wait_state (recorder, BK_BACKEND_ONLINE);
  return recorder;
}

static World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->clock = BK_CLOCK (bk_fake_clock_new ());
  world->network = bk_fake_network_new (world->clock);
  g_assert_true (bk_fake_network_add_account (world->network, ALICE, "secret", "Alice", NULL));
  g_assert_true (bk_fake_network_add_account (world->network, BOB, "secret", "Bob", NULL));
  bk_fake_network_befriend (world->network, ALICE, BOB);
  world->alice = person (world, ALICE);
  world->bob = person (world, BOB);
  return world;
}

static void
world_free (World *world)
{
  bk_recorder_free (world->alice);
  bk_recorder_free (world->bob);
  g_assert_finalize_object (world->network);
  g_assert_cmpuint (bk_fake_clock_pending (BK_FAKE_CLOCK (world->clock)), ==, 0);
  g_assert_finalize_object (world->clock);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static int
say (BkRecorder *who, const char *to, const char *text)
{
  g_autofree char *id = bk_guid_new ();

  return bk_recorder_say (who, to, id, text, NULL);
}

static void
test_fail_next (void)
{
  g_autoptr (World) world = world_new ();

  bk_fake_backend_fail_next (backend_of (world->alice), BECKON_ERROR_SERVER_TOO_BUSY);
  g_assert_cmpint (say (world->alice, BOB, "lost"), ==, BECKON_ERROR_SERVER_TOO_BUSY);
  g_assert_cmpint (say (world->alice, BOB, "found"), ==, -1);
  bk_recorder_wait_text (world->bob, "found");
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_MESSAGE), ==, 1);
}

static void
test_lose_reply (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *id = bk_guid_new ();

  bk_fake_backend_lose_next_reply (backend_of (world->alice));
  g_assert_cmpint (bk_recorder_say (world->alice, BOB, id, "once", NULL), ==, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (bk_recorder_wait_state (world->alice, BK_BACKEND_WAITING)->retry_ms, ==, 1000);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 1000);
  bk_recorder_wait_state (world->alice, BK_BACKEND_ONLINE);
  g_assert_cmpint (bk_recorder_say (world->alice, BOB, id, "once", NULL), ==, -1);
  bk_test_drain ();
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_MESSAGE), ==, 1);
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_MESSAGE), ==, 1);
}

static void
test_duplicate (void)
{
  g_autoptr (World) world = world_new ();

  bk_fake_backend_duplicate_next (backend_of (world->bob), 1);
  g_assert_cmpint (say (world->alice, BOB, "twice"), ==, -1);
  g_assert_cmpint (say (world->alice, BOB, "once"), ==, -1);
  bk_recorder_wait_text (world->bob, "once");
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_MESSAGE), ==, 3);
}

static void
test_held (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = bk_guid_new ();

  bk_fake_network_set_held (world->network, TRUE);
  BK_BACKEND_MESSAGES_GET_IFACE (world->alice->backend)
    ->send_async (BK_BACKEND_MESSAGES (world->alice->backend), BOB, id, "later", NULL, bk_test_store_result, &result);
  bk_test_drain ();
  g_assert_null (result);
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_MESSAGE), ==, 0);
  bk_fake_network_flush (world->network);
  bk_test_await (&result);
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_MESSAGE), ==, 1);
  bk_fake_network_set_held (world->network, FALSE);
}

static void
test_unreachable (void)
{
  g_autoptr (World) world = world_new ();

  bk_fake_backend_set_reachable (backend_of (world->bob), FALSE);
  bk_recorder_wait_state (world->bob, BK_BACKEND_WAITING);
  bk_recorder_wait_status (world->alice, BOB, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (say (world->bob, ALICE, "x"), ==, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (say (world->alice, BOB, "meanwhile"), ==, -1);
  bk_recorder_nudge (world->bob);
  g_assert_cmpint (bk_recorder_wait_state (world->bob, BK_BACKEND_WAITING)->error, ==, BECKON_ERROR_CONNECT);

  bk_fake_backend_set_reachable (backend_of (world->bob), TRUE);
  bk_recorder_nudge (world->bob);
  bk_recorder_wait_state (world->bob, BK_BACKEND_ONLINE);
  bk_recorder_wait_text (world->bob, "meanwhile");
}

static void
test_expiry (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *uid = bk_guid_new ();
  g_autofree char *uid2 = bk_guid_new ();
  g_autofree char *session = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = bk_envelope_new (BK_ENVELOPE_INVITE, session);
  g_autoptr (BkEnvelope) accept = bk_envelope_new (BK_ENVELOPE_ACCEPT, session);

  invite->app_guid = bk_guid_new ();
  invite->app_name = g_strdup ("Whiteboard");
  invite->ttl = 120;
  accept->address = g_strdup ("192.0.2.1");
  g_assert_cmpint (bk_recorder_envelope (world->alice, BOB, uid, invite), ==, -1);
  bk_recorder_wait_kind (world->bob, BK_ENVELOPE_INVITE);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 120000);
  g_assert_cmpint (bk_recorder_envelope (world->bob, ALICE, uid2, accept), ==, BECKON_ERROR_EXPIRED);
}

static int
send_new (BkRecorder *who, const char *to, const BkEnvelope *envelope)
{
  g_autofree char *uid = bk_guid_new ();

  return bk_recorder_envelope (who, to, uid, envelope);
}

/* Each side has its number of them; when the session is over, they are of use to nobody. */
static void
test_transports (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = bk_envelope_new (BK_ENVELOPE_INVITE, session);
  g_autoptr (BkEnvelope) accept = bk_envelope_new (BK_ENVELOPE_ACCEPT, session);
  g_autoptr (BkEnvelope) transport = bk_envelope_new (BK_ENVELOPE_TRANSPORT, session);
  g_autoptr (BkEnvelope) end = bk_envelope_new (BK_ENVELOPE_END, session);

  invite->app_guid = bk_guid_new ();
  invite->app_name = g_strdup ("Whiteboard");
  invite->ttl = 120;
  accept->address = g_strdup ("192.0.2.1");
  g_assert_cmpint (send_new (world->alice, BOB, invite), ==, -1);
  g_assert_cmpint (send_new (world->bob, ALICE, accept), ==, -1);
  bk_fake_backend_set_reachable (backend_of (world->bob), FALSE);
  for (guint i = 0; i < BK_LIMIT_TRANSPORTS; i++)
    g_assert_cmpint (send_new (world->alice, BOB, transport), ==, -1);
  g_assert_cmpint (send_new (world->alice, BOB, transport), ==, BECKON_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpint (send_new (world->alice, BOB, end), ==, -1);
  bk_fake_backend_set_reachable (backend_of (world->bob), TRUE);
  bk_recorder_nudge (world->bob);
  bk_recorder_wait_kind (world->bob, BK_ENVELOPE_END);
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_SESSION), ==, 2);
}

static char *
unlock (BkRecorder *who, const char *license, const char *key)
{
  g_autofree char *challenge = NULL, *text = NULL, *response = NULL;
  char *grant;

  g_assert_cmpint (bk_recorder_challenge (who, &challenge), ==, -1);
  text = g_strconcat (challenge, "\n", license, NULL);
  response = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) key, strlen (key), text, -1);
  g_assert_cmpint (bk_recorder_respond (who, challenge, license, response, &grant), ==, -1);
  return grant;
}

/* Nothing is locked unless asked for. A challenge is good for a minute, and so is the time to answer one unasked. */
static void
test_lock_time (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *challenge = NULL, *grant = NULL;
  char *none;

  g_assert_false (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK)->locked);
  bk_fake_network_set_locked (world->network, TRUE);
  bk_fake_network_add_license (world->network, "BK1", "key");
  bk_fake_backend_disconnect (backend_of (world->alice));
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 1000);
  g_assert_true (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK)->locked);

  g_assert_cmpint (bk_recorder_challenge (world->alice, &challenge), ==, -1);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 60000);
  g_autofree char *text = g_strconcat (challenge, "\nBK1", NULL);
  g_autofree char *response
    = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) "key", strlen ("key"), text, -1);
  g_assert_cmpint (bk_recorder_respond (world->alice, challenge, "BK1", response, &none), ==,
                   BECKON_ERROR_API_UNLOCK_FAILED);

  grant = unlock (world->alice, "BK1", "key");
  bk_fake_network_ask_again (world->network, "BK1");
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 30000);
  bk_fake_network_ask_again (world->network, "BK1"); /* does not put it off */
  bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK_CHALLENGED);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 29999);
  bk_test_drain ();
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_LOCK_REVOKED), ==, 0);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 1);
  g_assert_cmpstr (bk_recorder_wait (world->alice, BK_BACKEND_EVENT_LOCK_REVOKED)->grant, ==, grant);
  g_assert_cmpuint (bk_recorder_count (world->alice, BK_BACKEND_EVENT_LOCK_CHALLENGED), ==, 1);
}

/* Who comes after a week is not told any more. */
static void
test_alert_time (void)
{
  g_autoptr (World) world = world_new ();

  bk_fake_backend_set_reachable (backend_of (world->bob), FALSE);
  bk_fake_network_alert (world->network, BOB, 3, "Old", NULL);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 24 * 3600 * 1000);
  bk_fake_network_alert (world->network, BOB, 3, "Newer", NULL);
  bk_fake_clock_advance (BK_FAKE_CLOCK (world->clock), 6 * 24 * 3600 * 1000);
  bk_fake_backend_set_reachable (backend_of (world->bob), TRUE);
  bk_recorder_nudge (world->bob);
  g_assert_cmpstr (bk_recorder_wait (world->bob, BK_BACKEND_EVENT_ALERT)->text, ==, "Newer");
  bk_recorder_wait_state (world->bob, BK_BACKEND_ONLINE);
  bk_test_drain ();
  g_assert_cmpuint (bk_recorder_count (world->bob, BK_BACKEND_EVENT_ALERT), ==, 1);
}

static int
invite_echo (BkRecorder *who, const char *data)
{
  g_autofree char *uid = bk_guid_new ();
  g_autofree char *session = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = bk_envelope_new (BK_ENVELOPE_INVITE, session);

  invite->app_guid = bk_guid_new ();
  invite->app_name = g_strdup ("Whiteboard");
  invite->data = g_strdup (data);
  invite->ttl = 120;
  return bk_recorder_envelope (who, ECHO, uid, invite);
}

static void
test_demo (void)
{
  World world = { .clock = bk_clock_new_system () };

  world.network = bk_fake_network_new_demo (world.clock);
  bk_test_drain ();
  BkRecorder *me = person (&world, "me@example.org");
  bk_recorder_wait_relation (me, ECHO, BECKON_RELATION_ACCEPTED);
  bk_recorder_wait_status (me, ECHO, BECKON_STATUS_ONLINE);
  bk_recorder_wait_status (me, "carol@localhost", BECKON_STATUS_BUSY);
  g_assert_cmpint (say (me, ECHO, "Anybody there?"), ==, -1);
  g_assert_cmpint (say (me, ECHO, "No?"), ==, -1);
  g_assert_true (bk_recorder_wait_text (me, "Anybody there?")->outgoing);
  const BkSeen *seen = bk_recorder_wait (me, BK_BACKEND_EVENT_MARK);
  g_assert_cmpint (seen->mark, ==, BECKON_DELIVERY_READ);
  g_assert_true (seen->outgoing);
  g_assert_true (bk_recorder_wait (me, BK_BACKEND_EVENT_TYPING)->typing);
  g_assert_true (bk_recorder_wait_text (me, "No?")->outgoing);
  const BkSeen *first = bk_recorder_wait (me, BK_BACKEND_EVENT_MESSAGE);
  g_assert_cmpstr (first->text, ==, "Anybody there?");
  g_assert_false (first->outgoing);
  g_assert_false (bk_recorder_wait_text (me, "No?")->outgoing);

  g_assert_cmpint (invite_echo (me, "decline"), ==, -1);
  bk_recorder_wait_kind (me, BK_ENVELOPE_DECLINE);
  g_assert_cmpint (invite_echo (me, "play"), ==, -1);
  bk_recorder_wait_kind (me, BK_ENVELOPE_ACCEPT);
  g_assert_cmpint (invite_echo (me, "ignore"), ==, -1);
  for (guint i = 0; i < 3; i++)
    bk_recorder_wait_kind (me, BK_ENVELOPE_RINGING);
  bk_test_drain ();
  g_assert_cmpuint (bk_recorder_count (me, BK_BACKEND_EVENT_SESSION), ==, 5);

  /* Removed and asked again, Echo says yes. */
  g_assert_cmpint (bk_recorder_change (me, BK_CONTACT_REMOVE, ECHO, NULL), ==, -1);
  g_assert_cmpint (bk_recorder_change (me, BK_CONTACT_ADD, ECHO, NULL), ==, -1);
  bk_recorder_wait_relation (me, ECHO, BECKON_RELATION_NONE);
  bk_recorder_wait_relation (me, ECHO, BECKON_RELATION_ACCEPTED);
  bk_recorder_free (me);
  g_object_run_dispose (G_OBJECT (world.network));
  g_object_unref (world.network);
  g_object_unref (world.clock);
}

/* In the demonstration the operator does what Echo is told. */
static void
test_demo_operator (void)
{
  World world = { .clock = bk_clock_new_system () };

  world.network = bk_fake_network_new_demo (world.clock);
  bk_test_drain ();
  BkRecorder *me = person (&world, "me@example.org");
  g_assert_false (bk_recorder_wait (me, BK_BACKEND_EVENT_LOCK)->locked);
  g_assert_cmpint (say (me, ECHO, "!alert Down on Sunday"), ==, -1);
  g_assert_cmpstr (bk_recorder_wait (me, BK_BACKEND_EVENT_ALERT)->text, ==, "Down on Sunday");

  g_assert_cmpint (say (me, ECHO, "!lock"), ==, -1);
  bk_recorder_wait_state (me, BK_BACKEND_WAITING);
  bk_recorder_nudge (me);
  g_assert_true (bk_recorder_wait (me, BK_BACKEND_EVENT_LOCK)->locked);
  bk_recorder_wait_state (me, BK_BACKEND_ONLINE);
  g_autofree char *grant = unlock (me, "BKDEMO", "demo");
  g_assert_cmpint (say (me, ECHO, "!ask"), ==, -1);
  g_assert_cmpstr (bk_recorder_wait (me, BK_BACKEND_EVENT_LOCK_CHALLENGED)->grant, ==, grant);
  g_assert_cmpint (say (me, ECHO, "!revoke"), ==, -1);
  g_assert_cmpstr (bk_recorder_wait (me, BK_BACKEND_EVENT_LOCK_REVOKED)->grant, ==, grant);
  g_assert_cmpint (say (me, ECHO, "!unlock"), ==, -1);
  bk_recorder_wait_state (me, BK_BACKEND_WAITING);
  bk_recorder_nudge (me);
  g_assert_false (bk_recorder_wait (me, BK_BACKEND_EVENT_LOCK)->locked);
  g_assert_cmpuint (bk_recorder_count (me, BK_BACKEND_EVENT_MESSAGE), ==, 5); /* Echo says nothing to that */
  bk_recorder_free (me);
  g_object_run_dispose (G_OBJECT (world.network));
  g_object_unref (world.network);
  g_object_unref (world.clock);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/fake/fail-next", test_fail_next);
  g_test_add_func ("/fake/lose-reply", test_lose_reply);
  g_test_add_func ("/fake/duplicate", test_duplicate);
  g_test_add_func ("/fake/held", test_held);
  g_test_add_func ("/fake/unreachable", test_unreachable);
  g_test_add_func ("/fake/expiry", test_expiry);
  g_test_add_func ("/fake/transports", test_transports);
  g_test_add_func ("/fake/lock-time", test_lock_time);
  g_test_add_func ("/fake/alert-time", test_alert_time);
  g_test_add_func ("/fake/demo", test_demo);
  g_test_add_func ("/fake/demo-operator", test_demo_operator);
  return g_test_run ();
}
