/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that the configuration names. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_SERVER_MAX_FILE (1024 * 1024) /* all of them are text that somebody has written */

char *bk_server_read_file (const char *path, gsize *length, GError **error);

G_END_DECLS
