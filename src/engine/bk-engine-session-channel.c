/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel of a session: made with the invitation or its acceptance, started once both sides have agreed, and over
 * with the session. */
#include "bk-engine-session-private.h"

#include "bk-ids.h"

#include <glib/gi18n-lib.h>

#define MAX_EARLY 64 /* TRANSPORT envelopes that come while the relays are not known yet */

static void on_transport (BkChannel *channel, const BkEnvelope *transport, BkEngineSession *self);
static void on_path (BkChannel *channel, BkEngineSession *self);
static void on_confirmed (BkChannel *channel, BkEngineSession *self);
static void on_envelope (BkChannel *channel, const BkEnvelope *envelope, BkEngineSession *self);
static void on_offered (BkChannel *channel, const char *name, gboolean datagram, BkEngineSession *self);
static void on_broken (BkChannel *channel, BeckonSessionResult result, const char *text, BkEngineSession *self);

/* ---- what is told of it ---- */

static void
set_path (BkEngineSession *self, BeckonChannelPath path, const char *reason)
{
  if (self->link.path != path)
    {
      self->link.path = path;
      bk_session_changed (self, "ChannelPath");
    }
  bk_session_set_text (self, &self->link.reason, reason, "ChannelReason");
  bk_session_transfer_changed (self);
}

/* ---- making ---- */

/* A program that does not know Beckon reaches the other one by the channel alone. */
static BkChannelNeed
find_need (BkEngineSession *self)
{
  BkEngineApplication *application = bk_engine_registry_find (self->world->registry, self->application);

  if (self->world->channels == NULL)
    return BK_CHANNEL_NONE;
  if (self->transfer != NULL)
    return BK_CHANNEL_REQUIRED;
  if (application == NULL)
    return BK_CHANNEL_OPTIONAL;
  if ((bk_engine_application_get_flags (application) & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0)
    return BK_CHANNEL_REQUIRED;
  return bk_engine_application_get_channel (application);
}

/* Before the invitation, or its acceptance, is written: it names the certificate. Nothing leaves this machine. */
void
bk_session_make_channel (BkEngineSession *self)
{
  BkSessionLink *link = &self->link;
  g_autoptr (GError) error = NULL;

  if (link->state != BK_LINK_NONE)
    return;
  link->need = find_need (self);
  if (link->need == BK_CHANNEL_NONE)
    return;
  link->channel
    = bk_channels_create (self->world->channels, self->id, self->role == BK_ROLE_INVITER, &error);
  if (link->channel == NULL)
    {
      g_debug ("Session %s: no channel: %s", self->id, error->message);
      set_path (self, BECKON_CHANNEL_PATH_FAILED, error->message);
      return;
    }
  link->state = BK_LINK_READY;
  g_signal_connect (link->channel, "transport", G_CALLBACK (on_transport), self);
  g_signal_connect (link->channel, "path", G_CALLBACK (on_path), self);
  g_signal_connect (link->channel, "confirmed", G_CALLBACK (on_confirmed), self);
  g_signal_connect (link->channel, "envelope", G_CALLBACK (on_envelope), self);
  g_signal_connect (link->channel, "offered", G_CALLBACK (on_offered), self);
  g_signal_connect (link->channel, "broken", G_CALLBACK (on_broken), self);
  bk_session_ask_relays (self);
}

/* ---- the end of it ---- */

static void
leave (BkEngineSession *self)
{
  self->link.state = BK_LINK_OVER;
  bk_session_stop_timer (self, BK_SESSION_TIMER_CHANNEL);
  bk_session_relays_over (self);
  g_queue_clear_full (&self->link.early, (GDestroyNotify) bk_envelope_free);
  if (self->link.channel != NULL)
    g_signal_handlers_disconnect_by_data (self->link.channel, self);
}

/* Nothing more goes over it, at once. */
void
bk_session_close_channel (BkEngineSession *self)
{
  leave (self);
  if (self->link.channel != NULL)
    bk_channel_close (self->link.channel);
  g_clear_object (&self->link.channel);
}

/* The session is over with @result. What programs have written still arrives, unless the other side is not who it
 * should be: the channel is kept for that as long as the session is. */
void
bk_session_channel_over (BkEngineSession *self, BeckonSessionResult result)
{
  if (self->link.state == BK_LINK_CONFIRMED && result != BECKON_SESSION_RESULT_AUTHENTICATION_FAILED)
    {
      leave (self);
      bk_channel_finish (self->link.channel);
    }
  else
    bk_session_close_channel (self);
}

static void
fail (BkEngineSession *self, BeckonSessionResult result, const char *reason)
{
  g_autofree char *text = g_strdup (reason);

  set_path (self, BECKON_CHANNEL_PATH_FAILED, text);
  bk_session_end (self, BK_LIFE_CHANNEL_FAILED, result, text);
}

/* ---- starting ---- */

gboolean
bk_session_awaits_channel (BkEngineSession *self)
{
  return self->link.need == BK_CHANNEL_REQUIRED && self->link.state != BK_LINK_CONFIRMED;
}

static void
on_channel_timeout (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);
  const char *reason = bk_engine_session_get_channel_reason (self);

  self->timers[BK_SESSION_TIMER_CHANNEL] = 0;
  fail (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE,
        *reason != '\0' ? reason : _("The two computers found no way to each other."));
}

