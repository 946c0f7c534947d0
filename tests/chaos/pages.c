/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors that a file system would hold in its cache: newer than the disk, and gone when the power is. */
#include "preload.h"

#include <glib.h>
#include <string.h>

#define SECTOR 512

typedef struct
{
  guint8 data[SECTOR];
  guint8 known[SECTOR]; /* 1: written, 0: what the disk says */
} Sector;

struct _ChaosPages
{
  GHashTable *sectors; /* gint64 *, number → Sector, both owned */
};

static GHashTable *files; /* char *, path → ChaosPages, both owned */

static void
pages_free (gpointer data)
{
  ChaosPages *self = data;

  g_hash_table_unref (self->sectors);
  g_free (self);
}

ChaosPages *
chaos_pages_get (const char *path)
{
  if (files == NULL)
    files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, pages_free);
  ChaosPages *self = g_hash_table_lookup (files, path);
  if (self == NULL)
    {
      self = g_new0 (ChaosPages, 1);
      self->sectors = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      g_hash_table_insert (files, g_strdup (path), self);
    }
  return self;
}

/* The file was removed. */
void
chaos_pages_forget (const char *path)
{
  ChaosPages *self = files != NULL ? g_hash_table_lookup (files, path) : NULL;

  if (self != NULL)
    g_hash_table_remove_all (self->sectors); /* a handle may still have it */
}

static Sector *
sector_get (ChaosPages *self, gint64 number)
{
  Sector *sector = g_hash_table_lookup (self->sectors, &number);

  if (sector == NULL)
    {
      sector = g_new0 (Sector, 1);
      g_hash_table_insert (self->sectors, g_memdup2 (&number, sizeof number), sector);
    }
  return sector;
}

void
chaos_pages_write (ChaosPages *self, const void *data, int64_t amount, int64_t offset)
{
  const guint8 *bytes = data;

  while (amount > 0)
    {
      gint64 at = offset % SECTOR, length = MIN (amount, SECTOR - at);
      Sector *sector = sector_get (self, offset / SECTOR);
      memcpy (sector->data + at, bytes, (gsize) length);
      memset (sector->known + at, 1, (gsize) length);
      bytes += length, offset += length, amount -= length;
    }
}

void
chaos_pages_truncate (ChaosPages *self, int64_t size)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->sectors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gint64 start = *(gint64 *) key * SECTOR;
      if (start >= size)
        g_hash_table_iter_remove (&iter);
      else if (start + SECTOR > size)
        memset (((Sector *) value)->known + (size - start), 0, (gsize) (start + SECTOR - size));
    }
}

void
chaos_pages_read (ChaosPages *self, void *data, int64_t amount, int64_t offset)
{
  guint8 *bytes = data;

  for (gint64 at = offset; at < offset + amount; at = (at / SECTOR + 1) * SECTOR)
    {
      gint64 number = at / SECTOR, end = MIN (offset + amount, (number + 1) * SECTOR);
      const Sector *sector = g_hash_table_lookup (self->sectors, &number);
      for (gint64 i = at; sector != NULL && i < end; i++)
        if (sector->known[i % SECTOR])
          bytes[i - offset] = sector->data[i % SECTOR];
    }
}

int64_t
chaos_pages_end (ChaosPages *self)
{
  GHashTableIter iter;
  gpointer key, value;
  gint64 end = 0;

  g_hash_table_iter_init (&iter, self->sectors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gint64 last = SECTOR;
      while (last > 0 && !((Sector *) value)->known[last - 1])
        last--;
      if (last > 0)
        end = MAX (end, *(gint64 *) key * SECTOR + last);
    }
  return end;
}

/* Each run of bytes that is known. */
static int
flush_sector (gint64 number, const Sector *sector, ChaosPagesWrite write, void *file)
{
  int code = 0;

  for (int start = 0, end; start < SECTOR && code == 0; start = end)
    {
      end = start;
      while (end < SECTOR && sector->known[end] == sector->known[start])
        end++;
      if (sector->known[start])
        code = write (file, sector->data + start, end - start, number * SECTOR + start);
    }
  return code;
}

int
chaos_pages_flush (ChaosPages *self, ChaosPagesWrite write, void *file)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->sectors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      int code = flush_sector (*(gint64 *) key, value, write, file);
      if (code != 0)
        return code;
      g_hash_table_iter_remove (&iter);
    }
  return 0;
}
