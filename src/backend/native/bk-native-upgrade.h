/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP part of a WebSocket connection. libsoup writes and parses the headers; it does not offer to do the rest over
 * a stream of ours. */
#pragma once

#include "bk-native-address.h"

G_BEGIN_DECLS

char *bk_native_upgrade_request (const BkNativeAddress *address, char **key);
gssize bk_native_upgrade_find_end (const char *text, gsize length);
gboolean bk_native_upgrade_check (const char *head, gsize length, const char *key, GError **error);

G_END_DECLS
