/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams and datagrams: half-closed, reset, stopped, many, and with a reader that does not read. */
#include "bk-limits.h"
#include "bk-quic-private.h"
#include "bk-test.h"
#include "quic-world.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MIB (1024 * 1024)

static const FakeWireManners clean = { .delay_us = 20000 };

static World *
connected (guint32 seed)
{
  World *world = world_new (seed, &clean, NULL);

  world_connect (world);
  return world;
}

/* The most that a side may hold of what the other side does not take, and of what is not read. */
static void
check_bounds (World *world)
{
  for (guint i = 0; i < 2; i++)
    {
      BkQuic *quic = world->sides[i].quic;
      guint n = g_hash_table_size (quic->streams);
      g_assert_cmpuint (quic->send_pool, <=, BK_QUIC_SEND_POOL + (guint64) n * BK_QUIC_SEGMENT);
      g_assert_cmpuint (quic->window_pool, <=, BK_QUIC_WINDOW_POOL);
      g_assert_cmpuint (world_unconsumed (world, i), <=, BK_QUIC_WINDOW_POOL + (guint64) n * BK_QUIC_FIRST_WINDOW);
    }
}

/* ----- ends of a stream ----- */

static void
test_half_close (void)
{
  g_autoptr (World) world = connected (1);
  Side *client = &world->sides[0], *server = &world->sides[1];
  Flow *flow = side_open (client, 1000, TRUE);

  world_run (world, SECOND);
  Flow *mirror = side_flow (server, flow->id);
  g_assert_true (mirror->fin);
  g_assert_true (flow->acked);
  g_assert_false (flow->closed);
  g_assert_false (mirror->closed);

  mirror->to_write = 200000; /* the answer comes after the end of the question */
  side_write (server, mirror);
  world_run (world, SECOND);
  g_assert_cmpuint (flow->received, ==, 200000);
  g_assert_false (flow->fin);
  mirror->fin_wanted = TRUE;
  side_write (server, mirror);
  world_run (world, SECOND);
  g_assert_true (flow->fin);
  g_assert_true (mirror->acked);
  g_assert_true (flow->closed);
  g_assert_true (mirror->closed);
}

/* An end that is said long after the last byte, and one of a stream without any. */
static void
test_late_end (void)
{
  g_autoptr (World) world = connected (2);
  Flow *late = side_open (&world->sides[0], 10, FALSE), *empty = side_open (&world->sides[0], 0, TRUE);

  world_run (world, SECOND);
  g_assert_false (late->acked);
  g_assert_true (empty->acked);
  g_assert_true (side_flow (&world->sides[1], empty->id)->fin);
  late->fin_wanted = TRUE;
  side_write (&world->sides[0], late);
  world_run (world, 25000);
  g_assert_true (side_flow (&world->sides[1], late->id)->fin);
  g_assert_false (late->acked);
  world_run (world, 50000);
  g_assert_true (late->acked);
}

/* The last byte has arrived, the end has not: it went alone, and was lost. */
static void
test_lost_end (void)
{
  FakeWireManners dead = { .delay_us = 20000, .loss = 1 };
  g_autoptr (World) world = connected (18);
  Flow *flow = side_open (&world->sides[0], 10, FALSE);

  world_run (world, 5000);
  fake_wire_set_manners (world->wire, &dead);
  flow->fin_wanted = TRUE;
  side_write (&world->sides[0], flow);
  world_run (world, 1000);
  fake_wire_set_manners (world->wire, &clean);
  world_run (world, 80000);
  g_assert_cmpuint (side_flow (&world->sides[1], flow->id)->received, ==, 10);
  g_assert_cmpuint (world->sides[0].quic->send_pool, ==, 0); /* the bytes are acknowledged */
  g_assert_false (side_flow (&world->sides[1], flow->id)->fin);
  g_assert_false (flow->acked);
  world_run (world, SECOND);
  g_assert_true (side_flow (&world->sides[1], flow->id)->fin);
  g_assert_true (flow->acked);
}

