/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lock-challenge, lock-respond, lock-release */
#include "bk-server-private.h"

#include "bk-ids.h"

#include <sodium.h>
#include <string.h>

/* All accounts of one address together may fail this many times as often as one account. */
#define ADDRESS_FACTOR 5

static gboolean
check_locked (BkServerPeer *peer, const BkFrame *frame)
{
  if (!peer->server->config->lock)
    bk_server_peer_refuse (peer, bk_frame_get_id (frame), BECKON_ERROR_API_DISABLED, "Nothing is locked here");
  return peer->server->config->lock;
}

void
bk_server_handle_lock_challenge (BkServerPeer *peer, const BkFrame *frame)
{
  if (!check_locked (peer, frame))
    return;
  BkFrame *reply = bk_frame_new (BK_FRAME_OK, bk_frame_get_id (frame));
  bk_frame_set_string (reply, "challenge", bk_server_lock_add_challenge (peer));
  bk_server_peer_send (peer, reply);
}

/* ---- lock-respond ---- */

typedef struct
{
  BkStoreLicense job;  /* first: this struct is the job */
  gboolean known;      /* the challenge was open */
  char *challenge;
  char *response;
  char *grant;         /* nullable: the challenge was about this one */
} Respond;

static void
respond_free (gpointer data)
{
  Respond *respond = data;

  g_free (respond->challenge);
  g_free (respond->response);
  g_free (respond->grant);
  bk_store_license_free (respond);
}

static void
make_attempt_keys (BkServerPeer *peer, char *keys[2])
{
  keys[0] = g_strdup_printf ("unlock %" G_GINT64_FORMAT, peer->account->id);
  keys[1] = g_strconcat ("unlock-address ", peer->network, NULL);
}

static BkServerRate
attempt_rate (BkServerPeer *peer, guint index)
{
  static const guint factors[] = { 1, ADDRESS_FACTOR };
  BkServerRate rate = peer->server->config->unlocks;

  return (BkServerRate){ rate.burst * factors[index], MAX (rate.interval_ms / factors[index], 1) };
}

/* As with passwords, an answer counts as wrong until it has proved right. */
static gboolean
take_attempt (BkServerPeer *peer, gint64 id)
{
  char *keys[2];
  gboolean taken;

  make_attempt_keys (peer, keys);
  taken = bk_server_peer_take (peer, id, keys[0], attempt_rate (peer, 0))
          && bk_server_peer_take (peer, id, keys[1], attempt_rate (peer, 1));
  g_free (keys[0]);
  g_free (keys[1]);
  return taken;
}

static void
give_attempt_back (BkServerPeer *peer)
{
  char *keys[2];

  make_attempt_keys (peer, keys);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      bk_server_buckets_give_back (peer->server->buckets, keys[i], attempt_rate (peer, i));
      g_free (keys[i]);
    }
}

/* Returns (transfer full) lower-case hex of HMAC-SHA-256 (key, challenge ‖ "\n" ‖ license). */
static char *
compute_response (const char *key, const char *challenge, const char *license)
{
  guint8 mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  char *hex = g_malloc (2 * sizeof mac + 1);

  crypto_auth_hmacsha256_init (&state, (const guint8 *) key, strlen (key));
  crypto_auth_hmacsha256_update (&state, (const guint8 *) challenge, strlen (challenge));
  crypto_auth_hmacsha256_update (&state, (const guint8 *) "\n", 1);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) license, strlen (license));
  crypto_auth_hmacsha256_final (&state, mac);
  sodium_memzero (&state, sizeof state);
  return sodium_bin2hex (hex, 2 * sizeof mac + 1, mac, sizeof mac);
}

/* Goes the whole way also where there is no such license, so that the time it takes tells nothing. */
static gboolean
is_right (const Respond *respond)
{
  const char *key = respond->job.key != NULL ? respond->job.key : "no such license";
  g_autofree char *expected = compute_response (key, respond->challenge, respond->job.id);
  gboolean same = bk_token_equal (expected, respond->response);

  return same && respond->known && respond->job.key != NULL;
}

static void
refuse_answer (BkServerPeer *peer, gint64 id, const char *grant)
{
  bk_server_peer_refuse (peer, id, BECKON_ERROR_API_UNLOCK_FAILED, "That does not unlock the API");
  if (grant != NULL)
    bk_server_lock_revoke_grant (peer, grant);
}

static void
accept_answer (BkServerPeer *peer, gint64 id, const Respond *respond)
{
  const char *grant = respond->grant != NULL ? respond->grant : bk_server_lock_add_grant (peer, respond->job.id);

  if (grant == NULL)
    {
      bk_server_peer_refuse (peer, id, BECKON_ERROR_LIMIT_EXCEEDED, "Too many programs have unlocked the API");
      return;
    }
  BkFrame *reply = bk_frame_new (BK_FRAME_OK, id);
  bk_frame_set_string (reply, "grant", grant);
  bk_server_peer_send (peer, reply);
}

static void
on_license (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  Respond *respond = data;

  if (!bk_server_peer_is_signed_in (peer))
    return;
  if (error != NULL)
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  gboolean right = is_right (respond);
  if (right)
    give_attempt_back (peer);
  if (right && (respond->grant == NULL || bk_server_lock_renew_grant (peer, respond->grant, respond->job.id)))
    accept_answer (peer, id, respond);
  else
    {
      bk_server_peer_blame (peer, respond->known ? BK_SERVER_FAULT_ANSWER : BK_SERVER_FAULT_CHALLENGE);
      bk_server_audit_refusal (peer, "unlock", peer->account->name, BECKON_ERROR_API_UNLOCK_FAILED);
      refuse_answer (peer, id, respond->grant);
    }
}

void
bk_server_handle_lock_respond (BkServerPeer *peer, const BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);

  if (!check_locked (peer, frame) || !take_attempt (peer, id))
    return;
  Respond *respond = g_new0 (Respond, 1);
  respond->job.id = g_strdup (bk_frame_get_string (frame, "license"));
  respond->job.cloud = bk_server_cloud_to_string (peer->server->config->cloud);
  respond->challenge = g_strdup (bk_frame_get_string (frame, "challenge"));
  respond->response = g_strdup (bk_frame_get_string (frame, "response"));
  respond->known = bk_server_lock_take_challenge (peer, respond->challenge, &respond->grant);
  bk_server_peer_run (peer, id, BK_SQLITE_READ, bk_store_license, respond, respond_free, on_license);
}

void
bk_server_handle_lock_release (BkServerPeer *peer, const BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);

  if (bk_server_lock_drop_grant (peer, bk_frame_get_string (frame, "grant")))
    bk_server_peer_send_ok (peer, id);
  else
    bk_server_peer_refuse (peer, id, BECKON_ERROR_NOT_FOUND, "This connection has no such grant");
}
