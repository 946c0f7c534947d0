/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection engine of beckon-server: WebSocket connections in, whole text messages in and out, nothing else. What
 * is above it does not know what is below: libwebsockets on libuv (epoll), run by the GMainContext that was the
 * thread's default when the engine was made. One thread; every callback arrives on that context. What libwebsockets
 * does is sockets, TLS and waiting; requests and frames are read and written here, because its 4.1 takes frames that are
 * not masked, answers one of many pings, and says nothing about much that is wrong.
 *
 * At run time libwebsockets loads its plugin libwebsockets-evlib_uv.so (Debian: package libwebsockets-evlib-uv). */
#pragma once

#include "bk-clock.h"

G_BEGIN_DECLS

typedef struct _BkServerNet BkServerNet;
typedef struct _BkServerConn BkServerConn;
typedef struct _BkServerFrame BkServerFrame;

/* Why a connection never became a WebSocket. */
typedef enum
{
  BK_SERVER_REFUSED_TOTAL,       /* as many connections as are allowed */
  BK_SERVER_REFUSED_ADDRESS,     /* as many from that address as are allowed */
  BK_SERVER_REFUSED_RESOURCES,   /* no descriptors or no memory left */
  BK_SERVER_REFUSED_PATH,        /* HTTP 404 */
  BK_SERVER_REFUSED_NO_UPGRADE,  /* plain HTTP, HTTP 426 */
  BK_SERVER_REFUSED_VERSION,     /* not version 13 of WebSocket, HTTP 426 */
  BK_SERVER_REFUSED_SUBPROTOCOL, /* HTTP 400 */
  BK_SERVER_REFUSED_ORIGIN,      /* a web page, HTTP 403 */
  BK_SERVER_REFUSED_MALFORMED,   /* HTTP 400, 405, 431, 505 */
  BK_SERVER_REFUSED_TIMEOUT,     /* the handshake took too long */
  BK_SERVER_REFUSED_GONE,        /* the other end left before the handshake was done, or TLS failed */
} BkServerRefused;
#define BK_SERVER_N_REFUSED (BK_SERVER_REFUSED_GONE + 1)

/* Why a WebSocket is no more. In brackets the close code that was sent. */
typedef enum
{
  BK_SERVER_CLOSED_PEER,     /* the other end said goodbye */
  BK_SERVER_CLOSED_LOST,     /* the other end vanished */
  BK_SERVER_CLOSED_LOCAL,    /* bk_server_conn_close () */
  BK_SERVER_CLOSED_SHUTDOWN, /* bk_server_net_free () */
  BK_SERVER_CLOSED_SLOW,     /* does not read what is sent (none, the line is cut) */
  BK_SERVER_CLOSED_IDLE,     /* said nothing for too long (1001), or one message (1008) */
  BK_SERVER_CLOSED_SIGN_IN,  /* did not sign in in time (1008) */
  BK_SERVER_CLOSED_TOO_BIG,  /* message too long, all fragments together (1009) */
  BK_SERVER_CLOSED_BINARY,   /* binary message (1003) */
  BK_SERVER_CLOSED_BAD_UTF8, /* text that is none (1007) */
  BK_SERVER_CLOSED_PROTOCOL, /* not WebSocket (1002) */
} BkServerClosed;
#define BK_SERVER_N_CLOSED (BK_SERVER_CLOSED_PROTOCOL + 1)

/* Close codes of RFC 6455. */
#define BK_SERVER_CODE_NORMAL 1000
#define BK_SERVER_CODE_GOING_AWAY 1001
#define BK_SERVER_CODE_PROTOCOL 1002
#define BK_SERVER_CODE_UNSUPPORTED 1003
#define BK_SERVER_CODE_BAD_TEXT 1007
#define BK_SERVER_CODE_POLICY 1008
#define BK_SERVER_CODE_TOO_BIG 1009

typedef struct
{
  const char *host; /* an IP address or "localhost" */
  guint16 port;     /* 0: any */
  int fd;           /* that listens there already; 0: none */
} BkServerNetAddress;

/* Made by bk_server_net_config_init (), which fills in the limits; addresses, path and subprotocol are the caller's.
 * Nothing is kept: the strings may go after bk_server_net_new (). */
