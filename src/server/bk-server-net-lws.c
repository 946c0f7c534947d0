/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libwebsockets tells us, translated. A callback that returns -1 asks it to close the connection. */
#include "bk-server-net-private.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#define PIECES_PER_WAKE_UP 16
#define SEND_BUFFER 65536
#define THROWN_AWAY 16 /* times 4 KiB */

/* ---- out ---- */

/* libwebsockets reads nothing while something waits to be written, and would be told again and again that there is
 * something to read. */
static void
pause_reading (BkServerConn *conn, gboolean paused)
{
  if (paused == conn->paused)
    return; /* it does not look itself: that costs system calls */
  conn->paused = paused;
  lws_rx_flow_control (conn->wsi, !paused);
}

/* It goes out now; what the kernel does not take is kept. */
gboolean
bk_server_conn_write (BkServerConn *conn, gconstpointer data, gsize length)
{
  if (lws_write (conn->wsi, (guchar *) data, length, LWS_WRITE_RAW) < 0)
    return FALSE;
  pause_reading (conn, lws_partial_buffered (conn->wsi) != 0);
  return TRUE;
}

static BkServerFrame *
take_outgoing (BkServerConn *conn)
{
  BkServerFrame *frame = g_queue_pop_head (&conn->outgoing);
  BkServerNet *net = conn->net;

  conn->queued -= bk_server_frame_get_cost (frame);
  net->stats.queued -= bk_server_frame_get_cost (frame);
  if (!frame->is_control)
    {
      net->stats.frames_out++;
      net->stats.bytes_out += frame->length;
    }
  return frame;
}

/* Takes as many small frames as go out together. Returns their size, headers included; 0 if there are no two. */
static gsize
gather_frames (BkServerConn *conn)
{
  guint8 *start = conn->net->gather, *p = start;
  BkServerFrame *next;

  if (conn->outgoing.length < 2)
    return 0;
  while ((next = g_queue_peek_head (&conn->outgoing)) != NULL
         && (gsize) (p - start) + next->n_header + next->length <= BK_SERVER_GATHER_SIZE)
    {
      g_autoptr (BkServerFrame) frame = take_outgoing (conn);
      memcpy (p, frame->data, frame->n_header + frame->length);
      p += frame->n_header + frame->length;
    }
  return (gsize) (p - start);
}

/* Writes the next frames in one piece, or the next one. */
static gboolean
write_some (BkServerConn *conn)
{
  gsize length = gather_frames (conn);

  if (length > 0)
    return bk_server_conn_write (conn, conn->net->gather, length);
  g_autoptr (BkServerFrame) frame = take_outgoing (conn);
  return bk_server_conn_write (conn, frame->data, frame->n_header + frame->length);
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

static void
say_end_of_tls (BkServerConn *conn)
{
  SSL *ssl = conn->net->tls ? lws_get_ssl (conn->wsi) : NULL;

  if (ssl != NULL)
    SSL_shutdown (ssl);
  ERR_clear_error (); /* what went wrong here is not the next connection's */
}

/* Ends a connection of which all is said: the callback returns this. What came meanwhile is thrown away, or the kernel
 * would take back what it has sent. */
static int
hang_up (BkServerConn *conn)
{
  char buffer[4096];

  say_end_of_tls (conn);
  for (int i = 0; i < THROWN_AWAY && recv (lws_get_socket_fd (conn->wsi), buffer, sizeof buffer, MSG_DONTWAIT) > 0; i++)
    continue;
  return -1;
}

static int
write_close (BkServerConn *conn)
{
  gsize length = conn->close_reason == NULL ? 0 : strlen (conn->close_reason);
  guint8 payload[2 + BK_SERVER_MAX_REASON] = { (guint8) (conn->close_code >> 8), (guint8) conn->close_code };

  if (length > 0)
    memcpy (payload + 2, conn->close_reason, length);
  g_autoptr (BkServerFrame) frame
    = bk_server_frame_new_control (0x88, payload, conn->close_code == 0 ? 0 : 2 + length);
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_CLOSE_SENT);
  return bk_server_conn_write (conn, frame->data, frame->n_header + frame->length) ? 0 : -1;
}

