/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Test my connection": what each server answers, and what follows from it. */
#include "bk-ice-private.h"
#include "bk-ice-probe.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <string.h>

#define TICK_MS 300
#define PROBE_TICKS 9  /* a question is asked again that often */
#define TOTAL_TICKS 22 /* with looking up names less than ten seconds */

typedef struct _Test Test;

/* A try to get an address from a relay. */
typedef struct
{
  Test *test;
  BkIceServer *server;
  guint place; /* of the probe that asks it */
  NiceAgent *agent;
  guint stream;
  char *relayed; /* NULL: none yet */
  guint16 port;
  gboolean done;
  gboolean checked; /* by a probe that went there */
} Relaying;

struct _Test
{
  BkClock *clock;
  GPtrArray *servers;
  BkIceProbes *probes;
  GPtrArray *relayings;
  guint timer;
  guint ticks;
};

static void
relaying_free (Relaying *self)
{
  g_signal_handlers_disconnect_by_data (self->agent, self);
  bk_ice_agent_clear (&self->agent);
  g_free (self->relayed);
  g_free (self);
}

static void
test_free (Test *self)
{
  bk_clock_clear (self->clock, &self->timer);
  g_ptr_array_unref (self->relayings);
  bk_ice_probes_free (self->probes);
  g_ptr_array_unref (self->servers);
  g_object_unref (self->clock);
  g_free (self);
}

/* What goes to the relayed address comes to the agent, and the probe's question there shows how this machine looks from
 * a second place. The relay lets it in once the agent has knocked at where the first answer says that the probe is. */
static void
check_relayed (Relaying *self)
{
  GInetSocketAddress *mapped = bk_ice_probes_get_mapped (self->test->probes);
  g_autofree char *ufrag = NULL;
  g_autofree char *pwd = NULL;
  NiceCandidate *candidate = NULL;

  if (self->checked || self->relayed == NULL || mapped == NULL || self->server->relay.kind != BK_RELAY_TURN_UDP)
    return;
  self->checked = TRUE;
  g_autofree char *text = g_inet_address_to_string (g_inet_socket_address_get_address (mapped));
  candidate = nice_candidate_new (NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE);
  candidate->component_id = BK_ICE_COMPONENT;
  candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  nice_address_set_from_string (&candidate->addr, text);
  nice_address_set_port (&candidate->addr, g_inet_socket_address_get_port (mapped));
  nice_agent_set_remote_credentials (self->agent, self->stream, "test", "abcdefghijklmnopqrstuv");
  GSList list = { .data = candidate };
  nice_agent_set_remote_candidates (self->agent, self->stream, BK_ICE_COMPONENT, &list);
  nice_candidate_free (candidate);
  nice_agent_get_local_credentials (self->agent, self->stream, &ufrag, &pwd);
  bk_ice_probes_check (self->test->probes, self->test->servers->len + self->place, self->relayed, self->port, ufrag,
                       pwd);
}

static void
on_candidate (NiceAgent *agent, NiceCandidate *candidate, Relaying *self)
{
  char text[NICE_ADDRESS_STRING_LEN];

  if (candidate->type != NICE_CANDIDATE_TYPE_RELAYED || self->relayed != NULL)
    return;
  nice_address_to_string (&candidate->addr, text);
  self->relayed = g_strdup (text);
  self->port = (guint16) nice_address_get_port (&candidate->addr);
}

static void
on_gathered (NiceAgent *agent, guint stream, Relaying *self)
{
  self->done = TRUE;
}

static void
add_relaying (Test *test, guint place)
{
  Relaying *self = g_new0 (Relaying, 1);
  g_autoptr (GPtrArray) only = g_ptr_array_new ();

  self->test = test;
  self->place = place;
  self->server = test->servers->pdata[place];
  g_ptr_array_add (only, self->server);
  self->agent = bk_ice_agent_new (TRUE, &self->stream);
  g_ptr_array_add (test->relayings, self);
  bk_ice_agent_set_addresses (self->agent);
  bk_ice_agent_set_servers (self->agent, self->stream, only);
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathered), self);
  nice_agent_attach_recv (self->agent, self->stream, BK_ICE_COMPONENT, NULL, bk_ice_agent_ignore, NULL);
  if (!nice_agent_gather_candidates (self->agent, self->stream))
    self->done = TRUE;
}

