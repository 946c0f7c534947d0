/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of STUN and TURN servers: "stun:HOST:PORT", "turn:HOST:PORT", "turn:HOST:PORT?transport=udp|tcp". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BK_RELAY_STUN,
  BK_RELAY_TURN_UDP,
  BK_RELAY_TURN_TCP,
} BkRelayKind;

typedef struct
{
  BkRelayKind kind;
  char host[256]; /* a name or an address, without brackets */
  guint16 port;   /* 3478 if it is not said */
} BkRelay;

/* FALSE if @text is no such address. @relay nullable. */
gboolean bk_relay_parse (const char *text, BkRelay *relay);

G_END_DECLS
