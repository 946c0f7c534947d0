/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-export.h"

#include "bk-test.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static BkBoardDocument *
make_board (void)
{
  BkBoardDocument *board = bk_board_document_new (1);

  bk_board_document_begin (board, BK_BOARD_COLOUR_RED, BK_BOARD_PEN_THICK, 100, 100);
  bk_board_document_extend (board, 300, 100);
  return board;
}

static gboolean
export_to (const char *path, GError **error)
{
  g_autoptr (BkBoardDocument) board = make_board ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  bk_board_export_async (board, file, NULL, bk_test_store_result, &result);
  /* What is drawn from now on is not in the picture, and does not disturb it. */
  bk_board_document_clear (board);
  return bk_board_export_finish (bk_test_await (&result), error);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_picture (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *path = g_build_filename (dir, "picture.png", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++) /* the second time it takes the place of the first */
    {
      g_assert_true (export_to (path, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (count_files (dir), ==, 1);
    }
  cairo_surface_t *picture = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (picture), ==, BK_BOARD_WIDTH);
  g_assert_cmpint (cairo_image_surface_get_height (picture), ==, BK_BOARD_HEIGHT);
  const guint8 *row = cairo_image_surface_get_data (picture) + 100 * cairo_image_surface_get_stride (picture);
  g_assert_cmphex (((const guint32 *) (gconstpointer) row)[200] & 0xffffff, ==, 0xe01b24);
  g_assert_cmphex (((const guint32 *) (gconstpointer) row)[400] & 0xffffff, ==, 0xffffff);
  cairo_surface_destroy (picture);
}

static void
test_no_folder (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *folder = g_build_filename (dir, "gone", NULL);
  g_autofree char *path = g_build_filename (folder, "picture.png", NULL);
  g_autofree char *sentence = g_strdup_printf ("The picture was not saved: there is no folder %s.", folder);
  g_autoptr (GError) error = NULL;

  g_assert_false (export_to (path, &error));
  g_assert_cmpstr (error->message, ==, sentence);
}

/* What cannot be written to the end is not there, and what was there before still is. */
static void
test_half_a_file (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *path = g_build_filename (dir, "picture.png", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  g_assert_true (g_file_set_contents (path, "an old picture", -1, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 1000, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean ok = export_to (path, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (ok);
  g_assert_true (g_str_has_prefix (error->message, "The picture was not saved: "));
  g_assert_cmpuint (count_files (dir), ==, 1);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "an old picture");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/board/export/picture", test_picture);
  g_test_add_func ("/board/export/no-folder", test_no_folder);
  g_test_add_func ("/board/export/half-a-file", test_half_a_file);
  return g_test_run ();
}
