/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires that lose, double, break and reorder packets, that are cut, and that are long. */
#include "bk-quic-private.h"
#include "bk-test.h"
#include "quic-world.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MILLISECOND ((gint64) 1000)
#define MIB (1024 * 1024)

/* ----- bad wires ----- */

static void
open_some (World *world, guint side)
{
  guint n = 1 + fake_wire_random (world->wire, 6);

  for (guint i = 0; i < n; i++)
    g_assert_nonnull (side_open (&world->sides[side], fake_wire_random (world->wire, 150000), TRUE));
}

static FakeWireManners
bad_manners (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ 0x5EED);
  FakeWireManners manners = { 0 };

  manners.delay_us = g_rand_int_range (rand, 100, 80000);
  manners.jitter_us = g_rand_boolean (rand) ? g_rand_int_range (rand, 1, 30000) : 0;
  manners.loss = g_rand_boolean (rand) ? g_rand_double_range (rand, 0, 0.12) : 0;
  manners.duplicate = g_rand_boolean (rand) ? g_rand_double_range (rand, 0, 0.2) : 0;
  manners.corrupt = g_rand_boolean (rand) ? g_rand_double_range (rand, 0, 0.1) : 0;
  manners.rate = g_rand_boolean (rand) ? (guint64) g_rand_int_range (rand, 100000, 5000000) : 0;
  return manners;
}

static void
try_bad_wire (guint32 seed)
{
  FakeWireManners manners = bad_manners (seed);
  g_autoptr (World) world = world_new (seed, &manners, NULL);

  world->sides[0].answer = fake_wire_random (world->wire, 50000);
  world->sides[1].answer = fake_wire_random (world->wire, 50000);
  world_connect (world);
  open_some (world, 0);
  open_some (world, 1);
  world_run (world, fake_wire_random (world->wire, 1000) * MILLISECOND);
  if (fake_wire_random (world->wire, 4) == 0)
    fake_wire_cut (world->wire, (gint64) fake_wire_random (world->wire, 10000) * MILLISECOND);
  open_some (world, 0);
  world_run_until (world, 300 * SECOND, world_are_flows_done);
  bk_quic_close (world->sides[1].quic);
  world_run (world, 60 * SECOND);
  g_assert_cmpuint (world->sides[0].closed, ==, 1);
}

static void
test_bad_wires (void)
{
  fake_wire_for_seeds (1000, 80, try_bad_wire);
}

/* The same seed, the same story. */
static void
test_reproducible (void)
{
  BkQuicStatistics statistics[2];
  gint64 ends[2];

  for (guint i = 0; i < 2; i++)
    {
      FakeWireManners manners = { .delay_us = 20000, .jitter_us = 5000, .loss = 0.05, .duplicate = 0.05 };
      g_autoptr (World) world = world_new (77, &manners, NULL);
      world_connect (world);
      side_open (&world->sides[0], MIB, TRUE);
      world_run_until (world, 60 * SECOND, world_are_flows_done);
      bk_quic_get_statistics (world->sides[0].quic, &statistics[i]);
      ends[i] = fake_wire_now (world->wire);
    }
  g_assert_cmpint (ends[0], ==, ends[1]);
  g_assert_cmpmem (&statistics[0], sizeof statistics[0], &statistics[1], sizeof statistics[1]);
}

/* ----- cuts ----- */

typedef struct
{
  World *world;
  guint64 before[2]; /* bytes that had come on the first stream */
} Resumption;

static guint64
received (World *world, guint side)
{
  Flow *flow = side_flow (&world->sides[side], 0);

  return flow != NULL ? flow->received : 0;
}

static gboolean
has_resumed (gpointer user_data)
{
  Resumption *self = user_data;

  return received (self->world, 0) > self->before[0] && received (self->world, 1) > self->before[1];
}

static void
mark (Resumption *self, World *world)
{
  self->world = world;
  self->before[0] = received (world, 0);
  self->before[1] = received (world, 1);
}

