/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckon, the application: one process a user, with or without a window. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP (bk_app_get_type ())
G_DECLARE_FINAL_TYPE (BkApp, bk_app, BK, APP, AdwApplication)

BkApp *bk_app_new (void);

G_END_DECLS
