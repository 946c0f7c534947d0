/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Channels in memory, which do only what the test says, when it says it. */
#pragma once

#include "bk-channel.h"

G_BEGIN_DECLS

#define FAKE_TYPE_CHANNELS (fake_channels_get_type ())
G_DECLARE_FINAL_TYPE (FakeChannels, fake_channels, FAKE, CHANNELS, GObject)

#define FAKE_TYPE_CHANNEL (fake_channel_get_type ())
G_DECLARE_FINAL_TYPE (FakeChannel, fake_channel, FAKE, CHANNEL, GObject)

struct _FakeChannels
{
  GObject parent_instance;
  FakeChannels *other;  /* of the other person; not owned, nullable */
  GPtrArray *made;      /* element-type FakeChannel, owned */
  const char *refusal;  /* why none can be made; nullable */
  gboolean real_streams; /* else what is opened is nothing */
  BkRelays *test_relays; /* what the last test was given; nullable */
};

struct _FakeChannel
{
  GObject parent_instance;
  FakeChannels *channels; /* not owned */
  char *session;
  gboolean inviter;
  char *fingerprint;

  gboolean started;
  gboolean finished;
  gboolean closed;
  gboolean full; /* takes nothing */
  guint n_nudges;
  guint n_relays; /* how often they were set after the start */
  char *their_fingerprint;
  BkRelays *relays;
  GPtrArray *transports; /* element-type BkEnvelope: that were handed in */
  GQueue sent;           /* of BkEnvelope: that have not been delivered yet */
  GPtrArray *opened;     /* element-type utf8: "stream:NAME", "datagram:NAME" */
  int stream;            /* the other end of the stream that was opened last, where it is one; -1 */
  GTask *hosting;        /* host_async () that waits; nullable */
  BeckonChannelPath path;
  char *reason;
};

FakeChannels *fake_channels_new (void);
/* The one that was made last; aborts if there is none. */
FakeChannel *fake_channels_last (FakeChannels *self);

/* @line: a candidate; nullable. */
void fake_channel_emit_transport (FakeChannel *self, guint32 generation, const char *line);
void fake_channel_set_path (FakeChannel *self, BeckonChannelPath path, const char *reason);
void fake_channel_confirm (FakeChannel *self, BeckonChannelPath path);
void fake_channel_break (FakeChannel *self, BeckonSessionResult result, const char *text);
/* Hands the next envelope to the other side. NULL if there is none, else it, transfer full. */
BkEnvelope *fake_channel_deliver (FakeChannel *self);
/* The program listens now, or @error says why not; nullable. */
void fake_channel_finish_hosting (FakeChannel *self, const char *error);

G_END_DECLS
