/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small HTTP server for the operator's own machine: two pages, one request a connection, nothing kept. */
#include "bk-server-private.h"

#include "beckon-error.h"

#include <string.h>

#define MAX_REQUEST 4096 /* what programs that gather numbers send is a fraction of it */
#define MAX_CLIENTS 16
#define SECONDS 10

struct _BkServerMetrics
{
  BkServer *server; /* borrowed: it owns this */
  GSocketService *service;
  GCancellable *cancellable;
  guint16 port;
  guint n_clients;
};

/* One request. Outlives the server if it has to: then @metrics is NULL. */
typedef struct
{
  BkServerMetrics *metrics; /* borrowed */
  GSocketConnection *connection;
  GCancellable *cancellable;
  GString *request;
  char *answer;
  char buffer[1024];
} Page;

static void
page_free (Page *page)
{
  if (!g_cancellable_is_cancelled (page->cancellable))
    page->metrics->n_clients--;
  g_io_stream_close (G_IO_STREAM (page->connection), NULL, NULL);
  g_object_unref (page->connection);
  g_object_unref (page->cancellable);
  g_string_free (page->request, TRUE);
  g_free (page->answer);
  g_free (page);
}

/* ---- the answer ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  page_free (user_data);
}

static void
answer (Page *page, const char *status, const char *type, const char *text)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (page->connection));

  page->answer = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
                                  "Connection: close\r\n\r\n%s", status, type, strlen (text), text);
  g_output_stream_write_all_async (out, page->answer, strlen (page->answer), G_PRIORITY_DEFAULT, page->cancellable,
                                   on_written, page);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Page *page = user_data;
  g_autoptr (GError) error = NULL;

  if (bk_server_probe_finish (BK_SERVER (source), result, &error))
    answer (page, "200 OK", "text/plain; charset=utf-8", "ok\n");
  else
    {
      g_autofree char *text = g_strconcat (error->message, "\n", NULL);
      answer (page, "503 Service Unavailable", "text/plain; charset=utf-8", text);
    }
}

static void
answer_request (Page *page)
{
  const char *line = page->request->str;

  if (g_str_has_prefix (line, "GET /metrics "))
    {
      g_autofree char *text = bk_server_metrics_describe (page->metrics->server);
      answer (page, "200 OK", "text/plain; version=0.0.4; charset=utf-8", text);
    }
  else if (g_str_has_prefix (line, "GET /health "))
    bk_server_probe_async (page->metrics->server, TRUE, on_probed, page);
  else if (g_str_has_prefix (line, "GET "))
    answer (page, "404 Not Found", "text/plain", "There are /health and /metrics\n");
  else
    answer (page, "405 Method Not Allowed", "text/plain", "GET only\n");
}

/* ---- the request ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Page *page = user_data;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (length <= 0 || g_cancellable_is_cancelled (page->cancellable) || page->request->len + (gsize) length > MAX_REQUEST)
    {
      page_free (page);
      return;
    }
  g_string_append_len (page->request, page->buffer, length);
  if (strstr (page->request->str, "\r\n\r\n") != NULL)
    answer_request (page);
  else
    g_input_stream_read_async (G_INPUT_STREAM (source), page->buffer, sizeof page->buffer, G_PRIORITY_DEFAULT,
                               page->cancellable, on_read, page);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  BkServerMetrics *self = user_data;

  if (self->n_clients >= MAX_CLIENTS)
    return TRUE; /* cut */
  Page *page = g_new0 (Page, 1);
  page->metrics = self;
  page->connection = g_object_ref (connection);
  page->cancellable = g_object_ref (self->cancellable);
  page->request = g_string_new (NULL);
  self->n_clients++;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), SECONDS);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)), page->buffer,
                             sizeof page->buffer, G_PRIORITY_DEFAULT, page->cancellable, on_read, page);
  return TRUE;
}

/* ---- listening ---- */

static GSocketAddress *
parse (const char *text, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port;

  if (!bk_server_split_address (text, &host, &port, error))
    return NULL;
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host);
  if (inet != NULL && g_inet_address_get_is_loopback (inet))
    return g_inet_socket_address_new (inet, port);
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
               "The value of “metrics” is not a loopback address, as 127.0.0.1:9290: who asks is not asked for a password");
  return NULL;
}

/* Whether @text is an address for this. */
gboolean
bk_server_metrics_check (const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = parse (text, error);

  return address != NULL;
}

BkServerMetrics *
bk_server_metrics_new (BkServer *server, const char *address, GError **error)
{
  g_autoptr (GSocketAddress) wanted = parse (address, error);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GSocketService) service = wanted != NULL ? g_socket_service_new () : NULL;

  if (service == NULL
      || !g_socket_listener_add_address (G_SOCKET_LISTENER (service), wanted, G_SOCKET_TYPE_STREAM,
                                         G_SOCKET_PROTOCOL_TCP, NULL, &got, error))
    {
      if (wanted != NULL)
        g_prefix_error (error, "The metrics cannot be told on %s: ", address);
      return NULL;
    }
  BkServerMetrics *self = g_new0 (BkServerMetrics, 1);
  self->server = server;
  self->cancellable = g_cancellable_new ();
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->service = g_steal_pointer (&service);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

guint16
bk_server_metrics_get_port (BkServerMetrics *self)
{
  return self->port;
}

/* Requests that are under way end by themselves. */
void
bk_server_metrics_free (BkServerMetrics *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self);
}
