/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, applications, and how the application behaves. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_PREFERENCES (bk_app_preferences_get_type ())
G_DECLARE_FINAL_TYPE (BkAppPreferences, bk_app_preferences, BK, APP_PREFERENCES, AdwPreferencesWindow)

void bk_app_preferences_show (GtkWindow *parent, BkApp *app);
/* @page: accounts, applications, connection, behavior, notifications or privacy; others are passed over. */
void bk_app_preferences_open_page (BkAppPreferences *self, const char *page);

G_END_DECLS
