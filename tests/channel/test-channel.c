/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two real channels in one process, in a network of their own. */
#include "channel-pair.h"
#include "net-stage.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_confirmed (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  channel_pair_init (&pair, NULL);
  g_assert_cmpint (bk_channel_get_path (pair.side[0].channel), ==, BECKON_CHANNEL_PATH_NONE);
  channel_pair_connect (&pair);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (pair.side[i].confirmed, ==, 1);
      g_assert_cmpint (bk_channel_get_path (pair.side[i].channel), ==, BECKON_CHANNEL_PATH_DIRECT);
      g_assert_cmpstr (bk_channel_get_reason (pair.side[i].channel), ==, "Direct connection.");
    }
  channel_pair_open (&pair, "chat", fds);
  fd_write (fds[0], "hello", 5);
  fd_expect (fds[1], "hello");
  fd_write (fds[1], "you too", 7);
  fd_expect (fds[0], "you too");
  close (fds[0]);
  fd_expect_end (fds[1]);
  close (fds[1]);
}

/* The first of a name with the first, whoever comes first; other names keep out of it. */
static void
test_pairing (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int theirs[3];
  int ours[3];

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("from the invitee %u", i);

      theirs[i] = bk_channel_open_stream (pair.side[1].channel, i == 1 ? "other" : "same", NULL);
      fd_write (theirs[i], text, strlen (text));
    }
  bk_test_wait_for_count (&pair.side[0].offered->len, 3);
  g_assert_cmpstr (g_ptr_array_index (pair.side[0].offered, 0), ==, "same/stream");
  g_assert_cmpstr (g_ptr_array_index (pair.side[0].offered, 1), ==, "other/stream");
  for (guint i = 0; i < 3; i++)
    ours[i] = bk_channel_open_stream (pair.side[0].channel, i == 0 ? "other" : "same", NULL);
  fd_expect (ours[0], "from the invitee 1");
  fd_expect (ours[1], "from the invitee 0");
  fd_expect (ours[2], "from the invitee 2");
  fd_write (ours[2], "back", 4);
  fd_expect (theirs[2], "back");
  g_assert_cmpuint (pair.side[1].offered->len, ==, 0);
  for (guint i = 0; i < 3; i++)
    close (ours[i]);
  for (guint i = 0; i < 3; i++)
    {
      fd_expect_end (theirs[i]);
      close (theirs[i]);
    }
}

/* What the inviter writes waits for the invitee to open it, its end too. */
static void
test_inviter_first (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fd = -1;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  fd = bk_channel_open_stream (pair.side[0].channel, "log", NULL);
  fd_write (fd, "written and gone", 16);
  close (fd);
  bk_test_wait_for_count (&pair.side[1].offered->len, 1);
  g_assert_cmpstr (g_ptr_array_index (pair.side[1].offered, 0), ==, "log/stream");
  fd = bk_channel_open_stream (pair.side[1].channel, "log", NULL);
  fd_expect (fd, "written and gone");
  fd_expect_end (fd);
  close (fd);
  g_assert_cmpuint (pair.side[0].offered->len, ==, 0);
}

/* Each direction ends by itself. */
static void
test_half_close (void)
{
  for (guint first = 0; first < 2; first++)
    {
      g_auto (ChannelPair) pair = { 0 };
      int fds[2];

      channel_pair_init (&pair, NULL);
      channel_pair_connect (&pair);
      channel_pair_open (&pair, "ask", fds);
      fd_write (fds[first], "question", 8);
      shutdown (fds[first], SHUT_WR);
      fd_expect (fds[1 - first], "question");
      fd_expect_end (fds[1 - first]);
      fd_write (fds[1 - first], "answer", 6);
      fd_expect (fds[first], "answer");
      close (fds[1 - first]);
      fd_expect_end (fds[first]);
      close (fds[first]);
    }
}

