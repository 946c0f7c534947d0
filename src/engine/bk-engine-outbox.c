/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-account-private.h"

#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 60000

typedef enum
{
  OUTBOX_OFFLINE, /* waits for the connection */
  OUTBOX_IDLE,    /* nothing to send, as far as is known */
  OUTBOX_READING, /* asks the history for the oldest message */
  OUTBOX_SENDING,
  OUTBOX_RESTING, /* the network wants to be left alone for a moment */
  OUTBOX_CLOSED,
} OutboxState;

struct _BkEngineOutbox
{
  GObject parent_instance;

  BkClock *clock;
  BkEngineHistory *history;
  BkBackend *backend;
  guint account;

  OutboxState state;
  gboolean more;           /* something was stored while reading: read again */
  guint timer;             /* RESTING */
  guint retry_ms;
  guint round;             /* counts connections: an answer to an old one says nothing about the new one */
  GCancellable *cancellable; /* of the current round */
};

static guint settled_signal;

G_DEFINE_FINAL_TYPE (BkEngineOutbox, bk_engine_outbox, G_TYPE_OBJECT)

/* A callback's way back: which round it belongs to. */
typedef struct
{
  BkEngineOutbox *self; /* owned */
  guint round;
  gint64 message; /* the one that was sent */
} Step;

static Step *
step_new (BkEngineOutbox *self, gint64 message)
{
  Step *step = g_new (Step, 1);

  step->self = g_object_ref (self);
  step->round = self->round;
  step->message = message;
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->self);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

/* Whether the network refused this very thing, for good: then it is not sent again. Everything that can pass is not
 * final, also what only concerns the connection. */
gboolean
bk_engine_error_is_final (const GError *error)
{
  static const BeckonError passing[] = {
    BECKON_ERROR_DISCONNECTED,       BECKON_ERROR_SERVER_TOO_BUSY,  BECKON_ERROR_SERVER_UNAVAILABLE,
    BECKON_ERROR_CONNECT,            BECKON_ERROR_LOGON_TIMEOUT,    BECKON_ERROR_NOT_LOGGED_ON,
    BECKON_ERROR_ALREADY_LOGGED_ON,  BECKON_ERROR_INVALID_PASSWORD, BECKON_ERROR_TLS_FAIL,
    BECKON_ERROR_INVALID_CERTIFICATE, BECKON_ERROR_SERVER_VERSION,  BECKON_ERROR_CANCELLED,
    BECKON_ERROR_STORAGE,             BECKON_ERROR_REMOTE_LOGIN,
  };

  if (error->domain != BECKON_ERROR)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (passing); i++)
    if (error->code == (int) passing[i])
      return FALSE;
  return TRUE;
}

static void read_next (BkEngineOutbox *self);

static void
on_rested (gpointer user_data)
{
  BkEngineOutbox *self = user_data;

  self->timer = 0;
  read_next (self);
}

