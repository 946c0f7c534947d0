/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The board in the window: shows the document, scaled to the room there is, and is drawn on by pointer, finger and
 * keys. */
#pragma once

#include "bk-board-document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BK_BOARD_TYPE_CANVAS (bk_board_canvas_get_type ())
/* Signals:
 *   full ()  this side has drawn all that it may */
G_DECLARE_FINAL_TYPE (BkBoardCanvas, bk_board_canvas, BK_BOARD, CANVAS, GtkWidget)

void bk_board_canvas_set_document (BkBoardCanvas *self, BkBoardDocument *document);
void bk_board_canvas_set_colour (BkBoardCanvas *self, BkBoardColour colour);
void bk_board_canvas_set_pen (BkBoardCanvas *self, BkBoardPen pen);

G_END_DECLS
