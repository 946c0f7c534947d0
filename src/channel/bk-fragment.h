/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams of programs, which may be longer than what travels in one piece: cut and put together again. Pure. What the
 * other side sends is hostile: memory is bounded, whatever comes. One lost piece loses the datagram. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BK_FRAGMENT_HEADER 10   /* flow, number of the datagram: 4 bytes each, big-endian; index; count */
#define BK_FRAGMENT_MAX 65507   /* bytes of one datagram, as with UDP over IPv4 */
#define BK_FRAGMENT_WHOLE 1100  /* that many travel in one piece on every path */
#define BK_FRAGMENT_PARTIAL 32  /* datagrams that are kept while pieces are missing */

typedef struct
{
  guint32 flow;
  guint32 number;
  guint8 index;
  guint8 count;
  const guint8 *data; /* borrowed */
  gsize length;
} BkFragment;

/* FALSE if @packet is none. */
gboolean bk_fragment_read (const guint8 *packet, gsize length, BkFragment *fragment);
/* How many pieces a datagram of @length bytes needs in packets of @size; 0: it is too long. */
guint bk_fragment_count (gsize length, gsize size);
/* Writes piece @index of @count into @packet, which has room for @size bytes, and returns its length. */
gsize bk_fragment_write (guint8 *packet, gsize size, guint32 flow, guint32 number, const guint8 *data, gsize length,
                         guint index, guint count);

typedef struct _BkAssembly BkAssembly;
BkAssembly *bk_assembly_new (void);
void bk_assembly_free (BkAssembly *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAssembly, bk_assembly_free)
/* Takes one piece. Returns the datagram that it completes (transfer full), else NULL. */
GBytes *bk_assembly_take (BkAssembly *self, const BkFragment *fragment);
gsize bk_assembly_get_size (BkAssembly *self); /* bytes that wait for others */

G_END_DECLS
