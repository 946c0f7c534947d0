/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection engine on a loopback port, and a client that writes its bytes by hand, so that it can write wrong
 * ones. */
#pragma once

#include "bk-server-net.h"
#include "bk-test.h"

G_BEGIN_DECLS

#define NET_PATH "/beckon"
#define NET_SUBPROTOCOL "beckon.1"

typedef struct
{
  BkServerNet *net;
  guint16 port;
  gboolean echo;
  gboolean close_on_frame; /* the server answers twice and says goodbye */
  GPtrArray *conns;        /* of BkServerConn that are open now, in the order in which they came */
  guint opened;
  guint frames;
  guint closed;
  GString *last; /* the last message */
  BkServerClosed last_closed;
} NetFixture;

void net_fixture_config (BkServerNetConfig *config);
void net_fixture_start (NetFixture *f, const BkServerNetConfig *config);
void net_fixture_stop (NetFixture *f);
const BkServerNetStats *net_stats (NetFixture *f);
BkServerConn *net_first (NetFixture *f);

typedef struct
{
  GSocket *socket;
  GSource *source;
  GByteArray *in;
  gboolean eof;
} RawClient;

RawClient *raw_connect (guint16 port);
void raw_free (RawClient *raw);
void raw_stop_reading (RawClient *raw);
void raw_read_again (RawClient *raw);
void raw_send (RawClient *raw, gconstpointer data, gsize size);
void raw_send_request (RawClient *raw, const char *path, const char *subprotocol, const char *extra);
char *raw_take_answer (RawClient *raw);
RawClient *raw_open (NetFixture *f);
void raw_append_frame (GByteArray *bytes, guint8 first, gconstpointer payload, gsize size);
void raw_send_frame (RawClient *raw, guint8 first, gconstpointer payload, gsize size);
GBytes *raw_take_frame (RawClient *raw, guint8 *first);
void raw_expect_text (RawClient *raw, const char *text);
guint16 raw_take_close (RawClient *raw, char **reason);
void raw_wait_eof (RawClient *raw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawClient, raw_free)

#define RAW_FIN 0x80
#define RAW_CONTINUATION 0x0
#define RAW_TEXT 0x1
#define RAW_BINARY 0x2
#define RAW_CLOSE 0x8
#define RAW_PING 0x9
#define RAW_PONG 0xA

G_END_DECLS
