/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sides of sessions, joined by a network under the test's control. */
#include "session-scenarios.h"
#include "session-standins.h"
#include "session-world.h"

#include "bk-ids.h"
#include "bk-test.h"

#include <string.h>

/* ---- what happens in which order ---- */

static guint
count_unfinished (Side *side)
{
  GListModel *model = G_LIST_MODEL (side->sessions);
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BkEngineSession) session = g_list_model_get_item (model, i);
      count += bk_engine_session_get_user (session) != NULL
               && (bk_session_is_open (session) || bk_session_is_sending (session));
    }
  return count;
}

/* Whoever was invited or has invited sees it in the conversation, with the same result. */
static void
assert_entries (Side *side)
{
  GListModel *model = G_LIST_MODEL (side->sessions);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BkEngineSession) session = g_list_model_get_item (model, i);
      const char *entry = side_entry (side, session->id);
      g_autofree char *result = g_strdup_printf (" %s: %s", beckon_session_result_to_nick (session->result),
                                                 bk_engine_session_get_result_text (session));

      g_assert_cmpint (entry != NULL, ==, session->user != NULL);
      if (entry != NULL)
        g_assert_true (g_str_has_suffix (entry, result));
    }
}

static void
run_scenario (gconstpointer data)
{
  const Scenario *scenario = data;
  g_autoptr (World) world = world_new (scenario->peers);

  g_test_message ("%s", scenario->script);
  world_run (world, scenario->script);
  g_assert_cmpstr (world->sides[0].log->str, ==, scenario->alice);
  g_assert_cmpstr (world->sides[1].log->str, ==, scenario->bob);
  for (guint i = 0; i < G_N_ELEMENTS (world->sides); i++)
    {
      g_assert_cmpuint (side_count_open_in_history (&world->sides[i]), ==, count_unfinished (&world->sides[i]));
      assert_entries (&world->sides[i]);
    }
}

/* ---- what is left of it in the conversation ---- */

static void
test_entries (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "a:create");
  g_assert_null (side_entry (alice, alice->current->id));
  world_run (world, "a:invite");
  g_assert_cmpstr (side_entry (alice, alice->current->id), ==, "You invited Bob to Pipe. none: ");
  g_assert_cmpstr (side_entry (bob, alice->current->id), ==, "Alice invited you to Pipe. none: ");
  world_run (world, "b:decline");
  g_assert_cmpstr (side_entry (alice, alice->current->id), ==,
                   "You invited Bob to Pipe. invitation-declined: Bob declined.");
  g_assert_cmpstr (side_entry (bob, alice->current->id), ==,
                   "Alice invited you to Pipe. invitation-declined: You declined.");
}

