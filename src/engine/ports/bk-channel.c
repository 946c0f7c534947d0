/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-channel.h"

enum
{
  SIGNAL_TRANSPORT,
  SIGNAL_PATH,
  SIGNAL_CONFIRMED,
  SIGNAL_ENVELOPE,
  SIGNAL_OFFERED,
  SIGNAL_BROKEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (BkChannel, bk_channel, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkChannels, bk_channels, G_TYPE_OBJECT)

static void
bk_channel_default_init (BkChannelInterface *iface)
{
  GType type = G_TYPE_FROM_INTERFACE (iface);

  signals[SIGNAL_TRANSPORT] = g_signal_new ("transport", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                            G_TYPE_POINTER);
  signals[SIGNAL_PATH] = g_signal_new ("path", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CONFIRMED] = g_signal_new ("confirmed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENVELOPE] = g_signal_new ("envelope", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                           G_TYPE_POINTER);
  signals[SIGNAL_OFFERED] = g_signal_new ("offered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_BROKEN] = g_signal_new ("broken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         BECKON_TYPE_SESSION_RESULT, G_TYPE_STRING);
}

static void
bk_channels_default_init (BkChannelsInterface *iface)
{
}

void
bk_endpoint_clear (BkEndpoint *endpoint)
{
  g_clear_pointer (&endpoint->address, g_free);
  g_clear_pointer (&endpoint->path, g_free);
}

const char *
bk_channel_get_fingerprint (BkChannel *self)
{
  return BK_CHANNEL_GET_IFACE (self)->get_fingerprint (self);
}

void
bk_channel_start (BkChannel *self, const char *fingerprint, const BkRelays *relays)
{
  BK_CHANNEL_GET_IFACE (self)->start (self, fingerprint, relays);
}

void
bk_channel_set_relays (BkChannel *self, const BkRelays *relays)
{
  BK_CHANNEL_GET_IFACE (self)->set_relays (self, relays);
}

void
bk_channel_receive_transport (BkChannel *self, const BkEnvelope *transport)
{
  BK_CHANNEL_GET_IFACE (self)->receive_transport (self, transport);
}

void
bk_channel_nudge (BkChannel *self)
{
  BK_CHANNEL_GET_IFACE (self)->nudge (self);
}

gboolean
bk_channel_send (BkChannel *self, const BkEnvelope *envelope)
{
  return BK_CHANNEL_GET_IFACE (self)->send (self, envelope);
}

BeckonChannelPath
bk_channel_get_path (BkChannel *self)
{
  return BK_CHANNEL_GET_IFACE (self)->get_path (self);
}

const char *
bk_channel_get_reason (BkChannel *self)
{
  return BK_CHANNEL_GET_IFACE (self)->get_reason (self);
}

GVariant *
bk_channel_get_statistics (BkChannel *self)
{
  return BK_CHANNEL_GET_IFACE (self)->get_statistics (self);
}

int
bk_channel_open_stream (BkChannel *self, const char *name, GError **error)
{
  return BK_CHANNEL_GET_IFACE (self)->open_stream (self, name, error);
}

int
bk_channel_open_datagram (BkChannel *self, const char *name, GError **error)
{
  return BK_CHANNEL_GET_IFACE (self)->open_datagram (self, name, error);
}

gboolean
bk_channel_reserve (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  return BK_CHANNEL_GET_IFACE (self)->reserve (self, carries, port, endpoint, error);
}

void
bk_channel_host_async (BkChannel *self, const BkEndpoint *endpoint, BkProgram *program, const char *const *ignored,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BK_CHANNEL_GET_IFACE (self)->host_async (self, endpoint, program, ignored, cancellable, callback, user_data);
}

gboolean
bk_channel_host_finish (BkChannel *self, GAsyncResult *result, GError **error)
{
  return BK_CHANNEL_GET_IFACE (self)->host_finish (self, result, error);
}

gboolean
bk_channel_join (BkChannel *self, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  return BK_CHANNEL_GET_IFACE (self)->join (self, carries, port, endpoint, error);
}

void
bk_channel_finish (BkChannel *self)
{
  BK_CHANNEL_GET_IFACE (self)->finish (self);
}

void
bk_channel_close (BkChannel *self)
{
  BK_CHANNEL_GET_IFACE (self)->close (self);
}

void
bk_channel_emit_transport (BkChannel *self, const BkEnvelope *transport)
{
  g_signal_emit (self, signals[SIGNAL_TRANSPORT], 0, transport);
}

void
bk_channel_emit_path (BkChannel *self)
{
  g_signal_emit (self, signals[SIGNAL_PATH], 0);
}

void
bk_channel_emit_confirmed (BkChannel *self)
{
  g_signal_emit (self, signals[SIGNAL_CONFIRMED], 0);
}

void
bk_channel_emit_envelope (BkChannel *self, const BkEnvelope *envelope)
{
  g_signal_emit (self, signals[SIGNAL_ENVELOPE], 0, envelope);
}

void
bk_channel_emit_offered (BkChannel *self, const char *name, gboolean datagram)
{
  g_signal_emit (self, signals[SIGNAL_OFFERED], 0, name, datagram);
}

void
bk_channel_emit_broken (BkChannel *self, BeckonSessionResult result, const char *text)
{
  g_signal_emit (self, signals[SIGNAL_BROKEN], 0, result, text);
}

BkChannel *
bk_channels_create (BkChannels *self, const char *session, gboolean inviter, GError **error)
{
  return BK_CHANNELS_GET_IFACE (self)->create (self, session, inviter, error);
}

void
bk_channels_test_async (BkChannels *self, const BkRelays *relays, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  BK_CHANNELS_GET_IFACE (self)->test_async (self, relays, cancellable, callback, user_data);
}

GVariant *
bk_channels_test_finish (BkChannels *self, GAsyncResult *result, GError **error)
{
  return BK_CHANNELS_GET_IFACE (self)->test_finish (self, result, error);
}