static void
test_reset (void)
{
  g_autoptr (World) world = connected (3);
  Flow *flow = side_open (&world->sides[0], 20 * MIB, TRUE);

  world_run (world, 100000);
  bk_quic_reset (world->sides[0].quic, flow->id);
  g_assert_cmpuint (bk_quic_write (world->sides[0].quic, flow->id, (const guint8 *) "x", 1, FALSE), ==, 0);
  world_run (world, SECOND);
  Flow *mirror = side_flow (&world->sides[1], flow->id);
  g_assert_true (mirror->reset);
  g_assert_false (mirror->fin);
  g_assert_false (flow->acked);
  g_assert_false (flow->closed);

  mirror->fin_wanted = TRUE; /* the other direction goes on */
  mirror->to_write = 5000;
  side_write (&world->sides[1], mirror);
  world_run (world, SECOND);
  g_assert_cmpuint (flow->received, ==, 5000);
  g_assert_true (flow->fin);
  g_assert_true (flow->closed);
  g_assert_true (mirror->closed);
  g_assert_cmpuint (world->sides[0].quic->send_pool, ==, 0);
}

static void
test_stop (void)
{
  g_autoptr (World) world = connected (4);
  Flow *flow = side_open (&world->sides[0], 20 * MIB, TRUE);

  world_run (world, 100000);
  Flow *mirror = side_flow (&world->sides[1], flow->id);
  bk_quic_stop (world->sides[1].quic, flow->id);
  guint64 received = mirror->received;
  world_run (world, SECOND);
  g_assert_cmpuint (mirror->received, ==, received);
  g_assert_true (flow->stopped);
  g_assert_false (mirror->reset); /* it is what it asked for */
  g_assert_cmpuint (bk_quic_write (world->sides[0].quic, flow->id, (const guint8 *) "x", 1, FALSE), ==, 0);
  mirror->fin_wanted = TRUE;
  side_write (&world->sides[1], mirror);
  world_run (world, SECOND);
  g_assert_true (flow->closed);
  g_assert_true (mirror->closed);
  g_assert_cmpuint (world->sides[0].quic->send_pool, ==, 0);
}

/* Who has nothing under way hears of it with the next thing it writes. */
static void
test_stop_idle (void)
{
  g_autoptr (World) world = connected (5);
  Flow *flow = side_open (&world->sides[0], 10, FALSE);

  world_run (world, 100000);
  bk_quic_stop (world->sides[1].quic, flow->id);
  world_run (world, SECOND);
  flow->to_write += 10;
  side_write (&world->sides[0], flow);
  world_run (world, SECOND);
  g_assert_true (flow->stopped);
}

static void
test_unknown_streams (void)
{
  g_autoptr (World) world = connected (6);
  BkQuic *quic = world->sides[0].quic;

  for (gint64 id = -2; id < 12; id++)
    {
      g_assert_cmpuint (bk_quic_write (quic, id, (const guint8 *) "x", 1, TRUE), ==, 0);
      bk_quic_consume (quic, id, G_MAXUINT32);
      bk_quic_reset (quic, id);
      bk_quic_stop (quic, id);
    }
  world->sides[1].stuck = TRUE;
  Flow *flow = side_open (&world->sides[0], MIB, TRUE);
  world_run (world, SECOND);
  Flow *mirror = side_flow (&world->sides[1], flow->id);
  g_assert_cmpuint (mirror->received, ==, BK_QUIC_FIRST_WINDOW);
  bk_quic_consume (world->sides[1].quic, flow->id, 3 * BK_QUIC_FIRST_WINDOW); /* more than ever came */
  world_run (world, SECOND);
  g_assert_cmpuint (mirror->received, ==, 2 * BK_QUIC_FIRST_WINDOW);
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
}

/* ----- many ----- */

