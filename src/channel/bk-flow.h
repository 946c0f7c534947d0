/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A way for packets: a descriptor that keeps them apart, and QUIC datagrams. What finds no room is lost on the way to
 * the program, and waits with the program on the way out. */
#pragma once

#include "bk-fragment.h"
#include "bk-pump.h"

#include <netinet/in.h>

G_BEGIN_DECLS

typedef struct _BkFlow BkFlow;

/* @fd is taken over: of packets, connected. @id: those of the other side carry it. @ends: an empty read is its end
 * (SOCK_SEQPACKET), not an empty packet (UDP). */
BkFlow *bk_flow_new (BkPumpHub *hub, int fd, guint32 id, gboolean ends);
/* One of many that share the socket @fd of UDP, which is borrowed: what comes in is sent to @to, what goes out is pushed.
 * Both sides use the same @id. */
BkFlow *bk_flow_new_to (BkPumpHub *hub, int fd, const struct sockaddr_in *to, guint32 id);
void bk_flow_push (BkFlow *self, const guint8 *data, gsize length); /* lost if the one before is still being sent */
void bk_flow_free (BkFlow *self); /* the program reads the end */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkFlow, bk_flow_free)

guint32 bk_flow_get_id (BkFlow *self);
/* What ours are to carry. Until it is known they are lost. */
void bk_flow_set_their_id (BkFlow *self, guint32 id);
gboolean bk_flow_has_their_id (BkFlow *self);
guint32 bk_flow_get_their_id (BkFlow *self);
void bk_flow_receive (BkFlow *self, GBytes *datagram);
void bk_flow_writable (BkFlow *self); /* BkQuicFuncs.datagram_writable */
gboolean bk_flow_is_over (BkFlow *self);    /* the program has closed it */
gboolean bk_flow_is_drained (BkFlow *self); /* what the program has written is gone */

G_END_DECLS
