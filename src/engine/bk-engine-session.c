/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

enum
{
  SIGNAL_CHANGED,
  SIGNAL_STATE_CHANGED,
  SIGNAL_APP_NOT_PRESENT,
  SIGNAL_ACCEPTED,
  SIGNAL_DECLINED,
  SIGNAL_CANCELLED,
  SIGNAL_READY_TO_LAUNCH,
  SIGNAL_CONTEXT_DATA,
  SIGNAL_CONTEXT_KEPT,
  SIGNAL_SEND_ERROR,
  SIGNAL_STREAM_OFFERED,
  SIGNAL_TERMINATION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkEngineSession, bk_engine_session, G_TYPE_OBJECT)

/* ---- what everybody shares ---- */

BkSessionWorld *
bk_session_world_new (const BkEngineSessionsConfig *config, BkEngineSessions *sessions)
{
  BkSessionWorld *world = g_rc_box_new0 (BkSessionWorld);

  world->clock = g_object_ref (config->clock);
  world->launcher = g_object_ref (config->launcher);
  world->opener = g_object_ref (config->opener);
  g_set_object (&world->peers, config->peers);
  g_set_object (&world->seat, config->seat);
  g_set_object (&world->channels, config->channels);
  world->registry = g_object_ref (config->registry);
  world->history = g_object_ref (config->history);
  world->answer_timeout_ms = config->answer_timeout_ms != 0 ? config->answer_timeout_ms : BK_TIMEOUT_ANSWER_S * 1000;
  world->sandboxed = config->sandboxed;
  world->local_address = g_strdup (config->local_address != NULL ? config->local_address : "127.0.0.1");
  world->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_history_part_free);
  world->sessions = sessions;
  return world;
}

static void
world_clear (gpointer data)
{
  BkSessionWorld *world = data;

  g_clear_object (&world->clock);
  g_clear_object (&world->launcher);
  g_clear_object (&world->opener);
  g_clear_object (&world->peers);
  g_clear_object (&world->seat);
  g_clear_object (&world->channels);
  g_clear_pointer (&world->relays, bk_relays_free);
  g_clear_object (&world->registry);
  g_clear_object (&world->history);
  g_free (world->local_address);
  g_free (world->download_folder);
  g_ptr_array_unref (world->parts);
}

BkSessionWorld *
bk_session_world_ref (BkSessionWorld *world)
{
  return g_rc_box_acquire (world);
}

void
bk_session_world_unref (BkSessionWorld *world)
{
  g_rc_box_release_full (world, world_clear);
}

/* ---- telling ---- */

/* A session that is over, or that nobody keeps any more, says nothing. */
static gboolean
is_silent (BkEngineSession *self)
{
  return self->world->sessions == NULL;
}

void
bk_session_changed (BkEngineSession *self, const char *property)
{
  if (!is_silent (self))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, property);
}

/* Sets a text and tells when it is another one than before. */
void
bk_session_set_text (BkEngineSession *self, char **member, const char *text, const char *property)
{
  if (g_strcmp0 (*member, text) == 0)
    return;
  char *old = *member;
  *member = g_strdup (text);
  g_free (old);
  bk_session_changed (self, property);
}

void
bk_session_emit_data (BkEngineSession *self, const char *signal, const char *data)
{
  if (!is_silent (self))
    g_signal_emit_by_name (self, signal, data != NULL ? data : "");
}

/* Once a session is over, only of its last word it matters whether it could be sent. */
void
bk_session_emit_send_error (BkEngineSession *self, BeckonError code)
{
  gboolean last_word = code == BECKON_ERROR_CANCEL_SEND_FAILURE || code == BECKON_ERROR_DECLINE_SEND_FAILURE;

  if (!is_silent (self) && (last_word || bk_session_is_open (self)))
    g_signal_emit (self, signals[SIGNAL_SEND_ERROR], 0, (guint) code);
}

