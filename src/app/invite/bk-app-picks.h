/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that have the user choose whom they invite: a window each, as long as they wait for it. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_PICKS (bk_app_picks_get_type ())
G_DECLARE_FINAL_TYPE (BkAppPicks, bk_app_picks, BK, APP_PICKS, GObject)

BkAppPicks *bk_app_picks_new (BkApp *app);

G_END_DECLS