typedef struct
{
  const BkServerNetAddress *addresses;
  guint n_addresses;
  const char *certificate; /* PEM file, the chain included; NULL: no TLS, loopback addresses only */
  const char *key;         /* PEM file */
  const char *path;
  const char *subprotocol;
  const char *const *origins; /* NULL-terminated: web pages that are welcome. NULL: none is */
  gsize max_frame;            /* bytes of one message, all fragments together */
  gsize max_frame_signed_out; /* the same before bk_server_conn_set_signed_in () */
  gsize max_outgoing;         /* bytes that wait for one connection */
  guint max_connections;
  guint max_per_address; /* an IPv6 address counts as its /64 */
  guint handshake_ms;    /* TLS and HTTP upgrade */
  guint sign_in_ms;      /* from then to bk_server_conn_set_signed_in (); 0: no limit, and no need to call that */
  guint idle_ms;         /* without a byte from the other end, or for one message; 0: no limit */
  guint closing_ms;      /* from close to the end, however slow the other end is */
  int backlog;
  BkClock *clock; /* NULL: the system's */
} BkServerNetConfig;

/* @conn is valid from opened to closed, both included; each opened is followed by one closed. bk_server_net_free ()
 * must not be called from these. */
typedef struct
{
  void (*opened) (BkServerConn *conn, gpointer user_data);
  /* @text is valid UTF-8 without NUL, and a NUL follows it. */
  void (*frame) (BkServerConn *conn, const char *text, gsize length, gpointer user_data);
  void (*closed) (BkServerConn *conn, BkServerClosed reason, gpointer user_data);
  /* All that was queued is on its way: there is room for more. Nullable. */
  void (*drained) (BkServerConn *conn, gpointer user_data);
  /* The other end has read all that was sent before bk_server_conn_ask (). Nullable. */
  void (*answered) (BkServerConn *conn, gpointer user_data);
} BkServerNetHandler;

typedef struct
{
  guint64 accepted; /* TCP connections */
  guint64 opened;   /* of them, WebSockets */
  guint64 refused[BK_SERVER_N_REFUSED];
  guint64 closed[BK_SERVER_N_CLOSED];
  guint64 frames_in;
  guint64 frames_out;
  guint64 bytes_in; /* of messages, without framing */
  guint64 bytes_out;
  gsize queued;      /* bytes that wait to be sent, now */
  guint connections; /* now, those in handshake included */
  guint open;        /* WebSockets now */
} BkServerNetStats;

void bk_server_net_config_init (BkServerNetConfig *config);
BkServerNet *bk_server_net_new (const BkServerNetConfig *config, const BkServerNetHandler *handler, gpointer user_data,
                                GError **error);
void bk_server_net_free (BkServerNet *net);
guint16 bk_server_net_get_port (BkServerNet *net, guint index);
gboolean bk_server_net_check_certificate (const char *certificate, const char *key, gint64 now, char **remark,
                                          GError **error);
gboolean bk_server_net_reload (BkServerNet *net, const char *certificate, const char *key, GError **error);
void bk_server_net_stop_listening (BkServerNet *net);
void bk_server_net_close_all (BkServerNet *net, guint16 code, const char *reason);
const BkServerNetStats *bk_server_net_get_stats (BkServerNet *net);
const char *bk_server_refused_to_string (BkServerRefused refused);
const char *bk_server_closed_to_string (BkServerClosed closed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerNet, bk_server_net_free)

gboolean bk_server_conn_send (BkServerConn *conn, BkServerFrame *frame);
gboolean bk_server_conn_send_text (BkServerConn *conn, const char *text, gssize length);
gboolean bk_server_conn_ask (BkServerConn *conn);
void bk_server_conn_close (BkServerConn *conn, guint16 code, const char *reason);
void bk_server_conn_set_signed_in (BkServerConn *conn);
char *bk_server_conn_dup_address (BkServerConn *conn);
gsize bk_server_conn_get_queued (BkServerConn *conn);
void bk_server_conn_set_user_data (BkServerConn *conn, gpointer user_data);
gpointer bk_server_conn_get_user_data (BkServerConn *conn);

/* A message on its way out, made once however many connections it goes to. */
BkServerFrame *bk_server_frame_new (const char *text, gssize length);
BkServerFrame *bk_server_frame_ref (BkServerFrame *frame);
void bk_server_frame_unref (BkServerFrame *frame);
gsize bk_server_frame_get_length (BkServerFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerFrame, bk_server_frame_unref)

G_END_DECLS
