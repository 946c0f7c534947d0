/* SPDX-License-Identifier: GPL-3.0-or-later */
/* argon2id on its own few threads: each run takes its time and much memory on purpose, so only a few run at once and
 * only a few wait. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BkServerHasher BkServerHasher;

BkServerHasher *bk_server_hasher_new (guint64 ops, gsize memory);
void bk_server_hasher_free (BkServerHasher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerHasher, bk_server_hasher_free)

gboolean bk_server_hasher_is_busy (BkServerHasher *self);
void bk_server_hasher_make_async (BkServerHasher *self, const char *password, GAsyncReadyCallback callback,
                                  gpointer user_data);
char *bk_server_hasher_make_finish (GAsyncResult *result, GError **error);
void bk_server_hasher_verify_async (BkServerHasher *self, const char *password, const char *hash,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_server_hasher_verify_finish (GAsyncResult *result, GError **error);

G_END_DECLS
