/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the connection engine share; nobody else includes this. */
#pragma once

#include "bk-server-net.h"
#include "bk-server-uv-source.h"

#include <gio/gio.h>
#include <libwebsockets.h>
#include <netinet/in.h>

G_BEGIN_DECLS

#define BK_SERVER_GATHER_SIZE 16384
#define BK_SERVER_MAX_HEAD 8192
#define BK_SERVER_MAX_REASON 123 /* a control frame carries 125 bytes, two of them are the code */

typedef struct
{
  BkServerNet *net;
  GSocket *socket;
  guint16 port;
  uv_poll_t poll;
} BkServerListener;

/* A certificate, what vouches for it, and its key */
typedef struct _BkServerIdentity BkServerIdentity;

/* Where in its frames a client is */
typedef struct _BkServerReader BkServerReader;

struct _BkServerNet
{
  BkServerNetHandler handler;
  gpointer user_data;
  BkServerNetStats stats;

  char *path;
  char *subprotocol;
  GStrv origins;
  BkServerNetConfig config; /* numbers only; its pointers are NULL */
  BkClock *clock;

  uv_loop_t loop;
  GSource *source;
  struct lws_context *context;
  struct lws_vhost *vhost;
  struct lws_protocols protocols[2];
  gboolean tls;
  BkServerIdentity *identity; /* with TLS: what new connections are shown */
  gboolean freeing;
  guint in_callback;

  GPtrArray *listeners;  /* element-type BkServerListener */
  guint accept_timer;    /* accepting rests because there are no descriptors left */
  GHashTable *addresses; /* key: struct in6_addr, value: the same with the count, see bk-server-net-listen.c */
  GQueue conns;          /* of BkServerConn, by its link */
  GQueue unsent;         /* of BkServerConn, by its unsent link: to be written to in the next round */
  uv_prepare_t flush;    /* that does it */
  guint8 *gather;        /* several frames that go out together */
  GSequence *deadlines;  /* of BkServerConn, the earliest first */
  guint deadline_timer;
  gint64 deadline_due;
  BkServerReader *reader; /* of who is between two messages; NULL: not made yet, or somebody has it */
};

typedef enum
{
  BK_SERVER_PHASE_HANDSHAKE,
  BK_SERVER_PHASE_SIGN_IN,
  BK_SERVER_PHASE_OPEN,
  BK_SERVER_PHASE_CLOSING,    /* what was queued is sent, then the close frame; nothing is handed up any more */
  BK_SERVER_PHASE_CLOSE_SENT, /* until the other end has answered */
  BK_SERVER_PHASE_DEAD,       /* to be cut off */
  BK_SERVER_PHASE_GONE,       /* the handler knows */
} BkServerPhase;

struct _BkServerConn
{
  BkServerNet *net;
  struct lws *wsi;
  gpointer user_data;
  GList link;
  GList unsent; /* its data is NULL: not in the list */
  GSequenceIter *deadline;
  gint64 due;
  GString *incoming;      /* the start of a request whose end has not come yet */
  BkServerReader *reader; /* NULL: between two messages */
  gint64 began;           /* when the message did that has not ended; -1: there is none */
  gboolean paused;        /* nothing is read until all that is written has gone out */
  gboolean heard_close;
  gboolean is_deaf; /* what still comes is of no interest */
  GQueue outgoing;  /* of BkServerFrame */
  gsize queued;
  struct in6_addr address;
  char *close_reason;
  guint16 close_code;
  BkServerPhase phase;
  int closed;  /* BkServerClosed, -1: not known yet */
  int refused; /* BkServerRefused, -1: not known yet */
};

struct _BkServerFrame
{
  gatomicrefcount refs;
  gsize length;
  guint8 n_header;
  gboolean is_control;
  guint8 data[]; /* header, then what it carries */
};

/* bk-server-net-frame.c */
BkServerFrame *bk_server_frame_new_control (guint8 first, gconstpointer data, gsize length);
gsize bk_server_frame_get_cost (BkServerFrame *frame);

/* bk-server-net-conn.c */
BkServerConn *bk_server_conn_new (BkServerNet *net, const struct in6_addr *address);
void bk_server_conn_free (BkServerConn *conn);
void bk_server_conn_enter_phase (BkServerConn *conn, BkServerPhase phase);
void bk_server_conn_begin_close (BkServerConn *conn, BkServerClosed closed, guint16 code, const char *reason);
void bk_server_conn_kill (BkServerConn *conn);
void bk_server_conn_drop_outgoing (BkServerConn *conn);
void bk_server_conn_gone (BkServerConn *conn);
void bk_server_conn_answer_ping (BkServerConn *conn, gconstpointer data, gsize length);
void bk_server_net_on_deadline (gpointer user_data);

/* bk-server-net-read.c */
gboolean bk_server_conn_read (BkServerConn *conn, const guint8 *data, gsize length);
void bk_server_reader_free (BkServerReader *self);

/* bk-server-net-certificate.c */
BkServerIdentity *bk_server_identity_load (const char *certificate, const char *key, GError **error);
void bk_server_identity_free (BkServerIdentity *self);
void bk_server_identity_check_dates (BkServerIdentity *self, const char *path, gint64 now);
gboolean bk_server_identity_show (BkServerIdentity *self, gpointer connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServerIdentity, bk_server_identity_free)

/* bk-server-net-tls.c */
extern const char bk_server_net_ciphers[];
void bk_server_net_tls_set_up (BkServerNet *net, gpointer context);

/* bk-server-net-lws.c */
void bk_server_net_flush (BkServerNet *net);
gboolean bk_server_conn_write (BkServerConn *conn, gconstpointer data, gsize length);
int bk_server_net_lws_callback (struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length);

/* bk-server-net-http.c */
gssize bk_server_conn_read_request (BkServerConn *conn, const char *data, gsize length, gboolean *complete);

/* bk-server-net-listen.c */
gboolean bk_server_net_listen (BkServerNet *net, const BkServerNetAddress *address, GError **error);
GHashTable *bk_server_net_new_address_table (void);
void bk_server_net_release_address (BkServerNet *net, const struct in6_addr *address);
void bk_server_net_resume_accept (BkServerNet *net);

G_END_DECLS
