/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How this desktop writes times of the day. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the day has twice twelve hours: what the user has set, else as the language does. */
gboolean bk_app_clock_is_12h (void);
/* The same of a format for strftime(3). */
gboolean bk_app_clock_is_12h_format (const char *format);

G_END_DECLS
