/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The application of sessions that send a file. It is part of Beckon: no program can be registered as it. */
#define BK_GUID_FILE "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"

char *bk_guid_new (void);
char *bk_guid_normalize (const char *text);
gboolean bk_guid_is_valid (const char *text);
char *bk_token_new (void);
gboolean bk_token_is_valid (const char *text, gsize max_bytes);
gboolean bk_token_equal (const char *a, const char *b);
char *bk_sign_in_name_normalize (const char *text);
gboolean bk_sign_in_name_is_valid (const char *text);
gboolean bk_text_is_valid (const char *text, gsize max_bytes, gboolean multi_line);
gboolean bk_data_is_valid (const char *data, gsize max_bytes);
gboolean bk_url_is_web (const char *url);
gboolean bk_enum_from_nick (GType enum_type, const char *nick, int *value);

G_END_DECLS
