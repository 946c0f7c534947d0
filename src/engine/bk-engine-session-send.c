/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox of a session: its envelopes go out one at a time, in order, each until the network has answered. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#define LINGER_MS 30000     /* the last word of a session is tried this long, not counting time without a connection */
#define RETRY_FIRST_MS 1000 /* the network said that it is too busy */
#define RETRY_LAST_MS 8000

/* ---- envelopes ---- */

/* Returns an envelope of this session with what its kind carries. */
BkEnvelope *
bk_session_envelope (BkEngineSession *self, BkEnvelopeKind kind, const char *data)
{
  BkEnvelope *envelope = bk_envelope_new (kind, self->id);

  if (data != NULL && *data != '\0')
    envelope->data = g_strdup (data);
  if (kind == BK_ENVELOPE_ACCEPT || kind == BK_ENVELOPE_CONNECT)
    envelope->address = g_strdup (self->local_address);
  if (kind == BK_ENVELOPE_CONTEXT && envelope->data == NULL)
    envelope->data = g_strdup ("");
  if (kind == BK_ENVELOPE_INVITE)
    {
      envelope->app_guid = g_strdup (self->application);
      envelope->app_name = g_strdup (bk_engine_session_get_application_name (self));
      envelope->app_url = g_strdup (self->application_url);
      envelope->message = g_strdup (self->message);
      envelope->ttl = MAX (1, (self->deadline_ms + 999) / 1000);
      bk_session_write_hosting (self, envelope);
    }
  if (kind == BK_ENVELOPE_INVITE || kind == BK_ENVELOPE_ACCEPT)
    bk_session_sign (self, envelope);
  return envelope;
}

/* Returns an envelope that ends the session. @reason is what the receiver is to see. */
BkEnvelope *
bk_session_envelope_over (BkEngineSession *self, BkEnvelopeKind kind, BeckonSessionResult reason, const char *data)
{
  BkEnvelope *envelope = bk_session_envelope (self, kind, data);

  envelope->reason = reason;
  return envelope;
}

/* ---- the queue ---- */

static BkOutgoing *
outgoing_new (const BkEnvelope *envelope)
{
  BkOutgoing *item = g_new0 (BkOutgoing, 1);

  item->envelope = bk_envelope_copy (envelope);
  item->uid = bk_guid_new ();
  return item;
}

static void
outgoing_free (BkOutgoing *item)
{
  bk_envelope_free (item->envelope);
  g_free (item->uid);
  g_free (item);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkOutgoing, outgoing_free)

static gboolean
is_last_word (BkEnvelopeKind kind)
{
  return kind == BK_ENVELOPE_DECLINE || kind == BK_ENVELOPE_CANCEL || kind == BK_ENVELOPE_END;
}

gboolean
bk_session_is_sending (BkEngineSession *self)
{
  return self->in_flight != NULL || self->outbox.length > 0;
}

/* Context that has not left this machine yet. */
guint
bk_session_count_waiting_context (BkEngineSession *self)
{
  guint count = 0;

  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    {
      BkOutgoing *item = link->data;
      count += item->envelope->kind == BK_ENVELOPE_CONTEXT && item->envelope->number == 0;
    }
  return count;
}

/* Whether an envelope of @kind, not yet answered, has been with the network at least once. */
gboolean
bk_session_has_tried (BkEngineSession *self, BkEnvelopeKind kind)
{
  if (self->in_flight != NULL && self->in_flight->envelope->kind == kind)
    return TRUE;
  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    {
      BkOutgoing *item = link->data;
      if (item->envelope->kind == kind && item->tries > 0)
        return TRUE;
    }
  return FALSE;
}

void
bk_session_clear_outbox (BkEngineSession *self)
{
  g_queue_clear_full (&self->outbox, (GDestroyNotify) outgoing_free);
}

/* Nothing is left to do for a session that is over: the history may forget that it was open. Until then it does not,
 * so that after a crash the other side is still told. */
