/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a message is written: Enter sends, Shift+Enter begins a new line. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_COMPOSER (bk_app_composer_get_type ())
/* Signal "send" (const char *text): the text is not emptied by itself. */
G_DECLARE_FINAL_TYPE (BkAppComposer, bk_app_composer, BK, APP_COMPOSER, AdwBin)

char *bk_app_composer_dup_text (BkAppComposer *self);
void bk_app_composer_set_text (BkAppComposer *self, const char *text);
/* Whether messages can go to this person. */
void bk_app_composer_set_enabled (BkAppComposer *self, gboolean enabled);

G_END_DECLS
