/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-files.h"

#include <gio/gfiledescriptorbased.h>
#include <gio/gunixfdlist.h>
#include <string.h>

#define MANAGER "org.freedesktop.FileManager1"
#define MANAGER_PATH "/org/freedesktop/FileManager1"
#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"

/* ---- the file manager itself ---- */

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

static void
ask_manager (GTask *task, GDBusConnection *bus, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  g_dbus_connection_call (bus, MANAGER, MANAGER_PATH, MANAGER, "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_shown, task);
}

/* ---- the portal, which takes the file itself: out there it may have another name ---- */

static void
on_shown_by_portal (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GDBusConnection *bus = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();

  if (stream != NULL && !G_IS_FILE_DESCRIPTOR_BASED (stream))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The file is not on this computer");
  else if (stream != NULL)
    g_unix_fd_list_append (list, g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream)), &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.OpenURI",
                                            "OpenDirectory", g_variant_new ("(sha{sv})", "", 0, NULL),
                                            G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, list, NULL,
                                            on_shown_by_portal, g_steal_pointer (&task));
}

void
bk_app_files_show_async (GDBusConnection *bus, GFile *file, gboolean sandboxed, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_app_files_show_async);
  g_task_set_task_data (task, g_object_ref (bus), g_object_unref);
  if (sandboxed)
    g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, on_open, task);
  else
    ask_manager (task, bus, file);
}

gboolean
bk_app_files_show_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- names ---- */

char *
bk_app_files_dup_shown (const char *path)
{
  g_autofree char *documents = g_strconcat (g_get_user_runtime_dir (), "/doc/", NULL);
  const char *name = g_str_has_prefix (path, documents) ? strchr (path + strlen (documents), '/') : NULL;

  return g_filename_display_name (name != NULL && name[1] != '\0' ? name + 1 : path);
}
