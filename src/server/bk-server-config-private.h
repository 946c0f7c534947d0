/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of settings, for those who read and check the file. */
#pragma once

#include "bk-server-config.h"

G_BEGIN_DECLS

/* Returns FALSE if there are no more. */
gboolean _bk_server_config_nth (guint index, const char **group, const char **key);
int _bk_server_config_find (const char *group, const char *key);
gboolean _bk_server_config_read (BkServerConfig *self, GKeyFile *file, int index, GError **error);
/* The steps of bk_server_config_complete (). */
gboolean _bk_server_config_complete_listen (BkServerConfig *self, gboolean *only_loopback, GError **error);
gboolean _bk_server_config_complete_domain (BkServerConfig *self, gboolean only_loopback, GError **error);

G_END_DECLS
