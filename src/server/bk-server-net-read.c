/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in: wslay reads them, by the letter of RFC 6455. (libwebsockets 4.1 takes frames that are not masked or not in
 * their shortest form, and now and then loses its close frame.) A reader takes nine kilobytes, so all connections that are
 * between two messages share one. */
#include "bk-server-net-private.h"

#include <string.h>
#include <wslay/wslay.h>

struct _BkServerReader
{
  wslay_event_context_ptr wslay;
  BkServerConn *conn; /* whose octets are read */
  const guint8 *data; /* what has come and was not read yet */
  gsize length;
  guint64 in_hand;     /* octets that were read of a frame whose end was not */
  guint64 size;        /* of this frame, with its header */
  gboolean in_frame;   /* its header was read */
  gboolean in_message; /* a message has begun and not ended */
  gboolean is_text;    /* the frame is a piece of one */
  GString *text;       /* of the message */
};

static gboolean
is_listening (BkServerConn *conn)
{
  return conn->phase < BK_SERVER_PHASE_CLOSING;
}

/* Answers a breach of the rules. */
static void
fail (BkServerReader *self, BkServerClosed closed, guint16 code, const char *reason)
{
  wslay_event_shutdown_read (self->wslay);
  bk_server_conn_begin_close (self->conn, closed, code, reason);
}

/* ---- what wslay asks and tells ---- */

static ssize_t
on_wanted (wslay_event_context_ptr wslay, uint8_t *buffer, size_t size, int flags, void *user_data)
{
  BkServerReader *self = user_data;
  gsize length = MIN (size, self->length);

  if (length == 0)
    {
      wslay_event_set_error (wslay, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
  memcpy (buffer, self->data, length);
  self->data += length;
  self->length -= length;
  self->in_hand += length;
  return (ssize_t) length;
}

static void
on_frame_start (wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_start_arg *frame, void *user_data)
{
  BkServerReader *self = user_data;
  const BkServerNetConfig *config = &self->conn->net->config;
  gboolean signed_in = self->conn->phase == BK_SERVER_PHASE_OPEN;
  gsize limit = signed_in ? config->max_frame : MIN (config->max_frame, config->max_frame_signed_out);
  guint64 length = frame->payload_length;

  self->in_frame = TRUE;
  self->size = 6 + (length < 126 ? 0 : length < 65536 ? 2 : 8) + length;
  self->is_text = !wslay_is_ctrl_frame (frame->opcode);
  if (!self->is_text)
    return;
  self->in_message = TRUE;
  if (frame->opcode == WSLAY_BINARY_FRAME)
    fail (self, BK_SERVER_CLOSED_BINARY, WSLAY_CODE_UNSUPPORTED_DATA, "text only");
  else if (length > limit || self->text->len > limit - length)
    fail (self, BK_SERVER_CLOSED_TOO_BIG, WSLAY_CODE_MESSAGE_TOO_BIG, "message too long");
}

static void
on_frame_chunk (wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_chunk_arg *chunk, void *user_data)
{
  BkServerReader *self = user_data;

  if (self->is_text && is_listening (self->conn))
    g_string_append_len (self->text, (const char *) chunk->data, (gssize) chunk->data_length);
}

static void
on_frame_end (wslay_event_context_ptr wslay, void *user_data)
{
  BkServerReader *self = user_data;

  self->in_frame = FALSE;
  self->in_hand -= MIN (self->in_hand, self->size);
}

static void
hand_up (BkServerReader *self)
{
  BkServerConn *conn = self->conn;
  BkServerNet *net = conn->net;

  self->in_message = FALSE;
  conn->began = -1;
  if (is_listening (conn) && memchr (self->text->str, '\0', self->text->len) != NULL)
    fail (self, BK_SERVER_CLOSED_BAD_UTF8, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "a NUL in a text");
  else if (is_listening (conn))
    {
      net->stats.frames_in++;
      net->stats.bytes_in += self->text->len;
      net->in_callback++;
      net->handler.frame (conn, self->text->str, self->text->len, net->user_data);
      net->in_callback--;
    }
  g_string_truncate (self->text, 0);
}

static void
on_pong (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  if (net->handler.answered == NULL)
    return;
  net->in_callback++;
  net->handler.answered (conn, net->user_data);
  net->in_callback--;
}

/* Its words are for people; wslay looks at them only where they came in one piece. */
static gboolean
is_reason_text (const struct wslay_event_on_msg_recv_arg *message)
{
  return message->msg_length <= 2
         || g_utf8_validate ((const char *) message->msg + 2, (gssize) message->msg_length - 2, NULL);
}

/* The other end says goodbye: what is queued goes out, then the answer. */
static void
on_close (BkServerConn *conn, const struct wslay_event_on_msg_recv_arg *message)
{
  conn->heard_close = TRUE;
  if (message->msg_length == 1)
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_PROTOCOL, WSLAY_CODE_PROTOCOL_ERROR, "half a close code");
  else if (!is_reason_text (message))
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_BAD_UTF8, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "not UTF-8");
  else
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_PEER, message->status_code, NULL);
}

