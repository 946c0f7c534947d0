/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program of a session: who starts it, how it gets its session, how its end becomes the session's. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

/* A program that crashes leaves the bus a moment before its exit status is known. */
#define GRACE_MS 500

gboolean
bk_session_is_launching (BkEngineSession *self)
{
  return self->world->sessions != NULL && self->state == BECKON_SESSION_STATE_CONNECTED;
}

static void
on_program_ended (BkProgram *program, gboolean failed, const char *reason, BkEngineSession *self)
{
  g_clear_signal_handler (&self->program_handler, program); /* nothing is left to be stopped */
  if (bk_session_hosted_ended (self, reason))
    return;
  bk_session_end (self, BK_LIFE_PROGRAM_ENDED,
                  failed ? BECKON_SESSION_RESULT_APPLICATION_FAILED : BECKON_SESSION_RESULT_ENDED, reason);
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkProgram) program = bk_launcher_launch_finish (BK_LAUNCHER (source), result, &error);

  if (!bk_session_is_launching (self))
    {
      if (program != NULL)
        bk_program_stop (program, FALSE); /* too late: its cookie opens nothing */
      return;
    }
  if (program == NULL)
    {
      bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, error->message);
      return;
    }
  self->program = g_steal_pointer (&program);
  self->program_handler = g_signal_connect (self->program, "ended", G_CALLBACK (on_program_ended), self);
  bk_session_note (self, _("program launched"));
  bk_session_changed (self, "Log");
  if (bk_session_is_hosted (self))
    bk_session_hosted_launched (self);
}

void
bk_session_start_program (BkEngineSession *self, const BkLaunch *launch)
{
  bk_launcher_launch_async (self->world->launcher, launch, self->asking, on_launched, g_object_ref (self));
}

static void
fresh_cookie (BkEngineSession *self)
{
  g_free (self->cookie);
  self->cookie = bk_token_new ();
}

void
bk_session_launch_program (BkEngineSession *self)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);
  const char *reason = _("The program is not registered any more.");

  if (application == NULL || !bk_engine_application_is_present (application, &reason))
    {
      bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, reason);
      return;
    }
  if (bk_engine_application_get_host_argv (application) != NULL || self->host != 0)
    {
      bk_session_launch_hosted (self, application);
      return;
    }
  fresh_cookie (self);
  BkHostLaunch outside = { .registration = bk_engine_application_get_path (application) };
  BkLaunch launch = { .session = self->id,
                      .invitee = self->role == BK_ROLE_INVITEE,
                      .name = bk_engine_application_get_name (application),
                      .argv = bk_engine_application_get_argv (application),
                      .cookie = self->cookie,
                      .bus_name = bk_engine_application_get_bus_name (application),
                      .host = bk_engine_application_is_on_host (application) ? &outside : NULL };
  bk_session_start_program (self, &launch);
}

/* It said yes and never came: nobody has the session. */
static void
on_not_fetched (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_GRACE] = 0;
  if (self->owner == NULL)
    bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED,
                    _("The running program did not take the session."));
}

static void
on_handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  gboolean taken = bk_peers_finish (BK_PEERS (source), result);

  if (!bk_session_is_launching (self))
    return;
  if (!taken && self->owner == NULL)
    {
      bk_session_launch_program (self);
      return;
    }
  if (self->owner == NULL)
    bk_session_start_timer (self, BK_SESSION_TIMER_GRACE, BK_TIMEOUT_FETCH_S * 1000, on_not_fetched);
  bk_session_note (self, _("handed to the running program"));
}

static void
hand_over (BkEngineSession *self)
{
  if (self->world->peers == NULL)
    {
      bk_session_launch_program (self);
      return;
    }
  fresh_cookie (self);
  bk_peers_launch_session_async (self->world->peers, self->application, self->number, self->cookie, self->asking,
                                 on_handed_over, g_object_ref (self));
}

static void
on_before_launch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  gboolean enabled = bk_peers_finish (BK_PEERS (source), result);

  if (!bk_session_is_launching (self))
    return;
  if (!enabled)
    {
      bk_session_note (self, _("a running program handles the session: nothing is launched"));
      bk_session_release_context (self);
    }
  else if (bk_session_is_hosted (self))
    bk_session_launch_program (self);
  else if (self->owner == NULL)
    hand_over (self);
}

