/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whiteboard. Each session is a process of its own: two boards with two people know nothing of each other. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_BOARD_TYPE_APP (bk_board_app_get_type ())
G_DECLARE_FINAL_TYPE (BkBoardApp, bk_board_app, BK_BOARD, APP, AdwApplication)

BkBoardApp *bk_board_app_new (void);

G_END_DECLS
