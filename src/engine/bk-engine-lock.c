/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-lock.h"

#include "bk-engine-account-private.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-lock-life.h"

enum
{
  SIGNAL_ENABLE,
  SIGNAL_CHALLENGE,
  SIGNAL_RESULT,
  SIGNAL_STATUS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _BkEngineLock
{
  GObject parent_instance;

  BkEngineAccount *account;
  BkClock *clock;
  BkLockState state;
  guint moves; /* counts them: an answer to a question of an earlier state is passed over */
  guint timer;
  int cookie;      /* of the challenge; 0: the network's own */
  char *challenge; /* that the program has; nullable */
  char *again;     /* the network asked once more while it checks; nullable */
  char *grant;     /* while it is open */
  GCancellable *closing;
};

G_DEFINE_FINAL_TYPE (BkEngineLock, bk_engine_lock, G_TYPE_OBJECT)

/* ---- moves ---- */

static gboolean
is_in (BkEngineLock *self, guint states)
{
  return (BK_LOCK_BIT (self->state) & states) != 0;
}

static void
release (BkEngineLock *self, const char *grant)
{
  BkBackend *backend = bk_engine_account_get_backend (self->account);

  if (BK_IS_BACKEND_LOCK (backend))
    BK_BACKEND_LOCK_GET_IFACE (backend)->release (BK_BACKEND_LOCK (backend), grant);
}

/* Where the network ended the grant itself, it is not told so. */
static void
drop_grant (BkEngineLock *self, BkLockEvent event)
{
  g_autofree char *grant = g_steal_pointer (&self->grant);

  g_clear_pointer (&self->again, g_free);
  if (grant != NULL && event != BK_LOCK_EVENT_GONE && event != BK_LOCK_EVENT_WRONG && event != BK_LOCK_EVENT_REVOKED)
    release (self, grant);
}

static void on_timeout (gpointer user_data);

/* From the request to the response it is one time, whoever is slow. */
static void
set_timer (BkEngineLock *self, BkLockState previous)
{
  guint seconds = 0;

  if (previous == BK_LOCK_ASKING && self->state == BK_LOCK_ASKED)
    return;
  if (self->state == BK_LOCK_DOUBTED)
    seconds = BK_TIMEOUT_CHALLENGE_S;
  else if (is_in (self, BK_LOCK_OWING))
    seconds = BK_TIMEOUT_UNLOCK_S;
  bk_clock_clear (self->clock, &self->timer);
  if (seconds > 0)
    self->timer = bk_clock_add (self->clock, seconds * 1000, on_timeout, self);
}

/* Handlers may call in: what they brought about must not be followed by news that are old by then. */
static void
tell (BkEngineLock *self, BkLockState previous, BkLockEvent event)
{
  guint move = self->moves;
  int cookie = self->cookie;
  gboolean settled = (BK_LOCK_BIT (previous) & BK_LOCK_OWING) != 0 && !is_in (self, BK_LOCK_OWING);

  if (bk_lock_life_status (previous) != bk_lock_life_status (self->state))
    g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0, bk_lock_life_status (self->state));
  if (settled && self->state != BK_LOCK_CLOSED)
    g_signal_emit (self, signals[SIGNAL_RESULT], 0, cookie, is_in (self, BK_LOCK_UNLOCKED));
  if (self->moves != move)
    return;
  if (is_in (self, BK_LOCK_CHALLENGED))
    g_signal_emit (self, signals[SIGNAL_CHALLENGE], 0, cookie, self->challenge);
  else if (event == BK_LOCK_EVENT_LOCKS || event == BK_LOCK_EVENT_LOCKS_NOT)
    g_signal_emit (self, signals[SIGNAL_ENABLE], 0, event == BK_LOCK_EVENT_LOCKS);
}

static void
enter_state (BkEngineLock *self, BkLockState state, BkLockEvent event)
{
  g_autoptr (BkEngineLock) alive = g_object_ref (self);
  BkLockState previous = self->state;

  self->state = state;
  self->moves++;
  set_timer (self, previous);
  if (!is_in (self, BK_LOCK_UNLOCKED))
    drop_grant (self, event);
  if (!is_in (self, BK_LOCK_CHALLENGED))
    g_clear_pointer (&self->challenge, g_free);
  tell (self, previous, event);
}

static void
move (BkEngineLock *self, BkLockEvent event)
{
  const BkLockEdge *edge = bk_lock_life_find (self->state, event, NULL);

  if (edge != NULL)
    enter_state (self, edge->to, event);
}

static void
on_timeout (gpointer user_data)
{
  BkEngineLock *self = user_data;

  self->timer = 0;
  move (self, BK_LOCK_EVENT_TIMEOUT);
}

static void
take_challenge (BkEngineLock *self, BkLockEvent event, const char *challenge)
{
  if (bk_lock_life_find (self->state, event, NULL) == NULL)
    return;
  g_free (self->challenge);
  self->challenge = g_strdup (challenge);
  if (event == BK_LOCK_EVENT_DOUBT)
    self->cookie = 0;
  move (self, event);
}