/* Who writes to somebody who has gone is told so, as with any socket; also if he only does not listen any more. */
static void
test_reader_gone (void)
{
  for (guint half = 0; half < 2; half++)
    {
      g_auto (ChannelPair) pair = { 0 };
      guint8 data[4096] = { 0 };
      int fds[2];
      int failure = EAGAIN;

      channel_pair_init (&pair, NULL);
      channel_pair_connect (&pair);
      channel_pair_open (&pair, "log", fds);
      if (half)
        shutdown (fds[1], SHUT_RD);
      else
        close (fds[1]);
      while (failure == EAGAIN)
        {
          /* A turn of the main loop has errors of its own: this one is noted first. */
          failure = send (fds[0], data, sizeof data, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ? EAGAIN : errno;
          g_main_context_iteration (NULL, FALSE);
        }
      g_assert_cmpint (failure, ==, EPIPE);
      if (half)
        {
          fd_write (fds[1], "still talks", 11);
          fd_expect (fds[0], "still talks");
          close (fds[1]);
        }
      close (fds[0]);
    }
}

#define LARGE (64 * 1024 * 1024)

static void
test_large (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];
  g_autofree guint8 *data = g_malloc (LARGE);
  guint idle = g_idle_add (fd_keep_going, NULL);

  for (gsize i = 0; i < LARGE; i++)
    data[i] = (guint8) (i ^ (i >> 8) ^ (i >> 16));
  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "file", fds);
  FdTransfer transfer = { fds[0], fds[1], data, LARGE, 0, 0 };
  gint64 before = g_get_monotonic_time ();
  bk_test_wait_until_at (G_STRLOC, "64 MiB", fd_move, &transfer, 60);
  g_test_message ("%.0f MB/s", LARGE / (double) (g_get_monotonic_time () - before));
  g_assert_cmpuint (transfer.received, ==, LARGE);
  g_source_remove (idle);
  close (fds[0]);
  close (fds[1]);
}

static gboolean
write_more (gpointer user_data)
{
  FdTransfer *t = user_data;
  static guint8 zeros[256 * 1024];

  for (;;)
    {
      gssize n = send (t->from, zeros, sizeof zeros, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n <= 0)
        break;
      t->sent += (gsize) n;
      t->received = 0;
    }
  return t->received++ > 500; /* turns in which nothing went */
}

/* A reader that is stuck holds its writer up; others go on. What it holds up is bounded. */
static void
test_stuck_reader (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int stuck[2];
  int other[2];
  FdTransfer transfer = { 0 };
  gsize before;
  guint idle = g_idle_add (fd_keep_going, NULL);

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "stuck", stuck);
  channel_pair_open (&pair, "other", other);
  before = net_stage_get_memory ();
  transfer.from = stuck[0];
  bk_test_wait_until (write_more, &transfer);
  g_test_message ("%" G_GSIZE_FORMAT " bytes were taken, %" G_GSSIZE_FORMAT " of memory", transfer.sent,
                  (gssize) net_stage_get_memory () - (gssize) before);
  g_assert_cmpuint (transfer.sent, <, 4 * 1024 * 1024);
  g_assert_cmpuint (net_stage_get_memory (), <, before + 16 * 1024 * 1024); /* it can also be less than before */
  fd_write (other[0], "passes", 6);
  fd_expect (other[1], "passes");
  g_source_remove (idle);
  for (guint i = 0; i < 2; i++)
    {
      close (stuck[i]);
      close (other[i]);
    }
}

/* ---- packets ---- */

typedef struct
{
  int from;
  int to;
  const guint8 *data; /* the first byte is its number */
  gsize length;
} Packet;

static gboolean
send_packet (gpointer user_data)
{
  Packet *packet = user_data;
  gssize n = send (packet->from, packet->data, packet->length, MSG_NOSIGNAL | MSG_DONTWAIT);

  g_assert_true (n == (gssize) packet->length || (n < 0 && errno == EAGAIN)); /* there is no room: some are waiting */
  return G_SOURCE_CONTINUE;
}

