/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-pool.h"

#define N_THREADS 2

typedef struct
{
  GTask *task;
  BkAppPoolFunc func;
} Job;

static void
work (gpointer data, gpointer user_data)
{
  Job *job = data;

  if (!g_task_return_error_if_cancelled (job->task))
    job->func (job->task, g_task_get_task_data (job->task));
  g_object_unref (job->task);
  g_free (job);
}

void
bk_app_pool_push (GTask *task, BkAppPoolFunc func)
{
  static GThreadPool *pool;
  Job *job = g_new0 (Job, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (work, NULL, N_THREADS, FALSE, NULL);
  job->task = g_object_ref (task);
  job->func = func;
  g_thread_pool_push (pool, job, NULL);
}