static void
test_many (void)
{
  g_autoptr (World) world = connected (7);

  world->sides[1].answer = 3000;
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < BK_QUIC_STREAMS; i++)
        g_assert_nonnull (side_open (&world->sides[0], 5000, TRUE));
      g_assert_cmpint (bk_quic_open_stream (world->sides[0].quic), ==, -1);
      world_run_until (world, 20 * SECOND, world_are_flows_done);
      world_run (world, SECOND);
      g_assert_cmpuint (g_hash_table_size (world->sides[0].quic->streams), ==, 0);
      g_assert_cmpuint (g_hash_table_size (world->sides[1].quic->streams), ==, 0);
    }
  g_assert_cmpuint (world->sides[1].opened, ==, 3 * BK_QUIC_STREAMS);
  g_assert_cmpuint (world->sides[0].quic->window_pool, ==, 0);
  g_assert_cmpuint (world->sides[1].quic->window_pool, ==, 0);
  g_assert_cmpuint (world->sides[1].quic->send_pool, ==, 0);
}

/* Both sides at once. */
static void
test_both_ways (void)
{
  g_autoptr (World) world = connected (8);

  world->sides[0].answer = world->sides[1].answer = 100000;
  for (guint i = 0; i < 20; i++)
    for (guint side = 0; side < 2; side++)
      side_open (&world->sides[side], 100000, TRUE);
  world_run_until (world, 60 * SECOND, world_are_flows_done);
}

/* ----- readers that do not read ----- */

static void
test_stuck_reader (void)
{
  g_autoptr (World) world = connected (9);
  Side *client = &world->sides[0], *server = &world->sides[1];

  server->stuck = TRUE;
  Flow *stuck = side_open (client, 40 * MIB, TRUE);
  world_run (world, 5 * SECOND);
  Flow *mirror = side_flow (server, stuck->id);
  g_assert_cmpuint (mirror->received, ==, BK_QUIC_FIRST_WINDOW);
  g_assert_cmpuint (stuck->written, <=, BK_QUIC_FIRST_WINDOW + BK_QUIC_UNSENT_MOST);
  check_bounds (world);

  server->stuck = FALSE; /* another stream is not held up */
  Flow *other = side_open (client, 3 * MIB, TRUE);
  world_run (world, 3 * SECOND);
  g_assert_true (side_flow (server, other->id)->fin);
  g_assert_cmpuint (mirror->received, ==, BK_QUIC_FIRST_WINDOW);

  mirror->stuck = FALSE;
  side_read (server, mirror);
  world_run_until (world, 60 * SECOND, world_are_flows_done);
  g_assert_cmpuint (client->writable, >, 10);
}

/* A reader that was fast has a large window when it stops; all of them together have what was set apart for it. */
static void
test_stuck_after_growth (void)
{
  g_autoptr (World) world = connected (10);
  Side *client = &world->sides[0], *server = &world->sides[1];

  for (guint i = 0; i < 8; i++)
    side_open (client, 60 * MIB, TRUE);
  world_run (world, SECOND / 2);
  g_assert_cmpuint (server->quic->window_pool, >, BK_QUIC_WINDOW_POOL / 2);

  GHashTableIter iter;
  gpointer flow;
  g_hash_table_iter_init (&iter, server->flows);
  while (g_hash_table_iter_next (&iter, &flow, NULL))
    ((Flow *) flow)->stuck = TRUE;
  world_run (world, 3 * SECOND);
  check_bounds (world);
  g_assert_cmpuint (world_unconsumed (world, 1), >, BK_QUIC_WINDOW_POOL / 2);

  Flow *other = side_open (client, MIB, TRUE);
  world_run (world, 5 * SECOND);
  g_assert_true (side_flow (server, other->id)->fin);
}

static void
test_all_stuck_but_one (void)
{
  g_autoptr (World) world = connected (11);
  Side *client = &world->sides[0], *server = &world->sides[1];

  server->stuck = TRUE;
  for (guint i = 0; i < BK_QUIC_STREAMS - 1; i++)
    side_open (client, MIB, TRUE);
  world_run (world, 5 * SECOND);
  check_bounds (world);
  g_assert_cmpuint (world_unconsumed (world, 1), ==, (BK_QUIC_STREAMS - 1) * BK_QUIC_FIRST_WINDOW);
  server->stuck = FALSE;
  Flow *other = side_open (client, 2 * MIB, TRUE);
  world_run (world, 5 * SECOND);
  g_assert_true (side_flow (server, other->id)->fin);
}

