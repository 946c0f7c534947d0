/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the document, for its two files. */
#pragma once

#include "bk-board-document.h"

G_BEGIN_DECLS

/* What can be taken back: a stroke, or a clear. */
typedef struct
{
  guint32 number;
  BkBoardStroke *stroke; /* NULL: a clear. Borrowed from the document */
  BkBoardMarks marks;    /* of a clear */
  gboolean taken_back;
} BkBoardAct;

typedef struct
{
  guint64 id;
  guint32 clock;      /* of the last stroke */
  guint n_strokes;
  guint n_points;
  GHashTable *acts;   /* number → BkBoardAct */
  GByteArray *frames; /* of all operations, one after the other, as they are sent */
  GArray *ends;       /* of guint32: where each of them ends */
} BkBoardSite;

struct _BkBoardDocument
{
  GObject parent_instance;

  guint64 site;
  guint32 clock;        /* the greatest of all strokes */
  GPtrArray *sites;     /* of BkBoardSite */
  BkBoardMarks marks;
  GPtrArray *strokes;   /* of BkBoardStroke, from the lowest to the topmost */
  GPtrArray *clears;    /* of BkBoardAct, borrowed */
  guint n_visible;

  /* What is done here. */
  BkBoardStroke *drawing;
  GPtrArray *done;      /* of BkBoardAct, borrowed: what can be taken back, the last one last */
  GPtrArray *undone;    /* the same for what was */
};

/* Checks and does what @op says, of this side or of another. */
gboolean bk_board_document_take (BkBoardDocument *self, const BkBoardOp *op, GError **error);

G_END_DECLS
