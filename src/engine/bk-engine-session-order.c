/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Context data has two ways, the network and the channel: its numbers keep the order in which it was sent. And it may
 * be there before the program has its session: then it is told to the program once more. */
#include "bk-engine-session-private.h"

#include <string.h>

#define GAP_MS 3000  /* what is missing for so long does not come any more */
#define READ_MS 1000 /* a program that has its session reads it sooner than that, or never */
#define MAX_EARLY 256
#define MAX_KEPT 4096

/* ---- numbers of what leaves ---- */

static gboolean
is_numbered (const BkEnvelope *envelope)
{
  return envelope->kind == BK_ENVELOPE_CONTEXT || envelope->kind == BK_ENVELOPE_CANCEL
         || envelope->kind == BK_ENVELOPE_END;
}

/* @envelope leaves for the first time. What ends the session says how much was sent before it, and on the other way is
 * still to be. */
void
bk_session_number (BkEngineSession *self, BkEnvelope *envelope)
{
  if (envelope->kind == BK_ENVELOPE_CONTEXT && envelope->number == 0)
    envelope->number = ++self->order.n_sent;
  else if (is_numbered (envelope) && envelope->kind != BK_ENVELOPE_CONTEXT)
    envelope->number = self->order.n_sent + bk_session_count_waiting_context (self);
}

/* The network would not have it: so that nobody waits for it, its number is given to the next one if that is still
 * possible. */
void
bk_session_number_refused (BkEngineSession *self, const BkEnvelope *envelope)
{
  if (envelope->kind == BK_ENVELOPE_CONTEXT && envelope->number == self->order.n_sent)
    self->order.n_sent--;
}

/* ---- what the program misses ---- */

/* From now on what comes is kept, too, until the program has fetched its session. */
void
bk_session_keep_context (BkEngineSession *self)
{
  self->order.keeping = TRUE;
}

static void
keep (BkEngineSession *self, const char *data)
{
  g_queue_push_tail (&self->order.kept, g_strdup (data));
  if (self->order.kept.length > MAX_KEPT)
    g_free (g_queue_pop_head (&self->order.kept));
}

/* The program has its session, or none will come. */
void
bk_session_release_context (BkEngineSession *self)
{
  gboolean told = self->owner != NULL;
  char *data;

  self->order.keeping = FALSE;
  bk_session_stop_timer (self, BK_SESSION_TIMER_FETCH);
  while ((data = g_queue_pop_head (&self->order.kept)) != NULL)
    {
      if (told && bk_session_is_open (self))
        bk_session_emit_data (self, "context-kept", data);
      g_free (data);
    }
}

static void
on_not_read (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_FETCH] = 0;
  bk_session_release_context (self);
}

/* A program holds the session now. It is given the time to read it: only then it hears what is told. */
void
bk_session_program_came (BkEngineSession *self)
{
  if (self->order.keeping)
    bk_session_start_timer (self, BK_SESSION_TIMER_FETCH, READ_MS, on_not_read);
}

gboolean
bk_engine_session_get_unread (BkEngineSession *self)
{
  return self->order.keeping;
}

void
bk_engine_session_was_read (BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (self->timers[BK_SESSION_TIMER_FETCH] != 0)
    bk_session_release_context (self);
}

/* ---- the order of what comes ---- */

static void
take (BkEngineSession *self, const BkEnvelope *context)
{
  if (!bk_session_move (self, BK_LIFE_REMOTE_CONTEXT, NULL, NULL))
    return;
  if (self->order.keeping)
    keep (self, context->data);
  bk_session_set_text (self, &self->context_data, context->data, "ContextData");
  bk_session_emit_data (self, "context-data", context->data);
}

static guint32
first_early (BkEngineSession *self)
{
  BkEnvelope *first = g_queue_peek_head (&self->order.early);

  return first != NULL ? first->number : 0;
}

