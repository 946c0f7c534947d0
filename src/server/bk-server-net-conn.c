/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection: its phases, their deadlines, and what waits to be sent. */
#include "bk-server-net-private.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* ---- deadlines: one timer for all, because a timer for each would cost O(connections) per wake-up ---- */

static int
compare_due (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const BkServerConn *first = a, *second = b;

  return (first->due > second->due) - (first->due < second->due);
}

static void
arm_deadline_timer (BkServerNet *net)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (net->deadlines);

  if (g_sequence_iter_is_end (begin))
    {
      bk_clock_clear (net->clock, &net->deadline_timer);
      return;
    }
  BkServerConn *first = g_sequence_get (begin);
  /* A timer that runs out too early costs one wake-up; moving it each time would cost more. */
  if (net->deadline_timer != 0 && net->deadline_due <= first->due)
    return;
  bk_clock_clear (net->clock, &net->deadline_timer);
  gint64 wait = MAX (first->due - bk_clock_now (net->clock), 0);
  net->deadline_due = first->due;
  net->deadline_timer = bk_clock_add (net->clock, (guint) ((wait + 999) / 1000), bk_server_net_on_deadline, net);
}

static void
clear_deadline (BkServerConn *conn)
{
  g_clear_pointer (&conn->deadline, g_sequence_remove);
}

static void
set_deadline (BkServerConn *conn, guint milliseconds)
{
  clear_deadline (conn);
  if (milliseconds > 0)
    {
      conn->due = bk_clock_now (conn->net->clock) + (gint64) milliseconds * 1000;
      conn->deadline = g_sequence_insert_sorted (conn->net->deadlines, conn, compare_due, NULL);
    }
  arm_deadline_timer (conn->net);
}

/* Returns for how long nothing came from the other end. The kernel knows, pings included, and asking it once in a while
 * is cheaper than a note for every frame; libwebsockets does not tell us of pings at all. */
static guint
silent_ms (BkServerConn *conn)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;

  if (getsockopt (lws_get_socket_fd (conn->wsi), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return G_MAXUINT;
  return info.tcpi_last_data_recv;
}

/* Who says a message octet by octet is not silent, but holds memory for nothing. */
static guint
spoken_ms (BkServerConn *conn)
{
  if (conn->began < 0)
    return 0;
  return (guint) MIN ((bk_clock_now (conn->net->clock) - conn->began) / 1000, G_MAXUINT);
}

static void
check_idle (BkServerConn *conn)
{
  guint idle_ms = conn->net->config.idle_ms;
  guint silent = silent_ms (conn), spoken = spoken_ms (conn);

  if (silent >= idle_ms)
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_IDLE, BK_SERVER_CODE_GOING_AWAY, "idle");
  else if (spoken >= idle_ms)
    bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_IDLE, BK_SERVER_CODE_POLICY, "message took too long");
  else
    set_deadline (conn, idle_ms - MAX (silent, spoken));
}

static void
pass_deadline (BkServerConn *conn)
{
  switch (conn->phase)
    {
    case BK_SERVER_PHASE_HANDSHAKE:
      if (conn->refused < 0)
        conn->refused = BK_SERVER_REFUSED_TIMEOUT;
      bk_server_conn_kill (conn);
      break;
    case BK_SERVER_PHASE_SIGN_IN:
      bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_SIGN_IN, BK_SERVER_CODE_POLICY, "sign-in took too long");
      break;
    case BK_SERVER_PHASE_OPEN:
      check_idle (conn);
      break;
    case BK_SERVER_PHASE_CLOSING:
    case BK_SERVER_PHASE_CLOSE_SENT:
      bk_server_conn_kill (conn);
      break;
    case BK_SERVER_PHASE_DEAD:
    case BK_SERVER_PHASE_GONE:
      break;
    }
}

void
bk_server_net_on_deadline (gpointer user_data)
{
  BkServerNet *net = user_data;
  gint64 now = bk_clock_now (net->clock);

  net->deadline_timer = 0;
  for (;;)
    {
      GSequenceIter *begin = g_sequence_get_begin_iter (net->deadlines);
      if (g_sequence_iter_is_end (begin))
        break;
      BkServerConn *conn = g_sequence_get (begin);
      if (conn->due > now)
        break;
      clear_deadline (conn);
      pass_deadline (conn);
    }
  arm_deadline_timer (net);
}

