/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions, which are entries of their conversation. */
#include "bk-engine-history-private.h"

typedef struct
{
  guint account;
  guint conversation;
  BkEngineMessage *entry; /* in: as the caller has it; out: as the file has it */
  BkHistoryChange change;
} PutJob;

static void
put_job_free (gpointer data)
{
  PutJob *job = data;

  g_clear_pointer (&job->entry, bk_engine_message_unref);
  g_free (job);
}

/* @id: 0 if the session is not known. */
static gboolean
find_session (BkSqlite *sqlite, gint64 conversation, const BkEngineMessage *entry, gint64 *id,
              BeckonSessionResult *result, GError **error)
{
  gboolean found = FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "SELECT id, result FROM messages WHERE conversation = ? AND outgoing = ? AND session = 1 AND message_id = ?",
    error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iis", conversation, (gint64) entry->outgoing, entry->message_id);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  *id = found ? sqlite3_column_int64 (statement, 0) : 0;
  *result = found ? (BeckonSessionResult) sqlite3_column_int (statement, 1) : BECKON_SESSION_RESULT_NONE;
  return TRUE;
}

static gboolean
insert_session (BkSqlite *sqlite, gint64 conversation, const BkEngineMessage *entry, gint64 *id, GError **error)
{
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "INSERT INTO messages (conversation, message_id, session, outgoing, text, time, delivery,"
                       " application, application_name, result, result_text, file_name, file_size, file_path,"
                       " open) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                       error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "isisiississis", conversation, entry->message_id, (gint64) entry->outgoing, entry->text,
                  entry->time, (gint64) entry->delivery, entry->application, entry->application_name,
                  (gint64) entry->result, entry->result_text, entry->file_name, (gint64) entry->file_size,
                  entry->file_path);
  if (!bk_sqlite_step (sqlite, statement, NULL, error))
    return FALSE;
  *id = bk_sqlite_last_rowid (sqlite);
  return _bk_history_index (sqlite, "m.id = ?1", *id, 0, error);
}

static gboolean
update_session (BkSqlite *sqlite, gint64 id, const BkEngineMessage *entry, GError **error)
{
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "UPDATE messages SET result = ?, result_text = ?, file_path = ?, open = 1 WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "issi", (gint64) entry->result, entry->result_text, entry->file_path, id);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

/* A session that the disk had no room for when it was opened gets its entry when it ends. */
static gboolean
put_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  PutJob *job = data;
  BkEngineMessage *entry = job->entry;
  BeckonSessionResult result;
  gint64 conversation, id;

  if (!_bk_history_ensure_conversation (sqlite, job->account, job->conversation, entry->who, &conversation, error)
      || !find_session (sqlite, conversation, entry, &id, &result, error))
    return FALSE;
  job->change = id == 0 ? BK_HISTORY_ADDED : result != entry->result ? BK_HISTORY_CHANGED : BK_HISTORY_KNOWN;
  return (id == 0 ? insert_session (sqlite, conversation, entry, &id, error)
                  : update_session (sqlite, id, entry, error))
         && _bk_history_reload (sqlite, id, &job->entry, error);
}

void
bk_engine_history_put_session_async (BkEngineHistory *self, guint account, guint conversation,
                                     const BkEngineMessage *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  PutJob *job = g_new0 (PutJob, 1);

  job->account = account;
  job->conversation = conversation;
  job->entry = bk_engine_message_new (entry);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, put_job, job, put_job_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_put_session_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryChange *change,
                                      BkEngineMessage **entry, GError **error)
{
  PutJob *job = _bk_engine_history_take (self, result, error);

  *entry = NULL;
  *change = BK_HISTORY_KNOWN;
  if (job == NULL)
    return FALSE;
  *change = job->change;
  if (job->change != BK_HISTORY_KNOWN)
    *entry = g_steal_pointer (&job->entry);
  put_job_free (job);
  return TRUE;
}

/* ---- the end ---- */

typedef struct
{
  guint account;
  char *session;
} SettleJob;

static void
settle_job_free (gpointer data)
{
  SettleJob *job = data;

  g_free (job->session);
  g_free (job);
}

static gboolean
settle_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  SettleJob *job = data;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "UPDATE messages INDEXED BY messages_open SET open = 0 WHERE open = 1 AND message_id = ?"
                       " AND conversation IN (SELECT id FROM conversations WHERE account = ?)",
                       error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "si", job->session, (gint64) job->account);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SettleJob *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (job != NULL)
    settle_job_free (job);
  else
    g_warning ("The end of a session could not be written to the history: %s", error->message);
}

/* What the network answers when nothing is written down any more is not needed: the session stays open in the file, and
 * the other side is told once more at the next start. */
void
bk_engine_history_settle_session (BkEngineHistory *self, guint account, const char *session_id)
{
  if (_bk_engine_history_is_closing (self))
    return;

  SettleJob *job = g_new0 (SettleJob, 1);
  job->account = account;
  job->session = g_strdup (session_id);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, settle_job, job, settle_job_free, NULL, on_settled, NULL);
}