/* Writes down for people what happened and when. Never what was said. */
void
bk_session_note (BkEngineSession *self, const char *text)
{
  gint64 now = bk_clock_now (self->world->clock);
  gint64 since_start = (now - self->started) / 1000;
  /* Numbers as texts: what gettext reads cannot contain the macro of a 64 bit format. */
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, since_start);

  if (self->accepted != 0 && self->accepted != now)
    {
      g_autofree char *after = g_strdup_printf ("%" G_GINT64_FORMAT, (now - self->accepted) / 1000);

      g_ptr_array_add (self->timeline, g_strdup_printf (_("+%s ms %s (%s ms after the acceptance)"), at, text, after));
    }
  else
    g_ptr_array_add (self->timeline, g_strdup_printf (_("+%s ms %s"), at, text));
  bk_session_changed (self, "Timeline");
}

/* ---- timers ---- */

void
bk_session_stop_timer (BkEngineSession *self, BkSessionTimer timer)
{
  bk_clock_clear (self->world->clock, &self->timers[timer]);
}

/* Runs @func (self) later. @func sets the timer's id to 0 first thing. */
void
bk_session_start_timer (BkEngineSession *self, BkSessionTimer timer, guint milliseconds, BkClockFunc func)
{
  bk_session_stop_timer (self, timer);
  if (!is_silent (self))
    self->timers[timer] = bk_clock_add (self->world->clock, milliseconds, func, self);
}

static void
on_deadline (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_DEADLINE] = 0;
  if (self->state == BECKON_SESSION_STATE_ACCEPTED)
    {
      bk_session_end (self, BK_LIFE_CONNECT_TIMEOUT, BECKON_SESSION_RESULT_CONNECTION_FAILURE, NULL);
      return;
    }
  g_autoptr (BkEnvelope) cancel
    = bk_session_envelope_over (self, BK_ENVELOPE_CANCEL, BECKON_SESSION_RESULT_TIMEOUT, NULL);
  BkMove move = { .result = BECKON_SESSION_RESULT_TIMEOUT, .send = cancel };
  bk_session_move (self, BK_LIFE_ANSWER_TIMEOUT, &move, NULL);
}

/* The invitation runs out @milliseconds from now. */
void
bk_session_start_deadline (BkEngineSession *self, guint milliseconds)
{
  bk_session_start_timer (self, BK_SESSION_TIMER_DEADLINE, milliseconds, on_deadline);
  self->deadline = bk_clock_real (self->world->clock) + (gint64) milliseconds * 1000;
  bk_session_changed (self, "Deadline");
}

/* ---- the one place where the state changes ---- */

static void
enter_terminated (BkEngineSession *self, const BkMove *move)
{
  for (guint i = 0; i < BK_N_SESSION_TIMERS; i++)
    if (i != BK_SESSION_TIMER_RETRY)
      bk_session_stop_timer (self, i);
  self->result = move->result;
  bk_session_transfer_over (self, move);
  self->result_text = bk_session_compose_result (self, move);
  self->end_data = g_strdup (move->data);
  if (self->user != NULL)
    bk_session_write_entry (self);
  bk_session_launch_over (self);
  bk_session_push_last (self, move->send);
  bk_session_channel_over (self, move->result);
  bk_session_order_over (self);
  bk_session_linger (self);
  bk_session_changed (self, "Result");
  bk_session_changed (self, "ResultText");
}

/* What a state brings with it, done before anybody is told: whoever acts on the news finds everything in place. */
static void
do_entry_work (BkEngineSession *self, BeckonSessionState state, const BkMove *move)
{
  switch (state)
    {
    case BECKON_SESSION_STATE_INVITATION:
      bk_session_start_deadline (self, self->deadline_ms);
      bk_session_write_entry (self);
      break;
    case BECKON_SESSION_STATE_ACCEPTED:
      self->accepted = bk_clock_now (self->world->clock);
      bk_session_start_timer (self, BK_SESSION_TIMER_DEADLINE, BK_TIMEOUT_CONNECT_S * 1000, on_deadline);
      break;
    case BECKON_SESSION_STATE_CONNECTED:
      bk_session_set_text (self, &self->remote_address, self->peer_address, "RemoteAddress");
      if (self->owner == NULL && (self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) == 0)
        bk_session_keep_context (self);
      break;
    case BECKON_SESSION_STATE_TERMINATED:
      enter_terminated (self, move);
      return;
    case BECKON_SESSION_STATE_UNKNOWN:
    case BECKON_SESSION_STATE_READY:
    case BECKON_SESSION_STATE_CANCELLED:
    case BECKON_SESSION_STATE_DECLINED:
      return;
    }
  if (move->send != NULL)
    bk_session_push (self, move->send);
}

