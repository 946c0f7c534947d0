/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others are told, what they may start here without a question, and who is blocked. */
#pragma once

#include "preferences/bk-app-service-settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_PRIVACY_PAGE (bk_app_privacy_page_get_type ())
/* Signal "failed" (const GError *): something could not be changed. */
G_DECLARE_FINAL_TYPE (BkAppPrivacyPage, bk_app_privacy_page, BK, APP_PRIVACY_PAGE, AdwPreferencesPage)

/* @messenger: NULL before the window goes; @settings then, too. */
void bk_app_privacy_page_set_messenger (BkAppPrivacyPage *self, BeckonMessenger *messenger,
                                        BkAppServiceSettings *settings);

G_END_DECLS