/* The relays are known, or nobody waits for them any longer. */
void
bk_session_start_looking (BkEngineSession *self)
{
  g_autoptr (BkRelays) relays = bk_session_dup_relays (self);
  BkEnvelope *transport;

  self->link.state = BK_LINK_LOOKING;
  bk_channel_start (self->link.channel, self->link.fingerprint, relays);
  while (self->link.state == BK_LINK_LOOKING && (transport = g_queue_pop_head (&self->link.early)) != NULL)
    {
      bk_channel_receive_transport (self->link.channel, transport);
      bk_envelope_free (transport);
    }
}

/* Returns (transfer full) why there is no channel although this side would have one, NULL if nothing is in its way. */
static char *
dup_obstacle (BkEngineSession *self)
{
  g_autofree char *user = bk_session_dup_user_name (self);

  if (self->link.channel == NULL)
    return g_strdup (bk_engine_session_get_channel_reason (self));
  if (self->link.fingerprint == NULL)
    return g_strdup_printf (_("%s offers no encrypted channel for this program."), user);
  return NULL;
}

/* CONNECTED: both sides have agreed, from now on they may learn of each other's addresses. */
void
bk_session_start_channel (BkEngineSession *self)
{
  BkSessionLink *link = &self->link;

  if (link->need == BK_CHANNEL_NONE)
    return;

  g_autofree char *obstacle = dup_obstacle (self);
  if (obstacle != NULL && link->need == BK_CHANNEL_REQUIRED)
    {
      fail (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE, obstacle);
      return;
    }
  if (obstacle != NULL)
    {
      bk_session_close_channel (self);
      set_path (self, link->path, obstacle);
      return;
    }
  link->started = bk_clock_now (self->world->clock);
  if (link->need == BK_CHANNEL_REQUIRED)
    bk_session_start_timer (self, BK_SESSION_TIMER_CHANNEL, BK_TIMEOUT_CHANNEL_S * 1000, on_channel_timeout);
  set_path (self, BECKON_CHANNEL_PATH_CONNECTING, NULL);
  link->state = BK_LINK_WAITING;
  if (!bk_session_awaits_relays (self))
    bk_session_start_looking (self);
}

/* ---- what the channel says ---- */

static void
on_transport (BkChannel *channel, const BkEnvelope *transport, BkEngineSession *self)
{
  if (self->state != BECKON_SESSION_STATE_CONNECTED || self->link.n_sent >= BK_LIMIT_TRANSPORTS)
    return;
  self->link.n_sent++;
  bk_session_push (self, transport);
}

