/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who one is and how one appears to others, with a menu to change it. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_STATUS_MENU (bk_app_status_menu_get_type ())
G_DECLARE_FINAL_TYPE (BkAppStatusMenu, bk_app_status_menu, BK, APP_STATUS_MENU, AdwBin)

void bk_app_status_menu_set_messenger (BkAppStatusMenu *self, BeckonMessenger *messenger);

G_END_DECLS