/* What the inviter says goes along, and stays in the conversation of both. */
static void
test_message (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autofree char *long_text = g_strnfill (BK_LIMIT_INVITE_MESSAGE + 1, 'x');
  g_autoptr (GError) error = NULL;

  world_run (world, "a:create");
  g_assert_null (bk_engine_session_get_message (alice->current));
  g_assert_false (bk_engine_session_set_message (alice->current, long_text, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_set_message (alice->current, "\033[2J", NULL));
  g_assert_null (bk_engine_session_get_message (alice->current));
  g_assert_true (bk_engine_session_set_message (alice->current, "A game?\nNow?", &error));
  world_run (world, "a:reinvite");
  g_assert_cmpstr (bk_engine_session_get_message (bob->current), ==, "A game?\nNow?");
  g_assert_cmpstr (side_entry (alice, alice->current->id), ==, "You invited Bob to Pipe: “A game?\nNow?” none: ");
  g_assert_cmpstr (side_entry (bob, alice->current->id), ==, "Alice invited you to Pipe: “A game?\nNow?” none: ");

  g_assert_false (bk_engine_session_set_message (alice->current, "Too late", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_set_message (bob->current, "Not mine", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_INVITER);
}

/* ---- crossing invitations ---- */

static BkEngineSession *
find (Side *side, const char *id)
{
  BkEngineSession *session = bk_engine_sessions_find (side->sessions, id);

  g_assert_nonnull (session);
  return session;
}

static gboolean
run_crossing (const char *script)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "hold:invite a:invite");
  g_autofree char *from_alice = g_strdup (alice->current->id);
  world_run (world, script);
  g_autofree char *from_bob = g_strdup (g_strcmp0 (bob->current->id, from_alice) != 0 ? bob->current->id
                                                                                      : alice->current->id);
  gboolean alice_wins = strcmp (from_alice, from_bob) < 0;
  const char *winner = alice_wins ? from_alice : from_bob;
  const char *loser = alice_wins ? from_bob : from_alice;

  g_test_message ("%s\n%s", alice->log->str, bob->log->str);
  for (guint i = 0; i < 2; i++)
    {
      Side *side = &world->sides[i];
      BkEngineSession *lost = bk_engine_sessions_find (side->sessions, loser);

      g_assert_cmpint (find (side, winner)->state, ==, BECKON_SESSION_STATE_CONNECTED);
      if (lost != NULL) /* NULL: never left its maker */
        g_assert_cmpint (lost->result, ==, BECKON_SESSION_RESULT_SUPERSEDED);
      g_assert_cmpuint (side_count_open_in_history (side), ==, 1);
      g_assert_null (strstr (side->log->str, "invite!"));
    }
  return alice_wins;
}

/* Both on their way at once; or one rings already when the other is made. Whoever wins, both sides agree. */
static void
test_crossing (void)
{
  static const char *const scripts[] = { "b:invite go", "go b:invite" };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      guint alice_won = 0, bob_won = 0;

      while (alice_won == 0 || bob_won == 0)
        {
          if (run_crossing (scripts[i]))
            alice_won++;
          else
            bob_won++;
        }
    }
}

/* ---- the checks of Invite and its likes ---- */