static void
launch (BkEngineSession *self)
{
  if (self->transfer != NULL)
    bk_session_start_transfer (self);
  else if (self->owner != NULL && !bk_session_is_hosted (self)) /* else it belongs to another program, as a lobby */
    bk_session_note (self, _("the program runs already"));
  else if (self->account == NULL)
    bk_session_launch_program (self); /* a trial is to show that the program can be launched */
  else if (self->world->peers != NULL)
    bk_peers_before_launch_async (self->world->peers, self->application, self->number, self->asking, on_before_launch,
                                  g_object_ref (self));
  else if (bk_session_is_hosted (self))
    bk_session_launch_program (self);
  else
    hand_over (self);
}

/* Nothing is in the way any more: on with the program. */
void
bk_session_launch (BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!bk_session_is_launching (self))
    return;
  g_signal_emit_by_name (self, "ready-to-launch");
  if (bk_session_is_launching (self))
    launch (self);
}

/* Both sides are ready, told by @event: CONNECTED. Where the channel is required, the program waits for it. */
void
bk_session_connected (BkEngineSession *self, BkLifeEvent event)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!bk_session_move (self, event, NULL, NULL) || !bk_session_is_launching (self))
    return;
  bk_session_start_channel (self);
  if (!bk_session_awaits_channel (self))
    bk_session_launch (self);
}

static void
on_still_there (gpointer user_data)
{
  BkEngineSession *self = user_data;

  self->timers[BK_SESSION_TIMER_STOP] = 0;
  bk_program_stop (self->program, TRUE);
}

/* The session is over, and with it the launch. A program that knows of the session is told and decides for itself; one
 * that does not is stopped, in the end also against its will: nobody would know that it is still there. */
void
bk_session_launch_over (BkEngineSession *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_pointer (&self->cookie, g_free);
  if (self->program_handler == 0)
    return;
  g_clear_signal_handler (&self->program_handler, self->program);
  if ((self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0)
    {
      bk_program_stop (self->program, FALSE);
      bk_session_start_timer (self, BK_SESSION_TIMER_STOP, BK_TIMEOUT_STOP_S * 1000, on_still_there);
    }
}

static void
on_grace_over (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_GRACE] = 0;
  bk_session_end (self, BK_LIFE_PROGRAM_ENDED, BECKON_SESSION_RESULT_ENDED, NULL);
}

/* An invitation that the program answered goes back to the user, an accepted one is launched. */
static void
give_back (BkEngineSession *self)
{
  if (self->question == BK_QUESTION_TAKEN)
    bk_session_ask_user (self);
}

void
bk_engine_session_owner_vanished (BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (self->world->sessions == NULL)
    return;
  g_clear_pointer (&self->owner, g_free);
  switch (self->state)
    {
    case BECKON_SESSION_STATE_READY:
      bk_session_end (self, BK_LIFE_PROGRAM_ENDED, BECKON_SESSION_RESULT_ENDED, NULL);
      break;
    case BECKON_SESSION_STATE_INVITATION:
    case BECKON_SESSION_STATE_ACCEPTED:
      if (self->role == BK_ROLE_INVITER)
        bk_engine_session_cancel (self, BECKON_SESSION_RESULT_NONE, NULL, NULL);
      else
        give_back (self);
      break;
    case BECKON_SESSION_STATE_CONNECTED:
      if (bk_session_is_hosted (self))
        break; /* its own programs go on */
      if (self->program != NULL)
        bk_session_start_timer (self, BK_SESSION_TIMER_GRACE, GRACE_MS, on_grace_over);
      else
        bk_session_end (self, BK_LIFE_PROGRAM_ENDED, BECKON_SESSION_RESULT_ENDED, NULL);
      break;
    case BECKON_SESSION_STATE_UNKNOWN:
    case BECKON_SESSION_STATE_CANCELLED:
    case BECKON_SESSION_STATE_DECLINED:
    case BECKON_SESSION_STATE_TERMINATED:
      break;
    }
}
