/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-lock-life.h"

#define IN(state) BK_LOCK_BIT (BK_LOCK_##state)
#define ANYWHERE (IN (CLOSED) - 1)
#define EDGE(from, event, to) { from, BK_LOCK_EVENT_##event, BK_LOCK_##to }

static const BkLockEdge edges[] = {
  EDGE (ANYWHERE & ~IN (OUT), GONE, OUT),
  EDGE (ANYWHERE, LOCKS, LOCKED),
  EDGE (ANYWHERE, LOCKS_NOT, OFF),

  EDGE (IN (LOCKED), REQUEST, ASKING),
  EDGE (IN (ASKING), CHALLENGE, ASKED),
  EDGE (IN (ASKED), RESPOND, CHECKING),
  EDGE (IN (CHECKING), GRANT, OPEN),
  EDGE (IN (CHECKING), WRONG, FAILED),
  EDGE (IN (ASKING) | IN (CHECKING), BROKEN, LOCKED),
  EDGE (IN (ASKING) | IN (ASKED) | IN (CHECKING), TIMEOUT, LOCKED),

  EDGE (IN (OPEN) | IN (DOUBTED), DOUBT, DOUBTED),
  EDGE (IN (DOUBTED), RESPOND, RECHECKING),
  EDGE (IN (RECHECKING), GRANT, OPEN),
  EDGE (IN (RECHECKING), WRONG, FAILED),
  EDGE (IN (RECHECKING), BROKEN, LOCKED),
  EDGE (IN (DOUBTED) | IN (RECHECKING), TIMEOUT, LOCKED),
  EDGE (IN (OPEN) | IN (DOUBTED) | IN (RECHECKING), REVOKED, LOCKED),
};

/* Returns how @state looks from outside. */
BeckonLockStatus
bk_lock_life_status (BkLockState state)
{
  switch (state)
    {
    case BK_LOCK_LOCKED:
      return BECKON_LOCK_STATUS_INITIALIZED;
    case BK_LOCK_ASKING:
    case BK_LOCK_ASKED:
    case BK_LOCK_CHECKING:
      return BECKON_LOCK_STATUS_PENDING_RESULT;
    case BK_LOCK_OPEN:
    case BK_LOCK_DOUBTED:
    case BK_LOCK_RECHECKING:
      return BECKON_LOCK_STATUS_UNLOCKED;
    case BK_LOCK_FAILED:
      return BECKON_LOCK_STATUS_UNLOCK_FAILED;
    case BK_LOCK_OFF:
      return BECKON_LOCK_STATUS_DISABLED;
    case BK_LOCK_OUT:
    case BK_LOCK_CLOSED:
      break;
    }
  return BECKON_LOCK_STATUS_NOT_INITIALIZED;
}

static BeckonError
error_for (BkLockState from, BkLockEvent event, const char **text)
{
  switch (bk_lock_life_status (from))
    {
    case BECKON_LOCK_STATUS_NOT_INITIALIZED:
      *text = "The account is not signed in";
      return BECKON_ERROR_API_NOT_INITIALIZED;
    case BECKON_LOCK_STATUS_UNLOCK_FAILED:
      *text = "The answer was wrong; there is no other try before the next sign-in";
      return BECKON_ERROR_API_UNLOCK_FAILED;
    case BECKON_LOCK_STATUS_DISABLED:
      *text = "Nothing is locked";
      return BECKON_ERROR_API_DISABLED;
    case BECKON_LOCK_STATUS_UNLOCKED:
      if (from == BK_LOCK_RECHECKING && event == BK_LOCK_EVENT_RESPOND)
        break;
      *text = "Unlocked already";
      return BECKON_ERROR_API_ALREADY_UNLOCKED;
    case BECKON_LOCK_STATUS_PENDING_RESULT:
      if (from == BK_LOCK_CHECKING || event == BK_LOCK_EVENT_REQUEST)
        break;
      G_GNUC_FALLTHROUGH;
    case BECKON_LOCK_STATUS_INITIALIZED:
      *text = "No challenge is open";
      return BECKON_ERROR_API_LOCKED;
    }
  *text = "The result of what was asked before is outstanding";
  return BECKON_ERROR_API_PENDING_UNLOCK;
}

/* Returns the edge that @event takes from @from, or NULL with the error that the caller of a method gets. */
const BkLockEdge *
bk_lock_life_find (BkLockState from, BkLockEvent event, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (edges[i].event == event && (edges[i].from & BK_LOCK_BIT (from)) != 0)
      return &edges[i];

  const char *text;
  BeckonError code = error_for (from, event, &text);
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return NULL;
}
