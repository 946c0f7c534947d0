/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry-world.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_registered (BkEngineRegistry *registry, const char *guid, World *world)
{
  g_string_append_printf (world->log, "+%.2s ", guid + 1);
}

static void
on_unregistered (BkEngineRegistry *registry, const char *guid, World *world)
{
  g_string_append_printf (world->log, "-%.2s ", guid + 1);
}

static void
on_program_changed (BkEngineRegistry *registry, const char *guid, World *world)
{
  BkEngineApplication *application = bk_engine_registry_find (registry, guid);

  g_string_append_printf (world->log, "%c%.2s ", bk_engine_application_is_present (application, NULL) ? '!' : '?',
                          guid + 1);
}

void
world_start (World *world)
{
  const char *system[] = { world->first, world->second, NULL };

  world->registry = bk_engine_registry_new (world->user, system, world->directory);
  g_signal_connect (world->registry, "registered", G_CALLBACK (on_registered), world);
  g_signal_connect (world->registry, "unregistered", G_CALLBACK (on_unregistered), world);
  g_signal_connect (world->registry, "program-changed", G_CALLBACK (on_program_changed), world);
}

World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->dir = bk_test_dir_new ();
  world->user = g_build_filename (world->dir, "user", "beckon", "peers", NULL);
  world->first = g_build_filename (world->dir, "first", "beckon", "peers", NULL);
  world->second = g_build_filename (world->dir, "second", NULL);
  world->log = g_string_new (NULL);
  g_assert_cmpint (g_mkdir (world->second, 0700), ==, 0);
  return world;
}

void
world_free (World *world)
{
  g_assert_finalize_object (world->registry);
  g_clear_object (&world->directory);
  bk_test_drain ();
  bk_test_dir_remove (world->dir);
  g_free (world->user);
  g_free (world->first);
  g_free (world->second);
  g_string_free (world->log, TRUE);
  g_free (world);
}

void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
take_away (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

char *
registration (const char *guid, const char *name)
{
  return g_strdup_printf ("[Beckon Peer]\nGUID=%s\nName=%s\nExec=/bin/sh\n", guid, name);
}

void
put_app (const char *folder, const char *guid, const char *name)
{
  g_autofree char *text = registration (guid, name);
  g_autofree char *file = g_strconcat (guid, ".peer", NULL);

  put (folder, file, text);
}

typedef struct
{
  World *world;
  const char *log;
} Expected;

static gboolean
log_is (gpointer data)
{
  Expected *expected = data;

  return g_str_equal (expected->world->log->str, expected->log);
}

void
wait_for_log (World *world, const char *log)
{
  Expected expected = { world, log };

  bk_test_wait_until (log_is, &expected);
  g_string_set_size (world->log, 0);
}

const char *
name_of (World *world, const char *guid)
{
  BkEngineApplication *application = bk_engine_registry_find (world->registry, guid);

  return application != NULL ? bk_engine_application_get_name (application) : NULL;
}

guint
n_items (World *world)
{
  return g_list_model_get_n_items (G_LIST_MODEL (world->registry));
}
