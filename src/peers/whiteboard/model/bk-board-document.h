/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the board, the same on every side that knows the same operations, in whatever order they came.
 *
 * The picture is a function of the set of operations: strokes lie on each other in the order of their clocks, and of
 * their sites where those are equal; a stroke is hidden while its site has taken it back, or while a clear counts whose
 * side had seen its beginning. A clear never hides what its side had not seen: who draws at that moment keeps the
 * stroke. Only the site itself adds to its strokes, takes back and clears again, and its operations come in their
 * order, so none of that can be read in two ways. */
#pragma once

#include "bk-board-op.h"

G_BEGIN_DECLS

/* In sixteenths of a pixel of the board, both ends included. */
typedef struct
{
  int x0;
  int y0;
  int x1;
  int y1;
} BkBoardBox;

typedef struct
{
  guint64 site;
  guint32 number;
  guint32 clock;
  guint8 colour;
  guint8 pen;
  gboolean taken_back; /* by its site */
  guint n_clears;      /* that count and cover it */
  GArray *points;      /* of BkBoardPoint, at least one */
  BkBoardBox box;      /* of the points alone */
} BkBoardStroke;

#define BK_BOARD_TYPE_DOCUMENT (bk_board_document_get_type ())
/* Signals:
 *   damaged (BkBoardBox *)  there the picture has changed
 *   changed ()              an operation was added */
G_DECLARE_FINAL_TYPE (BkBoardDocument, bk_board_document, BK_BOARD, DOCUMENT, GObject)

/* @site: who draws here, different from all other sites. */
BkBoardDocument *bk_board_document_new (guint64 site);
guint64 bk_board_document_get_site (BkBoardDocument *self);

/* ---- what is to be seen ---- */

guint bk_board_document_get_n_strokes (BkBoardDocument *self);
/* From the lowest to the topmost, the hidden ones among them. */
const BkBoardStroke *bk_board_document_get_stroke (BkBoardDocument *self, guint index);
gboolean bk_board_stroke_is_visible (const BkBoardStroke *stroke);
guint bk_board_document_get_n_visible (BkBoardDocument *self);
/* The same on two sides if and only if they have the same strokes, the hidden ones included, in the same order. */
char *bk_board_document_dup_digest (BkBoardDocument *self);

/* ---- drawing here: in pixels of the board, what is outside is moved to its edge ---- */

/* FALSE if this side has drawn all that it may. */
gboolean bk_board_document_begin (BkBoardDocument *self, BkBoardColour colour, BkBoardPen pen, double x, double y);
/* Adds to the stroke that was begun last. If that is full or was hidden meanwhile, it begins another one. */
gboolean bk_board_document_extend (BkBoardDocument *self, double x, double y);
gboolean bk_board_document_can_undo (BkBoardDocument *self);
gboolean bk_board_document_can_redo (BkBoardDocument *self);
void bk_board_document_undo (BkBoardDocument *self);
void bk_board_document_redo (BkBoardDocument *self);
/* Can be taken back as well. */
void bk_board_document_clear (BkBoardDocument *self);

/* ---- what others did ---- */

/* What is known already is passed over. An error means that the other side does not keep the rules. */
gboolean bk_board_document_apply (BkBoardDocument *self, const BkBoardOp *op, GError **error);
/* What is known here. */
const BkBoardMarks *bk_board_document_get_marks (BkBoardDocument *self);
/* Appends to @out the frame of an operation that @seen does not include, and raises @seen. FALSE if there is none. */
gboolean bk_board_document_next (BkBoardDocument *self, BkBoardMarks *seen, GByteArray *out);

G_END_DECLS
