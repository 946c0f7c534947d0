/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions among people who do not keep to the rules, and handlers that do more than look. */
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"

#include <string.h>

/* ---- what must not make a difference ---- */

static void
test_unwelcome_invitations (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *bob = world_side (world, 'b');
  g_autofree char *id = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = world_invite_new (id);

  side_receive (bob, CAROL, invite, world_now (world));
  invite->ttl = 0;
  side_receive (bob, ALICE, invite, world_now (world));
  invite->ttl = 120;
  side_set_contact (bob, BECKON_RELATION_ACCEPTED, TRUE, BECKON_STATUS_ONLINE);
  side_receive (bob, ALICE, invite, world_now (world));
  side_set_contact (bob, BECKON_RELATION_ASKING, FALSE, BECKON_STATUS_ONLINE);
  side_receive (bob, ALICE, invite, world_now (world));
  world_settle (world);
  g_assert_cmpstr (bob->log->str, ==, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (bob->sessions)), ==, 0);
}

static void
test_duplicate_invitation (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *bob = world_side (world, 'b');
  g_autofree char *id = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = world_invite_new (id);

  g_free (invite->app_name);
  invite->app_guid[1] = '0'; /* not registered here: the envelope's word is all there is */
  invite->app_name = g_strdup ("two\nlines");
  invite->app_url = g_strdup ("javascript:alert(1)");
  side_receive (bob, ALICE, invite, world_now (world));
  g_assert_cmpstr (bk_engine_session_get_application_name (bob->current), ==, "");
  g_assert_null (bk_engine_session_get_application_url (bob->current));
  side_receive (bob, ALICE, invite, world_now (world));
  side_receive (bob, CAROL, invite, world_now (world));
  world_settle (world);
  world_run (world, "b:cancel");
  side_receive (bob, ALICE, invite, world_now (world));
  world_settle (world);
  g_assert_cmpstr (bob->log->str, ==,
                   "ASK >ringing cancelled WITHDRAW terminated END(cancelled-local,bye) >cancel:cancelled-remote");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (bob->sessions)), ==, 1);
}

/* An invitation that arrives late rings for what is left of its time. */
static void
test_late_invitation (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *bob = world_side (world, 'b');
  g_autofree char *id = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = world_invite_new (id);

  /* The network has shortened it; when it took it, by its own clock, plays no part. */
  invite->ttl = 20;
  side_receive (bob, ALICE, invite, world_now (world) - 100 * G_USEC_PER_SEC);
  g_assert_cmpint (bk_engine_session_get_deadline (bob->current), ==, world_now (world) + 20 * G_USEC_PER_SEC);
  g_clear_pointer (&invite->session, g_free);
  invite->session = bk_guid_new ();
  invite->ttl = 120;
  side_receive (bob, ALICE, invite, world_now (world) + 999 * (gint64) G_USEC_PER_SEC); /* a clock that is wrong */
  g_assert_cmpint (bk_engine_session_get_deadline (bob->current), ==, world_now (world) + 120 * G_USEC_PER_SEC);
}

/* How to bring one side into each state that has a session, and what each envelope from the other side may lead to:
 * the letters of test-lifecycle, `.` for no change. */
static const struct
{
  const char *script;
  char side;
  BeckonSessionState state;
  /* by kind: invite, ringing, not-present, accept, connect, transport, hosting, context, decline, cancel, end */
  const char *after;
} stations[] = {
  { "a:create", 'a', BECKON_SESSION_STATE_READY, "..........." },
  { "hold:ringing a:invite", 'a', BECKON_SESSION_STATE_INVITATION, "...A....TTT" },
  { "hold:connect a:invite b:accept", 'a', BECKON_SESSION_STATE_ACCEPTED, ".....C.C.TT" },
  { "a:invite b:accept", 'a', BECKON_SESSION_STATE_CONNECTED, ".........TT" },
  { "a:invite b:decline", 'a', BECKON_SESSION_STATE_TERMINATED, "..........." },
  { "a:invite", 'b', BECKON_SESSION_STATE_INVITATION, ".........TT" },
  { "hold:connect a:invite b:accept", 'b', BECKON_SESSION_STATE_ACCEPTED, "....C....TT" },
  { "a:invite b:accept", 'b', BECKON_SESSION_STATE_CONNECTED, ".........TT" },
  { "a:invite b:decline", 'b', BECKON_SESSION_STATE_TERMINATED, "..........." },
};

static BeckonSessionState
state_after (BeckonSessionState before, char letter)
{
  switch (letter)
    {
    case 'A':
      return BECKON_SESSION_STATE_ACCEPTED;
    case 'C':
      return BECKON_SESSION_STATE_CONNECTED;
    case 'T':
      return BECKON_SESSION_STATE_TERMINATED;
    default:
      g_assert_cmpint (letter, ==, '.');
      return before;
    }
}

static BkEnvelope *
hostile_new (int kind, const char *id, int reason)
{
  BkEnvelope *envelope = bk_envelope_new (kind, id);

  envelope->data = kind == BK_ENVELOPE_CONTEXT ? g_strdup ("%s%n<b>") : NULL;
  envelope->address = g_strdup ("%n; rm -rf /");
  envelope->app_guid = g_strdup (APP_GUID);
  envelope->app_name = g_strdup ("%s");
  envelope->ttl = 1800;
  envelope->reason = reason;
  return envelope;
}

