/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of one attempt share. */
#pragma once

#include "bk-ice.h"
#include "bk-relay.h"

#include <nice/agent.h>

G_BEGIN_DECLS

#define BK_ICE_COMPONENT 1
#define BK_ICE_SOCKET_BUFFER (4 * 1024 * 1024) /* asked for; the system may give less */

/* bk-ice-agent.c: agents as all of ours are: no UPnP, no TCP candidates, nothing that waits. */
NiceAgent *bk_ice_agent_new (gboolean controlling, guint *stream);
gboolean bk_ice_agent_set_turn (NiceAgent *agent, guint stream, const BkRelay *relay, const BkRelays *relays);
/* Servers of @relays, nullable; STUN only where no TURN is spoken at the same place, which says the same and would be
 * kept from answering. Returns whether there is one that relays. */
gboolean bk_ice_agent_set_relays (NiceAgent *agent, guint stream, const BkRelays *relays);
/* What this machine has. Without any other address its loopback takes part, so that two sides on one machine meet. */
BkIceReach bk_ice_agent_set_addresses (NiceAgent *agent);
void bk_ice_agent_raise_buffers (NiceAgent *agent, guint stream);
/* Gives the relays back what they keep, as long as the main loop runs, and drops *@agent. */
void bk_ice_agent_clear (NiceAgent **agent);
/* A line for the other side, or NULL if it is of no use to it. */
char *bk_ice_agent_write_candidate (NiceAgent *agent, NiceCandidate *candidate);
gboolean bk_ice_agent_relay_is_tcp (const NiceCandidate *relay);

/* bk-ice-text.c: sentences. @server: of the relay in use, nullable. */
typedef struct
{
  BeckonChannelPath state;
  gboolean local_relay;     /* ours is used */
  gboolean remote_relay;    /* theirs is used */
  gboolean over_tcp;        /* to ours */
  gboolean udp_answered;    /* a server did, over UDP */
  gboolean relay_known;     /* of ours */
  gboolean relay_answered;
  gboolean heard;           /* candidates of the other side */
  const char *server;       /* of the relay in use, nullable */
} BkIceFacts;

/* The name by which people know the server at @address: the only one that it can be, or the address. */
char *bk_ice_text_name_relay (const BkRelays *relays, const char *address);
char *bk_ice_text (const BkIceFacts *facts);

G_END_DECLS
