/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, as far as it is not written by the jobs that do something: what was refused, and what gets too old. */
#include "bk-server-private.h"

#define DAY_US (86400 * G_GINT64_CONSTANT (1000000))
#define SWEEP_MS (6 * 3600 * 1000)

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

/* ---- what is too old ---- */

static void sweep (BkServer *self);

static void
on_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreSweep *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("Old rows of the audit could not be removed: %s", error->message);
  else if (job->more && self->state == BK_SERVER_RUNNING)
    sweep (self);
  g_clear_pointer (&job, bk_store_plain_free);
  bk_server_check_stopped (self);
}

static void
sweep (BkServer *self)
{
  BkStoreSweep *job = g_new0 (BkStoreSweep, 1);

  job->before = bk_server_now (self) - self->config->audit_days * DAY_US;
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, bk_store_audit_sweep, job, bk_store_plain_free, NULL, on_swept,
                       g_object_ref (self));
}

static void
on_time (gpointer user_data)
{
  BkServer *self = user_data;

  self->audit_timer = bk_clock_add (self->clock, SWEEP_MS, on_time, self);
  sweep (self);
}

void
bk_server_audit_start (BkServer *self)
{
  on_time (self);
}

void
bk_server_audit_stop (BkServer *self)
{
  bk_clock_clear (self->clock, &self->audit_timer);
}
