/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "bk-clock.h"

G_BEGIN_DECLS

#define BK_TYPE_NATIVE_STREAM (bk_native_stream_get_type ())
/* What libsoup reads the WebSocket from: the stream below, with a bound on each message, a bound on what is read
 * before the main loop has its turn again, and a note of when something came last. */
G_DECLARE_FINAL_TYPE (BkNativeStream, bk_native_stream, BK, NATIVE_STREAM, GIOStream)

/* @early is what was read from @base already and is to be read first. */
BkNativeStream *bk_native_stream_new (GIOStream *base, GBytes *early, guint64 max_message, BkClock *clock);
gint64 bk_native_stream_get_last_read (BkNativeStream *self);

G_END_DECLS
