/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What systemd and its services say to each other: sd_notify (3), sd_listen_fds (3), sd_watchdog_enabled (3). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void bk_systemd_notify (const char *message);
guint bk_systemd_get_watchdog_ms (void);
GArray *bk_systemd_take_sockets (GStrv *addresses, GError **error);

G_END_DECLS
