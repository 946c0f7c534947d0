/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a session as data. This table is what the engine runs, what the test walks and what the documentation
 * (data/protocol/session-life-cycle.md) is printed from. */
#pragma once

#include <glib.h>

#include "beckon-enums.h"
#include "beckon-error.h"

G_BEGIN_DECLS

typedef enum
{
  BK_ROLE_INVITER = 1 << 0,
  BK_ROLE_INVITEE = 1 << 1,
} BkRole;

typedef enum
{
  BK_LIFE_CREATE,
  BK_LIFE_CONFIGURE, /* set Application or LocalAddress */
  BK_LIFE_PICK,      /* the user is asked whom to invite */
  BK_LIFE_PICK_OVER,
  BK_LIFE_INVITE,
  BK_LIFE_RECEIVE_INVITE,
  BK_LIFE_SEND_REFUSED,
  BK_LIFE_REMOTE_RINGING,
  BK_LIFE_ACCEPT,
  BK_LIFE_ACCEPT_MISSING,
  BK_LIFE_REMOTE_NOT_PRESENT,
  BK_LIFE_INSTALLED,
  BK_LIFE_DECLINE,
  BK_LIFE_REMOTE_DECLINE,
  BK_LIFE_REMOTE_ACCEPT,
  BK_LIFE_ELSEWHERE,
  BK_LIFE_ANSWER_TIMEOUT,
  BK_LIFE_SUPERSEDE,
  BK_LIFE_CONNECT_ACKNOWLEDGED,
  BK_LIFE_REMOTE_CONNECT,
  BK_LIFE_CONNECT_TIMEOUT,
  BK_LIFE_CANCEL,
  BK_LIFE_REMOTE_CANCEL,
  BK_LIFE_SEND_CONTEXT,
  BK_LIFE_REMOTE_CONTEXT,
  BK_LIFE_CHANNEL_CONFIRMED,
  BK_LIFE_CHANNEL_LOST,
  BK_LIFE_CHANNEL_FAILED,
  BK_LIFE_LAUNCH_FAILED,
  BK_LIFE_PROGRAM_ENDED,
  BK_LIFE_REMOTE_END,
  BK_LIFE_SIGN_OUT,
  BK_LIFE_RESTART,
  BK_LIFE_CONNECTION_LOST,
} BkLifeEvent;
#define BK_N_LIFE_EVENTS 34

typedef struct
{
  BeckonSessionState from;
  BkLifeEvent event;
  guint roles; /* BkRole bits: who may see this edge */
  BeckonSessionState via; /* passing state (CANCELLED, DECLINED), UNKNOWN for none */
  BeckonSessionState to;
  const char *effect; /* one sentence for the documentation: what is sent, which events and timers */
} BkLifeEdge;

const BkLifeEdge *bk_lifecycle_edges (guint *n_edges);
const BkLifeEdge *bk_lifecycle_find (BeckonSessionState from, BkLifeEvent event, BkRole role, GError **error);
const char *bk_life_event_to_nick (BkLifeEvent event);
char *bk_lifecycle_to_markdown (void);

G_END_DECLS