static void
on_path (BkChannel *channel, BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);
  BeckonChannelPath path = bk_channel_get_path (channel);
  gboolean lost = path == BECKON_CHANNEL_PATH_LOST && self->link.path != path;

  set_path (self, path, bk_channel_get_reason (channel));
  if (lost && self->link.channel == channel)
    {
      bk_session_note (self, _("channel: lost, looking for another way"));
      bk_session_move (self, BK_LIFE_CHANNEL_LOST, NULL, NULL);
    }
}

static void
note_confirmed (BkEngineSession *self)
{
  g_autofree char *after
    = g_strdup_printf ("%" G_GINT64_FORMAT, (bk_clock_now (self->world->clock) - self->link.started) / 1000);
  g_autofree char *note = g_strdup_printf (self->link.path == BECKON_CHANNEL_PATH_RELAY
                                             ? _("channel: by a relay after %s ms")
                                             : _("channel: direct after %s ms"),
                                           after);

  bk_session_note (self, note);
}

static void
on_confirmed (BkChannel *channel, BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);

  if (self->link.state != BK_LINK_LOOKING)
    return;
  bk_session_stop_timer (self, BK_SESSION_TIMER_CHANNEL);
  self->link.state = BK_LINK_CONFIRMED;
  set_path (self, bk_channel_get_path (channel), bk_channel_get_reason (channel));
  note_confirmed (self);
  bk_session_remember_identity (self);
  bk_session_drain_to_channel (self);
  if (bk_session_move (self, BK_LIFE_CHANNEL_CONFIRMED, NULL, NULL) && self->link.need == BK_CHANNEL_REQUIRED)
    bk_session_launch (self);
}

/* What may come over the channel; the rest is between the services by way of the network. */
static gboolean
may_come (BkEngineSession *self, const BkEnvelope *envelope)
{
  gboolean kind = envelope->kind == BK_ENVELOPE_CONTEXT || envelope->kind == BK_ENVELOPE_CANCEL
                  || envelope->kind == BK_ENVELOPE_END || envelope->kind == BK_ENVELOPE_HOSTING;

  return kind && self->link.state == BK_LINK_CONFIRMED && g_str_equal (envelope->session, self->id);
}

static void
on_envelope (BkChannel *channel, const BkEnvelope *envelope, BkEngineSession *self)
{
  if (may_come (self, envelope))
    bk_session_receive (self, envelope);
  else
    g_debug ("Session %s: an envelope that has no business on the channel was passed over", self->id);
}

static void
on_offered (BkChannel *channel, const char *name, gboolean datagram, BkEngineSession *self)
{
  if (self->link.state == BK_LINK_CONFIRMED && self->transfer == NULL
      && bk_text_is_valid (name, BK_LIMIT_STREAM_NAME, FALSE))
    g_signal_emit_by_name (self, "stream-offered", name, datagram);
}

/* Programs that can do without go on, as long as they have not had it. */
static void
on_broken (BkChannel *channel, BeckonSessionResult result, const char *text, BkEngineSession *self)
{
  g_autoptr (BkEngineSession) hold = g_object_ref (self);
  gboolean matters = self->link.state == BK_LINK_CONFIRMED || self->link.need == BK_CHANNEL_REQUIRED
                     || result == BECKON_SESSION_RESULT_AUTHENTICATION_FAILED;
  g_autofree char *reason = g_strdup (text != NULL ? text : bk_channel_get_reason (channel));

  bk_session_close_channel (self);
  if (matters)
    {
      fail (self, result, reason);
      return;
    }
  g_autofree char *note = g_strdup_printf (_("no channel: %s"), reason);
  set_path (self, BECKON_CHANNEL_PATH_FAILED, reason);
  bk_session_note (self, note);
}

/* ---- what the other side says ---- */

