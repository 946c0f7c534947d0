/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-programs-watch.h"

#include "bk-folder-watch.h"

#include <string.h>

#define MAX_FOLDERS 64 /* the kernel has few watches, and they are for all programs of the user */

struct _BkProgramsWatch
{
  GObject parent_instance;

  GHashTable *folders; /* char *path → BkFolderWatch, both owned */
};

static guint signal_changed;

G_DEFINE_FINAL_TYPE (BkProgramsWatch, bk_programs_watch, G_TYPE_OBJECT)

static void
on_file (BkFolderWatch *folder, const char *name, GFileMonitorEvent event, BkProgramsWatch *self)
{
  /* Attributes are looked at, too: a file that may be executed from now on. */
  if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT)
    g_signal_emit (self, signal_changed, 0, name);
}

static void
on_folder (BkFolderWatch *folder, BkProgramsWatch *self)
{
  g_signal_emit (self, signal_changed, 0, NULL);
}

static BkFolderWatch *
watch_folder (BkProgramsWatch *self, const char *path)
{
  BkFolderWatch *folder = bk_folder_watch_new (path);

  g_signal_connect_object (folder, "file", G_CALLBACK (on_file), self, 0);
  g_signal_connect_object (folder, "folder", G_CALLBACK (on_folder), self, 0);
  return folder;
}

/* Keeps the watch that there is. */
static void
add_folder (BkProgramsWatch *self, GHashTable *folders, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, "/");

  if (g_hash_table_contains (folders, canonical) || g_hash_table_size (folders) >= MAX_FOLDERS)
    return;
  BkFolderWatch *known = g_hash_table_lookup (self->folders, canonical);
  BkFolderWatch *folder = known != NULL ? g_object_ref (known) : watch_folder (self, canonical);
  g_hash_table_insert (folders, g_steal_pointer (&canonical), folder);
}

static void
add_path (BkProgramsWatch *self, GHashTable *folders)
{
  const char *path = g_getenv ("PATH");
  g_auto (GStrv) parts = g_strsplit (path != NULL ? path : "", ":", -1);

  for (char **part = parts; *part != NULL; part++)
    if (g_path_is_absolute (*part))
      add_folder (self, folders, *part);
}

/* PATH comes first: it serves many. */
void
bk_programs_watch_set (BkProgramsWatch *self, GPtrArray *programs)
{
  GHashTable *folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  for (guint i = 0; i < programs->len; i++)
    if (strchr (g_ptr_array_index (programs, i), '/') == NULL)
      {
        add_path (self, folders);
        break;
      }
  for (guint i = 0; i < programs->len; i++)
    if (g_path_is_absolute (g_ptr_array_index (programs, i)))
      {
        g_autofree char *folder = g_path_get_dirname (g_ptr_array_index (programs, i));
        add_folder (self, folders, folder);
      }
  g_hash_table_unref (self->folders);
  self->folders = folders;
}

BkProgramsWatch *
bk_programs_watch_new (void)
{
  return g_object_new (BK_TYPE_PROGRAMS_WATCH, NULL);
}

static void
bk_programs_watch_finalize (GObject *object)
{
  g_hash_table_unref (BK_PROGRAMS_WATCH (object)->folders);
  G_OBJECT_CLASS (bk_programs_watch_parent_class)->finalize (object);
}

static void
bk_programs_watch_class_init (BkProgramsWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_programs_watch_finalize;
  signal_changed = g_signal_new ("changed", BK_TYPE_PROGRAMS_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bk_programs_watch_init (BkProgramsWatch *self)
{
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}
