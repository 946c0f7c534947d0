/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"

#include <string.h>

/* ---- the server ---- */

static void
on_opened (BkServerConn *conn, gpointer user_data)
{
  NetFixture *f = user_data;

  f->opened++;
  g_ptr_array_add (f->conns, conn);
}

static void
on_frame (BkServerConn *conn, const char *text, gsize length, gpointer user_data)
{
  NetFixture *f = user_data;

  g_assert_cmpuint (strlen (text), ==, length);
  f->frames++;
  g_string_truncate (f->last, 0);
  g_string_append_len (f->last, text, length);
  if (f->echo)
    bk_server_conn_send_text (conn, text, length);
  if (f->close_on_frame)
    {
      g_assert_true (bk_server_conn_send_text (conn, "first", -1));
      g_assert_true (bk_server_conn_send_text (conn, "second", -1));
      bk_server_conn_close (conn, 4001, "enough");
      g_assert_false (bk_server_conn_send_text (conn, "never", -1));
    }
}

static void
on_closed (BkServerConn *conn, BkServerClosed reason, gpointer user_data)
{
  NetFixture *f = user_data;

  g_assert_true (g_ptr_array_remove (f->conns, conn));
  f->closed++;
  f->last_closed = reason;
}

static const BkServerNetHandler handler = { on_opened, on_frame, on_closed };

/* The configuration of most tests: any port, an echo, nobody has to sign in. */
void
net_fixture_config (BkServerNetConfig *config)
{
  static const BkServerNetAddress loopback = { "127.0.0.1", 0 };

  bk_server_net_config_init (config);
  config->addresses = &loopback;
  config->n_addresses = 1;
  config->path = NET_PATH;
  config->subprotocol = NET_SUBPROTOCOL;
  config->sign_in_ms = 0;
}

void
net_fixture_start (NetFixture *f, const BkServerNetConfig *config)
{
  g_autoptr (GError) error = NULL;
  BkServerNetConfig standard;

  net_fixture_config (&standard);
  *f = (NetFixture){ .echo = TRUE, .conns = g_ptr_array_new (), .last = g_string_new (NULL) };
  f->net = bk_server_net_new (config != NULL ? config : &standard, &handler, f, &error);
  g_assert_no_error (error);
  f->port = bk_server_net_get_port (f->net, 0);
  g_assert_cmpuint (f->port, !=, 0);
}

void
net_fixture_stop (NetFixture *f)
{
  g_clear_pointer (&f->net, bk_server_net_free);
  g_assert_cmpuint (f->conns->len, ==, 0);
  g_assert_cmpuint (f->opened, ==, f->closed);
  g_ptr_array_unref (f->conns);
  g_string_free (f->last, TRUE);
}

const BkServerNetStats *
net_stats (NetFixture *f)
{
  return bk_server_net_get_stats (f->net);
}

BkServerConn *
net_first (NetFixture *f)
{
  return g_ptr_array_index (f->conns, 0);
}

/* ---- the client ---- */

static gboolean
on_raw_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RawClient *raw = user_data;
  char buffer[16384];
  gssize size = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (size > 0)
    {
      g_byte_array_append (raw->in, (const guint8 *) buffer, (guint) size);
      return G_SOURCE_CONTINUE;
    }
  raw->eof = TRUE;
  return G_SOURCE_REMOVE;
}

static void
start_reading (RawClient *raw)
{
  raw->source = g_socket_create_source (raw->socket, G_IO_IN, NULL);
  g_source_set_callback (raw->source, G_SOURCE_FUNC (on_raw_readable), raw, NULL);
  g_source_attach (raw->source, NULL);
}

RawClient *
raw_connect (guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  RawClient *raw = g_new0 (RawClient, 1);

  raw->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  /* The kernel answers from the backlog: this does not wait for the server, which lives in the same thread. */
  g_socket_connect (raw->socket, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (raw->socket, FALSE);
  raw->in = g_byte_array_new ();
  start_reading (raw);
  return raw;
}

void
raw_stop_reading (RawClient *raw)
{
  g_source_destroy (raw->source);
}

void
raw_read_again (RawClient *raw)
{
  g_source_unref (raw->source);
  start_reading (raw);
}

void
raw_free (RawClient *raw)
{
  g_source_destroy (raw->source);
  g_source_unref (raw->source);
  g_object_unref (raw->socket);
  g_byte_array_unref (raw->in);
  g_free (raw);
}

static gboolean
is_writable (gpointer socket)
{
  return (g_socket_condition_check (socket, G_IO_OUT) & (G_IO_OUT | G_IO_ERR | G_IO_HUP)) != 0;
}

/* Sends all, letting the server work meanwhile; stops when the server has hung up. */
void
raw_send (RawClient *raw, gconstpointer data, gsize size)
{
  const char *p = data;

  while (size > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize sent = g_socket_send (raw->socket, p, size, NULL, &error);
      if (sent > 0)
        {
          p += sent;
          size -= (gsize) sent;
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_main_context_iteration (NULL, FALSE);
          if (!is_writable (raw->socket))
            g_main_context_iteration (NULL, TRUE);
        }
      else
        return;
    }
}

void
raw_send_request (RawClient *raw, const char *path, const char *subprotocol, const char *extra)
{
  g_autofree char *protocol
    = subprotocol == NULL ? g_strdup ("") : g_strdup_printf ("Sec-WebSocket-Protocol: %s\r\n", subprotocol);
  g_autofree char *request
    = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s\r\n",
                       path, protocol, extra == NULL ? "" : extra);

  raw_send (raw, request, strlen (request));
}

