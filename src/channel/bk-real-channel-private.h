/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a channel share. */
#pragma once

#include "bk-attempts.h"
#include "bk-channel-control.h"
#include "bk-channel-real.h"
#include "bk-flow.h"
#include "bk-forward.h"
#include "bk-pump.h"

G_BEGIN_DECLS

typedef enum
{
  BK_REAL_IDLE,
  BK_REAL_STARTED,   /* looks for the other side */
  BK_REAL_CONFIRMED,
  BK_REAL_FINISHING, /* brings over what is on its way */
  BK_REAL_OVER,
} BkRealState;

#define BK_TYPE_REAL_CHANNEL (bk_real_channel_get_type ())
G_DECLARE_FINAL_TYPE (BkRealChannel, bk_real_channel, BK, REAL_CHANNEL, GObject)

struct _BkRealChannel
{
  GObject parent_instance;

  BkClock *clock;
  char *session;
  gboolean inviter;
  BkCertificate *certificate;
  BkRealState state;
  gboolean kept;        /* by itself, until all that is on its way has arrived */
  BkAttempts *attempts; /* NULL: over */
  BkQuic *quic;         /* NULL: not started, or over */
  BkPumpHub hub;
  BkForward *forward;   /* NULL: over */

  /* bk-real-channel-turn.c */
  GSource *turn;
  guint tick;
  guint wake_timer;
  gint64 wake_time;
  GQueue events;        /* to be told, element-type Event */
  BeckonChannelPath path;
  char *reason;
  gboolean path_changed; /* and not told */
  gint64 started;
  gint64 path_since;
  gint64 lost_since;     /* 0: it is not lost */
  gboolean gone;         /* QUIC is over */
  gboolean cut;          /* and that has been dealt with */
  BeckonSessionResult gone_result;
  char *gone_text;
  guint64 progress;      /* as it was at … */
  gint64 progress_since;
  BkQuicStatistics last; /* of a connection that is over */

  /* bk-real-channel-words.c */
  gint64 control;        /* stream; -1: none yet */
  GByteArray *words_out;
  GByteArray *words_in;
  gboolean drained;      /* all that was written here has arrived, and the other side is told so */
  gboolean told;         /* and knows it */
  gboolean they_drained;

  /* bk-real-channel-streams.c */
  GPtrArray *streams;    /* element-type BkRealStream, in the order in which they were opened */
  GHashTable *by_number; /* of streams that QUIC knows */
  GQueue waiting;        /* invitee: opened here, not yet by the other side; element-type BkRealWaiting */
  GHashTable *balance;   /* inviter: name -> what the other side has opened more than this one */
  guint n_offers;        /* inviter: sum of what is above 0 */

  /* bk-real-channel-flows.c */
  GPtrArray *flows;      /* element-type BkRealFlow */
  GQueue announced;      /* by the other side and not opened here, element-type BkRealAnnounced */
  guint32 last_id;
  BkAssembly *assembly;
};

/* bk-real-channel.c */
BkRealChannel *bk_real_channel_new (BkClock *clock, const char *runtime_dir, const char *session, gboolean inviter,
                                    GError **error);
void bk_real_channel_tear_down (BkRealChannel *self);

/* bk-real-channel-turn.c: everything that happens comes together once in a turn of the main loop */
void bk_real_turn_init (BkRealChannel *self);
void bk_real_turn_clear (BkRealChannel *self);
gboolean bk_real_turn_start (BkRealChannel *self, const char *fingerprint, GError **error);
void bk_real_turn_soon (BkRealChannel *self);
void bk_real_turn_get_statistics (BkRealChannel *self, BkQuicStatistics *statistics);
void bk_real_turn_tell_transport (BkRealChannel *self, const BkEnvelope *transport);
void bk_real_turn_tell_confirmed (BkRealChannel *self);
void bk_real_turn_tell_envelope (BkRealChannel *self, const BkEnvelope *envelope);
void bk_real_turn_tell_offered (BkRealChannel *self, const char *name, gboolean datagram);
/* The connection cannot go on: "broken" follows. */
void bk_real_turn_break (BkRealChannel *self, BeckonSessionResult result, const char *text);

/* bk-real-channel-path.c */
extern const BkAttemptsFuncs bk_real_path_funcs;
void bk_real_path_lose (BkRealChannel *self); /* nothing comes by it any more */
void bk_real_path_update (BkRealChannel *self);

/* bk-real-channel-quic.c */
extern const BkQuicFuncs bk_real_quic_funcs;

/* bk-real-channel-words.c */
void bk_real_words_open (BkRealChannel *self);
gboolean bk_real_words_send (BkRealChannel *self, const BkWord *word);
void bk_real_words_end (BkRealChannel *self);
void bk_real_words_flush (BkRealChannel *self);
void bk_real_words_receive (BkRealChannel *self, const guint8 *data, gsize length);

/* bk-real-channel-streams.c */
void bk_real_streams_init (BkRealChannel *self);
void bk_real_streams_clear (BkRealChannel *self);
int bk_real_streams_open (BkRealChannel *self, const char *name, GError **error);
void bk_real_streams_forward (BkRealChannel *self, int fd); /* of a program that has connected */
gboolean bk_real_streams_take_offer (BkRealChannel *self, const char *name); /* FALSE: more than there may be */
void bk_real_streams_opened (BkRealChannel *self, gint64 number);            /* by the other side */
void bk_real_streams_data (BkRealChannel *self, gint64 number, const guint8 *data, gsize length, gboolean fin);
BkPump *bk_real_streams_find (BkRealChannel *self, gint64 number); /* nullable */
void bk_real_streams_closed (BkRealChannel *self, gint64 number);
void bk_real_streams_turn (BkRealChannel *self);
void bk_real_streams_finish (BkRealChannel *self); /* what programs have written until now is the last of it */
void bk_real_streams_cut (BkRealChannel *self);
gboolean bk_real_streams_are_drained (BkRealChannel *self);
gboolean bk_real_streams_are_quiet (BkRealChannel *self);
int bk_real_make_pair (int type, int *other, GError **error);

/* bk-real-channel-flows.c */
void bk_real_flows_init (BkRealChannel *self);
void bk_real_flows_clear (BkRealChannel *self);
int bk_real_flows_open (BkRealChannel *self, const char *name, GError **error);
gboolean bk_real_flows_take_announced (BkRealChannel *self, const char *name, guint32 id); /* FALSE: too many */
void bk_real_flows_take_closed (BkRealChannel *self, guint32 id);
void bk_real_flows_receive (BkRealChannel *self, const guint8 *data, gsize length);
void bk_real_flows_writable (BkRealChannel *self);
void bk_real_flows_turn (BkRealChannel *self);
gboolean bk_real_flows_are_drained (BkRealChannel *self);

G_END_DECLS
