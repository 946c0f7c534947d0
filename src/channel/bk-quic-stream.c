/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams: what was written stays in segments until it has arrived, for ngtcp2 keeps pointers into them; what comes is
 * handed on at once, and the window it takes is given back when it is consumed. */
#include "bk-quic-private.h"

#include "bk-limits.h"

#include <string.h>

#define SPARE_SEGMENTS 64
#define WORTH_WAKING BK_QUIC_SEGMENT /* room, before a writer is called again */

BkQuicStream *
bk_quic_stream_new (BkQuic *self, gint64 id)
{
  BkQuicStream *stream = g_new0 (BkQuicStream, 1);

  stream->id = id;
  stream->window = MIN (BK_QUIC_FIRST_WINDOW, self->max_stream_window);
  stream->ready.data = stream;
  stream->starved.data = stream;
  g_hash_table_add (self->streams, stream);
  return stream;
}

BkQuicStream *
bk_quic_stream_find (BkQuic *self, gint64 id)
{
  return g_hash_table_lookup (self->streams, &id);
}

/* ----- queues ----- */

void
bk_quic_stream_make_ready (BkQuic *self, BkQuicStream *stream)
{
  gboolean wants = stream->sent < stream->end || (stream->fin && !stream->fin_sent);

  if (stream->is_ready || !wants || stream->shut || stream->gone || stream->blocked)
    return;
  stream->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &stream->ready);
}

void
bk_quic_stream_unready (BkQuic *self, BkQuicStream *stream)
{
  if (stream->is_ready)
    g_queue_unlink (&self->ready, &stream->ready);
  stream->is_ready = FALSE;
}

static void
starve (BkQuic *self, BkQuicStream *stream)
{
  if (stream->is_starved)
    return;
  stream->is_starved = TRUE;
  g_queue_push_tail_link (&self->starved, &stream->starved);
}

static void
unstarve (BkQuic *self, BkQuicStream *stream)
{
  if (stream->is_starved)
    g_queue_unlink (&self->starved, &stream->starved);
  stream->is_starved = FALSE;
}

/* ----- segments ----- */

static BkQuicSegment *
take_segment (BkQuic *self)
{
  BkQuicSegment *segment = self->spare;

  if (segment == NULL)
    segment = g_new (BkQuicSegment, 1);
  else
    {
      self->spare = segment->next;
      self->n_spare--;
    }
  segment->next = NULL;
  return segment;
}

static void
give_segment (BkQuic *self, BkQuicSegment *segment)
{
  if (self->n_spare >= SPARE_SEGMENTS)
    {
      g_free (segment);
      return;
    }
  segment->next = self->spare;
  self->spare = segment;
  self->n_spare++;
}

static void
drop_head (BkQuic *self, BkQuicStream *stream)
{
  BkQuicSegment *head = stream->head;

  stream->head = head->next;
  stream->base += BK_QUIC_SEGMENT;
  if (stream->cursor == head)
    {
      stream->cursor = stream->head;
      stream->cursor_base = stream->base;
    }
  if (stream->head == NULL)
    stream->tail = NULL;
  give_segment (self, head);
}

static void
drop_arrived (BkQuic *self, BkQuicStream *stream)
{
  while (stream->head != NULL && stream->acked - stream->base >= BK_QUIC_SEGMENT)
    drop_head (self, stream);
  if (stream->acked == stream->end)
    {
      while (stream->head != NULL)
        drop_head (self, stream);
      stream->base = stream->cursor_base = stream->end;
    }
}

