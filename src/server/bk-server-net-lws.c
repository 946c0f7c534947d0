/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libwebsockets tells us, translated. A callback that returns -1 asks it to close the connection. */
#include "bk-server-net-private.h"

#include <string.h>
#include <sys/socket.h>

#define PIECES_PER_WAKE_UP 16
#define MAX_HEADER 4 /* of what is gathered: less than 64 KiB */
#define SEND_BUFFER 65536

/* ---- in ---- */

/* Answers a breach of the protocol: what was queued is of no use any more. */
static int
fail (BkServerConn *conn, BkServerClosed closed, guint16 code, const char *reason)
{
  bk_server_conn_drop_outgoing (conn);
  bk_server_conn_begin_close (conn, closed, code, reason);
  return 0;
}

static int
hand_up (BkServerConn *conn, const char *text, gsize length)
{
  BkServerNet *net = conn->net;

  if (!g_utf8_validate_len (text, length, NULL))
    return fail (conn, BK_SERVER_CLOSED_BAD_UTF8, LWS_CLOSE_STATUS_INVALID_PAYLOAD, "not UTF-8");
  net->stats.frames_in++;
  net->stats.bytes_in += length;
  net->in_callback++;
  net->handler.frame (conn, text, length, net->user_data);
  net->in_callback--;
  return 0;
}

/* A piece of a message: of what came in one go, of a frame, of a fragment. */
static int
on_receive (BkServerConn *conn, const char *data, gsize length)
{
  BkServerNet *net = conn->net;
  gboolean signed_in = conn->phase == BK_SERVER_PHASE_OPEN;
  gsize limit = signed_in ? net->config.max_frame : MIN (net->config.max_frame, net->config.max_frame_signed_out);
  gsize have = conn->incoming == NULL ? 0 : conn->incoming->len;
  gsize announced = lws_remaining_packet_payload (conn->wsi);

  if (conn->phase >= BK_SERVER_PHASE_CLOSING)
    return 0;
  if (lws_frame_is_binary (conn->wsi))
    return fail (conn, BK_SERVER_CLOSED_BINARY, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text only");
  if (length > limit || announced > limit || have + length + announced > limit)
    return fail (conn, BK_SERVER_CLOSED_TOO_BIG, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "message too long");

  gboolean whole = lws_is_final_fragment (conn->wsi);
  if (conn->incoming == NULL && whole)
    {
      g_string_truncate (net->scratch, 0);
      g_string_append_len (net->scratch, data, length);
      return hand_up (conn, net->scratch->str, net->scratch->len);
    }
  if (conn->incoming == NULL)
    conn->incoming = g_string_sized_new (length + announced + 1);
  g_string_append_len (conn->incoming, data, length);
  if (!whole)
    return 0;

  GString *message = g_steal_pointer (&conn->incoming);
  int result = hand_up (conn, message->str, message->len);
  g_string_free (message, TRUE);
  return result;
}

/* ---- out ---- */

static BkServerFrame *
take_outgoing (BkServerConn *conn)
{
  BkServerFrame *frame = g_queue_pop_head (&conn->outgoing);
  BkServerNet *net = conn->net;

  conn->queued -= frame->length;
  net->stats.queued -= frame->length;
  net->stats.frames_out++;
  net->stats.bytes_out += frame->length;
  return frame;
}

/* Appends the header of a whole text message (RFC 6455, 5.2). */
static guint8 *
put_header (guint8 *p, gsize length)
{
  *p++ = 0x81;
  if (length < 126)
    {
      *p++ = (guint8) length;
      return p;
    }
  *p++ = 126;
  *p++ = (guint8) (length >> 8);
  *p++ = (guint8) length;
  return p;
}

/* Takes as many small frames as go out together. Returns their size, headers included; 0 if there are no two. */
static gsize
gather_frames (BkServerConn *conn)
{
  guint8 *start = conn->net->gather + LWS_PRE, *p = start;
  BkServerFrame *next;

  if (conn->outgoing.length < 2)
    return 0;
  while ((next = g_queue_peek_head (&conn->outgoing)) != NULL
         && (gsize) (p - start) + next->length + MAX_HEADER <= BK_SERVER_GATHER_SIZE)
    {
      g_autoptr (BkServerFrame) frame = take_outgoing (conn);
      p = put_header (p, frame->length);
      memcpy (p, frame->data + LWS_PRE, frame->length);
      p += frame->length;
    }
  return (gsize) (p - start);
}

/* Writes the next frames in one piece, or the next one. */
static gboolean
write_some (BkServerConn *conn)
{
  gsize length = gather_frames (conn);

  if (length > 0)
    return lws_write (conn->wsi, conn->net->gather + LWS_PRE, length, LWS_WRITE_RAW) >= 0;
  g_autoptr (BkServerFrame) frame = take_outgoing (conn);
  return lws_write (conn->wsi, frame->data + LWS_PRE, frame->length, LWS_WRITE_TEXT) >= 0;
}

/* Writes what fits. Returns FALSE if the connection is broken. */
static gboolean
write_frames (BkServerConn *conn)
{
  for (int i = 0; i < PIECES_PER_WAKE_UP && !lws_partial_buffered (conn->wsi); i++)
    {
      if (g_queue_is_empty (&conn->outgoing) || (i > 0 && lws_send_pipe_choked (conn->wsi)))
        break;
      if (!write_some (conn))
        return FALSE;
    }
  return TRUE;
}

/* Writes the close frame, header included. Not by lws_close_reason () and -1: with libuv, libwebsockets 4.1 closes a
 * second time at once after a callback for writing, and the frame never leaves. */
static int
write_close (BkServerConn *conn)
{
  gsize length = conn->close_reason == NULL ? 0 : strlen (conn->close_reason);
  guint8 buffer[LWS_PRE + 4 + BK_SERVER_MAX_REASON];
  guint8 *frame = buffer + LWS_PRE;

  frame[0] = 0x88; /* a whole control frame: close */
  frame[1] = (guint8) (2 + length);
  frame[2] = (guint8) (conn->close_code >> 8);
  frame[3] = (guint8) conn->close_code;
  if (length > 0)
    memcpy (frame + 4, conn->close_reason, length);
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_CLOSE_SENT);
  return lws_write (conn->wsi, frame, 4 + length, LWS_WRITE_RAW) < 0 ? -1 : 0;
}

