/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-attempts.h"

#include "bk-limits.h"

#define INTERVAL_MS 1000 /* between attempts */
#define AGAIN_MS 2000    /* after one that failed */
#define RETIRED_MS 3000  /* the other side may still send by way of the one before */
#define SETTLE_MS 500    /* envelopes overtake each other: the last of them need not be the last to come */

/* What the other side has said about its newest attempt. */
typedef struct
{
  guint32 generation; /* 0: nothing yet */
  char *ufrag;
  char *pwd;
  GPtrArray *lines;
  gboolean done;
  gboolean settled;
} Remote;

struct _BkAttempts
{
  BkClock *clock;
  char *session;
  gboolean controlling;
  BkAttemptsFuncs funcs;
  gpointer user_data;
  BkRelays *relays;

  gboolean started;
  gboolean wanted; /* a fresh one */
  guint32 generation;
  gint64 last;     /* when the last one was begun */
  BkIce *active;   /* nullable: has, or had, a path */
  guint32 active_generation;
  BkIce *pending;  /* nullable: looks for one */
  BkIce *retired;  /* nullable: was active before */
  guint n_envelopes;
  Remote remote;
  guint n_fed; /* lines that the newest attempt has been told of */
  char *reason;

  guint retry_timer;
  guint retired_timer;
  guint settle_timer;
};

static void begin (BkAttempts *self);

BkAttempts *
bk_attempts_new (BkClock *clock, const char *session, gboolean controlling, const BkAttemptsFuncs *funcs,
                 gpointer user_data)
{
  BkAttempts *self = g_new0 (BkAttempts, 1);

  self->clock = g_object_ref (clock);
  self->session = g_strdup (session);
  self->controlling = controlling;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->remote.lines = g_ptr_array_new_with_free_func (g_free);
  self->reason = g_strdup ("");
  return self;
}

static void
clear_ice (BkAttempts *self, BkIce **ice)
{
  if (*ice == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*ice, self);
  bk_ice_close (*ice);
  g_clear_object (ice);
}

void
bk_attempts_free (BkAttempts *self)
{
  bk_clock_clear (self->clock, &self->retry_timer);
  bk_clock_clear (self->clock, &self->retired_timer);
  bk_clock_clear (self->clock, &self->settle_timer);
  clear_ice (self, &self->active);
  clear_ice (self, &self->pending);
  clear_ice (self, &self->retired);
  g_clear_pointer (&self->relays, bk_relays_free);
  g_ptr_array_unref (self->remote.lines);
  g_free (self->remote.ufrag);
  g_free (self->remote.pwd);
  g_free (self->reason);
  g_free (self->session);
  g_object_unref (self->clock);
  g_free (self);
}

void
bk_attempts_set_relays (BkAttempts *self, const BkRelays *relays)
{
  g_clear_pointer (&self->relays, bk_relays_free);
  self->relays = relays != NULL ? bk_relays_copy (relays) : NULL;
}

/* ---- the newest attempt, and what the other side says about its own ---- */

/* The agent that belongs to what the other side has said, or NULL. */
static BkIce *
get_newest (BkAttempts *self)
{
  if (self->remote.generation == 0 || self->remote.generation != self->generation)
    return NULL;
  if (self->pending != NULL)
    return self->pending;
  return self->active_generation == self->generation ? self->active : NULL;
}

static void
feed (BkAttempts *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  BkIce *ice = get_newest (self);

  if (ice == NULL)
    return;
  bk_ice_set_remote (ice, self->remote.ufrag, self->remote.pwd);
  for (; self->n_fed < self->remote.lines->len; self->n_fed++)
    g_ptr_array_add (lines, g_ptr_array_index (self->remote.lines, self->n_fed));
  g_ptr_array_add (lines, NULL);
  if (lines->len > 1 || self->remote.settled)
    bk_ice_add_remote (ice, (const char *const *) lines->pdata, self->remote.settled);
}

