/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-native-connect.h"
#include "bk-native-certificate.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-native-upgrade.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define MAX_HEAD 16384
#define READ_SIZE 2048

typedef struct
{
  BkNativeAddress *address;
  GTlsDatabase *database; /* nullable: the system's */
  BkClock *clock;
  BkNativeFoundFunc found; /* NULL once called */
  gpointer found_data;

  GIOStream *stream;
  GTlsCertificate *certificate; /* nullable: one that is not trusted */
  GTlsCertificateFlags faults;
  char *request;
  char *key;
  GByteArray *head;
} Connect;

static void
connect_free (Connect *connect)
{
  bk_native_address_free (connect->address);
  g_clear_object (&connect->database);
  g_object_unref (connect->clock);
  g_clear_object (&connect->stream);
  g_clear_object (&connect->certificate);
  g_free (connect->request);
  g_free (connect->key);
  g_byte_array_unref (connect->head);
  g_free (connect);
}

/* ---- errors ---- */

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Takes @cause and turns it into an error of ours with @code; that it was cancelled stays as it is. */
static void
fail (GTask *task, GError *cause, BeckonError code, const char *what)
{
  if (is_cancelled (cause))
    {
      g_task_return_error (task, cause);
      return;
    }
  g_task_return_new_error (task, BECKON_ERROR, (int) code, "%s: %s", what, cause->message);
  g_error_free (cause);
}

/* ---- step 3: the upgrade ---- */

static void read_head (GTask *task);

static void
finish_upgrade (GTask *task, gsize head_length)
{
  Connect *connect = g_task_get_task_data (task);
  GError *error = NULL;

  if (!bk_native_upgrade_check ((const char *) connect->head->data, head_length, connect->key, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_autoptr (GBytes) early = g_bytes_new (connect->head->data + head_length, connect->head->len - head_length);
  g_task_return_pointer (task, bk_native_stream_new (connect->stream, early, BK_LIMIT_FRAME, connect->clock),
                         g_object_unref);
}

static void
on_head_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connect *connect = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    {
      fail (task, error, BECKON_ERROR_CONNECT, "The server did not answer");
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_CONNECT, "The server hung up without an answer");
      return;
    }

  g_byte_array_append (connect->head, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  gssize end = bk_native_upgrade_find_end ((const char *) connect->head->data, connect->head->len);
  if (end > MAX_HEAD || (end < 0 && connect->head->len > MAX_HEAD))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_CONNECT, "The answer of the server is too long");
  else if (end >= 0)
    finish_upgrade (task, (gsize) end);
  else
    read_head (g_steal_pointer (&task));
}

static void
read_head (GTask *task)
{
  Connect *connect = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (connect->stream), READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_head_read, task);
}

static void
on_request_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    fail (task, error, BECKON_ERROR_CONNECT, "The connection broke");
  else
    read_head (g_steal_pointer (&task));
}

static void
upgrade (GTask *task)
{
  Connect *connect = g_task_get_task_data (task);

  connect->request = bk_native_upgrade_request (connect->address, &connect->key);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (connect->stream), connect->request,
                                   strlen (connect->request), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_request_written, task);
}

/* ---- step 2: encryption ---- */

static gboolean
on_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags faults,
                       gpointer user_data)
{
  Connect *connect = user_data;

  connect->faults = faults;
  g_set_object (&connect->certificate, certificate);
  return FALSE;
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connect *connect = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean done = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);

  g_signal_handlers_disconnect_by_func (source, on_accept_certificate, connect);
  if (done)
    upgrade (g_steal_pointer (&task));
  else if (connect->faults != 0 && !is_cancelled (error))
    {
      g_autofree char *reason
        = bk_native_certificate_describe (connect->certificate, connect->faults, connect->address->host);
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_CERTIFICATE, "%s", reason);
      g_error_free (error);
    }
  else
    fail (task, error, BECKON_ERROR_TLS_FAIL, "No encrypted connection could be made");
}

static void
encrypt (GTask *task)
{
  Connect *connect = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) identity = g_network_address_new (connect->address->host, connect->address->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (connect->stream, identity, &error);

  if (tls == NULL)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_TLS_FAIL, "This computer cannot encrypt: %s",
                               error->message);
      g_object_unref (task);
      return;
    }
  if (connect->database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), connect->database);
  /* WebSockets and the answer to our keep-alive say when the other end is gone. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  g_set_object (&connect->stream, tls);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), connect);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                    on_handshake_done, task);
}

/* ---- step 1: the socket ---- */

/* What a name means is for the network to say, so without encryption it is the address itself that counts. */
static gboolean
is_on_loopback (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  return G_IS_INET_SOCKET_ADDRESS (remote)
         && g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
}

static void
on_socket_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable, GIOStream *stream,
                 gpointer user_data)
{
  Connect *connect = user_data;
  BkNativeFoundFunc found = connect->found;

  if (event != G_SOCKET_CLIENT_CONNECTING || found == NULL)
    return;
  connect->found = NULL;
  found (connect->found_data);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connect *connect = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection
    = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  g_signal_handlers_disconnect_by_func (source, on_socket_event, connect);
  if (connection == NULL)
    {
      fail (task, error, BECKON_ERROR_CONNECT, "The server could not be reached");
      return;
    }
  /* Frames are small and people wait for each of them. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  connect->stream = G_IO_STREAM (g_steal_pointer (&connection));
  if (connect->address->tls)
    encrypt (g_steal_pointer (&task));
  else if (is_on_loopback (G_SOCKET_CONNECTION (connect->stream)))
    upgrade (g_steal_pointer (&task));
  else
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_TLS_FAIL,
                             "A connection to %s has to be encrypted: it is another computer",
                             connect->address->host);
}

void
bk_native_connect_async (const BkNativeAddress *address, GTlsDatabase *database, BkClock *clock,
                         BkNativeFoundFunc found, gpointer found_data, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) target = g_network_address_new (address->host, address->port);
  Connect *connect = g_new0 (Connect, 1);

  g_task_set_source_tag (task, bk_native_connect_async);
  connect->address = bk_native_address_copy (address);
  g_set_object (&connect->database, database);
  connect->clock = g_object_ref (clock);
  connect->found = found;
  connect->found_data = found_data;
  connect->head = g_byte_array_new ();
  g_task_set_task_data (task, connect, (GDestroyNotify) connect_free);

  g_socket_client_set_enable_proxy (client, address->tls);
  g_signal_connect (client, "event", G_CALLBACK (on_socket_event), connect);
  g_socket_client_connect_async (client, target, cancellable, on_connected, task);
}

/* Returns (transfer full) the stream of the WebSocket. */
BkNativeStream *
bk_native_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
