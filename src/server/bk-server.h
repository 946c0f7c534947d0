/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-clock.h"
#include "bk-server-config.h"
#include "bk-server-counters.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVER (bk_server_get_type ())
/* The native service: connections, who is online, and the file in which everything else lies. */
G_DECLARE_FINAL_TYPE (BkServer, bk_server, BK, SERVER, GObject)

BkServer *bk_server_new (BkServerConfig *config, BkClock *clock);
void bk_server_start_async (BkServer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_server_start_finish (BkServer *self, GAsyncResult *result, GError **error);
void bk_server_stop_async (BkServer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_server_stop_finish (BkServer *self, GAsyncResult *result, GError **error);
void bk_server_reload (BkServer *self, const BkServerConfig *config, const GError *error);
void bk_server_probe_async (BkServer *self, gboolean writing, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_server_probe_finish (BkServer *self, GAsyncResult *result, GError **error);
guint16 bk_server_get_port (BkServer *self, guint index);
guint16 bk_server_get_metrics_port (BkServer *self);
guint bk_server_get_online (BkServer *self);
void bk_server_each_count (BkServer *self, BkServerCountFunc func, gpointer user_data);
const BkServerNetStats *bk_server_get_net_stats (BkServer *self);

G_END_DECLS
