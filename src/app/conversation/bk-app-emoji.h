/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emoji: which they are, and how they are called. The names are those that GTK knows. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether a text is a few emoji and nothing else. */
gboolean bk_app_emoji_is_all (const char *text);

typedef struct
{
  char *emoji;
  char *name; /* "thumbs_up" */
} BkAppEmoji;

void bk_app_emoji_free (BkAppEmoji *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkAppEmoji, bk_app_emoji_free)

/* At most @limit emoji of whose names a word begins with @prefix, the best first. (element-type BkAppEmoji) */
GPtrArray *bk_app_emoji_find (const char *prefix, guint limit);
/* The emoji with exactly that name, NULL if there is none. */
char *bk_app_emoji_dup (const char *name);

/* Whether ":name" is being written just before the end of @text, with at least two letters of the name. @start: the byte
 * of the colon. */
gboolean bk_app_emoji_find_shortcode (const char *text, gsize *start);

G_END_DECLS
