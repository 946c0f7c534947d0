/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of Whiteboard: a board, what one draws with, and who draws along. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_BOARD_TYPE_WINDOW (bk_board_window_get_type ())
G_DECLARE_FINAL_TYPE (BkBoardWindow, bk_board_window, BK_BOARD, WINDOW, AdwApplicationWindow)

BkBoardWindow *bk_board_window_new (GtkApplication *application);
/* Gets the session that launched the program. Without it the board is for oneself. */
void bk_board_window_join (BkBoardWindow *self);
/* The program is being ended. */
void bk_board_window_leave (BkBoardWindow *self);

G_END_DECLS