/* Streams that are over but not read keep their place: else they could be filled and left behind without end. */
static void
test_over_but_not_read (void)
{
  g_autoptr (World) world = connected (12);
  Side *client = &world->sides[0], *server = &world->sides[1];
  guint opened = 0;

  server->stuck = TRUE;
  server->answer = 1;
  for (guint round = 0; round < 10; round++)
    {
      while (side_open (client, BK_QUIC_FIRST_WINDOW, TRUE) != NULL)
        opened++;
      world_run (world, 5 * SECOND);
    }
  g_assert_cmpuint (opened, ==, BK_QUIC_STREAMS);
  g_assert_cmpuint (world_unconsumed (world, 1), ==, BK_QUIC_STREAMS * BK_QUIC_FIRST_WINDOW);

  GHashTableIter iter;
  gpointer flow;
  g_hash_table_iter_init (&iter, server->flows);
  while (g_hash_table_iter_next (&iter, &flow, NULL))
    {
      g_assert_false (((Flow *) flow)->closed);
      side_read (server, flow);
    }
  world_run (world, SECOND);
  g_assert_nonnull (side_open (client, 10, TRUE));
  g_assert_cmpuint (g_hash_table_size (server->quic->streams), ==, 0);
}

/* A peer that keeps to no window: all that ngtcp2 lets through is what was granted. */
static void
test_small_window (void)
{
  WorldOptions options = { .max_stream_window = 10000 };
  g_autoptr (World) world = world_new (13, &clean, &options);

  world_connect (world);
  world->sides[1].stuck = TRUE;
  Flow *flow = side_open (&world->sides[0], MIB, TRUE);
  world_run (world, SECOND);
  Flow *mirror = side_flow (&world->sides[1], flow->id);
  g_assert_cmpuint (mirror->received, ==, 10000);
  mirror->stuck = FALSE;
  side_read (&world->sides[1], mirror);
  world_run_until (world, 60 * SECOND, world_are_flows_done);
}

/* ----- datagrams ----- */

static gboolean
send_datagram (Side *side, gsize length)
{
  guint8 data[BK_QUIC_MAX_PACKET];

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (length + i);
  return bk_quic_send_datagram (side->quic, data, length);
}

static void
test_datagrams (void)
{
  g_autoptr (World) world = world_new (14, &clean, NULL);

  g_assert_cmpuint (bk_quic_get_max_datagram (world->sides[0].quic), ==, 0);
  world_connect (world);
  gsize max = bk_quic_get_max_datagram (world->sides[0].quic);
  g_assert_cmpuint (max, >=, 1150);
  g_assert_true (send_datagram (&world->sides[0], 0));
  g_assert_true (send_datagram (&world->sides[0], 10));
  g_assert_true (send_datagram (&world->sides[0], max));
  g_assert_true (send_datagram (&world->sides[0], max + 1)); /* is dropped */
  world_run (world, SECOND);
  g_assert_cmpuint (world->sides[1].datagrams, ==, 3);
  g_assert_cmpuint (world->sides[1].datagram_bytes, ==, 10 + max);
}

typedef struct
{
  World *world;
  guint sent, wanted;
} Blast;

static gboolean
go_on_blasting (gpointer user_data)
{
  Blast *blast = user_data;
  Side *client = &blast->world->sides[0];

  while (blast->sent < blast->wanted && send_datagram (client, BK_QUIC_MAX_DATAGRAM))
    blast->sent++;
  return blast->world->sides[1].datagrams == blast->wanted;
}

/* As fast as it goes, and a stream beside: nothing is lost, for one that does not fit is refused. */
static void
test_datagram_blast (void)
{
  g_autoptr (World) world = connected (15);
  Blast blast = { world, 0, 20000 };

  Flow *flow = side_open (&world->sides[0], 2 * MIB, TRUE);
  g_assert_true (fake_wire_run (world->wire, 60 * SECOND, go_on_blasting, &blast));
  g_assert_cmpuint (world->sides[0].datagram_room, >, 0);
  g_assert_cmpuint (side_flow (&world->sides[1], flow->id)->received, >, MIB); /* the stream had its turn */
}