static gsize
append (BkQuic *self, BkQuicStream *stream, const guint8 *data, gsize length)
{
  for (gsize done = 0; done < length;)
    {
      gsize used = (gsize) (stream->end - stream->base) % BK_QUIC_SEGMENT;

      if (used == 0)
        {
          BkQuicSegment *segment = take_segment (self);
          if (stream->tail != NULL)
            stream->tail->next = segment;
          else
            stream->head = segment;
          stream->tail = segment;
          if (stream->cursor == NULL)
            {
              stream->cursor = segment;
              stream->cursor_base = stream->end;
            }
        }
      gsize part = MIN (length - done, BK_QUIC_SEGMENT - used);
      memcpy (stream->tail->data + used, data + done, part);
      stream->end += part;
      done += part;
    }
  self->send_pool += length;
  return length;
}

static gsize
get_room (BkQuic *self, BkQuicStream *stream)
{
  guint64 buffered = stream->end - stream->acked;
  guint64 unsent = stream->end - stream->sent;
  guint64 pool = self->send_pool < BK_QUIC_SEND_POOL ? BK_QUIC_SEND_POOL - self->send_pool : 0;
  guint64 own = buffered < BK_QUIC_SEGMENT ? BK_QUIC_SEGMENT - buffered : 0; /* what nobody can take from it */
  /* Who has nothing under way has nobody who reads, or just begins. */
  guint64 ahead = CLAMP (stream->sent - stream->acked, BK_QUIC_UNSENT_LEAST, BK_QUIC_UNSENT_MOST);
  guint64 room = MAX (pool, own);

  if (unsent >= ahead || buffered >= self->max_stream_window)
    return 0;
  room = MIN (room, ahead - unsent);
  return (gsize) MIN (room, self->max_stream_window - buffered);
}

/* ----- out ----- */

gsize
bk_quic_write (BkQuic *self, gint64 id, const guint8 *data, gsize length, gboolean fin)
{
  BkQuicStream *stream = bk_quic_stream_find (self, id);

  if (stream == NULL || stream->shut || stream->gone || stream->fin || self->phase != BK_QUIC_ALIVE)
    return 0;

  gsize taken = append (self, stream, data, MIN (length, get_room (self, stream)));
  if (taken < length)
    starve (self, stream);
  else
    stream->fin = fin;
  bk_quic_stream_make_ready (self, stream);
  return taken;
}

gsize
bk_quic_stream_peek (BkQuicStream *stream, ngtcp2_vec vec[2], gboolean *fin)
{
  guint64 left = stream->end - stream->sent;
  gsize offset = (gsize) (stream->sent - stream->cursor_base);
  BkQuicSegment *segment = stream->cursor;
  gsize n = 0;

  if (segment != NULL && offset == BK_QUIC_SEGMENT && segment->next != NULL)
    {
      segment = stream->cursor = segment->next;
      stream->cursor_base += BK_QUIC_SEGMENT;
      offset = 0;
    }
  for (; n < 2 && left > 0; n++)
    {
      vec[n].base = segment->data + offset;
      vec[n].len = (gsize) MIN (left, BK_QUIC_SEGMENT - offset);
      left -= vec[n].len;
      segment = segment->next;
      offset = 0;
    }
  *fin = stream->fin && left == 0;
  return n;
}

void
bk_quic_stream_sent (BkQuic *self, BkQuicStream *stream, gsize length, gboolean fin)
{
  stream->sent += length;
  self->statistics.bytes_sent += length;
  while (stream->cursor != NULL && stream->cursor->next != NULL
         && stream->sent - stream->cursor_base >= BK_QUIC_SEGMENT)
    {
      stream->cursor = stream->cursor->next;
      stream->cursor_base += BK_QUIC_SEGMENT;
    }
  if (fin && stream->sent == stream->end)
    {
      stream->fin_sent = TRUE;
      stream->fin_alone = length == 0;
      stream->losses_at_fin = ngtcp2_conn_get_stream_loss_count (self->conn, stream->id);
    }
  bk_quic_stream_unready (self, stream);
  bk_quic_stream_make_ready (self, stream); /* behind the others */
}

/* Whether the end has arrived too. An end that went alone is acknowledged by itself (length 0), unless it was lost and
 * joined what it followed when that was sent again. */