/* Those before it that were sent a second time may come between. */
static gboolean
has_come (gpointer user_data)
{
  Packet *packet = user_data;
  g_autofree guint8 *read = g_malloc (70000);
  gssize n;

  while ((n = recv (packet->to, read, 70000, MSG_DONTWAIT)) > 0 && read[0] < packet->data[0])
    ;
  if (n < 0)
    return FALSE;
  g_assert_cmpmem (read, n, packet->data, packet->length);
  return TRUE;
}

/* Packets may be lost, but not for ever. */
static void
pass_packet (Packet *packet)
{
  guint again = g_timeout_add (50, send_packet, packet);

  send_packet (packet);
  bk_test_wait_until (has_come, packet);
  g_source_remove (again);
}

static gboolean
is_at_end (gpointer user_data)
{
  char byte;

  return recv (GPOINTER_TO_INT (user_data), &byte, 1, MSG_DONTWAIT) == 0;
}

static void
test_datagrams (void)
{
  const gsize lengths[] = { 1, 1100, 1200, 9000, 65507 };
  g_auto (ChannelPair) pair = { 0 };
  g_autofree guint8 *data = g_malloc (70000);
  int fds[2];

  memset (data, 'd', 70000);
  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  fds[1] = bk_channel_open_datagram (pair.side[1].channel, "game", NULL);
  bk_test_wait_for_count (&pair.side[0].offered->len, 1);
  g_assert_cmpstr (g_ptr_array_index (pair.side[0].offered, 0), ==, "game/datagram");
  fds[0] = bk_channel_open_datagram (pair.side[0].channel, "game", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lengths) * 2; i++)
    {
      Packet packet = { fds[i % 2], fds[1 - i % 2], data, lengths[i / 2] };

      data[0] = data[packet.length - 1] = (guint8) i;
      pass_packet (&packet);
      data[packet.length - 1] = 'd';
    }
  g_assert_cmpuint (pair.side[1].offered->len, ==, 0);
  close (fds[0]);
  bk_test_wait_until (is_at_end, GINT_TO_POINTER (fds[1]));
  close (fds[1]);
}

/* ---- envelopes ---- */

static void
test_envelopes (void)
{
  const BkEnvelopeKind kinds[] = { BK_ENVELOPE_HOSTING, BK_ENVELOPE_CONTEXT, BK_ENVELOPE_CANCEL, BK_ENVELOPE_END };
  g_autoptr (BkEnvelope) ringing = bk_envelope_new (BK_ENVELOPE_RINGING, PAIR_SESSION);
  g_auto (ChannelPair) pair = { 0 };

  channel_pair_init (&pair, NULL);
  for (guint i = 0; i < 2; i++)
    g_assert_false (bk_channel_send (pair.side[i].channel, ringing));
  channel_pair_connect (&pair);
  g_assert_false (bk_channel_send (pair.side[0].channel, ringing));
  for (guint n = 0; n < 400; n++)
    for (guint i = 0; i < 2; i++)
      {
        g_autoptr (BkEnvelope) envelope = bk_envelope_new (kinds[n % 4], PAIR_SESSION);
        envelope->number = n;
        envelope->data = n % 4 == 1 ? g_strdup_printf ("move %u", n) : NULL;
        g_assert_true (bk_channel_send (pair.side[i].channel, envelope));
      }
  for (guint i = 0; i < 2; i++)
    {
      bk_test_wait_for_count (&pair.side[i].envelopes->len, 400);
      for (guint n = 0; n < 400; n++)
        {
          const BkEnvelope *envelope = g_ptr_array_index (pair.side[i].envelopes, n);
          g_assert_cmpint (envelope->kind, ==, kinds[n % 4]);
          g_assert_cmpuint (envelope->number, ==, n % 4 == 0 ? 0 : n);
        }
    }
}

/* ---- what is known of it ---- */

