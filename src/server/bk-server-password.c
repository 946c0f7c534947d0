/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all requests with a password share: steps that wait for the hasher, and how often one may guess. */
#include "bk-server-private.h"

#include <string.h>

#define MIN_PASSWORD 6
/* A name from any address, and an address with any name, may fail this many times as often as one name from one. */
#define NAME_FACTOR 10
#define ADDRESS_FACTOR 5

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

static void
make_failure_keys (BkServerPeer *peer, const char *name, char *keys[3])
{
  keys[0] = g_strconcat ("fail ", name, " ", peer->network, NULL);
  keys[1] = g_strconcat ("fail-name ", name, NULL);
  keys[2] = g_strconcat ("fail-address ", peer->network, NULL);
}

static BkServerRate
failure_rate (BkServerPeer *peer, guint index)
{
  static const guint factors[] = { 1, NAME_FACTOR, ADDRESS_FACTOR };
  BkServerRate rate = peer->server->config->failures;

  return (BkServerRate){ rate.burst * factors[index], MAX (rate.interval_ms / factors[index], 1) };
}

/* Somebody tries a password for @name. An attempt counts as a failure until it has succeeded, or many could be made at once. */
gboolean
bk_server_attempt_take (BkServerPeer *peer, gint64 id, const char *name)
{
  char *keys[3];
  guint taken = 0;

  make_failure_keys (peer, name, keys);
  while (taken < G_N_ELEMENTS (keys) && bk_server_peer_take (peer, id, keys[taken], failure_rate (peer, taken)))
    taken++;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_free (keys[i]);
  return taken == G_N_ELEMENTS (keys);
}

/* The password was right. */
void
bk_server_attempt_give_back (BkServerPeer *peer, const char *name)
{
  char *keys[3];

  make_failure_keys (peer, name, keys);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      bk_server_buckets_give_back (peer->server->buckets, keys[i], failure_rate (peer, i));
      g_free (keys[i]);
    }
}
