/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that the service launched has no terminal. It opens a socket in the user's runtime directory, and
 * `beckon-pipe --attach` goes in there with the standard input and output that it was called with. */
#include "bk-pipe.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PREFIX "pipe-"
#define SUFFIX ".sock"
#define INVITEE "+invitee" /* a trial has both sides in one folder */
#define WELCOME "!" /* whoever comes in reads it first */

/* In a Flatpak, one part of the user's runtime folder is the same for all its sandboxes: the program that the service
 * launched and the one that somebody called are not in the same. */
static char *
dup_folder (GError **error)
{
  const char *flatpak = g_getenv ("FLATPAK_ID");
  g_autofree char *shared = flatpak != NULL ? g_build_filename ("app", flatpak, NULL) : g_strdup ("");
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), shared, "beckon", NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "The folder %s cannot be made: %s", folder,
                   g_strerror (errno));
      return NULL;
    }
  return g_steal_pointer (&folder);
}

/* A SessionID as it stands in the name of the socket: lower case, without braces. NULL if it holds anything strange. */
static char *
dup_bare_id (const char *session)
{
  gsize length = strlen (session);
  gsize start = session[0] == '{' ? 1 : 0;

  if (length > start && session[length - 1] == '}')
    length--;
  g_autofree char *bare = g_ascii_strdown (session + start, (gssize) (length - start));
  return *bare != '\0' && strspn (bare, "0123456789abcdef-") == strlen (bare) ? g_steal_pointer (&bare) : NULL;
}

/* ---- the door ---- */

struct _BkPipeDoor
{
  GSocketListener *listener;
  GCancellable *cancellable;
  char *path;
  BkPipeAttached attached;
  gpointer user_data;
};

/* Not by GCredentials: they are none for a process that cannot be seen from here, as in another sandbox. */
static gboolean
is_same_user (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid ();
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkPipeDoor *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
    = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);

  if (connection == NULL)
    return; /* closed, and perhaps freed */

  GSocket *socket = g_socket_connection_get_socket (connection);
  int fd = -1;
  /* The folder keeps others out already. */
  if (is_same_user (g_socket_get_fd (socket))
      && g_socket_send (socket, WELCOME, strlen (WELCOME), NULL, NULL) == strlen (WELCOME))
    fd = dup (g_socket_get_fd (socket));
  if (fd < 0)
    {
      g_socket_listener_accept_async (self->listener, self->cancellable, on_attached, self);
      return;
    }
  g_unlink (self->path);
  g_socket_listener_close (self->listener);
  self->attached (fd, self->user_data);
}

/* The socket gets its name when it already listens: whoever sees it can go in. */
static gboolean
open_door (BkPipeDoor *self, GError **error)
{
  g_autofree char *hidden = g_strconcat (self->path, ".new", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (hidden);

  g_unlink (hidden);
  if (!g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                      NULL, error))
    return FALSE;
  if (g_rename (hidden, self->path) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", self->path, g_strerror (errno));
  g_unlink (hidden);
  return FALSE;
}

BkPipeDoor *
bk_pipe_door_new (const char *session, gboolean invitee, BkPipeAttached attached, gpointer user_data, GError **error)
{
  g_autofree char *folder = dup_folder (error);
  g_autofree char *bare = dup_bare_id (session);

  if (folder == NULL)
    return NULL;
  if (bare == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The session has a strange name");
      return NULL;
    }

  BkPipeDoor *self = g_new0 (BkPipeDoor, 1);
  self->path = g_strdup_printf ("%s/" PREFIX "%s%s" SUFFIX, folder, bare, invitee ? INVITEE : "");
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->attached = attached;
  self->user_data = user_data;
  if (!open_door (self, error))
    {
      bk_pipe_door_free (self);
      return NULL;
    }
  g_socket_listener_accept_async (self->listener, self->cancellable, on_attached, self);
  return self;
}

void
bk_pipe_door_free (BkPipeDoor *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  g_unlink (self->path);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_free (self->path);
  g_free (self);
}

/* ---- going in ---- */

typedef struct
{
  char *folder;
  char *wanted; /* nullable: how the name begins after the prefix */
  char *trying; /* nullable: the socket that is being tried */
  GSocketConnection *connection; /* nullable: to it */
  char welcome[1];
  GFileMonitor *monitor;
} Attaching;

static void
attaching_free (Attaching *attaching)
{
  g_clear_object (&attaching->monitor);
  g_clear_object (&attaching->connection);
  g_free (attaching->folder);
  g_free (attaching->wanted);
  g_free (attaching->trying);
  g_free (attaching);
}

/* Returns of how many sessions there are sockets that fit, and in @path one of the last of them. */
static guint
find_sockets (Attaching *attaching, char **path)
{
  g_autoptr (GDir) dir = g_dir_open (attaching->folder, 0, NULL);
  g_autoptr (GHashTable) sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_prefix (name, PREFIX) || !g_str_has_suffix (name, SUFFIX)
          || (attaching->wanted != NULL && !g_str_has_prefix (name + strlen (PREFIX), attaching->wanted)))
        continue;
      g_free (*path);
      *path = g_build_filename (attaching->folder, name, NULL);
      name += strlen (PREFIX);
      g_hash_table_add (sessions, g_strndup (name, strcspn (name, "+.")));
    }
  return g_hash_table_size (sessions);
}

