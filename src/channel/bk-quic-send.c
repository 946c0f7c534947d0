/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes out: packets filled with datagrams and with streams in turn, in bursts of equal length. */
#include "bk-quic-private.h"

#include <string.h>

/* What became of one attempt to put something into the packet at hand. */
typedef enum
{
  MORE,    /* there is room for more */
  NEXT,    /* this one could not go in: try another */
  WRITTEN, /* the packet is complete, or there is none to be sent now */
} Progress;

/* ----- datagrams ----- */

static BkQuicDatagram *
peek_datagram (BkQuic *self)
{
  return self->n_datagrams > 0 ? &self->datagrams[self->first_datagram] : NULL;
}

static void
pop_datagram (BkQuic *self)
{
  self->first_datagram = (self->first_datagram + 1) % BK_QUIC_DATAGRAMS;
  self->n_datagrams--;
}

gboolean
bk_quic_send_datagram (BkQuic *self, const guint8 *data, gsize length)
{
  if (self->phase != BK_QUIC_ALIVE || !self->confirmed || length > bk_quic_get_max_datagram (self))
    return TRUE;
  if (self->n_datagrams == BK_QUIC_DATAGRAMS)
    {
      self->datagram_refused = TRUE;
      return FALSE;
    }
  if (self->datagrams == NULL)
    self->datagrams = g_new (BkQuicDatagram, BK_QUIC_DATAGRAMS);

  BkQuicDatagram *slot = &self->datagrams[(self->first_datagram + self->n_datagrams) % BK_QUIC_DATAGRAMS];
  slot->length = (guint16) length;
  if (length > 0)
    memcpy (slot->data, data, length);
  self->n_datagrams++;
  return TRUE;
}

gsize
bk_quic_get_max_datagram (BkQuic *self)
{
  const ngtcp2_transport_params *params
    = self->confirmed && self->conn != NULL ? ngtcp2_conn_get_remote_transport_params (self->conn) : NULL;

  if (params == NULL || params->max_datagram_frame_size <= 3)
    return 0;
  return (gsize) MIN (params->max_datagram_frame_size - 3, BK_QUIC_MAX_DATAGRAM);
}

static Progress
write_datagram (BkQuic *self, guint8 *packet, ngtcp2_tstamp ts, ngtcp2_ssize *written)
{
  BkQuicDatagram *datagram = peek_datagram (self);
  ngtcp2_vec vec = { datagram->data, datagram->length };
  int accepted = 0;

  *written = ngtcp2_conn_writev_datagram (self->conn, NULL, NULL, packet, BK_QUIC_MAX_PACKET, &accepted,
                                          NGTCP2_WRITE_DATAGRAM_FLAG_MORE, self->datagram_id, &vec, datagram->length > 0, ts);
  if (accepted)
    {
      self->datagram_id++;
      self->statistics.datagrams_sent++;
      self->statistics.bytes_sent += datagram->length;
      pop_datagram (self);
    }
  if (*written == NGTCP2_ERR_WRITE_MORE)
    return MORE;
  if (*written == NGTCP2_ERR_INVALID_ARGUMENT || *written == NGTCP2_ERR_INVALID_STATE)
    {
      pop_datagram (self); /* the other side takes none of that length */
      return NEXT;
    }
  return WRITTEN;
}

/* ----- streams ----- */

static void
stop (BkQuic *self, BkQuicStream *stream)
{
  bk_quic_stream_unready (self, stream);
  stream->shut = TRUE;
  if (stream->told_stopped)
    return;
  stream->told_stopped = TRUE;
  g_ptr_array_add (self->stopped, stream);
}

static Progress
write_stream (BkQuic *self, BkQuicStream *stream, guint8 *packet, ngtcp2_tstamp ts, ngtcp2_ssize *written)
{
  ngtcp2_vec vec[2];
  ngtcp2_ssize taken = -1;
  gboolean fin;
  gsize n = bk_quic_stream_peek (stream, vec, &fin);
  guint32 flags = NGTCP2_WRITE_STREAM_FLAG_MORE | (fin ? NGTCP2_WRITE_STREAM_FLAG_FIN : 0);

  *written = ngtcp2_conn_writev_stream (self->conn, NULL, NULL, packet, BK_QUIC_MAX_PACKET, &taken, flags, stream->id,
                                        vec, n, ts);
  if (taken >= 0)
    bk_quic_stream_sent (self, stream, (gsize) taken, fin);
  switch (*written)
    {
    case NGTCP2_ERR_WRITE_MORE:
      return MORE;
    case NGTCP2_ERR_STREAM_DATA_BLOCKED:
      stream->blocked = TRUE;
      bk_quic_stream_unready (self, stream);
      return NEXT;
    case NGTCP2_ERR_STREAM_SHUT_WR:
    case NGTCP2_ERR_STREAM_NOT_FOUND:
      stop (self, stream);
      return NEXT;
    default:
      return WRITTEN;
    }
}