/* For people: what the documentation calls a state is in the log. */
static const char *
describe_state (BeckonSessionState state)
{
  switch (state)
    {
    case BECKON_SESSION_STATE_READY:
      return C_("session history", "prepared");
    case BECKON_SESSION_STATE_INVITATION:
      return C_("session history", "invited");
    case BECKON_SESSION_STATE_ACCEPTED:
      return C_("session history", "accepted");
    case BECKON_SESSION_STATE_CONNECTED:
      return C_("session history", "connected");
    case BECKON_SESSION_STATE_DECLINED:
      return C_("session history", "declined");
    case BECKON_SESSION_STATE_CANCELLED:
      return C_("session history", "cancelled");
    case BECKON_SESSION_STATE_TERMINATED:
      return C_("session history", "ended");
    case BECKON_SESSION_STATE_UNKNOWN:
      break;
    }
  return "";
}

static void
enter_state (BkEngineSession *self, BeckonSessionState state, BkLifeEvent event, const BkMove *move)
{
  BeckonSessionState previous = self->state;

  g_debug ("Session %s: %s → %s by %s", self->id, beckon_session_state_to_nick (previous),
           beckon_session_state_to_nick (state), bk_life_event_to_nick (event));
  self->state = state;
  bk_session_stop_timer (self, BK_SESSION_TIMER_DEADLINE);
  bk_session_stop_timer (self, BK_SESSION_TIMER_NOTICE);
  if (self->deadline != 0)
    {
      self->deadline = 0;
      bk_session_changed (self, "Deadline");
    }
  do_entry_work (self, state, move);
  bk_session_note (self, describe_state (state));
  bk_session_changed (self, "State");
  bk_session_transfer_changed (self);
  if (!is_silent (self))
    g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0, previous);
  if (previous == BECKON_SESSION_STATE_INVITATION)
    bk_session_question_over (self);
  if (previous == BECKON_SESSION_STATE_READY)
    bk_session_pick_over (self);
}

/* Whoever still waits for the network to take the invitation learns how it went instead. */
static void
give_up_invite (BkEngineSession *self)
{
  g_autoptr (GError) error = NULL;
  BeckonError code = BECKON_ERROR_INVITATION_SEND_FAILURE;

  if (self->result == BECKON_SESSION_RESULT_CANCELLED_LOCAL || self->user == NULL)
    code = BECKON_ERROR_CANCELLED;
  if (self->result == BECKON_SESSION_RESULT_TIMEOUT)
    code = BECKON_ERROR_EXPIRED;
  if (self->result != BECKON_SESSION_RESULT_SUPERSEDED)
    error = g_error_new_literal (BECKON_ERROR, code, self->result_text);
  bk_session_return_invite (self, error);
}

static void
say_farewell (BkEngineSession *self)
{
  if (!is_silent (self))
    g_signal_emit (self, signals[SIGNAL_TERMINATION], 0, self->result, self->end_data != NULL ? self->end_data : "");
  give_up_invite (self);
  if (!is_silent (self))
    bk_engine_sessions_ended (self->world->sessions, self);
  bk_session_settle (self);
}

/* Whether @event is possible now. */
gboolean
bk_session_can (BkEngineSession *self, BkLifeEvent event, GError **error)
{
  if (is_silent (self))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The session is gone");
      return FALSE;
    }
  return bk_lifecycle_find (self->state, event, self->role, error) != NULL;
}

/* Takes the edge of @event, if there is one: enters its states, tells everybody, sends what goes with it. @move may be
 * NULL. Handlers may act on the session; a caller that goes on afterwards looks at the state again. */