/* Ends the watching, which holds the task. */
static void
stop_watching (Attaching *attaching)
{
  if (attaching->monitor != NULL)
    g_file_monitor_cancel (attaching->monitor);
  g_clear_object (&attaching->monitor);
}

static void try (GTask *task);

/* There is no way in here; there may be another. */
static void
go_on (GTask *task, const GError *error)
{
  Attaching *attaching = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    {
      stop_watching (attaching);
      return;
    }
  /* A program that was killed left its socket behind, or it was quicker than we and took it away. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_unlink (attaching->trying);
  g_clear_pointer (&attaching->trying, g_free);
  try (g_object_ref (task));
}

static void
on_welcome (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attaching *attaching = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_steal_pointer (&attaching->connection);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n <= 0)
    {
      go_on (task, error);
      return;
    }
  int fd = dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  stop_watching (attaching);
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", g_strerror (errno));
}

/* Whoever comes as the second, before the door is closed, stands outside until then. */
static void
on_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attaching *attaching = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  attaching->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (attaching->connection == NULL)
    {
      go_on (task, error);
      return;
    }
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (attaching->connection));
  g_input_stream_read_async (stream, attaching->welcome, sizeof attaching->welcome, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_welcome, g_object_ref (task));
}

/* Takes @task. */
static void
try (GTask *task)
{
  Attaching *attaching = g_task_get_task_data (task);
  g_autofree char *path = NULL;
  guint n = find_sockets (attaching, &path);

  if (n == 0)
    {
      g_object_unref (task); /* the monitor holds it too */
      return;
    }
  if (n > 1)
    {
      stop_watching (attaching);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "Several pipes are open: name the session, see beckonctl sessions");
      g_object_unref (task);
      return;
    }
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  attaching->trying = g_steal_pointer (&path);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), g_task_get_cancellable (task), on_in, task);
}

static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, GTask *task)
{
  Attaching *attaching = g_task_get_task_data (task);

  if (attaching->trying == NULL && attaching->monitor != NULL)
    try (g_object_ref (task));
}

static void
on_watch_over (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

static void
on_attach_cancelled (GCancellable *cancellable, GTask *task_in)
{
  g_autoptr (GTask) task = g_object_ref (task_in);
  Attaching *attaching = g_task_get_task_data (task);

  if (attaching->trying != NULL || attaching->monitor == NULL)
    return; /* the connection is cancelled, or all is over */
  stop_watching (attaching);
  g_task_return_error_if_cancelled (task);
}

/* @session may be the beginning of a SessionID. Waits until @cancellable is cancelled. */
void
bk_pipe_attach_async (const char *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Attaching *attaching = g_new0 (Attaching, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_pipe_attach_async);
  g_task_set_task_data (task, attaching, (GDestroyNotify) attaching_free);
  attaching->folder = dup_folder (&error);
  attaching->wanted = session != NULL ? dup_bare_id (session) : NULL;
  if (error == NULL && session != NULL && attaching->wanted == NULL)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s is no SessionID", session);
  if (error == NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (attaching->folder);
      attaching->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_file_monitor_set_rate_limit (attaching->monitor, 0);
  g_signal_connect_data (attaching->monitor, "changed", G_CALLBACK (on_folder_changed), g_object_ref (task),
                         on_watch_over, 0);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_attach_cancelled), task, 0);
  try (g_steal_pointer (&task));
}

int
bk_pipe_attach_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}