static gboolean
has_end_arrived (BkQuic *self, BkQuicStream *stream)
{
  return stream->fin_sent && stream->acked == stream->end
         && (!stream->fin_alone || stream->fin_acked
             || ngtcp2_conn_get_stream_loss_count (self->conn, stream->id) != stream->losses_at_fin);
}

void
bk_quic_stream_acked (BkQuic *self, BkQuicStream *stream, guint64 offset, guint64 length)
{
  guint64 until = MIN (offset + length, stream->sent);

  if (length == 0)
    stream->fin_acked = TRUE;
  if (until > stream->acked)
    {
      self->send_pool -= until - stream->acked;
      stream->acked = until;
      drop_arrived (self, stream);
    }
  if (stream->told_acked || stream->shut || self->told_closed || !has_end_arrived (self, stream))
    return;
  stream->told_acked = TRUE;
  self->inside++;
  self->funcs.stream_acked (stream->id, self->user_data);
  self->inside--;
}

void
bk_quic_stream_unblocked (BkQuic *self, BkQuicStream *stream)
{
  stream->blocked = FALSE;
  bk_quic_stream_make_ready (self, stream);
}

void
bk_quic_reset (BkQuic *self, gint64 id)
{
  BkQuicStream *stream = bk_quic_stream_find (self, id);

  if (stream == NULL || stream->shut || stream->gone || self->phase != BK_QUIC_ALIVE)
    return;
  /* The segments stay until ngtcp2 lets the stream go. */
  stream->shut = TRUE;
  bk_quic_stream_unready (self, stream);
  unstarve (self, stream);
  bk_quic_shutdown_write (self->conn, id);
}

/* ----- in ----- */

void
bk_quic_stream_received (BkQuic *self, BkQuicStream *stream, const guint8 *data, gsize length, gboolean fin)
{
  self->statistics.bytes_received += length;
  if (stream->deaf || self->told_closed || (length == 0 && !fin))
    return;
  if (stream->round_start == 0)
    stream->round_start = self->now;
  stream->unconsumed += length;
  self->inside++;
  self->funcs.stream_data (stream->id, data, length, fin, self->user_data);
  self->inside--;
}

static void
finish (BkQuic *self, BkQuicStream *stream)
{
  if (!stream->gone || stream->unconsumed > 0 || stream->is_finished)
    return;
  stream->is_finished = TRUE;
  g_ptr_array_add (self->finished, stream);
}

/* A reader that takes half a window within two round trips is held back by it. */
static guint64
grow (BkQuic *self, BkQuicStream *stream, gsize consumed)
{
  stream->round_credit += consumed;
  if (stream->round_credit < stream->window / 2)
    return 0;

  guint64 rtt_us = bk_quic_get_rtt_ns (self->conn) / 1000;
  gboolean fast = (guint64) (self->now - stream->round_start) < MAX (2 * rtt_us, 1000);
  guint64 more = MIN (stream->window, self->max_stream_window - stream->window);

  stream->round_start = self->now;
  stream->round_credit = 0;
  more = fast ? MIN (more, BK_QUIC_WINDOW_POOL - self->window_pool) : 0;
  stream->window += more;
  self->window_pool += more;
  return more;
}

void
bk_quic_consume (BkQuic *self, gint64 id, gsize length)
{
  BkQuicStream *stream = bk_quic_stream_find (self, id);

  if (stream == NULL || stream->deaf)
    return;
  length = (gsize) MIN (length, stream->unconsumed);
  stream->unconsumed -= length;
  if (!stream->gone && length > 0 && self->phase == BK_QUIC_ALIVE)
    ngtcp2_conn_extend_max_stream_offset (self->conn, id, length + grow (self, stream, length));
  finish (self, stream);
}