/* Traffic both ways, all the time. */
static World *
busy (guint32 seed, const FakeWireManners *manners)
{
  World *world = world_new (seed, manners, NULL);

  world->sides[1].answer = 400 * (guint64) MIB;
  world_connect (world);
  side_open (&world->sides[0], 400 * (guint64) MIB, TRUE);
  world_run (world, 2 * SECOND);
  g_assert_cmpuint (received (world, 0), >, 0);
  g_assert_cmpuint (received (world, 1), >, 0);
  return world;
}

static const FakeWireManners narrow = { .delay_us = 20000, .rate = 2000000 };

/* The wire is back by itself: nobody says so. */
static void
try_cut (gint64 cut_us, gint64 limit_us)
{
  g_autoptr (World) world = busy (30, &narrow);
  Resumption resumption;

  fake_wire_cut (world->wire, cut_us);
  world_run (world, cut_us);
  mark (&resumption, world);
  g_assert_true (fake_wire_run (world->wire, limit_us, has_resumed, &resumption));
  /* It is as fast as before, soon. */
  world_run (world, 3 * SECOND);
  mark (&resumption, world);
  world_run (world, SECOND);
  g_assert_cmpuint (received (world, 1) - resumption.before[1], >, 1000000);
}

static void
test_cut_3s (void)
{
  try_cut (3 * SECOND, 2200 * MILLISECOND);
}

static void
test_cut_20s (void)
{
  try_cut (20 * SECOND, 2200 * MILLISECOND);
}

static void
test_cut_34s (void)
{
  try_cut (34 * SECOND - 100 * MILLISECOND, 1000 * MILLISECOND);
}

/* There is a new path, and both sides are told. */
static void
test_path_changed (gconstpointer seconds)
{
  g_autoptr (World) world = busy (31, &narrow);
  FakeWireManners other = { .delay_us = 30000, .rate = 1500000 };
  gint64 cut_us = GPOINTER_TO_UINT (seconds) * SECOND;
  Resumption resumption;

  fake_wire_cut (world->wire, cut_us);
  world_run (world, cut_us);
  fake_wire_set_manners (world->wire, &other);
  mark (&resumption, world);
  bk_quic_path_changed (world->sides[0].quic, fake_wire_now (world->wire));
  bk_quic_path_changed (world->sides[1].quic, fake_wire_now (world->wire));
  g_assert_true (fake_wire_run (world->wire, 300 * MILLISECOND, has_resumed, &resumption));
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
}

/* The new path is there before the other side knows of it, and loses what is sent first. */
static void
test_path_changed_early (void)
{
  g_autoptr (World) world = busy (32, &narrow);
  Resumption resumption;

  fake_wire_cut (world->wire, 10400 * MILLISECOND);
  world_run (world, 10 * SECOND);
  mark (&resumption, world);
  bk_quic_path_changed (world->sides[0].quic, fake_wire_now (world->wire));
  world_run (world, 400 * MILLISECOND);
  g_assert_true (fake_wire_run (world->wire, 600 * MILLISECOND, has_resumed, &resumption));
}

/* Many times within one silence: it neither ends nor runs away. */
static void
test_path_changed_often (void)
{
  g_autoptr (World) world = busy (33, &narrow);
  BkQuicStatistics before, after;
  Resumption resumption;

  fake_wire_cut (world->wire, 30 * SECOND);
  bk_quic_get_statistics (world->sides[0].quic, &before);
  for (guint i = 0; i < 1000; i++)
    {
      bk_quic_path_changed (world->sides[0].quic, fake_wire_now (world->wire));
      world_run (world, 29 * MILLISECOND);
    }
  world_run (world, SECOND);
  bk_quic_get_statistics (world->sides[0].quic, &after);
  g_assert_cmpuint (after.packets_sent - before.packets_sent, <, 1000);
  mark (&resumption, world);
  g_assert_true (fake_wire_run (world->wire, 2200 * MILLISECOND, has_resumed, &resumption));
}

