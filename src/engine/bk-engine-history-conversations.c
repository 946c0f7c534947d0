/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations: what is read of them at the start, and drafts. */
#include "bk-engine-history-private.h"

void
bk_history_conversation_free (BkHistoryConversation *conversation)
{
  g_free (conversation->who);
  g_free (conversation->draft);
  g_clear_pointer (&conversation->last, bk_engine_message_unref);
  g_free (conversation);
}

/* ---- reading ---- */

static void
read_conversation (sqlite3_stmt *statement, gpointer conversations)
{
  BkHistoryConversation *conversation = g_new0 (BkHistoryConversation, 1);

  conversation->account = (guint) sqlite3_column_int64 (statement, 0);
  conversation->id = (guint) sqlite3_column_int64 (statement, 1);
  conversation->who = g_strdup (bk_sqlite_column_text (statement, 2));
  conversation->unread = (guint) sqlite3_column_int64 (statement, 3);
  conversation->read_up_to = sqlite3_column_int64 (statement, 4);
  conversation->draft = g_strdup (bk_sqlite_column_text (statement, 5));
  if (sqlite3_column_type (statement, 6) != SQLITE_NULL)
    conversation->last = _bk_history_read_message (statement, 6);
  g_ptr_array_add (conversations, conversation);
}

/* Ten thousand conversations are one walk: each knows its newest entry. */
gboolean
_bk_history_load_conversations (BkSqlite *sqlite, BkHistoryContent *content, GError **error)
{
  return _bk_history_read_rows (sqlite,
                                "SELECT c.account, c.id, c.who, (SELECT count(*) FROM messages u WHERE"
                                " u.conversation = c.id AND u.id > c.read_up_to AND u.outgoing = 0), c.read_up_to,"
                                " c.draft, " BK_HISTORY_MESSAGE
                                " FROM conversations c JOIN accounts a ON a.id = c.account AND a.kept = 1"
                                " LEFT JOIN messages m ON m.id = c.last ORDER BY c.id",
                                read_conversation, content->conversations, error);
}

/* ---- drafts ---- */

typedef struct
{
  guint account;
  guint conversation;
  char *who;
  char *draft; /* nullable */
} DraftJob;

static void
draft_job_free (gpointer data)
{
  DraftJob *job = data;

  g_free (job->who);
  g_free (job->draft);
  g_free (job);
}

static gboolean
draft_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  DraftJob *job = data;
  gint64 conversation;

  if (!_bk_history_ensure_conversation (sqlite, job->account, job->conversation, job->who, &conversation, error))
    return FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "UPDATE conversations SET draft = ? WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "si", job->draft, conversation);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

static void
on_draft_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  DraftJob *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (job != NULL)
    draft_job_free (job);
  else
    g_warning ("A draft could not be written to the history: %s", error->message);
}

void
bk_engine_history_set_draft (BkEngineHistory *self, guint account, guint conversation, const char *who,
                             const char *draft)
{
  if (_bk_engine_history_is_closing (self))
    return;

  DraftJob *job = g_new0 (DraftJob, 1);
  job->account = account;
  job->conversation = conversation;
  job->who = g_strdup (who);
  job->draft = g_strdup (draft);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, draft_job, job, draft_job_free, NULL, on_draft_written, NULL);
}