gboolean
bk_session_move (BkEngineSession *self, BkLifeEvent event, const BkMove *move, GError **error)
{
  static const BkMove nothing;
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (!bk_session_can (self, event, error))
    return FALSE;

  const BkLifeEdge *edge = bk_lifecycle_find (self->state, event, self->role, NULL);
  move = move != NULL ? move : &nothing;
  if (edge->via != BECKON_SESSION_STATE_UNKNOWN)
    {
      enter_state (self, edge->via, event, move);
      if (move->remote)
        bk_session_emit_data (self, edge->via == BECKON_SESSION_STATE_DECLINED ? "declined" : "cancelled", move->data);
    }
  if (edge->to != self->state)
    enter_state (self, edge->to, event, move);
  else if (move->send != NULL)
    bk_session_push (self, move->send);
  if (edge->to == BECKON_SESSION_STATE_TERMINATED)
    say_farewell (self);
  return TRUE;
}

/* Ends the session from this side, by an edge that sends *end*. */
gboolean
bk_session_end (BkEngineSession *self, BkLifeEvent event, BeckonSessionResult result, const char *detail)
{
  /* A program that does not know Beckon has no data of its own: the other side's user reads it. */
  g_autoptr (BkEnvelope) end
    = bk_session_envelope_over (self, BK_ENVELOPE_END, result, self->host != 0 ? detail : NULL);
  BkMove move = { .result = result, .detail = detail, .send = end };

  return bk_session_move (self, event, &move, NULL);
}

void
bk_session_return_invite (BkEngineSession *self, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->invite_task);

  if (task != NULL && error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

gboolean
bk_session_is_open (BkEngineSession *self)
{
  return self->state != BECKON_SESSION_STATE_TERMINATED;
}

/* ---- the application ---- */

/* Name, address and kind of the application as registered here, where it is registered. */
void
bk_session_read_registration (BkEngineSession *self)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);
  if (application == NULL)
    return;

  BeckonSessionFlags compatible
    = bk_engine_application_get_flags (application) & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
  bk_session_set_text (self, &self->application_name, bk_engine_application_get_name (application),
                       "ApplicationName");
  bk_session_read_hosting (self, application);
  bk_session_set_text (self, &self->application_url, bk_engine_application_get_url (application), "ApplicationURL");
  if ((self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != compatible)
    {
      self->flags ^= BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE;
      bk_session_changed (self, "Flags");
    }
}

gboolean
bk_session_is_application_present (BkEngineSession *self)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);

  return application != NULL && bk_engine_application_is_present (application, NULL);
}

/* ---- making and unmaking ---- */

BkEngineSession *
bk_session_new (BkSessionWorld *world, BkEngineAccount *account, const char *id, BkRole role, guint number)
{
  BkEngineSession *self = g_object_new (BK_TYPE_ENGINE_SESSION, NULL);

  self->world = bk_session_world_ref (world);
  g_set_object (&self->account, account);
  self->id = g_strdup (id);
  self->role = role;
  self->flags = role == BK_ROLE_INVITER ? BECKON_SESSION_FLAGS_INVITER : BECKON_SESSION_FLAGS_INVITEE;
  self->number = number;
  self->local_address = g_strdup (world->local_address);
  self->deadline_ms = world->answer_timeout_ms;
  self->created = bk_clock_real (world->clock);
  self->started = bk_clock_now (world->clock);
  return self;
}

/* A session that never was one here, or is one no more: all it does is to bring @envelope to @user. */
BkEngineSession *
bk_session_new_farewell (BkSessionWorld *world, BkEngineAccount *account, const char *user,
                         const BkEnvelope *envelope)
{
  BkEngineSession *self = bk_session_new (world, account, envelope->session, BK_ROLE_INVITER, 0);

  self->user = g_strdup (user);
  self->state = BECKON_SESSION_STATE_TERMINATED;
  self->result = envelope->reason;
  bk_session_push (self, envelope);
  return self;
}

