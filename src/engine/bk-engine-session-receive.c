/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other side says. None of it is trusted: whatever makes no sense in this state is passed over. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

/* ---- invitations ---- */

static void
read_invite (BkEngineSession *self, const BkEnvelope *invite)
{
  self->application = g_strdup (invite->app_guid);
  self->app_data = g_strdup (invite->data);
  self->context_data = g_strdup (invite->data);
  if (invite->message != NULL && *invite->message != '\0'
      && bk_text_is_valid (invite->message, BK_LIMIT_INVITE_MESSAGE, TRUE))
    self->message = g_strdup (invite->message);
  if (g_str_equal (invite->app_guid, BK_GUID_FILE))
    {
      bk_session_read_offer (self, invite);
      return;
    }
  if (bk_text_is_valid (invite->app_name, BK_LIMIT_APP_NAME, FALSE))
    self->application_name = g_strdup (invite->app_name);
  if (bk_url_is_web (invite->app_url))
    self->application_url = g_strdup (invite->app_url);
  bk_session_read_invited_hosting (self, invite);
  bk_session_read_registration (self);
}

/* Who vouches for it has not signed it: nobody is asked, and the other side learns of it. */
static void
fail_authentication (BkEngineSession *self)
{
  bk_session_end (self, BK_LIFE_CHANNEL_FAILED, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED, NULL);
}

/* Returns a session in state INVITATION, made from the invitation in @event. The inviter is told that it rings; or it
 * is over at once, because its signature is wrong. */
BkEngineSession *
bk_session_new_received (BkSessionWorld *world, BkEngineAccount *account, const BkBackendEvent *event, guint number)
{
  BkEngineSession *self = bk_session_new (world, account, event->envelope->session, BK_ROLE_INVITEE, number);

  self->user = g_strdup (event->who);
  self->deadline_ms = event->envelope->ttl * 1000;
  read_invite (self, event->envelope);
  gboolean authentic = bk_session_authenticate (self, event->envelope);
  g_autoptr (BkEnvelope) ringing = bk_session_envelope (self, BK_ENVELOPE_RINGING, NULL);
  BkMove move = { .send = authentic ? ringing : NULL };
  bk_session_move (self, BK_LIFE_RECEIVE_INVITE, &move, NULL);
  if (!authentic)
    fail_authentication (self);
  else if (!bk_session_check_offer (self))
    bk_session_end (self, BK_LIFE_LAUNCH_FAILED, BECKON_SESSION_RESULT_PROTOCOL_ERROR, NULL);
  return self;
}

/* ---- what comes while the session is open ---- */

static void
receive_ringing (BkEngineSession *self)
{
  if (self->ringing || !bk_session_move (self, BK_LIFE_REMOTE_RINGING, NULL, NULL))
    return;
  self->ringing = TRUE;
  bk_session_note (self, _("it rings there"));
  bk_session_changed (self, "Ringing");
}

static void
receive_not_present (BkEngineSession *self)
{
  if (self->installing || !bk_session_move (self, BK_LIFE_REMOTE_NOT_PRESENT, NULL, NULL))
    return;
  self->installing = TRUE;
  bk_session_start_deadline (self, BK_TIMEOUT_INSTALL_S * 1000);
  bk_session_note (self, _("the application is missing there"));
  bk_session_changed (self, "Installing");
  g_signal_emit_by_name (self, "app-not-present", bk_engine_session_get_application_name (self),
                         self->application_url != NULL ? self->application_url : "");

  g_autofree char *user = bk_session_dup_user_name (self);
  g_autofree char *text = g_strdup_printf (_("%s is installing %s."), user,
                                           bk_engine_session_get_application_name (self));
  if (self->state == BECKON_SESSION_STATE_INVITATION && self->world->sessions != NULL)
    bk_engine_sessions_emit_notice (self->world->sessions, "installing", text, self);
}

