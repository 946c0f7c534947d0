/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is older than the operator wants to keep: messages, and rows of the audit. Small steps: others get their turn in
 * between. */
#include "bk-server-private.h"

#define SWEEP_MS (60 * 60 * 1000)
#define PATIENCE 64 /* steps of messages that find nothing, in an hour */
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static void sweep_messages (BkServer *self, gint64 after, guint patience);
static void sweep_audit (BkServer *self);

static void
sweep (BkServer *self, gint64 days, gint64 after, guint patience, BkSqliteJob step, GAsyncReadyCallback on_swept)
{
  BkStoreSweep *job = g_new0 (BkStoreSweep, 1);

  job->before = bk_server_now (self) - days * DAY_US;
  job->after = after;
  job->patience = patience;
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, step, job, bk_store_plain_free, NULL, on_swept, g_object_ref (self));
}

/* Returns (transfer full) the step if there can be another one. */
static BkStoreSweep *
finish (BkServer *self, GObject *source, GAsyncResult *result, const char *what)
{
  g_autoptr (GError) error = NULL;
  BkStoreSweep *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("Old %s could not be removed: %s", what, error->message);
  if (self->state != BK_SERVER_RUNNING)
    g_clear_pointer (&job, bk_store_plain_free);
  return job;
}

/* From the oldest on, as long as they are too old; then from where the last time ended, some more: where the clock has
 * been wrong it takes a few days until what stands in the middle is found. */
static void
on_messages_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  BkStoreSweep *job = finish (self, source, result, "messages");

  if (job != NULL && job->after == 0)
    self->swept = 0;
  else if (job != NULL)
    {
      guint patience = job->more ? job->patience : job->patience - 1;
      gint64 after = job->more ? job->after : MAX (job->after, self->swept);
      self->swept = MAX (self->swept, after);
      if (patience > 0)
        sweep_messages (self, after, patience);
    }
  g_clear_pointer (&job, bk_store_plain_free);
  bk_server_check_stopped (self);
}

static void
sweep_messages (BkServer *self, gint64 after, guint patience)
{
  sweep (self, self->config->message_days, after, patience, bk_store_message_sweep, on_messages_swept);
}

static void
on_audit_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  BkStoreSweep *job = finish (self, source, result, "rows of the audit");

  if (job != NULL && job->more)
    sweep_audit (self);
  g_clear_pointer (&job, bk_store_plain_free);
  bk_server_check_stopped (self);
}

static void
sweep_audit (BkServer *self)
{
  sweep (self, self->config->audit_days, 0, 0, bk_store_audit_sweep, on_audit_swept);
}

static void
on_time (gpointer user_data)
{
  BkServer *self = user_data;

  self->retention_timer = bk_clock_add (self->clock, SWEEP_MS, on_time, self);
  if (self->config->message_days > 0)
    sweep_messages (self, 0, PATIENCE);
  sweep_audit (self);
}

void
bk_server_retention_start (BkServer *self)
{
  on_time (self);
}

void
bk_server_retention_stop (BkServer *self)
{
  bk_clock_clear (self->clock, &self->retention_timer);
}
