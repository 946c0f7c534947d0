/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of bk-quic share: bk-quic.c life and time, -tls the handshake, -conn what ngtcp2 calls, -stream the
 * streams and their buffers, -send what goes out. */
#pragma once

#include "bk-quic-compat.h"
#include "bk-quic.h"

G_BEGIN_DECLS

#define BK_QUIC_CID_LENGTH 8
/* Of a short header with the longest packet number, the tag of the cipher and the head of the frame. */
#define BK_QUIC_DATAGRAM_OVERHEAD (1 + BK_QUIC_CID_LENGTH + 4 + 16 + 3)
#define BK_QUIC_MAX_DATAGRAM (BK_QUIC_MAX_PACKET - BK_QUIC_DATAGRAM_OVERHEAD)
#define BK_QUIC_DATAGRAMS 128 /* that wait for being sent */

/* What each stream may always have in flight towards us; what all streams together may have beyond that, which goes to
 * those whose readers keep up: so a reader that is stuck never stops another stream. */
#define BK_QUIC_FIRST_WINDOW (64 * 1024)
#define BK_QUIC_WINDOW_POOL (16 * 1024 * 1024)
#define BK_QUIC_STREAM_WINDOW (8 * 1024 * 1024) /* 40 ms at 1 Gbit/s are 5 MB */
/* Of what we send: kept until it has arrived. Beyond what is under way, only as much as keeps the path busy. */
#define BK_QUIC_SEGMENT (16 * 1024)
#define BK_QUIC_UNSENT_LEAST (32 * 1024)
#define BK_QUIC_UNSENT_MOST (256 * 1024)
#define BK_QUIC_SEND_POOL (16 * 1024 * 1024)

typedef struct _BkQuicSegment BkQuicSegment;

struct _BkQuicSegment
{
  BkQuicSegment *next;
  guint8 data[BK_QUIC_SEGMENT];
};

typedef struct
{
  gint64 id;
  /* To the other side: segments from @base on. All of it up to @acked has arrived, up to @sent was under way. */
  BkQuicSegment *head, *tail, *cursor;
  guint64 base, cursor_base, acked, sent, end;
  gsize losses_at_fin;
  GList ready;   /* link in BkQuic.ready: has something to send, and may */
  GList starved; /* link in BkQuic.starved: somebody waits for room */
  /* From the other side. */
  guint64 unconsumed, window, round_credit;
  gint64 round_start;
  guint is_ready : 1, is_starved : 1, is_finished : 1;
  guint fin : 1, fin_sent : 1, fin_alone : 1, fin_acked : 1, told_acked : 1;
  guint blocked : 1; /* the other side gives no room for now */
  guint shut : 1;    /* nothing more can be written: we reset it, or the other side stopped it */
  guint told_stopped : 1;
  guint deaf : 1;    /* what comes is dropped */
  guint gone : 1;    /* ngtcp2 knows it no more */
} BkQuicStream;

typedef struct
{
  guint16 length;
  guint8 data[BK_QUIC_MAX_DATAGRAM];
} BkQuicDatagram;

typedef enum
{
  BK_QUIC_WAITING, /* the server, before the first packet */
  BK_QUIC_ALIVE,
  BK_QUIC_CLOSING, /* the other side is still to be told */
  BK_QUIC_CLOSED,  /* it was told, or knows */
} BkQuicPhase;

struct _BkQuic
{
  gboolean client;
  char *session;
  char *server_name;
  char *fingerprint;
  BkCertificate *certificate;
  guint8 seed[32];
  guint64 max_stream_window;
  BkQuicFuncs funcs;
  gpointer user_data;