static void
on_message (wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message, void *user_data)
{
  BkServerReader *self = user_data;

  if (message->opcode == WSLAY_TEXT_FRAME)
    hand_up (self);
  else if (message->opcode == WSLAY_CONNECTION_CLOSE)
    on_close (self->conn, message);
  else if (is_listening (self->conn) && message->opcode == WSLAY_PING)
    bk_server_conn_answer_ping (self->conn, message->msg, message->msg_length);
  else if (is_listening (self->conn) && message->opcode == WSLAY_PONG)
    on_pong (self->conn);
  if (self->conn->phase >= BK_SERVER_PHASE_DEAD)
    wslay_event_shutdown_read (self->wslay);
}

/* ---- readers ---- */

static BkServerReader *
reader_new (void)
{
  static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_wanted,
    .on_frame_recv_start_callback = on_frame_start,
    .on_frame_recv_chunk_callback = on_frame_chunk,
    .on_frame_recv_end_callback = on_frame_end,
    .on_msg_recv_callback = on_message,
  };
  BkServerReader *self = g_new0 (BkServerReader, 1);

  if (wslay_event_context_server_init (&self->wslay, &callbacks, self) != 0)
    g_error ("Out of memory");
  wslay_event_config_set_no_buffering (self->wslay, 1);
  wslay_event_config_set_max_recv_msg_length (self->wslay, G_MAXINT64); /* on_frame_start knows the limit */
  wslay_event_shutdown_write (self->wslay);                             /* we answer, in turn with what is queued */
  self->text = g_string_new (NULL);
  return self;
}

void
bk_server_reader_free (BkServerReader *self)
{
  wslay_event_context_free (self->wslay);
  g_string_free (self->text, TRUE);
  g_free (self);
}

static gboolean
is_between_messages (BkServerReader *self)
{
  return wslay_event_get_read_enabled (self->wslay) && self->in_hand == 0 && !self->in_frame && !self->in_message;
}

/* It stays with @conn if that has to wait for the rest of something. */
static void
put_back (BkServerReader *self, BkServerConn *conn)
{
  self->conn = NULL;
  if (!self->in_message)
    conn->began = -1;
  else if (conn->began < 0)
    conn->began = bk_clock_now (conn->net->clock);
  if (!is_between_messages (self))
    conn->reader = self;
  else if (conn->net->reader == NULL)
    conn->net->reader = self;
  else
    bk_server_reader_free (self);
}

static BkServerReader *
take (BkServerConn *conn)
{
  BkServerReader *self = g_steal_pointer (&conn->reader);

  if (self == NULL)
    self = g_steal_pointer (&conn->net->reader);
  if (self == NULL)
    self = reader_new ();
  self->conn = conn;
  return self;
}

/* wslay listens no more to what is wrong, and says so by that: text if it was in the middle of some, else the frame. */
static void
fail_by_wslay (BkServerReader *self)
{
  if (self->in_frame)
    fail (self, BK_SERVER_CLOSED_BAD_UTF8, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "not UTF-8");
  else
    fail (self, BK_SERVER_CLOSED_PROTOCOL, WSLAY_CODE_PROTOCOL_ERROR, "not a frame of RFC 6455");
}

/* Takes what came. Returns FALSE if the connection is over. */
gboolean
bk_server_conn_read (BkServerConn *conn, const guint8 *data, gsize length)
{
  BkServerReader *self = take (conn);

  self->data = data;
  self->length = length;
  wslay_event_recv (self->wslay);
  if (!wslay_event_get_read_enabled (self->wslay))
    {
      if (is_listening (conn))
        fail_by_wslay (self);
      conn->is_deaf = TRUE;
    }
  put_back (self, conn);
  return !(conn->heard_close && conn->phase == BK_SERVER_PHASE_CLOSE_SENT);
}
