/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BkServerNet without sockets. It keeps the promises of bk-server-net.h: closed comes once, never from inside a call,
 * nothing is handed up from a connection that closes, text is UTF-8 without NUL. */
#include "twin.h"

#include <string.h>

#define STALLED_WEIGHT 512 /* a kilobyte stands for half a megabyte */

struct _BkServerNet
{
  BkServerNetHandler handler;
  gpointer user_data;
  BkServerNetConfig config;
  BkServerNetStats stats;
  gboolean listening;
  GQueue conns; /* element-type BkServerConn, owned */
};

struct _BkServerConn
{
  BkServerNet *net;
  gpointer user_data;
  guint8 number;
  gboolean stalled;
  gboolean asked; /* whether it has read what was sent */
  gboolean signed_in;
  gsize queued;
  int closing; /* BkServerClosed; -1: it is open */
};

struct _BkServerFrame
{
  gint refs;
  gsize length;
  char text[];
};

static BkServerNet *the_net;
static TwinWatcher watcher;

void
twin_net_watch (const TwinWatcher *wanted)
{
  watcher = *wanted;
}

/* ---- the engine ---- */

void
bk_server_net_config_init (BkServerNetConfig *config)
{
  *config = (BkServerNetConfig){ .max_frame = 262144, .max_frame_signed_out = 16384 };
}

BkServerNet *
bk_server_net_new (const BkServerNetConfig *config, const BkServerNetHandler *handler, gpointer user_data,
                   GError **error)
{
  BkServerNet *net = g_new0 (BkServerNet, 1);

  net->handler = *handler;
  net->user_data = user_data;
  net->config = *config;
  net->listening = TRUE;
  the_net = net;
  return net;
}

static void
end (BkServerConn *conn)
{
  BkServerNet *net = conn->net;

  g_queue_remove (&net->conns, conn);
  net->stats.closed[conn->closing]++;
  net->stats.connections--;
  net->stats.open--;
  net->handler.closed (conn, (BkServerClosed) conn->closing, net->user_data);
  watcher.gone (conn);
  g_free (conn);
}

void
bk_server_net_free (BkServerNet *net)
{
  while (!g_queue_is_empty (&net->conns))
    {
      BkServerConn *conn = g_queue_peek_head (&net->conns);
      conn->closing = BK_SERVER_CLOSED_SHUTDOWN;
      end (conn);
    }
  the_net = NULL;
  g_free (net);
}

guint16
bk_server_net_get_port (BkServerNet *net, guint index)
{
  return 5290;
}

/* It speaks no TLS. */
gboolean
bk_server_net_reload (BkServerNet *net, const char *certificate, const char *key, GError **error)
{
  return TRUE;
}

void
bk_server_net_stop_listening (BkServerNet *net)
{
  net->listening = FALSE;
}

void
bk_server_net_close_all (BkServerNet *net, guint16 code, const char *reason)
{
  for (GList *link = net->conns.head; link != NULL; link = link->next)
    bk_server_conn_close (link->data, code, reason);
}

const BkServerNetStats *
bk_server_net_get_stats (BkServerNet *net)
{
  return &net->stats;
}

const char *
bk_server_refused_to_string (BkServerRefused refused)
{
  return "refused";
}

const char *
bk_server_closed_to_string (BkServerClosed closed)
{
  return "closed";
}

/* ---- what the server does with a connection ---- */

gboolean
bk_server_conn_send (BkServerConn *conn, BkServerFrame *frame)
{
  if (conn->closing >= 0)
    return FALSE;
  if (bk_server_conn_get_queued (conn) + frame->length > conn->net->config.max_outgoing)
    {
      conn->closing = BK_SERVER_CLOSED_SLOW;
      return FALSE;
    }
  conn->queued += frame->length;
  conn->net->stats.frames_out++;
  watcher.sent (conn, frame->text, frame->length);
  return TRUE;
}

gboolean
bk_server_conn_send_text (BkServerConn *conn, const char *text, gssize length)
{
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, length);

  return bk_server_conn_send (conn, frame);
}

