/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-process.h"

#include "beckon-error.h"
#include "bk-service-machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUS_TIMEOUT_MS 10000

void
bk_service_caller_pid_async (GDBusConnection *connection, const char *sender, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixProcessID", g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, cancellable, callback, user_data);
}

guint
bk_service_caller_pid_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (connection, result, NULL);
  guint32 pid = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  if (pid == 0)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "The bus does not know the caller's process.");
  return pid;
}

/* The same test as that of the desktop portals: bubblewrap puts this file into each sandbox, the one of the bus proxy
 * that stands for a sandboxed program included. In a sandbox the numbers that the bus tells are those of the world outside,
 * and not of the processes that can be seen. */
gboolean
bk_service_process_is_sandboxed (guint pid)
{
  if (bk_service_is_sandboxed ())
    return TRUE;

  g_autofree char *root = g_strdup_printf ("/proc/%u/root", pid);
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;

  if (fd < 0)
    return TRUE;
  gboolean absent = fstatat (fd, ".flatpak-info", &info, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
  close (fd);
  return !absent;
}

static gboolean
read_process (const char *pid, BkServiceProcess *process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  /* The name in brackets may hold anything, brackets and numbers too. */
  const char *rest = strrchr (text, ')');
  process->pid = (guint) g_ascii_strtoull (pid, NULL, 10);
  return rest != NULL && sscanf (rest + 1, " %*c %u %*u %u", &process->parent, &process->session) == 2;
}

GArray *
bk_service_processes_list (void)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BkServiceProcess));
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      BkServiceProcess process;

      if (g_ascii_isdigit (*name) && read_process (name, &process))
        g_array_append_val (list, process);
    }
  return list;
}

/* 0 if there is no such process. */
guint
bk_service_process_get_parent (guint pid)
{
  g_autofree char *name = g_strdup_printf ("%u", pid);
  BkServiceProcess process;

  return read_process (name, &process) ? process.parent : 0;
}

char *
bk_service_process_get_environment (guint pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/environ", pid);
  g_autofree char *block = NULL;
  gsize length, name_length = strlen (name);

  if (!g_file_get_contents (path, &block, &length, NULL))
    return NULL;
  for (gsize i = 0; i < length; i += strlen (block + i) + 1)
    if (strncmp (block + i, name, name_length) == 0 && block[i + name_length] == '=')
      return g_strdup (block + i + name_length + 1);
  return NULL;
}
