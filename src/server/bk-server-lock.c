/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key of one connection: the challenges that are open and the grants that programs on the other side have got.
 * Nothing of it is written down: it ends with the connection. */
#include "bk-server-private.h"

#include "bk-ids.h"
#include "bk-limits.h"

/* As many as there can be grants: all programs of a user may ask at once. */
#define MAX_CHALLENGES BK_SERVER_MAX_GRANTS
#define CHALLENGE_LIFE (BK_TIMEOUT_CHALLENGE_S * G_GINT64_CONSTANT (1000000))

typedef struct
{
  char *token;
  gint64 expires;
} Challenge;

typedef struct
{
  BkServerPeer *peer; /* borrowed: the grant is the peer's */
  char *token;
  char *license;
  char *challenge; /* asked and not answered yet; nullable */
  gint64 deadline; /* when the right answer must be here; 0: nobody has asked */
  GList link;      /* in the server's queue while there is a deadline */
} Grant;

struct _BkServerLock
{
  GQueue challenges;  /* element-type Challenge, owned; the oldest first */
  GHashTable *grants; /* token in the grant → Grant, owned */
};

static void
challenge_free (gpointer data)
{
  Challenge *challenge = data;

  g_free (challenge->token);
  g_free (challenge);
}

static void
forget_deadline (Grant *grant)
{
  BkServer *server = grant->peer->server;

  if (grant->deadline == 0)
    return;
  grant->deadline = 0;
  g_clear_pointer (&grant->challenge, g_free);
  g_queue_unlink (&server->asked, &grant->link);
  if (g_queue_is_empty (&server->asked))
    bk_clock_clear (server->clock, &server->ask_timer);
}

static void
grant_free (gpointer data)
{
  Grant *grant = data;

  forget_deadline (grant);
  g_free (grant->token);
  g_free (grant->license);
  g_free (grant);
}

static BkServerLock *
ensure_lock (BkServerPeer *peer)
{
  if (peer->lock == NULL)
    {
      peer->lock = g_new0 (BkServerLock, 1);
      peer->lock->grants = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, grant_free);
    }
  return peer->lock;
}

void
bk_server_lock_clear (BkServerPeer *peer)
{
  BkServerLock *self = g_steal_pointer (&peer->lock);

  if (self == NULL)
    return;
  g_queue_clear_full (&self->challenges, challenge_free);
  g_hash_table_unref (self->grants);
  g_free (self);
}

/* ---- challenges ---- */

/* Returns a new challenge. Of too many the oldest goes. */
const char *
bk_server_lock_add_challenge (BkServerPeer *peer)
{
  BkServerLock *self = ensure_lock (peer);
  Challenge *challenge = g_new0 (Challenge, 1);

  if (self->challenges.length >= MAX_CHALLENGES)
    challenge_free (g_queue_pop_head (&self->challenges));
  challenge->token = bk_token_new ();
  challenge->expires = bk_clock_now (peer->server->clock) + CHALLENGE_LIFE;
  g_queue_push_tail (&self->challenges, challenge);
  return challenge->token;
}

static Grant *
find_asked (BkServerLock *self, const char *challenge)
{
  GHashTableIter iter;
  gpointer grant;

  g_hash_table_iter_init (&iter, self->grants);
  while (g_hash_table_iter_next (&iter, NULL, &grant))
    if (g_strcmp0 (((Grant *) grant)->challenge, challenge) == 0)
      return grant;
  return NULL;
}

/* Uses a challenge up. Returns whether it was good for an answer; *@grant is (transfer full) (nullable) the grant that
 * it asked about. */
gboolean
bk_server_lock_take_challenge (BkServerPeer *peer, const char *token, char **grant)
{
  BkServerLock *self = ensure_lock (peer);
  Grant *asked = find_asked (self, token);

  *grant = NULL;
  if (asked != NULL)
    {
      g_clear_pointer (&asked->challenge, g_free);
      *grant = g_strdup (asked->token);
      return TRUE;
    }
  for (GList *link = self->challenges.head; link != NULL; link = link->next)
    if (g_str_equal (((Challenge *) link->data)->token, token))
      {
        gboolean good = ((Challenge *) link->data)->expires > bk_clock_now (peer->server->clock);
        challenge_free (link->data);
        g_queue_delete_link (&self->challenges, link);
        return good;
      }
  return FALSE;
}

/* ---- grants ---- */

static Grant *
find_grant (BkServerPeer *peer, const char *token)
{
  return peer->lock != NULL ? g_hash_table_lookup (peer->lock->grants, token) : NULL;
}

/* Returns a new grant, NULL if there are too many. */
const char *
bk_server_lock_add_grant (BkServerPeer *peer, const char *license)
{
  BkServerLock *self = ensure_lock (peer);

  if (g_hash_table_size (self->grants) >= BK_SERVER_MAX_GRANTS)
    return NULL;
  Grant *grant = g_new0 (Grant, 1);
  grant->peer = peer;
  grant->token = bk_token_new ();
  grant->license = g_strdup (license);
  grant->link.data = grant;
  g_hash_table_insert (self->grants, grant->token, grant);
  return grant->token;
}

