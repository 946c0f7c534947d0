/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire between two QUIC connections, with a clock of its own. All that happens on it follows from one seed. */
#pragma once

#include "bk-quic.h"

G_BEGIN_DECLS

typedef struct _FakeWire FakeWire;

typedef struct
{
  gint64 delay_us;  /* one way */
  gint64 jitter_us; /* at most so much more, so that packets overtake each other */
  double loss, duplicate, corrupt; /* of one packet, probability */
  guint64 rate;     /* bytes a second each way; 0: without limit. A queue of a quarter of a second, then loss */
} FakeWireManners;

FakeWire *fake_wire_new (guint32 seed, const FakeWireManners *manners);
void fake_wire_free (FakeWire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeWire, fake_wire_free)

void fake_wire_set_manners (FakeWire *self, const FakeWireManners *manners);
/* @side: 0 or 1. NULL: nobody is there any more. */
void fake_wire_plug (FakeWire *self, guint side, BkQuic *quic);
gint64 fake_wire_now (FakeWire *self);
/* Nothing that is sent from now on arrives for so long. */
void fake_wire_cut (FakeWire *self, gint64 duration_us);
guint fake_wire_random (FakeWire *self, guint below);
/* Hears of every packet that is put onto the wire. */
typedef void (*FakeWireTap) (guint side, const guint8 *packet, gsize length, gpointer user_data);
void fake_wire_set_tap (FakeWire *self, FakeWireTap tap, gpointer user_data);

typedef gboolean (*FakeWirePredicate) (gpointer user_data);
/* Lets time pass until @done, or for @limit_us. Returns whether it is done. */
gboolean fake_wire_run (FakeWire *self, gint64 limit_us, FakeWirePredicate done, gpointer user_data);

/* Calls @func with @n seeds that follow from @first, or with that of BECKON_TEST_SEED alone; says which one failed. */
void fake_wire_for_seeds (guint32 first, guint n, void (*func) (guint32 seed));

G_END_DECLS