static void
rest (BkEngineOutbox *self)
{
  self->state = OUTBOX_RESTING;
  self->timer = bk_clock_add (self->clock, self->retry_ms, on_rested, self);
  self->retry_ms = MIN (2 * self->retry_ms, RETRY_LAST_MS);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) message = bk_engine_history_settle_message_finish (self->history, result, &error);

  /* If it was not written it is PENDING still, and will be sent again: the network knows its id. */
  if (error != NULL)
    g_warning ("The delivery of a message could not be written down: %s", error->message);
  else if (message != NULL && self->state != OUTBOX_CLOSED)
    g_signal_emit (self, settled_signal, 0, message);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  BkEngineOutbox *self = step->self;
  g_autoptr (GError) error = NULL;
  BkBackendMessages *network = BK_BACKEND_MESSAGES (source);
  gint64 time = BK_BACKEND_MESSAGES_GET_IFACE (network)->send_finish (network, result, &error);
  gboolean final = error != NULL && bk_engine_error_is_final (error);

  if (self->state == OUTBOX_CLOSED)
    return;
  if (error == NULL || final)
    bk_engine_history_settle_message_async (self->history, step->message,
                                            final ? BECKON_DELIVERY_FAILED : BECKON_DELIVERY_SENT, time,
                                            final ? error->message : NULL, on_settled, g_object_ref (self));
  if (step->round != self->round)
    return;
  if (error != NULL && !final)
    {
      rest (self);
      return;
    }
  /* The history does its jobs in order: what is read next is no longer this message. */
  self->retry_ms = RETRY_FIRST_MS;
  read_next (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  BkEngineOutbox *self = step->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) message = bk_engine_history_next_pending_finish (self->history, result, &error);

  if (step->round != self->round)
    return;
  if (error != NULL)
    {
      g_warning ("Messages that wait to be sent could not be read: %s", error->message);
      rest (self);
      return;
    }
  if (message == NULL)
    {
      self->state = OUTBOX_IDLE;
      if (self->more)
        read_next (self);
      return;
    }
  self->state = OUTBOX_SENDING;
  BkBackendMessages *network = BK_BACKEND_MESSAGES (self->backend);
  BK_BACKEND_MESSAGES_GET_IFACE (network)->send_async (network, message->who, message->message_id, message->text,
                                                       self->cancellable, on_sent, step_new (self, message->id));
}

static void
read_next (BkEngineOutbox *self)
{
  self->state = OUTBOX_READING;
  self->more = FALSE;
  bk_engine_history_next_pending_async (self->history, self->account, on_read, step_new (self, 0));
}

/* What the old connection still answers is of no interest but for the message itself. */
static void
end_round (BkEngineOutbox *self, OutboxState state)
{
  self->round++;
  self->state = state;
  bk_clock_clear (self->clock, &self->timer);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
bk_engine_outbox_dispose (GObject *object)
{
  BkEngineOutbox *self = BK_ENGINE_OUTBOX (object);

  if (self->clock != NULL)
    end_round (self, OUTBOX_CLOSED);
  g_clear_object (&self->clock);
  g_clear_object (&self->history);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bk_engine_outbox_parent_class)->dispose (object);
}

static void
bk_engine_outbox_class_init (BkEngineOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_engine_outbox_dispose;

  settled_signal = g_signal_new ("settled", BK_TYPE_ENGINE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, BK_TYPE_ENGINE_MESSAGE);
}

static void
bk_engine_outbox_init (BkEngineOutbox *self)
{
  self->retry_ms = RETRY_FIRST_MS;
}

/* @backend must carry messages. */
BkEngineOutbox *
bk_engine_outbox_new (BkClock *clock, BkEngineHistory *history, BkBackend *backend, guint account)
{
  BkEngineOutbox *self = g_object_new (BK_TYPE_ENGINE_OUTBOX, NULL);

  self->clock = g_object_ref (clock);
  self->history = g_object_ref (history);
  self->backend = g_object_ref (backend);
  self->account = account;
  return self;
}

void
bk_engine_outbox_set_online (BkEngineOutbox *self, gboolean online)
{
  if (self->state == OUTBOX_CLOSED || (self->state != OUTBOX_OFFLINE) == online)
    return;
  if (!online)
    {
      end_round (self, OUTBOX_OFFLINE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  self->retry_ms = RETRY_FIRST_MS;
  read_next (self);
}

/* A message was stored. */
void
bk_engine_outbox_poke (BkEngineOutbox *self)
{
  switch (self->state)
    {
    case OUTBOX_IDLE:
      read_next (self);
      break;
    case OUTBOX_READING:
      self->more = TRUE;
      break;
    case OUTBOX_OFFLINE:
    case OUTBOX_SENDING:
    case OUTBOX_RESTING:
    case OUTBOX_CLOSED:
      break;
    }
}

void
bk_engine_outbox_close (BkEngineOutbox *self)
{
  end_round (self, OUTBOX_CLOSED);
}