/* ---- phases ---- */

/* The one place where a connection goes from phase to phase. */
void
bk_server_conn_enter_phase (BkServerConn *conn, BkServerPhase phase)
{
  const BkServerNetConfig *config = &conn->net->config;

  conn->phase = phase;
  switch (phase)
    {
    case BK_SERVER_PHASE_HANDSHAKE:
      set_deadline (conn, config->handshake_ms);
      break;
    case BK_SERVER_PHASE_SIGN_IN:
      set_deadline (conn, config->sign_in_ms);
      break;
    case BK_SERVER_PHASE_OPEN:
      set_deadline (conn, config->idle_ms);
      break;
    case BK_SERVER_PHASE_CLOSING:
      set_deadline (conn, config->closing_ms);
      break;
    case BK_SERVER_PHASE_CLOSE_SENT:
      break; /* the deadline is for both */
    case BK_SERVER_PHASE_DEAD:
    case BK_SERVER_PHASE_GONE:
      clear_deadline (conn);
      break;
    }
}

BkServerConn *
bk_server_conn_new (BkServerNet *net, const struct in6_addr *address)
{
  BkServerConn *conn = g_new0 (BkServerConn, 1);

  conn->net = net;
  conn->address = *address;
  conn->closed = -1;
  conn->refused = -1;
  conn->began = -1;
  conn->link.data = conn;
  g_queue_push_tail_link (&net->conns, &conn->link);
  net->stats.connections++;
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_HANDSHAKE);
  return conn;
}

void
bk_server_conn_drop_outgoing (BkServerConn *conn)
{
  BkServerFrame *frame;

  while ((frame = g_queue_pop_head (&conn->outgoing)) != NULL)
    bk_server_frame_unref (frame);
  conn->net->stats.queued -= conn->queued;
  conn->queued = 0;
}

static void
drop_incoming (BkServerConn *conn)
{
  if (conn->incoming != NULL)
    g_string_free (conn->incoming, TRUE);
  conn->incoming = NULL;
}

static void
forget_unsent (BkServerConn *conn)
{
  if (conn->unsent.data == NULL)
    return;
  g_queue_unlink (&conn->net->unsent, &conn->unsent);
  conn->unsent.data = NULL;
}

/* libwebsockets has let go of the connection. */
void
bk_server_conn_free (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  clear_deadline (conn);
  forget_unsent (conn);
  bk_server_conn_drop_outgoing (conn);
  drop_incoming (conn);
  g_clear_pointer (&conn->reader, bk_server_reader_free);
  g_queue_unlink (&net->conns, &conn->link);
  net->stats.connections--;
  bk_server_net_release_address (net, &conn->address);
  if (net->accept_timer != 0)
    bk_server_net_resume_accept (net);
  g_free (conn->close_reason);
  g_free (conn);
}

static gboolean
is_websocket (BkServerConn *conn)
{
  return conn->phase == BK_SERVER_PHASE_SIGN_IN || conn->phase == BK_SERVER_PHASE_OPEN;
}

static void
want_to_write (BkServerConn *conn)
{
  lws_callback_on_writable (conn->wsi);
  bk_server_uv_source_wake (conn->net->source);
}

/* As a rule a socket has room: what is queued in a round is written at the end of it, without asking epoll first. */
static void
write_soon (BkServerConn *conn)
{
  if (conn->unsent.data != NULL)
    return;
  conn->unsent.data = conn;
  g_queue_push_tail_link (&conn->net->unsent, &conn->unsent);
  bk_server_uv_source_wake (conn->net->source);
}

/* From now on nothing is handed up; what is queued goes out, then the close frame. */
void
bk_server_conn_begin_close (BkServerConn *conn, BkServerClosed closed, guint16 code, const char *reason)
{
  if (!is_websocket (conn))
    return;
  conn->closed = closed;
  conn->close_code = code;
  conn->close_reason = g_strdup (reason);
  if (reason != NULL && strlen (reason) > BK_SERVER_MAX_REASON)
    {
      g_free (conn->close_reason);
      g_autofree char *cut = g_strndup (reason, BK_SERVER_MAX_REASON);
      const char *end;
      g_utf8_validate (cut, -1, &end);
      conn->close_reason = g_strndup (cut, end - cut);
    }
  drop_incoming (conn);
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_CLOSING);
  want_to_write (conn);
}