void
bk_session_settle (BkEngineSession *self)
{
  if (bk_session_is_open (self) || bk_session_is_sending (self) || self->world->sessions == NULL)
    return;
  bk_session_stop_timer (self, BK_SESSION_TIMER_LINGER);
  bk_session_stop_timer (self, BK_SESSION_TIMER_RETRY);
  if (self->user != NULL && self->account != NULL)
    bk_engine_history_settle_session (self->world->history, bk_engine_account_get_id (self->account), self->id);
  bk_engine_sessions_settled (self->world->sessions, self);
}

static void
on_linger (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_LINGER] = 0;
  g_debug ("Session %s: the last envelope could not be delivered", self->id);
  bk_session_stop_timer (self, BK_SESSION_TIMER_RETRY);
  g_cancellable_cancel (self->sending);
  bk_session_clear_outbox (self);
  bk_session_settle (self);
}

/* An ended session keeps what it has to say for a while: who was cut off for longer would else leave the other side
 * in a session that is none. */
void
bk_session_linger (BkEngineSession *self)
{
  if (self->account != NULL && bk_session_is_sending (self) && bk_engine_account_is_connected (self->account))
    bk_session_start_timer (self, BK_SESSION_TIMER_LINGER, LINGER_MS, on_linger);
}

/* ---- the answer of the network ---- */

typedef enum
{
  VERDICT_TAKEN,
  VERDICT_CUT_OFF, /* nobody knows whether it arrived; again when the connection is back */
  VERDICT_BUSY,    /* again in a moment */
  VERDICT_REFUSED,
} Verdict;

static Verdict
judge (const GError *error)
{
  if (error == NULL)
    return VERDICT_TAKEN;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return VERDICT_CUT_OFF;
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY)
      || g_error_matches (error, BECKON_ERROR, BECKON_ERROR_SERVER_UNAVAILABLE))
    return VERDICT_BUSY;
  return VERDICT_REFUSED;
}

static void
on_retry (gpointer user_data)
{
  BkEngineSession *self = user_data;

  self->timers[BK_SESSION_TIMER_RETRY] = 0;
  bk_session_pump (self);
}

/* Context whose fate nobody knows goes over the channel, too: by its number it is taken once. */
static gboolean
send_again_by_channel (BkEngineSession *self, const BkOutgoing *item)
{
  return item->envelope->kind == BK_ENVELOPE_CONTEXT && bk_session_send_by_channel (self, item->envelope);
}

static void
put_off (BkEngineSession *self, BkOutgoing *item, Verdict verdict)
{
  gboolean worth_it = bk_session_is_open (self) || item->envelope->kind == BK_ENVELOPE_CONTEXT
                      || is_last_word (item->envelope->kind);

  if (verdict == VERDICT_CUT_OFF)
    {
      bk_session_move (self, BK_LIFE_CONNECTION_LOST, NULL, NULL);
      bk_session_stop_timer (self, BK_SESSION_TIMER_LINGER);
    }
  if (!worth_it || g_cancellable_is_cancelled (self->sending) || send_again_by_channel (self, item))
    outgoing_free (item);
  else
    g_queue_push_head (&self->outbox, item);
  if (verdict == VERDICT_CUT_OFF && !bk_engine_account_is_connected (self->account))
    return; /* bk_session_resume () will come */
  self->retry_ms = CLAMP (self->retry_ms * 2, RETRY_FIRST_MS, RETRY_LAST_MS);
  if (bk_session_is_sending (self))
    bk_session_start_timer (self, BK_SESSION_TIMER_RETRY, self->retry_ms, on_retry);
  if (!bk_session_is_open (self) && self->timers[BK_SESSION_TIMER_LINGER] == 0)
    bk_session_linger (self);
}

static void
on_taken (BkEngineSession *self, const BkEnvelope *envelope)
{
  self->retry_ms = 0;
  if (envelope->kind == BK_ENVELOPE_INVITE)
    bk_session_return_invite (self, NULL);
  if (envelope->kind == BK_ENVELOPE_CONNECT)
    bk_session_connected (self, BK_LIFE_CONNECT_ACKNOWLEDGED);
}