static void
test_statistics (void)
{
  const char *const numbers[] = { "bytes-sent", "bytes-received", "packets-sent", "packets-received", "packets-lost",
                                  "datagrams-sent", "datagrams-received", "datagrams-lost", "round-trip" };
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "chat", fds);
  fd_write (fds[0], "0123456789", 10);
  fd_expect (fds[1], "0123456789");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) all = g_variant_ref_sink (bk_channel_get_statistics (pair.side[i].channel));
      const char *text = NULL;
      guint64 number = 0;
      guint32 streams = 0;

      for (guint n = 0; n < G_N_ELEMENTS (numbers); n++)
        g_assert_true (g_variant_lookup (all, numbers[n], "t", &number));
      g_assert_true (g_variant_lookup (all, i == 0 ? "bytes-sent" : "bytes-received", "t", &number));
      g_assert_cmpuint (number, >=, 16);
      g_assert_true (g_variant_lookup (all, "round-trip", "t", &number));
      g_assert_cmpuint (number, >, 0);
      g_assert_true (g_variant_lookup (all, "streams", "u", &streams));
      g_assert_cmpuint (streams, ==, 1);
      g_assert_true (g_variant_lookup (all, "local", "&s", &text));
      g_assert_cmpstr (text, ==, "host");
      g_assert_true (g_variant_lookup (all, "network", "&s", &text));
      g_assert_true (g_str_has_prefix (text, "udp"));
      g_assert_true (g_variant_lookup (all, "reason", "&s", &text));
    }
  close (fds[0]);
  close (fds[1]);
}

static void
test_limits (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_autoptr (GError) error = NULL;
  int fds[BK_LIMIT_STREAMS];

  channel_pair_init (&pair, NULL);
  g_assert_cmpint (bk_channel_open_stream (pair.side[0].channel, "early", &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  g_clear_error (&error);
  channel_pair_connect (&pair);
  g_assert_cmpint (bk_channel_open_stream (pair.side[0].channel, "two\nlines", &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++)
    {
      for (guint n = 0; n < BK_LIMIT_STREAMS; n++)
        fds[n] = bk_channel_open_stream (pair.side[i].channel, i == 0 ? "a" : "b", NULL);
      g_assert_cmpint (fds[BK_LIMIT_STREAMS - 1], >=, 0);
      g_assert_cmpint (bk_channel_open_stream (pair.side[i].channel, "c", &error), ==, -1);
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
      g_clear_error (&error);
      bk_test_wait_for_count (&pair.side[1 - i].offered->len, BK_LIMIT_STREAMS);
      for (guint n = 0; n < BK_LIMIT_STREAMS; n++)
        close (fds[n]);
    }
  for (guint n = 0; n < BK_LIMIT_FLOWS; n++)
    fds[n] = bk_channel_open_datagram (pair.side[0].channel, "d", NULL);
  g_assert_cmpint (fds[BK_LIMIT_FLOWS - 1], >=, 0);
  g_assert_cmpint (bk_channel_open_datagram (pair.side[0].channel, "d", &error), ==, -1);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
  for (guint n = 0; n < BK_LIMIT_FLOWS; n++)
    close (fds[n]);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (pair.side[i].broken, ==, 0);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/channel/confirmed", test_confirmed);
  g_test_add_func ("/channel/pairing", test_pairing);
  g_test_add_func ("/channel/inviter-first", test_inviter_first);
  g_test_add_func ("/channel/half-close", test_half_close);
  g_test_add_func ("/channel/reader-gone", test_reader_gone);
  g_test_add_func ("/channel/large", test_large);
  g_test_add_func ("/channel/stuck-reader", test_stuck_reader);
  g_test_add_func ("/channel/datagrams", test_datagrams);
  g_test_add_func ("/channel/envelopes", test_envelopes);
  g_test_add_func ("/channel/statistics", test_statistics);
  g_test_add_func ("/channel/limits", test_limits);
  return g_test_run ();
}
