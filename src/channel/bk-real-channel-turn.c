/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a channel go: packets in and out, time, and what is told to the engine. Whatever happens is only noted
 * where it happens; one turn of the main loop later it is dealt with, once for all of it. */
#include "bk-real-channel-private.h"

#include "bk-limits.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>

#define TICK_MS 1000
#define BURSTS 8          /* in one turn, then others have theirs */
#define FAREWELLS 2
#define NEAR_US 3000
#define BLOCKED_US 1000   /* until what the system had no room for is tried again */

typedef enum
{
  EVENT_TRANSPORT,
  EVENT_CONFIRMED,
  EVENT_ENVELOPE,
  EVENT_OFFERED,
} EventKind;

typedef struct
{
  EventKind kind;
  BkEnvelope *envelope;
  char *name;
  gboolean datagram;
} Event;

static guint8 burst[BK_QUIC_MAX_PACKET * BK_QUIC_MAX_BURST];

static void
event_free (gpointer data)
{
  Event *event = data;

  g_clear_pointer (&event->envelope, bk_envelope_free);
  g_free (event->name);
  g_free (event);
}

static void
tell (BkRealChannel *self, EventKind kind, const BkEnvelope *envelope, const char *name, gboolean datagram)
{
  Event *event = g_new0 (Event, 1);

  *event = (Event){ kind, envelope != NULL ? bk_envelope_copy (envelope) : NULL, g_strdup (name), datagram };
  g_queue_push_tail (&self->events, event);
  bk_real_turn_soon (self);
}

void
bk_real_turn_tell_transport (BkRealChannel *self, const BkEnvelope *transport)
{
  tell (self, EVENT_TRANSPORT, transport, NULL, FALSE);
}

void
bk_real_turn_tell_confirmed (BkRealChannel *self)
{
  tell (self, EVENT_CONFIRMED, NULL, NULL, FALSE);
}

void
bk_real_turn_tell_envelope (BkRealChannel *self, const BkEnvelope *envelope)
{
  if (self->state == BK_REAL_CONFIRMED)
    tell (self, EVENT_ENVELOPE, envelope, NULL, FALSE);
}

void
bk_real_turn_tell_offered (BkRealChannel *self, const char *name, gboolean datagram)
{
  if (self->state == BK_REAL_CONFIRMED)
    tell (self, EVENT_OFFERED, NULL, name, datagram);
}

void
bk_real_turn_soon (BkRealChannel *self)
{
  if (self->turn != NULL)
    g_source_set_ready_time (self->turn, 0);
}

void
bk_real_turn_break (BkRealChannel *self, BeckonSessionResult result, const char *text)
{
  if (self->gone)
    return;
  self->gone = TRUE;
  self->gone_result = result;
  self->gone_text = g_strdup (text);
  bk_real_turn_soon (self);
}

/* ---- the end that nobody asked for ---- */

static const char *
get_broken_text (BkRealChannel *self)
{
  if (self->gone_text != NULL)
    return self->gone_text;
  switch ((int) self->gone_result)
    {
    case BECKON_SESSION_RESULT_AUTHENTICATION_FAILED:
      return _("The other side could not prove that it is the one named in the invitation.");
    case BECKON_SESSION_RESULT_PROTOCOL_ERROR:
      return _("The other side does not follow the protocol.");
    case BECKON_SESSION_RESULT_NONE:
      return _("The other side closed the channel.");
    default:
      return _("The other side no longer responds.");
    }
}

static void
emit_broken (BkRealChannel *self)
{
  BeckonSessionResult result = self->gone_result == BECKON_SESSION_RESULT_NONE
                                 ? BECKON_SESSION_RESULT_CONNECTION_FAILURE
                                 : self->gone_result;
  g_autofree char *text = g_strdup (get_broken_text (self));

  bk_real_channel_tear_down (self);
  self->path = BECKON_CHANNEL_PATH_FAILED;
  g_free (self->reason);
  self->reason = g_strdup (text);
  bk_channel_emit_path (BK_CHANNEL (self));
  bk_channel_emit_broken (BK_CHANNEL (self), result, text);
}

/* QUIC is over. If the other side has closed it, why is on its way through the backend. */
static void
deal_with_gone (BkRealChannel *self)
{
  gboolean is_closed = self->gone_result == BECKON_SESSION_RESULT_NONE;

  bk_real_streams_cut (self);
  if (self->state == BK_REAL_FINISHING)
    return;
  if (!is_closed || self->state != BK_REAL_CONFIRMED)
    {
      emit_broken (self);
      return;
    }
  bk_real_path_lose (self);
  bk_real_path_update (self);
}

/* ---- time ---- */

static void
check_confirmed (BkRealChannel *self, gint64 now)
{
  gint64 limit = self->started + BK_TIMEOUT_CHANNEL_S * G_USEC_PER_SEC;
  const char *reason = bk_attempts_get_reason (self->attempts);

  if (now >= limit)
    bk_real_turn_break (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE,
                        *reason != '\0' ? reason : _("No way to the other side was found."));
}