static void
on_invite_refused (BkEngineSession *self, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->invite_task);
  BkMove move = { .result = BECKON_SESSION_RESULT_INVITATION_SEND_FAILURE };

  if (bk_session_can (self, BK_LIFE_SEND_REFUSED, NULL))
    bk_session_emit_send_error (self, BECKON_ERROR_INVITATION_SEND_FAILURE);
  bk_session_move (self, BK_LIFE_SEND_REFUSED, &move, NULL);
  if (task != NULL && error->domain == BECKON_ERROR)
    g_task_return_error (task, g_error_copy (error));
  else if (task != NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVITATION_SEND_FAILURE, "%s", error->message);
}

static void
on_accept_refused (BkEngineSession *self, const GError *error)
{
  BkMove move = { .result = BECKON_SESSION_RESULT_CONNECTION_FAILURE };

  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ANSWERED_ELSEWHERE))
    {
      move.result = BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE;
      bk_session_move (self, BK_LIFE_ELSEWHERE, &move, NULL);
      return;
    }
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_EXPIRED))
    move.result = BECKON_SESSION_RESULT_TIMEOUT;
  else if (bk_session_can (self, BK_LIFE_SEND_REFUSED, NULL))
    bk_session_emit_send_error (self, BECKON_ERROR_ACCEPT_SEND_FAILURE);
  bk_session_move (self, BK_LIFE_SEND_REFUSED, &move, NULL);
}

static void
on_connect_refused (BkEngineSession *self, const GError *error)
{
  gboolean over = g_error_matches (error, BECKON_ERROR, BECKON_ERROR_EXPIRED);

  bk_session_end (self, BK_LIFE_SEND_REFUSED,
                  over ? BECKON_SESSION_RESULT_TIMEOUT : BECKON_SESSION_RESULT_CONNECTION_FAILURE, NULL);
}

/* The session is over here either way. That it is over there, too, or was answered elsewhere, is no failure; a timer
 * or a crossing invitation ended it by itself. */
static void
on_last_word_refused (BkEngineSession *self, BeckonError code, const GError *error)
{
  gboolean asked_for = code == BECKON_ERROR_DECLINE_SEND_FAILURE
                       || self->result == BECKON_SESSION_RESULT_CANCELLED_LOCAL;

  if (asked_for && !g_error_matches (error, BECKON_ERROR, BECKON_ERROR_EXPIRED)
      && !g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ANSWERED_ELSEWHERE))
    bk_session_emit_send_error (self, code);
}

static void
on_refused (BkEngineSession *self, const BkEnvelope *envelope, const GError *error)
{
  self->retry_ms = 0;
  g_debug ("Session %s: %s was refused: %s", self->id, bk_envelope_kind_to_nick (envelope->kind), error->message);
  switch (envelope->kind)
    {
    case BK_ENVELOPE_INVITE:
      on_invite_refused (self, error);
      break;
    case BK_ENVELOPE_ACCEPT:
      on_accept_refused (self, error);
      break;
    case BK_ENVELOPE_CONNECT:
      on_connect_refused (self, error);
      break;
    case BK_ENVELOPE_CONTEXT:
      bk_session_number_refused (self, envelope);
      bk_session_emit_send_error (self, BECKON_ERROR_CONTEXT_DATA_SEND_FAILURE);
      break;
    case BK_ENVELOPE_DECLINE:
      on_last_word_refused (self, BECKON_ERROR_DECLINE_SEND_FAILURE, error);
      break;
    case BK_ENVELOPE_CANCEL:
      on_last_word_refused (self, BECKON_ERROR_CANCEL_SEND_FAILURE, error);
      break;
    case BK_ENVELOPE_RINGING:
    case BK_ENVELOPE_NOT_PRESENT:
    case BK_ENVELOPE_TRANSPORT:
    case BK_ENVELOPE_HOSTING:
    case BK_ENVELOPE_END:
      break; /* the other side will know anyhow, at the latest when its timer runs out */
    }
}

