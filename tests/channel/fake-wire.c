/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-wire.h"

#include <signal.h>
#include <string.h>

#define START_US (1000 * G_USEC_PER_SEC)
#define BUFFER (BK_QUIC_MAX_BURST * BK_QUIC_MAX_PACKET)
#define MAX_BURSTS 10000 /* without time passing: somebody talks without end */

typedef struct
{
  gint64 arrives;
  guint64 number;
  guint to;
  gsize length;
  guint8 data[BK_QUIC_MAX_PACKET];
} Packet;

struct _FakeWire
{
  GRand *rand;
  FakeWireManners manners;
  BkQuic *ends[2];
  gint64 now, cut_until;
  gint64 free_at[2]; /* when the sender's line has sent what it was given */
  GSequence *packets;
  guint64 number;
  FakeWireTap tap;
  gpointer tap_data;
  guint8 buffer[BUFFER];
};

FakeWire *
fake_wire_new (guint32 seed, const FakeWireManners *manners)
{
  FakeWire *self = g_new0 (FakeWire, 1);

  self->rand = g_rand_new_with_seed (seed);
  self->manners = *manners;
  self->now = START_US;
  self->packets = g_sequence_new (g_free);
  return self;
}

void
fake_wire_free (FakeWire *self)
{
  g_sequence_free (self->packets);
  g_rand_free (self->rand);
  g_free (self);
}

void
fake_wire_set_manners (FakeWire *self, const FakeWireManners *manners)
{
  self->manners = *manners;
}

void
fake_wire_plug (FakeWire *self, guint side, BkQuic *quic)
{
  self->ends[side] = quic;
}

gint64
fake_wire_now (FakeWire *self)
{
  return self->now;
}

void
fake_wire_cut (FakeWire *self, gint64 duration_us)
{
  self->cut_until = self->now + duration_us;
}

guint
fake_wire_random (FakeWire *self, guint below)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) below);
}

void
fake_wire_set_tap (FakeWire *self, FakeWireTap tap, gpointer user_data)
{
  self->tap = tap;
  self->tap_data = user_data;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Packet *left = a, *right = b;

  if (left->arrives != right->arrives)
    return left->arrives < right->arrives ? -1 : 1;
  return left->number < right->number ? -1 : left->number > right->number;
}

static gboolean
happens (FakeWire *self, double probability)
{
  return probability > 0 && g_rand_double (self->rand) < probability;
}

static void
put (FakeWire *self, guint from, const guint8 *data, gsize length, gint64 leaves)
{
  Packet *packet = g_new (Packet, 1);

  g_assert_cmpuint (length, <=, sizeof packet->data);
  packet->number = self->number++;
  packet->to = 1 - from;
  packet->length = length;
  packet->arrives = leaves + self->manners.delay_us;
  if (self->manners.jitter_us > 0)
    packet->arrives += g_rand_int_range (self->rand, 0, (gint32) self->manners.jitter_us);
  memcpy (packet->data, data, length);
  if (happens (self, self->manners.corrupt))
    packet->data[fake_wire_random (self, (guint) length)] ^= (guint8) (1 << fake_wire_random (self, 8));
  g_sequence_insert_sorted (self->packets, packet, compare, NULL);
}

static void
send (FakeWire *self, guint from, const guint8 *data, gsize length)
{
  gint64 leaves = self->now;

  if (self->tap != NULL)
    self->tap (from, data, length, self->tap_data);
  if (self->now < self->cut_until || happens (self, self->manners.loss))
    return;
  if (self->manners.rate > 0)
    {
      leaves = MAX (leaves, self->free_at[from]);
      if (leaves - self->now > G_USEC_PER_SEC / 4)
        return;
      leaves += (gint64) (length * G_USEC_PER_SEC / self->manners.rate);
      self->free_at[from] = leaves;
    }
  put (self, from, data, length, leaves);
  if (happens (self, self->manners.duplicate))
    put (self, from, data, length, leaves);
}

static void
pump (FakeWire *self, guint side)
{
  for (guint bursts = 0; self->ends[side] != NULL; bursts++)
    {
      gsize size = 0;
      gsize length = bk_quic_produce (self->ends[side], self->buffer, BUFFER, &size, self->now);

      g_assert_cmpuint (bursts, <, MAX_BURSTS);
      if (length == 0)
        return;
      g_assert_cmpuint (size, >, 0);
      for (gsize at = 0; at < length; at += size)
        send (self, side, self->buffer + at, MIN (size, length - at));
    }
}

static Packet *
first_packet (FakeWire *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->packets);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

static gint64
next_event (FakeWire *self)
{
  Packet *packet = first_packet (self);
  gint64 next = packet != NULL ? packet->arrives : G_MAXINT64;

  for (guint side = 0; side < 2; side++)
    if (self->ends[side] != NULL)
      next = MIN (next, bk_quic_get_deadline (self->ends[side]));
  return MAX (next, self->now);
}

static void
deliver (FakeWire *self)
{
  for (Packet *packet = first_packet (self); packet != NULL && packet->arrives <= self->now;
       packet = first_packet (self))
    {
      if (self->ends[packet->to] != NULL)
        bk_quic_receive (self->ends[packet->to], packet->data, packet->length, self->now);
      g_sequence_remove (g_sequence_get_begin_iter (self->packets));
    }
}

gboolean
fake_wire_run (FakeWire *self, gint64 limit_us, FakeWirePredicate done, gpointer user_data)
{
  gint64 end = self->now + limit_us, last = -1;
  guint standing = 0;

  for (;;)
    {
      pump (self, 0);
      pump (self, 1);
      if (done != NULL && done (user_data))
        return TRUE;

      gint64 next = next_event (self);
      if (next > end)
        {
          self->now = end;
          return FALSE;
        }
      standing = next == last ? standing + 1 : 0;
      g_assert_cmpuint (standing, <, 1000); /* a deadline that does not go away */
      last = self->now = next;
      deliver (self);
      for (guint side = 0; side < 2; side++)
        if (self->ends[side] != NULL && bk_quic_get_deadline (self->ends[side]) <= self->now)
          bk_quic_expire (self->ends[side], self->now);
    }
}

static guint32 failing_seed;

static void
say_seed (int signal_number)
{
  g_printerr ("\n# The seed was %u: BECKON_TEST_SEED=%u shows it again\n", failing_seed, failing_seed);
  signal (SIGABRT, SIG_DFL);
  raise (SIGABRT);
}

void
fake_wire_for_seeds (guint32 first, guint n, void (*func) (guint32 seed))
{
  const char *wanted = g_getenv ("BECKON_TEST_SEED");

  signal (SIGABRT, say_seed);
  if (wanted != NULL)
    {
      failing_seed = (guint32) g_ascii_strtoull (wanted, NULL, 10);
      func (failing_seed);
    }
  else
    for (guint32 i = 0; i < n; i++)
      {
        failing_seed = first + i;
        func (failing_seed);
      }
  signal (SIGABRT, SIG_DFL);
}
