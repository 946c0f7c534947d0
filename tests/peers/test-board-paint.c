/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-paint.h"

#include "bk-test.h"

#define ALICE 1

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  const guint8 *row = data + (gsize) y * (gsize) cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (gconstpointer) row)[x] & 0xffffff;
}

static void
assert_pixel (BkBoardDocument *board, int x, int y, guint32 colour)
{
  cairo_surface_t *picture = bk_board_paint_picture (board);

  g_assert_cmphex (pixel (picture, x, y), ==, colour);
  cairo_surface_destroy (picture);
}

static void
test_pixels (void)
{
  g_autoptr (BkBoardDocument) board = bk_board_document_new (ALICE);

  assert_pixel (board, 100, 100, 0xffffff);
  bk_board_document_begin (board, BK_BOARD_COLOUR_RED, BK_BOARD_PEN_MEDIUM, 100, 100);
  assert_pixel (board, 100, 100, 0xe01b24); /* a single point is a dot */
  assert_pixel (board, 106, 100, 0xffffff);
  bk_board_document_extend (board, 200, 100);
  assert_pixel (board, 150, 100, 0xe01b24);
  assert_pixel (board, 202, 100, 0xe01b24); /* round ends */
  assert_pixel (board, 150, 106, 0xffffff);
  /* A corner is cut: the line does not go through it. */
  bk_board_document_extend (board, 200, 200);
  assert_pixel (board, 199, 101, 0xffffff);
  assert_pixel (board, 200, 190, 0xe01b24);
  /* What was drawn last lies on top. */
  bk_board_document_begin (board, BK_BOARD_COLOUR_WHITE, BK_BOARD_PEN_THICK, 150, 90);
  bk_board_document_extend (board, 150, 110);
  assert_pixel (board, 150, 100, 0xffffff);
  bk_board_document_undo (board);
  assert_pixel (board, 150, 100, 0xe01b24);
}

/* ---- what is repaired is as if all had been painted ---- */

typedef struct
{
  BkBoardDocument *board;
  cairo_surface_t *surface;
  guint n;
} Repair;

static void
on_damaged (BkBoardDocument *board, const BkBoardBox *damage, Repair *repair)
{
  cairo_t *context = cairo_create (repair->surface);
  double x, y, width, height;

  bk_board_damage_to_pixels (damage, &x, &y, &width, &height);
  cairo_rectangle (context, (int) x - 1, (int) y - 1, (int) width + 3, (int) height + 3);
  cairo_clip (context);
  bk_board_paint (board, context, damage);
  cairo_destroy (context);
  repair->n++;
}

/* The greatest difference of a channel. */
static int
difference (cairo_surface_t *one, cairo_surface_t *other)
{
  int found = 0;

  for (int y = 0; y < BK_BOARD_HEIGHT; y++)
    for (int x = 0; x < BK_BOARD_WIDTH; x++)
      {
        guint32 a = pixel (one, x, y), b = pixel (other, x, y);

        for (int shift = 0; shift < 24; shift += 8)
          found = MAX (found, ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)));
      }
  return found;
}

static void
wander (BkBoardDocument *board, GRand *rand)
{
  double x = g_rand_double_range (rand, 0, BK_BOARD_WIDTH), y = g_rand_double_range (rand, 0, BK_BOARD_HEIGHT);

  bk_board_document_begin (board, (BkBoardColour) g_rand_int_range (rand, 0, BK_BOARD_N_COLOURS),
                           (BkBoardPen) g_rand_int_range (rand, 0, BK_BOARD_N_PENS), x, y);
  for (int i = g_rand_int_range (rand, 0, 150); i > 0; i--)
    {
      x += g_rand_double_range (rand, -60, 60);
      y += g_rand_double_range (rand, -60, 60);
      bk_board_document_extend (board, x, y);
    }
  if (g_rand_int_range (rand, 0, 3) == 0)
    bk_board_document_undo (board);
}

static void
test_repair (void)
{
  g_autoptr (BkBoardDocument) board = bk_board_document_new (ALICE);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  Repair repair = { board, bk_board_paint_picture (board), 0 };

  g_signal_connect (board, "damaged", G_CALLBACK (on_damaged), &repair);
  for (guint i = 0; i < 30; i++)
    wander (board, rand);
  cairo_surface_flush (repair.surface);
  cairo_surface_t *whole = bk_board_paint_picture (board);
  g_assert_cmpuint (repair.n, >, 1000);
  /* Cairo rounds soft edges otherwise where it clips, by a shade that nobody sees; what is missing differs by all. */
  g_assert_cmpint (difference (repair.surface, whole), <=, 24);
  cairo_surface_destroy (whole);

  bk_board_document_clear (board);
  cairo_surface_flush (repair.surface);
  cairo_surface_t *paper = cairo_image_surface_create (CAIRO_FORMAT_RGB24, BK_BOARD_WIDTH, BK_BOARD_HEIGHT);
  cairo_t *context = cairo_create (paper);
  cairo_set_source_rgb (context, 1, 1, 1);
  cairo_paint (context);
  cairo_destroy (context);
  g_assert_cmpint (difference (repair.surface, paper), ==, 0);
  cairo_surface_destroy (paper);
  cairo_surface_destroy (repair.surface);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/board/paint/pixels", test_pixels);
  g_test_add_func ("/board/paint/repair", test_repair);
  return g_test_run ();
}
