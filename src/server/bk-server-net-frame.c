/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-net-private.h"

#include <string.h>

/* Makes a message of @length bytes of UTF-8, -1: up to the NUL. */
BkServerFrame *
bk_server_frame_new (const char *text, gssize length)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  BkServerFrame *frame = g_malloc (sizeof (BkServerFrame) + LWS_PRE + size);

  g_atomic_ref_count_init (&frame->refs);
  frame->length = size;
  memcpy (frame->data + LWS_PRE, text, size);
  return frame;
}

BkServerFrame *
bk_server_frame_ref (BkServerFrame *frame)
{
  g_atomic_ref_count_inc (&frame->refs);
  return frame;
}

void
bk_server_frame_unref (BkServerFrame *frame)
{
  if (g_atomic_ref_count_dec (&frame->refs))
    g_free (frame);
}

gsize
bk_server_frame_get_length (BkServerFrame *frame)
{
  return frame->length;
}
