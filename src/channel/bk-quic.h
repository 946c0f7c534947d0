/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One QUIC connection without input, output or clock: packets and the time come in, packets and the next time come
 * out. The path below it is a fake, constant one: what is really under it may change at any time.
 *
 * After any call, and after a batch of bk_quic_receive (), there may be something to send: call bk_quic_produce () until
 * it returns 0, and ask for the deadline anew. */
#pragma once

#include "beckon-enums.h"
#include "bk-certificate.h"
#include "bk-limits.h"

#include <glib.h>

G_BEGIN_DECLS

#define BK_QUIC_MAX_PACKET 1200
#define BK_QUIC_STREAMS (BK_LIMIT_STREAMS + 1) /* of one side, open at once: one is no program's */
#define BK_QUIC_MAX_BURST 64 /* packets that one call produces at most */

typedef struct _BkQuic BkQuic;

typedef struct
{
  gboolean client;             /* the inviter */
  const char *session;         /* SessionID: bound into the handshake */
  BkCertificate *certificate;  /* borrowed, outlives the connection */
  const char *fingerprint;     /* of the other side's certificate */
  guint8 seed[32];             /* of what needs no secrecy (connection ids, …); tests: reproducible */
  guint64 max_stream_window;   /* bytes that one stream may have in flight and in buffers; 0: a good value */
} BkQuicConfig;

/* What happened. Called from inside bk_quic_receive (), _produce (), _expire () and _path_changed () only; those four do
 * nothing when they are called from here, and bk_quic_free () must not be. Everything else may be. */
typedef struct
{
  void (*confirmed) (gpointer user_data); /* the other side is the right one, and knows that we are */
  void (*stream_opened) (gint64 stream, gpointer user_data); /* by the other side */
  /* Keeps its credit until bk_quic_consume () or bk_quic_stop (). @fin: nothing more will come; with length 0 too. */
  void (*stream_data) (gint64 stream, const guint8 *data, gsize length, gboolean fin, gpointer user_data);
  void (*stream_writable) (gint64 stream, gpointer user_data); /* after bk_quic_write () took less than all */
  void (*stream_acked) (gint64 stream, gpointer user_data);    /* all that was written has arrived, fin included */
  /* The other side wants no more of it: heard when there is something to send. bk_quic_write () takes nothing more. */
  void (*stream_stopped) (gint64 stream, gpointer user_data);
  void (*stream_reset) (gint64 stream, gpointer user_data);    /* what was to come is given up */
  /* Both directions are over, and all that came is consumed: nothing is known of it any more. */
  void (*stream_closed) (gint64 stream, gpointer user_data);
  void (*datagram) (const guint8 *data, gsize length, gpointer user_data);
  void (*datagram_writable) (gpointer user_data);              /* after bk_quic_send_datagram () refused one */
  /* The end: NONE for one that was asked for, by either side; CONNECTION_FAILURE: silence; AUTHENTICATION_FAILED;
   * PROTOCOL_ERROR. @reason: a sentence for people. Nothing else follows, but a last packet may be to be sent. */
  void (*closed) (BeckonSessionResult result, const char *reason, gpointer user_data);
} BkQuicFuncs;

typedef struct
{
  guint64 bytes_sent; /* of streams and datagrams, without overhead and repetition */
  guint64 bytes_received;
  guint64 packets_sent;
  guint64 packets_received;
  guint64 packets_lost; /* of those with data of streams or a datagram: more is not to be learnt */
  guint64 datagrams_sent;
  guint64 datagrams_received;
  guint64 datagrams_lost;
  gint64 rtt_us; /* smoothed; 0: not known */
} BkQuicStatistics;

/* Times are monotonic microseconds. */
BkQuic *bk_quic_new (const BkQuicConfig *config, const BkQuicFuncs *funcs, gpointer user_data, gint64 now,
                     GError **error);
void bk_quic_free (BkQuic *self);

void bk_quic_receive (BkQuic *self, const guint8 *packet, gsize length, gint64 now); /* anything; never fails */
/* Writes packets one behind the other into @buffer (of BK_QUIC_MAX_PACKET bytes at least): all of *@packet_size bytes
 * but the last, which may be shorter. So they can go out in one call with UDP_SEGMENT. Returns the bytes, 0: nothing to
 * send now. */
gsize bk_quic_produce (BkQuic *self, guint8 *buffer, gsize size, gsize *packet_size, gint64 now);
gint64 bk_quic_get_deadline (BkQuic *self); /* when to call bk_quic_expire (), G_MAXINT64: never */
void bk_quic_expire (BkQuic *self, gint64 now);
gint64 bk_quic_get_last_heard (BkQuic *self); /* when the last packet of the other side came, 0: never */
/* There is a new path below: what is under way is sent again at once instead of when its timer runs out, and what was
 * learnt about the old path (congestion, round trip) is forgotten as far as the library allows. */
void bk_quic_path_changed (BkQuic *self, gint64 now);

gboolean bk_quic_is_confirmed (BkQuic *self);
/* -1: not confirmed, or no more may be open at once for now. */
gint64 bk_quic_open_stream (BkQuic *self);
/* Takes as much as there is room for, and returns how much that is. @fin: with all of it taken, nothing more comes. */
gsize bk_quic_write (BkQuic *self, gint64 stream, const guint8 *data, gsize length, gboolean fin);
void bk_quic_consume (BkQuic *self, gint64 stream, gsize length); /* of what stream_data () brought */
void bk_quic_reset (BkQuic *self, gint64 stream); /* gives up what is not sent */
void bk_quic_stop (BkQuic *self, gint64 stream);  /* wants no more of it */
/* FALSE: no room now. One that is too long, or too early, is dropped. */
gboolean bk_quic_send_datagram (BkQuic *self, const guint8 *data, gsize length);
gsize bk_quic_get_max_datagram (BkQuic *self);
/* The next packet says so, and again if the other side goes on; closed () does not come. */
void bk_quic_close (BkQuic *self);
void bk_quic_get_statistics (BkQuic *self, BkQuicStatistics *statistics);

G_END_DECLS
