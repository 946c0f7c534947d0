/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-clock.h"
#include "bk-frame.h"
#include "bk-native-address.h"

G_BEGIN_DECLS

#define BK_TYPE_NATIVE_LINK (bk_native_link_get_type ())
/* One connection to a server, from the first packet to the last; never used twice. It knows frames, requests and their
 * replies, and whether the server is still there, but not what any of them means.
 *
 * Signals, on the main context: "found" () the server was found and is being connected to; "frame" (BkFrame *) the
 * server says something by itself; "closed" (const GError *) an open link was lost, last of all and only if the owner
 * did not close it. */
G_DECLARE_FINAL_TYPE (BkNativeLink, bk_native_link, BK, NATIVE_LINK, GObject)

/* How long the answer to a ping is waited for. With the time between pings: how long a dead server goes unseen. */
#define BK_NATIVE_PONG_SECONDS 10

BkNativeLink *bk_native_link_new (BkClock *clock, const BkNativeAddress *address, GTlsDatabase *database,
                                  guint ping_seconds);

/* Finishes when the server has greeted us in a version that we speak. @cancellable only lets the callback know that
 * nobody waits for it any more; bk_native_link_close () is what ends the attempt. */
void bk_native_link_open_async (BkNativeLink *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bk_native_link_open_finish (BkNativeLink *self, GAsyncResult *result, GError **error);

BkFrame *bk_native_link_new_request (BkNativeLink *self, BkFrameType type);
void bk_native_link_renew_request (BkNativeLink *self, BkFrame *request);
/* A server that does not reply within @seconds is taken for dead. Cancelling ends the waiting, not the request. */
void bk_native_link_request_async (BkNativeLink *self, const BkFrame *request, guint seconds,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BkFrame *bk_native_link_request_finish (BkNativeLink *self, GAsyncResult *result, guint *retry_ms, GError **error);

/* How long the server took for what it answered last, in microseconds; 0: it has answered nothing. */
gint64 bk_native_link_get_reply_time (BkNativeLink *self);

/* Says good-bye. Everything that waits fails with BECKON_ERROR_DISCONNECTED, nothing more is reported. */
void bk_native_link_close (BkNativeLink *self);

G_END_DECLS
