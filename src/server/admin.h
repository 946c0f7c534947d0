/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator does to the file, also while a server runs on it. */
#pragma once

#include "bk-server-config.h"

G_BEGIN_DECLS

gboolean bk_server_admin_token_create (BkServerConfig *config, guint uses, guint days, GError **error);
gboolean bk_server_admin_token_list (BkServerConfig *config, GError **error);
gboolean bk_server_admin_account_add (BkServerConfig *config, const char *name, gboolean password_stdin,
                                      GError **error);
gboolean bk_server_admin_account_list (BkServerConfig *config, GError **error);
gboolean bk_server_admin_account_remove (BkServerConfig *config, const char *name, GError **error);
gboolean bk_server_admin_license_issue (BkServerConfig *config, const char *name, GError **error);
gboolean bk_server_admin_license_list (BkServerConfig *config, GError **error);
gboolean bk_server_admin_license_revoke (BkServerConfig *config, const char *id, GError **error);

G_END_DECLS
