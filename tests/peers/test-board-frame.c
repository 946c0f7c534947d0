/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes between two boards: what is written is read as the same, what is not exactly so is refused. */
#include "bk-board-op.h"

#include "bk-test.h"

#include <string.h>

static const BkBoardOp samples[] = {
  { .site = 0x0102030405060708, .number = 1, .kind = BK_BOARD_OP_BEGIN, .clock = 7, .colour = 3, .pen = 2,
    .n_points = 1, .points = { { 25600, 16000 } } },
  { .site = 9, .number = 500000, .kind = BK_BOARD_OP_POINTS, .target = 12, .n_points = 2,
    .points = { { 1, 2 }, { 3, 4 } } },
  { .site = 9, .number = 3, .kind = BK_BOARD_OP_HIDE, .target = 1 },
  { .site = 9, .number = 3, .kind = BK_BOARD_OP_SHOW, .target = 1 },
  { .site = 9, .number = 3, .kind = BK_BOARD_OP_CLEAR, .marks = { 2, { { 3, 4 }, { 9, 2 } } } },
};

static void
assert_same (const BkBoardOp *a, const BkBoardOp *b)
{
  g_assert_cmpuint (a->site, ==, b->site);
  g_assert_cmpuint (a->number, ==, b->number);
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->clock, ==, b->clock);
  g_assert_cmpuint (a->colour, ==, b->colour);
  g_assert_cmpuint (a->pen, ==, b->pen);
  g_assert_cmpuint (a->target, ==, b->target);
  g_assert_cmpmem (a->points, a->n_points * sizeof (BkBoardPoint), b->points, b->n_points * sizeof (BkBoardPoint));
  g_assert_cmpuint (a->marks.n, ==, b->marks.n);
  for (guint i = 0; i < a->marks.n; i++)
    {
      g_assert_cmpuint (a->marks.marks[i].site, ==, b->marks.marks[i].site);
      g_assert_cmpuint (a->marks.marks[i].number, ==, b->marks.marks[i].number);
    }
}

static void
test_round_trip (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      BkBoardFrame frame;

      bk_board_frame_write_op (bytes, &samples[i]);
      /* Any part of it is not there yet. */
      for (gsize length = 0; length < bytes->len; length++)
        g_assert_cmpint (bk_board_frame_read (bytes->data, length, &frame, NULL), ==, 0);
      g_assert_cmpint (bk_board_frame_read (bytes->data, bytes->len, &frame, NULL), ==, bytes->len);
      g_assert_cmpint (frame.type, ==, BK_BOARD_FRAME_OP);
      assert_same (&frame.op, &samples[i]);
    }
}

static void
test_hello_and_bye (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BkBoardMarks marks = { 0 };
  BkBoardFrame frame;

  for (guint64 site = BK_BOARD_MAX_SITES; site > 0; site--)
    g_assert_true (bk_board_marks_raise (&marks, site, (guint32) site));
  g_assert_true (bk_board_marks_raise (&marks, 2, 8));
  g_assert_true (bk_board_marks_raise (&marks, 2, 5)); /* never back */
  g_assert_false (bk_board_marks_raise (&marks, 99, 1));
  bk_board_frame_write_hello (bytes, G_MAXUINT64, &marks);
  gssize n = bk_board_frame_read (bytes->data, bytes->len, &frame, NULL);
  g_assert_cmpint (n, ==, bytes->len);
  g_assert_cmpint (frame.type, ==, BK_BOARD_FRAME_HELLO);
  g_assert_cmpuint (frame.site, ==, G_MAXUINT64);
  g_assert_cmpuint (bk_board_marks_get (&frame.marks, 2), ==, 8);
  g_assert_cmpuint (bk_board_marks_get (&frame.marks, 3), ==, 3);
  g_assert_cmpuint (bk_board_marks_get (&frame.marks, 99), ==, 0);

  bk_board_frame_write_bye (bytes);
  g_assert_cmpint (bk_board_frame_read (bytes->data + n, bytes->len - (gsize) n, &frame, NULL), ==, 3);
  g_assert_cmpint (frame.type, ==, BK_BOARD_FRAME_BYE);
}

