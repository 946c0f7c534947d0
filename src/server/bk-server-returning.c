/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that was ended and starts again knows who was to be seen online, and is most likely on the way back. An
 * invitation to one of them waits for a moment instead of being refused. Who was offline or invisible is not expected: an
 * inviter cannot tell the one from the other here either. */
#include "bk-server-private.h"

#define RETURN_MS 10000                  /* clients show nothing of a restart for as long */
#define AWAY_US (60 * G_USEC_PER_SEC)    /* a server that was away for longer expects nobody */
#define MAX_HELD 1024
#define MAX_HELD_OF_ONE 8

typedef struct
{
  BkServerPeer *peer; /* borrowed: it takes its own along when it goes */
  gint64 id;
  BkStoreSession *job;
  char *grant; /* nullable */
} BkServerHeld;

/* Takes @job out of it. */
static BkStoreSession *
held_free (BkServerHeld *held)
{
  BkStoreSession *job = held->job;

  held->peer->n_requests--;
  g_free (held->grant);
  g_free (held);
  return job;
}

static void
let_go (BkServerHeld *held)
{
  BkServerPeer *peer = held->peer;
  gint64 id = held->id;
  g_autofree char *grant = g_steal_pointer (&held->grant);

  bk_server_session_run (peer, id, held_free (held), grant);
}

/* ---- who is expected ---- */

static void
on_late (gpointer user_data)
{
  BkServer *self = user_data;
  BkServerHeld *held;

  self->expected_timer = 0;
  g_clear_pointer (&self->expected, g_hash_table_unref);
  while ((held = g_queue_pop_head (&self->held)) != NULL)
    let_go (held);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreExpected *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("Who is expected back could not be read: %s", error->message);
  else if (job->accounts->len > 0 && self->state == BK_SERVER_RUNNING)
    {
      self->expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      for (guint i = 0; i < job->accounts->len; i++)
        g_hash_table_insert (self->expected, g_strdup (g_ptr_array_index (job->names, i)),
                             g_memdup2 (&g_array_index (job->accounts, gint64, i), sizeof (gint64)));
      self->expected_timer = bk_clock_add (self->clock, RETURN_MS, on_late, self);
    }
  g_clear_pointer (&job, bk_store_expected_free);
  bk_server_check_stopped (self);
}

/* Takes @job. */
static void
run (BkServer *self, BkSqliteJob step, BkStoreExpected *job, GAsyncReadyCallback done)
{
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, step, job, bk_store_expected_free, NULL, done, g_object_ref (self));
}

/* Whoever signs in writes, and so comes after this. */
void
bk_server_returning_start (BkServer *self)
{
  run (self, bk_store_take_expected, bk_store_expected_new (bk_server_now (self) - AWAY_US), on_taken);
}

static void
on_expected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreExpected *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("Who is expected back could not be stored: %s", error->message);
  g_clear_pointer (&job, bk_store_expected_free);
  bk_server_check_stopped (self);
}

/* Called while everybody is there still. Who has not come back since the last time is expected once more. */
void
bk_server_returning_stop (BkServer *self)
{
  BkStoreExpected *job = bk_store_expected_new (bk_server_now (self));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BkServerAccount *) value)->shown != BECKON_STATUS_OFFLINE)
      g_array_append_val (job->accounts, ((BkServerAccount *) value)->id);
  if (self->expected != NULL)
    {
      g_hash_table_iter_init (&iter, self->expected);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        if (!g_hash_table_contains (self->accounts, value))
          g_array_append_vals (job->accounts, value, 1);
    }
  bk_clock_clear (self->clock, &self->expected_timer);
  g_clear_pointer (&self->expected, g_hash_table_unref);
  run (self, bk_store_expect, job, on_expected);
}

/* ---- invitations that wait ---- */

/* Whether whom @peer invites is expected, as far as it may know. */
static gboolean
is_awaited (BkServerPeer *peer, const BkStoreSession *job)
{
  BkServer *self = peer->server;
  const gint64 *id = self->expected != NULL ? g_hash_table_lookup (self->expected, job->to) : NULL;

  return id != NULL && g_hash_table_contains (peer->account->friends, id)
         && !bk_server_account_sees_online (self, peer->account, job->to);
}

static gboolean
has_room (BkServerPeer *peer)
{
  const GQueue *held = &peer->server->held;
  guint n_own = 0;

  for (const GList *place = held->head; place != NULL; place = place->next)
    n_own += ((BkServerHeld *) place->data)->peer == peer;
  return held->length < MAX_HELD && n_own < MAX_HELD_OF_ONE;
}

/* Takes @job if it is an invitation that is to wait. */
gboolean
bk_server_returning_hold (BkServerPeer *peer, gint64 id, BkStoreSession *job, const char *grant)
{
  if (job->envelope->kind != BK_ENVELOPE_INVITE || !is_awaited (peer, job) || !has_room (peer)
      || (grant != NULL && !bk_server_lock_has_grant (peer, grant)))
    return FALSE;

  BkServerHeld *held = g_new0 (BkServerHeld, 1);
  held->peer = peer;
  held->id = id;
  held->job = job;
  held->grant = g_strdup (grant);
  peer->n_requests++;
  g_queue_push_tail (&peer->server->held, held);
  return TRUE;
}

/* Somebody is seen online: who is waited for, perhaps. */
void
bk_server_returning_came (BkServer *self, BkServerAccount *account)
{
  if (self->expected == NULL || !g_hash_table_remove (self->expected, account->name))
    return;
  for (GList *place = self->held.head, *next; place != NULL; place = next)
    {
      BkServerHeld *held = place->data;

      next = place->next;
      if (!g_str_equal (held->job->to, account->name))
        continue;
      g_queue_delete_link (&self->held, place);
      let_go (held);
    }
}

/* The inviter has thought better of it: nobody else has heard of it. */
gboolean
bk_server_returning_withdraw (BkServerPeer *peer, const char *session)
{
  GQueue *all = &peer->server->held;

  for (GList *place = all->head; place != NULL; place = place->next)
    {
      BkServerHeld *held = place->data;

      if (held->peer != peer || !g_str_equal (held->job->envelope->session, session))
        continue;
      g_queue_delete_link (all, place);
      bk_server_peer_refuse (peer, held->id, BECKON_ERROR_EXPIRED, "The invitation was withdrawn");
      bk_store_session_free (held_free (held));
      return TRUE;
    }
  return FALSE;
}

/* The connection ends, and what it waits for with it: on the next one the device asks again. */
void
bk_server_returning_forget (BkServerPeer *peer)
{
  GQueue *all = &peer->server->held;

  for (GList *place = all->head, *next; place != NULL; place = next)
    {
      BkServerHeld *held = place->data;

      next = place->next;
      if (held->peer != peer)
        continue;
      g_queue_delete_link (all, place);
      bk_store_session_free (held_free (held));
    }
}
