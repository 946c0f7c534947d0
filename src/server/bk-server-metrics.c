/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small HTTP server for the operator's own machine: two pages, one request a connection, nothing kept. */
#include "bk-server-private.h"

#include "beckon-error.h"

#include <libsoup/soup.h>
#include <string.h>

#define MAX_REQUEST 4096 /* what programs that gather numbers send is a fraction of it */
#define MAX_CLIENTS 16
#define MAX_MS 10000 /* for a whole request, and for taking the answer */

struct _BkServerMetrics
{
  BkServer *server; /* borrowed: it owns this */
  GSocketService *service;
  guint16 port;
  GQueue pages; /* of Page, in the order in which they came; each is freed when what it waits for has come to an end */
};

/* One request. Outlives the server if it has to. */
typedef struct
{
  BkServerMetrics *metrics; /* borrowed; NULL: it has been given up */
  GList link;               /* in its pages */
  guint timer;
  GSocketConnection *connection;
  GCancellable *cancellable;
  GString *request;
  char *answer;
  char buffer[1024];
} Page;

static void
forget (Page *page)
{
  if (page->metrics == NULL)
    return;
  bk_clock_clear (page->metrics->server->clock, &page->timer);
  g_queue_unlink (&page->metrics->pages, &page->link);
  page->metrics = NULL;
}

static void
page_free (Page *page)
{
  forget (page);
  g_io_stream_close (G_IO_STREAM (page->connection), NULL, NULL);
  g_object_unref (page->connection);
  g_object_unref (page->cancellable);
  g_string_free (page->request, TRUE);
  g_free (page->answer);
  g_free (page);
}

/* What it waits for ends soon, and frees it. */
static void
give_up (Page *page)
{
  forget (page);
  g_cancellable_cancel (page->cancellable);
}

static void
on_late (gpointer user_data)
{
  Page *page = user_data;

  page->timer = 0;
  give_up (page);
}

static void
set_timer (Page *page)
{
  BkClock *clock = page->metrics->server->clock;

  bk_clock_clear (clock, &page->timer);
  page->timer = bk_clock_add (clock, MAX_MS, on_late, page);
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

  set_timer (page);
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
  gboolean good = bk_server_probe_finish (BK_SERVER (source), result, &error);

  if (page->metrics == NULL)
    page_free (page);
  else if (good)
    answer (page, "200 OK", "text/plain; charset=utf-8", "ok\n");
  else
    {
      g_autofree char *text = g_strconcat (error->message, "\n", NULL);
      answer (page, "503 Service Unavailable", "text/plain; charset=utf-8", text);
    }
}

/* Whether @host, which may have a port behind it, is a name or an address of this machine for itself. */
static gboolean
is_loopback (const char *host)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (host, 80, NULL);
  if (address == NULL)
    return FALSE;

  const char *name = g_network_address_get_hostname (G_NETWORK_ADDRESS (address));
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (name);
  return inet != NULL ? g_inet_address_get_is_loopback (inet) : g_ascii_strcasecmp (name, "localhost") == 0;
}

/* A page of the web can have its name turned to this machine and be allowed to read what is answered under that name;
 * the browser then says for which one it asks. Programs that say nothing of it are no browsers. */
static gboolean
host_is_welcome (SoupMessageHeaders *headers)
{
  SoupMessageHeadersIter iter;
  const char *name, *value;
  gboolean welcome = TRUE;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (g_ascii_strcasecmp (name, "Host") == 0)
      welcome = welcome && is_loopback (value);
  return welcome;
}

/* @length: of the head, up to its empty line. */
static void
answer_request (Page *page, gsize length)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *method = NULL, *target = NULL;
  SoupHTTPVersion version;

  bk_clock_clear (page->metrics->server->clock, &page->timer);
  gboolean is_request = soup_headers_parse_request (page->request->str, (int) length, headers, &method, &target, &version)
                        == SOUP_STATUS_OK;
  if (!host_is_welcome (headers))
    answer (page, "421 Misdirected Request", "text/plain", "Ask by localhost or by a loopback address\n");
  else if (!is_request || !g_str_equal (method, "GET"))
    answer (page, "405 Method Not Allowed", "text/plain", "GET only\n");
  else if (g_str_equal (target, "/metrics"))
    {
      g_autofree char *text = bk_server_metrics_describe (page->metrics->server);
      answer (page, "200 OK", "text/plain; version=0.0.4; charset=utf-8", text);
    }
  else if (g_str_equal (target, "/health"))
    bk_server_probe_async (page->metrics->server, TRUE, on_probed, page);
  else
    answer (page, "404 Not Found", "text/plain", "There are /health and /metrics\n");
}

/* ---- the request ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Page *page = user_data;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (length <= 0 || page->metrics == NULL || page->request->len + (gsize) length > MAX_REQUEST)
    {
      page_free (page);
      return;
    }
  g_string_append_len (page->request, page->buffer, length);
  const char *end = strstr (page->request->str, "\r\n\r\n");
  if (end != NULL)
    answer_request (page, (gsize) (end - page->request->str) + 2);
  else
    g_input_stream_read_async (G_INPUT_STREAM (source), page->buffer, sizeof page->buffer, G_PRIORITY_DEFAULT,
                               page->cancellable, on_read, page);
}

/* Those that have not said yet what they want, the oldest first: who does is there for a moment only. */
static void
make_room (BkServerMetrics *self)
{
  GList *l = self->pages.head;

  while (l != NULL && strstr (((Page *) l->data)->request->str, "\r\n\r\n") != NULL)
    l = l->next;
  if (l == NULL)
    l = self->pages.head;
  if (self->pages.length >= MAX_CLIENTS)
    give_up (l->data);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  BkServerMetrics *self = user_data;
  Page *page = g_new0 (Page, 1);

  make_room (self);
  page->metrics = self;
  page->connection = g_object_ref (connection);
  page->cancellable = g_cancellable_new ();
  page->request = g_string_new (NULL);
  page->link.data = page;
  g_queue_push_tail_link (&self->pages, &page->link);
  set_timer (page);
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
  while (self->pages.head != NULL)
    give_up (self->pages.head->data);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self);
}
