/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions and their channels. */
#include "channel-scenarios.h"
#include "session-standins.h"
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"

#include <string.h>
#include <unistd.h>

static void
run_scenario (gconstpointer data)
{
  const Scenario *scenario = data;
  g_autoptr (World) world = world_new_with_channels ();
  g_autofree char *bob = g_strchomp (g_strdup (scenario->bob));

  g_test_message ("%s", scenario->script);
  world_run (world, scenario->script);
  g_assert_cmpstr (world->sides[0].log->str, ==, scenario->alice);
  g_assert_cmpstr (world->sides[1].log->str, ==, bob);
}

/* ---- what the channel is told ---- */

static void
test_start (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "a:invite");
  g_assert_cmpuint (bob->channels->made->len, ==, 0);
  g_assert_true (side_channel (alice)->inviter);
  g_assert_cmpstr (side_channel (alice)->session, ==, bk_engine_session_get_id (alice->current));
  world_run (world, "hold:connect b:accept");
  g_assert_false (side_channel (bob)->inviter);
  g_assert_false (side_channel (alice)->started || side_channel (bob)->started);
  g_assert_cmpint (bk_engine_session_get_channel_path (alice->current), ==, BECKON_CHANNEL_PATH_NONE);
  world_run (world, "go");
  g_assert_cmpstr (side_channel (alice)->their_fingerprint, ==, side_channel (bob)->fingerprint);
  g_assert_cmpstr (side_channel (bob)->their_fingerprint, ==, side_channel (alice)->fingerprint);
  g_assert_cmpint (bk_engine_session_get_channel_path (alice->current), ==, BECKON_CHANNEL_PATH_CONNECTING);
}

static void
test_end (void)
{
  static const struct
  {
    const char *script;
    gboolean finished;
  } ends[] = {
    { "a:invite a:cancel", FALSE },
    { "a:invite hold:connect b:accept a:cancel", FALSE },
    { RUN "a:exit0", FALSE },
    { RUN CONFIRM "a:exit0", TRUE },
    { RUN CONFIRM "b:exit0", TRUE },
    { RUN CONFIRM "a:channel-lost a:sign-out", TRUE },
    { RUN CONFIRM "a:channel-wrong", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (World) world = world_new_with_channels ();
      Side *alice = world_side (world, 'a');

      g_test_message ("%s", ends[i].script);
      world_run (world, ends[i].script);
      g_assert_cmpint (side_channel (alice)->finished, ==, ends[i].finished);
      g_assert_cmpint (side_channel (alice)->closed, ==, !ends[i].finished);
    }
}

/* When nobody keeps the session any more, its channel is closed. */
static void
test_forgotten (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN CONFIRM "a:exit0");
  g_clear_object (&alice->current);
  g_clear_object (&alice->program);
  world_run (world, "+600000");
  g_assert_true (side_channel (alice)->closed);
}

/* ---- words for people ---- */