static gboolean
is_heard (BkRealChannel *self, gint64 since)
{
  return bk_quic_get_last_heard (self->quic) > since;
}

/* The other side says something every two seconds at least. */
static gboolean
is_silent (BkRealChannel *self, gint64 now)
{
  gint64 heard = MAX (bk_quic_get_last_heard (self->quic), self->path_since);

  return now - heard >= BK_TIMEOUT_SILENT_S * G_USEC_PER_SEC;
}

static void
check_silence (BkRealChannel *self, gint64 now)
{
  guint limit = self->gone ? BK_TIMEOUT_SILENT_S : BK_TIMEOUT_CHANNEL_S;

  if (!self->gone && is_silent (self, now))
    bk_real_path_lose (self);
  if (self->lost_since == 0)
    return;
  if (now - self->lost_since >= limit * G_USEC_PER_SEC)
    {
      if (self->gone)
        emit_broken (self);
      else
        bk_real_turn_break (self, BECKON_SESSION_RESULT_CONNECTION_FAILURE, NULL);
    }
  else if (!self->gone && !bk_attempts_is_looking (self->attempts))
    bk_attempts_refresh (self->attempts);
}

static void
check_progress (BkRealChannel *self, gint64 now)
{
  BkQuicStatistics statistics;

  bk_real_turn_get_statistics (self, &statistics);
  guint64 progress = self->hub.moved + statistics.bytes_sent + statistics.bytes_received;
  if (progress != self->progress || self->progress_since == 0)
    {
      self->progress = progress;
      self->progress_since = now;
    }
  if (is_silent (self, now) || now - self->progress_since >= BK_TIMEOUT_DRAIN_S * G_USEC_PER_SEC)
    bk_real_channel_tear_down (self);
}

static void
on_tick (gpointer user_data)
{
  g_autoptr (BkRealChannel) self = g_object_ref (user_data);
  gint64 now = bk_clock_now (self->clock);

  self->tick = bk_clock_add (self->clock, TICK_MS, on_tick, self);
  if (self->state == BK_REAL_STARTED)
    check_confirmed (self, now);
  else if (self->state == BK_REAL_CONFIRMED)
    check_silence (self, now);
  else if (self->state == BK_REAL_FINISHING)
    check_progress (self, now);
}

/* ---- one turn ---- */

static void
deliver (BkRealChannel *self)
{
  Event *event;

  while (self->state != BK_REAL_OVER && (event = g_queue_pop_head (&self->events)) != NULL)
    {
      BkChannel *channel = BK_CHANNEL (self);
      gboolean is_wanted = self->state < BK_REAL_FINISHING;

      if (is_wanted && event->kind == EVENT_TRANSPORT)
        bk_channel_emit_transport (channel, event->envelope);
      else if (is_wanted && event->kind == EVENT_CONFIRMED)
        bk_channel_emit_confirmed (channel);
      else if (is_wanted && event->kind == EVENT_ENVELOPE)
        bk_channel_emit_envelope (channel, event->envelope);
      else if (is_wanted && event->kind == EVENT_OFFERED)
        bk_channel_emit_offered (channel, event->name, event->datagram);
      event_free (event);
    }
}

static void
deliver_path (BkRealChannel *self)
{
  if (self->state == BK_REAL_OVER || !self->path_changed)
    return;
  self->path_changed = FALSE;
  bk_channel_emit_path (BK_CHANNEL (self));
}

/* All that was written here has arrived: says so. All of both sides has: closes. */
static void
check_drained (BkRealChannel *self)
{
  if (self->gone)
    {
      if (bk_real_streams_are_quiet (self))
        bk_real_channel_tear_down (self);
      return;
    }
  if (!self->drained && self->control >= 0 && bk_real_streams_are_drained (self) && bk_real_flows_are_drained (self))
    bk_real_words_end (self);
  if (self->told && self->they_drained && bk_real_streams_are_quiet (self))
    bk_real_channel_tear_down (self);
}

static void
on_wake (gpointer user_data)
{
  BkRealChannel *self = user_data;

  self->wake_timer = 0;
  bk_real_turn_soon (self);
}

static void
wake_within (BkRealChannel *self, gint64 us)
{
  gint64 ready = g_source_get_ready_time (self->turn);
  gint64 at = g_get_monotonic_time () + us;

  if (ready < 0 || at < ready)
    g_source_set_ready_time (self->turn, at);
}

/* Most deadlines are put off long before they come: a timer that is there already and is not too late stays. Those of
 * packets that wait for their turn come at once, and are finer than timers. */
static void
wake_at (BkRealChannel *self, gint64 deadline, gint64 now)
{
  if (deadline == G_MAXINT64)
    return;
  if (deadline - now <= NEAR_US)
    {
      wake_within (self, MAX (deadline - now, 0));
      return;
    }
  if (self->wake_timer != 0 && self->wake_time <= deadline)
    return;
  bk_clock_clear (self->clock, &self->wake_timer);
  self->wake_time = deadline;
  self->wake_timer = bk_clock_add (self->clock, (guint) MIN ((deadline - now + 999) / 1000, G_MAXINT), on_wake, self);
}

