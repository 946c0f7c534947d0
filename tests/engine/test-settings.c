/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user settles for all accounts: it is checked, told, and there again after a restart. */
#include "engine-world.h"

#include "bk-limits.h"

static void
count (BkEngine *engine, guint *n)
{
  (*n)++;
}

static void
assert_refused (EngineWorld *world, const BkEngineSettings *settings)
{
  BkEngineSettings before = *bk_engine_get_settings (world->engine);
  g_autofree char *folder = g_strdup (before.download_folder);
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_engine_set_settings (world->engine, settings, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (bk_engine_get_settings (world->engine)->read_marks, ==, before.read_marks);
  g_assert_cmpuint (bk_engine_get_settings (world->engine)->idle_minutes, ==, before.idle_minutes);
  g_assert_cmpstr (bk_engine_get_settings (world->engine)->download_folder, ==, folder);
}

static void
test_settled (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  guint n = 0;

  engine_world_open (world);
  const BkEngineSettings *settings = bk_engine_get_settings (world->engine);
  g_autofree char *desktop = g_strdup (settings->download_folder);
  g_assert_true (settings->read_marks);
  g_assert_true (settings->typing);
  g_assert_cmpuint (settings->idle_minutes, ==, 5);
  g_assert_true (g_path_is_absolute (desktop));

  g_signal_connect (world->engine, "settings-changed", G_CALLBACK (count), &n);
  BkEngineSettings mine = { FALSE, FALSE, BK_LIMIT_IDLE_MINUTES, "/srv/files" };
  g_assert_true (bk_engine_set_settings (world->engine, &mine, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  engine_world_close (world);

  engine_world_open (world);
  settings = bk_engine_get_settings (world->engine);
  g_assert_false (settings->read_marks);
  g_assert_false (settings->typing);
  g_assert_cmpuint (settings->idle_minutes, ==, BK_LIMIT_IDLE_MINUTES);
  g_assert_cmpstr (settings->download_folder, ==, "/srv/files");

  /* What is read can be written as it is, and an empty folder is the desktop's again. */
  g_assert_true (bk_engine_set_settings (world->engine, settings, &error));
  g_assert_cmpstr (settings->download_folder, ==, "/srv/files");
  mine.download_folder = "";
  g_assert_true (bk_engine_set_settings (world->engine, &mine, &error));
  g_assert_cmpstr (settings->download_folder, ==, desktop);
  engine_world_close (world);
  engine_world_open (world);
  g_assert_cmpstr (bk_engine_get_settings (world->engine)->download_folder, ==, desktop);
}

static void
test_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *long_folder = g_strnfill (BK_LIMIT_PATH + 1, 'a');

  engine_world_open (world);
  long_folder[0] = '/';
  assert_refused (world, &(BkEngineSettings){ FALSE, TRUE, BK_LIMIT_IDLE_MINUTES + 1, NULL });
  assert_refused (world, &(BkEngineSettings){ FALSE, TRUE, 1, "files" });
  assert_refused (world, &(BkEngineSettings){ FALSE, TRUE, 1, "/two\nlines" });
  assert_refused (world, &(BkEngineSettings){ FALSE, TRUE, 1, "/\xff" });
  assert_refused (world, &(BkEngineSettings){ FALSE, TRUE, 1, long_folder });
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/settings/settled", test_settled);
  g_test_add_func ("/settings/refused", test_refused);
  return g_test_run ();
}
