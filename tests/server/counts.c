/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counts.h"

#include <string.h>

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
        g_string_append_printf (found, "%s%s +%" G_GUINT64_FORMAT, found->len > 0 ? " " : "", (char *) link->data, more);
    }
  g_assert_cmpstr (found->str, ==, expected);
}