static void
assert_invite_fails (BkEngineSession *session, const char *who, const char *app_data, BeckonError code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_session_invite_async (session, who, app_data, NULL, NULL, bk_test_store_result, &result);
  g_assert_false (bk_engine_session_invite_finish (session, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
  g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_READY);
}

static void
test_invite_checks (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  BkEngineSession *session = side_create (alice);
  g_autofree char *long_data = g_strnfill (BK_LIMIT_APP_DATA + 1, 'x');

  assert_invite_fails (session, "nobody", NULL, BECKON_ERROR_INVALID_ARGUMENT);
  assert_invite_fails (session, BOB, long_data, BECKON_ERROR_INVALID_ARGUMENT);
  assert_invite_fails (session, BOB, "broken \xff", BECKON_ERROR_INVALID_ARGUMENT);
  assert_invite_fails (session, BOB, NULL, BECKON_ERROR_APP_NOT_SPECIFIED);
  g_assert_true (bk_engine_session_set_application (session, APP_GUID, NULL));
  assert_invite_fails (session, ALICE, NULL, BECKON_ERROR_INVITED_SELF);
  assert_invite_fails (session, CAROL, NULL, BECKON_ERROR_USER_NOT_FOUND);
  side_set_contact (alice, BECKON_RELATION_ASKED, FALSE, BECKON_STATUS_UNKNOWN);
  assert_invite_fails (session, BOB, NULL, BECKON_ERROR_USER_NOT_FOUND);
  side_set_contact (alice, BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_OFFLINE);
  assert_invite_fails (session, BOB, NULL, BECKON_ERROR_NOT_LOGGED_ON);
  side_set_contact (alice, BECKON_RELATION_ACCEPTED, FALSE, BECKON_STATUS_BUSY);
  side_set_online (alice, FALSE);
  assert_invite_fails (session, BOB, NULL, BECKON_ERROR_NOT_LOGGED_ON);
  side_set_online (alice, TRUE);
  side_set_present (alice, FALSE);
  assert_invite_fails (session, BOB, NULL, BECKON_ERROR_APP_NOT_REGISTERED);
  g_assert_null (bk_engine_session_get_user (session));
  g_assert_cmpuint (side_count_open_in_history (alice), ==, 0);
}

/* Each verb that carries data has the limit itself, whatever the door before it lets through. */
static void
test_app_data_limits (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autofree char *long_data = g_strnfill (BK_LIMIT_APP_DATA + 1, 'x');
  const char *const bad[] = { long_data, "broken \xff" };

  world_run (world, "a:invite");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) accept = NULL, decline = NULL, cancel = NULL;

      g_assert_false (bk_engine_session_accept (bob->current, bad[i], &accept));
      g_assert_error (accept, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
      g_assert_false (bk_engine_session_decline (bob->current, bad[i], &decline));
      g_assert_error (decline, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
      g_assert_false (bk_engine_session_cancel (alice->current, BECKON_SESSION_RESULT_NONE, bad[i], &cancel));
      g_assert_error (cancel, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpint (bk_engine_session_get_state (alice->current), ==, BECKON_SESSION_STATE_INVITATION);
  g_assert_cmpint (bk_engine_session_get_state (bob->current), ==, BECKON_SESSION_STATE_INVITATION);
  long_data[BK_LIMIT_APP_DATA] = '\0';
  g_assert_true (bk_engine_session_decline (bob->current, long_data, NULL));
}

static void
test_configure (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  BkEngineSession *session = side_create (alice);
  g_autofree char *long_address = g_strnfill (BK_LIMIT_ADDRESS + 1, '1');
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_engine_session_set_application (session, "no GUID", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_set_application (session, "{00000000-0000-0000-0000-000000000000}", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED);
  g_clear_error (&error);
  g_assert_true (bk_engine_session_set_application (session, "5d2c8a3e-6b1f-4e7a-9c0d-1a2b3c4d5e6f", &error));
  g_assert_cmpstr (bk_engine_session_get_application (session), ==, APP_GUID);
  g_assert_cmpstr (bk_engine_session_get_application_name (session), ==, "Pipe");

  g_assert_cmpstr (bk_engine_session_get_local_address (session), ==, ALICE);
  g_assert_false (bk_engine_session_set_local_address (session, long_address, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (bk_engine_session_set_local_address (session, "192.0.2.1", &error));

  bk_engine_session_invite_async (session, "BOB@example.org", "hello", NULL, NULL, NULL, NULL);
  world_settle (world);
  g_assert_false (bk_engine_session_set_application (session, APP_GUID, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_set_application (bob->current, APP_GUID, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY);
  g_clear_error (&error);
  g_assert_true (bk_engine_session_set_local_address (bob->current, "192.0.2.2", &error));
  g_assert_cmpstr (bk_engine_session_get_app_data (bob->current), ==, "hello");
  g_assert_cmpstr (bk_engine_session_get_context_data (bob->current), ==, "hello");
  g_assert_true (bk_engine_session_get_ringing (session));
  g_assert_null (bk_engine_session_get_remote_address (session));
  g_assert_cmpint (bk_engine_session_get_deadline (session), ==,
                   bk_clock_real (BK_CLOCK (world->clock)) + 120 * G_USEC_PER_SEC);
  g_assert_cmpint (bk_engine_session_get_deadline (bob->current), ==, bk_engine_session_get_deadline (session));

  world_run (world, "hold:connect b:accept");
  g_assert_null (bk_engine_session_get_remote_address (session));
  g_assert_null (bk_engine_session_get_remote_address (bob->current));
  g_assert_false (bk_engine_session_set_local_address (bob->current, "192.0.2.3", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_NOT_READY);
  world_run (world, "go a:redeem b:context");
  g_assert_cmpstr (bk_engine_session_get_remote_address (session), ==, "192.0.2.2");
  g_assert_cmpstr (bk_engine_session_get_remote_address (bob->current), ==, "192.0.2.1");
  g_assert_cmpstr (bk_engine_session_get_context_data (session), ==, "data");
  g_assert_cmpstr (bk_engine_session_get_app_data (session), ==, "hello");
  g_assert_cmpstr (bk_engine_session_get_log (session), ==, "/tmp/log");
}

/* ---- context data ---- */

static gboolean
send (Side *side, const char *data)
{
  g_autoptr (GError) error = NULL;
  gboolean sent = bk_engine_session_send_context_data (side->current, data, &error);

  if (!sent)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT);
  world_settle (side->world);
  return sent;
}

static void
test_context_limits (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  g_autofree char *largest = g_strnfill (BK_LIMIT_CONTEXT_DATA, 'x');
  g_autofree char *too_large = g_strnfill (BK_LIMIT_CONTEXT_DATA + 1, 'x');
  g_autoptr (GError) error = NULL;

  world_run (world, "a:invite b:accept");
  g_assert_false (bk_engine_session_send_context_data (alice->current, "broken \xff", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_session_send_context_data (alice->current, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_false (send (alice, too_large));

  for (guint i = 0; i < BK_LIMIT_CONTEXT_RATE; i++)
    g_assert_true (send (alice, ""));
  g_assert_false (send (alice, ""));
  bk_fake_clock_advance (world->clock, 999);
  g_assert_false (send (alice, ""));
  bk_fake_clock_advance (world->clock, 1);
  for (guint i = 0; i < BK_LIMIT_CONTEXT_TOTAL / BK_LIMIT_CONTEXT_DATA; i++)
    {
      g_assert_true (send (alice, largest));
      bk_fake_clock_advance (world->clock, 20);
    }
  bk_fake_clock_advance (world->clock, 1000);
  g_assert_false (send (alice, "x"));
  g_assert_true (send (alice, ""));
}

/* A program that does not know Beckon has no use for it. */
static void
test_context_for_others (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');
  g_autoptr (GError) error = NULL;

  alice->registry->application->flags = BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
  world_run (world, "a:invite");
  g_assert_false (bk_engine_session_send_context_data (alice->current, "x", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  g_clear_error (&error);
  world_run (world, "b:accept");
  g_assert_cmpint (bk_engine_session_get_flags (alice->current), ==,
                   BECKON_SESSION_FLAGS_INVITER | BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE);
  g_assert_false (bk_engine_session_send_context_data (alice->current, "x", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_VALID_FOR_APP_INVITE);
  g_assert_true (bk_engine_session_send_context_data (bob->current, "x", NULL));
  world_settle (world);
}

/* What waits goes out in order, whatever happens to the connection meanwhile. */
static void
test_order (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "a:invite b:accept b:redeem hold:context");
  g_string_truncate (bob->log, 0);
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *data = g_strdup_printf ("%u", i);
      send (alice, data);
    }
  world_run (world, "a:offline a:online lose-ack go a:online");
  g_assert_cmpstr (bob->log->str, ==, "on-context(1) on-context(2) on-context(3) on-context(4)");
}

static BkEngineSession *
invite_while_away (World *world, GAsyncResult **result)
{
  Side *alice = world_side (world, 'a');
  BkEngineSession *session = side_create (alice);

  alice->account->hidden = TRUE;
  side_set_online (alice, FALSE);
  g_assert_true (bk_engine_session_set_application (session, APP_GUID, NULL));
  bk_engine_session_invite_async (session, BOB, NULL, NULL, NULL, bk_test_store_result, result);
  world_settle (world);
  g_assert_cmpuint (world->wire.length, ==, 0);
  g_assert_null (*result);
  return session;
}

/* The connection is away in passing: nobody is shown that, and an invitation waits for it. */
static void
test_invite_while_away (void)
{
  g_autoptr (World) world = world_new (FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineSession *session = invite_while_away (world, &result);

  bk_fake_clock_advance (world->clock, 9000);
  world_settle (world);
  side_set_online (world_side (world, 'a'), TRUE);
  world_settle (world);
  g_assert_true (bk_engine_session_invite_finish (session, bk_test_await (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_INVITATION);
}

/* It does not come back: nobody has heard of the invitation, and who asked hears what they had heard without a
 * connection. */
static void
test_invite_and_stay_away (void)
{
  g_autoptr (World) world = world_new (FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Side *alice = world_side (world, 'a');
  BkEngineSession *session = invite_while_away (world, &result);

  alice->account->hidden = FALSE;
  bk_engine_sessions_account_away (alice->sessions, alice->account);
  g_assert_false (bk_engine_session_invite_finish (session, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_TERMINATED);
  side_set_online (alice, TRUE);
  world_settle (world);
  g_assert_cmpstr (world_side (world, 'b')->log->str, ==, "");
}

/* One that was sent before waits for the connection, however long that is away. */
static void
test_sent_and_away (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');

  world_run (world, "lose-ack a:invite");
  bk_engine_sessions_account_away (alice->sessions, alice->account);
  g_assert_cmpint (alice->current->state, ==, BECKON_SESSION_STATE_INVITATION);
  world_run (world, "a:online");
  g_assert_false (bk_session_is_sending (alice->current));
}

/* An invitation may wait at the network for somebody who is on the way back. That it is void is said at once, and what
 * becomes of it then is of no interest. */
static void
test_cancel_unanswered (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');

  world_run (world, "hold:invite a:invite a:cancel");
  g_assert_cmpuint (world->wire.length, ==, 2);
  world->hold = BK_ENVELOPE_CANCEL;
  world->refuse = BK_ENVELOPE_INVITE;
  world->error = BECKON_ERROR_EXPIRED;
  world_settle (world);
  g_assert_true (bk_session_is_sending (alice->current));
  world->hold = -1;
  world_settle (world);
  g_assert_false (bk_session_is_sending (alice->current));
  g_assert_cmpstr (alice->log->str, ==,
                   "invitation cancelled terminated END(cancelled-local,bye) invite!cancelled >cancel:cancelled-remote");
}

/* ---- words ---- */

static const struct
{
  const char *script;
  const char *alice;
  const char *bob;
} sentences[] = {
  { "a:invite b:decline", "Bob declined.", "You declined." },
  { "a:invite b:cancel", "Bob cancelled.", "You cancelled." },
  { "a:invite +120000", "Bob did not answer in time.", "The invitation from Alice ran out." },
  { "b:missing a:invite b:accept b:decline", "Bob did not install Pipe.", "You declined." },
  { "b:missing a:invite b:accept +1800000", "Bob did not install Pipe in time.", "The invitation from Alice ran out." },
  { "a:invite b:accept a:exit0", "Pipe was closed.", "Alice closed Pipe." },
  { "a:invite b:accept a:exit1", "Pipe ended with an error. It exited with code 1.",
    "Pipe ended with an error where Alice is." },
  { "a:unlaunchable a:invite b:accept", "Pipe could not be started. No such file.",
    "Pipe could not be started where Alice is." },
  { "a:invite b:accept b:sign-out", "Bob signed out.", "You signed out." },
  { "a:invite b:accept b:end-all", "Beckon was restarted where Bob is.", "Beckon was restarted on one side." },
  { "a:invite refuse:accept:answered-elsewhere b:accept", "", "Accepted on another device." },
};

static void
test_sentences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autoptr (World) world = world_new (FALSE);

      g_test_message ("%s", sentences[i].script);
      world_run (world, sentences[i].script);
      g_assert_cmpstr (bk_engine_session_get_result_text (world->sides[0].current), ==, sentences[i].alice);
      g_assert_cmpstr (bk_engine_session_get_result_text (world->sides[1].current), ==, sentences[i].bob);
    }
}

static void
test_timeline (void)
{
  g_autoptr (World) world = world_new (FALSE);

  world_run (world, "a:invite +40 hold:connect b:accept +12 go");
  GPtrArray *timeline = bk_engine_session_get_timeline (world->sides[1].current);
  g_assert_cmpuint (timeline->len, ==, 4);
  g_assert_cmpstr (timeline->pdata[0], ==, "+0 ms invited");
  g_assert_cmpstr (timeline->pdata[1], ==, "+40 ms accepted");
  g_assert_cmpstr (timeline->pdata[2], ==, "+52 ms connected (12 ms after the acceptance)");
  g_assert_cmpstr (timeline->pdata[3], ==, "+52 ms program launched (12 ms after the acceptance)");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

/* ---- how many, how long ---- */

static void
test_forget (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  GListModel *model = G_LIST_MODEL (alice->sessions);

  world_run (world, "a:invite a:cancel");
  g_clear_object (&alice->current);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 2); /* to be forgotten, on either side, and no other */
  bk_fake_clock_advance (world->clock, 10 * 60 * 1000 - 1);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  bk_fake_clock_advance (world->clock, 1);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
test_many_ended (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  GListModel *model = G_LIST_MODEL (alice->sessions);

  for (guint i = 0; i < 300; i++)
    {
      side_create (alice);
      world_run (world, "a:vanish");
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 256);
  g_autoptr (BkEngineSession) first = g_list_model_get_item (model, 0);
  g_assert_cmpuint (bk_engine_session_get_number (first), ==, 300 - 256 + 1);
}

static void
receive_new_invite (Side *side)
{
  g_autofree char *id = bk_guid_new ();
  g_autoptr (BkEnvelope) invite = world_invite_new (id);

  side_receive (side, side_address (side->other), invite, world_now (side->world));
}

static void
test_many_open (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *bob = world_side (world, 'b');
  GListModel *model = G_LIST_MODEL (bob->sessions);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < BK_LIMIT_SESSIONS; i++)
    receive_new_invite (bob);
  world_settle (world);
  g_string_truncate (bob->log, 0);
  receive_new_invite (bob);
  g_assert_true (bk_engine_sessions_is_sending (bob->sessions));
  world_settle (world);
  g_assert_false (bk_engine_sessions_is_sending (bob->sessions));
  g_assert_cmpstr (bob->log->str, ==, ">decline:invitation-declined");
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, BK_LIMIT_SESSIONS);
  g_assert_null (bk_engine_sessions_create (bob->sessions, bob->account, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);

  /* A flood while the connection is away is bounded too. */
  side_set_online (bob, FALSE);
  for (guint i = 0; i < 1000; i++)
    receive_new_invite (bob);
  g_string_truncate (bob->log, 0);
  side_set_online (bob, TRUE);
  world_settle (world);
  g_assert_cmpuint (bob->log->len, ==, 256 * strlen (">decline:invitation-declined ") - 1);
}

static void
count (BkEngineSessions *sessions, guint *counter)
{
  (*counter)++;
}

static void
test_recover (void)
{
  guint settled = 0;
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  Side *bob = world_side (world, 'b');

  world_run (world, "a:invite b:accept");
  g_string_truncate (bob->log, 0);
  g_string_truncate (alice->log, 0);
  side_set_online (bob, FALSE);
  g_autofree char *id = g_strdup (alice->current->id);
  g_clear_object (&bob->current);
  g_assert_finalize_object (bob->sessions); /* as if it had crashed */
  BkEngineSessionsConfig config = { .clock = BK_CLOCK (world->clock),
                                    .launcher = BK_LAUNCHER (bob->launcher),
                                    .opener = BK_OPENER (bob->opener),
                                    .registry = bob->registry,
                                    .history = bob->history };
  bob->sessions = bk_engine_sessions_new (&config);
  g_signal_connect (bob->sessions, "settled", G_CALLBACK (count), &settled);
  bk_engine_sessions_recover (bob->sessions, bob->account, id, ALICE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (bob->sessions)), ==, 0);
  g_assert_cmpuint (side_count_open_in_history (bob), ==, 1);
  world_run (world, "+60000");
  g_assert_cmpuint (settled, ==, 0);
  world_run (world, "b:online");
  g_assert_cmpuint (settled, ==, 1);
  g_assert_cmpstr (bob->log->str, ==, ">end:service-restarted");
  g_assert_cmpstr (alice->log->str, ==, "terminated END(service-restarted,)");
  g_assert_cmpuint (side_count_open_in_history (bob), ==, 0);
}

/* ---- cookies ---- */

static void
test_redeem (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  g_autoptr (GError) error = NULL;

  world_run (world, "a:invite b:accept");
  g_autofree char *cookie = g_strdup (alice->cookie);
  g_assert_null (bk_engine_sessions_redeem_cookie (alice->sessions, "", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (bk_engine_sessions_redeem_cookie (alice->sessions, world->sides[1].cookie, NULL));
  g_assert_null (bk_engine_sessions_redeem_process (alice->sessions, 1, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_assert_true (bk_engine_sessions_redeem_process (alice->sessions, 4711, NULL) == alice->current);
  g_assert_null (bk_engine_sessions_redeem_process (alice->sessions, 4711, NULL));
  g_assert_null (bk_engine_sessions_redeem_cookie (alice->sessions, cookie, NULL));

  world_run (world, "b:cancel"); /* whose cookie was not fetched */
  g_assert_null (bk_engine_sessions_redeem_cookie (world->sides[1].sessions, world->sides[1].cookie, NULL));
}

static guint
count_word (const char *log, const char *word)
{
  guint n = 0;

  for (const char *at = strstr (log, word); at != NULL; at = strstr (at + 1, word))
    n++;
  return n;
}

/* The grant of the program that invites goes with the invitation, as often as that is sent, and with nothing else. */
static void
test_grant (void)
{
  g_autoptr (World) world = world_new (FALSE);
  Side *alice = world_side (world, 'a');
  BkEngineSession *session = side_create (alice);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_engine_session_set_application (session, APP_GUID, NULL));
  world->lose_ack = TRUE;
  bk_engine_session_invite_async (session, BOB, NULL, "9f2c", NULL, NULL, NULL);
  world_settle (world);
  side_set_online (alice, TRUE);
  world_settle (world);
  world_run (world, "b:accept a:context b:context a:cancel");
  g_assert_cmpint (session->state, ==, BECKON_SESSION_STATE_TERMINATED);
  g_assert_cmpuint (count_word (alice->log->str, "+9f2c"), ==, 2);
  g_assert_cmpuint (count_word (alice->log->str, "invite+9f2c"), ==, 2);
  g_assert_cmpuint (count_word (world->sides[1].log->str, "+"), ==, 0);

  session = side_create (alice);
  g_assert_true (bk_engine_session_set_application (session, APP_GUID, NULL));
  world->refuse = BK_ENVELOPE_INVITE;
  world->error = BECKON_ERROR_API_LOCKED;
  bk_engine_session_invite_async (session, BOB, NULL, "old", NULL, bk_test_store_result, &result);
  world_settle (world);
  g_assert_false (bk_engine_session_invite_finish (session, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_API_LOCKED);
  g_assert_cmpint (session->result, ==, BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strconcat ("/session/scenario/", scenarios[i].name, NULL);
      g_test_add_data_func (path, &scenarios[i], run_scenario);
    }
  g_test_add_func ("/session/entries", test_entries);
  g_test_add_func ("/session/message", test_message);
  g_test_add_func ("/session/crossing", test_crossing);
  g_test_add_func ("/session/invite-checks", test_invite_checks);
  g_test_add_func ("/session/app-data-limits", test_app_data_limits);
  g_test_add_func ("/session/configure", test_configure);
  g_test_add_func ("/session/context-limits", test_context_limits);
  g_test_add_func ("/session/context-for-others", test_context_for_others);
  g_test_add_func ("/session/order", test_order);
  g_test_add_func ("/session/invite-while-away", test_invite_while_away);
  g_test_add_func ("/session/invite-and-stay-away", test_invite_and_stay_away);
  g_test_add_func ("/session/sent-and-away", test_sent_and_away);
  g_test_add_func ("/session/cancel-unanswered", test_cancel_unanswered);
  g_test_add_func ("/session/sentences", test_sentences);
  g_test_add_func ("/session/timeline", test_timeline);
  g_test_add_func ("/session/forget", test_forget);
  g_test_add_func ("/session/many-ended", test_many_ended);
  g_test_add_func ("/session/many-open", test_many_open);
  g_test_add_func ("/session/recover", test_recover);
  g_test_add_func ("/session/redeem", test_redeem);
  g_test_add_func ("/session/grant", test_grant);
  return g_test_run ();
}
