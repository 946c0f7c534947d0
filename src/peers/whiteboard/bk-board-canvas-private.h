/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the canvas: bk-board-canvas.c shows, bk-board-canvas-input.c is drawn on. */
#pragma once

#include "bk-board-canvas.h"

G_BEGIN_DECLS

struct _BkBoardCanvas
{
  GtkWidget parent_instance;

  BkBoardDocument *document;
  BkBoardColour colour;
  BkBoardPen pen;
  guint describing;

  /* What is shown: the picture, and the same as textures of its parts, so that GTK gets anew what has changed alone. */
  cairo_surface_t *picture;
  cairo_region_t *damage; /* of the picture, in its own pixels */
  GPtrArray *tiles;       /* of GdkTexture, NULL where the picture has changed since */
  guint n_columns;

  /* The pointer, while it draws. */
  double last_x;
  double last_y;
  gboolean dragging;

  /* The pen that is moved by keys, in pixels of the board. */
  double pen_x;
  double pen_y;
  gboolean pen_shown;
  gboolean pen_down;
};

/* The board's place in the widget; how many pixels of the widget one of its own takes. */
double bk_board_canvas_get_scale (BkBoardCanvas *self, double *x, double *y);
/* Says how much is there and what can be done, for those who do not see it; not more often than they can hear it. */
void bk_board_canvas_describe (BkBoardCanvas *self);

void bk_board_canvas_init_input (BkBoardCanvas *self);

G_END_DECLS
