/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ice-private.h"

#include "bk-limits.h"
#include "bk-relay.h"

#include <nice/interfaces.h>
#include <string.h>
#include <sys/socket.h>

#define RELAYED_UDP_PREFERENCE 30

NiceAgent *
bk_ice_agent_new (gboolean controlling, guint *stream)
{
  NiceAgent *agent = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245,
                                          NICE_AGENT_OPTION_CONSENT_FRESHNESS | NICE_AGENT_OPTION_ICE_TRICKLE);

  g_object_set (agent, "controlling-mode", controlling, "upnp", FALSE, "ice-tcp", FALSE, NULL);
  *stream = nice_agent_add_stream (agent, 1);
  return agent;
}

static gboolean
is_turn_there (const BkRelays *relays, const BkRelay *stun)
{
  for (; relays != NULL; relays = relays->more)
    for (guint i = 0; relays->servers != NULL && relays->servers[i] != NULL; i++)
      {
        BkRelay relay;

        if (bk_relay_parse (relays->servers[i], &relay) && relay.kind == BK_RELAY_TURN_UDP
            && relay.port == stun->port && g_ascii_strcasecmp (relay.host, stun->host) == 0)
          return TRUE;
      }
  return FALSE;
}

gboolean
bk_ice_agent_set_turn (NiceAgent *agent, guint stream, const BkRelay *relay, const BkRelays *relays)
{
  if (relays->user == NULL || relays->password == NULL)
    return FALSE;
  return nice_agent_set_relay_info (agent, stream, BK_ICE_COMPONENT, relay->host, relay->port, relays->user,
                                    relays->password,
                                    relay->kind == BK_RELAY_TURN_TCP ? NICE_RELAY_TYPE_TURN_TCP
                                                                     : NICE_RELAY_TYPE_TURN_UDP);
}

/* Names are resolved by libnice, in the background. It asks one STUN server; the first one is taken. */
gboolean
bk_ice_agent_set_relays (NiceAgent *agent, guint stream, const BkRelays *relays)
{
  gboolean stun = FALSE;
  guint n = 0;

  for (const BkRelays *from = relays; from != NULL; from = from->more)
    for (guint i = 0; from->servers != NULL && from->servers[i] != NULL && n < BK_LIMIT_RELAYS; i++)
      {
        BkRelay relay;

        if (!bk_relay_parse (from->servers[i], &relay))
          continue;
        if (relay.kind != BK_RELAY_STUN)
          n += bk_ice_agent_set_turn (agent, stream, &relay, from) ? 1 : 0;
        else if (!stun && !is_turn_there (relays, &relay))
          {
            g_object_set (agent, "stun-server", relay.host, "stun-server-port", relay.port, NULL);
            stun = TRUE;
          }
      }
  return n > 0;
}

BkIceReach
bk_ice_agent_set_addresses (NiceAgent *agent)
{
  static const char *const loopback[] = { "127.0.0.1", "::1" };
  GList *addresses = nice_interfaces_get_local_ips (FALSE);
  BkIceReach reach = addresses == NULL ? BK_ICE_REACH_LOOPBACK : 0;

  for (GList *l = addresses; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, "169.254."))
      reach |= BK_ICE_REACH_LINK_LOCAL;
  g_list_free_full (addresses, g_free);
  for (gsize i = 0; (reach & BK_ICE_REACH_LOOPBACK) != 0 && i < G_N_ELEMENTS (loopback); i++)
    {
      NiceAddress address;

      nice_address_init (&address);
      if (nice_address_set_from_string (&address, loopback[i]))
        nice_agent_add_local_address (agent, &address);
    }
  return reach;
}

void
bk_ice_agent_raise_buffers (NiceAgent *agent, guint stream)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (agent, stream, BK_ICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      g_socket_set_option (sockets->pdata[i], SOL_SOCKET, SO_RCVBUF, BK_ICE_SOCKET_BUFFER, NULL);
      g_socket_set_option (sockets->pdata[i], SOL_SOCKET, SO_SNDBUF, BK_ICE_SOCKET_BUFFER, NULL);
    }
}

static void
on_closed (GObject *agent, GAsyncResult *result, gpointer user_data)
{
  g_object_unref (agent);
}

void
bk_ice_agent_clear (NiceAgent **agent)
{
  if (*agent != NULL)
    nice_agent_close_async (*agent, on_closed, NULL);
  *agent = NULL;
}

char *
bk_ice_agent_write_candidate (NiceAgent *agent, NiceCandidate *candidate)
{
  g_autofree char *line = NULL;

  if (candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP || candidate->type == NICE_CANDIDATE_TYPE_PEER_REFLEXIVE)
    return NULL;
  line = nice_agent_generate_local_candidate_sdp (agent, candidate);
  if (line == NULL || !g_str_has_prefix (line, "a=") || strlen (line + 2) > BK_LIMIT_CANDIDATE)
    return NULL;
  return g_strdup (line + 2);
}

/* The only trace of it that libnice shows: the preference of the kind, which is 30 for relays over UDP. */
gboolean
bk_ice_agent_relay_is_tcp (const NiceCandidate *relay)
{
  return relay->priority >> 24 != RELAYED_UDP_PREFERENCE;
}
