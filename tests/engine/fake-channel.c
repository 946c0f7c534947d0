/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-channel.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fake_channel_init_channel (BkChannelInterface *iface);
static void fake_channels_init_channels (BkChannelsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeChannel, fake_channel, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_CHANNEL, fake_channel_init_channel))
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeChannels, fake_channels, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_CHANNELS, fake_channels_init_channels))

/* ---- one channel ---- */

static const char *
channel_get_fingerprint (BkChannel *channel)
{
  return FAKE_CHANNEL (channel)->fingerprint;
}

static void
channel_start (BkChannel *channel, const char *fingerprint, const BkRelays *relays)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_false (self->started || self->closed);
  self->started = TRUE;
  self->their_fingerprint = g_strdup (fingerprint);
  self->relays = bk_relays_copy (relays);
  self->path = BECKON_CHANNEL_PATH_CONNECTING;
}

static void
channel_set_relays (BkChannel *channel, const BkRelays *relays)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_true (self->started && !self->closed && !self->finished);
  self->n_relays++;
  g_clear_pointer (&self->relays, bk_relays_free);
  self->relays = bk_relays_copy (relays);
}

static void
channel_receive_transport (BkChannel *channel, const BkEnvelope *transport)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_cmpint (transport->kind, ==, BK_ENVELOPE_TRANSPORT);
  g_assert_cmpstr (transport->session, ==, self->session);
  g_assert_true (self->started && !self->closed && !self->finished);
  g_ptr_array_add (self->transports, bk_envelope_copy (transport));
}

static void
channel_nudge (BkChannel *channel)
{
  FAKE_CHANNEL (channel)->n_nudges++;
}

static gboolean
is_confirmed (FakeChannel *self)
{
  return self->path == BECKON_CHANNEL_PATH_DIRECT || self->path == BECKON_CHANNEL_PATH_RELAY
         || self->path == BECKON_CHANNEL_PATH_LOST;
}

static gboolean
channel_send (BkChannel *channel, const BkEnvelope *envelope)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_false (self->closed || self->finished);
  g_assert_cmpint (envelope->kind, !=, BK_ENVELOPE_TRANSPORT);
  if (!is_confirmed (self) || self->full)
    return FALSE;
  g_queue_push_tail (&self->sent, bk_envelope_copy (envelope));
  return TRUE;
}

static BeckonChannelPath
channel_get_path (BkChannel *channel)
{
  return FAKE_CHANNEL (channel)->path;
}

static const char *
channel_get_reason (BkChannel *channel)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  return self->reason != NULL ? self->reason : "";
}

static GVariant *
channel_get_statistics (BkChannel *channel)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "path", g_variant_new_uint32 (FAKE_CHANNEL (channel)->path));
  g_variant_builder_add (&builder, "{sv}", "network", g_variant_new_string ("memory"));
  return g_variant_builder_end (&builder);
}

