/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-export.h"

#include "bk-app-text.h"

#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>

typedef struct
{
  GApplication *application; /* held; nullable */
  BeckonAccount *account;
  char *who; /* nullable: everybody */
  GFileOutputStream *stream;
  char *problem; /* nullable */
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  if (export->application != NULL)
    {
      g_application_release (export->application);
      g_object_unref (export->application);
    }
  g_object_unref (export->account);
  g_free (export->who);
  g_clear_object (&export->stream);
  g_free (export->problem);
  g_free (export);
}

static void
give (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  const char *text = export->problem != NULL ? export->problem : _("The history was exported.");

  g_task_return_pointer (task, g_strdup (text), g_free);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error) && export->problem == NULL)
    export->problem = g_strdup (error->message);
  give (task);
}

/* Only now does the new file take the place of an old one; with a cancelled close the old one stays. */
static void
end (GTask *task)
{
  Export *export = g_task_get_task_data (task);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  if (export->problem != NULL)
    g_cancellable_cancel (cancelled);
  g_output_stream_close_async (G_OUTPUT_STREAM (export->stream), G_PRIORITY_DEFAULT, cancelled, on_closed, task);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = g_task_get_task_data (user_data);
  g_autoptr (GError) error = NULL;

  if (!beckon_account_export_history_finish (BECKON_ACCOUNT (source), result, &error))
    export->problem = g_strdup (bk_app_error_text (error));
  end (user_data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  export->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (export->stream == NULL)
    {
      export->problem = g_strdup (error->message);
      give (task);
      return;
    }
  if (!G_IS_FILE_DESCRIPTOR_BASED (export->stream))
    {
      export->problem = g_strdup (_("The history can only be exported to a folder on this computer."));
      end (g_steal_pointer (&task));
      return;
    }
  int fd = g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (export->stream));
  beckon_account_export_history_async (export->account, export->who, fd, NULL, on_exported, g_steal_pointer (&task));
}

void
bk_app_export_async (BeckonAccount *account, const char *who, GFile *file, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (account, NULL, callback, user_data);
  Export *export = g_new0 (Export, 1);

  g_task_set_source_tag (task, bk_app_export_async);
  export->account = g_object_ref (account);
  export->who = g_strdup (who);
  if (g_set_object (&export->application, g_application_get_default ()))
    g_application_hold (export->application);
  g_task_set_task_data (task, export, export_free);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                        G_PRIORITY_DEFAULT, NULL, on_opened, task);
}

char *
bk_app_export_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