/* ---- questions to the network ---- */

typedef struct
{
  BkEngineLock *self; /* owned */
  guint move;
} Question;

static Question *
question_new (BkEngineLock *self)
{
  Question *question = g_new (Question, 1);

  question->self = g_object_ref (self);
  question->move = self->moves;
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_challenge (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  BkBackendLock *backend = BK_BACKEND_LOCK (source);
  g_autofree char *challenge = BK_BACKEND_LOCK_GET_IFACE (backend)->challenge_finish (backend, result, &error);

  if (question->move != question->self->moves)
    return;
  if (bk_token_is_valid (challenge, BK_LIMIT_TOKEN))
    take_challenge (question->self, BK_LOCK_EVENT_CHALLENGE, challenge);
  else
    move (question->self, BK_LOCK_EVENT_BROKEN);
}

static void
take_grant (BkEngineLock *self, char *grant)
{
  g_autofree char *again = g_steal_pointer (&self->again);

  g_free (self->grant);
  self->grant = grant;
  move (self, BK_LOCK_EVENT_GRANT);
  if (again != NULL)
    take_challenge (self, BK_LOCK_EVENT_DOUBT, again);
}

/* A grant that comes when nobody waits for it any more is given back. */
static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  BkBackendLock *backend = BK_BACKEND_LOCK (source);
  g_autofree char *grant = BK_BACKEND_LOCK_GET_IFACE (backend)->respond_finish (backend, result, &error);
  gboolean waiting = question->move == question->self->moves;

  if (!waiting && grant != NULL)
    release (question->self, grant);
  else if (waiting && bk_token_is_valid (grant, BK_LIMIT_TOKEN))
    take_grant (question->self, g_steal_pointer (&grant));
  else if (waiting && g_error_matches (error, BECKON_ERROR, BECKON_ERROR_API_UNLOCK_FAILED))
    move (question->self, BK_LOCK_EVENT_WRONG);
  else if (waiting)
    move (question->self, BK_LOCK_EVENT_BROKEN);
}

/* ---- what programs ask for ---- */

/**
 * bk_engine_lock_request_challenge:
 * @self: a lock
 * @cookie: a number of the program's choice, not 0
 *
 * Asks the network for a challenge. After %TRUE there is one "result" with @cookie, whatever happens, unless the lock
 * is closed.
 *
 * Returns: %FALSE with @error set: INVALID_ARGUMENT, API_NOT_INITIALIZED, API_PENDING_UNLOCK, API_ALREADY_UNLOCKED,
 *   API_UNLOCK_FAILED, API_DISABLED
 */
gboolean
bk_engine_lock_request_challenge (BkEngineLock *self, int cookie, GError **error)
{
  g_autoptr (BkEngineLock) alive = g_object_ref (self);

  if (cookie == 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The cookie must not be 0");
      return FALSE;
    }
  if (bk_lock_life_find (self->state, BK_LOCK_EVENT_REQUEST, error) == NULL)
    return FALSE;

  guint next = self->moves + 1;
  self->cookie = cookie;
  move (self, BK_LOCK_EVENT_REQUEST);
  if (self->moves != next)
    return TRUE;
  BkBackendLock *backend = BK_BACKEND_LOCK (bk_engine_account_get_backend (self->account));
  BK_BACKEND_LOCK_GET_IFACE (backend)->challenge_async (backend, self->closing, on_challenge, question_new (self));
  return TRUE;
}

static gboolean
check_response (const char *license, const char *response, GError **error)
{
  if (bk_token_is_valid (license, BK_LIMIT_TOKEN) && bk_token_is_valid (response, BK_LIMIT_TOKEN))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
               "The id and the response are each 1 to %d printable ASCII characters without blanks", BK_LIMIT_TOKEN);
  return FALSE;
}

/**
 * bk_engine_lock_send_response:
 * @self: a lock
 * @license: id of the license
 * @response: the answer to the challenge
 * @cookie: that of the challenge
 *
 * Answers the open challenge. After %TRUE there is one "result" with @cookie, unless the lock is closed.
 *
 * Returns: %FALSE with @error set: INVALID_ARGUMENT, API_NOT_INITIALIZED, API_LOCKED, API_PENDING_UNLOCK,
 *   API_ALREADY_UNLOCKED, API_UNLOCK_FAILED, API_DISABLED
 */
gboolean
bk_engine_lock_send_response (BkEngineLock *self, const char *license, const char *response, int cookie,
                              GError **error)
{
  g_autoptr (BkEngineLock) alive = g_object_ref (self);

  if (!check_response (license, response, error)
      || bk_lock_life_find (self->state, BK_LOCK_EVENT_RESPOND, error) == NULL)
    return FALSE;
  if (cookie != self->cookie)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "No challenge has this cookie");
      return FALSE;
    }

  guint next = self->moves + 1;
  g_autofree char *challenge = g_strdup (self->challenge);
  move (self, BK_LOCK_EVENT_RESPOND);
  if (self->moves != next)
    return TRUE;
  BkBackendLock *backend = BK_BACKEND_LOCK (bk_engine_account_get_backend (self->account));
  BK_BACKEND_LOCK_GET_IFACE (backend)->respond_async (backend, challenge, license, response, NULL, on_response,
                                                      question_new (self));
  return TRUE;
}