static void
receive_accept (BkEngineSession *self, const BkEnvelope *accept)
{
  if (!bk_session_can (self, BK_LIFE_REMOTE_ACCEPT, NULL))
    return;
  if (!bk_session_authenticate (self, accept))
    {
      fail_authentication (self);
      return;
    }

  g_autoptr (BkEnvelope) connect = bk_session_envelope (self, BK_ENVELOPE_CONNECT, NULL);
  BkMove move = { .send = connect };
  self->peer_address = g_strdup (accept->address);
  self->installing = FALSE;
  bk_session_move (self, BK_LIFE_REMOTE_ACCEPT, &move, NULL);
  if (self->state == BECKON_SESSION_STATE_ACCEPTED)
    bk_session_emit_data (self, "accepted", accept->data);
}

static void
receive_connect (BkEngineSession *self, const BkEnvelope *connect)
{
  if (!bk_session_can (self, BK_LIFE_REMOTE_CONNECT, NULL))
    return;
  self->peer_address = g_strdup (connect->address);
  bk_session_connected (self, BK_LIFE_REMOTE_CONNECT);
}

/* Only who has got our connect can say what the other side says now: it arrived, though the acknowledgement was lost
 * with the connection, or is still on its way. */
static void
infer_connected (BkEngineSession *self)
{
  if (self->state == BECKON_SESSION_STATE_ACCEPTED && bk_session_has_tried (self, BK_ENVELOPE_CONNECT))
    bk_session_connected (self, BK_LIFE_CONNECT_ACKNOWLEDGED);
}

static void
receive_context (BkEngineSession *self, const BkEnvelope *context)
{
  infer_connected (self);
  if (bk_session_can (self, BK_LIFE_REMOTE_CONTEXT, NULL))
    bk_session_order_context (self, context);
}

static void
receive_transport (BkEngineSession *self, const BkEnvelope *transport)
{
  infer_connected (self);
  if (self->state == BECKON_SESSION_STATE_CONNECTED)
    bk_session_receive_transport (self, transport);
}

/* ---- the end, as the other side sees it ---- */

static void
receive_decline (BkEngineSession *self, const BkEnvelope *decline)
{
  BkMove move = { .result = BECKON_SESSION_RESULT_INVITATION_DECLINED, .remote = TRUE, .data = decline->data };

  if (decline->reason == BECKON_SESSION_RESULT_APP_NOT_PRESENT)
    move.result = decline->reason;
  bk_session_move (self, BK_LIFE_REMOTE_DECLINE, &move, NULL);
}

/* Reasons that only this side could know are not believed. */
static BeckonSessionResult
believe (BeckonSessionResult reason, BeckonSessionResult otherwise)
{
  switch (reason)
    {
    case BECKON_SESSION_RESULT_APPLICATION_LAUNCH_FAILED:
    case BECKON_SESSION_RESULT_CONNECTION_FAILURE:
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
    case BECKON_SESSION_RESULT_CANCELLED_REMOTE:
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
    case BECKON_SESSION_RESULT_TIMEOUT:
    case BECKON_SESSION_RESULT_APP_NOT_PRESENT:
    case BECKON_SESSION_RESULT_SUPERSEDED:
    case BECKON_SESSION_RESULT_ENDED:
    case BECKON_SESSION_RESULT_APPLICATION_FAILED:
    case BECKON_SESSION_RESULT_SIGNED_OUT:
    case BECKON_SESSION_RESULT_SERVICE_RESTARTED:
      return reason;
    case BECKON_SESSION_RESULT_NONE:
    case BECKON_SESSION_RESULT_INVITATION_DECLINED:
    case BECKON_SESSION_RESULT_CANCELLED_LOCAL:
    case BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE:
    case BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE:
    case BECKON_SESSION_RESULT_DECLINED_ELSEWHERE:
      return otherwise;
    }
  return otherwise;
}

