/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the core of the channel costs alone: two QUIC connections in one process, without sockets between. */
#include "bk-quic.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SESSION "{6f0d2f9e-8a55-4a0e-9d0b-2f6d3a1c5b7e}"
#define PIECE (64 * 1024)

typedef struct
{
  BkQuic *quic;
  guint64 left, received;
  gint64 stream, cpu_ns;
  gboolean datagrams;
} Side;

static guint8 buffer[BK_QUIC_MAX_BURST * BK_QUIC_MAX_PACKET];
static guint8 piece[PIECE];

static gint64
cpu (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64) t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
fill (Side *self)
{
  while (self->left > 0 && self->datagrams && bk_quic_send_datagram (self->quic, piece, 1150))
    self->left -= MIN (self->left, 1150);
  while (self->left > 0 && !self->datagrams)
    {
      gsize length = (gsize) MIN (self->left, PIECE);
      gsize taken = bk_quic_write (self->quic, self->stream, piece, length, FALSE);
      self->left -= taken;
      if (taken < length)
        return;
    }
}

static void
on_number (gint64 stream, gpointer user_data)
{
}

static void
on_nothing (gpointer user_data)
{
}

static void
on_data (gint64 stream, const guint8 *data, gsize length, gboolean fin, gpointer user_data)
{
  Side *self = user_data;

  self->received += length;
  bk_quic_consume (self->quic, stream, length);
}

static void
on_writable (gint64 stream, gpointer user_data)
{
  fill (user_data);
}

static void
on_datagram (const guint8 *data, gsize length, gpointer user_data)
{
  Side *self = user_data;

  self->received += length;
}

static void
on_datagram_room (gpointer user_data)
{
  fill (user_data);
}

static void
on_closed (BeckonSessionResult result, const char *reason, gpointer user_data)
{
  g_error ("It is over: %s", reason);
}

static const BkQuicFuncs funcs = {
  .confirmed = on_nothing,
  .stream_opened = on_number,
  .stream_data = on_data,
  .stream_writable = on_writable,
  .stream_acked = on_number,
  .stream_stopped = on_number,
  .stream_reset = on_number,
  .stream_closed = on_number,
  .datagram = on_datagram,
  .datagram_writable = on_datagram_room,
  .closed = on_closed,
};

static void
pass (Side *from, Side *to)
{
  for (;;)
    {
      gsize size = 0;
      gint64 start = cpu ();
      gint64 now = g_get_monotonic_time ();
      gsize length = bk_quic_produce (from->quic, buffer, sizeof buffer, &size, now);
      gint64 produced = cpu ();

      for (gsize at = 0; at < length; at += size)
        bk_quic_receive (to->quic, buffer + at, MIN (size, length - at), now);
      from->cpu_ns += produced - start;
      to->cpu_ns += cpu () - produced;
      if (length == 0)
        return;
    }
}

static void
turn (Side sides[2])
{
  for (guint i = 0; i < 2; i++)
    {
      pass (&sides[i], &sides[1 - i]);
      if (bk_quic_get_deadline (sides[i].quic) <= g_get_monotonic_time ())
        bk_quic_expire (sides[i].quic, g_get_monotonic_time ());
    }
}

int
main (int argc, char **argv)
{
  guint64 size = (argc > 1 ? strtoull (argv[1], NULL, 10) : 512) * 1024 * 1024;
  Side sides[2] = { { 0 } };
  BkCertificate *certificates[2];

  for (guint i = 0; i < 2; i++)
    certificates[i] = bk_certificate_new (SESSION, NULL);
  for (guint i = 0; i < 2; i++)
    {
      BkQuicConfig config = { i == 0, SESSION, certificates[i],
                              bk_certificate_get_fingerprint (certificates[1 - i]), { (guint8) i }, 0 };
      sides[i].quic = bk_quic_new (&config, &funcs, &sides[i], g_get_monotonic_time (), NULL);
    }
  while (!bk_quic_is_confirmed (sides[0].quic) || !bk_quic_is_confirmed (sides[1].quic))
    turn (sides);

  sides[0].datagrams = argc > 2 && g_str_equal (argv[2], "datagrams");
  sides[0].stream = bk_quic_open_stream (sides[0].quic);
  sides[0].left = size;
  sides[0].cpu_ns = sides[1].cpu_ns = 0;
  gint64 start = g_get_monotonic_time ();
  fill (&sides[0]);
  while (sides[1].received < size)
    turn (sides);

  double seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, gib = (double) size / (1 << 30);
  BkQuicStatistics statistics;
  bk_quic_get_statistics (sides[0].quic, &statistics);
  printf ("%.0f MB/s; CPU s/GiB: sender %.2f, receiver %.2f; lost %" G_GUINT64_FORMAT "\n",
          (double) size / 1e6 / seconds, (double) sides[0].cpu_ns / 1e9 / gib, (double) sides[1].cpu_ns / 1e9 / gib,
          statistics.packets_lost);
  for (guint i = 0; i < 2; i++)
    {
      bk_quic_free (sides[i].quic);
      bk_certificate_free (certificates[i]);
    }
  return 0;
}
