/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One folder of registration files, watched. */
#include "bk-engine-application-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bk-folder-watch.h"

#define MAX_FILES 1024

/* A registration file: what it became, or why it became nothing. */
typedef struct
{
  GBytes *content;                  /* nullable: could not be read */
  BkEngineApplication *application; /* nullable */
  char *warning;                    /* nullable */
} PeerFile;

struct _BkPeersFolder
{
  GObject parent_instance;

  char *path;
  gboolean user;
  GHashTable *files; /* char * name → PeerFile, owned */
  BkFolderWatch *watch;
  char *warning; /* about the folder as a whole; nullable */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (BkPeersFolder, bk_peers_folder, G_TYPE_OBJECT)

static void
peer_file_free (gpointer data)
{
  PeerFile *file = data;

  g_clear_pointer (&file->content, g_bytes_unref);
  g_clear_object (&file->application);
  g_free (file->warning);
  g_free (file);
}

static gboolean
is_registration (const char *name)
{
  gsize length = strlen (name), suffix = strlen (BK_REGISTRATION_SUFFIX);

  return length > suffix && g_ascii_strcasecmp (name + length - suffix, BK_REGISTRATION_SUFFIX) == 0;
}

/* ---- one file ---- */

static gboolean
same_file (const PeerFile *a, const PeerFile *b)
{
  if (a->content == NULL || b->content == NULL)
    return a->content == b->content && g_strcmp0 (a->warning, b->warning) == 0;
  return g_bytes_equal (a->content, b->content);
}

static PeerFile *
peer_file_load (BkPeersFolder *self, const char *path, const GError *unreadable, GBytes *content)
{
  PeerFile *file = g_new0 (PeerFile, 1);
  g_autoptr (GError) error = NULL;
  gsize length;

  if (content != NULL)
    {
      const char *text = g_bytes_get_data (content, &length);
      file->content = g_bytes_ref (content);
      file->application = bk_engine_application_parse (path, text, length, self->user, &error);
    }
  if (file->application == NULL)
    {
      g_autofree char *shown = g_filename_display_name (path);
      file->warning = g_strdup_printf (_("The registration file %s is ignored: %s"), shown,
                                       error != NULL ? error->message : unreadable->message);
    }
  return file;
}

static gboolean
set_folder_warning (BkPeersFolder *self, char *warning)
{
  g_autofree char *old = self->warning;

  self->warning = warning;
  if (g_strcmp0 (old, warning) == 0)
    return FALSE;
  if (warning != NULL)
    g_warning ("%s", warning);
  return TRUE;
}

static char *
warn_of_too_many (BkPeersFolder *self)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  /* Translators: a folder */
  return g_strdup_printf (_("There are too many registration files in %s: some are ignored."), shown);
}

