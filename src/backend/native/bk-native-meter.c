/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-meter.h"

/* A fragment may be empty: their number is bounded too, or a message could last for ever. */
#define MAX_FRAGMENTS 4096
#define OPCODE_CONTROL 0x08
#define FIN 0x80
#define MASK 0x80

/* Returns the length of the head that starts with self->head, 2 as long as that is not known. A server does not mask;
 * one that does is closed by libsoup, whatever we take the rest for. */
static guint
head_size (const BkNativeMeter *self)
{
  if (self->head_length < 2)
    return 2;
  switch (self->head[1] & ~MASK)
    {
    case 126:
      return 4;
    case 127:
      return 10;
    default:
      return 2;
    }
}

static guint64
payload_size (const BkNativeMeter *self)
{
  guint size = head_size (self);
  guint64 length = 0;

  if (size == 2)
    return self->head[1] & ~MASK;
  for (guint i = 2; i < size; i++)
    length = length << 8 | self->head[i];
  return length;
}

/* Called when a head is complete. */
static gboolean
begin_frame (BkNativeMeter *self, guint64 max_message)
{
  self->payload_left = payload_size (self);
  self->head_length = 0;
  if ((self->head[0] & OPCODE_CONTROL) != 0)
    return TRUE; /* stands between the fragments and is never joined to them */

  if (self->payload_left > max_message || self->message_bytes > max_message - self->payload_left
      || ++self->n_fragments > MAX_FRAGMENTS)
    return FALSE;
  self->message_bytes += self->payload_left;
  if ((self->head[0] & FIN) != 0)
    {
      self->message_bytes = 0;
      self->n_fragments = 0;
    }
  return TRUE;
}

/* Whether every message in the stream so far is at most @max_message bytes long. After FALSE the stream is over. */
gboolean
bk_native_meter_feed (BkNativeMeter *self, const guint8 *data, gsize length, guint64 max_message)
{
  for (gsize at = 0; at < length;)
    {
      if (self->payload_left > 0)
        {
          guint64 skipped = MIN (self->payload_left, length - at);

          self->payload_left -= skipped;
          at += skipped;
          continue;
        }
      self->head[self->head_length++] = data[at++];
      if (self->head_length == head_size (self) && !begin_frame (self, max_message))
        return FALSE;
    }
  return TRUE;
}
