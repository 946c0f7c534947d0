/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-net-private.h"

#include <string.h>

#define FIN_TEXT 0x81
#define CONTROL_COST 64

/* Writes the header of a whole message (RFC 6455, 5.2). Returns its size. */
static guint8
put_header (guint8 header[10], guint8 first, gsize length)
{
  guint8 extended = length < 126 ? 0 : length < 65536 ? 2 : 8;

  header[0] = first;
  header[1] = extended == 0 ? (guint8) length : extended == 2 ? 126 : 127;
  for (guint8 i = 0; i < extended; i++)
    header[2 + i] = (guint8) ((guint64) length >> 8 * (extended - 1 - i));
  return 2 + extended;
}

static BkServerFrame *
frame_new (guint8 first, gconstpointer data, gsize length)
{
  guint8 header[10];
  guint8 n_header = put_header (header, first, length);
  BkServerFrame *frame = g_malloc (sizeof (BkServerFrame) + n_header + length);

  g_atomic_ref_count_init (&frame->refs);
  frame->length = length;
  frame->n_header = n_header;
  frame->is_control = (first & 0x08) != 0;
  memcpy (frame->data, header, n_header);
  if (length > 0)
    memcpy (frame->data + n_header, data, length);
  return frame;
}

/* Makes a message of @length bytes of UTF-8, -1: up to the NUL. */
BkServerFrame *
bk_server_frame_new (const char *text, gssize length)
{
  return frame_new (FIN_TEXT, text, length < 0 ? strlen (text) : (gsize) length);
}

/* @first: the first byte of the frame. */
BkServerFrame *
bk_server_frame_new_control (guint8 first, gconstpointer data, gsize length)
{
  return frame_new (first, data, length);
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

/* What it counts as while it waits: many small answers to pings must not be free. */
gsize
bk_server_frame_get_cost (BkServerFrame *frame)
{
  return frame->is_control ? frame->length + CONTROL_COST : frame->length;
}