/* Reads one file again. Returns whether it is other than before. */
static gboolean
load (BkPeersFolder *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = bk_folder_read_file (path, BK_REGISTRATION_MAX, &error);
  PeerFile *old = g_hash_table_lookup (self->files, name);

  if (content == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return g_hash_table_remove (self->files, name);
  if (old == NULL && g_hash_table_size (self->files) >= MAX_FILES)
    return set_folder_warning (self, warn_of_too_many (self));

  PeerFile *file = peer_file_load (self, path, error, content);
  if (old != NULL && same_file (old, file))
    {
      peer_file_free (file);
      return FALSE;
    }
  if (file->warning != NULL && (old == NULL || g_strcmp0 (old->warning, file->warning) != 0))
    g_warning ("%s", file->warning);
  g_hash_table_replace (self->files, g_strdup (name), file);
  return TRUE;
}

/* ---- all files ---- */

static GPtrArray *
list_names (BkPeersFolder *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (self->path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_registration (name))
      g_ptr_array_add (names, g_strdup (name));
  return names;
}

static gboolean
remove_vanished (BkPeersFolder *self, GPtrArray *names)
{
  GHashTableIter iter;
  gpointer name;
  gboolean changed = FALSE;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      {
        g_hash_table_iter_remove (&iter);
        changed = TRUE;
      }
  return changed;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
scan (BkPeersFolder *self)
{
  g_autoptr (GPtrArray) names = list_names (self);
  gboolean changed = remove_vanished (self, names);
  gboolean too_many = names->len > MAX_FILES;

  g_ptr_array_sort (names, compare_names);
  if (too_many)
    g_ptr_array_set_size (names, MAX_FILES);
  changed |= set_folder_warning (self, too_many ? warn_of_too_many (self) : NULL);
  for (guint i = 0; i < names->len; i++)
    changed |= load (self, g_ptr_array_index (names, i));
  return changed;
}

/* ---- watching ---- */

static void
rescan (BkPeersFolder *self)
{
  if (scan (self))
    g_signal_emit (self, changed_signal, 0);
}

static void
on_file (BkFolderWatch *watch, const char *name, GFileMonitorEvent event, BkPeersFolder *self)
{
  /* A file that was just created may still be written to: CHANGES_DONE_HINT follows. */
  if (!is_registration (name) || event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_CHANGED)
    return;
  gboolean crowded = self->warning != NULL;
  gboolean changed = load (self, name);
  if (crowded)
    changed |= scan (self); /* there may be room now for one that was left out */
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

/* ---- object ---- */

static void
bk_peers_folder_finalize (GObject *object)
{
  BkPeersFolder *self = BK_PEERS_FOLDER (object);

  g_object_unref (self->watch);
  g_hash_table_unref (self->files);
  g_free (self->path);
  g_free (self->warning);
  G_OBJECT_CLASS (bk_peers_folder_parent_class)->finalize (object);
}

static void
bk_peers_folder_class_init (BkPeersFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_peers_folder_finalize;
  changed_signal =
    g_signal_new ("changed", BK_TYPE_PEERS_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_peers_folder_init (BkPeersFolder *self)
{
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, peer_file_free);
}

BkPeersFolder *
bk_peers_folder_new (const char *path, gboolean user)
{
  BkPeersFolder *self = g_object_new (BK_TYPE_PEERS_FOLDER, NULL);

  self->path = g_canonicalize_filename (path, NULL);
  self->user = user;
  self->watch = bk_folder_watch_new (self->path);
  g_signal_connect_object (self->watch, "file", G_CALLBACK (on_file), self, 0);
  g_signal_connect_object (self->watch, "folder", G_CALLBACK (rescan), self, G_CONNECT_SWAPPED);
  scan (self);
  return self;
}

const char *
bk_peers_folder_get_path (BkPeersFolder *self)
{
  return self->path;
}

GBytes *
bk_peers_folder_dup_content (BkPeersFolder *self, const char *name)
{
  PeerFile *file = g_hash_table_lookup (self->files, name);

  return file != NULL && file->content != NULL ? g_bytes_ref (file->content) : NULL;
}

GList *
bk_peers_folder_list_names (BkPeersFolder *self)
{
  return g_list_sort (g_hash_table_get_keys (self->files), (GCompareFunc) strcmp);
}

GPtrArray *
bk_peers_folder_get_applications (BkPeersFolder *self)
{
  GPtrArray *applications = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GList) names = bk_peers_folder_list_names (self);

  for (GList *l = names; l != NULL; l = l->next)
    {
      PeerFile *file = g_hash_table_lookup (self->files, l->data);
      if (file->application != NULL)
        g_ptr_array_add (applications, g_object_ref (file->application));
    }
  return applications;
}

void
bk_peers_folder_add_warnings (BkPeersFolder *self, GPtrArray *warnings)
{
  g_autoptr (GList) names = bk_peers_folder_list_names (self);

  if (self->warning != NULL)
    g_ptr_array_add (warnings, g_strdup (self->warning));
  for (GList *l = names; l != NULL; l = l->next)
    {
      PeerFile *file = g_hash_table_lookup (self->files, l->data);
      if (file->warning != NULL)
        g_ptr_array_add (warnings, g_strdup (file->warning));
    }
}

void
bk_peers_folder_reload (BkPeersFolder *self, const char *name)
{
  /* If it was not watched until now, others may have written too. */
  if (bk_folder_watch_check (self->watch) ? scan (self) : load (self, name))
    g_signal_emit (self, changed_signal, 0);
}