typedef struct
{
  BkEngineSession *session; /* owned */
  BkOutgoing *item;         /* owned */
} Flight;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Flight *flight = user_data;
  g_autoptr (BkEngineSession) self = flight->session;
  BkBackendSessions *backend = BK_BACKEND_SESSIONS (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (BkOutgoing) item = flight->item;

  if (!BK_BACKEND_SESSIONS_GET_IFACE (backend)->send_finish (backend, result, &error) && error == NULL)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_FAILED, "The network gave no reason");
  if (item != self->in_flight)
    return;
  self->in_flight = NULL;
  if (self->world->sessions == NULL)
    return;

  Verdict verdict = judge (error);
  switch (verdict)
    {
    case VERDICT_TAKEN:
      on_taken (self, item->envelope);
      break;
    case VERDICT_CUT_OFF:
    case VERDICT_BUSY:
      put_off (self, g_steal_pointer (&item), verdict);
      break;
    case VERDICT_REFUSED:
      on_refused (self, item->envelope, error);
      break;
    }
  bk_session_pump (self);
  bk_session_settle (self);
}

/* The other side of a trial is here: no network carries the envelope, but it arrives later than it was sent, as always. */
static void
on_carried (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);
  g_autoptr (BkOutgoing) item = g_queue_pop_head (&self->outbox);

  self->timers[BK_SESSION_TIMER_RETRY] = 0;
  if (item == NULL)
    return;
  bk_session_number (self, item->envelope);
  if (self->partner != NULL)
    bk_session_receive (self->partner, item->envelope);
  on_taken (self, item->envelope);
  bk_session_pump (self);
  bk_session_settle (self);
}

/* Hands the next envelope to the network, if there is one of each. */
void
bk_session_pump (BkEngineSession *self)
{
  if (self->account == NULL)
    {
      if (self->outbox.length > 0 && self->timers[BK_SESSION_TIMER_RETRY] == 0)
        bk_session_start_timer (self, BK_SESSION_TIMER_RETRY, 0, on_carried);
      return;
    }
  if (self->in_flight != NULL || self->outbox.length == 0 || self->timers[BK_SESSION_TIMER_RETRY] != 0
      || self->world->sessions == NULL || g_cancellable_is_cancelled (self->sending)
      || !bk_engine_account_is_connected (self->account))
    return;

  BkBackend *backend = bk_engine_account_get_backend (self->account);
  if (!BK_IS_BACKEND_SESSIONS (backend))
    return;
  self->in_flight = g_queue_pop_head (&self->outbox);
  self->in_flight->tries++;
  bk_session_number (self, self->in_flight->envelope);
  const BkEnvelope *envelope = self->in_flight->envelope;
  const char *grant = envelope->kind == BK_ENVELOPE_INVITE ? self->grant : NULL;
  Flight *flight = g_new (Flight, 1);
  flight->session = g_object_ref (self);
  flight->item = self->in_flight;
  BK_BACKEND_SESSIONS_GET_IFACE (backend)->send_async (BK_BACKEND_SESSIONS (backend), self->user,
                                                       self->in_flight->uid, envelope, grant, self->sending, on_sent,
                                                       flight);
}

/* Hands one item that waits to the channel. What the channel does not take has no number yet. */
static gboolean
try_channel (BkEngineSession *self, BkOutgoing *item)
{
  guint32 before = item->envelope->number;

  if (item->envelope->kind != BK_ENVELOPE_CONTEXT || bk_session_channel (self) == NULL)
    return FALSE;
  bk_session_number (self, item->envelope);
  if (bk_session_send_by_channel (self, item->envelope))
    return TRUE;
  if (before == 0)
    {
      bk_session_number_refused (self, item->envelope);
      item->envelope->number = 0;
    }
  return FALSE;
}

