/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-export.h"

#include "bk-board-paint.h"

#include <glib/gi18n.h>

typedef struct
{
  GFile *file;
  cairo_surface_t *picture;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->file);
  cairo_surface_destroy (export->picture);
  g_free (export);
}

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
write_file (Export *export, GByteArray *bytes, GCancellable *cancellable, GError **error)
{
  const char *path = g_file_peek_path (export->file);

  /* GIO writes a new file under its name at once: one that was cut short would look like a picture. */
  if (path != NULL)
    return g_file_set_contents_full (path, (const char *) bytes->data, (gssize) bytes->len,
                                     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, error);
  return g_file_replace_contents (export->file, (const char *) bytes->data, bytes->len, NULL, FALSE,
                                  G_FILE_CREATE_NONE, NULL, cancellable, error);
}

static gboolean
is_file_error (const GError *error, GFileError code, GIOErrorEnum io_code)
{
  return g_error_matches (error, G_FILE_ERROR, (int) code) || g_error_matches (error, G_IO_ERROR, (int) io_code);
}

/* The words of the system name a temporary file and no way out. */
static GError *
make_sentence (GFile *file, const GError *cause)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_file_get_parse_name (folder != NULL ? folder : file);

  if (is_file_error (cause, G_FILE_ERROR_NOSPC, G_IO_ERROR_NO_SPACE))
    return g_error_new (cause->domain, cause->code, _ ("The picture was not saved: there is no room left in %s."),
                        name);
  if (is_file_error (cause, G_FILE_ERROR_ACCES, G_IO_ERROR_PERMISSION_DENIED)
      || is_file_error (cause, G_FILE_ERROR_PERM, G_IO_ERROR_PERMISSION_DENIED)
      || is_file_error (cause, G_FILE_ERROR_ROFS, G_IO_ERROR_PERMISSION_DENIED))
    return g_error_new (cause->domain, cause->code, _ ("The picture was not saved: you may not write to %s."), name);
  if (is_file_error (cause, G_FILE_ERROR_NOENT, G_IO_ERROR_NOT_FOUND))
    return g_error_new (cause->domain, cause->code, _ ("The picture was not saved: there is no folder %s."), name);
  return g_error_new (cause->domain, cause->code, _ ("The picture was not saved: %s"), cause->message);
}

static gpointer
run (gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) cause = NULL;
  Export *export = g_task_get_task_data (task);
  cairo_status_t status = cairo_surface_write_to_png_stream (export->picture, append, bytes);

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture was not saved: %s"),
                               cairo_status_to_string (status));
      return NULL;
    }
  if (write_file (export, bytes, g_task_get_cancellable (task), &cause))
    {
      g_task_return_boolean (task, TRUE);
      return NULL;
    }
  g_task_return_error (task, make_sentence (export->file, cause));
  return NULL;
}

void
bk_board_export_async (BkBoardDocument *document, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);

  export->file = g_object_ref (file);
  /* Painting is quick and wants the document to hold still; packing and writing are neither. */
  export->picture = bk_board_paint_picture (document);
  g_task_set_source_tag (task, bk_board_export_async);
  g_task_set_task_data (task, export, export_free);
  g_thread_unref (g_thread_new ("export", run, task));
}

gboolean
bk_board_export_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
