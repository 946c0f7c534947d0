/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server has written and how long that took, and a small HTTP server on loopback that tells it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_SERVER_N_DELAYS 9

/* Plain numbers of the main thread. */
typedef struct
{
  guint64 delays[BK_SERVER_N_DELAYS]; /* writes, by how long they took from the request to the disk */
  guint64 writes;
  gint64 total_us;
} BkServerWrites;

void bk_server_writes_add (BkServerWrites *self, gint64 microseconds);

typedef struct _BkServer BkServer;
typedef struct _BkServerMetrics BkServerMetrics;

/* @address: HOST:PORT, loopback. NULL with @error if it cannot be had. */
BkServerMetrics *bk_server_metrics_new (BkServer *server, const char *address, GError **error);
void bk_server_metrics_free (BkServerMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerMetrics, bk_server_metrics_free)
gboolean bk_server_metrics_check (const char *text, GError **error);
guint16 bk_server_metrics_get_port (BkServerMetrics *self);

/* The text of /metrics. */
char *bk_server_metrics_describe (BkServer *server);

G_END_DECLS
