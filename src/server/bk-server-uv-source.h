/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libuv loop inside a GMainContext: one descriptor (libuv's epoll) and one time-out stand for everything that the
 * loop watches, so that a wake-up costs what is ready, not what is open. */
#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

GSource *bk_server_uv_source_new (uv_loop_t *loop);
void bk_server_uv_source_wake (GSource *source);

G_END_DECLS
