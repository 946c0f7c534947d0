/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STUN and TURN servers that clients are told of, and words that open the TURN servers for a while. */
#pragma once

#include "bk-server-config.h"

G_BEGIN_DECLS

gboolean bk_server_relays_complete (BkServerConfig *config, GError **error);
char *bk_server_relays_make_user (const char *secret, const char *sign_in_name, gint64 expiry);
char *bk_server_relays_make_password (const char *secret, const char *user);

G_END_DECLS