/* Cuts the line without another word. libwebsockets does it in its next round, so this is safe in every callback. */
void
bk_server_conn_kill (BkServerConn *conn)
{
  if (conn->phase >= BK_SERVER_PHASE_DEAD)
    return;
  bk_server_conn_drop_outgoing (conn);
  drop_incoming (conn);
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_DEAD);
  lws_set_timeout (conn->wsi, (enum pending_timeout) PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
  /* Its timers are looked at only after some event: make one. */
  lws_cancel_service (conn->net->context);
  bk_server_uv_source_wake (conn->net->source);
}

/* The connection is over: tells the handler, once. */
void
bk_server_conn_gone (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  if (conn->phase == BK_SERVER_PHASE_GONE)
    return;
  bk_server_conn_drop_outgoing (conn);
  drop_incoming (conn);
  bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_GONE);
  net->stats.open--;
  net->stats.closed[conn->closed]++;
  net->in_callback++;
  net->handler.closed (conn, conn->closed, net->user_data);
  net->in_callback--;
}

/* ---- for the handler ---- */

/* Queues @frame. Returns FALSE if it cannot be sent because the connection is closing; a connection that lets too much
 * pile up is cut off. */
gboolean
bk_server_conn_send (BkServerConn *conn, BkServerFrame *frame)
{
  BkServerNet *net = conn->net;

  if (!is_websocket (conn))
    return FALSE;
  if (conn->queued + bk_server_frame_get_cost (frame) > net->config.max_outgoing)
    {
      conn->closed = BK_SERVER_CLOSED_SLOW;
      bk_server_conn_kill (conn);
      return FALSE;
    }
  if (g_queue_is_empty (&conn->outgoing))
    write_soon (conn);
  g_queue_push_tail (&conn->outgoing, bk_server_frame_ref (frame));
  conn->queued += bk_server_frame_get_cost (frame);
  net->stats.queued += bk_server_frame_get_cost (frame);
  return TRUE;
}

/* The same for a text that goes to one connection only. */
gboolean
bk_server_conn_send_text (BkServerConn *conn, const char *text, gssize length)
{
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, length);

  return bk_server_conn_send (conn, frame);
}

/* In its turn, behind what was queued. A client that asks and asks and reads nothing is slow like any other. */
void
bk_server_conn_answer_ping (BkServerConn *conn, gconstpointer data, gsize length)
{
  g_autoptr (BkServerFrame) pong = bk_server_frame_new_control (0x8A, data, length);

  bk_server_conn_send (conn, pong);
}

/* Asks the other end, behind all that was sent (by a ping), whether it has read that: answered follows. Returns FALSE if
 * that cannot be asked now, because something still waits. */
gboolean
bk_server_conn_ask (BkServerConn *conn)
{
  static const guint8 ping[] = { 0x89, 0 };

  if (!is_websocket (conn) || !g_queue_is_empty (&conn->outgoing) || lws_partial_buffered (conn->wsi))
    return FALSE;
  return bk_server_conn_write (conn, ping, sizeof ping);
}

/* Says goodbye with @code and @reason after all that is queued. closed follows, at the latest after closing_ms. */
void
bk_server_conn_close (BkServerConn *conn, guint16 code, const char *reason)
{
  bk_server_conn_begin_close (conn, BK_SERVER_CLOSED_LOCAL, code, reason);
}

/* The connection has an owner: it may stay, and send messages of full size. */
void
bk_server_conn_set_signed_in (BkServerConn *conn)
{
  if (conn->phase == BK_SERVER_PHASE_SIGN_IN)
    bk_server_conn_enter_phase (conn, BK_SERVER_PHASE_OPEN);
}

/* Returns the IP address of the other end. */
char *
bk_server_conn_dup_address (BkServerConn *conn)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (IN6_IS_ADDR_V4MAPPED (&conn->address))
    inet_ntop (AF_INET, conn->address.s6_addr + 12, text, sizeof text);
  else
    inet_ntop (AF_INET6, &conn->address, text, sizeof text);
  return g_strdup (text);
}

gsize
bk_server_conn_get_queued (BkServerConn *conn)
{
  return conn->queued;
}

void
bk_server_conn_set_user_data (BkServerConn *conn, gpointer user_data)
{
  conn->user_data = user_data;
}

gpointer
bk_server_conn_get_user_data (BkServerConn *conn)
{
  return conn->user_data;
}