static void
test_words (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  GPtrArray *timeline;

  world_run (world, "a:channel-required a:invite +40 b:accept +85 a:channel-direct");
  timeline = bk_engine_session_get_timeline (alice->current);
  g_assert_true (g_ptr_array_find_with_equal_func (
    timeline, "+125 ms channel: direct after 85 ms (85 ms after the acceptance)", g_str_equal, NULL));
  world_run (world, "a:channel-lost");
  g_assert_cmpstr (bk_engine_session_get_channel_reason (alice->current), ==, "Nothing has been heard for 8 seconds.");
  g_assert_cmpint (bk_engine_session_get_channel_path (alice->current), ==, BECKON_CHANNEL_PATH_LOST);
  world_run (world, "a:channel-broken");
  g_assert_cmpstr (bk_engine_session_get_result_text (alice->current), ==,
                   "The two computers could not be connected. No way was found.");
  g_assert_cmpstr (bk_engine_session_get_channel_reason (alice->current), ==, "No way was found.");
  g_assert_cmpint (bk_engine_session_get_channel_path (alice->current), ==, BECKON_CHANNEL_PATH_FAILED);
  g_assert_cmpint (bk_engine_session_get_result (bob->current), ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
}

static void
test_obstacles (void)
{
  static const struct
  {
    const char *script;
    const char *reason;
  } obstacles[] = {
    { "b:channel-none a:invite b:accept", "Bob offers no encrypted channel for this program." },
    { "a:channel-required b:channel-none a:invite b:accept", "Bob offers no encrypted channel for this program." },
    { "a:channel-impossible a:invite b:accept", "No certificate could be made." },
    { "a:channel-required a:channel-impossible a:invite b:accept", "No certificate could be made." },
    { "a:channel-required a:invite b:accept +30000", "The two computers found no way to each other." },
    { "a:invite b:accept a:channel-broken", "No way was found." },
    { "a:channel-none a:invite b:accept", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      g_autoptr (World) world = world_new_with_channels ();
      BkEngineSession *session;

      g_test_message ("%s", obstacles[i].script);
      world_run (world, obstacles[i].script);
      session = world_side (world, 'a')->current;
      g_assert_cmpstr (bk_engine_session_get_channel_reason (session), ==, obstacles[i].reason);
      if (session->state == BECKON_SESSION_STATE_TERMINATED)
        g_assert_true (g_str_has_suffix (bk_engine_session_get_result_text (session), obstacles[i].reason));
    }
}

/* ---- TRANSPORT ---- */

static void
receive_transport (Side *side, guint32 generation, guint n_candidates)
{
  g_autoptr (BkEnvelope) transport = bk_envelope_new (BK_ENVELOPE_TRANSPORT, side->current->id);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (guint i = 0; i < n_candidates; i++)
    g_strv_builder_add (lines, "candidate:1 1 UDP 2130706431 192.0.2.7 40000 typ host");
  transport->generation = generation;
  transport->ufrag = g_strdup ("abcd");
  transport->pwd = g_strdup ("0123456789012345678901");
  transport->candidates = g_strv_builder_end (lines);
  side_receive (side, side_address (side->other), transport, world_now (side->world));
}

static guint
count_candidates (FakeChannel *channel)
{
  guint count = 0;

  for (guint i = 0; i < channel->transports->len; i++)
    count += g_strv_length (((BkEnvelope *) channel->transports->pdata[i])->candidates);
  return count;
}

/* Who sends ten thousand candidates, or as many envelopes, costs little. */
static void
test_flood (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN);
  for (guint i = 0; i < 10000; i++)
    receive_transport (alice, 1, 32);
  g_assert_cmpuint (count_candidates (side_channel (alice)), ==, 64);
  g_assert_cmpuint (side_channel (alice)->transports->len, ==, BK_LIMIT_TRANSPORTS);
  g_assert_cmpint (alice->current->state, ==, BECKON_SESSION_STATE_CONNECTED);
}

static void
test_generations (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN);
  receive_transport (alice, 0, 1);
  receive_transport (alice, 1, 40);
  receive_transport (alice, 1, 40);
  g_assert_cmpuint (count_candidates (side_channel (alice)), ==, 64);
  receive_transport (alice, 3, 64);
  g_assert_cmpuint (count_candidates (side_channel (alice)), ==, 128);
  receive_transport (alice, 2, 1);
  receive_transport (alice, 1, 1);
  g_assert_cmpuint (side_channel (alice)->transports->len, ==, 3);
  receive_transport (alice, G_MAXUINT32, 1);
  g_assert_cmpuint (count_candidates (side_channel (alice)), ==, 129);
}

/* This side, too, says no more than the network takes; and how it could be reached before, to nobody. */
static void
test_transports_out (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, RUN);
  fake_channel_emit_transport (side_channel (alice), 1, NULL);
  world_settle (world);
  g_assert_cmpuint (side_channel (bob)->transports->len, ==, 1);
  side_set_online (alice, FALSE);
  fake_channel_emit_transport (side_channel (alice), 1, "candidate:1");
  fake_channel_emit_transport (side_channel (alice), 2, NULL);
  fake_channel_emit_transport (side_channel (alice), 2, "candidate:2");
  g_assert_cmpuint (alice->current->outbox.length, ==, 2);
  side_set_online (alice, TRUE);
  world_settle (world);
  g_assert_cmpuint (side_channel (bob)->transports->len, ==, 3);
  g_assert_cmpuint (((BkEnvelope *) side_channel (bob)->transports->pdata[1])->generation, ==, 2);

  side_set_online (alice, FALSE);
  for (guint i = 0; i < BK_LIMIT_TRANSPORTS; i++)
    fake_channel_emit_transport (side_channel (alice), 3, NULL);
  g_assert_cmpuint (alice->current->outbox.length, ==, BK_LIMIT_TRANSPORTS - 4);
}

