/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-real-channel-private.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"

#include <glib/gi18n-lib.h>

static void bk_real_channel_iface_init (BkChannelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkRealChannel, bk_real_channel, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_CHANNEL, bk_real_channel_iface_init))

/* Nothing goes on any more. Descriptors of programs read their end. */
void
bk_real_channel_tear_down (BkRealChannel *self)
{
  if (self->state == BK_REAL_OVER)
    return;
  gboolean kept = self->kept;

  self->state = BK_REAL_OVER;
  bk_real_turn_clear (self);
  bk_real_streams_clear (self);
  bk_real_flows_clear (self);
  g_clear_pointer (&self->forward, bk_forward_free);
  g_clear_pointer (&self->quic, bk_quic_free);
  self->path = BECKON_CHANNEL_PATH_NONE;
  g_free (self->reason);
  self->reason = g_strdup ("");
  self->kept = FALSE;
  if (kept)
    g_object_unref (self);
}

static const char *
bk_real_channel_get_fingerprint (BkChannel *channel)
{
  return bk_certificate_get_fingerprint (BK_REAL_CHANNEL (channel)->certificate);
}

static void
bk_real_channel_set_relays (BkChannel *channel, const BkRelays *relays)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  if (self->attempts != NULL)
    bk_attempts_set_relays (self->attempts, relays);
}

static void
bk_real_channel_start (BkChannel *channel, const char *fingerprint, const BkRelays *relays)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);
  g_autoptr (GError) error = NULL;

  if (self->state != BK_REAL_IDLE)
    return;
  bk_attempts_set_relays (self->attempts, relays);
  if (bk_real_turn_start (self, fingerprint, &error))
    return;
  self->state = BK_REAL_STARTED;
  bk_real_turn_break (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE, error->message);
}

static void
bk_real_channel_receive_transport (BkChannel *channel, const BkEnvelope *transport)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  if (self->attempts != NULL && transport->kind == BK_ENVELOPE_TRANSPORT)
    bk_attempts_receive (self->attempts, transport);
}

/* The way that is in use may still be good, but to find that out takes longer than to find another one. */
static void
bk_real_channel_nudge (BkChannel *channel)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  if ((self->state == BK_REAL_STARTED || self->state == BK_REAL_CONFIRMED) && !self->gone)
    bk_attempts_refresh (self->attempts);
}

static gboolean
bk_real_channel_send (BkChannel *channel, const BkEnvelope *envelope)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);
  BkWord word = { .kind = BK_WORD_ENVELOPE, .envelope = (BkEnvelope *) envelope };

  return self->state == BK_REAL_CONFIRMED && bk_word_carries (envelope->kind) && bk_real_words_send (self, &word);
}

static BeckonChannelPath
bk_real_channel_get_path (BkChannel *channel)
{
  return BK_REAL_CHANNEL (channel)->path;
}

static const char *
bk_real_channel_get_reason (BkChannel *channel)
{
  return BK_REAL_CHANNEL (channel)->reason;
}

static void
add_pair (GVariantDict *dict, BkIce *ice)
{
  const char *const names[] = { "local", "remote", "network" };
  const char *const values[]
    = { bk_ice_get_local_kind (ice), bk_ice_get_remote_kind (ice), bk_ice_get_network (ice) };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (values[i] != NULL)
      g_variant_dict_insert (dict, names[i], "s", values[i]);
}

static guint
count_streams (BkRealChannel *self)
{
  return self->streams != NULL ? self->streams->len + self->waiting.length : 0;
}

static GVariant *
bk_real_channel_get_statistics (BkChannel *channel)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);
  BkIce *ice = self->attempts != NULL ? bk_attempts_get_active (self->attempts) : NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  BkQuicStatistics s;

  bk_real_turn_get_statistics (self, &s);
  g_variant_dict_insert (&dict, "path", "u", (guint32) self->path);
  g_variant_dict_insert (&dict, "reason", "s", self->reason);
  if (ice != NULL)
    add_pair (&dict, ice);
  g_variant_dict_insert (&dict, "bytes-sent", "t", s.bytes_sent);
  g_variant_dict_insert (&dict, "bytes-received", "t", s.bytes_received);
  g_variant_dict_insert (&dict, "packets-sent", "t", s.packets_sent);
  g_variant_dict_insert (&dict, "packets-received", "t", s.packets_received);
  g_variant_dict_insert (&dict, "packets-lost", "t", s.packets_lost);
  g_variant_dict_insert (&dict, "datagrams-sent", "t", s.datagrams_sent);
  g_variant_dict_insert (&dict, "datagrams-received", "t", s.datagrams_received);
  g_variant_dict_insert (&dict, "datagrams-lost", "t", s.datagrams_lost);
  g_variant_dict_insert (&dict, "round-trip", "t", (guint64) MAX (s.rtt_us, 0));
  g_variant_dict_insert (&dict, "streams", "u", count_streams (self));
  return g_variant_dict_end (&dict);
}

static gboolean
may_open (BkRealChannel *self, const char *name, GError **error)
{
  if (self->state != BK_REAL_CONFIRMED || self->gone)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The channel of the session is not there");
      return FALSE;
    }
  if (bk_text_is_valid (name, BK_LIMIT_STREAM_NAME, FALSE))
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A name is one line of at most %d bytes",
               BK_LIMIT_STREAM_NAME);
  return FALSE;
}