static void
test_datagram_room (void)
{
  g_autoptr (World) world = connected (16);
  guint n = 0;

  while (send_datagram (&world->sides[0], 1000))
    n++;
  g_assert_cmpuint (n, ==, BK_QUIC_DATAGRAMS);
  g_assert_cmpuint (world->sides[0].datagram_room, ==, 0);
  world_run (world, SECOND);
  g_assert_cmpuint (world->sides[0].datagram_room, ==, 1);
  g_assert_cmpuint (world->sides[1].datagrams, ==, n);
}

static void
test_statistics (void)
{
  g_autoptr (World) world = connected (17);
  FakeWireManners lossy = { .delay_us = 20000, .loss = 0.1 };
  BkQuicStatistics client, server;

  side_open (&world->sides[0], 500000, TRUE);
  for (guint i = 0; i < 10; i++)
    send_datagram (&world->sides[0], 100);
  world_run (world, 3 * SECOND);
  bk_quic_get_statistics (world->sides[0].quic, &client);
  bk_quic_get_statistics (world->sides[1].quic, &server);
  g_assert_cmpuint (client.bytes_sent, ==, 501000);
  g_assert_cmpuint (server.bytes_received, ==, 501000);
  g_assert_cmpuint (client.datagrams_sent, ==, 10);
  g_assert_cmpuint (server.datagrams_received, ==, 10);
  g_assert_cmpuint (client.packets_sent, ==, server.packets_received);
  g_assert_cmpuint (server.packets_sent, ==, client.packets_received);
  g_assert_cmpuint (client.packets_sent, >, 501000 / BK_QUIC_MAX_PACKET);
  g_assert_cmpuint (client.packets_lost, ==, 0);
  g_assert_cmpint (client.rtt_us, >=, 40000);
  g_assert_cmpint (client.rtt_us, <, 70000);

  fake_wire_set_manners (world->wire, &lossy);
  side_open (&world->sides[0], 500000, TRUE);
  for (guint i = 0; i < 100; i++)
    send_datagram (&world->sides[0], 1000);
  world_run (world, 10 * SECOND);
  bk_quic_get_statistics (world->sides[0].quic, &client);
  bk_quic_get_statistics (world->sides[1].quic, &server);
  g_assert_cmpuint (client.datagrams_lost, >, 0);
  g_assert_cmpuint (client.datagrams_lost, ==, client.datagrams_sent - server.datagrams_received);
  g_assert_cmpuint (client.packets_lost, >, client.datagrams_lost);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/quic/streams/half-close", test_half_close);
  g_test_add_func ("/quic/streams/late-end", test_late_end);
  g_test_add_func ("/quic/streams/lost-end", test_lost_end);
  g_test_add_func ("/quic/streams/reset", test_reset);
  g_test_add_func ("/quic/streams/stop", test_stop);
  g_test_add_func ("/quic/streams/stop-idle", test_stop_idle);
  g_test_add_func ("/quic/streams/unknown", test_unknown_streams);
  g_test_add_func ("/quic/streams/many", test_many);
  g_test_add_func ("/quic/streams/both-ways", test_both_ways);
  g_test_add_func ("/quic/streams/stuck-reader", test_stuck_reader);
  g_test_add_func ("/quic/streams/stuck-after-growth", test_stuck_after_growth);
  g_test_add_func ("/quic/streams/all-stuck-but-one", test_all_stuck_but_one);
  g_test_add_func ("/quic/streams/over-but-not-read", test_over_but_not_read);
  g_test_add_func ("/quic/streams/small-window", test_small_window);
  g_test_add_func ("/quic/datagrams/lengths", test_datagrams);
  g_test_add_func ("/quic/datagrams/blast", test_datagram_blast);
  g_test_add_func ("/quic/datagrams/room", test_datagram_room);
  g_test_add_func ("/quic/statistics", test_statistics);
  return g_test_run ();
}