/* Context that waits for the network goes over the channel instead, in order. */
static void
drain_to_channel (BkEngineSession *self)
{
  for (GList *link = self->outbox.head, *next; link != NULL; link = next)
    {
      BkOutgoing *item = link->data;

      next = link->next;
      if (item->envelope->kind != BK_ENVELOPE_CONTEXT)
        continue;
      if (!try_channel (self, item))
        return;
      outgoing_free (item);
      g_queue_delete_link (&self->outbox, link);
    }
}

/* The channel is there: a copy goes over it also of what the network has not acknowledged, which may be lost with it. */
void
bk_session_drain_to_channel (BkEngineSession *self)
{
  if (self->in_flight != NULL)
    send_again_by_channel (self, self->in_flight);
  drain_to_channel (self);
}

/* How one could be reached before is of no use to anybody. */
static void
drop_older_transports (BkEngineSession *self, guint32 generation)
{
  for (GList *link = self->outbox.head, *next; link != NULL; link = next)
    {
      BkOutgoing *item = link->data;

      next = link->next;
      if (item->envelope->kind != BK_ENVELOPE_TRANSPORT || item->envelope->generation >= generation)
        continue;
      outgoing_free (item);
      g_queue_delete_link (&self->outbox, link);
    }
}

void
bk_session_push (BkEngineSession *self, const BkEnvelope *envelope)
{
  if (envelope->kind == BK_ENVELOPE_TRANSPORT)
    drop_older_transports (self, envelope->generation);
  g_queue_push_tail (&self->outbox, outgoing_new (envelope));
  if (envelope->kind == BK_ENVELOPE_CONTEXT && bk_session_channel (self) != NULL)
    drain_to_channel (self);
  bk_session_pump (self);
}

/* The last word goes both ways: to the other side over the channel, which may be the only one there is, and to the
 * network, which has to know it, too. */
static void
push_last_word (BkEngineSession *self, const BkEnvelope *envelope)
{
  g_autoptr (BkEnvelope) numbered = bk_envelope_copy (envelope);

  bk_session_number (self, numbered);
  bk_session_send_by_channel (self, numbered);
  bk_session_push (self, envelope);
}

static gboolean
is_unannounced (BkEngineSession *self)
{
  BkOutgoing *first = g_queue_peek_head (&self->outbox);

  return first != NULL && first->envelope->kind == BK_ENVELOPE_INVITE && first->tries == 0;
}

/* The session is over. What was said in it is still delivered before the last word; what was only meant to move it on
 * makes no sense any more. An invitation that nobody has seen leaves without a trace. */
void
bk_session_push_last (BkEngineSession *self, const BkEnvelope *envelope)
{
  gboolean silent = envelope == NULL || self->user == NULL || is_unannounced (self);
  GQueue kept = G_QUEUE_INIT;
  BkOutgoing *item;

  while ((item = g_queue_pop_head (&self->outbox)) != NULL)
    if (!silent && item->envelope->kind == BK_ENVELOPE_CONTEXT)
      g_queue_push_tail (&kept, item);
    else
      outgoing_free (item);
  self->outbox = kept;
  /* An invitation may wait for somebody who is on the way back; that it is void does not. */
  if (!silent && self->in_flight != NULL && self->in_flight->envelope->kind == BK_ENVELOPE_INVITE)
    self->in_flight = NULL;
  if (!silent)
    push_last_word (self, envelope);
}

/* The connection was away in passing, and has not come back. What was asked for meanwhile ends as if it were asked now. */
void
bk_session_give_up_unsent (BkEngineSession *self)
{
  g_autoptr (GError) error = NULL;

  if (self->in_flight == NULL && is_unannounced (self) && !bk_session_check_account (self, &error))
    on_invite_refused (self, error);
}

/* The connection is back. */
void
bk_session_resume (BkEngineSession *self)
{
  bk_session_stop_timer (self, BK_SESSION_TIMER_RETRY);
  self->retry_ms = 0;
  if (!bk_session_is_open (self) && self->timers[BK_SESSION_TIMER_LINGER] == 0)
    bk_session_linger (self);
  bk_session_pump (self);
}