static int
on_closing (BkServerConn *conn)
{
  if (conn->phase == BK_SERVER_PHASE_CLOSING && write_close (conn) != 0)
    return -1;
  if (!conn->heard_close && !conn->is_deaf)
    return 0;
  if (lws_partial_buffered (conn->wsi))
    lws_callback_on_writable (conn->wsi);
  else if (conn->heard_close)
    return hang_up (conn);
  else
    {
      say_end_of_tls (conn);
      shutdown (lws_get_socket_fd (conn->wsi), SHUT_WR); /* not more: it has yet to read what is wrong */
    }
  return 0;
}

static int
on_writable (BkServerConn *conn)
{
  if (conn->phase >= BK_SERVER_PHASE_DEAD)
    return -1;
  if (conn->phase == BK_SERVER_PHASE_HANDSHAKE)
    return 0;
  pause_reading (conn, lws_partial_buffered (conn->wsi) != 0);
  if (!write_frames (conn))
    return -1;
  if (!g_queue_is_empty (&conn->outgoing) || lws_partial_buffered (conn->wsi))
    {
      lws_callback_on_writable (conn->wsi);
      return 0;
    }
  if (conn->phase >= BK_SERVER_PHASE_CLOSING)
    return on_closing (conn);
  if (conn->net->handler.drained != NULL)
    {
      conn->net->in_callback++;
      conn->net->handler.drained (conn, conn->net->user_data);
      conn->net->in_callback--;
    }
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

static void
on_established (BkServerConn *conn)
{
  BkServerNet *net = conn->net;
  int size = SEND_BUFFER;

  /* libwebsockets makes it as small as its own receive buffer, which would cost a wake-up for every few kilobytes. */
  setsockopt (lws_get_socket_fd (conn->wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  lws_set_timeout (conn->wsi, NO_PENDING_TIMEOUT, 0); /* of its own, for TLS */
  net->stats.opened++;
  net->stats.open++;
  bk_server_conn_enter_phase (conn, net->config.sign_in_ms > 0 ? BK_SERVER_PHASE_SIGN_IN : BK_SERVER_PHASE_OPEN);
  net->in_callback++;
  net->handler.opened (conn, net->user_data);
  net->in_callback--;
}

/* Bytes have come: of a request, then of frames, for which a client need not wait for the answer. */
static int
on_receive (BkServerConn *conn, const guint8 *data, gsize length)
{
  gboolean complete = TRUE;

  if (conn->phase == BK_SERVER_PHASE_HANDSHAKE)
    {
      gssize used = conn->refused < 0 ? bk_server_conn_read_request (conn, (const char *) data, length, &complete) : -1;
      if (used < 0)
        return hang_up (conn);
      if (!complete)
        return 0;
      on_established (conn);
      data += used;
      length -= (gsize) used;
    }
  if (conn->is_deaf)
    return 0;
  return bk_server_conn_read (conn, data, length) ? 0 : hang_up (conn);
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
    conn->closed = conn->net->freeing ? BK_SERVER_CLOSED_SHUTDOWN : BK_SERVER_CLOSED_LOST;
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

/* The one callback of the one protocol. For libwebsockets a connection is bytes. */
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
    case LWS_CALLBACK_RAW_RX:
      return on_receive (conn, in, length);
    case LWS_CALLBACK_RAW_WRITEABLE:
      return on_writable (conn);
    case LWS_CALLBACK_RAW_CLOSE:
      return on_closed (conn);
    case LWS_CALLBACK_WSI_DESTROY:
      return on_destroyed (conn);
    default:
      return 0;
    }
}
