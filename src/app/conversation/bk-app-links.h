/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses in what people write. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds the first address (http, https, beckon) in @text from byte @from on: @start and @end are the bytes that it
 * takes. FALSE if there is none. One pass, whatever the text is. */
gboolean bk_app_links_find (const char *text, gsize from, gsize *start, gsize *end);
/* The text as Pango markup in which the addresses are links, and all else is what it was. At most the first 100 are:
 * nobody writes more than that. */
char *bk_app_links_dup_markup (const char *text);
/* Whether an address that was followed is one that may be opened. */
gboolean bk_app_links_is_address (const char *uri);

G_END_DECLS