void
bk_quic_stop (BkQuic *self, gint64 id)
{
  BkQuicStream *stream = bk_quic_stream_find (self, id);

  if (stream == NULL || stream->deaf || self->phase != BK_QUIC_ALIVE)
    return;
  stream->deaf = TRUE;
  stream->unconsumed = 0;
  if (!stream->gone)
    bk_quic_shutdown_read (self->conn, id);
  finish (self, stream);
}

/* ----- begin and end ----- */

gint64
bk_quic_open_stream (BkQuic *self)
{
  gint64 id = -1;

  if (self->phase != BK_QUIC_ALIVE || !self->confirmed || g_hash_table_size (self->streams) >= BK_QUIC_STREAMS
      || ngtcp2_conn_open_bidi_stream (self->conn, &id, NULL) != 0)
    return -1;
  ngtcp2_conn_set_stream_user_data (self->conn, id, bk_quic_stream_new (self, id));
  return id;
}

static void
drop_segments (BkQuic *self, BkQuicStream *stream)
{
  self->send_pool -= stream->end - stream->acked;
  stream->acked = stream->sent = stream->end;
  drop_arrived (self, stream);
}

void
bk_quic_stream_gone (BkQuic *self, BkQuicStream *stream)
{
  self->statistics.packets_lost += ngtcp2_conn_get_stream_loss_count (self->conn, stream->id);
  stream->gone = TRUE;
  bk_quic_stream_unready (self, stream);
  unstarve (self, stream);
  drop_segments (self, stream);
  finish (self, stream);
}

void
bk_quic_stream_free (BkQuic *self, BkQuicStream *stream)
{
  bk_quic_stream_unready (self, stream);
  unstarve (self, stream);
  drop_segments (self, stream);
  self->window_pool -= stream->window - MIN (BK_QUIC_FIRST_WINDOW, self->max_stream_window);
  g_free (stream);
}

/* The other side may open the next one only now: else it could fill streams that nobody reads without end. */
static void
let_go (BkQuic *self, BkQuicStream *stream)
{
  gint64 id = stream->id;
  gboolean ours = (id & 1) == (self->client ? 0 : 1);

  g_hash_table_remove (self->streams, stream);
  bk_quic_stream_free (self, stream);
  if (!ours && self->phase == BK_QUIC_ALIVE)
    ngtcp2_conn_extend_max_streams_bidi (self->conn, 1);
  if (self->told_closed)
    return;
  self->inside++;
  self->funcs.stream_closed (id, self->user_data);
  self->inside--;
}

static void
feed_starved (BkQuic *self)
{
  for (guint n = g_queue_get_length (&self->starved); n > 0; n--)
    {
      GList *link = g_queue_peek_head_link (&self->starved);
      if (link == NULL)
        return;

      BkQuicStream *stream = link->data;
      gint64 id = stream->id;
      unstarve (self, stream);
      if (get_room (self, stream) < MIN (WORTH_WAKING, self->max_stream_window / 2))
        {
          starve (self, stream);
          continue;
        }
      self->inside++;
      self->funcs.stream_writable (id, self->user_data);
      self->inside--;
    }
}

static void
tell_stopped (BkQuic *self, BkQuicStream *stream)
{
  if (self->told_closed || stream->gone)
    return;
  self->inside++;
  self->funcs.stream_stopped (stream->id, self->user_data);
  self->inside--;
}

void
bk_quic_streams_settle (BkQuic *self)
{
  while (self->stopped->len > 0)
    tell_stopped (self, g_ptr_array_steal_index (self->stopped, self->stopped->len - 1));
  while (self->finished->len > 0)
    let_go (self, g_ptr_array_steal_index (self->finished, self->finished->len - 1));
  if (self->phase == BK_QUIC_ALIVE)
    feed_starved (self);
}

void
bk_quic_streams_clear (BkQuic *self)
{
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    {
      g_hash_table_iter_remove (&iter);
      bk_quic_stream_free (self, stream);
    }
  while (self->spare != NULL)
    {
      BkQuicSegment *next = self->spare->next;
      g_free (self->spare);
      self->spare = next;
    }
}