static void
send_packets (BkRealChannel *self)
{
  gint64 now = bk_clock_now (self->clock);

  if (self->quic == NULL || self->gone || !bk_attempts_has_path (self->attempts))
    return;
  for (guint i = 0; i < BURSTS; i++)
    {
      gsize packet_size = 0;
      gsize length = bk_quic_produce (self->quic, burst, sizeof burst, &packet_size, now);

      if (length == 0)
        {
          wake_at (self, bk_quic_get_deadline (self->quic), now);
          return;
        }
      if (!bk_attempts_send (self->attempts, burst, length, packet_size))
        {
          wake_within (self, BLOCKED_US);
          return;
        }
    }
  bk_real_turn_soon (self);
}

static void
hear (BkRealChannel *self)
{
  if (self->lost_since == 0 || self->gone || self->quic == NULL || !is_heard (self, self->lost_since)
      || !bk_attempts_has_path (self->attempts))
    return;
  self->lost_since = 0;
  bk_real_path_update (self);
}

static void
run_turn (BkRealChannel *self)
{
  gint64 now = bk_clock_now (self->clock);

  if (self->quic != NULL && !self->gone && bk_attempts_has_path (self->attempts)
      && bk_quic_get_deadline (self->quic) <= now)
    bk_quic_expire (self->quic, now);
  hear (self);
  if (self->streams != NULL)
    {
      bk_real_streams_turn (self);
      bk_real_flows_turn (self);
    }
  /* What came before the end is told before the end. */
  deliver_path (self);
  deliver (self);
  if (self->state != BK_REAL_OVER && self->gone && !self->cut)
    {
      self->cut = TRUE;
      deal_with_gone (self);
    }
  if (self->state == BK_REAL_FINISHING)
    check_drained (self);
  if (self->state != BK_REAL_OVER)
    send_packets (self);
  deliver_path (self);
}

/* ---- life ---- */

typedef struct
{
  GSource source;
  BkRealChannel *channel;
} Turn;

static gboolean
on_turn (GSource *source, GSourceFunc unused, gpointer user_data)
{
  g_autoptr (BkRealChannel) self = g_object_ref (((Turn *) source)->channel);

  g_source_set_ready_time (source, -1);
  run_turn (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = { .dispatch = on_turn };

static void
on_attention (gpointer user_data)
{
  bk_real_turn_soon (user_data);
}

void
bk_real_turn_init (BkRealChannel *self)
{
  self->reason = g_strdup ("");
  self->hub = (BkPumpHub){ .attention = on_attention, .user_data = self };
  self->attempts = bk_attempts_new (self->clock, self->session, self->inviter, &bk_real_path_funcs, self);
  self->turn = g_source_new (&turn_funcs, sizeof (Turn));
  ((Turn *) self->turn)->channel = self;
  g_source_set_static_name (self->turn, "channel");
  g_source_attach (self->turn, NULL);
}

gboolean
bk_real_turn_start (BkRealChannel *self, const char *fingerprint, GError **error)
{
  BkQuicConfig config = { .client = self->inviter,
                          .session = self->session,
                          .certificate = self->certificate,
                          .fingerprint = fingerprint };
  gint64 now = bk_clock_now (self->clock);

  gnutls_rnd (GNUTLS_RND_NONCE, config.seed, sizeof config.seed);
  self->quic = bk_quic_new (&config, &bk_real_quic_funcs, self, now, error);
  if (self->quic == NULL)
    return FALSE;
  self->hub.quic = self->quic;
  self->state = BK_REAL_STARTED;
  self->started = now;
  self->tick = bk_clock_add (self->clock, TICK_MS, on_tick, self);
  bk_attempts_start (self->attempts);
  bk_real_path_update (self);
  return TRUE;
}

void
bk_real_turn_get_statistics (BkRealChannel *self, BkQuicStatistics *statistics)
{
  *statistics = self->last;
  if (self->quic != NULL)
    bk_quic_get_statistics (self->quic, statistics);
}

/* That it is over, or why. Packets get lost: who has not heard it asks, and nobody is there any more to answer. */
static void
send_last (BkRealChannel *self)
{
  gsize packet_size = 0;
  gsize length = bk_quic_produce (self->quic, burst, sizeof burst, &packet_size, bk_clock_now (self->clock));

  for (guint i = 0; i < FAREWELLS && length > 0; i++)
    bk_attempts_send (self->attempts, burst, length, packet_size);
}

/* Nothing more happens, and nothing more is told. */
void
bk_real_turn_clear (BkRealChannel *self)
{
  bk_real_turn_get_statistics (self, &self->last);
  if (self->quic != NULL)
    {
      bk_quic_close (self->quic);
      send_last (self);
    }
  bk_clock_clear (self->clock, &self->tick);
  bk_clock_clear (self->clock, &self->wake_timer);
  if (self->turn != NULL)
    {
      g_source_destroy (self->turn);
      g_clear_pointer (&self->turn, g_source_unref);
    }
  g_queue_clear_full (&self->events, event_free);
  self->hub.quic = NULL;
  g_clear_pointer (&self->attempts, bk_attempts_free);
}
