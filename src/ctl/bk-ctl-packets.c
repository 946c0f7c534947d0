/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session datagram: packets from standard input and to standard output, a line each, or each after its length. */
#include "bk-ctl-channel.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_PACKET 65507
#define HEADER 4

gboolean bk_ctl_packets_binary;
int bk_ctl_packets_count = -1; /* -1: until the session ends */

static struct
{
  BkCtl *ctl;
  BeckonSession *session; /* borrowed */
  GSocket *socket;        /* kept by ctl */
  GInputStream *input;    /* the same */
  GSource *readable;
  GSource *writable; /* there while the socket takes no more */
  gboolean input_ended;
  int received;
  gsize length; /* of what is in the buffer */
  char buffer[HEADER + MAX_PACKET + 1];
} packets;

static void read_more (void);

static void
drop (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop (void)
{
  drop (&packets.readable);
  drop (&packets.writable);
}

static gboolean
check_count (void)
{
  if (!packets.input_ended || bk_ctl_packets_count < 0 || packets.received < bk_ctl_packets_count)
    return FALSE;
  stop ();
  bk_ctl_done (packets.ctl, BK_CTL_OK);
  return TRUE;
}

static void
over (void)
{
  stop ();
  bk_ctl_channel_ended (packets.ctl, packets.session);
}

/* Takes @error. A socket that nobody holds the other end of fails, and so it should look like its end. */
static void
fail (GError *error)
{
  stop ();
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    {
      g_error_free (error);
      bk_ctl_channel_ended (packets.ctl, packets.session);
      return;
    }
  bk_ctl_fail_error (packets.ctl, error);
}

/* ---- from the input ---- */

/* Where the first packet of the buffer is, and where the next one begins; FALSE: it is not complete. */
static gboolean
find_packet (gsize *start, gsize *length, gsize *next)
{
  if (!bk_ctl_packets_binary)
    {
      const char *end = memchr (packets.buffer, '\n', packets.length);

      if (end == NULL && (!packets.input_ended || packets.length == 0))
        return FALSE;
      *start = 0;
      *length = end != NULL ? (gsize) (end - packets.buffer) : packets.length;
      *next = MIN (*length + 1, packets.length);
      return TRUE;
    }
  guint32 size;
  if (packets.length < HEADER)
    return FALSE;
  memcpy (&size, packets.buffer, HEADER);
  *start = HEADER;
  *length = GUINT32_FROM_BE (size);
  *next = HEADER + *length;
  return *length > MAX_PACKET || packets.length >= *next;
}

static gboolean
on_writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  drop (&packets.writable);
  read_more ();
  return G_SOURCE_REMOVE;
}

/* FALSE: the command is over, or it goes on when the socket takes more. */
static gboolean
send_packet (const char *data, gsize length)
{
  GError *error = NULL;

  if (length > MAX_PACKET)
    {
      stop ();
      bk_ctl_fail (packets.ctl, BK_CTL_FAILED, "A packet has at most %d bytes", MAX_PACKET);
      return FALSE;
    }
  if (g_socket_send (packets.socket, data, length, NULL, &error) >= 0)
    return TRUE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      fail (error);
      return FALSE;
    }
  g_error_free (error);
  packets.writable = g_socket_create_source (packets.socket, G_IO_OUT, NULL);
  g_source_set_callback (packets.writable, G_SOURCE_FUNC (on_writable), NULL, NULL);
  g_source_attach (packets.writable, NULL);
  return FALSE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (packets.ctl->ended)
    {
      g_clear_error (&error);
      return;
    }
  if (n < 0)
    {
      fail (error);
      return;
    }
  packets.length += (gsize) n;
  packets.input_ended = n == 0;
  read_more ();
}

/* Sends what is complete, then reads on. */
static void
read_more (void)
{
  gsize start, length, next;

  while (find_packet (&start, &length, &next))
    {
      /* Empty packets mean the end to whoever reads from a socket of this kind. */
      if (length > 0 && !send_packet (packets.buffer + start, length))
        return;
      packets.length -= next;
      memmove (packets.buffer, packets.buffer + next, packets.length);
    }
  if (packets.input_ended && packets.length > 0)
    {
      stop ();
      bk_ctl_fail (packets.ctl, BK_CTL_FAILED, "Standard input ends within a packet");
      return;
    }
  if (check_count () || packets.input_ended)
    return;
  if (packets.length == sizeof packets.buffer)
    {
      send_packet (packets.buffer, packets.length); /* says that it is too long */
      return;
    }
  g_input_stream_read_async (packets.input, packets.buffer + packets.length, sizeof packets.buffer - packets.length,
                             G_PRIORITY_DEFAULT, packets.ctl->cancellable, on_read, NULL);
}

/* ---- to the output ---- */

static void
print_json (const char *data, gsize length)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = g_base64_encode ((const guchar *) data, length);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "bytes");
  json_builder_add_int_value (builder, (gint64) length);
  json_builder_set_member_name (builder, "data");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  bk_ctl_print_builder (builder);
}

static void
print_packet (const char *data, gsize length)
{
  guint32 size = GUINT32_TO_BE ((guint32) length);

  if (packets.ctl->json)
    print_json (data, length);
  else if (bk_ctl_packets_binary)
    {
      fwrite (&size, HEADER, 1, stdout);
      fwrite (data, 1, length, stdout);
    }
  else
    {
      g_autofree char *valid = g_utf8_make_valid (data, (gssize) length);
      g_autofree char *safe = bk_ctl_safe (valid);

      puts (safe);
    }
  fflush (stdout);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  static char data[MAX_PACKET + 1];
  GError *error = NULL;
  gssize n = g_socket_receive (socket, data, sizeof data, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (error);
      return G_SOURCE_CONTINUE;
    }
  if (n < 0)
    fail (error);
  else if (n == 0)
    over ();
  else
    {
      print_packet (data, (gsize) n);
      packets.received++;
      check_count ();
    }
  return packets.readable != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
on_socket (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GSocket) socket = beckon_session_open_datagram_finish (BECKON_SESSION (source), result, &error);

  if (socket == NULL)
    {
      bk_ctl_fail_error (user_data, error);
      return;
    }
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  packets.socket = socket;
  packets.input = input;
  bk_ctl_keep (packets.ctl, socket);
  bk_ctl_keep (packets.ctl, input);
  packets.readable = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (packets.readable, G_SOURCE_FUNC (on_readable), NULL, NULL);
  g_source_attach (packets.readable, NULL);
  read_more ();
}

void
bk_ctl_packets_open (BkCtl *ctl, BeckonSession *session)
{
  packets.ctl = ctl;
  packets.session = session;
  beckon_session_open_datagram_async (session, ctl->args[1] != NULL ? ctl->args[1] : "", ctl->cancellable, on_socket,
                                      ctl);
}
