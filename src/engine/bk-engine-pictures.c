/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-pictures.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bk-limits.h"

struct _BkEnginePictures
{
  GObject parent_instance;

  char *dir;
  GHashTable *users; /* char * id → GUINT: how many show it */
  GHashTable *files; /* set of char *: what is in the folder */
};

G_DEFINE_FINAL_TYPE (BkEnginePictures, bk_engine_pictures, G_TYPE_OBJECT)

/* Ids come from strangers and become names of files. */
gboolean
bk_engine_pictures_is_id (const char *id)
{
  return id != NULL && strnlen (id, BK_LIMIT_AVATAR_ID + 1) == BK_LIMIT_AVATAR_ID
         && strspn (id, "0123456789abcdef") == BK_LIMIT_AVATAR_ID;
}

static void
bk_engine_pictures_finalize (GObject *object)
{
  BkEnginePictures *self = BK_ENGINE_PICTURES (object);

  g_hash_table_unref (self->users);
  g_hash_table_unref (self->files);
  g_free (self->dir);
  G_OBJECT_CLASS (bk_engine_pictures_parent_class)->finalize (object);
}

static void
bk_engine_pictures_class_init (BkEnginePicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_engine_pictures_finalize;
}

static void
bk_engine_pictures_init (BkEnginePictures *self)
{
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Looks once at what is there. The folder is made with the first picture. */
BkEnginePictures *
bk_engine_pictures_new (const char *dir)
{
  BkEnginePictures *self = g_object_new (BK_TYPE_ENGINE_PICTURES, NULL);
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;

  self->dir = g_strdup (dir);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (bk_engine_pictures_is_id (name))
      g_hash_table_add (self->files, g_strdup (name));
  return self;
}

/* ---- who shows what ---- */

static guint
count_users (BkEnginePictures *self, const char *id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->users, id));
}

/* At once: a deletion that is put off could meet the same picture, stored anew. */
static void
delete_file (BkEnginePictures *self, const char *id)
{
  g_autofree char *path = g_build_filename (self->dir, id, NULL);

  g_unlink (path);
}

void
bk_engine_pictures_use (BkEnginePictures *self, const char *id)
{
  g_hash_table_insert (self->users, g_strdup (id), GUINT_TO_POINTER (count_users (self, id) + 1));
}

void
bk_engine_pictures_drop (BkEnginePictures *self, const char *id)
{
  guint n_users = count_users (self, id);

  if (n_users > 1)
    {
      g_hash_table_insert (self->users, g_strdup (id), GUINT_TO_POINTER (n_users - 1));
      return;
    }
  if (g_hash_table_remove (self->files, id))
    delete_file (self, id);
  g_hash_table_remove (self->users, id);
}

void
bk_engine_pictures_tidy (BkEnginePictures *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (count_users (self, id) == 0)
      {
        delete_file (self, id);
        g_hash_table_iter_remove (&iter);
      }
}

/* ---- files ---- */

char *
bk_engine_pictures_dup_path (BkEnginePictures *self, const char *id)
{
  return g_hash_table_contains (self->files, id) ? g_build_filename (self->dir, id, NULL) : NULL;
}

/* Who showed it may have gone while it was written. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEnginePictures *self = g_task_get_source_object (task);
  const char *id = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (count_users (self, id) > 0)
    g_hash_table_add (self->files, g_strdup (id));
  else
    delete_file (self, id);
  g_task_return_boolean (task, TRUE);
}

void
bk_engine_pictures_store_async (BkEnginePictures *self, const char *id, GBytes *image, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *path = g_build_filename (self->dir, id, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_task_set_source_tag (task, bk_engine_pictures_store_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  g_mkdir (self->dir, 0700); /* if it cannot be made, writing says why */
  g_file_replace_contents_bytes_async (file, image, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_written,
                                       g_steal_pointer (&task));
}

gboolean
bk_engine_pictures_store_finish (BkEnginePictures *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
