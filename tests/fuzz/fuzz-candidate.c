/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever passes as a candidate of the other side is understood by libnice as the same harmless address: no loopback,
 * no multicast, nobody and everybody neither, UDP, a port. */
#include "bk-ice.h"

#include <nice/agent.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static void
check_ipv4 (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  check (bytes[0] != 0 && bytes[0] < 224 && bytes[0] != 127, "it is somebody's own address");
}

static void
check_candidate (NiceCandidate *candidate)
{
  char text[NICE_ADDRESS_STRING_LEN];

  check (candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP && candidate->component_id == 1, "UDP, one component");
  check (nice_address_get_port (&candidate->addr) != 0 && candidate->priority != 0, "the numbers are none of nothing");
  nice_address_to_string (&candidate->addr, text);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  check (address != NULL, "the address is one");
  check (!g_inet_address_get_is_loopback (address) && !g_inet_address_get_is_multicast (address)
           && !g_inet_address_get_is_any (address),
         "it is neither here nor everywhere nor nowhere");
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    check_ipv4 (address);
  check (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 || !g_inet_address_get_is_link_local (address),
         "it is not of another link");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static NiceAgent *agent;
  static guint stream;
  g_autofree char *line = g_strndup ((const char *) data, size);
  NiceCandidate *candidate = NULL;

  if (agent == NULL)
    {
      agent = nice_agent_new (NULL, NICE_COMPATIBILITY_RFC5245);
      stream = nice_agent_add_stream (agent, 1);
    }
  if (!bk_ice_candidate_is_fair (line, 0))
    return 0;
  g_autofree char *attribute = g_strconcat ("a=", line, NULL);
  candidate = nice_agent_parse_remote_candidate_sdp (agent, stream, attribute);
  check (candidate != NULL, "libnice understands it");
  check_candidate (candidate);
  nice_candidate_free (candidate);
  return 0;
}
