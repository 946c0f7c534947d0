/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Token buckets. A bucket is one number, the time at which it will be full again, so it needs no timer. */
#pragma once

#include "bk-clock.h"

G_BEGIN_DECLS

typedef struct
{
  guint burst;       /* how many at once */
  guint interval_ms; /* one more each */
} BkServerRate;

typedef gint64 BkServerBucket; /* 0: full */

gboolean bk_server_bucket_take (BkServerBucket *bucket, BkServerRate rate, guint cost, gint64 now, guint *retry_ms);

/* Buckets by name, a bounded number of them. */
typedef struct _BkServerBuckets BkServerBuckets;

BkServerBuckets *bk_server_buckets_new (guint max);
void bk_server_buckets_free (BkServerBuckets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerBuckets, bk_server_buckets_free)
gboolean bk_server_buckets_take (BkServerBuckets *self, const char *key, BkServerRate rate, gint64 now,
                                 guint *retry_ms);
void bk_server_buckets_give_back (BkServerBuckets *self, const char *key, BkServerRate rate);
guint bk_server_buckets_get_size (BkServerBuckets *self);

char *bk_server_dup_network (const char *address);

G_END_DECLS