/* The right answer has come, for @license: the grant goes on. FALSE if it is another license's, or over by now. */
gboolean
bk_server_lock_renew_grant (BkServerPeer *peer, const char *token, const char *license)
{
  Grant *grant = find_grant (peer, token);

  if (grant == NULL || !g_str_equal (grant->license, license))
    return FALSE;
  forget_deadline (grant);
  return TRUE;
}

gboolean
bk_server_lock_has_grant (BkServerPeer *peer, const char *token)
{
  return find_grant (peer, token) != NULL;
}

gboolean
bk_server_lock_drop_grant (BkServerPeer *peer, const char *token)
{
  return peer->lock != NULL && g_hash_table_remove (peer->lock->grants, token);
}

/* Ends a grant and says so. */
void
bk_server_lock_revoke_grant (BkServerPeer *peer, const char *token)
{
  BkFrame *frame = bk_frame_new (BK_FRAME_LOCK_REVOKED, -1);

  bk_frame_set_string (frame, "grant", token);
  if (bk_server_lock_drop_grant (peer, token))
    bk_server_peer_send (peer, frame);
  else
    bk_frame_free (frame);
}

/* ---- what the operator wants of all connections ---- */

/* Returns (transfer full) (element-type BkServerPeer) the connections on which anything was unlocked. */
static GPtrArray *
list_peers (BkServer *server)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_server_peer_unref);
  GHashTableIter iter;
  gpointer account;

  g_hash_table_iter_init (&iter, server->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &account))
    for (guint i = 0; i < ((BkServerAccount *) account)->peers->len; i++)
      {
        BkServerPeer *peer = g_ptr_array_index (((BkServerAccount *) account)->peers, i);
        if (peer->lock != NULL)
          g_ptr_array_add (peers, bk_server_peer_ref (peer));
      }
  return peers;
}

/* Returns (transfer container) (element-type Grant) those of @license, or all if it is NULL. */
static GPtrArray *
list_grants (BkServerPeer *peer, const char *license)
{
  GPtrArray *grants = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer grant;

  g_hash_table_iter_init (&iter, peer->lock->grants);
  while (g_hash_table_iter_next (&iter, NULL, &grant))
    if (license == NULL || g_str_equal (((Grant *) grant)->license, license))
      g_ptr_array_add (grants, grant);
  return grants;
}

static void arm_ask_timer (BkServer *server);

static void
on_ask_timer (gpointer user_data)
{
  BkServer *server = user_data;
  gint64 now = bk_clock_now (server->clock);

  server->ask_timer = 0;
  while (!g_queue_is_empty (&server->asked) && ((Grant *) g_queue_peek_head (&server->asked))->deadline <= now)
    {
      Grant *grant = g_queue_peek_head (&server->asked);
      g_autofree char *token = g_strdup (grant->token);
      bk_server_lock_revoke_grant (grant->peer, token);
    }
  arm_ask_timer (server);
}

/* One timer for all: every deadline is as far away as any other, so the first in the queue is the next. */
static void
arm_ask_timer (BkServer *server)
{
  if (g_queue_is_empty (&server->asked) || server->ask_timer != 0)
    return;
  gint64 left = ((Grant *) g_queue_peek_head (&server->asked))->deadline - bk_clock_now (server->clock);
  server->ask_timer = bk_clock_add (server->clock, (guint) ((MAX (left, 0) + 999) / 1000), on_ask_timer, server);
}

/* A grant that has been asked already is not asked anew: that would only put its end off. */
static void
ask (Grant *grant)
{
  BkServer *server = grant->peer->server;

  if (grant->deadline != 0)
    return;
  grant->challenge = bk_token_new ();
  grant->deadline = bk_clock_now (server->clock) + CHALLENGE_LIFE;
  g_queue_push_tail_link (&server->asked, &grant->link);
  arm_ask_timer (server);

  BkFrame *frame = bk_frame_new (BK_FRAME_LOCK_CHALLENGED, -1);
  bk_frame_set_string (frame, "grant", grant->token);
  bk_frame_set_string (frame, "challenge", grant->challenge);
  bk_server_peer_send (grant->peer, frame);
}

/* Asks every program that holds a grant of @license (nullable: of any) to prove again that it knows the key. */
void
bk_server_lock_ask_all (BkServer *server, const char *license)
{
  g_autoptr (GPtrArray) peers = list_peers (server);

  for (guint i = 0; i < peers->len; i++)
    {
      BkServerPeer *peer = g_ptr_array_index (peers, i);
      g_autoptr (GPtrArray) grants = list_grants (peer, license);
      for (guint j = 0; j < grants->len; j++)
        ask (g_ptr_array_index (grants, j));
    }
}

/* The license is worth nothing any more. */
void
bk_server_lock_revoke_all (BkServer *server, const char *license)
{
  g_autoptr (GPtrArray) peers = list_peers (server);

  for (guint i = 0; i < peers->len; i++)
    {
      BkServerPeer *peer = g_ptr_array_index (peers, i);
      g_autoptr (GPtrArray) grants = list_grants (peer, license);
      for (guint j = 0; j < grants->len; j++)
        {
          g_autofree char *token = g_strdup (((Grant *) g_ptr_array_index (grants, j))->token);
          bk_server_lock_revoke_grant (peer, token);
        }
    }
}