static void
on_settled (gpointer user_data)
{
  BkAttempts *self = user_data;

  self->settle_timer = 0;
  self->remote.settled = TRUE;
  feed (self);
}

static void
on_retry (gpointer user_data)
{
  BkAttempts *self = user_data;

  self->retry_timer = 0;
  if (self->wanted || self->remote.generation > self->generation)
    begin (self);
}

static void
begin_within (BkAttempts *self, guint milliseconds)
{
  if (self->retry_timer == 0)
    self->retry_timer = bk_clock_add (self->clock, milliseconds, on_retry, self);
}

/* As soon as that is no more than there may be. */
static void
begin_soon (BkAttempts *self)
{
  gint64 since = (bk_clock_now (self->clock) - self->last) / 1000;

  if (!self->started)
    return;
  bk_clock_clear (self->clock, &self->retry_timer);
  if (self->generation == 0 || since >= INTERVAL_MS)
    begin (self);
  else
    begin_within (self, (guint) (INTERVAL_MS - since));
}

void
bk_attempts_refresh (BkAttempts *self)
{
  self->wanted = TRUE;
  begin_soon (self);
}

gboolean
bk_attempts_is_looking (BkAttempts *self)
{
  return self->pending != NULL || self->retry_timer != 0;
}

static gboolean
has_line (BkAttempts *self, const char *line)
{
  for (guint i = 0; i < self->remote.lines->len; i++)
    if (g_str_equal (g_ptr_array_index (self->remote.lines, i), line))
      return TRUE;
  return FALSE;
}

static void
take_first (BkAttempts *self, const BkEnvelope *transport)
{
  self->remote.generation = transport->generation;
  g_free (self->remote.ufrag);
  g_free (self->remote.pwd);
  self->remote.ufrag = g_strdup (transport->ufrag);
  self->remote.pwd = g_strdup (transport->pwd);
  g_ptr_array_set_size (self->remote.lines, 0);
  self->remote.done = self->remote.settled = FALSE;
  bk_clock_clear (self->clock, &self->settle_timer);
}

void
bk_attempts_receive (BkAttempts *self, const BkEnvelope *transport)
{
  if (transport->ufrag == NULL || transport->pwd == NULL || transport->generation < self->remote.generation
      || transport->generation == 0 || self->n_envelopes >= BK_LIMIT_TRANSPORTS)
    return;
  self->n_envelopes++;
  if (transport->generation > self->remote.generation)
    take_first (self, transport);
  else if (!g_str_equal (transport->ufrag, self->remote.ufrag) || !g_str_equal (transport->pwd, self->remote.pwd))
    return;
  for (guint i = 0; transport->candidates != NULL && transport->candidates[i] != NULL; i++)
    if (self->remote.lines->len < BK_LIMIT_CANDIDATES_TOTAL && !has_line (self, transport->candidates[i]))
      g_ptr_array_add (self->remote.lines, g_strdup (transport->candidates[i]));
  if (transport->done && !self->remote.done)
    {
      self->remote.done = TRUE;
      self->settle_timer = bk_clock_add (self->clock, SETTLE_MS, on_settled, self);
    }
  if (self->remote.generation > self->generation)
    begin_soon (self);
  else
    feed (self);
}

/* ---- what the agents say ---- */

static void
on_candidates (BkIce *ice, char **lines, gboolean done, BkAttempts *self)
{
  g_autoptr (BkEnvelope) transport = bk_envelope_new (BK_ENVELOPE_TRANSPORT, self->session);

  if (ice != self->pending && ice != self->active)
    return;
  transport->generation = ice == self->pending ? self->generation : self->active_generation;
  transport->ufrag = g_strdup (bk_ice_get_ufrag (ice));
  transport->pwd = g_strdup (bk_ice_get_pwd (ice));
  transport->candidates = g_strdupv (lines);
  transport->done = done;
  self->funcs.transport (transport, self->user_data);
}

static void
on_packet (const guint8 *packet, gsize length, gpointer user_data)
{
  BkAttempts *self = user_data;

  self->funcs.packet (packet, length, self->user_data);
}

