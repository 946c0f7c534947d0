/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-server-config.h"

G_BEGIN_DECLS

gboolean bk_cmd_backup_to (BkServerConfig *config, const char *file, gboolean replace, GError **error);
gboolean bk_cmd_restore_from (BkServerConfig *config, const char *file, gboolean replace, GError **error);

G_END_DECLS
