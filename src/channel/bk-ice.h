/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One attempt to find a path to the other side: a NiceAgent in unreliable mode with one component. A new path needs a
 * new one. Packets only; nothing here knows what is in them. */
#pragma once

#include "beckon-enums.h"
#include "bk-backend.h"
#include "bk-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_ICE (bk_ice_get_type ())
/* Signals, never from inside a call:
 * "candidates" (GStrv lines, gboolean done): more of ours were found. Lines: as in BkEnvelope.candidates, no more than
 *   one envelope takes; NULL if only @done is new
 * "state" (): state, reason or pair is another one. CONNECTING, then DIRECT or RELAY, which may change into each other,
 *   LOST (consent is gone) and FAILED, which are final
 */
G_DECLARE_FINAL_TYPE (BkIce, bk_ice, BK, ICE, GObject)

typedef void (*BkIceReceiveFunc) (const guint8 *packet, gsize length, gpointer user_data);

/* Gathers at once. @receive: called for each packet of the other side, several in a row without going through the main
 * loop, and not before the state is DIRECT or RELAY: what comes earlier waits. It may call anything here, and drop the
 * last reference. @relays nullable. */
BkIce *bk_ice_new (gboolean controlling, const BkRelays *relays, BkClock *clock, BkIceReceiveFunc receive,
                   gpointer user_data, GError **error);
const char *bk_ice_get_ufrag (BkIce *self);
const char *bk_ice_get_pwd (BkIce *self);
/* What the other side says about itself; hostile. Bounded: BK_LIMIT_CANDIDATES_TOTAL, and a few for each address;
 * those that are not fair are passed over. Only the first @ufrag and @pwd count. */
void bk_ice_set_remote (BkIce *self, const char *ufrag, const char *pwd);
void bk_ice_add_remote (BkIce *self, const char *const *candidates, gboolean done);
BeckonChannelPath bk_ice_get_state (BkIce *self);
const char *bk_ice_get_reason (BkIce *self);       /* sentence for people, never NULL */
/* Of the pair in use: kinds ("host", "srflx", "prflx", "relay") and the network between ("udp", "udp6", relay
 * "turn-udp", "turn-tcp"); nullable. */
const char *bk_ice_get_local_kind (BkIce *self);
const char *bk_ice_get_remote_kind (BkIce *self);
const char *bk_ice_get_network (BkIce *self);
/* Sends packets that lie one behind the other, each of @packet_size bytes but the last. FALSE: would block, or there is
 * no path; what could not be sent is lost, as packets are. */
gboolean bk_ice_send (BkIce *self, const guint8 *packets, gsize length, gsize packet_size);
void bk_ice_close (BkIce *self);

/* What this machine itself has: only who has such addresses can be reached at them. */
typedef enum
{
  BK_ICE_REACH_LOOPBACK = 1 << 0,   /* and no other address at all */
  BK_ICE_REACH_LINK_LOCAL = 1 << 1, /* IPv4, 169.254.0.0/16 */
} BkIceReach;

/* Pure: whether @line is a candidate that may be tried: UDP, an address in its plain form, which is nobody's loopback,
 * no multicast, no broadcast, nothing that hides another address. Fuzzed. */
gboolean bk_ice_candidate_is_fair (const char *line, BkIceReach reach);

/* "Test my connection": a{sv} as in Account1.TestConnection. */
void bk_ice_test_async (const BkRelays *relays, BkClock *clock, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
GVariant *bk_ice_test_finish (GAsyncResult *result, GError **error);

G_END_DECLS