/* ---- relays ---- */

static BkRelays *
relays_new (const char *server, guint ttl)
{
  const char *servers[] = { server, NULL };

  return bk_relays_new (servers, "user", "password", ttl);
}

static void
test_relays (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autoptr (BkRelays) own = relays_new ("turn:home.example", 0);

  alice->relays = relays_new ("turn:net.example", 0);
  bk_engine_sessions_set_relays (alice->sessions, own);
  world_run (world, RUN);
  g_assert_cmpstr (side_channel (alice)->relays->servers[0], ==, "turn:home.example");
  g_assert_cmpstr (side_channel (alice)->relays->more->servers[0], ==, "turn:net.example");
  g_assert_null (side_channel (alice)->relays->more->more);
  g_assert_null (side_channel (bob)->relays);
}

/* The network is waited for, but not for long; what it says later is good for the next attempt. What came from the
 * other side meanwhile is not lost. */
static void
test_slow_relays (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  alice->relays = relays_new ("turn:net.example", 0);
  alice->hold_relays = TRUE;
  world_run (world, RUN "b:channel-candidate +2999");
  g_assert_false (side_channel (alice)->started);
  world_run (world, "+1");
  g_assert_true (side_channel (alice)->started);
  g_assert_null (side_channel (alice)->relays);
  g_assert_cmpuint (side_channel (alice)->transports->len, ==, 1);
  side_answer_relays (alice);
  g_assert_cmpuint (side_channel (alice)->n_relays, ==, 1);
  g_assert_cmpstr (side_channel (alice)->relays->servers[0], ==, "turn:net.example");
}

