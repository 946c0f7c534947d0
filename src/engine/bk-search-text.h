/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands between people's text and the index of the history, in both directions. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prepares text for the index, which cuts it into words at spaces and punctuation, and folds case and accents. Scripts
 * that are written without spaces become words of one character each, and so do pictograms, which the index would pass
 * over; what is not pronounced is left out. @text is UTF-8. Never changes: what is in the index was written with it,
 * and is found and removed with it. */
char *bk_search_text (const char *text);

/* The query for the index that @text, as a person typed it, stands for: all words, each as the beginning of a word;
 * what is in double quotes as it stands. Nothing in @text is syntax besides. NULL if there is nothing to look for. */
char *bk_search_text_to_query (const char *text);

G_END_DECLS