static int
open_named (FakeChannel *self, const char *kind, const char *name)
{
  g_assert_true (is_confirmed (self));
  g_ptr_array_add (self->opened, g_strconcat (kind, ":", name, NULL));
  if (!self->channels->real_streams)
    return open ("/dev/null", O_RDWR | O_CLOEXEC);

  int fds[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_assert_cmpint (self->stream, <, 0);
  self->stream = fds[0];
  return fds[1];
}

static int
channel_open_stream (BkChannel *channel, const char *name, GError **error)
{
  return open_named (FAKE_CHANNEL (channel), "stream", name);
}

static int
channel_open_datagram (BkChannel *channel, const char *name, GError **error)
{
  return open_named (FAKE_CHANNEL (channel), "datagram", name);
}

static void
fill_endpoint (BkEndpoint *endpoint, BkCarries carries, guint16 port)
{
  memset (endpoint, 0, sizeof *endpoint);
  endpoint->carries = carries;
  if (carries == BK_CARRY_UNIX)
    {
      endpoint->path = g_strdup ("/run/beckon/socket");
      return;
    }
  endpoint->address = g_strdup ("127.77.0.1");
  endpoint->port = port != 0 ? port : 40000;
}

static gboolean
channel_reserve (BkChannel *channel, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  fill_endpoint (endpoint, carries, port);
  return TRUE;
}

static void
channel_host_async (BkChannel *channel, const BkEndpoint *endpoint, BkProgram *program, const char *const *ignored,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_null (self->hosting);
  self->hosting = g_task_new (channel, cancellable, callback, user_data);
}

static gboolean
channel_host_finish (BkChannel *channel, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
channel_join (BkChannel *channel, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  fill_endpoint (endpoint, carries, port);
  return TRUE;
}

static void
channel_finish (BkChannel *channel)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  g_assert_false (self->closed || self->finished);
  self->finished = TRUE;
}

static void
channel_close (BkChannel *channel)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  self->closed = TRUE;
  if (self->hosting != NULL)
    fake_channel_finish_hosting (self, "The channel is closed.");
}

static void
fake_channel_init_channel (BkChannelInterface *iface)
{
  iface->get_fingerprint = channel_get_fingerprint;
  iface->start = channel_start;
  iface->set_relays = channel_set_relays;
  iface->receive_transport = channel_receive_transport;
  iface->nudge = channel_nudge;
  iface->send = channel_send;
  iface->get_path = channel_get_path;
  iface->get_reason = channel_get_reason;
  iface->get_statistics = channel_get_statistics;
  iface->open_stream = channel_open_stream;
  iface->open_datagram = channel_open_datagram;
  iface->reserve = channel_reserve;
  iface->host_async = channel_host_async;
  iface->host_finish = channel_host_finish;
  iface->join = channel_join;
  iface->finish = channel_finish;
  iface->close = channel_close;
}

static void
fake_channel_finalize (GObject *object)
{
  FakeChannel *self = FAKE_CHANNEL (object);

  if (self->stream >= 0)
    close (self->stream);
  g_clear_object (&self->hosting);
  g_free (self->session);
  g_free (self->fingerprint);
  g_free (self->their_fingerprint);
  g_free (self->reason);
  g_clear_pointer (&self->relays, bk_relays_free);
  g_ptr_array_unref (self->transports);
  g_ptr_array_unref (self->opened);
  g_queue_clear_full (&self->sent, (GDestroyNotify) bk_envelope_free);
  G_OBJECT_CLASS (fake_channel_parent_class)->finalize (object);
}

static void
fake_channel_class_init (FakeChannelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_channel_finalize;
}

static void
fake_channel_init (FakeChannel *self)
{
  self->transports = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_envelope_free);
  self->stream = -1;
  self->opened = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&self->sent);
}

/* ---- what the test lets it do ---- */

void
fake_channel_emit_transport (FakeChannel *self, guint32 generation, const char *line)
{
  const char *lines[] = { line, NULL };
  g_autoptr (BkEnvelope) transport = bk_envelope_new (BK_ENVELOPE_TRANSPORT, self->session);

  transport->generation = generation;
  transport->ufrag = g_strdup ("abcd");
  transport->pwd = g_strdup ("0123456789012345678901");
  transport->candidates = line != NULL ? g_strdupv ((char **) lines) : NULL;
  bk_channel_emit_transport (BK_CHANNEL (self), transport);
}

void
fake_channel_set_path (FakeChannel *self, BeckonChannelPath path, const char *reason)
{
  self->path = path;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  bk_channel_emit_path (BK_CHANNEL (self));
}

void
fake_channel_confirm (FakeChannel *self, BeckonChannelPath path)
{
  g_assert_true (self->started && !self->closed);
  fake_channel_set_path (self, path, "");
  bk_channel_emit_confirmed (BK_CHANNEL (self));
}

