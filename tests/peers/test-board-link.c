/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two boards and the socket between them. */
#include "bk-board-link.h"

#include "bk-test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  BkBoardDocument *board;
  BkBoardLink *link;
  guint n_ready;
  int end; /* -1 while it is there */
} Side;

typedef struct
{
  Side sides[2];
} Pair;

static void
on_ready (BkBoardLink *link, gpointer user_data)
{
  ((Side *) user_data)->n_ready++;
}

static void
on_over (BkBoardLink *link, BkBoardLinkEnd end, gpointer user_data)
{
  Side *side = user_data;

  g_assert_true (link == side->link);
  side->end = (int) end;
  g_clear_pointer (&side->link, bk_board_link_free);
}

static void
join (Pair *pair)
{
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      Side *side = &pair->sides[i];

      g_clear_pointer (&side->link, bk_board_link_free);
      side->end = -1;
      side->link = bk_board_link_new (side->board, sockets[i], on_ready, on_over, side);
    }
}

static Pair *
pair_new (void)
{
  Pair *pair = g_new0 (Pair, 1);

  for (guint i = 0; i < 2; i++)
    pair->sides[i].board = bk_board_document_new (i + 1);
  join (pair);
  return pair;
}

static void
pair_free (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      bk_board_link_free (pair->sides[i].link);
      g_object_unref (pair->sides[i].board);
    }
  g_free (pair);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static void
draw (Side *side, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      bk_board_document_begin (side->board, BK_BOARD_COLOUR_RED, BK_BOARD_PEN_THIN, i, i);
      for (guint j = 0; j < 20; j++)
        bk_board_document_extend (side->board, i + j * 10, i);
    }
}

static gboolean
are_same (gpointer data)
{
  Pair *pair = data;
  const BkBoardMarks *one = bk_board_document_get_marks (pair->sides[0].board);
  const BkBoardMarks *other = bk_board_document_get_marks (pair->sides[1].board);

  return bk_board_marks_get (one, 1) == bk_board_marks_get (other, 1)
         && bk_board_marks_get (one, 2) == bk_board_marks_get (other, 2);
}

static void
assert_same (Pair *pair)
{
  bk_test_wait_until (are_same, pair);
  g_autofree char *one = bk_board_document_dup_digest (pair->sides[0].board);
  g_autofree char *other = bk_board_document_dup_digest (pair->sides[1].board);
  g_assert_cmpstr (one, ==, other);
}

static gboolean
is_over (gpointer data)
{
  return ((Side *) data)->end >= 0;
}

static void
test_both_ways (void)
{
  g_autoptr (Pair) pair = pair_new ();

  draw (&pair->sides[0], 3);
  draw (&pair->sides[1], 2);
  assert_same (pair);
  g_assert_cmpuint (bk_board_document_get_n_visible (pair->sides[0].board), ==, 5);
  bk_board_document_undo (pair->sides[0].board);
  bk_board_document_clear (pair->sides[1].board);
  assert_same (pair);
  g_assert_cmpuint (pair->sides[0].n_ready, ==, 1);
  g_assert_cmpuint (pair->sides[1].n_ready, ==, 1);
}

/* More than the socket holds, in both directions at the same time. */
static void
test_more_than_fits (void)
{
  g_autoptr (Pair) pair = pair_new ();

  draw (&pair->sides[0], 3000);
  draw (&pair->sides[1], 3000);
  assert_same (pair);
  g_assert_cmpuint (bk_board_document_get_n_visible (pair->sides[1].board), ==, 6000);
}

/* What was on its way is lost with the link; the next one brings what is missing. */
static void
test_made_again (void)
{
  g_autoptr (Pair) pair = pair_new ();

  draw (&pair->sides[0], 500);
  draw (&pair->sides[1], 500);
  for (guint i = 0; i < 5; i++)
    {
      for (guint j = 0; j < 4 * i; j++)
        g_main_context_iteration (NULL, FALSE);
      join (pair);
      draw (&pair->sides[i % 2], 50);
    }
  assert_same (pair);
  g_assert_cmpuint (bk_board_document_get_n_visible (pair->sides[0].board), ==, 1250);
}

