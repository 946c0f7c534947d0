/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attempts of one side to reach the other, one after the other: each is an agent of its own, under the same QUIC
 * connection. An agent belongs to the agent of the other side that has the same generation; who hears of a higher one
 * makes its next attempt with that one, and what belongs to a lower one is passed over. So both sides may begin at any
 * time, at once too, and whatever order the envelopes come in, they end with agents that belong together. */
#pragma once

#include "bk-envelope.h"
#include "bk-ice.h"

G_BEGIN_DECLS

typedef struct
{
  void (*transport) (const BkEnvelope *transport, gpointer user_data);
  void (*packet) (const guint8 *packet, gsize length, gpointer user_data);
  /* Path, reason or pair is another one. @switched: by way of another agent. */
  void (*changed) (gboolean switched, gpointer user_data);
} BkAttemptsFuncs;

typedef struct _BkAttempts BkAttempts;

/* None of @funcs is called from inside a call. */
BkAttempts *bk_attempts_new (BkClock *clock, const char *session, gboolean controlling, const BkAttemptsFuncs *funcs,
                             gpointer user_data);
void bk_attempts_free (BkAttempts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAttempts, bk_attempts_free)

void bk_attempts_set_relays (BkAttempts *self, const BkRelays *relays); /* nullable */
void bk_attempts_start (BkAttempts *self);
void bk_attempts_receive (BkAttempts *self, const BkEnvelope *transport); /* hostile; before the start, too */
/* Looks for another way now, or a moment later: there are not more than one of them a second. The one in use stays until
 * there is a better one. */
void bk_attempts_refresh (BkAttempts *self);
gboolean bk_attempts_is_looking (BkAttempts *self);

gboolean bk_attempts_send (BkAttempts *self, const guint8 *packets, gsize length, gsize packet_size);
gboolean bk_attempts_has_path (BkAttempts *self);
BeckonChannelPath bk_attempts_get_path (BkAttempts *self); /* CONNECTING, DIRECT, RELAY or LOST */
const char *bk_attempts_get_reason (BkAttempts *self);     /* why there is this one, or none */
BkIce *bk_attempts_get_active (BkAttempts *self);          /* nullable */

G_END_DECLS
