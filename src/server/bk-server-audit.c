/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, as far as it is not written by the jobs that do something: what was refused. */
#include "bk-server-private.h"

/* Refusals are cheap to cause and a row is not: how many of one address are written. All are counted. */
static const BkServerRate refusals = { 20, 60000 };

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreAudit *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("The audit could not be written: %s", error->message);
  else
    bk_store_audit_free (job);
  bk_server_check_stopped (self);
}

static void
write_row (BkServer *self, BkStoreAudit *job)
{
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, bk_store_audit_add, job, bk_store_audit_free, NULL, on_written,
                       g_object_ref (self));
}

/* Something that the operator did to the server itself. @error: NULL if it went well. */
void
bk_server_audit_operator (BkServer *self, const char *act, const char *detail, const GError *error)
{
  BkStoreAudit *job = g_new0 (BkStoreAudit, 1);

  job->now = bk_server_now (self);
  job->actor = BK_STORE_ACTOR_OPERATOR;
  job->act = g_strdup (act);
  job->detail = g_strdup (detail);
  job->result = error != NULL ? g_strdup ("failed") : NULL;
  write_row (self, job);
}

/* Somebody was refused something that concerns who gets in. @about: an account, given or meant. */
void
bk_server_audit_refusal (BkServerPeer *peer, const char *act, const char *about, BeckonError code)
{
  BkServer *self = peer->server;
  g_autofree char *key = g_strconcat ("audit ", peer->network, NULL);
  guint retry_ms;

  if (self->state != BK_SERVER_RUNNING
      || !bk_server_buckets_take (self->buckets, key, refusals, bk_clock_now (self->clock), &retry_ms))
    return;
  BkStoreAudit *job = g_new0 (BkStoreAudit, 1);
  job->now = bk_server_now (self);
  job->actor = bk_server_peer_is_signed_in (peer) ? BK_STORE_ACTOR_ACCOUNT : BK_STORE_ACTOR_NOBODY;
  job->act = g_strdup (act);
  job->about = g_strdup (about);
  job->origin = g_strdup (peer->network);
  job->result = g_strdup (beckon_error_to_nick (code));
  write_row (self, job);
}