static void
on_retired (gpointer user_data)
{
  BkAttempts *self = user_data;

  self->retired_timer = 0;
  clear_ice (self, &self->retired);
}

static void
retire_active (BkAttempts *self)
{
  clear_ice (self, &self->retired);
  bk_clock_clear (self->clock, &self->retired_timer);
  if (self->active == NULL)
    return;
  self->retired = g_steal_pointer (&self->active);
  self->retired_timer = bk_clock_add (self->clock, RETIRED_MS, on_retired, self);
}

static gboolean
ice_has_path (BkIce *ice)
{
  return ice != NULL
         && (bk_ice_get_state (ice) == BECKON_CHANNEL_PATH_DIRECT || bk_ice_get_state (ice) == BECKON_CHANNEL_PATH_RELAY);
}

static void
set_reason (BkAttempts *self, const char *reason)
{
  g_autofree char *before = self->reason;

  self->reason = g_strdup (reason);
}

static void
on_pending_state (BkAttempts *self)
{
  set_reason (self, bk_ice_get_reason (self->pending));
  if (ice_has_path (self->pending))
    {
      retire_active (self);
      self->active = g_steal_pointer (&self->pending);
      self->active_generation = self->generation;
      self->funcs.changed (TRUE, self->user_data);
      return;
    }
  if (bk_ice_get_state (self->pending) == BECKON_CHANNEL_PATH_FAILED)
    {
      clear_ice (self, &self->pending);
      self->wanted = !ice_has_path (self->active);
      if (self->wanted)
        begin_within (self, AGAIN_MS);
    }
  self->funcs.changed (FALSE, self->user_data);
}

static void
on_state (BkIce *ice, BkAttempts *self)
{
  if (ice == self->pending)
    {
      on_pending_state (self);
      return;
    }
  if (ice != self->active)
    return;
  set_reason (self, bk_ice_get_reason (ice));
  if (!ice_has_path (ice) && !bk_attempts_is_looking (self))
    bk_attempts_refresh (self);
  self->funcs.changed (FALSE, self->user_data);
}

static void
begin (BkAttempts *self)
{
  g_autoptr (GError) error = NULL;

  bk_clock_clear (self->clock, &self->retry_timer);
  clear_ice (self, &self->pending);
  if (self->remote.generation <= self->generation && self->generation == G_MAXUINT32)
    return;
  self->wanted = FALSE;
  self->last = bk_clock_now (self->clock);
  self->generation = MAX (self->generation + 1, self->remote.generation);
  self->n_fed = 0;
  self->pending = bk_ice_new (self->controlling, self->relays, self->clock, on_packet, self, &error);
  if (self->pending == NULL)
    {
      set_reason (self, error->message);
      self->wanted = TRUE;
      begin_within (self, AGAIN_MS);
      return;
    }
  g_signal_connect (self->pending, "candidates", G_CALLBACK (on_candidates), self);
  g_signal_connect (self->pending, "state", G_CALLBACK (on_state), self);
  feed (self);
}

void
bk_attempts_start (BkAttempts *self)
{
  self->started = TRUE;
  begin_soon (self);
}

/* ---- the path ---- */

gboolean
bk_attempts_has_path (BkAttempts *self)
{
  return ice_has_path (self->active);
}

gboolean
bk_attempts_send (BkAttempts *self, const guint8 *packets, gsize length, gsize packet_size)
{
  return self->active != NULL && bk_ice_send (self->active, packets, length, packet_size);
}

BeckonChannelPath
bk_attempts_get_path (BkAttempts *self)
{
  return self->active != NULL ? bk_ice_get_state (self->active) : BECKON_CHANNEL_PATH_CONNECTING;
}

const char *
bk_attempts_get_reason (BkAttempts *self)
{
  return ice_has_path (self->active) ? bk_ice_get_reason (self->active) : self->reason;
}

BkIce *
bk_attempts_get_active (BkAttempts *self)
{
  return self->active;
}
