/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is drawn where, and whenever it arrives: in the end all boards are the same. The seed of a run is in its
 * message; BECKON_TEST_SEED=… runs that one alone. */
#include "board-world.h"

#include "bk-board-paint.h"
#include "bk-test.h"

#include <string.h>

#define RUNS 3000
#define STEPS 120

static guint64 seen_hidden, seen_visible, seen_covered;

static void
count (BkBoardDocument *board)
{
  for (guint i = 0; i < bk_board_document_get_n_strokes (board); i++)
    {
      const BkBoardStroke *stroke = bk_board_document_get_stroke (board, i);
      seen_hidden += stroke->taken_back ? 1 : 0;
      seen_covered += stroke->n_clears > 0 ? 1 : 0;
      seen_visible += bk_board_stroke_is_visible (stroke) ? 1 : 0;
    }
}

static void
assert_same (World *world, guint32 seed)
{
  g_autofree char *digest = bk_board_document_dup_digest (world->boards[0]);

  for (guint i = 1; i < world->n; i++)
    {
      g_autofree char *other = bk_board_document_dup_digest (world->boards[i]);
      if (!g_str_equal (digest, other)
          || bk_board_document_get_n_visible (world->boards[0]) != bk_board_document_get_n_visible (world->boards[i]))
        g_error ("Two of %u boards differ: BECKON_TEST_SEED=%u", world->n, seed);
    }
}

static void
run (guint n, guint32 seed)
{
  g_autoptr (World) world = world_new (n, seed);

  for (guint i = 0; i < STEPS; i++)
    world_step (world);
  world_settle (world);
  assert_same (world, seed);
  count (world->boards[0]);
}

static void
test_interleavings (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  const char *wanted = g_getenv ("BECKON_TEST_SEED");

  seen_hidden = seen_covered = seen_visible = 0;
  if (wanted != NULL)
    run (n, (guint32) g_ascii_strtoull (wanted, NULL, 10));
  for (guint32 i = 0; wanted == NULL && i < RUNS; i++)
    run (n, i * 2654435761u + n);
  /* There was something to agree about. */
  if (wanted == NULL)
    {
      g_assert_cmpuint (seen_hidden, >, RUNS);
      g_assert_cmpuint (seen_covered, >, RUNS);
      g_assert_cmpuint (seen_visible, >, RUNS);
    }
}

/* Whoever comes late gets all, and from whoever has it. */
static void
test_everything_again (void)
{
  for (guint32 seed = 0; seed < 200; seed++)
    {
      g_autoptr (World) world = world_new (3, seed);

      for (guint i = 0; i < STEPS; i++)
        world_step (world);
      world_settle (world);
      /* A board that knows nothing takes the place of the third one, and hears only the second. */
      g_object_unref (world->boards[2]);
      world->boards[2] = bk_board_document_new (1);
      world_break (world, 1, 2);
      world->links[0][2].open = FALSE;
      g_byte_array_set_size (world->links[0][2].bytes, 0);
      world_settle (world);
      assert_same (world, seed);
      /* And the same once more: the other side forgot what it has. */
      memset (&world->links[1][2].seen, 0, sizeof (BkBoardMarks));
      world_settle (world);
      assert_same (world, seed);
    }
}

static void
test_pictures_agree (void)
{
  for (guint32 seed = 0; seed < 5; seed++)
    {
      g_autoptr (World) world = world_new (2, seed);

      for (guint i = 0; i < STEPS; i++)
        world_step (world);
      world_settle (world);
      cairo_surface_t *one = bk_board_paint_picture (world->boards[0]);
      cairo_surface_t *other = bk_board_paint_picture (world->boards[1]);
      gsize size = (gsize) cairo_image_surface_get_stride (one) * BK_BOARD_HEIGHT;
      g_assert_cmpmem (cairo_image_surface_get_data (one), size, cairo_image_surface_get_data (other), size);
      cairo_surface_destroy (one);
      cairo_surface_destroy (other);
    }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  bk_test_watchdog (240);
  g_test_add_data_func ("/board/agree/two", GUINT_TO_POINTER (2), test_interleavings);
  g_test_add_data_func ("/board/agree/three", GUINT_TO_POINTER (3), test_interleavings);
  g_test_add_func ("/board/agree/everything-again", test_everything_again);
  g_test_add_func ("/board/agree/pictures", test_pictures_agree);
  return g_test_run ();
}
