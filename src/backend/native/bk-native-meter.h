/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsoup 3.2 bounds a WebSocket frame, but joins fragments without a bound. This walks over the heads of the frames
 * in a stream of bytes and says when one message, all its fragments together, becomes too long. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 head[10];
  guint head_length;     /* bytes of the current head that are here */
  guint64 payload_left;  /* bytes of the current payload that are still to come */
  guint64 message_bytes; /* of the message whose last fragment has not come yet */
  guint n_fragments;
} BkNativeMeter;

gboolean bk_native_meter_feed (BkNativeMeter *self, const guint8 *data, gsize length, guint64 max_message);

G_END_DECLS
