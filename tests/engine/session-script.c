/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words in which the tests tell what happens to alice and bob. */
#include "session-standins.h"
#include "session-world.h"

#include <string.h>

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (bk_engine_session_invite_finish (BK_ENGINE_SESSION (source), result, &error))
    side_log (user_data, "invited");
  else
    side_log (user_data, "invite!%s", beckon_error_to_nick (error->code));
}

static void
do_create (Side *side)
{
  g_autoptr (GError) error = NULL;
  BkEngineSession *session = bk_engine_sessions_create (side->sessions, side->account, side->owner, &error);

  g_assert_no_error (error);
  g_assert_true (session == side->current);
  g_assert_true (bk_engine_session_set_application (session, APP_GUID, &error));
}

static void
do_invite (Side *side)
{
  do_create (side);
  bk_engine_session_invite_async (side->current, side_address (side->other), "hi", NULL, NULL, on_invited, side);
}

static void
do_pick (Side *side)
{
  BkPick pick = { .caller = ":1.5", .window = "x11:1a", .app_data = "hi" };

  if (side->current == NULL)
    do_create (side);
  bk_engine_session_invite_with_picker_async (side->current, &pick, NULL, on_invited, side);
}

static void
do_verb (Side *side, const char *verb)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (verb, "accept"))
    bk_engine_session_accept (side->current, "yes", &error);
  else if (g_str_equal (verb, "decline"))
    bk_engine_session_decline (side->current, "no", &error);
  else if (g_str_equal (verb, "cancel"))
    bk_engine_session_cancel (side->current, BECKON_SESSION_RESULT_NONE, "bye", &error);
  else if (g_str_equal (verb, "context"))
    bk_engine_session_send_context_data (side->current, "data", &error);
  else if (g_str_equal (verb, "application"))
    bk_engine_session_set_application (side->current, APP_GUID, &error);
  else if (g_str_equal (verb, "choose"))
    bk_engine_session_answer_pick (side->current, side_address (side->other), &error);
  else if (g_str_equal (verb, "choose-nobody"))
    bk_engine_session_answer_pick (side->current, "", &error);
  else if (g_str_equal (verb, "choose-carol"))
    bk_engine_session_answer_pick (side->current, CAROL, &error);
  else if (g_str_equal (verb, "choose-self"))
    bk_engine_session_answer_pick (side->current, side->name, &error);
  else
    g_error ("There is no verb “%s”", verb);
  if (error != NULL)
    side_log (side, "!%s", beckon_error_to_nick (error->code));
}

static void
do_redeem (Side *side, gboolean reads)
{
  g_autoptr (GError) error = NULL;
  BkEngineSession *session = bk_engine_sessions_redeem_cookie (side->sessions, side->cookie, &error);

  if (session != NULL)
    {
      bk_engine_session_set_owner (session, ":1.9");
      if (reads)
        bk_engine_session_was_read (session);
    }
  else
    side_log (side, "!%s", beckon_error_to_nick (error->code));
}

static void
do_channel (Side *side, const char *command)
{
  if (g_str_equal (command, "required"))
    side->registry->application->channel = BK_CHANNEL_REQUIRED;
  else if (g_str_equal (command, "none"))
    side->registry->application->channel = BK_CHANNEL_NONE;
  else if (g_str_equal (command, "impossible"))
    side->channels->refusal = "No certificate could be made.";
  else if (g_str_equal (command, "direct"))
    fake_channel_confirm (side_channel (side), BECKON_CHANNEL_PATH_DIRECT);
  else if (g_str_equal (command, "relay"))
    fake_channel_confirm (side_channel (side), BECKON_CHANNEL_PATH_RELAY);
  else if (g_str_equal (command, "lost"))
    fake_channel_set_path (side_channel (side), BECKON_CHANNEL_PATH_LOST, "Nothing has been heard for 8 seconds.");
  else if (g_str_equal (command, "found"))
    fake_channel_set_path (side_channel (side), BECKON_CHANNEL_PATH_DIRECT, "");
  else if (g_str_equal (command, "broken"))
    fake_channel_break (side_channel (side), BECKON_SESSION_RESULT_CONNECTION_FAILURE, "No way was found.");
  else if (g_str_equal (command, "wrong"))
    fake_channel_break (side_channel (side), BECKON_SESSION_RESULT_AUTHENTICATION_FAILED,
                        "The certificate is another one.");
  else if (g_str_equal (command, "full"))
    side_channel (side)->full = TRUE;
  else if (g_str_equal (command, "room"))
    side_channel (side)->full = FALSE;
  else if (g_str_equal (command, "candidate"))
    fake_channel_emit_transport (side_channel (side), 1, "candidate:1 1 UDP 2130706431 192.0.2.7 40000 typ host");
  else if (g_str_equal (command, "offer"))
    bk_channel_emit_offered (BK_CHANNEL (side_channel (side)), "board", FALSE);
  else
    g_error ("There is no command “channel-%s”", command);
}

