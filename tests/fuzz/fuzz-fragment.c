/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of datagrams as a stranger sends them: memory is bounded, and what is put together is no longer than a datagram
 * may be. The input is a row of packets, each behind its length in two bytes. */
#include "bk-fragment.h"

#include <stdint.h>

#define MAX_KEPT (1024 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_same (const BkFragment *fragment)
{
  gsize size = fragment->length + BK_FRAGMENT_HEADER + 1;
  g_autofree guint8 *packet = g_malloc (size);
  BkFragment again;

  if (fragment->count != 1)
    return;
  gsize n = bk_fragment_write (packet, size, fragment->flow, fragment->number, fragment->data, fragment->length, 0, 1);
  if (!bk_fragment_read (packet, n, &again) || again.length != fragment->length || again.flow != fragment->flow)
    g_error ("What was written is not read as the same");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BkAssembly) assembly = bk_assembly_new ();

  while (size >= 2)
    {
      gsize length = MIN (((gsize) data[0] << 8 | data[1]), size - 2);
      BkFragment fragment;

      if (bk_fragment_read (data + 2, length, &fragment))
        {
          check_same (&fragment);
          g_autoptr (GBytes) whole = bk_assembly_take (assembly, &fragment);
          if (whole != NULL && g_bytes_get_size (whole) > BK_FRAGMENT_MAX)
            g_error ("Longer than a datagram can be");
        }
      if (bk_assembly_get_size (assembly) > MAX_KEPT)
        g_error ("More than may be kept");
      data += 2 + length;
      size -= 2 + length;
    }
  return 0;
}
