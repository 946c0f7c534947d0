/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strip that says what is wrong with the connection, and what can be done about it; not there when all is well. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_TROUBLE (bk_app_trouble_get_type ())
G_DECLARE_FINAL_TYPE (BkAppTrouble, bk_app_trouble, BK, APP_TROUBLE, AdwBin)

void bk_app_trouble_set_app (BkAppTrouble *self, BkApp *app);

G_END_DECLS