static void
receive_cancel (BkEngineSession *self, const BkEnvelope *cancel)
{
  BkMove move = { .result = believe (cancel->reason, BECKON_SESSION_RESULT_CANCELLED_REMOTE),
                  .remote = TRUE,
                  .data = cancel->data };
  BkLifeEvent event = BK_LIFE_REMOTE_CANCEL;

  /* The timer ran out there, or the two invitations crossed: nobody pressed Cancel. */
  if (move.result == BECKON_SESSION_RESULT_TIMEOUT && bk_session_can (self, BK_LIFE_ANSWER_TIMEOUT, NULL))
    event = BK_LIFE_ANSWER_TIMEOUT;
  if (move.result == BECKON_SESSION_RESULT_SUPERSEDED && bk_session_can (self, BK_LIFE_SUPERSEDE, NULL))
    event = BK_LIFE_SUPERSEDE;
  bk_session_move (self, event, &move, NULL);
}

static void
receive_plain_end (BkEngineSession *self, const BkEnvelope *end)
{
  g_autofree char *detail = self->transfer != NULL ? bk_session_dup_transfer_detail (self, end)
                                                   : bk_session_dup_hosted_detail (self, end);
  BkMove move = { .result = believe (end->reason, BECKON_SESSION_RESULT_PROTOCOL_ERROR),
                  .remote = TRUE,
                  .detail = detail,
                  .data = detail == NULL ? end->data : NULL };

  bk_session_move (self, BK_LIFE_REMOTE_END, &move, NULL);
}

/* Everything that was said before @end is here. */
void
bk_session_receive_end (BkEngineSession *self, const BkEnvelope *end)
{
  if (end->kind == BK_ENVELOPE_CANCEL)
    receive_cancel (self, end);
  else
    receive_plain_end (self, end);
}

/* @envelope has passed the checks of the wire, is of this session and from its other side. */
void
bk_session_receive (BkEngineSession *self, const BkEnvelope *envelope)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  g_debug ("Session %s in %s: %s came", self->id, beckon_session_state_to_nick (self->state),
           bk_envelope_kind_to_nick (envelope->kind));
  switch (envelope->kind)
    {
    case BK_ENVELOPE_INVITE:
      /* Seen before. It comes again when the disk was full: then it is not written down either. */
      if (self->state == BECKON_SESSION_STATE_INVITATION)
        bk_session_write_entry (self);
      break;
    case BK_ENVELOPE_RINGING:
      receive_ringing (self);
      break;
    case BK_ENVELOPE_NOT_PRESENT:
      receive_not_present (self);
      break;
    case BK_ENVELOPE_ACCEPT:
      receive_accept (self, envelope);
      break;
    case BK_ENVELOPE_CONNECT:
      receive_connect (self, envelope);
      break;
    case BK_ENVELOPE_TRANSPORT:
      receive_transport (self, envelope);
      break;
    case BK_ENVELOPE_HOSTING:
      bk_session_receive_hosting (self);
      break;
    case BK_ENVELOPE_CONTEXT:
      receive_context (self, envelope);
      break;
    case BK_ENVELOPE_DECLINE:
      receive_decline (self, envelope);
      break;
    case BK_ENVELOPE_CANCEL:
    case BK_ENVELOPE_END:
      if (!bk_session_order_end (self, envelope))
        bk_session_receive_end (self, envelope);
      break;
    }
}

/* Another invitation, which crossed this one, is used instead. */
void
bk_session_supersede (BkEngineSession *self)
{
  g_autoptr (BkEnvelope) cancel
    = bk_session_envelope_over (self, BK_ENVELOPE_CANCEL, BECKON_SESSION_RESULT_SUPERSEDED, NULL);
  BkMove move = { .result = BECKON_SESSION_RESULT_SUPERSEDED,
                  .send = self->role == BK_ROLE_INVITER ? cancel : NULL };

  bk_session_move (self, BK_LIFE_SUPERSEDE, &move, NULL);
}
