/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-files.h"

#define MANAGER "org.freedesktop.FileManager1"
#define MANAGER_PATH "/org/freedesktop/FileManager1"

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
bk_app_files_show_async (GDBusConnection *bus, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  g_task_set_source_tag (task, bk_app_files_show_async);
  g_dbus_connection_call (bus, MANAGER, MANAGER_PATH, MANAGER, "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_shown, task);
}

gboolean
bk_app_files_show_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