gboolean
bk_engine_lock_check (BkEngineLock *self, GError **error)
{
  if (is_in (self, BK_LOCK_UNLOCKED | BK_LOCK_BIT (BK_LOCK_OFF)))
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_API_LOCKED, "This program has not unlocked that");
  return FALSE;
}

/* ---- what the account reports ---- */

static void
on_fact (BkEngineAccount *account, BkLockFact fact, const BkBackendEvent *event, BkEngineLock *self)
{
  gboolean ours = event != NULL && self->grant != NULL && g_strcmp0 (event->grant, self->grant) == 0;

  switch (fact)
    {
    case BK_LOCK_FACT_GONE:
      move (self, BK_LOCK_EVENT_GONE);
      break;
    case BK_LOCK_FACT_ON:
      move (self, BK_LOCK_EVENT_LOCKS);
      break;
    case BK_LOCK_FACT_OFF:
      move (self, BK_LOCK_EVENT_LOCKS_NOT);
      break;
    case BK_LOCK_FACT_CHALLENGED:
      if (!ours || !bk_token_is_valid (event->challenge, BK_LIMIT_TOKEN))
        break;
      if (self->state == BK_LOCK_RECHECKING)
        {
          g_free (self->again);
          self->again = g_strdup (event->challenge);
        }
      take_challenge (self, BK_LOCK_EVENT_DOUBT, event->challenge);
      break;
    case BK_LOCK_FACT_REVOKED:
      if (ours)
        move (self, BK_LOCK_EVENT_REVOKED);
      break;
    }
}

/* ---- the object ---- */

void
bk_engine_lock_close (BkEngineLock *self)
{
  if (self->state == BK_LOCK_CLOSED)
    return;
  g_signal_handlers_disconnect_by_func (self->account, on_fact, self);
  self->state = BK_LOCK_CLOSED;
  self->moves++;
  bk_clock_clear (self->clock, &self->timer);
  g_cancellable_cancel (self->closing); /* who has left does not stand in line before others */
  if (self->grant != NULL)
    release (self, self->grant);
  g_clear_pointer (&self->grant, g_free);
}

static void
bk_engine_lock_dispose (GObject *object)
{
  bk_engine_lock_close (BK_ENGINE_LOCK (object));
  G_OBJECT_CLASS (bk_engine_lock_parent_class)->dispose (object);
}

static void
bk_engine_lock_finalize (GObject *object)
{
  BkEngineLock *self = BK_ENGINE_LOCK (object);

  g_free (self->challenge);
  g_free (self->again);
  g_object_unref (self->closing);
  g_object_unref (self->clock);
  g_object_unref (self->account);
  G_OBJECT_CLASS (bk_engine_lock_parent_class)->finalize (object);
}

static void
bk_engine_lock_class_init (BkEngineLockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = BK_TYPE_ENGINE_LOCK;

  object_class->dispose = bk_engine_lock_dispose;
  object_class->finalize = bk_engine_lock_finalize;

  signals[SIGNAL_ENABLE] = g_signal_new ("enable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_BOOLEAN);
  signals[SIGNAL_CHALLENGE] = g_signal_new ("challenge", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_INT, G_TYPE_STRING);
  signals[SIGNAL_RESULT] = g_signal_new ("result", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_INT, G_TYPE_BOOLEAN);
  signals[SIGNAL_STATUS_CHANGED] = g_signal_new ("status-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, BECKON_TYPE_LOCK_STATUS);
}

static void
bk_engine_lock_init (BkEngineLock *self)
{
  self->closing = g_cancellable_new ();
}

BkEngineLock *
bk_engine_lock_new (BkEngineAccount *account)
{
  BkEngineLock *self = g_object_new (BK_TYPE_ENGINE_LOCK, NULL);
  BkLockFact fact = bk_engine_account_get_lock_fact (account);

  self->account = g_object_ref (account);
  self->clock = g_object_ref (bk_engine_account_get_clock (account));
  if (fact == BK_LOCK_FACT_ON)
    self->state = BK_LOCK_LOCKED;
  else if (fact == BK_LOCK_FACT_OFF)
    self->state = BK_LOCK_OFF;
  g_signal_connect_object (account, "lock-fact", G_CALLBACK (on_fact), self, 0);
  return self;
}

BkEngineAccount *
bk_engine_lock_get_account (BkEngineLock *self)
{
  return self->account;
}

BeckonLockStatus
bk_engine_lock_get_status (BkEngineLock *self)
{
  return bk_lock_life_status (self->state);
}

const char *
bk_engine_lock_get_grant (BkEngineLock *self)
{
  return self->grant;
}
