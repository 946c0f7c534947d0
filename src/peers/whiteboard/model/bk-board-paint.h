/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of a document. */
#pragma once

#include "bk-board-document.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef struct
{
  double red;
  double green;
  double blue;
} BkBoardRgb;

const BkBoardRgb *bk_board_colour_get_rgb (BkBoardColour colour);
/* In pixels of the board. */
double bk_board_pen_get_width (BkBoardPen pen);

/* Paints paper and strokes onto @context, where a unit is a pixel of the board. @damage: nothing that is farther away
 * from it than the thickest pen is painted; NULL for everything. */
void bk_board_paint (BkBoardDocument *document, cairo_t *context, const BkBoardBox *damage);
/* @damage with what strokes reach beyond their points, in pixels of the board. */
void bk_board_damage_to_pixels (const BkBoardBox *damage, double *x, double *y, double *width, double *height);

/* The whole board, one pixel for each of its own. */
cairo_surface_t *bk_board_paint_picture (BkBoardDocument *document);

G_END_DECLS