static void
try_envelope (guint station, int kind, int reason)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *side = world_side (world, stations[station].side);

  world_run (world, stations[station].script);
  g_autoptr (BkEngineSession) session = g_object_ref (side->current);
  g_autoptr (BkEnvelope) envelope = hostile_new (kind, session->id, reason);
  g_test_message ("%s: %s %d", stations[station].script, bk_envelope_kind_to_nick (kind), reason);
  g_assert_cmpint (session->state, ==, stations[station].state);

  side_receive (side, CAROL, envelope, world_now (world));
  g_assert_cmpint (session->state, ==, stations[station].state);
  side_receive (side, side_address (side->other), envelope, world_now (world));
  g_assert_cmpint (session->state, ==, state_after (stations[station].state, stations[station].after[kind]));
  side_receive (side, side_address (side->other), envelope, world_now (world));
  if (session->state == BECKON_SESSION_STATE_TERMINATED)
    {
      g_assert_cmpint (session->result, !=, BECKON_SESSION_RESULT_NONE);
      g_assert_cmpint (session->result, !=, BECKON_SESSION_RESULT_CANCELLED_LOCAL);
      g_assert_cmpint (session->result, !=, BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE);
    }
  g_clear_object (&session);
  world->hold = -1;
  world_settle (world);
}

static void
test_hostile (void)
{
  bk_test_watchdog (60);
  for (guint station = 0; station < G_N_ELEMENTS (stations); station++)
    for (int kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
      {
        int last_reason = kind >= BK_ENVELOPE_DECLINE ? BECKON_N_SESSION_RESULTS : 1;

        for (int reason = 0; reason < last_reason; reason++)
          if (stations[station].state != BECKON_SESSION_STATE_TERMINATED || reason == 0)
            try_envelope (station, kind, reason);
      }
}

static void
test_elsewhere_everywhere (void)
{
  static const char after[] = "....." /* inviter: never */ "TT..";

  for (guint station = 0; station < G_N_ELEMENTS (stations); station++)
    {
      g_autoptr (World) world = world_new (FALSE);
      Side *side = world_side (world, stations[station].side);

      world_run (world, stations[station].script);
      side_receive_elsewhere (side, side->current->id, BECKON_SESSION_RESULT_INVITATION_DECLINED);
      side_receive_elsewhere (side, "{00000000-0000-0000-0000-000000000000}", BECKON_SESSION_RESULT_NONE);
      g_assert_cmpint (side->current->state, ==, state_after (stations[station].state, after[station]));
    }
}

/* ---- handlers that act ---- */

static void
cancel_at (BkEngineSession *session, BeckonSessionState previous, gpointer state)
{
  if (bk_engine_session_get_state (session) == (BeckonSessionState) GPOINTER_TO_INT (state))
    bk_engine_session_cancel (session, BECKON_SESSION_RESULT_NONE, NULL, NULL);
}

/* A handler may end the session while it is told of a state: nothing follows the end, the other side learns of it. */
static void
test_cancel_in_handler (void)
{
  static const BeckonSessionState states[] = { BECKON_SESSION_STATE_INVITATION, BECKON_SESSION_STATE_ACCEPTED,
                                               BECKON_SESSION_STATE_CONNECTED, BECKON_SESSION_STATE_CANCELLED,
                                               BECKON_SESSION_STATE_TERMINATED };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (World) world = world_new (TRUE);
      Side *alice = world_side (world, 'a');
      BkEngineSession *session = side_create (alice);

      g_assert_true (bk_engine_session_set_application (session, APP_GUID, NULL));
      g_signal_connect (session, "state-changed", G_CALLBACK (cancel_at), GINT_TO_POINTER (states[i]));
      bk_engine_session_invite_async (session, BOB, NULL, NULL, NULL, NULL, NULL);
      world_settle (world);
      if (world->sides[1].current != NULL)
        world_run (world, "b:accept b:cancel");
      g_test_message ("%s", alice->log->str);
      g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_TERMINATED);
      g_assert_true (g_str_has_suffix (alice->log->str, ")") || g_str_has_suffix (alice->log->str, "remote"));
      if (world->sides[1].current != NULL)
        g_assert_cmpint (world->sides[1].current->state, ==, BECKON_SESSION_STATE_TERMINATED);
    }
}

static void
drop_sessions (BkEngineSession *session, BeckonSessionState previous, gpointer user_data)
{
  Side *side = user_data;

  if (bk_engine_session_get_state (session) == BECKON_SESSION_STATE_CONNECTED)
    g_object_run_dispose (G_OBJECT (side->sessions));
}

/* The engine goes away from inside a handler: the session is a record from then on. */
static void
test_dispose_in_handler (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');

  world_run (world, "hold:connect a:invite b:accept");
  g_autoptr (BkEngineSession) session = g_object_ref (alice->current);
  g_signal_connect (session, "state-changed", G_CALLBACK (drop_sessions), alice);
  world_run (world, "go");
  g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_CONNECTED);
  g_assert_false (bk_engine_session_cancel (session, BECKON_SESSION_RESULT_NONE, NULL, NULL));
  bk_engine_session_owner_vanished (session);
  g_assert_null (strstr (alice->log->str, "launch"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/session/unwelcome-invitations", test_unwelcome_invitations);
  g_test_add_func ("/session/duplicate-invitation", test_duplicate_invitation);
  g_test_add_func ("/session/late-invitation", test_late_invitation);
  g_test_add_func ("/session/hostile", test_hostile);
  g_test_add_func ("/session/elsewhere-everywhere", test_elsewhere_everywhere);
  g_test_add_func ("/session/cancel-in-handler", test_cancel_in_handler);
  g_test_add_func ("/session/dispose-in-handler", test_dispose_in_handler);
  return g_test_run ();
}
