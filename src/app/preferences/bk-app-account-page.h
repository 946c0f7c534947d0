/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window in which an account is kept: its picture, password, devices and history, and its end. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_ACCOUNT_PAGE (bk_app_account_page_get_type ())
G_DECLARE_FINAL_TYPE (BkAppAccountPage, bk_app_account_page, BK, APP_ACCOUNT_PAGE, AdwWindow)

void bk_app_account_page_show (GtkWindow *parent, BeckonMessenger *messenger, BeckonAccount *account);
/* Sets the picture to what is in @file. */
void bk_app_account_page_set_picture (BkAppAccountPage *self, GFile *file);
/* Writes the history to @file, which is there afterwards whole or as it was. */
void bk_app_account_page_export (BkAppAccountPage *self, GFile *file);

G_END_DECLS
