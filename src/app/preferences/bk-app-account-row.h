/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One account in the preferences. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_ACCOUNT_ROW (bk_app_account_row_get_type ())
/* Signal "remove" (): the user wants the account away. */
G_DECLARE_FINAL_TYPE (BkAppAccountRow, bk_app_account_row, BK, APP_ACCOUNT_ROW, AdwExpanderRow)

GtkWidget *bk_app_account_row_new (BeckonMessenger *messenger, BeckonAccount *account);
BeckonAccount *bk_app_account_row_get_account (BkAppAccountRow *self);

G_END_DECLS
