/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two QUIC connections on a fake wire, each with somebody behind it who writes, reads and remembers. */
#pragma once

#include "fake-wire.h"

G_BEGIN_DECLS

#define WORLD_SESSION "{6f0d2f9e-8a55-4a0e-9d0b-2f6d3a1c5b7e}"

typedef struct _World World;

/* One stream, seen from one side. What is written is told by its place in the stream, so that it can be checked. */
typedef struct
{
  gint64 id;
  guint64 to_write, written;
  gboolean fin_wanted, fin_taken;
  guint64 received, unconsumed;
  gboolean stuck; /* nothing is consumed */
  gboolean fin, acked, stopped, reset, closed;
} Flow;

typedef struct
{
  World *world;
  gboolean client;
  BkQuic *quic;
  BkCertificate *certificate;
  GHashTable *flows;  /* id to Flow */
  guint64 answer;     /* bytes that each stream of the other side is answered with, and its end */
  gboolean stuck;     /* new streams are not read */
  guint confirmed, closed, writable, opened, datagrams, datagram_room;
  guint64 datagram_bytes;
  BeckonSessionResult result;
  char *reason;
} Side;

struct _World
{
  FakeWire *wire;
  Side sides[2]; /* the client is the first */
};

/* How a world begins; NULL members: as it should be. */
typedef struct
{
  const char *sessions[2];     /* that the sides mean */
  const char *names[2];        /* in their certificates */
  const char *fingerprints[2]; /* that they expect */
  guint64 max_stream_window;
} WorldOptions;

World *world_new (guint32 seed, const FakeWireManners *manners, const WorldOptions *options);
void world_free (World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

gboolean world_are_both_confirmed (gpointer world);
gboolean world_are_both_closed (gpointer world);
gboolean world_are_flows_done (gpointer world); /* all that was to be written is there, both ways, and its end */
guint64 world_unconsumed (World *self, guint side); /* bytes that came and were not given back */
void world_connect (World *self);               /* until both are confirmed */
void world_run (World *self, gint64 duration_us);
void world_run_until (World *self, gint64 limit_us, FakeWirePredicate done);

/* Opens a stream, and writes so much to it, and its end if @fin. */
Flow *side_open (Side *self, guint64 length, gboolean fin);
Flow *side_flow (Side *self, gint64 id);
void side_write (Side *self, Flow *flow);
void side_read (Side *self, Flow *flow); /* gives back what waits */

G_END_DECLS
