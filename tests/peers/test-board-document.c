/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-document.h"

#include "bk-test.h"

#include <math.h>

#define ALICE 1
#define BOB 2

static const BkBoardStroke *
last_stroke (BkBoardDocument *board)
{
  return bk_board_document_get_stroke (board, bk_board_document_get_n_strokes (board) - 1);
}

/* What one has and the other has not, goes to the other. */
static void
send (BkBoardDocument *from, BkBoardDocument *to)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BkBoardMarks seen = *bk_board_document_get_marks (to);
  BkBoardFrame frame;

  while (bk_board_document_next (from, &seen, bytes))
    {
      g_assert_cmpint (bk_board_frame_read (bytes->data, bytes->len, &frame, NULL), ==, bytes->len);
      g_assert_true (bk_board_document_apply (to, &frame.op, NULL));
      g_byte_array_set_size (bytes, 0);
    }
}

static void
draw (BkBoardDocument *board, double x)
{
  g_assert_true (bk_board_document_begin (board, BK_BOARD_COLOUR_RED, BK_BOARD_PEN_THIN, x, 10));
  g_assert_true (bk_board_document_extend (board, x + 5, 20));
}

static void
test_drawing (void)
{
  g_autoptr (BkBoardDocument) board = bk_board_document_new (ALICE);

  g_assert_false (bk_board_document_extend (board, 1, 1)); /* nothing was begun */
  g_assert_true (bk_board_document_begin (board, BK_BOARD_COLOUR_BLUE, BK_BOARD_PEN_THICK, 1.5, 2.25));
  g_assert_true (bk_board_document_extend (board, -7, 1e9));
  g_assert_true (bk_board_document_extend (board, NAN, INFINITY));
  const BkBoardStroke *stroke = last_stroke (board);
  const BkBoardPoint *points = (const BkBoardPoint *) (gpointer) stroke->points->data;
  g_assert_cmpuint (stroke->points->len, ==, 3);
  g_assert_cmpuint (points[0].x, ==, 24);
  g_assert_cmpuint (points[0].y, ==, 36);
  g_assert_cmpuint (points[1].x, ==, 0);
  g_assert_cmpuint (points[1].y, ==, BK_BOARD_MAX_Y);
  g_assert_cmpuint (points[2].x, ==, 0);
  g_assert_cmpuint (points[2].y, ==, BK_BOARD_MAX_Y);
}

static void
test_undo (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  g_autoptr (BkBoardDocument) bob = bk_board_document_new (BOB);

  g_assert_false (bk_board_document_can_undo (alice));
  draw (alice, 100);
  draw (alice, 200);
  send (alice, bob);
  draw (bob, 300);
  send (bob, alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 3);
  /* One's own, however much the other has drawn since. */
  bk_board_document_undo (alice);
  bk_board_document_undo (alice);
  g_assert_false (bk_board_document_can_undo (alice));
  bk_board_document_undo (alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 1);
  g_assert_true (bk_board_stroke_is_visible (last_stroke (alice)));
  bk_board_document_redo (alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 2);
  g_assert_true (bk_board_stroke_is_visible (bk_board_document_get_stroke (alice, 0)));
  /* Whoever draws on has nothing to redo. */
  g_assert_true (bk_board_document_can_redo (alice));
  draw (alice, 400);
  g_assert_false (bk_board_document_can_redo (alice));
  send (alice, bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (bob), ==, 3);
}

static void
test_clear (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  g_autoptr (BkBoardDocument) bob = bk_board_document_new (BOB);

  draw (alice, 100);
  send (alice, bob);
  draw (bob, 200);
  draw (alice, 300); /* bob does not see it when he clears */
  bk_board_document_clear (bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (bob), ==, 0);
  send (bob, alice);
  send (alice, bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 1);
  g_assert_cmpuint (bk_board_document_get_n_visible (bob), ==, 1);
  /* What somebody cleared is not there to be taken back; what was drawn since is. */
  bk_board_document_undo (alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 0);
  g_assert_false (bk_board_document_can_undo (alice));
  /* A clear can be taken back as well, by who cleared. */
  bk_board_document_undo (bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (bob), ==, 3);
  send (bob, alice);
  send (alice, bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 2);
  g_assert_true (bk_board_document_can_undo (alice));
  bk_board_document_redo (bob);
  g_assert_cmpuint (bk_board_document_get_n_visible (bob), ==, 0);
}

/* Whoever is drawing while the other clears goes on in a stroke that is there. */
static void
test_drawing_through_a_clear (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  g_autoptr (BkBoardDocument) bob = bk_board_document_new (BOB);

  draw (alice, 100);
  send (alice, bob);
  bk_board_document_clear (bob);
  send (bob, alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 0);
  g_assert_true (bk_board_document_extend (alice, 150, 150));
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 1);
  g_assert_cmpuint (last_stroke (alice)->points->len, ==, 1);
  g_assert_cmpint (last_stroke (alice)->colour, ==, BK_BOARD_COLOUR_RED);
}