static void
do_side (Side *side, const char *command)
{
  if (g_str_equal (command, "create"))
    do_create (side);
  else if (g_str_equal (command, "invite"))
    do_invite (side);
  else if (g_str_equal (command, "pick"))
    do_pick (side);
  else if (g_str_equal (command, "reinvite"))
    bk_engine_session_invite_async (side->current, side_address (side->other), "hi", NULL, NULL, on_invited, side);
  else if (g_str_equal (command, "own"))
    side->owner = ":1.5";
  else if (g_str_equal (command, "offline"))
    side_set_online (side, FALSE);
  else if (g_str_equal (command, "online"))
    side_set_online (side, TRUE);
  else if (g_str_equal (command, "missing"))
    side_set_present (side, FALSE);
  else if (g_str_equal (command, "install"))
    side_set_present (side, TRUE);
  else if (g_str_equal (command, "no-program"))
    side_set_program (side, FALSE);
  else if (g_str_equal (command, "program"))
    side_set_program (side, TRUE);
  else if (g_str_equal (command, "vanish"))
    bk_engine_session_owner_vanished (side->current);
  else if (g_str_equal (command, "redeem"))
    do_redeem (side, TRUE);
  else if (g_str_equal (command, "redeem-only"))
    do_redeem (side, FALSE);
  else if (g_str_equal (command, "exit0"))
    bk_program_emit_ended (side->program, FALSE, NULL);
  else if (g_str_equal (command, "exit1"))
    bk_program_emit_ended (side->program, TRUE, "It exited with code 1.");
  else if (g_str_equal (command, "sign-out"))
    bk_engine_sessions_account_signed_out (side->sessions, side->account);
  else if (g_str_equal (command, "end-all"))
    bk_engine_sessions_end_all (side->sessions, BECKON_SESSION_RESULT_SERVICE_RESTARTED);
  else if (g_str_equal (command, "accepted-elsewhere"))
    side_receive_elsewhere (side, side->current->id, BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE);
  else if (g_str_equal (command, "declined-elsewhere"))
    side_receive_elsewhere (side, side->current->id, BECKON_SESSION_RESULT_DECLINED_ELSEWHERE);
  else if (g_str_equal (command, "allow"))
    side->account->allowed = TRUE;
  else if (g_str_equal (command, "busy"))
    side->account->wanted = BECKON_STATUS_BUSY;
  else if (g_str_equal (command, "lock"))
    fake_seat_set (side->seat, TRUE, FALSE);
  else if (g_str_equal (command, "unlock"))
    fake_seat_set (side->seat, FALSE, FALSE);
  else if (g_str_equal (command, "handles"))
    side->handles = TRUE;
  else if (g_str_equal (command, "takes"))
    side->takes = TRUE;
  else if (g_str_equal (command, "refrains"))
    side->refrains = TRUE;
  else if (g_str_has_prefix (command, "channel-"))
    do_channel (side, command + strlen ("channel-"));
  else if (g_str_equal (command, "unlaunchable"))
    side->launch_error = "No such file.";
  else
    do_verb (side, command);
}

static int
kind_from_nick (const char *nick)
{
  for (int kind = 0; kind < BK_N_ENVELOPE_KINDS; kind++)
    if (g_str_equal (bk_envelope_kind_to_nick (kind), nick))
      return kind;
  return -1;
}

/* "a:…" and "b:…" happen to alice and bob; "+120000" lets time pass; "hold:accept", "go", "refuse:accept:expired",
 * "lose-ack" are about the network. After each word everything settles. */
void
world_run (World *world, const char *script)
{
  g_auto (GStrv) words = g_strsplit (script, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], ":", -1);

      if (*words[i] == '\0')
        continue;
      if (g_str_has_prefix (words[i], "+"))
        bk_fake_clock_advance (world->clock, (guint) g_ascii_strtoull (words[i] + 1, NULL, 10));
      else if (g_str_equal (parts[0], "hold"))
        world->hold = kind_from_nick (parts[1]);
      else if (g_str_equal (words[i], "hold-channels"))
        world->hold_channels = TRUE;
      else if (g_str_equal (words[i], "go-channels"))
        world->hold_channels = FALSE;
      else if (g_str_equal (words[i], "go"))
        world->hold = world->refuse = -1;
      else if (g_str_equal (words[i], "lose-ack"))
        world->lose_ack = TRUE;
      else if (g_str_equal (parts[0], "refuse"))
        {
          world->refuse = kind_from_nick (parts[1]);
          g_assert_true (beckon_error_from_nick (parts[2], &world->error));
        }
      else if (parts[1] != NULL)
        do_side (world_side (world, *parts[0]), parts[1]);
      else
        g_error ("There is no command “%s”", words[i]);
      world_settle (world);
    }
}
