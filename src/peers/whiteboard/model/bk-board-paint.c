/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stroke runs through the middles between its points, bent by each point: that is smooth however the points lie, and
 * one more point changes nothing but its end. */
#include "bk-board-paint.h"

/* Stroking a long path that crosses itself takes far more than in proportion: it is done in parts. Where they begin
 * depends on nothing but the stroke, so that a part of the picture looks as it does in the whole. */
#define PART 64

static const BkBoardRgb colours[BK_BOARD_N_COLOURS] = {
  [BK_BOARD_COLOUR_BLACK] = { 0x1e / 255.0, 0x1e / 255.0, 0x1e / 255.0 },
  [BK_BOARD_COLOUR_RED] = { 0xe0 / 255.0, 0x1b / 255.0, 0x24 / 255.0 },
  [BK_BOARD_COLOUR_ORANGE] = { 0xff / 255.0, 0x78 / 255.0, 0x00 / 255.0 },
  [BK_BOARD_COLOUR_GREEN] = { 0x2e / 255.0, 0xa0 / 255.0, 0x43 / 255.0 },
  [BK_BOARD_COLOUR_BLUE] = { 0x1c / 255.0, 0x71 / 255.0, 0xd8 / 255.0 },
  [BK_BOARD_COLOUR_PURPLE] = { 0x81 / 255.0, 0x3d / 255.0, 0x9c / 255.0 },
  [BK_BOARD_COLOUR_BROWN] = { 0x86 / 255.0, 0x5e / 255.0, 0x3c / 255.0 },
  [BK_BOARD_COLOUR_WHITE] = { 1, 1, 1 },
};

static const double widths[BK_BOARD_N_PENS] = {
  [BK_BOARD_PEN_THIN] = 3,
  [BK_BOARD_PEN_MEDIUM] = 8,
  [BK_BOARD_PEN_THICK] = 24,
};

const BkBoardRgb *
bk_board_colour_get_rgb (BkBoardColour colour)
{
  return &colours[colour];
}

double
bk_board_pen_get_width (BkBoardPen pen)
{
  return widths[pen];
}

static gboolean
meet (const BkBoardBox *one, const BkBoardBox *other)
{
  return one->x0 <= other->x1 && other->x0 <= one->x1 && one->y0 <= other->y1 && other->y0 <= one->y1;
}

/* How far a line reaches beyond its points, and a pixel for its soft edge. */
static BkBoardBox
grow (const BkBoardBox *box, double width)
{
  int reach = (int) ((width / 2 + 1) * BK_BOARD_UNIT);

  return (BkBoardBox){ box->x0 - reach, box->y0 - reach, box->x1 + reach, box->y1 + reach };
}

void
bk_board_damage_to_pixels (const BkBoardBox *damage, double *x, double *y, double *width, double *height)
{
  BkBoardBox grown = grow (damage, widths[BK_BOARD_PEN_THICK]);

  *x = grown.x0 / (double) BK_BOARD_UNIT;
  *y = grown.y0 / (double) BK_BOARD_UNIT;
  *width = (grown.x1 - grown.x0) / (double) BK_BOARD_UNIT;
  *height = (grown.y1 - grown.y0) / (double) BK_BOARD_UNIT;
}

/* ---- one stroke ---- */

typedef struct
{
  double x;
  double y;
} Place;

static Place
at (const BkBoardStroke *stroke, guint i)
{
  BkBoardPoint p = g_array_index (stroke->points, BkBoardPoint, i);

  return (Place){ p.x / (double) BK_BOARD_UNIT, p.y / (double) BK_BOARD_UNIT };
}

static Place
between (Place one, Place other, double share)
{
  return (Place){ one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share };
}

/* The part of the line that belongs to a point lies within the point and its neighbours. */
static gboolean
is_damaged (const BkBoardStroke *stroke, guint i, const BkBoardBox *damage)
{
  BkBoardPoint p = g_array_index (stroke->points, BkBoardPoint, i);
  BkBoardPoint before = g_array_index (stroke->points, BkBoardPoint, i > 0 ? i - 1 : i);
  BkBoardPoint after = g_array_index (stroke->points, BkBoardPoint, i + 1 < stroke->points->len ? i + 1 : i);
  BkBoardBox box = { MIN (p.x, MIN (before.x, after.x)), MIN (p.y, MIN (before.y, after.y)),
                     MAX (p.x, MAX (before.x, after.x)), MAX (p.y, MAX (before.y, after.y)) };

  return meet (&box, damage);
}

static void
add_piece (cairo_t *context, const BkBoardStroke *stroke, guint i, gboolean move)
{
  gboolean is_last = i + 1 == stroke->points->len;
  Place p = at (stroke, i);
  Place start = i > 0 ? between (at (stroke, i - 1), p, 0.5) : p;
  Place end = is_last ? p : between (p, at (stroke, i + 1), 0.5);
  Place first = between (start, p, 2.0 / 3);
  Place second = between (end, p, 2.0 / 3);

  if (move)
    cairo_move_to (context, start.x, start.y);
  if (i == 0 || is_last)
    cairo_line_to (context, end.x, end.y);
  else
    cairo_curve_to (context, first.x, first.y, second.x, second.y, end.x, end.y);
}

static void
paint_stroke (cairo_t *context, const BkBoardStroke *stroke, const BkBoardBox *damage)
{
  const BkBoardRgb *rgb = &colours[stroke->colour];
  BkBoardBox near = grow (damage, widths[stroke->pen]);
  gboolean moved = FALSE;

  cairo_set_source_rgb (context, rgb->red, rgb->green, rgb->blue);
  cairo_set_line_width (context, widths[stroke->pen]);
  for (guint i = 0; i < stroke->points->len; i++)
    {
      gboolean damaged = is_damaged (stroke, i, &near);

      if (damaged)
        add_piece (context, stroke, i, !moved);
      moved = damaged;
      if (i % PART == PART - 1)
        {
          cairo_stroke (context);
          moved = FALSE;
        }
    }
  cairo_stroke (context);
}

/* ---- all of it ---- */

void
bk_board_paint (BkBoardDocument *document, cairo_t *context, const BkBoardBox *damage)
{
  const BkBoardBox everything = { 0, 0, BK_BOARD_MAX_X, BK_BOARD_MAX_Y };
  const BkBoardBox reached = grow (damage != NULL ? damage : &everything, widths[BK_BOARD_PEN_THICK]);

  cairo_save (context);
  cairo_set_source_rgb (context, 1, 1, 1);
  cairo_paint (context);
  cairo_set_line_cap (context, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (context, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < bk_board_document_get_n_strokes (document); i++)
    {
      const BkBoardStroke *stroke = bk_board_document_get_stroke (document, i);
      BkBoardBox box = grow (&stroke->box, widths[stroke->pen]);

      if (bk_board_stroke_is_visible (stroke) && meet (&box, &reached))
        paint_stroke (context, stroke, &reached);
    }
  cairo_restore (context);
}

cairo_surface_t *
bk_board_paint_picture (BkBoardDocument *document)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, BK_BOARD_WIDTH, BK_BOARD_HEIGHT);
  cairo_t *context = cairo_create (surface);

  bk_board_paint (document, context, NULL);
  cairo_destroy (context);
  return surface;
}