static int
on_writable (BkServerConn *conn)
{
  if (conn->phase >= BK_SERVER_PHASE_DEAD)
    return -1;
  if (conn->closed == BK_SERVER_CLOSED_PEER || conn->phase == BK_SERVER_PHASE_CLOSE_SENT)
    return 0;
  if (!write_frames (conn))
    return -1;
  if (!g_queue_is_empty (&conn->outgoing) || lws_partial_buffered (conn->wsi))
    {
      lws_callback_on_writable (conn->wsi);
      return 0;
    }
  if (conn->phase == BK_SERVER_PHASE_CLOSING)
    return write_close (conn);
  if (conn->net->handler.drained != NULL)
    {
      conn->net->in_callback++;
      conn->net->handler.drained (conn, conn->net->user_data);
      conn->net->in_callback--;
    }
  return 0;
}

static int
on_pong (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  if (conn->phase >= BK_SERVER_PHASE_CLOSING || net->handler.answered == NULL)
    return 0;
  net->in_callback++;
  net->handler.answered (conn, net->user_data);
  net->in_callback--;
  return 0;
}

/* Writes to all that something was queued for since the last round. */
void
bk_server_net_flush (BkServerNet *net)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&net->unsent)) != NULL)
    {
      BkServerConn *conn = g_steal_pointer (&link->data);
      gboolean open = conn->phase == BK_SERVER_PHASE_SIGN_IN || conn->phase == BK_SERVER_PHASE_OPEN;
      if (open && on_writable (conn) != 0)
        {
          conn->closed = BK_SERVER_CLOSED_LOST;
          bk_server_conn_kill (conn);
        }
    }
}

/* ---- life and death ---- */

static int
on_established (BkServerConn *conn)
{
  BkServerNet *net = conn->net;
  int size = SEND_BUFFER;

  /* libwebsockets makes it as small as its own receive buffer, which would cost a wake-up for every few kilobytes. */
  setsockopt (lws_get_socket_fd (conn->wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  net->stats.opened++;
  net->stats.open++;
  bk_server_conn_enter_phase (conn, net->config.sign_in_ms > 0 ? BK_SERVER_PHASE_SIGN_IN : BK_SERVER_PHASE_OPEN);
  net->in_callback++;
  net->handler.opened (conn, net->user_data);
  net->in_callback--;
  return 0;
}

static int
on_peer_close (BkServerConn *conn)
{
  if (conn->phase == BK_SERVER_PHASE_CLOSE_SENT)
    return -1; /* it is the answer to ours */
  /* libwebsockets answers. What is queued would come after the end. */
  bk_server_conn_drop_outgoing (conn);
  bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_PEER, BK_SERVER_CODE_NORMAL, NULL);
  return 0;
}

/* Returns why a connection ended that we did not close: libwebsockets keeps the close code that it sent itself. */
static BkServerClosed
guess_closed (BkServerConn *conn)
{
  if (conn->net->freeing)
    return BK_SERVER_CLOSED_SHUTDOWN;
  return lws_get_close_length (conn->wsi) > 0 ? BK_SERVER_CLOSED_PROTOCOL : BK_SERVER_CLOSED_LOST;
}

/* The handler knows of it. */
static gboolean
was_opened (BkServerConn *conn)
{
  return conn->phase != BK_SERVER_PHASE_HANDSHAKE && conn->refused < 0;
}

static int
on_closed (BkServerConn *conn)
{
  if (!was_opened (conn))
    return 0;
  if (conn->closed < 0)
    conn->closed = guess_closed (conn);
  bk_server_conn_gone (conn);
  return 0;
}

static int
on_destroyed (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  on_closed (conn);
  if (!was_opened (conn) && !net->freeing)
    net->stats.refused[conn->refused < 0 ? BK_SERVER_REFUSED_GONE : conn->refused]++;
  lws_set_opaque_user_data (conn->wsi, NULL);
  bk_server_conn_free (conn);
  return 0;
}

/* The one callback of the one protocol. Anything that libwebsockets would do besides WebSocket (files, proxies,
 * CONNECT) is either not reached or refused here. */
int
bk_server_net_lws_callback (struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
  BkServerConn *conn = wsi == NULL ? NULL : lws_get_opaque_user_data (wsi);

  if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
    bk_server_net_tls_set_up (lws_context_user (lws_get_context (wsi)), user);
  if (conn == NULL)
    return 0;
  switch ((int) reason)
    {
    case LWS_CALLBACK_HTTP:
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return bk_server_net_check_request (conn);
    case LWS_CALLBACK_ESTABLISHED:
      return on_established (conn);
    case LWS_CALLBACK_RECEIVE:
      return on_receive (conn, in, length);
    case LWS_CALLBACK_RECEIVE_PONG:
      return on_pong (conn);
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return on_writable (conn);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return on_peer_close (conn);
    case LWS_CALLBACK_CLOSED:
      return on_closed (conn);
    case LWS_CALLBACK_WSI_DESTROY:
      return on_destroyed (conn);
    case LWS_CALLBACK_RAW_ADOPT:
    case LWS_CALLBACK_RAW_RX:
      return -1;
    default:
      return 0;
    }
}