static gsize
head_size (RawClient *raw)
{
  const char *end = raw->in->len == 0 ? NULL : memmem (raw->in->data, raw->in->len, "\r\n\r\n", 4);

  return end == NULL ? 0 : (gsize) (end - (const char *) raw->in->data) + 4;
}

static gboolean
has_head_or_eof (gpointer raw)
{
  return head_size (raw) > 0 || ((RawClient *) raw)->eof;
}

/* Waits for the answer to a request and returns its head, "" if the server hung up without one. */
char *
raw_take_answer (RawClient *raw)
{
  bk_test_wait_until (has_head_or_eof, raw);
  gsize size = head_size (raw);
  char *head = g_strndup (size == 0 ? "" : (const char *) raw->in->data, size);
  if (size > 0)
    g_byte_array_remove_range (raw->in, 0, (guint) size);
  return head;
}

/* Returns a client whose WebSocket is open on both ends. */
RawClient *
raw_open (NetFixture *f)
{
  RawClient *raw = raw_connect (f->port);

  raw_send_request (raw, NET_PATH, NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  g_assert_nonnull (strstr (answer, "Sec-WebSocket-Protocol: " NET_SUBPROTOCOL));
  g_assert_null (strstr (answer, "Extensions"));
  return raw;
}

/* @first is the first byte of the frame: RAW_FIN, opcode. */
void
raw_append_frame (GByteArray *bytes, guint8 first, gconstpointer payload, gsize size)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
  guint8 head[14] = { first };
  guint n = 2;

  if (size < 126)
    head[1] = 0x80 | (guint8) size;
  else if (size < 65536)
    {
      head[1] = 0x80 | 126;
      head[2] = (guint8) (size >> 8);
      head[3] = (guint8) size;
      n = 4;
    }
  else
    {
      guint64 big = GUINT64_TO_BE ((guint64) size);
      head[1] = 0x80 | 127;
      memcpy (head + 2, &big, 8);
      n = 10;
    }
  memcpy (head + n, mask, 4);
  g_byte_array_append (bytes, head, n + 4);
  guint start = bytes->len;
  g_byte_array_append (bytes, payload, (guint) size);
  for (gsize i = 0; i < size; i++)
    bytes->data[start + i] ^= mask[i & 3];
}

void
raw_send_frame (RawClient *raw, guint8 first, gconstpointer payload, gsize size)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  raw_append_frame (bytes, first, payload, size);
  raw_send (raw, bytes->data, bytes->len);
}

/* Returns how long the frame at the start of what came is, 0 if it is not complete. */
static gsize
frame_size (RawClient *raw, gsize *payload)
{
  const guint8 *in = raw->in->data;
  gsize have = raw->in->len, head = 2, size;

  if (have < 2)
    return 0;
  g_assert_cmpuint (in[1] & 0x80, ==, 0); /* a server does not mask */
  size = in[1];
  if (size == 126)
    head = 4;
  else if (size == 127)
    head = 10;
  if (have < head)
    return 0;
  if (head > 2)
    {
      size = 0;
      for (gsize i = 2; i < head; i++)
        size = size << 8 | in[i];
    }
  *payload = head;
  return have >= head + size ? head + size : 0;
}

static gboolean
has_frame_or_eof (gpointer raw)
{
  gsize payload;

  return frame_size (raw, &payload) > 0 || ((RawClient *) raw)->eof;
}

/* Waits for the next frame. */
GBytes *
raw_take_frame (RawClient *raw, guint8 *first)
{
  gsize payload = 0;

  bk_test_wait_until (has_frame_or_eof, raw);
  gsize size = frame_size (raw, &payload);
  g_assert_cmpuint (size, >, 0);
  *first = raw->in->data[0];
  GBytes *bytes = g_bytes_new (raw->in->data + payload, size - payload);
  g_byte_array_remove_range (raw->in, 0, (guint) size);
  return bytes;
}

void
raw_expect_text (RawClient *raw, const char *text)
{
  guint8 first;
  g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);

  g_assert_cmphex (first, ==, RAW_FIN | RAW_TEXT);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

/* Waits for the server's close frame, answers it, and returns its code. */
guint16
raw_take_close (RawClient *raw, char **reason)
{
  guint8 first;
  gsize size;
  g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_cmphex (first, ==, RAW_FIN | RAW_CLOSE);
  g_assert_cmpuint (size, >=, 2);
  if (reason != NULL)
    *reason = g_strndup ((const char *) data + 2, size - 2);
  raw_send_frame (raw, RAW_FIN | RAW_CLOSE, data, size);
  return (guint16) (data[0] << 8 | data[1]);
}

void
raw_wait_eof (RawClient *raw)
{
  bk_test_wait_for_flag (&raw->eof);
}
