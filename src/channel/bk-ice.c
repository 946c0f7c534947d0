/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ice-path.h"
#include "bk-ice-private.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <glib/gi18n-lib.h>

#define MAX_EARLY 256      /* packets that came before there was a path of ours */
#define MAX_BURST 64

struct _BkIce
{
  GObject parent_instance;

  NiceAgent *agent; /* NULL: closed */
  guint stream;
  BkIceReach reach;
  GPtrArray *servers;
  GCancellable *cancellable; /* of looking for them */
  BkClock *clock;
  guint timer;
  BkIceReceiveFunc receive;
  gpointer user_data;
  char *ufrag;
  char *pwd;

  GPtrArray *found; /* lines of ours that the other side has not been told */
  gboolean gathered;
  gboolean told_all;
  gboolean relay_answered;
  gboolean udp_answered;

  gboolean has_remote;
  gboolean remote_done;
  BkIceRemotes *remotes;

  BeckonChannelPath state;
  char *reason;
  const char *local_kind;
  const char *remote_kind;
  const char *network;
  BkIcePath *path; /* NULL: by way of a relay of ours, or none */
  gboolean changed; /* and not said yet */
  guint flush;
  GQueue early;
};

enum
{
  SIGNAL_CANDIDATES,
  SIGNAL_STATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkIce, bk_ice, G_TYPE_OBJECT)

static gboolean
has_path (BkIce *self)
{
  return self->agent != NULL
         && (self->state == BECKON_CHANNEL_PATH_DIRECT || self->state == BECKON_CHANNEL_PATH_RELAY);
}

static void
tell_candidates (BkIce *self)
{
  guint n = MIN (self->found->len, BK_LIMIT_CANDIDATES);
  g_auto (GStrv) lines = n > 0 ? g_new0 (char *, n + 1) : NULL;

  for (guint i = 0; i < n; i++)
    lines[i] = g_ptr_array_steal_index (self->found, 0);
  self->told_all = self->gathered && self->found->len == 0;
  g_signal_emit (self, signals[SIGNAL_CANDIDATES], 0, lines, self->told_all);
}

static void
deliver_early (BkIce *self)
{
  while (has_path (self) && !g_queue_is_empty (&self->early))
    {
      g_autoptr (GBytes) packet = g_queue_pop_head (&self->early);
      gsize length = 0;
      const guint8 *data = g_bytes_get_data (packet, &length);

      self->receive (data, length, self->user_data);
    }
}

static gboolean
on_flush (gpointer user_data)
{
  g_autoptr (BkIce) self = g_object_ref (user_data);

  self->flush = 0;
  while (self->agent != NULL && (self->found->len > 0 || (self->gathered && !self->told_all)))
    tell_candidates (self);
  if (self->agent != NULL && self->changed)
    {
      self->changed = FALSE;
      g_signal_emit (self, signals[SIGNAL_STATE], 0);
    }
  deliver_early (self);
  return G_SOURCE_REMOVE;
}

/* Not an idle source: what waits for it are people. */
static void
flush_soon (BkIce *self)
{
  if (self->flush == 0 && self->agent != NULL)
    self->flush = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, self, NULL);
}

static void
explain (BkIce *self, NiceCandidate *local)
{
  const char *server = NULL;
  NiceAddress address;
  char text[NICE_ADDRESS_STRING_LEN];

  nice_address_init (&address);
  if (local != NULL && local->type == NICE_CANDIDATE_TYPE_RELAYED)
    {
      nice_candidate_relay_address (local, &address);
      nice_address_to_string (&address, text);
      server = bk_ice_servers_name (self->servers, text, (guint16) nice_address_get_port (&address));
    }
  BkIceFacts facts = {
    .state = self->state,
    .local_relay = g_strcmp0 (self->local_kind, "relay") == 0,
    .over_tcp = g_strcmp0 (self->network, "turn-tcp") == 0,
    .udp_silent = self->gathered && !self->udp_answered && bk_ice_servers_have (self->servers, BK_RELAY_TURN_UDP),
    .relay_known = bk_ice_servers_have (self->servers, BK_RELAY_TURN_UDP)
                   || bk_ice_servers_have (self->servers, BK_RELAY_TURN_TCP),
    .relay_answered = self->relay_answered,
    .heard = bk_ice_remotes_count (self->remotes) > 0,
    .server = server,
  };
  g_free (self->reason);
  self->reason = bk_ice_text (&facts);
}

static void
enter_state (BkIce *self, BeckonChannelPath state, NiceCandidate *local)
{
  if (state != BECKON_CHANNEL_PATH_CONNECTING)
    bk_clock_clear (self->clock, &self->timer);
  self->state = state;
  explain (self, local);
  self->changed = TRUE;
  flush_soon (self);
}

static gboolean
is_over (BkIce *self)
{
  return self->agent == NULL || self->state == BECKON_CHANNEL_PATH_LOST || self->state == BECKON_CHANNEL_PATH_FAILED;
}

