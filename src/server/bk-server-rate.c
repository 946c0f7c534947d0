/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-rate.h"

#include <gio/gio.h>
#include <string.h>

/* Takes @cost out of @bucket. If there is not enough in it, nothing is taken and *@retry_ms says when there will be. */
gboolean
bk_server_bucket_take (BkServerBucket *bucket, BkServerRate rate, guint cost, gint64 now, guint *retry_ms)
{
  gint64 interval = (gint64) rate.interval_ms * 1000;
  gint64 full_at = MAX (*bucket, now) + interval * cost;
  gint64 too_much = full_at - now - interval * rate.burst;

  if (too_much > 0)
    {
      *retry_ms = (guint) ((too_much + 999) / 1000);
      return FALSE;
    }
  *bucket = full_at;
  return TRUE;
}

struct _BkServerBuckets
{
  GHashTable *table; /* char *, owned → BkServerBucket, owned */
  guint max;
};

BkServerBuckets *
bk_server_buckets_new (guint max)
{
  BkServerBuckets *self = g_new0 (BkServerBuckets, 1);

  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->max = max;
  return self;
}

void
bk_server_buckets_free (BkServerBuckets *self)
{
  g_hash_table_unref (self->table);
  g_free (self);
}

static void
drop_least (BkServerBuckets *self)
{
  GHashTableIter iter;
  gpointer key, bucket, least = NULL;
  BkServerBucket least_bucket = 0;

  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, &key, &bucket))
    if (least == NULL || *(BkServerBucket *) bucket < least_bucket)
      {
        least = key;
        least_bucket = *(BkServerBucket *) bucket;
      }
  g_hash_table_remove (self->table, least);
}

/* Full buckets say nothing and go first. If none is full, the one goes that would be full next: to forget one who has
 * offended least is better than to refuse everybody, and nobody can have a great offender forgotten by many small ones. */
static void
make_room (BkServerBuckets *self, gint64 now)
{
  GHashTableIter iter;
  gpointer bucket;

  if (g_hash_table_size (self->table) < self->max)
    return;
  g_hash_table_iter_init (&iter, self->table);
  while (g_hash_table_iter_next (&iter, NULL, &bucket))
    if (*(BkServerBucket *) bucket <= now)
      g_hash_table_iter_remove (&iter);

  if (g_hash_table_size (self->table) >= self->max)
    drop_least (self);
}

/* Takes one out of the bucket of that name. */
gboolean
bk_server_buckets_take (BkServerBuckets *self, const char *key, BkServerRate rate, gint64 now, guint *retry_ms)
{
  BkServerBucket *bucket = g_hash_table_lookup (self->table, key);

  if (bucket == NULL)
    {
      make_room (self, now);
      bucket = g_new0 (BkServerBucket, 1);
      g_hash_table_insert (self->table, g_strdup (key), bucket);
    }
  return bk_server_bucket_take (bucket, rate, 1, now, retry_ms);
}

/* Undoes one take. */
void
bk_server_buckets_give_back (BkServerBuckets *self, const char *key, BkServerRate rate)
{
  BkServerBucket *bucket = g_hash_table_lookup (self->table, key);

  if (bucket != NULL)
    *bucket -= (gint64) rate.interval_ms * 1000;
}

guint
bk_server_buckets_get_size (BkServerBuckets *self)
{
  return g_hash_table_size (self->table);
}

/* Returns (transfer full) what counts as one address: an IPv6 subscriber has a /64. */
char *
bk_server_dup_network (const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);
  if (parsed == NULL || g_inet_address_get_family (parsed) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (address);

  guint8 bytes[16] = { 0 };
  memcpy (bytes, g_inet_address_to_bytes (parsed), 8);
  g_autoptr (GInetAddress) network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (network);
}
