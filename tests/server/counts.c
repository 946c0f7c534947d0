/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counts.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

/* What a connection may leave behind: nothing. The bytes are for lists and buffers that have grown meanwhile; what is kept
 * of a connection has several hundred. */
#define LEFT_BYTES 96
#define BYTES_SLACK 32768
#define PAGES_SLACK 2048 /* 8 MB: 10,000 connections of a kilobyte are more */

/* Traffic, which every request changes. */
static gboolean
is_refusal (const char *family)
{
  return !g_str_equal (family, "connections") && !g_str_equal (family, "frames") && !g_str_equal (family, "bytes");
}

static void
note (const char *family, const char *name, guint64 value, gpointer user_data)
{
  char *key = g_strdup_printf ("%s/%s", family, name);

  g_assert_cmpuint (strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (name));
  g_assert_true (g_hash_table_insert (user_data, key, g_memdup2 (&value, sizeof value)));
}

GHashTable *
counts_snapshot (Fixture *f)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  bk_server_each_count (f->server, note, counts);
  return counts;
}

guint64
counts_lookup (GHashTable *counts, const char *key)
{
  const guint64 *value = g_hash_table_lookup (counts, key);

  if (value == NULL)
    g_error ("Nothing is called %s", key);
  return *value;
}

void
counts_expect_since (Fixture *f, GHashTable *before, const char *expected)
{
  bk_test_drain (); /* the other end of a connection that has closed */
  g_autoptr (GHashTable) old = before;
  g_autoptr (GHashTable) now = counts_snapshot (f);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (now), (GCompareFunc) strcmp);
  g_autoptr (GString) found = g_string_new (NULL);

  for (GList *link = keys; link != NULL; link = link->next)
    {
      guint64 more = counts_lookup (now, link->data) - counts_lookup (old, link->data);
      g_auto (GStrv) words = g_strsplit (link->data, "/", 2);
      if (more > 0 && is_refusal (words[0]))
        g_string_append_printf (found, "%s%s +%" G_GUINT64_FORMAT, found->len > 0 ? " " : "", (char *) link->data,
                                more);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

/* ---- memory ---- */

/* Sanitizers have an allocator of their own that keeps what is freed for a while; they look for leaks themselves. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_MALLINFO 0
#else
#define HAS_MALLINFO 1
#endif

static gsize
bytes_in_use (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static glong
resident_pages (void)
{
  g_autofree char *text = NULL;
  glong size = 0, resident = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%ld %ld", &size, &resident), ==, 2);
  return resident;
}

CountsMemory
counts_measure (void)
{
  bk_test_drain ();
  return (CountsMemory){ bytes_in_use (), resident_pages () };
}

void
counts_expect_flat (CountsMemory before, guint n_connections)
{
  CountsMemory after = counts_measure ();

  g_test_message ("%u connections later: %+" G_GSSIZE_FORMAT " bytes in use, %+ld pages", n_connections,
                  (gssize) (after.bytes - before.bytes), after.pages - before.pages);
  if (!HAS_MALLINFO)
    return;
  g_assert_cmpuint (after.bytes, <=, before.bytes + BYTES_SLACK + (gsize) n_connections * LEFT_BYTES);
  g_assert_cmpint (after.pages, <=, before.pages + PAGES_SLACK);
}
