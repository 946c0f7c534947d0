/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emptying a conversation, in steps between which others get their turn. What goes is overwritten in the file, and its
 * words are removed from the pages of the index by the upkeep. */
#include "bk-engine-history-private.h"

#define BATCH 200

typedef struct
{
  guint conversation;
  gint64 up_to; /* 0: not known yet */
  gboolean more;
  BkHistoryCleared *cleared; /* once there is no more */
} ClearJob;

static void
clear_job_free (gpointer data)
{
  ClearJob *job = data;

  g_clear_pointer (&job->cleared, bk_history_cleared_free);
  g_free (job);
}

void
bk_history_cleared_free (BkHistoryCleared *cleared)
{
  g_clear_pointer (&cleared->last, bk_engine_message_unref);
  g_free (cleared);
}

#define GOES "m.conversation = ?1 AND m.id <= ?2 AND m.delivery <> 1 AND m.open = 0"
#define SOME "m.id IN (SELECT id FROM messages m WHERE " GOES " ORDER BY m.id LIMIT " G_STRINGIFY (BATCH) ")"

static gboolean
remove_batch (BkSqlite *sqlite, ClearJob *job, GError **error)
{
  if (!_bk_history_unindex (sqlite, SOME, job->conversation, job->up_to, error)
      || !_bk_history_change (sqlite, "DELETE FROM messages AS m WHERE " SOME, job->conversation, job->up_to, error))
    return FALSE;
  job->more = bk_sqlite_changes (sqlite) == BATCH;
  return TRUE;
}

/* What is left. What others were to be told of the rest nobody can tell them any more. */
static gboolean
sum_up (BkSqlite *sqlite, ClearJob *job, GError **error)
{
  gint64 unread, last;

  job->cleared = g_new0 (BkHistoryCleared, 1);
  job->cleared->up_to = job->up_to;
  if (!_bk_history_change (sqlite,
                           "UPDATE conversations SET"
                           " last = ifnull ((SELECT max (id) FROM messages WHERE conversation = ?1), 0),"
                           " delivered_due = iif (delivered_due <= ?2, 0, delivered_due),"
                           " read_due = iif (read_due <= ?2, 0, read_due),"
                           " read_tell = iif (read_tell <= ?2, 0, read_tell) WHERE id = ?1",
                           job->conversation, job->up_to, error)
      || !_bk_history_query (sqlite, "SELECT last FROM conversations WHERE id = ?", job->conversation, &last, error)
      || !_bk_history_query (sqlite,
                        "SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation"
                        " WHERE c.id = ? AND m.id > c.read_up_to AND m.outgoing = 0",
                        job->conversation, &unread, error))
    return FALSE;
  job->cleared->unread = (guint) unread;
  return bk_sqlite_exec (sqlite, "UPDATE upkeep SET purge = 1", error)
         && (last == 0 || _bk_history_reload (sqlite, last, &job->cleared->last, error));
}

static gboolean
clear_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  ClearJob *job = data;

  if (job->up_to == 0
      && !_bk_history_query (sqlite, "SELECT max (id) FROM messages WHERE conversation = ?", job->conversation,
                             &job->up_to, error))
    return FALSE;
  return remove_batch (sqlite, job, error) && (job->more || sum_up (sqlite, job, error));
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineHistory *self = g_task_get_source_object (task);
  GError *error = NULL;
  ClearJob *job = _bk_engine_history_take (self, result, &error);

  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (job->more)
    {
      _bk_engine_history_run (self, BK_SQLITE_WRITE, clear_job, job, clear_job_free, NULL, on_cleared,
                              g_steal_pointer (&task));
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&job->cleared), (GDestroyNotify) bk_history_cleared_free);
  clear_job_free (job);
  _bk_engine_history_keep_up (self);
}

void
bk_engine_history_clear_async (BkEngineHistory *self, guint conversation, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  ClearJob *job = g_new0 (ClearJob, 1);

  g_task_set_source_tag (task, bk_engine_history_clear_async);
  job->conversation = conversation;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, clear_job, job, clear_job_free, NULL, on_cleared,
                          g_steal_pointer (&task));
}

BkHistoryCleared *
bk_engine_history_clear_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