static void
take_packet (const guint8 *packet, gsize length, gpointer user_data)
{
  g_autoptr (BkIce) self = g_object_ref (user_data);

  if (has_path (self) && g_queue_is_empty (&self->early))
    self->receive (packet, length, self->user_data);
  else if (!is_over (self) && self->early.length < MAX_EARLY)
    g_queue_push_tail (&self->early, g_bytes_new (packet, length));
}

static void
on_packet (NiceAgent *agent, guint stream, guint component, guint length, char *data, gpointer user_data)
{
  take_packet ((const guint8 *) data, length, user_data);
}

static void
use_pair (BkIce *self, NiceCandidate *remote)
{
  g_autoptr (GSocket) socket = nice_agent_get_selected_socket (self->agent, self->stream, BK_ICE_COMPONENT);

  if (self->path != NULL && socket != NULL && bk_ice_path_is (self->path, socket, &remote->addr))
    return;
  g_clear_pointer (&self->path, bk_ice_path_free);
  if (socket != NULL)
    self->path = bk_ice_path_new (socket, &remote->addr, take_packet, self);
}

static void
take_pair (BkIce *self)
{
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;

  if (!nice_agent_get_selected_pair (self->agent, self->stream, BK_ICE_COMPONENT, &local, &remote))
    return;
  self->local_kind = bk_ice_agent_kind (local);
  self->remote_kind = bk_ice_agent_kind (remote);
  self->network = bk_ice_agent_network (local);
  use_pair (self, remote);
  enter_state (self,
               local->type == NICE_CANDIDATE_TYPE_RELAYED || remote->type == NICE_CANDIDATE_TYPE_RELAYED
                 ? BECKON_CHANNEL_PATH_RELAY
                 : BECKON_CHANNEL_PATH_DIRECT,
               local);
}

static void
on_component_state (NiceAgent *agent, guint stream, guint component, guint state, BkIce *self)
{
  if (is_over (self))
    return;
  /* READY only says that nothing better will be looked for, and comes two seconds later. */
  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)
    take_pair (self);
  else if (state == NICE_COMPONENT_STATE_FAILED)
    {
      g_clear_pointer (&self->path, bk_ice_path_free);
      enter_state (self, has_path (self) ? BECKON_CHANNEL_PATH_LOST : BECKON_CHANNEL_PATH_FAILED, NULL);
    }
}

static void
on_selected_pair (NiceAgent *agent, guint stream, guint component, NiceCandidate *local, NiceCandidate *remote,
                  BkIce *self)
{
  if (has_path (self))
    take_pair (self);
}

static void
on_candidate (NiceAgent *agent, NiceCandidate *candidate, BkIce *self)
{
  char *line = self->gathered ? NULL : bk_ice_agent_write_candidate (agent, candidate);

  if (candidate->type == NICE_CANDIDATE_TYPE_RELAYED)
    self->relay_answered = TRUE;
  if (candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE
      || g_str_equal (bk_ice_agent_network (candidate), "turn-udp"))
    self->udp_answered = TRUE;
  if (line == NULL)
    return;
  g_ptr_array_add (self->found, line);
  flush_soon (self);
}

static void
on_gathered (NiceAgent *agent, guint stream, BkIce *self)
{
  self->gathered = TRUE;
  flush_soon (self);
}

/* The other side never came, or what it said leads nowhere. */
static void
on_timer (gpointer user_data)
{
  BkIce *self = user_data;

  self->timer = 0;
  enter_state (self, BECKON_CHANNEL_PATH_FAILED, NULL);
}

static void
bk_ice_dispose (GObject *object)
{
  bk_ice_close (BK_ICE (object));
  G_OBJECT_CLASS (bk_ice_parent_class)->dispose (object);
}

static void
bk_ice_finalize (GObject *object)
{
  BkIce *self = BK_ICE (object);

  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_free (self->ufrag);
  g_free (self->pwd);
  g_free (self->reason);
  g_ptr_array_unref (self->found);
  bk_ice_remotes_free (self->remotes);
  G_OBJECT_CLASS (bk_ice_parent_class)->finalize (object);
}

static void
bk_ice_class_init (BkIceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_ice_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_ice_finalize;
  signals[SIGNAL_CANDIDATES] = g_signal_new ("candidates", BK_TYPE_ICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 2, G_TYPE_STRV, G_TYPE_BOOLEAN);
  signals[SIGNAL_STATE] = g_signal_new ("state", BK_TYPE_ICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_ice_init (BkIce *self)
{
  self->found = g_ptr_array_new_with_free_func (g_free);
  self->remotes = bk_ice_remotes_new ();
  self->state = BECKON_CHANNEL_PATH_CONNECTING;
  g_queue_init (&self->early);
}

static gboolean
gather (BkIce *self, GError **error)
{
  bk_ice_agent_set_servers (self->agent, self->stream, self->servers);
  if (!nice_agent_gather_candidates (self->agent, self->stream))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_FAILED, _("This computer has no address where it can be "
                                                               "reached."));
      return FALSE;
    }
  bk_ice_agent_raise_buffers (self->agent, self->stream);
  return TRUE;
}