static int
bk_real_channel_open_stream (BkChannel *channel, const char *name, GError **error)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  return may_open (self, name, error) ? bk_real_streams_open (self, name, error) : -1;
}

static int
bk_real_channel_open_datagram (BkChannel *channel, const char *name, GError **error)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  return may_open (self, name, error) ? bk_real_flows_open (self, name, error) : -1;
}

/* ---- programs that do not know Beckon ---- */

static gboolean
is_there (BkRealChannel *self, GError **error)
{
  if (self->forward != NULL && self->state < BK_REAL_FINISHING)
    return TRUE;
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The session is over");
  return FALSE;
}

static gboolean
bk_real_channel_reserve (BkChannel *channel, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  return is_there (self, error) && bk_forward_reserve (self->forward, carries, port, endpoint, error);
}

static void
bk_real_channel_host_async (BkChannel *channel, const BkEndpoint *endpoint, BkProgram *program,
                            const char *const *ignored, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);
  GError *error = NULL;

  if (is_there (self, &error))
    bk_forward_host_async (self->forward, G_OBJECT (self), endpoint, program, ignored, cancellable, callback,
                           user_data);
  else
    g_task_report_error (self, callback, user_data, bk_real_channel_host_async, error);
}

static gboolean
bk_real_channel_host_finish (BkChannel *channel, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
bk_real_channel_join (BkChannel *channel, BkCarries carries, guint16 port, BkEndpoint *endpoint, GError **error)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  return is_there (self, error) && bk_forward_join (self->forward, carries, port, endpoint, error);
}

static void
on_accepted (int fd, gpointer user_data)
{
  bk_real_streams_forward (user_data, fd);
}

/* ---- the end ---- */

static void
bk_real_channel_close (BkChannel *channel)
{
  g_autoptr (BkRealChannel) self = g_object_ref (BK_REAL_CHANNEL (channel));

  bk_real_channel_tear_down (self);
}

static void
bk_real_channel_finish (BkChannel *channel)
{
  BkRealChannel *self = BK_REAL_CHANNEL (channel);

  if (self->state == BK_REAL_FINISHING)
    return;
  if (self->state != BK_REAL_CONFIRMED)
    {
      bk_real_channel_close (channel);
      return;
    }
  self->kept = TRUE;
  g_object_ref (self);
  self->state = BK_REAL_FINISHING;
  bk_forward_stop (self->forward);
  bk_real_streams_finish (self);
  bk_real_turn_soon (self);
}

static void
bk_real_channel_dispose (GObject *object)
{
  bk_real_channel_tear_down (BK_REAL_CHANNEL (object));
  G_OBJECT_CLASS (bk_real_channel_parent_class)->dispose (object);
}

static void
bk_real_channel_finalize (GObject *object)
{
  BkRealChannel *self = BK_REAL_CHANNEL (object);

  g_clear_pointer (&self->certificate, bk_certificate_free);
  g_byte_array_unref (self->words_in);
  g_byte_array_unref (self->words_out);
  g_clear_object (&self->clock);
  g_free (self->session);
  g_free (self->reason);
  g_free (self->gone_text);
  G_OBJECT_CLASS (bk_real_channel_parent_class)->finalize (object);
}

static void
bk_real_channel_class_init (BkRealChannelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_real_channel_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_real_channel_finalize;
}

static void
bk_real_channel_init (BkRealChannel *self)
{
  self->control = -1;
  self->words_in = g_byte_array_new ();
  self->words_out = g_byte_array_new ();
}

static void
bk_real_channel_iface_init (BkChannelInterface *iface)
{
  iface->get_fingerprint = bk_real_channel_get_fingerprint;
  iface->start = bk_real_channel_start;
  iface->set_relays = bk_real_channel_set_relays;
  iface->receive_transport = bk_real_channel_receive_transport;
  iface->nudge = bk_real_channel_nudge;
  iface->send = bk_real_channel_send;
  iface->get_path = bk_real_channel_get_path;
  iface->get_reason = bk_real_channel_get_reason;
  iface->get_statistics = bk_real_channel_get_statistics;
  iface->open_stream = bk_real_channel_open_stream;
  iface->open_datagram = bk_real_channel_open_datagram;
  iface->reserve = bk_real_channel_reserve;
  iface->host_async = bk_real_channel_host_async;
  iface->host_finish = bk_real_channel_host_finish;
  iface->join = bk_real_channel_join;
  iface->finish = bk_real_channel_finish;
  iface->close = bk_real_channel_close;
}

BkRealChannel *
bk_real_channel_new (BkClock *clock, const char *runtime_dir, const char *session, gboolean inviter, GError **error)
{
  g_autoptr (BkCertificate) certificate = bk_certificate_new (session, error);

  if (certificate == NULL)
    return NULL;
  BkRealChannel *self = g_object_new (BK_TYPE_REAL_CHANNEL, NULL);
  self->clock = g_object_ref (clock);
  self->session = g_strdup (session);
  self->inviter = inviter;
  self->certificate = g_steal_pointer (&certificate);
  bk_real_turn_init (self);
  bk_real_streams_init (self);
  bk_real_flows_init (self);
  self->forward = bk_forward_new (clock, runtime_dir, &self->hub, on_accepted, self);
  return self;
}
