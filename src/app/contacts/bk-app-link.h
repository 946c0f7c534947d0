/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links to people: "beckon:" and a sign-in name. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes the link to somebody. */
char *bk_app_link_new (const char *who);
/* The sign-in name in what somebody has pasted or opened: a link, or the name itself. NULL if it is neither. */
char *bk_app_link_dup_who (const char *text);

G_END_DECLS
