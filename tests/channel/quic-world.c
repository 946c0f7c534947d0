/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quic-world.h"

#include <string.h>

#define PIECE 5000
#define PERIOD 65521 /* a prime: no buffer is as long, nor a multiple of it */

/* What a stream carries from some place on, at least PERIOD bytes. */
static const guint8 *
bytes_at (gint64 id, guint64 offset, gboolean client)
{
  static guint8 pattern[2 * PERIOD];

  if (pattern[0] == 0)
    for (guint i = 0; i < sizeof pattern; i++)
      pattern[i] = i % PERIOD == 0 ? 1 : (guint8) ((i % PERIOD) * 2654435761u >> 13);
  return pattern + (offset + (guint64) id * 1009 + (client ? 30011 : 0)) % PERIOD;
}

Flow *
side_flow (Side *self, gint64 id)
{
  return g_hash_table_lookup (self->flows, &id);
}

static Flow *
add_flow (Side *self, gint64 id)
{
  Flow *flow = g_new0 (Flow, 1);

  flow->id = id;
  flow->stuck = self->stuck;
  g_assert_null (side_flow (self, id));
  g_hash_table_add (self->flows, flow);
  return flow;
}

void
side_write (Side *self, Flow *flow)
{
  while (!flow->fin_taken && (flow->written < flow->to_write || flow->fin_wanted))
    {
      gsize length = (gsize) MIN (PIECE, flow->to_write - flow->written);
      gboolean fin = flow->fin_wanted && flow->written + length == flow->to_write;
      gsize taken = bk_quic_write (self->quic, flow->id, bytes_at (flow->id, flow->written, self->client), length, fin);
      g_assert_cmpuint (taken, <=, length);
      flow->written += taken;
      flow->fin_taken = fin && taken == length;
      if (taken < length)
        return;
    }
}

Flow *
side_open (Side *self, guint64 length, gboolean fin)
{
  gint64 id = bk_quic_open_stream (self->quic);

  if (id < 0)
    return NULL;
  Flow *flow = add_flow (self, id);
  flow->to_write = length;
  flow->fin_wanted = fin;
  side_write (self, flow);
  return flow;
}

void
side_read (Side *self, Flow *flow)
{
  bk_quic_consume (self->quic, flow->id, (gsize) flow->unconsumed);
  flow->unconsumed = 0;
}

/* ----- what the connection tells ----- */

static Flow *
expect_flow (Side *self, gint64 id)
{
  Flow *flow = side_flow (self, id);

  g_assert_nonnull (flow);
  g_assert_cmpuint (self->closed, ==, 0);
  g_assert_false (flow->closed);
  return flow;
}

static void
on_confirmed (gpointer user_data)
{
  Side *self = user_data;

  self->confirmed++;
  g_assert_cmpuint (self->closed, ==, 0);
}

/* From inside there is nothing to be had, and no harm in trying. */
static void
try_from_inside (Side *self)
{
  gint64 now = fake_wire_now (self->world->wire);
  guint8 packet[BK_QUIC_MAX_PACKET] = { 0x40 };
  gsize size;

  g_assert_cmpuint (bk_quic_produce (self->quic, packet, sizeof packet, &size, now), ==, 0);
  bk_quic_receive (self->quic, packet, sizeof packet, now);
  bk_quic_expire (self->quic, now);
  bk_quic_path_changed (self->quic, now);
}

static void
on_opened (gint64 id, gpointer user_data)
{
  Side *self = user_data;

  g_assert_cmpuint (self->confirmed, ==, 1);
  self->opened++;
  Flow *flow = add_flow (self, id);
  if (self->answer == 0)
    return;
  flow->to_write = self->answer;
  flow->fin_wanted = TRUE;
  side_write (self, flow);
  try_from_inside (self);
}

static void
on_data (gint64 id, const guint8 *data, gsize length, gboolean fin, gpointer user_data)
{
  Side *self = user_data;
  Flow *flow = expect_flow (self, id);

  g_assert_false (flow->fin);
  g_assert_cmpuint (length, <=, PERIOD);
  g_assert_cmpmem (data, length, bytes_at (id, flow->received, !self->client), length);
  flow->received += length;
  flow->unconsumed += length;
  flow->fin = fin;
  if (!flow->stuck)
    side_read (self, flow);
}

static void
on_writable (gint64 id, gpointer user_data)
{
  Side *self = user_data;

  self->writable++;
  side_write (self, expect_flow (self, id));
}

static void
on_acked (gint64 id, gpointer user_data)
{
  Side *self = user_data;
  Flow *flow = expect_flow (self, id);
  Flow *mirror = side_flow (&self->world->sides[self->client ? 1 : 0], id);

  g_assert_false (flow->acked);
  g_assert_true (flow->fin_taken);
  g_assert_cmpuint (mirror->received, ==, flow->written);
  flow->acked = TRUE;
}

static void
on_stopped (gint64 id, gpointer user_data)
{
  Flow *flow = expect_flow (user_data, id);

  g_assert_false (flow->stopped);
  flow->stopped = TRUE;
}

static void
on_reset (gint64 id, gpointer user_data)
{
  Side *self = user_data;
  Flow *flow = expect_flow (self, id);

  flow->reset = TRUE;
  side_read (self, flow);
}

static void
on_stream_closed (gint64 id, gpointer user_data)
{
  Flow *flow = expect_flow (user_data, id);

  flow->closed = TRUE;
}

