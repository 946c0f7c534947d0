/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean bk_cmd_check_config (const char *file, GError **error);

G_END_DECLS