/* Only as many candidates of one generation are handed on as will be tried. */
static BkEnvelope *
bound_candidates (BkEngineSession *self, const BkEnvelope *transport)
{
  BkEnvelope *bounded = bk_envelope_copy (transport);
  guint n = bounded->candidates != NULL ? g_strv_length (bounded->candidates) : 0;
  guint room = BK_LIMIT_CANDIDATES_TOTAL - self->link.n_candidates;

  for (guint i = room; i < n; i++)
    g_clear_pointer (&bounded->candidates[i], g_free);
  self->link.n_candidates += MIN (n, room);
  return bounded;
}

void
bk_session_receive_transport (BkEngineSession *self, const BkEnvelope *transport)
{
  BkSessionLink *link = &self->link;
  gboolean wanted = link->state == BK_LINK_WAITING || link->state == BK_LINK_LOOKING
                    || link->state == BK_LINK_CONFIRMED;

  if (!wanted || link->n_received >= BK_LIMIT_TRANSPORTS || transport->generation < link->generation
      || transport->generation == 0)
    return;
  link->n_received++;
  if (transport->generation > link->generation)
    link->n_candidates = 0;
  link->generation = transport->generation;

  g_autoptr (BkEnvelope) bounded = bound_candidates (self, transport);
  if (link->state != BK_LINK_WAITING)
    bk_channel_receive_transport (link->channel, bounded);
  else if (link->early.length < MAX_EARLY)
    g_queue_push_tail (&link->early, g_steal_pointer (&bounded));
}

void
bk_session_nudge_channel (BkEngineSession *self)
{
  if (self->link.state == BK_LINK_LOOKING || self->link.state == BK_LINK_CONFIRMED)
    bk_channel_nudge (self->link.channel);
}

/* ---- for envelopes and programs ---- */

BkChannel *
bk_session_channel (BkEngineSession *self)
{
  return self->link.state == BK_LINK_CONFIRMED ? self->link.channel : NULL;
}

gboolean
bk_session_send_by_channel (BkEngineSession *self, const BkEnvelope *envelope)
{
  return self->link.state == BK_LINK_CONFIRMED && bk_channel_send (self->link.channel, envelope);
}

static gboolean
check_open (BkEngineSession *self, const char *name, GError **error)
{
  if (self->state != BECKON_SESSION_STATE_CONNECTED)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The session is not connected");
  else if ((self->flags & BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE) != 0)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_VALID_FOR_APP_INVITE,
                         "The program does not know Beckon: what it sends is carried as it is");
  else if (self->link.state == BK_LINK_NONE || self->link.state == BK_LINK_OVER)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED, "The session has no channel");
  else if (self->link.state != BK_LINK_CONFIRMED)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID, "The channel is not there yet");
  else if (!bk_text_is_valid (name, BK_LIMIT_STREAM_NAME, FALSE))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A name is one line of at most %d bytes",
                 BK_LIMIT_STREAM_NAME);
  else
    return TRUE;
  return FALSE;
}

int
bk_engine_session_open_stream (BkEngineSession *self, const char *name, GError **error)
{
  return check_open (self, name, error) ? bk_channel_open_stream (self->link.channel, name, error) : -1;
}

int
bk_engine_session_open_datagram (BkEngineSession *self, const char *name, GError **error)
{
  return check_open (self, name, error) ? bk_channel_open_datagram (self->link.channel, name, error) : -1;
}

GVariant *
bk_engine_session_get_channel_statistics (BkEngineSession *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (self->link.state == BK_LINK_LOOKING || self->link.state == BK_LINK_CONFIRMED)
    return bk_channel_get_statistics (self->link.channel);
  g_variant_builder_add (&builder, "{sv}", "path", g_variant_new_uint32 (self->link.path));
  g_variant_builder_add (&builder, "{sv}", "reason",
                         g_variant_new_string (bk_engine_session_get_channel_reason (self)));
  return g_variant_builder_end (&builder);
}