/* Flaps again and again: what is let run ahead each time adds up to nothing that hurts. */
static void
test_flapping (void)
{
  FakeWireManners slow = { .delay_us = 20000, .rate = 200000 };
  g_autoptr (World) world = busy (34, &slow);

  for (guint i = 0; i < 60; i++)
    {
      Resumption resumption;
      fake_wire_cut (world->wire, 4 * SECOND);
      world_run (world, 4 * SECOND);
      mark (&resumption, world);
      bk_quic_path_changed (world->sides[0].quic, fake_wire_now (world->wire));
      bk_quic_path_changed (world->sides[1].quic, fake_wire_now (world->wire));
      g_assert_true (fake_wire_run (world->wire, SECOND, has_resumed, &resumption));
      world_run (world, SECOND);
    }
}

/* A cut while the handshake is under way. */
static void
test_cut_in_handshake (void)
{
  for (guint ms = 0; ms < 120; ms += 10)
    {
      g_autoptr (World) world = world_new (40 + ms, &(FakeWireManners){ .delay_us = 20000 }, NULL);
      world_run (world, ms * MILLISECOND);
      fake_wire_cut (world->wire, 8 * SECOND);
      world_run (world, 8 * SECOND);
      bk_quic_path_changed (world->sides[0].quic, fake_wire_now (world->wire));
      bk_quic_path_changed (world->sides[1].quic, fake_wire_now (world->wire));
      world_run_until (world, SECOND, world_are_both_confirmed);
    }
}

/* ----- long and wide ----- */

/* 40 ms there and back, 1 Gbit/s: no window holds it back, neither that of the stream nor that of all together. */
static void
test_wide (void)
{
  FakeWireManners manners = { .delay_us = 20000, .rate = 125000000 };
  g_autoptr (World) world = world_new (50, &manners, NULL);

  world_connect (world);
  side_open (&world->sides[0], 112 * (guint64) MIB, TRUE);
  world_run_until (world, 2000 * MILLISECOND, world_are_flows_done);
}

/* 100 Mbit/s and two of a hundred packets lost each way. */
static void
test_lossy (void)
{
  FakeWireManners manners = { .delay_us = 20000, .rate = 12500000, .loss = 0.02 };
  g_autoptr (World) world = world_new (51, &manners, NULL);

  world_connect (world);
  side_open (&world->sides[0], 400 * (guint64) MIB, TRUE);
  world_run (world, 2 * SECOND);
  guint64 before = received (world, 1);
  world_run (world, 4 * SECOND);
  g_assert_cmpuint ((received (world, 1) - before) / 4, >, 8000000);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/quic/wire/bad", test_bad_wires);
  g_test_add_func ("/quic/wire/reproducible", test_reproducible);
  g_test_add_func ("/quic/wire/cut-3s", test_cut_3s);
  g_test_add_func ("/quic/wire/cut-20s", test_cut_20s);
  g_test_add_func ("/quic/wire/cut-34s", test_cut_34s);
  g_test_add_data_func ("/quic/wire/path-changed-3s", GUINT_TO_POINTER (3), test_path_changed);
  g_test_add_data_func ("/quic/wire/path-changed-20s", GUINT_TO_POINTER (20), test_path_changed);
  g_test_add_data_func ("/quic/wire/path-changed-30s", GUINT_TO_POINTER (30), test_path_changed);
  g_test_add_func ("/quic/wire/path-changed-early", test_path_changed_early);
  g_test_add_func ("/quic/wire/path-changed-often", test_path_changed_often);
  g_test_add_func ("/quic/wire/flapping", test_flapping);
  g_test_add_func ("/quic/wire/cut-in-handshake", test_cut_in_handshake);
  g_test_add_func ("/quic/wire/wide", test_wide);
  g_test_add_func ("/quic/wire/lossy", test_lossy);
  return g_test_run ();
}
