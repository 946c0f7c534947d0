/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-native-connect.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GQueue attempts; /* element-type GTask, owned */
static int server_fd = -1;
static GByteArray *incoming;
static GQueue waiting; /* of ids */
static gint64 last_id;

typedef struct
{
  BkClock *clock;
  BkNativeFoundFunc found;
  gpointer found_data;
} Attempt;

/* ---- bk-native-connect.h ---- */

static void
attempt_free (gpointer data)
{
  g_object_unref (((Attempt *) data)->clock);
  g_free (data);
}

void
bk_native_connect_async (const BkNativeAddress *address, GTlsDatabase *database, BkClock *clock,
                         BkNativeFoundFunc found, gpointer found_data, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->clock = g_object_ref (clock);
  attempt->found = found;
  attempt->found_data = found_data;
  g_task_set_task_data (task, attempt, attempt_free);
  g_queue_push_tail (&attempts, task);
}

BkNativeStream *
bk_native_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- attempts ---- */

gboolean
wire_refuse (void)
{
  g_autoptr (GTask) task = g_queue_pop_head (&attempts);

  if (task == NULL)
    return FALSE;
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_CONNECT, "The server could not be reached");
  return TRUE;
}

gboolean
wire_accept (void)
{
  g_autoptr (GTask) task = g_queue_pop_head (&attempts);
  int fds[2];

  if (task == NULL)
    return FALSE;
  if (g_task_return_error_if_cancelled (task))
    return TRUE;

  const Attempt *attempt = g_task_get_task_data (task);
  wire_hang_up ();
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    g_error ("There is no pair of sockets");
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[0], NULL);
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GBytes) early = g_bytes_new_static ("", 0);
  server_fd = fds[1];
  attempt->found (attempt->found_data);
  g_task_return_pointer (task, bk_native_stream_new (G_IO_STREAM (connection), early, BK_LIMIT_FRAME, attempt->clock),
                         g_object_unref);
  return TRUE;
}

gboolean
wire_is_open (void)
{
  return server_fd >= 0;
}

/* ---- to the client ---- */

void
wire_send_bytes (gconstpointer data, gsize size)
{
  /* Whom nobody reads is not waited for. */
  if (server_fd >= 0 && send (server_fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    g_debug ("Nobody takes it");
}

void
wire_send_text (const char *text)
{
  gsize length = strlen (text);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 head[4] = { 0x81, (guint8) length };
  guint n = 2;

  if (length > 125)
    {
      head[1] = 126;
      head[2] = (guint8) (length >> 8);
      head[3] = (guint8) length;
      n = 4;
    }
  g_byte_array_append (bytes, head, n);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
  wire_send_bytes (bytes->data, bytes->len);
}

void
wire_hang_up (void)
{
  if (server_fd >= 0)
    close (server_fd);
  server_fd = -1;
  g_clear_pointer (&incoming, g_byte_array_unref);
  g_queue_clear_full (&waiting, g_free);
}

/* ---- from the client ---- */

static void
take_text (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  gint64 id;
  g_autoptr (BkFrame) frame = bk_frame_parse_request (text, length, &id, &error);

  if (frame == NULL)
    g_error ("Broken: what the client says can be read: %s: %.*s", error->message, (int) length, text);
  g_debug ("> %.*s", (int) length, text);
  last_id = id;
  g_queue_push_tail (&waiting, g_memdup2 (&id, sizeof id));
}

/* Takes one message off the front. FALSE: there is no whole one. */
static gboolean
take_message (void)
{
  guint8 *data = incoming->data;
  gsize have = incoming->len, head = 2;

  if (have < 2)
    return FALSE;
  gsize size = data[1] & 0x7F;
  head = size == 126 ? 4 : size == 127 ? 10 : 2;
  if (have < head + 4)
    return FALSE;
  if (head > 2)
    {
      size = 0;
      for (gsize i = 2; i < head; i++)
        size = size << 8 | data[i];
    }
  if (have < head + 4 + size)
    return FALSE;
  if ((data[1] & 0x80) == 0 || size > BK_LIMIT_FRAME)
    g_error ("Broken: the client keeps the rules of WebSockets");
  for (gsize i = 0; i < size; i++)
    data[head + 4 + i] ^= data[head + (i & 3)];
  if ((data[0] & 0x0F) == 1)
    take_text ((const char *) data + head + 4, size);
  g_byte_array_remove_range (incoming, 0, (guint) (head + 4 + size));
  return TRUE;
}

void
wire_read (void)
{
  char buffer[16384];
  gssize size;

  if (incoming == NULL)
    incoming = g_byte_array_new ();
  while (server_fd >= 0 && (size = recv (server_fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (incoming, (const guint8 *) buffer, (guint) size);
  while (take_message ())
    continue;
}

gint64
wire_next_id (void)
{
  g_autofree gint64 *id = g_queue_pop_head (&waiting);

  return id != NULL ? *id : 0;
}

gint64
wire_last_id (void)
{
  return last_id;
}

void
wire_reset (void)
{
  wire_hang_up ();
  last_id = 0;
  while (wire_refuse ())
    continue;
}
