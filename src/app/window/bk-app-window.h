/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main window: contacts on the left, the conversation on the right; before that, welcome. */
#pragma once

#include "bk-app.h"
#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_WINDOW (bk_app_window_get_type ())
G_DECLARE_FINAL_TYPE (BkAppWindow, bk_app_window, BK, APP_WINDOW, AdwApplicationWindow)

BkAppWindow *bk_app_window_new (BkApp *app);
void bk_app_window_open_conversation (BkAppWindow *self, const char *account, const char *who);
/* Whether the user sees the conversation with somebody right now. */
gboolean bk_app_window_shows (BkAppWindow *self, const char *account, const char *who);
/* Says something in passing. @button: NULL, or a button with it that activates @action with @target.
 * Returns what says it, which is gone some time later. */
AdwToast *bk_app_window_tell (BkAppWindow *self, const char *text, const char *button, const char *action,
                              const char *target);

G_END_DECLS