static void
test_quick_relays (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  alice->relays = relays_new ("turn:net.example", 0);
  alice->hold_relays = TRUE;
  world_run (world, RUN "+100");
  g_assert_false (side_channel (alice)->started);
  side_answer_relays (alice);
  g_assert_true (side_channel (alice)->started);
  g_assert_cmpstr (side_channel (alice)->relays->servers[0], ==, "turn:net.example");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
test_refreshed_relays (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  alice->relays = relays_new ("turn:net.example", 600);
  world_run (world, RUN CONFIRM "+449999");
  g_assert_cmpuint (side_channel (alice)->n_relays, ==, 0);
  g_clear_pointer (&alice->relays, bk_relays_free);
  alice->relays = relays_new ("turn:other.example", 600);
  world_run (world, "+1");
  g_assert_cmpuint (side_channel (alice)->n_relays, ==, 1);
  g_assert_cmpstr (side_channel (alice)->relays->servers[0], ==, "turn:other.example");
  world_run (world, "+450000");
  g_assert_cmpuint (side_channel (alice)->n_relays, ==, 2);
  world_run (world, "a:exit0 +450000");
  g_assert_cmpuint (side_channel (alice)->n_relays, ==, 2);
}

/* The session ends while the network is still being asked. */
static void
test_relays_too_late (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  alice->hold_relays = TRUE;
  world_run (world, "a:invite a:cancel");
  side_answer_relays (alice);
  g_assert_true (side_channel (alice)->closed);
}

/* ---- streams ---- */

static void
assert_open_fails (BkEngineSession *session, const char *name, BeckonError code)
{
  g_autoptr (GError) stream = NULL;
  g_autoptr (GError) datagram = NULL;

  g_assert_cmpint (bk_engine_session_open_stream (session, name, &stream), ==, -1);
  g_assert_error (stream, BECKON_ERROR, (int) code);
  g_assert_cmpint (bk_engine_session_open_datagram (session, name, &datagram), ==, -1);
  g_assert_error (datagram, BECKON_ERROR, (int) code);
}

static void
test_open (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  g_autofree char *long_name = g_strnfill (BK_LIMIT_STREAM_NAME + 1, 'x');
  g_autoptr (GError) error = NULL;

  world_run (world, "a:invite");
  assert_open_fails (alice->current, "x", BECKON_ERROR_SESSION_STATE_INVALID);
  world_run (world, "b:accept");
  assert_open_fails (alice->current, "x", BECKON_ERROR_SESSION_STATE_INVALID);
  world_run (world, CONFIRM);
  assert_open_fails (alice->current, long_name, BECKON_ERROR_INVALID_ARGUMENT);
  assert_open_fails (alice->current, "two\nlines", BECKON_ERROR_INVALID_ARGUMENT);
  assert_open_fails (alice->current, "\xff", BECKON_ERROR_INVALID_ARGUMENT);
  int stream = bk_engine_session_open_stream (alice->current, "", &error);
  g_assert_no_error (error);
  int datagram = bk_engine_session_open_datagram (alice->current, long_name + 1, &error);
  g_assert_no_error (error);
  close (stream);
  close (datagram);
  g_assert_cmpstr (side_channel (alice)->opened->pdata[0], ==, "stream:");
  g_assert_true (g_str_has_prefix (side_channel (alice)->opened->pdata[1], "datagram:xx"));
  world_run (world, "a:exit0");
  assert_open_fails (alice->current, "x", BECKON_ERROR_SESSION_STATE_INVALID);
}

static void
test_open_nothing (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  g_autoptr (World) plain = world_new (FALSE);
  g_autoptr (World) foreign = world_new_with_channels ();

  world_run (world, "b:channel-none " RUN);
  assert_open_fails (world->sides[0].current, "x", BECKON_ERROR_NOT_SUPPORTED);
  assert_open_fails (world->sides[1].current, "x", BECKON_ERROR_NOT_SUPPORTED);
  world_run (plain, RUN);
  assert_open_fails (plain->sides[0].current, "x", BECKON_ERROR_NOT_SUPPORTED);
  foreign->sides[0].registry->application->flags = BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
  world_run (foreign, "a:invite b:accept a:channel-direct");
  assert_open_fails (foreign->sides[0].current, "x", BECKON_ERROR_NOT_VALID_FOR_APP_INVITE);
}

/* A program that does not know Beckon waits for the channel whatever its registration says. */
static void
test_foreign_program (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  alice->registry->application->flags = BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
  world_run (world, "a:channel-none a:invite b:accept");
  g_assert_null (strstr (alice->log->str, "launch"));
  world_run (world, "a:channel-direct");
  g_assert_nonnull (strstr (alice->log->str, "launch"));
}

/* ---- the rest ---- */

static void
test_nudge (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, "a:invite");
  bk_engine_sessions_nudge (alice->sessions);
  world_run (world, "b:accept");
  bk_engine_sessions_nudge (alice->sessions);
  world_run (world, "a:channel-direct");
  bk_engine_sessions_nudge (alice->sessions);
  world_run (world, "a:exit0");
  bk_engine_sessions_nudge (alice->sessions);
  g_assert_cmpuint (side_channel (alice)->n_nudges, ==, 2);
}

static void
test_statistics (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN "a:channel-relay");
  g_autoptr (GVariant) living = g_variant_ref_sink (bk_engine_session_get_channel_statistics (alice->current));
  g_autofree char *text = g_variant_print (living, FALSE);
  g_assert_cmpstr (text, ==, "{'path': <uint32 3>, 'network': <'memory'>}");
  world_run (world, "a:channel-broken");
  g_autoptr (GVariant) over = g_variant_ref_sink (bk_engine_session_get_channel_statistics (alice->current));
  g_autofree char *text_over = g_variant_print (over, FALSE);
  g_assert_cmpstr (text_over, ==, "{'path': <uint32 5>, 'reason': <'No way was found.'>}");
}

/* What has no business on the channel is passed over, and what is of another session. */
static void
test_strange_envelopes (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN CONFIRM);
  g_autofree char *before = g_strdup (alice->log->str);
  for (int kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
    {
      gboolean usual = kind == BK_ENVELOPE_CONTEXT || kind == BK_ENVELOPE_CANCEL || kind == BK_ENVELOPE_END;
      g_autoptr (BkEnvelope) envelope
        = bk_envelope_new (kind, usual ? "{00000000-0000-4000-8000-000000000001}" : alice->current->id);

      envelope->data = g_strdup ("x");
      envelope->address = g_strdup ("x");
      envelope->generation = 1;
      bk_channel_emit_envelope (BK_CHANNEL (side_channel (alice)), envelope);
    }
  g_assert_cmpstr (alice->log->str, ==, before);
  g_assert_cmpuint (side_channel (alice)->transports->len, ==, 0);
}

