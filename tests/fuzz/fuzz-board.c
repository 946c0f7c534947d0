/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What another board sends: whatever is taken is passed on so that a third board is the same. */
#include "bk-board-document.h"

#include <stdint.h>

#define SITE 1
#define OTHER_SITE 0xfeedfeedfeedfeed

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

/* Nobody has heard of the third board yet. */
static gboolean
names_other (const BkBoardOp *op)
{
  return op->site == OTHER_SITE
         || (op->kind == BK_BOARD_OP_CLEAR && bk_board_marks_get (&op->marks, OTHER_SITE) > 0);
}

/* Reads all frames there are, as a link would, and takes what keeps the rules. */
static void
take_all (BkBoardDocument *board, const guint8 *data, gsize size)
{
  BkBoardFrame frame;
  gssize n;

  if (size == 0)
    return;
  for (gsize done = 0; (n = bk_board_frame_read (data + done, size - done, &frame, NULL)) > 0; done += (gsize) n)
    {
      check (n <= BK_BOARD_MAX_FRAME && (gsize) n <= size - done, "a frame is within its bytes");
      if (frame.type != BK_BOARD_FRAME_OP || names_other (&frame.op))
        continue;
      g_autoptr (GError) error = NULL;
      gboolean ok = bk_board_document_apply (board, &frame.op, &error);
      check (ok == (error == NULL), "a refusal has a reason");
    }
}

static void
check_strokes (BkBoardDocument *board)
{
  guint visible = 0;

  for (guint i = 0; i < bk_board_document_get_n_strokes (board); i++)
    {
      const BkBoardStroke *stroke = bk_board_document_get_stroke (board, i);

      check (stroke->site != SITE, "nobody draws in our name");
      check (stroke->colour < BK_BOARD_N_COLOURS && stroke->pen < BK_BOARD_N_PENS, "there is such a pen");
      check (stroke->points->len >= 1 && stroke->points->len <= BK_BOARD_MAX_STROKE_POINTS, "strokes are bounded");
      for (guint j = 0; j < stroke->points->len; j++)
        {
          BkBoardPoint p = g_array_index (stroke->points, BkBoardPoint, j);
          check (p.x <= BK_BOARD_MAX_X && p.y <= BK_BOARD_MAX_Y, "it is on the board");
          check (p.x >= stroke->box.x0 && p.x <= stroke->box.x1 && p.y >= stroke->box.y0 && p.y <= stroke->box.y1,
                 "it is in its box");
        }
      visible += bk_board_stroke_is_visible (stroke) ? 1 : 0;
    }
  check (visible == bk_board_document_get_n_visible (board), "strokes are counted");
}

static void
check_passed_on (BkBoardDocument *board)
{
  g_autoptr (BkBoardDocument) third = bk_board_document_new (OTHER_SITE);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BkBoardMarks seen = { 0 };

  while (bk_board_document_next (board, &seen, bytes))
    ;
  take_all (third, bytes->data, bytes->len);
  g_autofree char *one = bk_board_document_dup_digest (board);
  g_autofree char *other = bk_board_document_dup_digest (third);
  check (g_str_equal (one, other), "what is passed on is the same");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BkBoardDocument) board = bk_board_document_new (SITE);

  take_all (board, data, size);
  check_strokes (board);
  check_passed_on (board);
  return 0;
}