static const struct
{
  const char *what;
  gsize length;
  const char *bytes;
} nonsense[] = {
  { "empty", 2, "\0\0" },
  { "too long", 2, "\x08\0" },
  { "the greatest length", 2, "\xff\xff" },
  { "no such type", 3, "\0\1\0" },
  { "no such type", 3, "\0\1\4" },
  { "more than a bye", 4, "\0\2\3\0" },
  { "another version", 13, "\0\13\1\2\0\0\0\0\0\0\0\1\0" },
  { "a mark less than promised", 13, "\0\13\1\1\0\0\0\0\0\0\0\1\1" },
  { "no such kind", 16, "\0\16\2\0\0\0\0\0\0\0\1\0\0\0\1\6" },
  { "number 0", 20, "\0\22\2\0\0\0\0\0\0\0\1\0\0\0\0\3\0\0\0\1" },
  { "target 0", 20, "\0\22\2\0\0\0\0\0\0\0\1\0\0\0\1\3\0\0\0\0" },
  { "a byte too many", 21, "\0\23\2\0\0\0\0\0\0\0\1\0\0\0\1\3\0\0\0\1\0" },
  { "no points", 22, "\0\24\2\0\0\0\0\0\0\0\1\0\0\0\1\2\0\0\0\1\0\0" },
  { "clock 0", 26, "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\0\0\0\0\0\0\0" },
  { "no such colour", 26, "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\1\x08\0\0\0\0\0" },
  { "no such pen", 26, "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\1\0\3\0\0\0\0" },
  { "beside the board", 26, "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\1\0\0\x64\1\0\0" },
  { "below the board", 26, "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\1\0\0\0\0\x3e\x81" },
  { "marks that do not grow", 41, "\0\47\2\0\0\0\0\0\0\0\1\0\0\0\1\5\2"
                                  "\0\0\0\0\0\0\0\5\0\0\0\1\0\0\0\0\0\0\0\5\0\0\0\1" },
};

static void
test_nonsense (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_autoptr (GError) error = NULL;
      BkBoardFrame frame;
      /* Behind it stands something else: nobody may read on. */
      g_autofree guint8 *bytes = g_memdup2 (nonsense[i].bytes, nonsense[i].length);

      g_test_message ("%s", nonsense[i].what);
      g_assert_cmpint (bk_board_frame_read (bytes, nonsense[i].length, &frame, &error), ==, -1);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

/* Those of the table that are wrong in one number alone are right with another one: the table says what it means. */
static void
test_the_least_that_is_right (void)
{
  static const guint8 begin[] = "\0\30\2\0\0\0\0\0\0\0\1\0\0\0\1\1\0\0\0\1\0\0\x64\0\x3e\x80";
  static const guint8 hide[] = "\0\22\2\0\0\0\0\0\0\0\1\0\0\0\1\3\0\0\0\1";
  static const guint8 hello[] = "\0\13\1\1\0\0\0\0\0\0\0\1\0";
  BkBoardFrame frame;

  g_assert_cmpint (bk_board_frame_read (begin, sizeof begin - 1, &frame, NULL), ==, sizeof begin - 1);
  g_assert_cmpint (bk_board_frame_read (hide, sizeof hide - 1, &frame, NULL), ==, sizeof hide - 1);
  g_assert_cmpint (bk_board_frame_read (hello, sizeof hello - 1, &frame, NULL), ==, sizeof hello - 1);
}

static void
test_the_longest_fits (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BkBoardOp op = { .site = 1, .number = 1, .kind = BK_BOARD_OP_POINTS, .target = 1,
                   .n_points = BK_BOARD_MAX_OP_POINTS };
  BkBoardFrame frame;

  bk_board_frame_write_op (bytes, &op);
  g_assert_cmpuint (bytes->len, <=, BK_BOARD_MAX_FRAME);
  g_assert_cmpint (bk_board_frame_read (bytes->data, bytes->len, &frame, NULL), ==, bytes->len);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/board/frame/round-trip", test_round_trip);
  g_test_add_func ("/board/frame/hello-and-bye", test_hello_and_bye);
  g_test_add_func ("/board/frame/nonsense", test_nonsense);
  g_test_add_func ("/board/frame/the-least-that-is-right", test_the_least_that_is_right);
  g_test_add_func ("/board/frame/the-longest-fits", test_the_longest_fits);
  return g_test_run ();
}