void
bk_server_conn_close (BkServerConn *conn, guint16 code, const char *reason)
{
  if (conn->closing < 0)
    conn->closing = BK_SERVER_CLOSED_LOCAL;
}

void
bk_server_conn_set_signed_in (BkServerConn *conn)
{
  conn->signed_in = TRUE;
}

char *
bk_server_conn_dup_address (BkServerConn *conn)
{
  return g_strdup_printf ("10.0.0.%u", conn->number);
}

gsize
bk_server_conn_get_queued (BkServerConn *conn)
{
  return conn->queued * (conn->stalled ? STALLED_WEIGHT : 1);
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

BkServerFrame *
bk_server_frame_new (const char *text, gssize length)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  BkServerFrame *frame = g_malloc0 (sizeof (BkServerFrame) + size + 1);

  frame->refs = 1;
  frame->length = size;
  memcpy (frame->text, text, size);
  return frame;
}

BkServerFrame *
bk_server_frame_ref (BkServerFrame *frame)
{
  frame->refs++;
  return frame;
}

void
bk_server_frame_unref (BkServerFrame *frame)
{
  if (--frame->refs == 0)
    g_free (frame);
}

gsize
bk_server_frame_get_length (BkServerFrame *frame)
{
  return frame->length;
}

/* ---- the other end ---- */

BkServerConn *
twin_net_connect (guint8 number)
{
  if (the_net == NULL || !the_net->listening)
    return NULL;

  BkServerConn *conn = g_new0 (BkServerConn, 1);
  conn->net = the_net;
  conn->number = number;
  conn->closing = -1;
  g_queue_push_tail (&the_net->conns, conn);
  the_net->stats.accepted++;
  the_net->stats.opened++;
  the_net->stats.connections++;
  the_net->stats.open++;
  the_net->handler.opened (conn, the_net->user_data);
  return conn;
}

gboolean
twin_conn_is_open (BkServerConn *conn)
{
  return conn->closing < 0;
}

void
twin_conn_feed (BkServerConn *conn, const char *text, gsize length)
{
  gsize limit = conn->signed_in ? conn->net->config.max_frame : conn->net->config.max_frame_signed_out;

  if (conn->closing >= 0)
    return;
  if (length > limit)
    conn->closing = BK_SERVER_CLOSED_TOO_BIG;
  else if (!g_utf8_validate_len (text, length, NULL))
    conn->closing = BK_SERVER_CLOSED_BAD_UTF8;
  else
    {
      conn->net->stats.frames_in++;
      conn->net->handler.frame (conn, text, length, conn->net->user_data);
    }
}

void
twin_conn_hang_up (BkServerConn *conn)
{
  if (conn->closing < 0)
    conn->closing = BK_SERVER_CLOSED_PEER;
}

/* Answers at once. */
gboolean
bk_server_conn_ask (BkServerConn *conn)
{
  if (conn->stalled || conn->closing >= 0)
    return FALSE;
  conn->asked = TRUE;
  return TRUE;
}

void
twin_conn_stall (BkServerConn *conn, gboolean stalled)
{
  conn->stalled = stalled;
}

/* A connection that is cut loses what waits for it; one that says goodbye sends it first. */
static gboolean
turn (BkServerConn *conn)
{
  gboolean cut = conn->closing >= 0 && conn->closing != BK_SERVER_CLOSED_LOCAL;

  if (conn->stalled && !cut)
    return FALSE;
  if (conn->closing >= 0)
    {
      end (conn);
      return TRUE;
    }
  if (conn->asked)
    {
      conn->asked = FALSE;
      conn->net->handler.answered (conn, conn->net->user_data);
      return TRUE;
    }
  if (conn->queued == 0)
    return FALSE;
  conn->queued = 0;
  conn->net->handler.drained (conn, conn->net->user_data);
  return TRUE;
}

gboolean
twin_net_turn (void)
{
  gboolean any = FALSE;

  if (the_net == NULL)
    return FALSE;
  g_autoptr (GList) conns = g_list_copy (the_net->conns.head);
  for (GList *link = conns; link != NULL && the_net != NULL; link = link->next)
    if (g_queue_find (&the_net->conns, link->data) != NULL)
      any = turn (link->data) || any;
  return any;
}