/* That the other side's program listens is said over the channel, not by the network. */
static void
test_hosting (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');

  world_run (world, RUN CONFIRM);
  g_autoptr (BkEnvelope) hosting = bk_envelope_new (BK_ENVELOPE_HOSTING, alice->current->id);
  alice->current->host = BK_ROLE_INVITEE;
  side_receive (alice, BOB, hosting, world_now (world));
  g_assert_cmpint (alice->current->hosting.state, ==, BK_HOSTING_NONE);
  bk_channel_emit_envelope (BK_CHANNEL (side_channel (alice)), hosting);
  g_assert_cmpint (alice->current->hosting.state, ==, BK_HOSTING_CALLED);
}

/* A trial has both sides here, and a channel between them. */
static void
test_trial (void)
{
  g_autoptr (World) world = world_new_with_channels ();
  Side *alice = world_side (world, 'a');
  BkEngineSession *inviter, *invitee;
  g_autoptr (GError) error = NULL;

  world_run (world, "a:channel-required");
  g_assert_true (bk_engine_sessions_try (alice->sessions, APP_GUID, &inviter, &invitee, &error));
  world_run (world, "+0 +0 +0 +0");
  g_assert_cmpint (invitee->state, ==, BECKON_SESSION_STATE_CONNECTED);
  g_assert_cmpuint (alice->channels->made->len, ==, 2);
  FakeChannel *one = alice->channels->made->pdata[0];
  FakeChannel *other = alice->channels->made->pdata[1];
  g_assert_true (one->started && other->started);
  fake_channel_emit_transport (one, 1, "candidate:1");
  world_run (world, "+0 +0");
  g_assert_cmpuint (other->transports->len, ==, 1);
  g_assert_null (strstr (alice->log->str, "launch"));
  fake_channel_confirm (one, BECKON_CHANNEL_PATH_DIRECT);
  fake_channel_confirm (other, BECKON_CHANNEL_PATH_DIRECT);
  world_settle (world);
  g_assert_nonnull (strstr (alice->log->str, "launch"));
  g_assert_cmpint (bk_engine_session_get_identity (inviter), ==, BECKON_IDENTITY_UNKNOWN);
  g_assert_cmpstr (bk_engine_session_get_safety_number (inviter), ==, "");
  bk_engine_session_cancel (inviter, BECKON_SESSION_RESULT_NONE, NULL, NULL);
  world_run (world, "+0 +0");
  g_assert_cmpint (invitee->state, ==, BECKON_SESSION_STATE_TERMINATED);
  g_clear_object (&alice->program);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (channel_scenarios); i++)
    {
      g_autofree char *path = g_strconcat ("/session-channel/scenario/", channel_scenarios[i].name, NULL);

      g_test_add_data_func (path, &channel_scenarios[i], run_scenario);
    }
  g_test_add_func ("/session-channel/start", test_start);
  g_test_add_func ("/session-channel/end", test_end);
  g_test_add_func ("/session-channel/forgotten", test_forgotten);
  g_test_add_func ("/session-channel/words", test_words);
  g_test_add_func ("/session-channel/obstacles", test_obstacles);
  g_test_add_func ("/session-channel/flood", test_flood);
  g_test_add_func ("/session-channel/generations", test_generations);
  g_test_add_func ("/session-channel/transports-out", test_transports_out);
  g_test_add_func ("/session-channel/relays", test_relays);
  g_test_add_func ("/session-channel/slow-relays", test_slow_relays);
  g_test_add_func ("/session-channel/quick-relays", test_quick_relays);
  g_test_add_func ("/session-channel/refreshed-relays", test_refreshed_relays);
  g_test_add_func ("/session-channel/relays-too-late", test_relays_too_late);
  g_test_add_func ("/session-channel/open", test_open);
  g_test_add_func ("/session-channel/open-nothing", test_open_nothing);
  g_test_add_func ("/session-channel/foreign-program", test_foreign_program);
  g_test_add_func ("/session-channel/nudge", test_nudge);
  g_test_add_func ("/session-channel/statistics", test_statistics);
  g_test_add_func ("/session-channel/strange-envelopes", test_strange_envelopes);
  g_test_add_func ("/session-channel/hosting", test_hosting);
  g_test_add_func ("/session-channel/trial", test_trial);
  return g_test_run ();
}