static void
test_bye (void)
{
  g_autoptr (Pair) pair = pair_new ();

  draw (&pair->sides[0], 10);
  assert_same (pair);
  draw (&pair->sides[0], 1);
  bk_board_link_bye (pair->sides[0].link);
  g_clear_pointer (&pair->sides[0].link, bk_board_link_free);
  bk_test_wait_until (is_over, &pair->sides[1]);
  g_assert_cmpint (pair->sides[1].end, ==, BK_BOARD_LINK_BYE);
  g_assert_cmpuint (bk_board_document_get_n_visible (pair->sides[1].board), ==, 11); /* the last one too */
}

static void
test_broken (void)
{
  g_autoptr (Pair) pair = pair_new ();

  g_clear_pointer (&pair->sides[0].link, bk_board_link_free);
  bk_test_wait_until (is_over, &pair->sides[1]);
  g_assert_cmpint (pair->sides[1].end, ==, BK_BOARD_LINK_BROKE);
}

/* While it reads, it finds that nothing can be written any more. */
static void
test_broken_while_drawing (void)
{
  g_autoptr (Pair) pair = pair_new ();

  draw (&pair->sides[0], 100);
  assert_same (pair);
  g_clear_pointer (&pair->sides[0].link, bk_board_link_free);
  draw (&pair->sides[1], 100);
  bk_test_wait_until (is_over, &pair->sides[1]);
  g_assert_cmpint (pair->sides[1].end, ==, BK_BOARD_LINK_BROKE);
}

/* ---- another side that does not keep the rules ---- */

static void
assert_nonsense (const char *bytes, gsize length)
{
  Side side = { bk_board_document_new (1), NULL, 0, -1 };
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  g_assert_cmpint (write (sockets[1], bytes, length), ==, length);
  side.link = bk_board_link_new (side.board, sockets[0], on_ready, on_over, &side);
  bk_test_wait_until (is_over, &side);
  g_assert_cmpint (side.end, ==, BK_BOARD_LINK_NONSENSE);
  close (sockets[1]);
  g_object_unref (side.board);
}

#define HELLO "\0\13\1\1\0\0\0\0\0\0\0\2\0"
#define MY_HELLO "\0\13\1\1\0\0\0\0\0\0\0\1\0"
#define STROKE "\0\30\2\0\0\0\0\0\0\0\2\0\0\0\1\1\0\0\0\1\0\0\0\0\0\0"
#define SECOND "\0\30\2\0\0\0\0\0\0\0\2\0\0\0\2\1\0\0\0\1\0\0\0\0\0\0"
#define ASSERT_NONSENSE(bytes) assert_nonsense ((bytes), sizeof (bytes) - 1)

static void
test_nonsense (void)
{
  ASSERT_NONSENSE ("GET / HTTP/1.1\r\n\r\n");
  ASSERT_NONSENSE (STROKE);          /* without a hello */
  ASSERT_NONSENSE (HELLO HELLO);
  ASSERT_NONSENSE (MY_HELLO);        /* in our name */
  ASSERT_NONSENSE (HELLO SECOND);    /* the first one is missing */
  ASSERT_NONSENSE (HELLO STROKE "\0\1\11");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/board/link/both-ways", test_both_ways);
  g_test_add_func ("/board/link/more-than-fits", test_more_than_fits);
  g_test_add_func ("/board/link/made-again", test_made_again);
  g_test_add_func ("/board/link/bye", test_bye);
  g_test_add_func ("/board/link/broken", test_broken);
  g_test_add_func ("/board/link/broken-while-drawing", test_broken_while_drawing);
  g_test_add_func ("/board/link/nonsense", test_nonsense);
  return g_test_run ();
}
