/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"
#include "quic-world.h"

static const FakeWireManners clean = { .delay_us = 20000 };

static void
test_handshake (void)
{
  g_autoptr (World) world = world_new (1, &clean, NULL);
  BkQuicStatistics statistics;

  g_assert_false (bk_quic_is_confirmed (world->sides[0].quic));
  g_assert_cmpint (bk_quic_open_stream (world->sides[0].quic), ==, -1);
  world_connect (world);
  g_assert_true (bk_quic_is_confirmed (world->sides[0].quic));
  bk_quic_get_statistics (world->sides[0].quic, &statistics);
  g_assert_cmpint (statistics.rtt_us, >, 30000);
  g_assert_cmpint (statistics.rtt_us, <, 80000);
}

static void
test_stream (void)
{
  g_autoptr (World) world = world_new (2, &clean, NULL);

  world->sides[1].answer = 300000;
  world_connect (world);
  Flow *flow = side_open (&world->sides[0], 3000000, TRUE);
  world_run_until (world, 60 * G_USEC_PER_SEC, world_are_flows_done);
  world_run (world, G_USEC_PER_SEC);
  g_assert_true (flow->closed);
  g_assert_true (side_flow (&world->sides[1], flow->id)->closed);
}

static gboolean
has_datagrams (gpointer user_data)
{
  World *world = user_data;

  return world->sides[1].datagrams == 3;
}

static void
test_datagrams (void)
{
  g_autoptr (World) world = world_new (3, &clean, NULL);
  guint8 data[BK_QUIC_MAX_PACKET];

  g_assert_cmpuint (bk_quic_get_max_datagram (world->sides[0].quic), ==, 0);
  world_connect (world);
  gsize max = bk_quic_get_max_datagram (world->sides[0].quic);
  g_assert_cmpuint (max, >=, 1150);
  for (guint n = 0; n < 3; n++)
    {
      gsize length = n == 0 ? 0 : n == 1 ? 10 : max;
      for (gsize i = 0; i < length; i++)
        data[i] = (guint8) (length + i);
      g_assert_true (bk_quic_send_datagram (world->sides[0].quic, data, length));
    }
  world_run_until (world, G_USEC_PER_SEC, has_datagrams);
  g_assert_cmpuint (world->sides[1].datagram_bytes, ==, 10 + max);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/quic/handshake", test_handshake);
  g_test_add_func ("/quic/stream", test_stream);
  g_test_add_func ("/quic/datagrams", test_datagrams);
  return g_test_run ();
}
