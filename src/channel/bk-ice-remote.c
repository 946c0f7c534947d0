/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The candidates of the other side that are tried. Any of them may be the address of somebody who has nothing to do
 * with it, and whom each one costs a few packets: so there are few for each address. */
#include "bk-ice-private.h"

#include "bk-limits.h"

#include <string.h>

#define MAX_PER_ADDRESS 8 /* with one IPv4 address, or in one IPv6 network */

struct _BkIceRemotes
{
  guint n;
  GHashTable *per_address;
};

BkIceRemotes *
bk_ice_remotes_new (void)
{
  BkIceRemotes *self = g_new0 (BkIceRemotes, 1);

  self->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
bk_ice_remotes_free (BkIceRemotes *self)
{
  g_hash_table_unref (self->per_address);
  g_free (self);
}

guint
bk_ice_remotes_count (BkIceRemotes *self)
{
  return self->n;
}

static gboolean
take_room (BkIceRemotes *self, const NiceAddress *address)
{
  NiceAddress network = *address;
  char text[NICE_ADDRESS_STRING_LEN];
  guint n = 0;

  if (nice_address_ip_version (address) == 6)
    memset (network.s.ip6.sin6_addr.s6_addr + 8, 0, 8);
  nice_address_to_string (&network, text);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->per_address, text));
  if (self->n >= BK_LIMIT_CANDIDATES_TOTAL || n >= MAX_PER_ADDRESS)
    return FALSE;
  g_hash_table_insert (self->per_address, g_strdup (text), GUINT_TO_POINTER (n + 1));
  self->n++;
  return TRUE;
}

NiceCandidate *
bk_ice_remotes_read (BkIceRemotes *self, NiceAgent *agent, guint stream, BkIceReach reach, const char *line)
{
  g_autofree char *attribute = g_strconcat ("a=", line, NULL);
  NiceCandidate *candidate = NULL;

  if (!bk_ice_candidate_is_fair (line, reach))
    return NULL;
  candidate = nice_agent_parse_remote_candidate_sdp (agent, stream, attribute);
  if (candidate != NULL && take_room (self, &candidate->addr))
    return candidate;
  g_clear_pointer (&candidate, nice_candidate_free);
  return NULL;
}
