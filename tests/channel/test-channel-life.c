/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a channel, and what it lives through: two real ones in one process, in a network of their own. */
#include "channel-pair.h"
#include "net-stage.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the end ---- */

static gboolean
is_over (gpointer data)
{
  ChannelSide *side = data;
  g_autoptr (GVariant) statistics = g_variant_ref_sink (bk_channel_get_statistics (side->channel));
  guint path = 0;

  g_assert_true (g_variant_lookup (statistics, "path", "u", &path));
  return path == BECKON_CHANNEL_PATH_NONE;
}

/* The session is over on both sides: what was written arrives, however slowly it is read, and then all is closed. */
static void
test_finish (void)
{
  enum { SIZE = 8 * 1024 * 1024 };
  g_auto (ChannelPair) pair = { 0 };
  g_autoptr (BkEnvelope) end = bk_envelope_new (BK_ENVELOPE_END, PAIR_SESSION);
  g_autofree guint8 *data = g_malloc0 (SIZE);
  int fds[2];
  int open[2];

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "file", fds);
  channel_pair_open (&pair, "stays open", open);
  fd_write (open[1], "last words", 10);
  FdTransfer transfer = { fds[0], fds[1], data, SIZE, 0, 0 };
  while (transfer.sent < SIZE)
    fd_move (&transfer), g_main_context_iteration (NULL, FALSE);
  close (fds[0]);
  g_assert_true (bk_channel_send (pair.side[0].channel, end));
  bk_channel_finish (pair.side[0].channel);
  g_assert_cmpint (bk_channel_open_stream (pair.side[0].channel, "late", NULL), ==, -1);
  bk_test_wait_for_count (&pair.side[1].envelopes->len, 1);
  bk_channel_finish (pair.side[1].channel);
  guint idle = g_idle_add (fd_keep_going, NULL);
  bk_test_wait_until (fd_move, &transfer);
  g_source_remove (idle);
  g_assert_cmpuint (transfer.received, ==, SIZE);
  fd_expect (open[0], "last words");
  for (guint i = 0; i < 2; i++)
    {
      fd_expect_end (open[i]);
      close (open[i]);
      bk_test_wait_until (is_over, &pair.side[i]);
      g_assert_cmpuint (pair.side[i].broken, ==, 0);
    }
  close (fds[1]);
}

/* A program that is stuck does not hold the end up for ever. */
static void
test_finish_stuck (void)
{
  g_auto (ChannelPair) pair = { 0 };
  guint8 data[64 * 1024] = { 0 };
  int fds[2];

  channel_pair_init (&pair, fast_clock_new (20));
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "file", fds);
  for (guint i = 0; i < 1000; i++)
    {
      G_GNUC_UNUSED gssize n = send (fds[0], data, sizeof data, MSG_DONTWAIT | MSG_NOSIGNAL);
      g_main_context_iteration (NULL, FALSE);
    }
  for (guint i = 0; i < 2; i++)
    bk_channel_finish (pair.side[i].channel);
  for (guint i = 0; i < 2; i++)
    {
      bk_test_wait_until (is_over, &pair.side[i]);
      g_assert_cmpuint (pair.side[i].broken, ==, 0);
    }
  close (fds[0]);
  close (fds[1]);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* Nobody holds it any more, and it finishes all the same. */
static void
test_finish_alone (void)
{
  g_auto (ChannelPair) pair = { 0 };
  gpointer weak = NULL;
  int fds[2];

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "file", fds);
  fd_write (fds[0], "a letter", 8);
  g_signal_handlers_disconnect_by_data (pair.side[0].channel, &pair.side[0]);
  weak = pair.side[0].channel;
  g_object_add_weak_pointer (weak, &weak);
  bk_channel_finish (pair.side[0].channel);
  g_clear_object (&pair.side[0].channel);
  g_assert_nonnull (weak);
  bk_channel_finish (pair.side[1].channel);
  fd_expect (fds[1], "a letter");
  fd_expect_end (fds[1]);
  bk_test_wait_until (is_over, &pair.side[1]);
  bk_test_wait_until (is_null, &weak);
  close (fds[0]);
  close (fds[1]);
}

