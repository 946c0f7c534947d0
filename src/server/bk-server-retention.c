/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that are older than the operator wants to keep. Small steps: others get their turn in between. */
#include "bk-server-private.h"

#define SWEEP_MS (60 * 60 * 1000)
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static void sweep (BkServer *self);

static void
on_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServer) self = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreSweep *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->n_jobs--;
  if (job == NULL)
    g_warning ("Old messages could not be removed: %s", error->message);
  else if (job->more && self->state == BK_SERVER_RUNNING)
    sweep (self);
  g_clear_pointer (&job, bk_store_plain_free);
  bk_server_check_stopped (self);
}

static void
sweep (BkServer *self)
{
  BkStoreSweep *job = g_new0 (BkStoreSweep, 1);

  job->before = bk_server_now (self) - self->config->message_days * DAY_US;
  self->n_jobs++;
  bk_sqlite_run_async (self->db, BK_SQLITE_WRITE, bk_store_message_sweep, job, bk_store_plain_free, NULL, on_swept,
                       g_object_ref (self));
}

static void
on_time (gpointer user_data)
{
  BkServer *self = user_data;

  self->retention_timer = bk_clock_add (self->clock, SWEEP_MS, on_time, self);
  if (self->config->message_days > 0)
    sweep (self);
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
