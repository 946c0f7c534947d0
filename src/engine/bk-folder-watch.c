/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-folder-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _BkFolderWatch
{
  GObject parent_instance;

  char *path;
  GFileMonitor *monitor; /* of the folder, or of the nearest one above that exists */
  char *watched;
};

enum
{
  SIGNAL_FILE,
  SIGNAL_FOLDER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkFolderWatch, bk_folder_watch, G_TYPE_OBJECT)

static void
unwatch (BkFolderWatch *self)
{
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->watched, g_free);
}

static void
on_event (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, BkFolderWatch *self)
{
  g_autoptr (BkFolderWatch) alive = g_object_ref (self);
  g_autofree char *path = g_file_get_path (file);
  gboolean folder = FALSE;

  if (monitor != self->monitor || path == NULL)
    return;
  if (g_str_equal (path, self->watched))
    {
      folder = event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_UNMOUNTED
               || event == G_FILE_MONITOR_EVENT_MOVED;
      if (folder)
        unwatch (self); /* even if there is a new folder of the same name: this one is gone */
    }
  else if (g_str_equal (self->watched, self->path))
    {
      g_autofree char *name = g_path_get_basename (path);
      g_signal_emit (self, signals[SIGNAL_FILE], 0, name, event);
    }
  else
    folder = event == G_FILE_MONITOR_EVENT_CREATED
             && (g_str_equal (path, self->path)
                 || (g_str_has_prefix (self->path, path) && self->path[strlen (path)] == '/'));
  if (!folder)
    return;
  bk_folder_watch_check (self);
  g_signal_emit (self, signals[SIGNAL_FOLDER], 0);
}

static char *
nearest_existing (const char *path)
{
  char *folder = g_strdup (path);

  while (!g_file_test (folder, G_FILE_TEST_IS_DIR) && !g_str_equal (folder, "/"))
    {
      char *above = g_path_get_dirname (folder);
      g_free (folder);
      folder = above;
    }
  return folder;
}

static void
watch_folder (BkFolderWatch *self, char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GError) error = NULL;

  unwatch (self);
  self->watched = folder;
  self->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, &error);
  if (self->monitor == NULL)
    g_warning ("What is new in %s will not be noticed: %s", self->path, error->message);
  else
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_event), self);
}

/* GLib would look for a folder that does not exist every few seconds. So as long as it does not, the nearest one above
 * is watched for the next step towards it. Folders may come and go meanwhile: look again after having begun. */
gboolean
bk_folder_watch_check (BkFolderWatch *self)
{
  gboolean other = FALSE;

  for (;;)
    {
      g_autofree char *folder = nearest_existing (self->path);

      if (self->monitor != NULL && g_str_equal (folder, self->watched))
        {
          if (g_file_test (self->watched, G_FILE_TEST_IS_DIR))
            break;
          continue;
        }
      watch_folder (self, g_steal_pointer (&folder));
      other = TRUE;
      if (self->monitor == NULL)
        break;
    }
  return other;
}

BkFolderWatch *
bk_folder_watch_new (const char *path)
{
  BkFolderWatch *self = g_object_new (BK_TYPE_FOLDER_WATCH, NULL);

  self->path = g_strdup (path);
  bk_folder_watch_check (self);
  return self;
}

static void
bk_folder_watch_dispose (GObject *object)
{
  unwatch (BK_FOLDER_WATCH (object));
  G_OBJECT_CLASS (bk_folder_watch_parent_class)->dispose (object);
}

static void
bk_folder_watch_finalize (GObject *object)
{
  BkFolderWatch *self = BK_FOLDER_WATCH (object);

  g_free (self->path);
  g_free (self->watched);
  G_OBJECT_CLASS (bk_folder_watch_parent_class)->finalize (object);
}

static void
bk_folder_watch_class_init (BkFolderWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bk_folder_watch_dispose;
  object_class->finalize = bk_folder_watch_finalize;
  signals[SIGNAL_FILE] = g_signal_new ("file", BK_TYPE_FOLDER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_FILE_MONITOR_EVENT);
  signals[SIGNAL_FOLDER] = g_signal_new ("folder", BK_TYPE_FOLDER_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
bk_folder_watch_init (BkFolderWatch *self)
{
}

/* ---- reading ---- */

static GBytes *
read_descriptor (int descriptor, gsize max, GError **error)
{
  g_autofree char *buffer = g_malloc (max + 1);
  gsize length = 0;
  gssize got = 1;
  struct stat info;

  if (fstat (descriptor, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("The file is not an ordinary one."));
      return NULL;
    }
  while (length <= max && got != 0)
    {
      got = read (descriptor, buffer + length, max + 1 - length);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          int saved = errno;
          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
          return NULL;
        }
      length += (gsize) got;
    }
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

GBytes *
bk_folder_read_file (const char *path, gsize max, GError **error)
{
  int descriptor = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (descriptor < 0)
    {
      int saved = errno;
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
      return NULL;
    }
  GBytes *content = read_descriptor (descriptor, max, error);
  close (descriptor);
  return content;
}