/* At once; the other side reads the end, and is told why only if nobody else does. */
static void
test_close (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  channel_pair_init (&pair, fast_clock_new (10));
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "chat", fds);
  bk_channel_close (pair.side[0].channel);
  fd_expect_end (fds[0]);
  fd_expect_end (fds[1]);
  g_assert_cmpuint (pair.side[1].broken, ==, 0);
  bk_test_wait_for_count (&pair.side[1].broken, 1);
  g_assert_cmpint (pair.side[1].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  g_assert_cmpstr (pair.side[1].text, ==, "The other side closed the channel.");
  g_assert_cmpuint (pair.side[0].broken, ==, 0);
  close (fds[0]);
  close (fds[1]);
}

static void
test_wrong_fingerprint (void)
{
  for (guint liar = 0; liar < 2; liar++)
    {
      g_auto (ChannelPair) pair = { 0 };
      g_autofree char *wrong = g_strnfill (64, 'a');

      channel_pair_init (&pair, NULL);
      for (guint i = 0; i < 2; i++)
        bk_channel_start (pair.side[i].channel,
                          i == liar ? bk_channel_get_fingerprint (pair.side[1 - i].channel) : wrong, NULL);
      for (guint i = 0; i < 2; i++)
        {
          bk_test_wait_for_count (&pair.side[i].broken, 1);
          g_assert_cmpint (pair.side[i].result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
          g_assert_cmpint (bk_channel_get_path (pair.side[i].channel), ==, BECKON_CHANNEL_PATH_FAILED);
          g_assert_cmpstr (bk_channel_get_reason (pair.side[i].channel), ==, pair.side[i].text);
        }
      g_assert_cmpuint (pair.side[1 - liar].confirmed, ==, 0);
    }
}

/* The other side never says how it can be reached. */
static void
test_nobody (void)
{
  g_auto (ChannelPair) pair = { 0 };

  channel_pair_init (&pair, BK_CLOCK (bk_fake_clock_new ()));
  pair.held = TRUE;
  bk_channel_start (pair.side[0].channel, bk_channel_get_fingerprint (pair.side[1].channel), NULL);
  for (guint second = 0; second <= BK_TIMEOUT_CHANNEL_S && pair.side[0].broken == 0; second++)
    {
      bk_fake_clock_advance (BK_FAKE_CLOCK (pair.clock), 1000);
      bk_test_drain ();
    }
  g_assert_cmpuint (pair.side[0].broken, ==, 1);
  g_assert_cmpint (pair.side[0].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  g_test_message ("%s", pair.side[0].text);
  g_assert_cmpuint (strlen (pair.side[0].text), >, 10);
}

/* ---- new ways ---- */

static guint32
last_generation (ChannelSide *side)
{
  const BkEnvelope *last = g_ptr_array_index (side->transports, side->transports->len - 1);

  return last->generation;
}

static gboolean
is_switched (gpointer data)
{
  ChannelPair *pair = data;

  return last_generation (&pair->side[0]) > 1 && last_generation (&pair->side[1]) == last_generation (&pair->side[0])
         && bk_channel_get_path (pair->side[0].channel) == BECKON_CHANNEL_PATH_DIRECT
         && bk_channel_get_path (pair->side[1].channel) == BECKON_CHANNEL_PATH_DIRECT;
}

static void
check_flows (ChannelPair *pair, int fds[2])
{
  for (guint i = 0; i < 2; i++)
    {
      fd_write (fds[i], "ping", 4);
      fd_expect (fds[1 - i], "ping");
      g_assert_cmpuint (pair->side[i].confirmed, ==, 1);
      g_assert_cmpuint (pair->side[i].broken, ==, 0);
    }
}

static void
test_nudge (void)
{
  for (guint who = 1; who <= 3; who++)
    {
      g_auto (ChannelPair) pair = { 0 };
      int fds[2];

      channel_pair_init (&pair, fast_clock_new (10));
      channel_pair_connect (&pair);
      channel_pair_open (&pair, "chat", fds);
      for (guint i = 0; i < 2; i++)
        if ((who & (1u << i)) != 0)
          bk_channel_nudge (pair.side[i].channel);
      bk_test_wait_until (is_switched, &pair);
      g_assert_cmpuint (last_generation (&pair.side[0]), ==, 2);
      check_flows (&pair, fds);
      close (fds[0]);
      close (fds[1]);
    }
}

typedef struct
{
  ChannelSide *side;
  guint32 after;
} Announced;

static gboolean
has_announced (gpointer data)
{
  Announced *wanted = data;
  const GPtrArray *all = wanted->side->transports;
  const BkEnvelope *last = g_ptr_array_index (all, all->len - 1);

  return last->generation > wanted->after && last->done;
}

/* Envelopes come in any order, some of them twice; both sides have begun anew at once, and one of them again. */
static void
test_disorder (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  channel_pair_init (&pair, fast_clock_new (10));
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "chat", fds);
  for (guint round = 0; round < 8; round++)
    {
      Announced wanted = { &pair.side[round % 2], last_generation (&pair.side[round % 2]) };

      pair.held = TRUE;
      bk_channel_nudge (pair.side[round % 2].channel);
      if (round % 3 == 0)
        bk_channel_nudge (pair.side[1 - round % 2].channel);
      bk_test_wait_until (has_announced, &wanted);
      for (guint i = 0; i < 40; i++)
        {
          guint from = (guint) g_rand_int_range (rand, 0, 2);
          guint which = (guint) g_rand_int_range (rand, 0, (int) pair.side[from].transports->len);
          bk_channel_receive_transport (pair.side[1 - from].channel,
                                        g_ptr_array_index (pair.side[from].transports, which));
          g_main_context_iteration (NULL, FALSE);
        }
      pair.held = FALSE;
      channel_pair_deliver (&pair);
      bk_test_wait_until (is_switched, &pair);
      check_flows (&pair, fds);
    }
  g_assert_cmpuint (last_generation (&pair.side[0]), <=, 24);
  close (fds[0]);
  close (fds[1]);
}

/* The address on which all was built goes away. Nobody says so; the silence does. */
static void
test_lost (void)
{
  g_auto (ChannelPair) pair = { 0 };
  int fds[2];

  net_stage_add_lan (2, FALSE);
  channel_pair_init (&pair, fast_clock_new (4));
  channel_pair_connect (&pair);
  channel_pair_open (&pair, "chat", fds);
  net_stage_remove_lan ();
  fd_write (fds[0], "under way", 9);
  bk_test_wait_until_at (G_STRLOC, "another way", is_switched, &pair, 30);
  fd_expect (fds[1], "under way");
  check_flows (&pair, fds);
  close (fds[0]);
  close (fds[1]);
}

/* ---- many ---- */

/* What was not put away yet when they were counted first is so by now. */
static gboolean
are_no_more (gpointer data)
{
  return net_stage_count_descriptors () <= GPOINTER_TO_UINT (data);
}

static void
live (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_auto (ChannelPair) pair = { 0 };
      int fds[2];

      channel_pair_init (&pair, NULL);
      channel_pair_connect (&pair);
      channel_pair_open (&pair, "chat", fds);
      fd_write (fds[0], "hello", 5);
      fd_expect (fds[1], "hello");
      close (fds[0]);
      close (fds[1]);
    }
}

