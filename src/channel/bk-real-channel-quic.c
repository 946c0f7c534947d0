/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QUIC says, and to whom. */
#include "bk-real-channel-private.h"

static void
on_confirmed (gpointer user_data)
{
  BkRealChannel *self = user_data;

  self->state = BK_REAL_CONFIRMED;
  bk_real_words_open (self);
  bk_real_turn_tell_confirmed (self);
  bk_real_path_update (self);
}

static void
on_stream_opened (gint64 stream, gpointer user_data)
{
  bk_real_streams_opened (user_data, stream);
}

static void
on_stream_data (gint64 stream, const guint8 *data, gsize length, gboolean fin, gpointer user_data)
{
  BkRealChannel *self = user_data;

  if (stream != self->control)
    {
      bk_real_streams_data (self, stream, data, length, fin);
      return;
    }
  bk_real_words_receive (self, data, length);
  self->they_drained |= fin;
  bk_real_turn_soon (self);
}

static void
on_stream_writable (gint64 stream, gpointer user_data)
{
  BkRealChannel *self = user_data;
  BkPump *pump = bk_real_streams_find (self, stream);

  if (pump != NULL)
    bk_pump_writable (pump);
  if (stream == self->control)
    bk_real_words_flush (self);
}

static void
on_stream_acked (gint64 stream, gpointer user_data)
{
  BkRealChannel *self = user_data;
  BkPump *pump = bk_real_streams_find (self, stream);

  if (pump != NULL)
    bk_pump_acked (pump);
  self->told |= stream == self->control;
  bk_real_turn_soon (self);
}

static void
on_stream_given_up (BkRealChannel *self, gint64 stream, void (*func) (BkPump *))
{
  BkPump *pump = bk_real_streams_find (self, stream);

  if (pump != NULL)
    func (pump);
  else if (stream == self->control)
    bk_real_turn_break (self, BECKON_SESSION_RESULT_PROTOCOL_ERROR, NULL);
}

static void
on_stream_stopped (gint64 stream, gpointer user_data)
{
  on_stream_given_up (user_data, stream, bk_pump_stopped);
}

static void
on_stream_reset (gint64 stream, gpointer user_data)
{
  on_stream_given_up (user_data, stream, bk_pump_reset);
}

static void
on_stream_closed (gint64 stream, gpointer user_data)
{
  bk_real_streams_closed (user_data, stream);
}

static void
on_datagram (const guint8 *data, gsize length, gpointer user_data)
{
  bk_real_flows_receive (user_data, data, length);
}

static void
on_datagram_writable (gpointer user_data)
{
  bk_real_flows_writable (user_data);
}

static void
on_closed (BeckonSessionResult result, const char *reason, gpointer user_data)
{
  bk_real_turn_break (user_data, result, NULL);
}

const BkQuicFuncs bk_real_quic_funcs = {
  on_confirmed,      on_stream_opened, on_stream_data,   on_stream_writable, on_stream_acked,
  on_stream_stopped, on_stream_reset,  on_stream_closed, on_datagram,        on_datagram_writable,
  on_closed,
};
