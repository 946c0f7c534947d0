/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a message is written. Enter sends and Shift+Enter begins a new line, or the other way round. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Bytes that a message may have. */
#define BK_APP_COMPOSER_MAX 16384

#define BK_TYPE_APP_COMPOSER (bk_app_composer_get_type ())
/* Signals "send" (const char *text): the text is not emptied by itself; "written": the user changed the text; "attach"
 * (GListModel *files, gboolean temporary): GFiles were put in, to be sent. Property "enter-sends". */
G_DECLARE_FINAL_TYPE (BkAppComposer, bk_app_composer, BK, APP_COMPOSER, AdwBin)

char *bk_app_composer_dup_text (BkAppComposer *self);
/* Cannot be undone, and is not told by "written". */
void bk_app_composer_set_text (BkAppComposer *self, const char *text);
/* Whether messages can go to this person. */
void bk_app_composer_set_enabled (BkAppComposer *self, gboolean enabled);

G_END_DECLS
