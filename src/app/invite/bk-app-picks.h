/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that have the user choose whom they invite: a window each, as long as they wait for it. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_PICKS (bk_app_picks_get_type ())
G_DECLARE_FINAL_TYPE (BkAppPicks, bk_app_picks, BK, APP_PICKS, GObject)

BkAppPicks *bk_app_picks_new (BkApp *app);
/* The user leaves: programs that wait are told that nobody was chosen, and then the application quits. FALSE if there is
 * nobody to tell; the second time, too, so that nothing keeps the user. */
gboolean bk_app_picks_leave (BkAppPicks *self);

G_END_DECLS