/* ----- packets ----- */

static gboolean
has_datagram_turn (BkQuic *self)
{
  return self->n_datagrams > 0 && (self->datagram_turn || g_queue_is_empty (&self->ready));
}

/* As ngtcp2_conn_write_pkt (), with all that there is to say. */
static ngtcp2_ssize
write_packet (BkQuic *self, guint8 *packet, ngtcp2_tstamp ts)
{
  ngtcp2_ssize written = 0;
  Progress progress = MORE;

  self->datagram_turn = !self->datagram_turn;
  while (progress != WRITTEN && self->confirmed)
    {
      if (has_datagram_turn (self))
        progress = write_datagram (self, packet, ts, &written);
      else if (!g_queue_is_empty (&self->ready) && ngtcp2_conn_get_max_data_left (self->conn) > 0)
        progress = write_stream (self, g_queue_peek_head (&self->ready), packet, ts, &written);
      else
        break;
    }
  if (progress == WRITTEN)
    return written;
  return ngtcp2_conn_writev_stream (self->conn, NULL, NULL, packet, BK_QUIC_MAX_PACKET, NULL,
                                    NGTCP2_WRITE_STREAM_FLAG_NONE, -1, NULL, 0, ts);
}

static gsize
write_burst (BkQuic *self, guint8 *buffer, gsize size, gsize *packet_size)
{
  ngtcp2_tstamp ts = bk_quic_time (self);
  gsize limit = MIN (size, MAX (ngtcp2_conn_get_send_quantum (self->conn), 2 * BK_QUIC_MAX_PACKET));
  gsize length = 0;

  limit = MIN (limit, BK_QUIC_MAX_BURST * BK_QUIC_MAX_PACKET);
  while (limit - length >= BK_QUIC_MAX_PACKET)
    {
      ngtcp2_ssize written = write_packet (self, buffer + length, ts);
      if (written < 0)
        {
          bk_quic_fail (self, (int) written);
          break;
        }
      if (written == 0)
        break;
      length += (gsize) written;
      self->statistics.packets_sent++;
      /* Only the last may be shorter. */
      if (written < BK_QUIC_MAX_PACKET)
        {
          if (length == (gsize) written)
            *packet_size = length;
          break;
        }
    }
  ngtcp2_conn_update_pkt_tx_time (self->conn, ts);
  return length;
}

/* The last packet, and the same again: ngtcp2 writes it once. */
static gsize
write_close (BkQuic *self, guint8 *buffer)
{
  if (!self->close_due)
    return 0;
  self->close_due = FALSE;
  if (self->phase == BK_QUIC_CLOSING)
    {
      ngtcp2_ssize written = ngtcp2_conn_write_connection_close (self->conn, NULL, NULL, self->last_words,
                                                                 BK_QUIC_MAX_PACKET, &self->error,
                                                                 bk_quic_time (self));
      self->n_last_words = written > 0 ? (gsize) written : 0;
      self->phase = BK_QUIC_CLOSED;
    }
  memcpy (buffer, self->last_words, self->n_last_words);
  if (self->n_last_words > 0)
    self->statistics.packets_sent++;
  return self->n_last_words;
}

static void
tell_datagram_room (BkQuic *self)
{
  if (!self->datagram_refused || self->n_datagrams > BK_QUIC_DATAGRAMS / 2)
    return;
  self->datagram_refused = FALSE;
  self->inside++;
  self->funcs.datagram_writable (self->user_data);
  self->inside--;
}

gsize
bk_quic_produce (BkQuic *self, guint8 *buffer, gsize size, gsize *packet_size, gint64 now)
{
  gsize length = 0;

  *packet_size = BK_QUIC_MAX_PACKET;
  if (self->inside > 0 || size < BK_QUIC_MAX_PACKET)
    return 0;
  self->now = MAX (self->now, now);
  bk_quic_settle (self);
  if (self->phase == BK_QUIC_ALIVE)
    {
      self->inside++;
      length = write_burst (self, buffer, size, packet_size);
      self->inside--;
      if (self->phase == BK_QUIC_ALIVE)
        tell_datagram_room (self);
    }
  if (length == 0)
    *packet_size = length = write_close (self, buffer);
  bk_quic_settle (self);
  return length;
}
