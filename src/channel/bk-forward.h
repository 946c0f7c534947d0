/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that do not know Beckon: one side listens at a place of the session's own for the program that joins, the
 * other one connects to the program that hosts. Only programs of this user take part. */
#pragma once

#include "bk-channel.h"
#include "bk-clock.h"
#include "bk-pump.h"

G_BEGIN_DECLS

#define BK_FORWARD_ID 0x80000000u /* ids of packets with this bit are of forwards; both directions use the same */
#define BK_FORWARD_SOURCES 16     /* UDP: programs, or sockets of them, at once */

typedef struct _BkForward BkForward;
typedef void (*BkForwardAcceptedFunc) (int fd, gpointer user_data); /* which is taken over */

BkForward *bk_forward_new (BkClock *clock, const char *runtime_dir, BkPumpHub *hub, BkForwardAcceptedFunc accepted,
                           gpointer user_data);
void bk_forward_free (BkForward *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkForward, bk_forward_free)

gboolean bk_forward_reserve (BkForward *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);
/* As BkChannel.host_async; @source: of the result. */
void bk_forward_host_async (BkForward *self, GObject *source, const BkEndpoint *endpoint, BkProgram *program,
                            const char *const *ignored, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bk_forward_join (BkForward *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);
void bk_forward_stop (BkForward *self); /* nobody new comes in, and nobody is waited for */

int bk_forward_connect (BkForward *self); /* to the program that hosts, if need be not yet connected; -1: there is none */
void bk_forward_receive (BkForward *self, guint32 id, GBytes *datagram);
void bk_forward_writable (BkForward *self);
gboolean bk_forward_is_drained (BkForward *self);

G_END_DECLS