static void
test_a_full_stroke_goes_on (void)
{
  g_autoptr (BkBoardDocument) board = bk_board_document_new (ALICE);

  draw (board, 0);
  for (guint i = 0; i < BK_BOARD_MAX_STROKE_POINTS; i++)
    g_assert_true (bk_board_document_extend (board, i % BK_BOARD_WIDTH, 30));
  g_assert_cmpuint (bk_board_document_get_n_strokes (board), ==, 2);
  const BkBoardStroke *first = bk_board_document_get_stroke (board, 0), *second = last_stroke (board);
  g_assert_cmpuint (first->points->len, ==, BK_BOARD_MAX_STROKE_POINTS);
  g_assert_cmpmem (&g_array_index (first->points, BkBoardPoint, BK_BOARD_MAX_STROKE_POINTS - 1), sizeof (BkBoardPoint),
                   &g_array_index (second->points, BkBoardPoint, 0), sizeof (BkBoardPoint));
}

static void
test_all_that_one_may (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  guint n = 0;

  while (bk_board_document_begin (alice, BK_BOARD_COLOUR_RED, BK_BOARD_PEN_THIN, 1, 1))
    n++;
  g_assert_cmpuint (n, ==, BK_BOARD_MAX_STROKES);
  g_assert_false (bk_board_document_extend (alice, 2, 2));
  /* It can be cleared and taken back all the same. */
  bk_board_document_undo (alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, BK_BOARD_MAX_STROKES - 1);
  bk_board_document_clear (alice);
  g_assert_cmpuint (bk_board_document_get_n_visible (alice), ==, 0);
}

/* ---- another side that does not keep the rules ---- */

static void
assert_refused (BkBoardDocument *board, const BkBoardOp *op)
{
  g_autofree char *before = bk_board_document_dup_digest (board);
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_board_document_apply (board, op, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_autofree char *after = bk_board_document_dup_digest (board);
  g_assert_cmpstr (before, ==, after);
}

static void
test_rules (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  BkBoardOp stroke = { .site = BOB, .number = 1, .kind = BK_BOARD_OP_BEGIN, .clock = 5, .n_points = 1 };
  BkBoardOp op;

  draw (alice, 1);
  g_assert_true (bk_board_document_apply (alice, &stroke, NULL));
  g_assert_true (bk_board_document_apply (alice, &stroke, NULL)); /* once more is no harm */
  g_assert_cmpuint (bk_board_document_get_n_strokes (alice), ==, 2);

  op = (BkBoardOp){ .site = BOB, .number = 3, .kind = BK_BOARD_OP_HIDE, .target = 1 };
  assert_refused (alice, &op); /* the second one is missing */
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_BEGIN, .clock = 5, .n_points = 1 };
  assert_refused (alice, &op);
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_HIDE, .target = 2 };
  assert_refused (alice, &op);
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_SHOW, .target = 1 };
  assert_refused (alice, &op);
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_POINTS, .target = 3, .n_points = 1 };
  assert_refused (alice, &op);
  op = (BkBoardOp){ .site = ALICE, .number = 3, .kind = BK_BOARD_OP_HIDE, .target = 1 };
  assert_refused (alice, &op); /* in her name */
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_CLEAR, .marks = { 1, { { ALICE, 3 } } } };
  assert_refused (alice, &op); /* what she has not drawn yet */
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_CLEAR, .marks = { 1, { { BOB, 2 } } } };
  assert_refused (alice, &op);
  op = (BkBoardOp){ .site = BOB, .number = 2, .kind = BK_BOARD_OP_CLEAR, .marks = { 1, { { ALICE, 2 } } } };
  g_assert_true (bk_board_document_apply (alice, &op, NULL));
  op = (BkBoardOp){ .site = BOB, .number = 3, .kind = BK_BOARD_OP_POINTS, .target = 2, .n_points = 1 };
  assert_refused (alice, &op); /* points for a clear */
}

static void
test_limits (void)
{
  g_autoptr (BkBoardDocument) alice = bk_board_document_new (ALICE);
  BkBoardOp op = { .number = 1, .kind = BK_BOARD_OP_BEGIN, .clock = BK_BOARD_MAX_CLOCK, .n_points = 1 };

  for (op.site = BOB; op.site < BOB + BK_BOARD_MAX_SITES - 1; op.site++)
    g_assert_true (bk_board_document_apply (alice, &op, NULL));
  assert_refused (alice, &op); /* one side too many */
  draw (alice, 3); /* nobody can count so far that she could not go on */
  g_assert_cmpuint (last_stroke (alice)->site, ==, ALICE);

  op = (BkBoardOp){ .site = BOB, .kind = BK_BOARD_OP_POINTS, .target = 1, .n_points = 1 };
  for (op.number = 2; op.number <= BK_BOARD_MAX_STROKE_POINTS; op.number++)
    g_assert_true (bk_board_document_apply (alice, &op, NULL));
  assert_refused (alice, &op);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/board/document/drawing", test_drawing);
  g_test_add_func ("/board/document/undo", test_undo);
  g_test_add_func ("/board/document/clear", test_clear);
  g_test_add_func ("/board/document/drawing-through-a-clear", test_drawing_through_a_clear);
  g_test_add_func ("/board/document/a-full-stroke-goes-on", test_a_full_stroke_goes_on);
  g_test_add_func ("/board/document/all-that-one-may", test_all_that_one_may);
  g_test_add_func ("/board/document/rules", test_rules);
  g_test_add_func ("/board/document/limits", test_limits);
  return g_test_run ();
}
