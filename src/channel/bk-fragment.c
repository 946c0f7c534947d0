/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-fragment.h"

#include <string.h>

#define MAX_WAITING (1024 * 1024) /* bytes of all datagrams of which pieces are missing */

/* One that is not complete. */
typedef struct
{
  guint32 flow;
  guint32 number;
  guint count;
  guint missing;
  gsize size;
  GBytes *pieces[]; /* NULL: not there yet */
} Partial;

struct _BkAssembly
{
  GQueue partials; /* the one that was begun first is first */
  gsize size;
};

static guint32
get_u32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static void
put_u32 (guint8 *data, guint32 value)
{
  for (int i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (24 - 8 * i));
}

gboolean
bk_fragment_read (const guint8 *packet, gsize length, BkFragment *fragment)
{
  if (length < BK_FRAGMENT_HEADER)
    return FALSE;
  *fragment = (BkFragment){ get_u32 (packet),
                            get_u32 (packet + 4),
                            packet[8],
                            packet[9],
                            packet + BK_FRAGMENT_HEADER,
                            length - BK_FRAGMENT_HEADER };
  return fragment->index < fragment->count && (fragment->count == 1 || fragment->length > 0)
         && fragment->length <= BK_FRAGMENT_MAX;
}

guint
bk_fragment_count (gsize length, gsize size)
{
  gsize room = size > BK_FRAGMENT_HEADER ? size - BK_FRAGMENT_HEADER : 1;
  gsize count = MAX ((length + room - 1) / room, 1);

  return length <= BK_FRAGMENT_MAX && count <= G_MAXUINT8 ? (guint) count : 0;
}

gsize
bk_fragment_write (guint8 *packet, gsize size, guint32 flow, guint32 number, const guint8 *data, gsize length,
                   guint index, guint count)
{
  gsize room = size - BK_FRAGMENT_HEADER;
  gsize from = MIN (index * room, length);
  gsize n = MIN (room, length - from);

  g_return_val_if_fail (size > BK_FRAGMENT_HEADER && index < count && count <= G_MAXUINT8, 0);
  put_u32 (packet, flow);
  put_u32 (packet + 4, number);
  packet[8] = (guint8) index;
  packet[9] = (guint8) count;
  if (n > 0)
    memcpy (packet + BK_FRAGMENT_HEADER, data + from, n);
  return BK_FRAGMENT_HEADER + n;
}

/* ---- putting together ---- */

static void
partial_free (gpointer data)
{
  Partial *partial = data;

  for (guint i = 0; i < partial->count; i++)
    g_clear_pointer (&partial->pieces[i], g_bytes_unref);
  g_free (partial);
}

BkAssembly *
bk_assembly_new (void)
{
  return g_new0 (BkAssembly, 1);
}

void
bk_assembly_free (BkAssembly *self)
{
  g_queue_clear_full (&self->partials, partial_free);
  g_free (self);
}

gsize
bk_assembly_get_size (BkAssembly *self)
{
  return self->size;
}

static void
drop (BkAssembly *self, GList *link)
{
  Partial *partial = link->data;

  self->size -= partial->size;
  g_queue_delete_link (&self->partials, link);
  partial_free (partial);
}

/* The newest first: pieces of one datagram come close to each other. */
static GList *
find (BkAssembly *self, const BkFragment *fragment)
{
  for (GList *link = self->partials.tail; link != NULL; link = link->prev)
    {
      Partial *partial = link->data;
      if (partial->flow == fragment->flow && partial->number == fragment->number)
        return link;
    }
  return NULL;
}

static GList *
begin (BkAssembly *self, const BkFragment *fragment)
{
  Partial *partial = g_malloc0 (sizeof (Partial) + fragment->count * sizeof (GBytes *));

  partial->flow = fragment->flow;
  partial->number = fragment->number;
  partial->count = partial->missing = fragment->count;
  g_queue_push_tail (&self->partials, partial);
  return self->partials.tail;
}

/* What was begun first is what most likely will never be complete. */
static void
make_room (BkAssembly *self, GList *kept)
{
  while ((self->partials.length > BK_FRAGMENT_PARTIAL || self->size > MAX_WAITING) && self->partials.head != kept)
    drop (self, self->partials.head);
}

static GBytes *
join (const Partial *partial)
{
  GByteArray *whole = g_byte_array_sized_new ((guint) partial->size);

  for (guint i = 0; i < partial->count; i++)
    {
      gsize length = 0;
      const guint8 *data = g_bytes_get_data (partial->pieces[i], &length);
      g_byte_array_append (whole, data, (guint) length);
    }
  return g_byte_array_free_to_bytes (whole);
}

GBytes *
bk_assembly_take (BkAssembly *self, const BkFragment *fragment)
{
  if (fragment->count == 1)
    return g_bytes_new (fragment->data, fragment->length);

  GList *link = find (self, fragment);
  if (link == NULL)
    link = begin (self, fragment);
  Partial *partial = link->data;
  if (partial->count != fragment->count || partial->size + fragment->length > BK_FRAGMENT_MAX)
    {
      drop (self, link);
      return NULL;
    }
  if (partial->pieces[fragment->index] != NULL)
    return NULL;
  partial->pieces[fragment->index] = g_bytes_new (fragment->data, fragment->length);
  partial->missing--;
  partial->size += fragment->length;
  self->size += fragment->length;
  if (partial->missing > 0)
    {
      make_room (self, link);
      return NULL;
    }
  GBytes *whole = join (partial);
  drop (self, link);
  return whole;
}
