/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person at this side does, as operations. */
#include "bk-board-private.h"

#include <math.h>

/* NaN too ends up on the board. */
static guint16
to_units (double pixels, int max)
{
  double units = round (pixels * BK_BOARD_UNIT);

  return units > 0 ? (guint16) MIN (units, max) : 0;
}

static BkBoardPoint
to_point (double x, double y)
{
  return (BkBoardPoint){ to_units (x, BK_BOARD_MAX_X), to_units (y, BK_BOARD_MAX_Y) };
}

/* FALSE if the limits do not allow it: nothing else can be wrong with what is done here. */
static gboolean
do_op (BkBoardDocument *self, BkBoardOp *op)
{
  op->site = self->site;
  op->number = bk_board_marks_get (&self->marks, self->site) + 1;
  return bk_board_document_take (self, op, NULL);
}

gboolean
bk_board_document_begin (BkBoardDocument *self, BkBoardColour colour, BkBoardPen pen, double x, double y)
{
  BkBoardOp op = { .kind = BK_BOARD_OP_BEGIN,
                   .clock = self->clock + 1,
                   .colour = (guint8) colour,
                   .pen = (guint8) pen,
                   .n_points = 1,
                   .points = { to_point (x, y) } };

  self->drawing = NULL;
  if (!do_op (self, &op))
    return FALSE;
  self->drawing = ((BkBoardAct *) g_ptr_array_index (self->done, self->done->len - 1))->stroke;
  return TRUE;
}

/* A full stroke is drawn on by one that starts where it ended. */
static gboolean
begin_next (BkBoardDocument *self)
{
  const BkBoardStroke *full = self->drawing;
  BkBoardPoint last = g_array_index (full->points, BkBoardPoint, full->points->len - 1);

  return bk_board_document_begin (self, full->colour, full->pen, last.x / (double) BK_BOARD_UNIT,
                                  last.y / (double) BK_BOARD_UNIT);
}

gboolean
bk_board_document_extend (BkBoardDocument *self, double x, double y)
{
  BkBoardOp op = { .kind = BK_BOARD_OP_POINTS, .n_points = 1, .points = { to_point (x, y) } };

  if (self->drawing == NULL)
    return FALSE;
  if (!bk_board_stroke_is_visible (self->drawing))
    return bk_board_document_begin (self, self->drawing->colour, self->drawing->pen, x, y);
  if (self->drawing->points->len == BK_BOARD_MAX_STROKE_POINTS && !begin_next (self))
    return FALSE;
  op.target = self->drawing->number;
  return do_op (self, &op);
}

/* ---- taking back ---- */

/* Whether taking it back, or doing it again, would change the picture: what a clear of somebody hides stays hidden. */
static gboolean
matters (const BkBoardAct *act)
{
  return act->stroke == NULL || act->stroke->n_clears == 0;
}

static BkBoardAct *
find_last (GPtrArray *acts)
{
  for (guint i = acts->len; i > 0; i--)
    if (matters (g_ptr_array_index (acts, i - 1)))
      return g_ptr_array_index (acts, i - 1);
  return NULL;
}

gboolean
bk_board_document_can_undo (BkBoardDocument *self)
{
  return find_last (self->done) != NULL;
}

gboolean
bk_board_document_can_redo (BkBoardDocument *self)
{
  return find_last (self->undone) != NULL;
}

static void
move_act (BkBoardDocument *self, GPtrArray *from, GPtrArray *to, BkBoardOpKind kind)
{
  BkBoardAct *act = find_last (from);
  BkBoardOp op = { .kind = kind, .target = act != NULL ? act->number : 0 };

  if (act == NULL)
    return;
  g_ptr_array_remove (from, act);
  g_ptr_array_add (to, act);
  if (do_op (self, &op))
    return;
  g_ptr_array_remove (to, act);
  g_ptr_array_add (from, act);
}

void
bk_board_document_undo (BkBoardDocument *self)
{
  move_act (self, self->done, self->undone, BK_BOARD_OP_HIDE);
}

void
bk_board_document_redo (BkBoardDocument *self)
{
  move_act (self, self->undone, self->done, BK_BOARD_OP_SHOW);
}

void
bk_board_document_clear (BkBoardDocument *self)
{
  BkBoardOp op = { .kind = BK_BOARD_OP_CLEAR, .marks = self->marks };

  if (self->n_visible > 0)
    do_op (self, &op);
}
