/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of one attempt share. */
#pragma once

#include "bk-ice.h"
#include "bk-relay.h"

#include <nice/agent.h>

G_BEGIN_DECLS

#define BK_ICE_COMPONENT 1
#define BK_ICE_SOCKET_BUFFER (4 * 1024 * 1024) /* asked for; the system may give less */

/* bk-ice-servers.c: STUN and TURN servers, at most BK_LIMIT_RELAYS. */
typedef struct
{
  BkRelay relay;
  char *user;     /* nullable: STUN */
  char *password; /* nullable: STUN */
  char *ipv4;     /* nullable: not known */
  char *ipv6;     /* nullable: not known */
} BkIceServer;

/* @relays nullable. Those of TURN without words to open them are left out. */
GPtrArray *bk_ice_servers_new (const BkRelays *relays);
gboolean bk_ice_servers_are_found (GPtrArray *servers); /* none has a name whose address is not known */
gboolean bk_ice_servers_have (GPtrArray *servers, BkRelayKind kind);
const char *bk_ice_servers_name (GPtrArray *servers, const char *address, guint16 port); /* as people know it */
/* Looks names up for as long as is worth waiting; what is not found has no address then. */
void bk_ice_servers_find_async (GPtrArray *servers, BkClock *clock, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_ice_servers_find_finish (GAsyncResult *result, GError **error);

/* bk-ice-candidate.c: pure, whether they may be the other side's. */
gboolean bk_ice_words_are_fair (const char *ufrag, const char *pwd);

/* bk-ice-remote.c: candidates of the other side that are tried. */
typedef struct _BkIceRemotes BkIceRemotes;
BkIceRemotes *bk_ice_remotes_new (void);
void bk_ice_remotes_free (BkIceRemotes *self);
guint bk_ice_remotes_count (BkIceRemotes *self);
/* NULL if it is not fair, or there is no room for it. */
NiceCandidate *bk_ice_remotes_read (BkIceRemotes *self, NiceAgent *agent, guint stream, BkIceReach reach,
                                    const char *line);

/* bk-ice-agent.c: agents as all of ours are: no UPnP, no TCP candidates, nothing that waits. */
NiceAgent *bk_ice_agent_new (gboolean controlling, guint *stream);
/* STUN is left out where TURN is spoken at the same place, which says the same and would be kept from answering. */
void bk_ice_agent_set_servers (NiceAgent *agent, guint stream, GPtrArray *servers);
/* What this machine has. Without any other address its loopback takes part, so that two sides on one machine meet. */
BkIceReach bk_ice_agent_set_addresses (NiceAgent *agent);
void bk_ice_agent_ignore (NiceAgent *agent, guint stream, guint component, guint length, char *data,
                          gpointer user_data); /* for one that carries nothing, but must be listened to */
void bk_ice_agent_raise_buffers (NiceAgent *agent, guint stream);
/* Gives the relays back what they keep, as long as the main loop runs, and drops *@agent. */
void bk_ice_agent_clear (NiceAgent **agent);
/* A line for the other side, or NULL if it is of no use to it. */
char *bk_ice_agent_write_candidate (NiceAgent *agent, NiceCandidate *candidate);
const char *bk_ice_agent_kind (const NiceCandidate *candidate);
const char *bk_ice_agent_network (const NiceCandidate *local);

/* bk-ice-text.c: sentences. @server: of the relay in use, nullable. */
typedef struct
{
  BeckonChannelPath state;
  gboolean local_relay;     /* ours is used */
  gboolean remote_relay;    /* theirs is used */
  gboolean over_tcp;        /* to ours */
  gboolean udp_silent;      /* of those that speak UDP none has answered */
  gboolean relay_known;     /* of ours */
  gboolean relay_answered;
  gboolean heard;           /* candidates of the other side */
  const char *server;       /* of the relay in use, nullable */
} BkIceFacts;

char *bk_ice_text (const BkIceFacts *facts);

/* bk-ice-verdict.c: what one server answered. */
typedef struct
{
  const BkIceServer *server;
  gboolean probed; /* to a question over UDP */
  gboolean relays; /* it has given this side an address */
} BkIceAnswer;

/* As Account1.TestConnection returns it, floating. @nat: as the probes saw it; @address nullable. */
GVariant *bk_ice_verdict (const BkIceAnswer *answers, guint n, const char *nat, const char *address);

G_END_DECLS
