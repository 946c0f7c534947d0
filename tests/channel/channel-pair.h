/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two sides of one session, whose envelopes the test hands over. */
#pragma once

#include "bk-channel-real.h"
#include "bk-test.h"

G_BEGIN_DECLS

#define PAIR_SESSION "{A0A0A0A0-0000-4000-8000-00000000C0DE}"

typedef struct _ChannelPair ChannelPair;

typedef struct
{
  ChannelPair *pair;
  BkChannel *channel;
  guint confirmed;
  guint paths;           /* how often it was told */
  guint broken;
  BeckonSessionResult result;
  char *text;
  GPtrArray *envelopes;  /* element-type BkEnvelope, over the channel */
  GPtrArray *offered;    /* "NAME/stream" or "NAME/datagram" */
  GPtrArray *transports; /* element-type BkEnvelope, all that this side has sent through the backend */
  guint delivered;       /* of them */
} ChannelSide;

struct _ChannelPair
{
  BkClock *clock;
  BkTestDir *dir;
  BkChannels *channels;
  gboolean held; /* the test delivers */
  ChannelSide side[2];
};

/* Time that goes @speed times as fast, and stands still while the machine lets this program wait. */
BkClock *fast_clock_new (guint speed);

void channel_pair_init (ChannelPair *self, BkClock *clock); /* transfer full; nullable: the system's */
void channel_pair_start (ChannelPair *self);
void channel_pair_connect (ChannelPair *self); /* until both are confirmed */
void channel_pair_clear (ChannelPair *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ChannelPair, channel_pair_clear)

/* All that waits, both ways, in the order in which it was sent. */
void channel_pair_deliver (ChannelPair *self);

/* The same of one stream on both sides. */
void channel_pair_open (ChannelPair *self, const char *name, int fds[2]);

/* Blocking reads and writes would stop the channels, which are in this process: these run the main loop. */
void fd_write (int fd, const void *data, gsize length);
void fd_read (int fd, void *data, gsize length);
void fd_expect (int fd, const char *text);
void fd_expect_end (int fd);
/* How much can be written until there is no more room, while the main loop runs until nothing moves. */
gsize fd_fill (int fd);

/* Data on its way from one descriptor to another one. */
typedef struct
{
  int from;
  int to;
  guint8 *data;
  gsize length;
  gsize sent;
  gsize received;
} FdTransfer;

/* Sends and reads what can be without waiting; TRUE: all has come, and the end behind it. */
gboolean fd_move (gpointer transfer);
/* An idle function: what is polled and not waited for. */
gboolean fd_keep_going (gpointer unused);

G_END_DECLS
