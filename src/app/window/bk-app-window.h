/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main window: contacts on the left, the conversation on the right; before that, welcome. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_WINDOW (bk_app_window_get_type ())
G_DECLARE_FINAL_TYPE (BkAppWindow, bk_app_window, BK, APP_WINDOW, AdwApplicationWindow)

BkAppWindow *bk_app_window_new (GtkApplication *application);

G_END_DECLS