  BkQuicPhase phase;
  ngtcp2_conn *conn;
  gnutls_session_t tls;
  ngtcp2_crypto_conn_ref ref;
  GRand *rand;
  guint inside;       /* calls of ngtcp2, or of the user by us: ngtcp2 must not be entered again */
  gboolean verified;  /* the other side has shown the right certificate */
  gboolean refused;   /* it has shown another one, or none */
  gboolean completed; /* the handshake of TLS */
  gboolean confirmed;
  gboolean told_closed; /* or about to be */
  BeckonSessionResult end_result;
  const char *end_reason; /* still to be told */
  BkQuicError error; /* what the other side is told */
  gboolean close_due;
  guint late; /* packets that came after the end */
  guint8 last_words[BK_QUIC_MAX_PACKET];
  gsize n_last_words;

  /* The time of ngtcp2 is ours plus @skipped: see nudge (). */
  gint64 started, now, last_heard;
  gint64 skipped, skipped_at_sign;
  gint64 nudge_at;
  guint quick_nudges; /* in this silence */
  guint more_nudges;  /* quick ones to come */
  gboolean answered;  /* something of ours was acknowledged since the last nudge */

  GHashTable *streams; /* id (in the stream) to BkQuicStream */
  GQueue ready, starved;
  GPtrArray *stopped;  /* streams of which the user is to hear it, when nobody is inside */
  GPtrArray *finished; /* streams that can be let go then */
  guint64 window_pool; /* given away */
  guint64 send_pool;   /* bytes in all buffers */
  BkQuicSegment *spare;
  guint n_spare;

  BkQuicDatagram *datagrams; /* ring */
  guint first_datagram, n_datagrams;
  guint64 datagram_id;
  gboolean datagram_refused;
  gboolean datagram_turn;

  BkQuicStatistics statistics;
};

/* bk-quic.c */
ngtcp2_tstamp bk_quic_time (BkQuic *self);
void bk_quic_confirm (BkQuic *self);
void bk_quic_end (BkQuic *self, BeckonSessionResult result, const char *reason);
void bk_quic_fail (BkQuic *self, int code);
/* To be called when ngtcp2 has returned: tells what could not be told from inside. */
void bk_quic_settle (BkQuic *self);

/* bk-quic-tls.c */
gboolean bk_quic_tls_new (BkQuic *self, GError **error);
gboolean bk_quic_tls_is_fair (BkQuic *self);
gboolean bk_quic_alert_is_about_identity (guint8 alert);

/* bk-quic-conn.c */
gboolean bk_quic_conn_new_client (BkQuic *self, GError **error);
gboolean bk_quic_conn_new_server (BkQuic *self, const guint8 *packet, gsize length);
/* As ngtcp2_conn_read_pkt (). @heard: the packet is one of the other side. */
int bk_quic_conn_read (BkQuic *self, const guint8 *packet, gsize length, gboolean *heard);

/* bk-quic-stream.c */
BkQuicStream *bk_quic_stream_new (BkQuic *self, gint64 id);
void bk_quic_stream_free (BkQuic *self, BkQuicStream *stream);
BkQuicStream *bk_quic_stream_find (BkQuic *self, gint64 id);
void bk_quic_stream_received (BkQuic *self, BkQuicStream *stream, const guint8 *data, gsize length, gboolean fin);
void bk_quic_stream_acked (BkQuic *self, BkQuicStream *stream, guint64 offset, guint64 length);
void bk_quic_stream_gone (BkQuic *self, BkQuicStream *stream);
void bk_quic_stream_unblocked (BkQuic *self, BkQuicStream *stream);
/* Up to two pieces of what is to be sent next, and whether they are the end. */
gsize bk_quic_stream_peek (BkQuicStream *stream, ngtcp2_vec vec[2], gboolean *fin);
void bk_quic_stream_sent (BkQuic *self, BkQuicStream *stream, gsize length, gboolean fin);
void bk_quic_stream_make_ready (BkQuic *self, BkQuicStream *stream);
void bk_quic_stream_unready (BkQuic *self, BkQuicStream *stream);
void bk_quic_streams_settle (BkQuic *self);
void bk_quic_streams_clear (BkQuic *self);

G_END_DECLS