/* Descriptors and memory stay what they were. CHANNELS=1000 tries it for longer. */
static void
test_many (void)
{
  const char *wanted = g_getenv ("CHANNELS");
  guint n = wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : 30;
  guint before;
  gsize memory;

  if (wanted != NULL)
    bk_test_watchdog (0);
  live (5);
  before = net_stage_count_descriptors ();
  memory = net_stage_get_memory ();
  live (n);
  bk_test_wait_until (are_no_more, GUINT_TO_POINTER (before));
  g_test_message ("%u sessions, %" G_GSSIZE_FORMAT " bytes more", n, (gssize) net_stage_get_memory () - (gssize) memory);
  if (bk_test_slowness () == 1)
    g_assert_cmpuint (net_stage_get_memory (), <, memory + 8 * 1024 * 1024);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/channel-life/finish", test_finish);
  g_test_add_func ("/channel-life/finish-alone", test_finish_alone);
  g_test_add_func ("/channel-life/finish-stuck", test_finish_stuck);
  g_test_add_func ("/channel-life/close", test_close);
  g_test_add_func ("/channel-life/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func ("/channel-life/nobody", test_nobody);
  g_test_add_func ("/channel-life/nudge", test_nudge);
  g_test_add_func ("/channel-life/disorder", test_disorder);
  g_test_add_func ("/channel-life/lost", test_lost);
  g_test_add_func ("/channel-life/many", test_many);
  return g_test_run ();
}