/* Nobody keeps the session any more: it stops whatever it does, and stays as a record for those who hold it. */
void
bk_session_close (BkEngineSession *self)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CANCELLED, "Beckon is going away");

  for (guint i = 0; i < BK_N_SESSION_TIMERS; i++)
    bk_session_stop_timer (self, i);
  g_cancellable_cancel (self->sending);
  bk_session_launch_over (self);
  bk_session_close_channel (self);
  bk_session_clear_transfer (self);
  bk_session_order_over (self);
  bk_session_clear_outbox (self);
  bk_session_return_invite (self, error);
}

static void
bk_engine_session_dispose (GObject *object)
{
  BkEngineSession *self = BK_ENGINE_SESSION (object);

  bk_session_close (self);
  g_clear_object (&self->program);
  g_clear_weak_pointer (&self->partner);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (bk_engine_session_parent_class)->dispose (object);
}

static void
bk_engine_session_finalize (GObject *object)
{
  BkEngineSession *self = BK_ENGINE_SESSION (object);
  char *texts[] = { self->id,          self->owner,        self->result_text,      self->end_data,
                    self->user,        self->application,  self->application_name, self->application_url,
                    self->app_data,    self->context_data, self->local_address,    self->peer_address,
                    self->accept_data, self->cookie,       self->remote_address,   self->pick_caller,
                    self->pick_window, self->pick_data,    self->grant,            self->link.reason,
                    self->link.key,    self->link.fingerprint, self->link.safety_number,
                    self->message };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  bk_session_clear_hosting (self);
  g_clear_pointer (&self->transfer, bk_session_free_transfer);
  g_ptr_array_unref (self->timeline);
  g_object_unref (self->sending);
  g_object_unref (self->asking);
  bk_session_world_unref (self->world);
  G_OBJECT_CLASS (bk_engine_session_parent_class)->finalize (object);
}

static guint
add_signal (BkEngineSessionClass *klass, const char *name, guint n_parameters, GType first, GType second)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       n_parameters, first, second);
}

static void
bk_engine_session_class_init (BkEngineSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType none = G_TYPE_NONE;

  object_class->dispose = bk_engine_session_dispose;
  object_class->finalize = bk_engine_session_finalize;

  signals[SIGNAL_CHANGED] = add_signal (klass, "changed", 1, G_TYPE_STRING, none);
  signals[SIGNAL_STATE_CHANGED] = add_signal (klass, "state-changed", 1, BECKON_TYPE_SESSION_STATE, none);
  signals[SIGNAL_APP_NOT_PRESENT] = add_signal (klass, "app-not-present", 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_ACCEPTED] = add_signal (klass, "accepted", 1, G_TYPE_STRING, none);
  signals[SIGNAL_DECLINED] = add_signal (klass, "declined", 1, G_TYPE_STRING, none);
  signals[SIGNAL_CANCELLED] = add_signal (klass, "cancelled", 1, G_TYPE_STRING, none);
  signals[SIGNAL_READY_TO_LAUNCH] = add_signal (klass, "ready-to-launch", 0, none, none);
  signals[SIGNAL_CONTEXT_DATA] = add_signal (klass, "context-data", 1, G_TYPE_STRING, none);
  signals[SIGNAL_CONTEXT_KEPT] = add_signal (klass, "context-kept", 1, G_TYPE_STRING, none);
  signals[SIGNAL_SEND_ERROR] = add_signal (klass, "send-error", 1, G_TYPE_UINT, none);
  signals[SIGNAL_STREAM_OFFERED] = add_signal (klass, "stream-offered", 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_TERMINATION]
    = add_signal (klass, "termination", 2, BECKON_TYPE_SESSION_RESULT, G_TYPE_STRING);
}

static void
bk_engine_session_init (BkEngineSession *self)
{
  self->timeline = g_ptr_array_new_with_free_func (g_free);
  self->sending = g_cancellable_new ();
  self->asking = g_cancellable_new ();
  g_queue_init (&self->outbox);
  g_queue_init (&self->link.early);
  g_queue_init (&self->order.early);
  g_queue_init (&self->order.kept);
}
