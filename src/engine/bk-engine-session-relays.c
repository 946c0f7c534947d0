/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STUN and TURN servers of a session's channel: those of its network, and the user's own. */
#include "bk-engine-session-private.h"

#define ASK_MS 3000         /* longer than that the channel does not wait for the network's answer */
#define REFRESH_LEAST_S 30u /* however short the network keeps its words good */
#define REFRESH_MOST_S 86400u
#define REFRESH_AGAIN_S 60u /* it gave none when they were to be refreshed */

static void ask (BkEngineSession *self);

/* Those of the user come first: they were set for a reason. Transfer full, nullable. */
BkRelays *
bk_session_dup_relays (BkEngineSession *self)
{
  BkRelays *relays = bk_relays_copy (self->world->relays);

  if (relays == NULL)
    return bk_relays_copy (self->link.relays);
  relays->more = bk_relays_copy (self->link.relays);
  return relays;
}

gboolean
bk_session_awaits_relays (BkEngineSession *self)
{
  return self->link.asking != NULL && self->timers[BK_SESSION_TIMER_RELAYS] != 0;
}

void
bk_session_relays_over (BkEngineSession *self)
{
  g_autoptr (GCancellable) asking = g_steal_pointer (&self->link.asking);

  bk_session_stop_timer (self, BK_SESSION_TIMER_RELAYS);
  if (asking != NULL)
    g_cancellable_cancel (asking);
  g_clear_pointer (&self->link.relays, bk_relays_free);
}

static void
on_refresh (gpointer user_data)
{
  BkEngineSession *self = user_data;

  self->timers[BK_SESSION_TIMER_RELAYS] = 0;
  ask (self);
}

/* New words are asked for when a quarter of the time of the old ones is left. */
static void
plan_refresh (BkEngineSession *self, guint seconds)
{
  if (seconds != 0)
    bk_session_start_timer (self, BK_SESSION_TIMER_RELAYS, CLAMP (seconds, REFRESH_LEAST_S, REFRESH_MOST_S) * 750,
                            on_refresh);
}

static void
take (BkEngineSession *self, BkRelays *relays)
{
  g_clear_pointer (&self->link.relays, bk_relays_free);
  self->link.relays = relays;
  if (self->link.state != BK_LINK_LOOKING && self->link.state != BK_LINK_CONFIRMED)
    return;
  g_autoptr (BkRelays) all = bk_session_dup_relays (self);
  bk_channel_set_relays (self->link.channel, all);
}

static void
on_relays (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineSession) self = user_data;
  BkBackendRelays *backend = BK_BACKEND_RELAYS (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (BkRelays) relays = BK_BACKEND_RELAYS_GET_IFACE (backend)->get_finish (backend, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->link.asking == NULL)
    return;
  g_clear_object (&self->link.asking);
  bk_session_stop_timer (self, BK_SESSION_TIMER_RELAYS);
  if (relays != NULL)
    {
      plan_refresh (self, relays->ttl);
      take (self, g_steal_pointer (&relays));
    }
  else
    {
      g_debug ("Session %s: the network gave no relays: %s", self->id, error != NULL ? error->message : "none");
      if (self->link.relays != NULL)
        plan_refresh (self, REFRESH_AGAIN_S);
    }
  if (self->link.state == BK_LINK_WAITING)
    bk_session_start_looking (self);
}

/* If it comes later, it is good for the next attempt. */
static void
on_no_answer (gpointer user_data)
{
  g_autoptr (BkEngineSession) self = g_object_ref (user_data);

  self->timers[BK_SESSION_TIMER_RELAYS] = 0;
  if (self->link.state == BK_LINK_WAITING)
    bk_session_start_looking (self);
}

static void
ask (BkEngineSession *self)
{
  BkBackend *backend = bk_engine_account_get_backend (self->account);

  self->link.asking = g_cancellable_new ();
  BK_BACKEND_RELAYS_GET_IFACE (BK_BACKEND_RELAYS (backend))
    ->get_async (BK_BACKEND_RELAYS (backend), self->link.asking, on_relays, g_object_ref (self));
}

/* With the invitation or the acceptance, so that the answer is there when both sides have agreed. */
void
bk_session_ask_relays (BkEngineSession *self)
{
  if (self->account == NULL || !BK_IS_BACKEND_RELAYS (bk_engine_account_get_backend (self->account)))
    return;
  bk_session_start_timer (self, BK_SESSION_TIMER_RELAYS, ASK_MS, on_no_answer);
  ask (self);
}