static void
finish_end (BkEngineSession *self)
{
  g_autoptr (BkEnvelope) end = g_steal_pointer (&self->order.end);

  bk_session_receive_end (self, end);
}

static void on_gap (gpointer user_data);

/* Takes what follows on what was taken last, and the end if nothing is missing before it. */
static void
go_on (BkEngineSession *self)
{
  while (bk_session_is_open (self) && self->order.early.length > 0
         && first_early (self) == self->order.n_received + 1)
    {
      g_autoptr (BkEnvelope) context = g_queue_pop_head (&self->order.early);

      self->order.n_received++;
      take (self, context);
    }
  if (!bk_session_is_open (self))
    return;
  if (self->order.early.length == 0 && self->order.end != NULL && self->order.end->number <= self->order.n_received)
    finish_end (self);
  else if (self->order.early.length == 0 && self->order.end == NULL)
    bk_session_stop_timer (self, BK_SESSION_TIMER_ORDER);
  else if (self->timers[BK_SESSION_TIMER_ORDER] == 0)
    bk_session_start_timer (self, BK_SESSION_TIMER_ORDER, GAP_MS, on_gap);
}

/* What is missing is not waited for any longer. */
static void
skip_gap (BkEngineSession *self)
{
  bk_session_stop_timer (self, BK_SESSION_TIMER_ORDER);
  if (self->order.early.length > 0)
    self->order.n_received = first_early (self) - 1;
  else if (self->order.end != NULL)
    self->order.n_received = self->order.end->number;
  go_on (self);
}

static void
on_gap (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_ORDER] = 0;
  g_debug ("Session %s: context %u is missing", self->id, self->order.n_received + 1);
  skip_gap (self);
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint32 one = ((const BkEnvelope *) a)->number;
  guint32 other = ((const BkEnvelope *) b)->number;

  return one < other ? -1 : one > other;
}

static gboolean
is_waiting (BkEngineSession *self, const BkEnvelope *context)
{
  for (GList *link = self->order.early.head; link != NULL; link = link->next)
    if (compare_numbers (link->data, context, NULL) == 0)
      return TRUE;
  return FALSE;
}

/* Context came, by either way. It comes twice where nobody could know whether it had arrived. */
void
bk_session_order_context (BkEngineSession *self, const BkEnvelope *context)
{
  gsize length = strlen (context->data);

  if (context->number != 0 && (context->number <= self->order.n_received || is_waiting (self, context)))
    return;
  if (self->order.total + length > BK_LIMIT_CONTEXT_TOTAL)
    {
      g_debug ("Session %s: more context than one side may send was passed over", self->id);
      return;
    }
  self->order.total += length;
  if (context->number == 0)
    {
      take (self, context); /* from a network that keeps the order itself */
      return;
    }
  g_queue_insert_sorted (&self->order.early, bk_envelope_copy (context), compare_numbers, NULL);
  if (self->order.early.length > MAX_EARLY)
    skip_gap (self);
  else
    go_on (self);
}

/* The end came. FALSE: nothing is missing before it. Else it is kept, and comes by itself. */
gboolean
bk_session_order_end (BkEngineSession *self, const BkEnvelope *end)
{
  if (self->state != BECKON_SESSION_STATE_CONNECTED || end->number <= self->order.n_received)
    return FALSE;
  if (self->order.end == NULL)
    self->order.end = bk_envelope_copy (end);
  go_on (self);
  return TRUE;
}

void
bk_session_order_over (BkEngineSession *self)
{
  self->order.keeping = FALSE;
  bk_session_stop_timer (self, BK_SESSION_TIMER_ORDER);
  bk_session_stop_timer (self, BK_SESSION_TIMER_FETCH);
  g_queue_clear_full (&self->order.early, (GDestroyNotify) bk_envelope_free);
  g_queue_clear_full (&self->order.kept, g_free);
  g_clear_pointer (&self->order.end, bk_envelope_free);
}
