/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a lock as data. What BeckonLockStatus calls PENDING_RESULT and UNLOCKED are several states here: who is
 * to speak next makes the difference between "too early", "too late" and "wrong". */
#pragma once

#include <glib.h>

#include "beckon-enums.h"
#include "beckon-error.h"

G_BEGIN_DECLS

typedef enum
{
  BK_LOCK_OUT,        /* nobody has said whether anything is locked */
  BK_LOCK_LOCKED,
  BK_LOCK_ASKING,     /* the network is asked for a challenge */
  BK_LOCK_ASKED,      /* the program has the challenge */
  BK_LOCK_CHECKING,   /* the network has the answer */
  BK_LOCK_OPEN,
  BK_LOCK_DOUBTED,    /* open; the network asks again, the program has the challenge */
  BK_LOCK_RECHECKING, /* open; the network has the answer to that */
  BK_LOCK_FAILED,
  BK_LOCK_OFF,
  BK_LOCK_CLOSED,     /* the program is gone */
} BkLockState;

#define BK_LOCK_BIT(state) (1u << (state))
/* Where locked calls may be made because of a grant. */
#define BK_LOCK_UNLOCKED \
  (BK_LOCK_BIT (BK_LOCK_OPEN) | BK_LOCK_BIT (BK_LOCK_DOUBTED) | BK_LOCK_BIT (BK_LOCK_RECHECKING))
/* Where the program has the challenge. */
#define BK_LOCK_CHALLENGED (BK_LOCK_BIT (BK_LOCK_ASKED) | BK_LOCK_BIT (BK_LOCK_DOUBTED))
/* Where a program that called has not heard the result yet. */
#define BK_LOCK_OWING \
  (BK_LOCK_BIT (BK_LOCK_ASKING) | BK_LOCK_BIT (BK_LOCK_ASKED) | BK_LOCK_BIT (BK_LOCK_CHECKING) \
   | BK_LOCK_BIT (BK_LOCK_RECHECKING))

typedef enum
{
  BK_LOCK_EVENT_GONE,      /* signed out, or without a connection */
  BK_LOCK_EVENT_LOCKS,     /* signed in: programs have to unlock */
  BK_LOCK_EVENT_LOCKS_NOT, /* signed in: they have not */
  BK_LOCK_EVENT_REQUEST,
  BK_LOCK_EVENT_CHALLENGE,
  BK_LOCK_EVENT_RESPOND,
  BK_LOCK_EVENT_GRANT,
  BK_LOCK_EVENT_WRONG,
  BK_LOCK_EVENT_BROKEN,    /* the network could not be asked, or gave no answer that makes sense */
  BK_LOCK_EVENT_TIMEOUT,
  BK_LOCK_EVENT_DOUBT,     /* the network asks again by itself */
  BK_LOCK_EVENT_REVOKED,
} BkLockEvent;

typedef struct
{
  guint from; /* BK_LOCK_BIT () of each state */
  BkLockEvent event;
  BkLockState to;
} BkLockEdge;

const BkLockEdge *bk_lock_life_find (BkLockState from, BkLockEvent event, GError **error);
BeckonLockStatus bk_lock_life_status (BkLockState state);

G_END_DECLS