/* All is known, or worth waiting for no longer. */
static gboolean
is_over (Test *self)
{
  if (self->ticks < PROBE_TICKS && !bk_ice_probes_are_answered (self->probes))
    return FALSE;
  for (guint i = 0; i < self->relayings->len; i++)
    {
      Relaying *relaying = self->relayings->pdata[i];

      if (self->ticks < TOTAL_TICKS && !relaying->done && relaying->relayed == NULL)
        return FALSE;
    }
  return TRUE;
}

static BkIceAnswer
answer_of (Test *self, guint place)
{
  BkIceServer *server = self->servers->pdata[place];
  BkIceAnswer answer = { .server = server, .probed = bk_ice_probes_is_answered (self->probes, place) };

  for (guint i = 0; i < self->relayings->len; i++)
    {
      Relaying *relaying = self->relayings->pdata[i];
      answer.relays |= relaying->place == place && relaying->relayed != NULL;
    }
  return answer;
}

static GVariant *
judge (Test *self)
{
  g_autoptr (GArray) answers = g_array_new (FALSE, FALSE, sizeof (BkIceAnswer));
  GInetSocketAddress *mapped = bk_ice_probes_get_mapped (self->probes);
  g_autofree char *address = NULL;

  if (mapped != NULL)
    address = g_inet_address_to_string (g_inet_socket_address_get_address (mapped));
  for (guint i = 0; i < self->servers->len; i++)
    {
      BkIceAnswer answer = answer_of (self, i);
      g_array_append_val (answers, answer);
    }
  return bk_ice_verdict ((const BkIceAnswer *) (gpointer) answers->data, answers->len,
                         bk_ice_probes_get_nat (self->probes), address);
}

static void
on_tick (gpointer user_data)
{
  GTask *task = user_data;
  Test *self = g_task_get_task_data (task);

  self->timer = 0;
  self->ticks++;
  for (guint i = 0; i < self->relayings->len; i++)
    check_relayed (self->relayings->pdata[i]);
  if (g_task_return_error_if_cancelled (task))
    g_object_unref (task);
  else if (is_over (self))
    {
      g_task_return_pointer (task, g_variant_ref_sink (judge (self)), (GDestroyNotify) g_variant_unref);
      g_object_unref (task);
    }
  else
    {
      bk_ice_probes_repeat (self->probes);
      self->timer = bk_clock_add (self->clock, TICK_MS, on_tick, task);
    }
}

static void
ask (Test *self, guint place)
{
  BkIceServer *server = self->servers->pdata[place];

  if (server->relay.kind != BK_RELAY_TURN_TCP && server->ipv4 != NULL)
    bk_ice_probes_ask (self->probes, place, server->ipv4, server->relay.port);
  if (server->relay.kind != BK_RELAY_TURN_TCP && server->ipv6 != NULL)
    bk_ice_probes_ask (self->probes, place, server->ipv6, server->relay.port);
  if (server->relay.kind != BK_RELAY_STUN && (server->ipv4 != NULL || server->ipv6 != NULL))
    add_relaying (self, place);
}

static void
on_servers_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Test *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!bk_ice_servers_find_finish (result, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  for (guint i = 0; i < self->servers->len; i++)
    ask (self, i);
  self->timer = bk_clock_add (self->clock, TICK_MS, on_tick, task);
}

static void
on_answered (gpointer user_data)
{
  Test *self = user_data;

  for (guint i = 0; i < self->relayings->len; i++)
    check_relayed (self->relayings->pdata[i]);
}

void
bk_ice_test_async (const BkRelays *relays, BkClock *clock, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Test *self = g_new0 (Test, 1);

  g_task_set_source_tag (task, bk_ice_test_async);
  g_task_set_task_data (task, self, (GDestroyNotify) test_free);
  self->clock = g_object_ref (clock);
  self->servers = bk_ice_servers_new (relays);
  self->probes = bk_ice_probes_new (on_answered, self);
  self->relayings = g_ptr_array_new_with_free_func ((GDestroyNotify) relaying_free);
  bk_ice_servers_find_async (self->servers, clock, cancellable, on_servers_found, task);
}

GVariant *
bk_ice_test_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
