/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all requests with a password share: steps that wait for the hasher, and how often one may guess. */
#include "bk-server-private.h"

#include <string.h>

#define MIN_PASSWORD 6
/* A name from any address, and an address with any name, may fail this many times as often as one name from one. */
#define NAME_FACTOR 10
#define ADDRESS_FACTOR 5
/* While somebody guesses a name from many addresses, each other address has this many attempts, and one more each time
 * that many intervals have passed. */
#define STRICT_BURST 2
#define STRICT_FACTOR 10

/* Whether a new password is one, else refuses request @id. */
gboolean
bk_server_password_check (BkServerPeer *peer, gint64 id, const char *password)
{
  if (strlen (password) >= MIN_PASSWORD)
    return TRUE;
  bk_server_peer_refuse (peer, id, BECKON_ERROR_INVALID_ARGUMENT, "A password needs at least 6 characters");
  return FALSE;
}

/* ---- waiting for the hasher ---- */

/* Takes @job. */
BkServerHashing *
bk_server_hashing_new (BkServerPeer *peer, gint64 id, gpointer job, GDestroyNotify free_job)
{
  BkServerHashing *hashing = g_new0 (BkServerHashing, 1);

  hashing->peer = bk_server_peer_ref (peer);
  hashing->id = id;
  hashing->job = job;
  hashing->free_job = free_job;
  peer->server->n_jobs++;
  return hashing;
}

void
bk_server_hashing_free (BkServerHashing *hashing)
{
  g_autoptr (BkServer) server = g_object_ref (hashing->peer->server);

  if (hashing->job != NULL)
    hashing->free_job (hashing->job);
  bk_server_peer_unref (hashing->peer);
  g_free (hashing);
  server->n_jobs--;
  bk_server_check_stopped (server);
}

/* ---- attempts ---- */

/* One name from one address, an address with any name, a name from any address; and, when that is used up, one name
 * from one address once more: others who guess must not shut the right one out. */
typedef enum
{
  FAIL_PAIR,
  FAIL_ADDRESS,
  FAIL_NAME,
  FAIL_STRICT,
  N_FAILS
} Fail;

static char *
failure_key (BkServerPeer *peer, const char *name, Fail fail)
{
  switch (fail)
    {
    case FAIL_PAIR:
      return g_strconcat ("fail ", name, " ", peer->network, NULL);
    case FAIL_ADDRESS:
      return g_strconcat ("fail-address ", peer->network, NULL);
    case FAIL_NAME:
      return g_strconcat ("fail-name ", name, NULL);
    case FAIL_STRICT:
    case N_FAILS:
      break;
    }
  return g_strconcat ("fail-name ", name, " ", peer->network, NULL); /* counted as one of the name */
}

static BkServerRate
failure_rate (BkServerPeer *peer, Fail fail)
{
  static const guint factors[] = { 1, ADDRESS_FACTOR, NAME_FACTOR };
  BkServerRate rate = peer->server->config->failures;

  if (fail == FAIL_STRICT)
    return (BkServerRate){ STRICT_BURST, rate.interval_ms * STRICT_FACTOR };
  return (BkServerRate){ rate.burst * factors[fail], MAX (rate.interval_ms / factors[fail], 1) };
}

static gboolean
take_failure (BkServerPeer *peer, gint64 id, const char *name, Fail fail)
{
  g_autofree char *key = failure_key (peer, name, fail);

  return bk_server_peer_take (peer, id, key, failure_rate (peer, fail));
}

/* As the above, and nobody is refused by it. */
static gboolean
name_is_quiet (BkServerPeer *peer, const char *name)
{
  g_autofree char *key = failure_key (peer, name, FAIL_NAME);
  guint retry_ms;

  return bk_server_buckets_take (peer->server->buckets, key, failure_rate (peer, FAIL_NAME),
                                 bk_clock_now (peer->server->clock), &retry_ms);
}

static void
give_back (BkServerPeer *peer, const char *name, Fail fail)
{
  g_autofree char *key = failure_key (peer, name, fail);

  bk_server_buckets_give_back (peer->server->buckets, key, failure_rate (peer, fail));
}

/* As take_failure () of all. One that is refused has not been an attempt: what it has taken so far goes back. */
static gboolean
take_all (BkServerPeer *peer, gint64 id, const char *name, BkServerAttempt *attempt)
{
  *attempt = 1U << FAIL_PAIR | 1U << FAIL_ADDRESS;
  if (!take_failure (peer, id, name, FAIL_PAIR))
    return FALSE;
  if (take_failure (peer, id, name, FAIL_ADDRESS))
    {
      gboolean quiet = name_is_quiet (peer, name);
      *attempt |= quiet ? 1U << FAIL_NAME : 1U << FAIL_STRICT;
      if (quiet || take_failure (peer, id, name, FAIL_STRICT))
        return TRUE;
      give_back (peer, name, FAIL_ADDRESS);
    }
  give_back (peer, name, FAIL_PAIR);
  return FALSE;
}

/* Somebody tries a password for @name, which need not exist. An attempt counts as a failure until it has succeeded, or
 * many could be made at once. */
gboolean
bk_server_attempt_take (BkServerPeer *peer, gint64 id, const char *name, BkServerAttempt *attempt)
{
  if (take_all (peer, id, name, attempt))
    return TRUE;
  bk_server_audit_refusal (peer, "sign in", name, BECKON_ERROR_SERVER_TOO_BUSY);
  return FALSE;
}

/* The password was right, or was not looked at. What others have used up meanwhile stays so. */
void
bk_server_attempt_give_back (BkServerPeer *peer, const char *name, BkServerAttempt attempt)
{
  for (Fail fail = 0; fail < N_FAILS; fail++)
    if ((attempt & 1U << fail) != 0)
      give_back (peer, name, fail);
}
