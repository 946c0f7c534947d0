/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ice-private.h"

#include "bk-limits.h"

#include <nice/interfaces.h>
#include <string.h>
#include <sys/socket.h>

#define RELAYED_UDP_PREFERENCE 30

NiceAgent *
bk_ice_agent_new (gboolean controlling, guint *stream)
{
  NiceAgent *agent = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245,
                                          NICE_AGENT_OPTION_CONSENT_FRESHNESS | NICE_AGENT_OPTION_ICE_TRICKLE);

  /* Relays are paired with what the other side said only once all servers have answered or not: the last one that does
   * not is waited for. 300 ms, twice that, and again, is enough for any that does. */
  g_object_set (agent, "controlling-mode", controlling, "upnp", FALSE, "ice-tcp", FALSE, "stun-initial-timeout", 300,
                NULL);
  *stream = nice_agent_add_stream (agent, 1);
  return agent;
}

static gboolean
is_turn_there (GPtrArray *servers, const char *address, guint16 port)
{
  for (guint i = 0; i < servers->len; i++)
    {
      BkIceServer *server = servers->pdata[i];

      if (server->relay.kind == BK_RELAY_TURN_UDP && server->relay.port == port
          && (g_strcmp0 (server->ipv4, address) == 0 || g_strcmp0 (server->ipv6, address) == 0))
        return TRUE;
    }
  return FALSE;
}

static guint
set_turn (NiceAgent *agent, guint stream, BkIceServer *server, const char *address)
{
  if (address == NULL)
    return 0;
  nice_agent_set_relay_info (agent, stream, BK_ICE_COMPONENT, address, server->relay.port, server->user,
                             server->password,
                             server->relay.kind == BK_RELAY_TURN_TCP ? NICE_RELAY_TYPE_TURN_TCP
                                                                     : NICE_RELAY_TYPE_TURN_UDP);
  return 1;
}

/* libnice asks one STUN server: the first one, and at its IPv4 address if there is one, as it is IPv4 that is
 * translated. */
void
bk_ice_agent_set_servers (NiceAgent *agent, guint stream, GPtrArray *servers)
{
  gboolean stun = FALSE;
  guint n = 0;

  for (guint i = 0; i < servers->len; i++)
    {
      BkIceServer *server = servers->pdata[i];
      const char *address = server->ipv4 != NULL ? server->ipv4 : server->ipv6;

      if (server->relay.kind != BK_RELAY_STUN)
        {
          n += n < NICE_CANDIDATE_MAX_TURN_SERVERS ? set_turn (agent, stream, server, server->ipv4) : 0;
          n += n < NICE_CANDIDATE_MAX_TURN_SERVERS ? set_turn (agent, stream, server, server->ipv6) : 0;
        }
      else if (!stun && address != NULL && !is_turn_there (servers, address, server->relay.port))
        {
          g_object_set (agent, "stun-server", address, "stun-server-port", server->relay.port, NULL);
          stun = TRUE;
        }
    }
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
bk_ice_agent_ignore (NiceAgent *agent, guint stream, guint component, guint length, char *data, gpointer user_data)
{
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

const char *
bk_ice_agent_kind (const NiceCandidate *candidate)
{
  switch (candidate->type)
    {
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return "srflx";
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return "prflx";
    case NICE_CANDIDATE_TYPE_RELAYED:
      return "relay";
    case NICE_CANDIDATE_TYPE_HOST:
    default:
      return "host";
    }
}

/* How a relay of ours is spoken to leaves one trace that libnice shows: what the kind of candidate is preferred by. */
const char *
bk_ice_agent_network (const NiceCandidate *local)
{
  if (local->type == NICE_CANDIDATE_TYPE_RELAYED)
    return local->priority >> 24 == RELAYED_UDP_PREFERENCE ? "turn-udp" : "turn-tcp";
  return nice_address_ip_version (&local->addr) == 6 ? "udp6" : "udp";
}