static void
on_datagram (const guint8 *data, gsize length, gpointer user_data)
{
  Side *self = user_data;

  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (data[i], ==, (guint8) (length + i));
  self->datagrams++;
  self->datagram_bytes += length;
}

static void
on_datagram_room (gpointer user_data)
{
  Side *self = user_data;

  self->datagram_room++;
}

static void
on_closed (BeckonSessionResult result, const char *reason, gpointer user_data)
{
  Side *self = user_data;

  g_assert_cmpuint (self->closed, ==, 0);
  g_assert_nonnull (reason);
  self->closed++;
  self->result = result;
  self->reason = g_strdup (reason);
}

static const BkQuicFuncs funcs = {
  .confirmed = on_confirmed,
  .stream_opened = on_opened,
  .stream_data = on_data,
  .stream_writable = on_writable,
  .stream_acked = on_acked,
  .stream_stopped = on_stopped,
  .stream_reset = on_reset,
  .stream_closed = on_stream_closed,
  .datagram = on_datagram,
  .datagram_writable = on_datagram_room,
  .closed = on_closed,
};

/* ----- the world ----- */

static void
make_connection (World *self, guint i, guint32 seed, const WorldOptions *options)
{
  Side *side = &self->sides[i];
  const char *fingerprint = options->fingerprints[i];
  BkQuicConfig config = { 0 };
  g_autoptr (GError) error = NULL;

  config.client = side->client;
  config.session = options->sessions[i] != NULL ? options->sessions[i] : WORLD_SESSION;
  config.certificate = side->certificate;
  config.fingerprint
    = fingerprint != NULL ? fingerprint : bk_certificate_get_fingerprint (self->sides[1 - i].certificate);
  config.max_stream_window = options->max_stream_window;
  for (gsize b = 0; b < sizeof config.seed; b++)
    config.seed[b] = (guint8) (seed >> (b % 4 * 8)) ^ (guint8) (i + b);
  side->quic = bk_quic_new (&config, &funcs, side, fake_wire_now (self->wire), &error);
  g_assert_no_error (error);
  fake_wire_plug (self->wire, i, side->quic);
}

World *
world_new (guint32 seed, const FakeWireManners *manners, const WorldOptions *options)
{
  static const WorldOptions as_it_should_be;
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;

  options = options != NULL ? options : &as_it_should_be;
  self->wire = fake_wire_new (seed, manners);
  for (guint i = 0; i < 2; i++)
    {
      Side *side = &self->sides[i];
      side->world = self;
      side->client = i == 0;
      side->certificate = bk_certificate_new (options->names[i] != NULL ? options->names[i] : WORLD_SESSION, &error);
      g_assert_no_error (error);
      side->flows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }
  for (guint i = 0; i < 2; i++)
    make_connection (self, i, seed, options);
  return self;
}

void
world_free (World *self)
{
  for (guint i = 0; i < 2; i++)
    {
      if (self->sides[i].quic != NULL)
        bk_quic_free (self->sides[i].quic);
      bk_certificate_free (self->sides[i].certificate);
      g_hash_table_unref (self->sides[i].flows);
      g_free (self->sides[i].reason);
    }
  fake_wire_free (self->wire);
  g_free (self);
}

gboolean
world_are_both_confirmed (gpointer world)
{
  World *self = world;

  return self->sides[0].confirmed > 0 && self->sides[1].confirmed > 0;
}

gboolean
world_are_both_closed (gpointer world)
{
  World *self = world;

  return self->sides[0].closed > 0 && self->sides[1].closed > 0;
}

static gboolean
is_flow_done (Side *other, Flow *flow)
{
  Flow *mirror = side_flow (other, flow->id);

  return mirror != NULL && mirror->received == flow->to_write && mirror->fin == flow->fin_wanted
         && flow->acked == flow->fin_wanted;
}

gboolean
world_are_flows_done (gpointer world)
{
  World *self = world;

  for (guint i = 0; i < 2; i++)
    {
      GHashTableIter iter;
      gpointer flow;
      g_hash_table_iter_init (&iter, self->sides[i].flows);
      while (g_hash_table_iter_next (&iter, &flow, NULL))
        if (!is_flow_done (&self->sides[1 - i], flow))
          return FALSE;
    }
  return TRUE;
}

void
world_run (World *self, gint64 duration_us)
{
  fake_wire_run (self->wire, duration_us, NULL, NULL);
}

void
world_run_until (World *self, gint64 limit_us, FakeWirePredicate done)
{
  if (!fake_wire_run (self->wire, limit_us, done, self))
    g_error ("It did not come to it within %" G_GINT64_FORMAT " ms", limit_us / 1000);
}

guint64
world_unconsumed (World *self, guint i)
{
  GHashTableIter iter;
  gpointer flow;
  guint64 sum = 0;

  g_hash_table_iter_init (&iter, self->sides[i].flows);
  while (g_hash_table_iter_next (&iter, &flow, NULL))
    sum += ((Flow *) flow)->unconsumed;
  return sum;
}

void
world_connect (World *self)
{
  world_run_until (self, 30 * G_USEC_PER_SEC, world_are_both_confirmed);
  g_assert_cmpuint (self->sides[0].confirmed, ==, 1);
  g_assert_cmpuint (self->sides[1].confirmed, ==, 1);
}
