/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-paste.h"

#include "bk-app-pool.h"

#include <glib/gi18n.h>

#define MAX_SIDE 8192 /* pixels of a picture */

typedef struct
{
  GObject *owner;
  BkAppPasted pasted;
} Paste;

static void
paste_free (Paste *paste)
{
  g_object_unref (paste->owner);
  g_free (paste);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paste, paste_free)

static void
on_files (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Paste) paste = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  if (value == NULL)
    return;
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    g_list_store_append (files, l->data);
  paste->pasted (G_LIST_MODEL (files), FALSE, paste->owner);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_task_propagate_pointer (G_TASK (result), &error);

  if (file == NULL)
    {
      g_message ("The picture could not be kept: %s", error->message);
      return;
    }
  g_list_store_append (files, file);
  paste->pasted (G_LIST_MODEL (files), TRUE, paste->owner);
}

static GFile *
make_picture_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "beckon", "pasted", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  /* Translators: name of a file with a pasted picture, see strftime(3); without slashes */
  g_autofree char *name = g_date_time_format (now, _("Picture %Y-%m-%d %H-%M-%S.png"));

  g_mkdir_with_parents (folder, 0700);
  return g_file_new_build_filename (folder, name, NULL);
}

/* In a thread: a picture of a whole screen takes longer than a frame. */
static void
write_picture (GTask *task, gpointer texture)
{
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (texture);
  g_autoptr (GFile) file = make_picture_file ();
  GError *error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (g_file_replace_contents (file, data, size, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, NULL, &error))
    g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, NULL);

  if (texture == NULL || gdk_texture_get_width (texture) > MAX_SIDE || gdk_texture_get_height (texture) > MAX_SIDE)
    return;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_written, g_steal_pointer (&paste));
  g_task_set_task_data (task, g_steal_pointer (&texture), g_object_unref);
  bk_app_pool_push (task, write_picture);
}

gboolean
bk_app_paste_begin (GdkClipboard *clipboard, GObject *owner, BkAppPasted pasted)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean has_files = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST);
  gboolean has_picture = gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE)
                         && !gdk_content_formats_contain_gtype (formats, G_TYPE_STRING);
  Paste *paste;

  if (!has_files && !has_picture)
    return FALSE;
  paste = g_new0 (Paste, 1);
  paste->owner = g_object_ref (owner);
  paste->pasted = pasted;
  if (has_files)
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files, paste);
  else
    gdk_clipboard_read_texture_async (clipboard, NULL, on_picture, paste);
  return TRUE;
}
