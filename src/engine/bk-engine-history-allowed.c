/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user always allows to contacts. Who stops being a contact loses it in the same transaction: see
 * _bk_history_disallow (). */
#include "bk-engine-history-private.h"

void
bk_history_allowed_free (BkHistoryAllowed *allowed)
{
  g_free (allowed->who);
  g_free (allowed->guid);
  g_free (allowed);
}

/* ---- reading ---- */

static void
read_allowed (sqlite3_stmt *statement, gpointer list)
{
  BkHistoryAllowed *allowed = g_new0 (BkHistoryAllowed, 1);

  allowed->account = (guint) sqlite3_column_int64 (statement, 0);
  allowed->who = g_strdup (bk_sqlite_column_text (statement, 1));
  allowed->guid = g_strdup (bk_sqlite_column_text (statement, 2));
  g_ptr_array_add (list, allowed);
}

gboolean
_bk_history_load_allowed (BkSqlite *sqlite, BkHistoryContent *content, GError **error)
{
  return _bk_history_read_rows (sqlite, "SELECT account, who, guid FROM allowed ORDER BY account, who, guid",
                                read_allowed, content->allowed, error);
}

/* ---- writing ---- */

/* For the job that writes a contact: nothing is allowed any more to @who. */
gboolean
_bk_history_disallow (BkSqlite *sqlite, guint account, const char *who, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "DELETE FROM allowed WHERE account = ? AND who = ?", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "is", (gint64) account, who);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

typedef struct
{
  BkHistoryAllowed *fields;
  gboolean allowed;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  bk_history_allowed_free (job->fields);
  g_free (job);
}

static gboolean
set_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  Job *job = data;
  sqlite3_stmt *statement
    = bk_sqlite_prepare (sqlite,
                         job->allowed
                           ? "INSERT INTO allowed (account, who, guid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
                           : "DELETE FROM allowed WHERE account = ? AND who = ? AND guid = ?",
                         error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iss", (gint64) job->fields->account, job->fields->who, job->fields->guid);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_set_allowed_async (BkEngineHistory *self, guint account, const char *who, const char *guid,
                                     gboolean allowed, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->fields = g_new0 (BkHistoryAllowed, 1);
  job->fields->account = account;
  job->fields->who = g_strdup (who);
  job->fields->guid = g_strdup (guid);
  job->allowed = allowed;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, set_job, job, job_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_set_allowed_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  Job *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return FALSE;
  job_free (job);
  return TRUE;
}
