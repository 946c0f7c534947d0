/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "bk-limits.h"
#include "ice-pair.h"
#include "net-stage.h"

#include <string.h>

static void
check_conversation (IcePair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = NULL;
      guint before = pair->side[1 - i].packets->len;

      ice_side_send_text (&pair->side[i], "hello");
      bk_test_wait_for_count (&pair->side[1 - i].packets->len, before + 1);
      text = ice_side_get_text (&pair->side[1 - i], before);
      g_assert_cmpstr (text, ==, "hello");
    }
}

static void
check_direct (IcePair *pair, const char *network)
{
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (bk_ice_get_state (pair->side[i].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
      g_assert_cmpstr (bk_ice_get_reason (pair->side[i].ice), ==, "Direct connection.");
      g_assert_cmpstr (bk_ice_get_local_kind (pair->side[i].ice), ==, "host");
      g_assert_cmpstr (bk_ice_get_network (pair->side[i].ice), ==, network);
    }
}

/* Two sides on a machine without any network. */
static void
test_loopback (void)
{
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_conversation (&pair);
  g_assert_cmpint (bk_ice_get_state (pair.side[0].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
}

static void
test_lan (void)
{
  g_auto (IcePair) pair = { 0 };

  net_stage_add_lan (1, FALSE);
  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_direct (&pair, "udp");
  check_conversation (&pair);
  ice_pair_clear (&pair);
  net_stage_remove_lan ();
}

static void
test_ipv6 (void)
{
  g_auto (IcePair) pair = { 0 };

  net_stage_add_lan (0, TRUE);
  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_direct (&pair, "udp6");
  check_conversation (&pair);
  ice_pair_clear (&pair);
  net_stage_remove_lan ();
}

static void
send_three (BkIce *ice, IcePair *pair)
{
  static const char three[] = "onetwosix";

  if (!pair->side[0].up)
    return;
  g_assert_cmpint (bk_ice_get_state (pair->side[1].ice), ==, BECKON_CHANNEL_PATH_CONNECTING);
  g_assert_false (bk_ice_send (pair->side[1].ice, (const guint8 *) three, 3, 3));
  g_assert_true (bk_ice_send (ice, (const guint8 *) three, 9, 3));
  g_signal_handlers_disconnect_by_func (ice, send_three, pair);
}

/* One side has a path a moment before the other, which is told of no candidates and so has to wait for its check. */
static void
test_early (void)
{
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, NULL);
  pair.side[0].mute = TRUE;
  g_signal_connect_after (pair.side[0].ice, "state", G_CALLBACK (send_three), &pair);
  ice_pair_connect (&pair);
  bk_test_wait_for_count (&pair.side[1].packets->len, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = ice_side_get_text (&pair.side[1], i);
      g_assert_cmpint (text[0], ==, "ots"[i]);
    }
  g_assert_cmpstr (bk_ice_get_remote_kind (pair.side[1].ice), ==, "prflx");
}

/* More than goes out at once, and a last packet that is shorter. */
static void
test_burst (void)
{
  enum { SIZE = 1200, PACKETS = 150, LAST = 7 };
  g_autofree guint8 *data = g_malloc (SIZE * PACKETS + LAST);
  g_auto (IcePair) pair = { 0 };

  for (guint i = 0; i < SIZE * PACKETS + LAST; i++)
    data[i] = (guint8) (i / SIZE) | 0x40;
  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  g_assert_true (bk_ice_send (pair.side[0].ice, data, SIZE * PACKETS + LAST, SIZE));
  bk_test_wait_for_count (&pair.side[1].packets->len, PACKETS + 1);
  for (guint i = 0; i <= PACKETS; i++)
    {
      gsize length = 0;
      const guint8 *packet = g_bytes_get_data (pair.side[1].packets->pdata[i], &length);

      g_assert_cmpmem (packet, length, data + i * SIZE, i < PACKETS ? SIZE : LAST);
    }
}

/* Wherever it is let go of, nothing of it is left. */
static void
test_close (void)
{
  for (guint n = 0; n < 24; n++)
    {
      g_auto (IcePair) pair = { 0 };

      ice_pair_init (&pair, NULL);
      if (n > 0)
        ice_pair_introduce (&pair);
      for (guint i = 1; i < n && !pair.side[0].up; i++)
        g_main_context_iteration (NULL, TRUE);
      bk_ice_close (pair.side[0].ice);
      bk_ice_close (pair.side[0].ice);
      g_assert_false (bk_ice_send (pair.side[0].ice, (const guint8 *) "x", 1, 1));
      bk_ice_set_remote (pair.side[0].ice, "abcd", "abcdefghijklmnopqrstuv");
      bk_ice_add_remote (pair.side[0].ice, NULL, TRUE);
    }
}

static gboolean
is_gone (gpointer data)
{
  IceSide *side = data;

  return side->ice == NULL;
}

static void
test_close_inside (void)
{
  for (IceClose where = ICE_CLOSE_ON_CANDIDATES; where <= ICE_CLOSE_ON_PACKET; where++)
    {
      g_auto (IcePair) pair = { 0 };

      ice_pair_init (&pair, NULL);
      if (where == ICE_CLOSE_ON_PACKET)
        {
          ice_pair_connect (&pair);
          for (guint i = 0; i < 5; i++)
            ice_side_send_text (&pair.side[1], "more than one");
        }
      else
        ice_pair_introduce (&pair);
      pair.side[0].close_on = where;
      bk_test_wait_until (is_gone, &pair.side[0]);
      bk_test_drain ();
      g_assert_cmpuint (pair.side[0].packets->len, ==, where == ICE_CLOSE_ON_PACKET ? 1 : 0);
    }
}

static gboolean
send_more (gpointer user_data)
{
  IcePair *pair = user_data;
  static const guint8 packets[2400] = { 0x40 };

  for (guint i = 0; i < 2; i++)
    g_assert_true (bk_ice_send (pair->side[i].ice, packets, sizeof packets, 1200));
  return G_SOURCE_CONTINUE;
}

/* Of one side nothing is heard any more, the other one never came. A third pair outlives both: its packets do not keep
 * the checks of consent from their way. */
static void
test_lost_and_failed (void)
{
  g_auto (IcePair) lost = { 0 };
  g_auto (IcePair) failed = { 0 };
  g_auto (IcePair) kept = { 0 };
  guint source = 0;

  ice_pair_init (&kept, NULL);
  ice_pair_connect (&kept);
  source = g_timeout_add (20, send_more, &kept);
  ice_pair_init (&lost, NULL);
  ice_pair_connect (&lost);
  bk_ice_close (lost.side[1].ice);
  ice_pair_init (&failed, NULL);
  bk_ice_set_remote (failed.side[0].ice, "abcd", "abcdefghijklmnopqrstuv");
  bk_test_wait_for_flag_within (&lost.side[0].down, 30);
  bk_test_wait_for_flag_within (&failed.side[0].down, 30);
  g_source_remove (source);
  g_assert_cmpuint (kept.side[0].packets->len, >, 0);
  g_assert_cmpint (bk_ice_get_state (kept.side[0].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
  g_assert_cmpint (bk_ice_get_state (kept.side[1].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
  g_assert_cmpint (bk_ice_get_state (lost.side[0].ice), ==, BECKON_CHANNEL_PATH_LOST);
  g_assert_cmpstr (bk_ice_get_reason (lost.side[0].ice), ==, "The other side no longer responds.");
  g_assert_false (bk_ice_send (lost.side[0].ice, (const guint8 *) "x", 1, 1));
  g_assert_cmpint (bk_ice_get_state (failed.side[0].ice), ==, BECKON_CHANNEL_PATH_FAILED);
  g_assert_cmpstr (bk_ice_get_reason (failed.side[0].ice), ==,
                   "No direct way to the other side was found, and this side knows no relay.");
}

static void
on_state (BkIce *ice, guint *n)
{
  *n += 1;
}

static void
ignore_packet (const guint8 *packet, gsize length, gpointer user_data)
{
}

static void
test_nobody_comes (void)
{
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  g_autoptr (BkIce) ice = bk_ice_new (TRUE, NULL, BK_CLOCK (clock), ignore_packet, NULL, NULL);
  guint n = 0;

  g_signal_connect (ice, "state", G_CALLBACK (on_state), &n);
  bk_fake_clock_advance (clock, BK_TIMEOUT_CHANNEL_S * 1000 - 1);
  bk_test_drain ();
  g_assert_cmpint (bk_ice_get_state (ice), ==, BECKON_CHANNEL_PATH_CONNECTING);
  g_assert_cmpstr (bk_ice_get_reason (ice), ==, "Looking for a way to the other side.");
  bk_fake_clock_advance (clock, 1);
  g_assert_cmpuint (n, ==, 0); /* not from inside */
  bk_test_wait_for_count (&n, 1);
  g_assert_cmpint (bk_ice_get_state (ice), ==, BECKON_CHANNEL_PATH_FAILED);
  g_assert_cmpstr (bk_ice_get_reason (ice), ==, "The other side has not said where it can be reached.");
  bk_ice_close (ice);
  g_assert_cmpuint (bk_fake_clock_pending (clock), ==, 0);
}

/* What was not put away yet when they were counted first is so by now. */
static gboolean
are_no_more_descriptors (gpointer data)
{
  return net_stage_count_descriptors () <= GPOINTER_TO_UINT (data);
}

static void
attempt (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_auto (IcePair) pair = { 0 };

      ice_pair_init (&pair, NULL);
      if (i % 10 == 0)
        ice_pair_connect (&pair);
    }
  bk_test_drain ();
}

static void
test_descriptors (void)
{
  guint before = 0;

  attempt (1);
  bk_test_drain ();
  before = net_stage_count_descriptors ();
  attempt (100); /* of two sides each */
  bk_test_wait_until (are_no_more_descriptors, GUINT_TO_POINTER (before));
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice/loopback", test_loopback);
  g_test_add_func ("/ice/lan", test_lan);
  g_test_add_func ("/ice/ipv6", test_ipv6);
  g_test_add_func ("/ice/early", test_early);
  g_test_add_func ("/ice/burst", test_burst);
  g_test_add_func ("/ice/close", test_close);
  g_test_add_func ("/ice/close-inside", test_close_inside);
  g_test_add_func ("/ice/lost-and-failed", test_lost_and_failed);
  g_test_add_func ("/ice/nobody-comes", test_nobody_comes);
  g_test_add_func ("/ice/descriptors", test_descriptors);
  return g_test_run ();
}
