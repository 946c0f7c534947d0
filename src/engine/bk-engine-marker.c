/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-account-private.h"

#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 60000

typedef enum
{
  MARKER_OFFLINE, /* waits for the connection */
  MARKER_IDLE,    /* nothing to tell, as far as is known */
  MARKER_READING, /* asks the history what is to be told */
  MARKER_TELLING,
  MARKER_RESTING, /* the network or the disk wants to be left alone for a moment */
  MARKER_CLOSED,
} MarkerState;

struct _BkEngineMarker
{
  GObject parent_instance;

  BkClock *clock;
  BkEngineHistory *history;
  BkBackendMarks *backend;
  guint account;
  gboolean tell_read;
  gboolean hidden;

  MarkerState state;
  gboolean more; /* something was written while reading: read again */
  guint timer;   /* RESTING */
  guint retry_ms;
  guint round;   /* counts connections: an answer to an old one says nothing about the new one */
  GCancellable *cancellable; /* of the current round */
};

G_DEFINE_FINAL_TYPE (BkEngineMarker, bk_engine_marker, G_TYPE_OBJECT)

/* A callback's way back. */
typedef struct
{
  BkEngineMarker *self; /* owned */
  guint round;
  BkHistoryDue *due; /* owned; nullable: while reading */
} Step;

static Step *
step_new (BkEngineMarker *self, BkHistoryDue *due)
{
  Step *step = g_new0 (Step, 1);

  step->self = g_object_ref (self);
  step->round = self->round;
  step->due = due;
  return step;
}

static void
step_free (Step *step)
{
  g_clear_pointer (&step->due, bk_history_due_free);
  g_object_unref (step->self);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static void read_next (BkEngineMarker *self);

static void
on_rested (gpointer user_data)
{
  BkEngineMarker *self = user_data;

  self->timer = 0;
  read_next (self);
}

static void
rest (BkEngineMarker *self)
{
  self->state = MARKER_RESTING;
  self->timer = bk_clock_add (self->clock, self->retry_ms, on_rested, self);
  self->retry_ms = MIN (2 * self->retry_ms, RETRY_LAST_MS);
}

/* If it was not written it is told again: the network knows it then. Only when it is written the next is read. */
static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  BkEngineMarker *self = step->self;
  g_autoptr (GError) error = NULL;
  gboolean written = bk_engine_history_settle_due_finish (self->history, result, &error);

  if (!written)
    g_warning ("That a mark was told could not be written down: %s", error->message);
  if (step->round != self->round)
    return;
  if (written)
    read_next (self);
  else
    rest (self);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  BkEngineMarker *self = step->self;
  g_autoptr (GError) error = NULL;

  BK_BACKEND_MARKS_GET_IFACE (self->backend)->mark_finish (self->backend, result, &error);
  if (self->state == MARKER_CLOSED)
    return;
  if (error == NULL || bk_engine_error_is_final (error))
    {
      const BkHistoryDue *due = step->due;
      if (step->round == self->round)
        self->retry_ms = RETRY_FIRST_MS;
      bk_engine_history_settle_due_async (self->history, due, error == NULL, on_settled, g_steal_pointer (&step));
    }
  else if (step->round == self->round)
    rest (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  BkEngineMarker *self = step->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkHistoryDue) due = bk_engine_history_next_due_finish (self->history, result, &error);

  if (step->round != self->round)
    return;
  if (error != NULL)
    {
      g_warning ("What others are to be told could not be read: %s", error->message);
      rest (self);
      return;
    }
  if (due == NULL)
    {
      self->state = MARKER_IDLE;
      if (self->more)
        read_next (self);
      return;
    }
  self->state = MARKER_TELLING;
  Step *next = step_new (self, g_steal_pointer (&due));
  BK_BACKEND_MARKS_GET_IFACE (self->backend)->mark_async (self->backend, next->due->who, next->due->message_id,
                                                          next->due->mark, next->due->tell, self->cancellable, on_told,
                                                          next);
}

static void
read_next (BkEngineMarker *self)
{
  self->state = MARKER_READING;
  self->more = FALSE;
  bk_engine_history_next_due_async (self->history, self->account, self->hidden, on_read, step_new (self, NULL));
}

/* What the old connection still answers is of no interest but for the mark itself. */
static void
end_round (BkEngineMarker *self, MarkerState state)
{
  self->round++;
  self->state = state;
  bk_clock_clear (self->clock, &self->timer);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
bk_engine_marker_dispose (GObject *object)
{
  BkEngineMarker *self = BK_ENGINE_MARKER (object);

  if (self->clock != NULL)
    end_round (self, MARKER_CLOSED);
  g_clear_object (&self->clock);
  g_clear_object (&self->history);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bk_engine_marker_parent_class)->dispose (object);
}

static void
bk_engine_marker_class_init (BkEngineMarkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_engine_marker_dispose;
}

static void
bk_engine_marker_init (BkEngineMarker *self)
{
  self->retry_ms = RETRY_FIRST_MS;
}

BkEngineMarker *
bk_engine_marker_new (BkClock *clock, BkEngineHistory *history, BkBackendMarks *backend, guint account)
{
  BkEngineMarker *self = g_object_new (BK_TYPE_ENGINE_MARKER, NULL);

  self->clock = g_object_ref (clock);
  self->history = g_object_ref (history);
  self->backend = g_object_ref (backend);
  self->account = account;
  return self;
}

void
bk_engine_marker_set_online (BkEngineMarker *self, gboolean online)
{
  if (self->state == MARKER_CLOSED || (self->state != MARKER_OFFLINE) == online)
    return;
  if (!online)
    {
      end_round (self, MARKER_OFFLINE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  self->retry_ms = RETRY_FIRST_MS;
  read_next (self);
}

/* A message came, or was read. */
void
bk_engine_marker_poke (BkEngineMarker *self)
{
  switch (self->state)
    {
    case MARKER_IDLE:
      read_next (self);
      break;
    case MARKER_READING:
      self->more = TRUE;
      break;
    case MARKER_OFFLINE:
    case MARKER_TELLING:
    case MARKER_RESTING:
    case MARKER_CLOSED:
      break;
    }
}

/* @tell_read: others may know what has been read. @hidden: or even that we are there. */
void
bk_engine_marker_set_telling (BkEngineMarker *self, gboolean tell_read, gboolean hidden)
{
  gboolean shown = self->hidden && !hidden;

  self->tell_read = tell_read;
  self->hidden = hidden;
  if (shown)
    bk_engine_marker_poke (self);
}

/* Whether others may know of what is read now. */
gboolean
bk_engine_marker_get_telling (BkEngineMarker *self)
{
  return self->tell_read && !self->hidden;
}

void
bk_engine_marker_close (BkEngineMarker *self)
{
  end_round (self, MARKER_CLOSED);
}
