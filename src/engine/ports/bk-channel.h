/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel port: a way from one session service to the other, encrypted from end to end, through whatever is
 * between them. The engine says with whom and when, and hands on what the other side says; how it is done is below. */
#pragma once

#include "bk-backend.h"
#include "bk-launcher.h"

G_BEGIN_DECLS

/* What a channel carries between programs that do not know Beckon. */
typedef enum
{
  BK_CARRY_TCP = 1 << 0,
  BK_CARRY_UDP = 1 << 1,
  BK_CARRY_UNIX = 1 << 2,
} BkCarries;

/* Where such a program listens, or finds the one that it joins. */
typedef struct
{
  BkCarries carries;
  char *address; /* of the session's own, below 127; NULL: UNIX */
  guint16 port;  /* the same for TCP and UDP; 0: UNIX */
  char *path;    /* UNIX */
} BkEndpoint;

void bk_endpoint_clear (BkEndpoint *endpoint);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BkEndpoint, bk_endpoint_clear)

#define BK_TYPE_CHANNEL (bk_channel_get_type ())
/* The channel of one side of one session. Nothing leaves this machine before start ().
 *
 * Signals, never from inside a call:
 * "transport" (const BkEnvelope *): a TRANSPORT envelope for the other side, by way of the backend
 * "path" (): path, reason or both are other ones
 * "confirmed" (): both sides have proved who they are: streams, datagrams and send () work. Once
 * "envelope" (const BkEnvelope *): one came over the channel; it has passed the checks of the wire
 * "offered" (const char *name, gboolean datagram): the other side opened one of that name, which this side has not yet
 * "broken" (BeckonSessionResult result, const char *text): over without close (). Once; nothing else follows
 */
G_DECLARE_INTERFACE (BkChannel, bk_channel, BK, CHANNEL, GObject)
struct _BkChannelInterface
{
  GTypeInterface parent_iface;

  const char *(*get_fingerprint) (BkChannel *self); /* of our certificate, 64 hexadecimal digits */
  /* Both sides have agreed: looks for the other one, whose certificate must be that of @fingerprint. */
  void (*start) (BkChannel *self, const char *fingerprint, const BkRelays *relays);
  void (*set_relays) (BkChannel *self, const BkRelays *relays); /* for the attempts that are still to come */
  void (*receive_transport) (BkChannel *self, const BkEnvelope *transport);
  void (*nudge) (BkChannel *self); /* the network changed, or the machine woke up: looks for another way now */
  /* FALSE if it is not confirmed, or no more is taken: the backend is the way then. In order, and not lost as long as
   * the channel lives. */
  gboolean (*send) (BkChannel *self, const BkEnvelope *envelope);

  BeckonChannelPath (*get_path) (BkChannel *self);
  const char *(*get_reason) (BkChannel *self); /* sentence for people: why this path, or none; never NULL */
  GVariant *(*get_statistics) (BkChannel *self); /* a{sv}, floating: see Session1.GetChannel */

  /* A descriptor of ours, close-on-exec: a stream socket, or one that keeps packets apart. What the two sides open
   * under one name is joined, the first with the first and so on; until the other side has opened it, what is written
   * waits. -1 with an error. */
  int (*open_stream) (BkChannel *self, const char *name, GError **error);
  int (*open_datagram) (BkChannel *self, const char *name, GError **error);

  /* For programs that do not know Beckon. A place of the session's own at which the program to be hosted can listen;
   * @port: the one it always has, 0: any. */
  gboolean (*reserve) (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);
  /* Finishes once a program of this user listens there, which @program must have started if it is known; what the other
   * side's program sends reaches it from then on. The error is a sentence that also says which ports the program has
   * opened that are not carried; @ignored: ports that it may open all the same, "PORT/tcp" or "PORT/udp"; nullable. */
  void (*host_async) (BkChannel *self, const BkEndpoint *endpoint, BkProgram *program, const char *const *ignored,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*host_finish) (BkChannel *self, GAsyncResult *result, GError **error);
  /* Listens for the program that joins, at the session's own address and @port, 0: any. */
  gboolean (*join) (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);

  /* The session is over: what programs have written is still brought to the other side and what it sends to them, as
   * long as that makes progress; then the channel closes. "path" may still come, nothing else. */
  void (*finish) (BkChannel *self);
  void (*close) (BkChannel *self); /* at once; also done when the last reference goes */
};

const char *bk_channel_get_fingerprint (BkChannel *self);
void bk_channel_start (BkChannel *self, const char *fingerprint, const BkRelays *relays);
void bk_channel_set_relays (BkChannel *self, const BkRelays *relays);
void bk_channel_receive_transport (BkChannel *self, const BkEnvelope *transport);
void bk_channel_nudge (BkChannel *self);
gboolean bk_channel_send (BkChannel *self, const BkEnvelope *envelope);
BeckonChannelPath bk_channel_get_path (BkChannel *self);
const char *bk_channel_get_reason (BkChannel *self);
GVariant *bk_channel_get_statistics (BkChannel *self);
int bk_channel_open_stream (BkChannel *self, const char *name, GError **error);
int bk_channel_open_datagram (BkChannel *self, const char *name, GError **error);
gboolean bk_channel_reserve (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);
void bk_channel_host_async (BkChannel *self, const BkEndpoint *endpoint, BkProgram *program,
                            const char *const *ignored, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean bk_channel_host_finish (BkChannel *self, GAsyncResult *result, GError **error);
gboolean bk_channel_join (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error);
void bk_channel_finish (BkChannel *self);
void bk_channel_close (BkChannel *self);

void bk_channel_emit_transport (BkChannel *self, const BkEnvelope *transport);
void bk_channel_emit_path (BkChannel *self);
void bk_channel_emit_confirmed (BkChannel *self);
void bk_channel_emit_envelope (BkChannel *self, const BkEnvelope *envelope);
void bk_channel_emit_offered (BkChannel *self, const char *name, gboolean datagram);
void bk_channel_emit_broken (BkChannel *self, BeckonSessionResult result, const char *text);

#define BK_TYPE_CHANNELS (bk_channels_get_type ())
/* Makes channels. */
G_DECLARE_INTERFACE (BkChannels, bk_channels, BK, CHANNELS, GObject)
struct _BkChannelsInterface
{
  GTypeInterface parent_iface;
  /* @inviter: the two sides of a session need different parts in it. */
  BkChannel *(*create) (BkChannels *self, const char *session, gboolean inviter, GError **error);
  /* What will work from here: a{sv}, see Account1.TestConnection. */
  void (*test_async) (BkChannels *self, const BkRelays *relays, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
  GVariant *(*test_finish) (BkChannels *self, GAsyncResult *result, GError **error);
};

BkChannel *bk_channels_create (BkChannels *self, const char *session, gboolean inviter, GError **error);
void bk_channels_test_async (BkChannels *self, const BkRelays *relays, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
GVariant *bk_channels_test_finish (BkChannels *self, GAsyncResult *result, GError **error);

G_END_DECLS