void
fake_channel_break (FakeChannel *self, BeckonSessionResult result, const char *text)
{
  self->path = BECKON_CHANNEL_PATH_FAILED;
  bk_channel_emit_broken (BK_CHANNEL (self), result, text);
}

static FakeChannel *
find_peer (FakeChannel *self, FakeChannels *channels)
{
  for (guint i = 0; channels != NULL && i < channels->made->len; i++)
    {
      FakeChannel *peer = g_ptr_array_index (channels->made, i);
      if (g_str_equal (peer->session, self->session) && peer->inviter != self->inviter)
        return peer;
    }
  return NULL;
}

BkEnvelope *
fake_channel_deliver (FakeChannel *self)
{
  FakeChannel *peer = find_peer (self, self->channels->other);
  BkEnvelope *envelope;

  if (peer == NULL)
    peer = find_peer (self, self->channels); /* both sides are here */
  if (peer == NULL || (!peer->closed && !is_confirmed (peer)) || (envelope = g_queue_pop_head (&self->sent)) == NULL)
    return NULL;
  if (!peer->closed)
    bk_channel_emit_envelope (BK_CHANNEL (peer), envelope);
  return envelope;
}

void
fake_channel_finish_hosting (FakeChannel *self, const char *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->hosting);

  g_assert_nonnull (task);
  if (error != NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "%s", error);
  else
    g_task_return_boolean (task, TRUE);
}

/* ---- what makes them ---- */

static BkChannel *
channels_create (BkChannels *channels, const char *session, gboolean inviter, GError **error)
{
  FakeChannels *self = FAKE_CHANNELS (channels);

  if (self->refusal != NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, self->refusal);
      return NULL;
    }

  FakeChannel *channel = g_object_new (FAKE_TYPE_CHANNEL, NULL);
  g_autofree char *input = g_strdup_printf ("%s %d", session, inviter);
  channel->channels = self;
  channel->session = g_strdup (session);
  channel->inviter = inviter;
  channel->fingerprint = g_compute_checksum_for_string (G_CHECKSUM_SHA256, input, -1);
  g_ptr_array_add (self->made, g_object_ref (channel));
  return BK_CHANNEL (channel);
}

static void
channels_test_async (BkChannels *channels, const BkRelays *relays, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  FakeChannels *self = FAKE_CHANNELS (channels);
  g_autoptr (GTask) task = g_task_new (channels, cancellable, callback, user_data);

  g_clear_pointer (&self->test_relays, bk_relays_free);
  self->test_relays = bk_relays_copy (relays);
  if (self->refusal != NULL)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "%s", self->refusal);
  else
    g_task_return_pointer (task, g_variant_ref_sink (g_variant_new_parsed ("{'nat': <'cone'>}")),
                           (GDestroyNotify) g_variant_unref);
}

static GVariant *
channels_test_finish (BkChannels *channels, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_channels_init_channels (BkChannelsInterface *iface)
{
  iface->create = channels_create;
  iface->test_async = channels_test_async;
  iface->test_finish = channels_test_finish;
}

static void
fake_channels_finalize (GObject *object)
{
  FakeChannels *self = FAKE_CHANNELS (object);

  g_ptr_array_unref (self->made);
  g_clear_pointer (&self->test_relays, bk_relays_free);
  G_OBJECT_CLASS (fake_channels_parent_class)->finalize (object);
}

static void
fake_channels_class_init (FakeChannelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_channels_finalize;
}

static void
fake_channels_init (FakeChannels *self)
{
  self->made = g_ptr_array_new_with_free_func (g_object_unref);
}

FakeChannels *
fake_channels_new (void)
{
  return g_object_new (FAKE_TYPE_CHANNELS, NULL);
}

FakeChannel *
fake_channels_last (FakeChannels *self)
{
  g_assert_cmpuint (self->made->len, >, 0);
  return g_ptr_array_index (self->made, self->made->len - 1);
}