static void
on_servers_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkIce *self = user_data; /* if this was not cancelled */

  if (bk_ice_servers_find_finish (result, NULL) && !is_over (self) && !gather (self, NULL))
    enter_state (self, BECKON_CHANNEL_PATH_FAILED, NULL);
}

static gboolean
start (BkIce *self, GError **error)
{
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathered), self);
  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_selected_pair), self);
  nice_agent_attach_recv (self->agent, self->stream, BK_ICE_COMPONENT, NULL, on_packet, self);
  nice_agent_get_local_credentials (self->agent, self->stream, &self->ufrag, &self->pwd);
  self->reach = bk_ice_agent_set_addresses (self->agent);
  if (bk_ice_servers_are_found (self->servers))
    return gather (self, error);
  bk_ice_servers_find_async (self->servers, self->clock, self->cancellable, on_servers_found, self);
  return TRUE;
}

BkIce *
bk_ice_new (gboolean controlling, const BkRelays *relays, BkClock *clock, BkIceReceiveFunc receive,
            gpointer user_data, GError **error)
{
  g_autoptr (BkIce) self = g_object_new (BK_TYPE_ICE, NULL);

  self->servers = bk_ice_servers_new (relays);
  self->cancellable = g_cancellable_new ();
  self->clock = g_object_ref (clock);
  self->receive = receive;
  self->user_data = user_data;
  self->agent = bk_ice_agent_new (controlling, &self->stream);
  explain (self, NULL);
  if (!start (self, error))
    return NULL;
  self->timer = bk_clock_add (clock, BK_TIMEOUT_CHANNEL_S * 1000, on_timer, self);
  return g_steal_pointer (&self);
}

const char *
bk_ice_get_ufrag (BkIce *self)
{
  return self->ufrag;
}

const char *
bk_ice_get_pwd (BkIce *self)
{
  return self->pwd;
}

void
bk_ice_set_remote (BkIce *self, const char *ufrag, const char *pwd)
{
  if (is_over (self) || self->has_remote || !bk_ice_words_are_fair (ufrag, pwd))
    return;
  self->has_remote = TRUE;
  nice_agent_set_remote_credentials (self->agent, self->stream, ufrag, pwd);
}

void
bk_ice_add_remote (BkIce *self, const char *const *candidates, gboolean done)
{
  GSList *read = NULL;

  if (is_over (self) || self->remote_done)
    return;
  for (guint i = 0; candidates != NULL && candidates[i] != NULL; i++)
    {
      NiceCandidate *candidate
        = bk_ice_remotes_read (self->remotes, self->agent, self->stream, self->reach, candidates[i]);

      if (candidate != NULL)
        read = g_slist_append (read, candidate);
    }
  if (read != NULL)
    nice_agent_set_remote_candidates (self->agent, self->stream, BK_ICE_COMPONENT, read);
  g_slist_free_full (read, (GDestroyNotify) nice_candidate_free);
  self->remote_done = done;
  if (done)
    nice_agent_peer_candidate_gathering_done (self->agent, self->stream);
}

BeckonChannelPath
bk_ice_get_state (BkIce *self)
{
  return self->state;
}

const char *
bk_ice_get_reason (BkIce *self)
{
  return self->reason;
}

const char *
bk_ice_get_local_kind (BkIce *self)
{
  return self->local_kind;
}

const char *
bk_ice_get_remote_kind (BkIce *self)
{
  return self->remote_kind;
}

const char *
bk_ice_get_network (BkIce *self)
{
  return self->network;
}

/* By way of a relay of ours: libnice wraps each packet up. */
static gboolean
send_relayed (BkIce *self, const guint8 *packets, gsize length, gsize packet_size)
{
  NiceOutputMessage messages[MAX_BURST];
  GOutputVector vectors[MAX_BURST];

  while (length > 0)
    {
      gint n = 0;

      for (; n < MAX_BURST && length > 0; n++)
        {
          vectors[n] = (GOutputVector) { packets, MIN (packet_size, length) };
          messages[n] = (NiceOutputMessage) { &vectors[n], 1 };
          packets += vectors[n].size;
          length -= vectors[n].size;
        }
      if (nice_agent_send_messages_nonblocking (self->agent, self->stream, BK_ICE_COMPONENT, messages, (guint) n,
                                                NULL, NULL) < n)
        return FALSE;
    }
  return TRUE;
}

gboolean
bk_ice_send (BkIce *self, const guint8 *packets, gsize length, gsize packet_size)
{
  g_return_val_if_fail (packet_size > 0, FALSE);
  if (!has_path (self))
    return FALSE;
  return self->path != NULL ? bk_ice_path_send (self->path, packets, length, packet_size)
                            : send_relayed (self, packets, length, packet_size);
}

void
bk_ice_close (BkIce *self)
{
  if (self->agent == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->path, bk_ice_path_free);
  bk_clock_clear (self->clock, &self->timer);
  g_clear_handle_id (&self->flush, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->agent, self);
  nice_agent_attach_recv (self->agent, self->stream, BK_ICE_COMPONENT, NULL, NULL, NULL);
  bk_ice_agent_clear (&self->agent);
  g_queue_clear_full (&self->early, (GDestroyNotify) g_bytes_unref);
}
