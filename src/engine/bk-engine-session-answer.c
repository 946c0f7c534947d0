/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invitee's side of an invitation: who is asked, and the answer. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

/* ---- the question ---- */

/* Nobody is asked who has answered for good. */
void
bk_session_ask_user (BkEngineSession *self)
{
  if (bk_session_accept_allowed (self))
    return;
  self->question = BK_QUESTION_SHOWN;
  bk_session_changed (self, "Asking");
  bk_engine_sessions_emit (self->world->sessions, "invitation", self);
}

static void
on_offered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  gboolean handled = bk_peers_finish (BK_PEERS (source), result);

  if (self->world->sessions == NULL || self->question != BK_QUESTION_OFFERED)
    return;
  if (handled)
    self->question = BK_QUESTION_TAKEN;
  else
    bk_session_ask_user (self);
}

/* Asks an attached program of the application, else the user. */
void
bk_session_ask (BkEngineSession *self)
{
  if (self->world->peers == NULL || self->transfer != NULL)
    {
      bk_session_ask_user (self);
      return;
    }
  self->question = BK_QUESTION_OFFERED;
  bk_peers_offer_invitation_async (self->world->peers, self->application, self->number,
                                   self->app_data != NULL ? self->app_data : "", self->asking, on_offered,
                                   g_object_ref (self));
}

/* The question is answered or pointless: dialog and notification are withdrawn. */
void
bk_session_question_over (BkEngineSession *self)
{
  gboolean shown = self->question == BK_QUESTION_SHOWN;

  self->question = BK_QUESTION_NONE;
  if (!shown)
    return;
  bk_session_changed (self, "Asking");
  if (self->world->sessions != NULL)
    bk_engine_sessions_emit (self->world->sessions, "invitation-over", self);
}

/* @owner: bus name of the program that holds the session from now on. One that takes over an invitation which is still
 * open answers it instead of the user. */
void
bk_engine_session_set_owner (BkEngineSession *self, const char *owner)
{
  char *old = self->owner;

  self->owner = g_strdup (owner);
  g_free (old);
  if (owner != NULL)
    bk_session_program_came (self);
  if (owner == NULL || self->question == BK_QUESTION_NONE)
    return;
  bk_session_question_over (self);
  self->question = BK_QUESTION_TAKEN;
}

/* ---- the answer ---- */

static gboolean
answer (BkEngineSession *self, BkLifeEvent event, const BkMove *move, GError **error)
{
  if (!bk_session_move (self, event, move, error))
    return FALSE;
  if (self->account != NULL) /* a trial is part of no conversation */
    bk_engine_account_answered_session (self->account, self->user, self->id);
  return TRUE;
}

/* Accepts: whatever has to be there for it is there. */
gboolean
bk_session_accept_now (BkEngineSession *self, BkLifeEvent event, GError **error)
{
  if (!bk_session_can (self, event, error))
    return FALSE;
  bk_session_read_registration (self);
  bk_session_make_channel (self);
  g_autoptr (BkEnvelope) accept = bk_session_envelope (self, BK_ENVELOPE_ACCEPT, self->accept_data);
  BkMove move = { .send = accept };
  if (self->installing)
    {
      self->installing = FALSE;
      bk_session_changed (self, "Installing");
    }
  return answer (self, event, &move, error);
}

/* An invitation to something else than what is registered here comes to nothing, and both sides learn why. */
static gboolean
refuse_mismatch (BkEngineSession *self, GError **error)
{
  g_autoptr (GError) mismatch = NULL;

  if (bk_session_check_hosting (self, &mismatch))
    return FALSE;
  bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED, mismatch->message);
  g_propagate_error (error, g_steal_pointer (&mismatch));
  return TRUE;
}

static void
on_notice_over (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_NOTICE] = 0;
  if (bk_session_is_application_present (self) && !refuse_mismatch (self, NULL))
    bk_session_accept_now (self, BK_LIFE_INSTALLED, NULL);
}

/* An application was registered: if it is the one that this session waits for, it goes on after a last chance to
 * cancel. */
void
bk_session_application_registered (BkEngineSession *self)
{
  if (!self->installing || self->timers[BK_SESSION_TIMER_NOTICE] != 0
      || !bk_session_can (self, BK_LIFE_INSTALLED, NULL) || !bk_session_is_application_present (self))
    return;

  bk_session_read_registration (self);
  bk_session_start_timer (self, BK_SESSION_TIMER_NOTICE, BK_TIMEOUT_INSTALLED_NOTICE_S * 1000, on_notice_over);
  g_autofree char *user = bk_session_dup_user_name (self);
  g_autofree char *text = g_strdup_printf (_("%s is installed and starts with %s in a moment."),
                                           bk_engine_session_get_application_name (self), user);
  bk_engine_sessions_emit_notice (self->world->sessions, "installed", text, self);
}

static gboolean
wait_for_application (BkEngineSession *self, GError **error)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!bk_session_can (self, BK_LIFE_ACCEPT_MISSING, error))
    return FALSE;
  if (self->installing)
    return TRUE; /* asked again: the page is open already */

  g_autoptr (BkEnvelope) not_present = bk_session_envelope (self, BK_ENVELOPE_NOT_PRESENT, NULL);
  BkMove move = { .send = not_present };
  self->installing = TRUE;
  bk_session_start_deadline (self, BK_TIMEOUT_INSTALL_S * 1000);
  bk_session_move (self, BK_LIFE_ACCEPT_MISSING, &move, NULL);
  bk_session_note (self, _("accepted, but the application is missing"));
  bk_session_changed (self, "Installing");
  bk_session_question_over (self);
  if (self->state == BECKON_SESSION_STATE_INVITATION)
    g_signal_emit_by_name (self, "app-not-present", bk_engine_session_get_application_name (self),
                           self->application_url != NULL ? self->application_url : "");
  if (self->state == BECKON_SESSION_STATE_INVITATION && bk_url_is_web (self->application_url))
    bk_opener_open (self->world->opener, self->application_url);
  return TRUE;
}

gboolean
bk_engine_session_accept (BkEngineSession *self, const char *app_data, GError **error)
{
  if (!bk_session_can (self, BK_LIFE_ACCEPT, error) || !bk_session_check_app_data (app_data, error))
    return FALSE;

  if (self->transfer != NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "A file is accepted into a folder");
      return FALSE;
    }
  g_free (self->accept_data);
  self->accept_data = g_strdup (app_data);
  if (self->owner == NULL && !bk_session_is_application_present (self))
    {
      bk_engine_registry_refresh (self->world->registry, self->application);
      return wait_for_application (self, error);
    }
  if (refuse_mismatch (self, error))
    return FALSE;
  return bk_session_accept_now (self, BK_LIFE_ACCEPT, error);
}

gboolean
bk_engine_session_decline (BkEngineSession *self, const char *app_data, GError **error)
{
  if (!bk_session_can (self, BK_LIFE_DECLINE, error) || !bk_session_check_app_data (app_data, error))
    return FALSE;

  BeckonSessionResult reason
    = self->installing ? BECKON_SESSION_RESULT_APP_NOT_PRESENT : BECKON_SESSION_RESULT_INVITATION_DECLINED;
  g_autoptr (BkEnvelope) decline = bk_session_envelope_over (self, BK_ENVELOPE_DECLINE, reason, app_data);
  BkMove move = { .result = BECKON_SESSION_RESULT_INVITATION_DECLINED, .data = app_data, .send = decline };
  return answer (self, BK_LIFE_DECLINE, &move, error);
}
