/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what the other tests lean on: a harness that cannot fail proves nothing. */
#include "bk-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the watchdog ---- */

static void
test_watchdog_bites (void)
{
  if (g_test_subprocess ())
    {
      bk_test_watchdog (1);
      for (;;)
        pause (); /* the main loop would never hear of it */
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stdout ("*took too long*");
}

static void
test_watchdog_stops (void)
{
  bk_test_watchdog (60);
  bk_test_watchdog (0);
  g_assert_cmpuint (alarm (60), ==, 0);
}

/* ---- waiting ---- */

static gboolean
on_tick (gpointer counter)
{
  return ++*(guint *) counter < 5;
}

static void
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
}

static void
test_wait (void)
{
  guint count = 0;
  gboolean flag = FALSE;

  g_idle_add (on_tick, &count);
  bk_test_wait_for_count (&count, 3);
  g_assert_cmpuint (count, ==, 3);
  bk_test_drain ();
  g_assert_cmpuint (count, ==, 5);
  g_idle_add_once (set_flag, &flag);
  bk_test_wait_for_flag (&flag);
  bk_test_wait_for_flag (&flag); /* what is true already is not waited for */
}

static void
test_wait_in_vain (void)
{
  static const gboolean never = FALSE;

  if (g_test_subprocess ())
    {
      bk_test_wait_for_flag_within (&never, 1);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*waited in vain for &never*");
}

/* ---- asynchronous results ---- */

static void
work_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_return_int (task, 42);
}

static void
test_await (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  work_async (bk_test_store_result, &result);
  g_assert_null (result);
  g_assert_cmpint (g_task_propagate_int (G_TASK (bk_test_await (&result)), &error), ==, 42);
  g_assert_no_error (error);
}

/* ---- temporary folders ---- */

static void
test_dir (void)
{
  g_autofree char *kept = g_build_filename (g_get_tmp_dir (), "beckon-test-kept-XXXXXX", NULL);
  g_autofree char *path = NULL;
  GStatBuf info;

  g_assert_nonnull (g_mkdtemp (kept));
  g_autofree char *kept_file = g_build_filename (kept, "file", NULL);
  g_assert_true (g_file_set_contents (kept_file, "kept", -1, NULL));
  {
    g_autoptr (BkTestDir) dir = bk_test_dir_new ();
    g_autofree char *deep = g_build_filename (dir, "a", "b", NULL);
    g_autofree char *file = g_build_filename (deep, "file", NULL);
    g_autofree char *link = g_build_filename (dir, "link", NULL);

    path = g_strdup (dir);
    g_assert_cmpint (g_stat (dir, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0700);
    g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
    g_assert_true (g_file_set_contents (file, "text", -1, NULL));
    g_assert_cmpint (symlink (kept, link), ==, 0);
  }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept_file, G_FILE_TEST_EXISTS)); /* the link went, not what it points at */
  g_assert_cmpint (g_remove (kept_file), ==, 0);
  g_assert_cmpint (g_remove (kept), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/harness/watchdog/bites", test_watchdog_bites);
  g_test_add_func ("/harness/watchdog/stops", test_watchdog_stops);
  g_test_add_func ("/harness/wait", test_wait);
  g_test_add_func ("/harness/wait-in-vain", test_wait_in_vain);
  g_test_add_func ("/harness/await", test_await);
  g_test_add_func ("/harness/dir", test_dir);
  return g_test_run ();
}
