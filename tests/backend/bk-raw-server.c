/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-raw-server.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9
#define FIN 0x80

typedef struct
{
  BkRawServer *server;
  GIOStream *stream;
  guint8 buffer[4096];
} Reader;

static void
reader_free (Reader *reader)
{
  g_object_unref (reader->stream);
  g_free (reader);
}

void
bk_raw_server_send_raw (BkRawServer *self, gconstpointer data, gsize length)
{
  /* The client may have hung up already: that is for the test to see on the other side. */
  g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), data, length, NULL, NULL, NULL);
}

void
bk_raw_server_send_frame (BkRawServer *self, guint8 first_byte, gconstpointer data, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 head[10] = { first_byte };
  gsize size = 2;

  if (length < 126)
    head[1] = (guint8) length;
  else
    {
      gsize n = length < 65536 ? 2 : 8;
      head[1] = n == 2 ? 126 : 127;
      size = 2 + n;
      for (gsize i = 0; i < n; i++)
        head[size - 1 - i] = (guint8) (length >> (8 * i));
    }
  g_byte_array_append (frame, head, (guint) size);
  g_byte_array_append (frame, data, (guint) length);
  bk_raw_server_send_raw (self, frame->data, frame->len);
}

void
bk_raw_server_send (BkRawServer *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  bk_raw_server_send_frame (self, FIN | OPCODE_TEXT, text, strlen (text));
}

void
bk_raw_server_hang_up (BkRawServer *self)
{
  g_autoptr (GIOStream) stream = g_steal_pointer (&self->stream);

  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  g_clear_pointer (&self->head, g_free);
  g_ptr_array_set_size (self->frames, 0);
  self->n_read = 0;
}

static void
answer_head (BkRawServer *self)
{
  char *end = strstr (self->input->str, "\r\n\r\n");
  if (end == NULL || self->silent)
    return;

  self->head = g_strndup (self->input->str, (gsize) (end + 4 - self->input->str));
  g_string_erase (self->input, 0, end + 4 - self->input->str);
  if (self->answer != NULL)
    {
      bk_raw_server_send_raw (self, self->answer, strlen (self->answer));
      return;
    }

  const char *key = strstr (self->head, "Sec-WebSocket-Key: ");
  g_assert_nonnull (key);
  key += strlen ("Sec-WebSocket-Key: ");
  g_autofree char *joined = g_strdup_printf ("%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                             (int) strcspn (key, "\r"), key);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_checksum_update (checksum, (const guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &length);
  g_autofree char *accept = g_base64_encode (digest, length);
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                           "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                                           "Sec-WebSocket-Protocol: beckon.1\r\n\r\n", accept);
  bk_raw_server_send_raw (self, text, strlen (text));
}

static void
take_frame (BkRawServer *self, guint8 opcode, const char *text, gsize length)
{
  if (opcode == OPCODE_PING)
    self->n_pings++;
  if (opcode != OPCODE_TEXT)
    return;

  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->frames, json_object_ref (json_node_get_object (json_parser_get_root (parser))));
}

/* Client frames are masked. Those of the tests are shorter than 64 KiB. */
static gboolean
read_frame (BkRawServer *self)
{
  const guint8 *data = (const guint8 *) self->input->str;
  gsize length, head = 2;

  if (self->input->len < 2)
    return FALSE;
  length = data[1] & 0x7F;
  if (length == 126)
    {
      head = 4;
      if (self->input->len < head)
        return FALSE;
      length = (gsize) data[2] << 8 | data[3];
    }
  g_assert_cmpuint (length, <, 65536);
  if (self->input->len < head + 4 + length)
    return FALSE;

  g_autofree char *text = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    text[i] = (char) (data[head + 4 + i] ^ data[head + i % 4]);
  text[length] = '\0';
  guint8 opcode = data[0] & 0x0F;
  g_string_erase (self->input, 0, (gssize) (head + 4 + length));
  take_frame (self, opcode, text, length);
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reader *reader = user_data;
  BkRawServer *self = reader->server;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (length < 0 && g_io_stream_is_closed (reader->stream))
    {
      reader_free (reader);
      return;
    }
  if (length <= 0 || self->stream != reader->stream)
    {
      self->n_ends++;
      reader_free (reader);
      return;
    }
  g_string_append_len (self->input, (const char *) reader->buffer, length);
  if (self->head == NULL)
    answer_head (self);
  while (self->head != NULL && read_frame (self))
    ;
  g_input_stream_read_async (G_INPUT_STREAM (source), reader->buffer, sizeof reader->buffer, G_PRIORITY_DEFAULT, NULL,
                             on_read, reader);
}

static void
start_reading (BkRawServer *self)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->server = self;
  reader->stream = g_object_ref (self->stream);
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), reader->buffer, sizeof reader->buffer,
                             G_PRIORITY_DEFAULT, NULL, on_read, reader);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  BkRawServer *self = user_data;
  g_autoptr (GError) error = NULL;

  self->n_connections++;
  g_clear_object (&self->stream);
  g_clear_pointer (&self->head, g_free);
  g_string_truncate (self->input, 0);
  g_ptr_array_set_size (self->frames, 0);
  self->n_read = 0;
  if (self->certificate != NULL)
    {
      self->stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
      g_assert_no_error (error);
    }
  else
    self->stream = G_IO_STREAM (g_object_ref (connection));
  start_reading (self);
  return TRUE;
}

BkRawServer *
bk_raw_server_new (GTlsCertificate *certificate)
{
  BkRawServer *self = g_new0 (BkRawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->certificate = certificate;
  self->input = g_string_new (NULL);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->address = g_strdup_printf (certificate != NULL ? "wss://localhost:%u" : "ws://127.0.0.1:%u", self->port);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
bk_raw_server_stop_listening (BkRawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
}

void
bk_raw_server_free (BkRawServer *self)
{
  bk_raw_server_stop_listening (self);
  bk_raw_server_hang_up (self);
  bk_test_drain ();
  g_object_unref (self->service);
  g_free (self->address);
  g_free (self->head);
  g_string_free (self->input, TRUE);
  g_ptr_array_unref (self->frames);
  g_free (self);
}

static gboolean
has_head (gpointer data)
{
  return ((BkRawServer *) data)->head != NULL;
}

/* Waits until the client of the newest connection has asked for its upgrade. */
void
bk_raw_server_wait_head (BkRawServer *self)
{
  bk_test_wait_until (has_head, self);
}

static gboolean
has_frame (gpointer data)
{
  BkRawServer *self = data;

  return self->frames->len > self->n_read;
}

/* Waits for the next frame of the client, which must be of @type. Borrowed. */
JsonObject *
bk_raw_server_wait (BkRawServer *self, const char *type)
{
  bk_test_wait_until (has_frame, self);
  JsonObject *frame = self->frames->pdata[self->n_read++];
  g_assert_cmpstr (json_object_get_string_member (frame, "type"), ==, type);
  return frame;
}
