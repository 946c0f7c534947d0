/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each message lies once in the mailbox of either side, under that side's number. */
#include "bk-store-private.h"

/* Returns (transfer full) the `message` frame of a row. */
GBytes *
bk_store_message_frame (BkSqlite *db, gint64 row, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT m.seq, m.guid, m.outgoing, m.peer, m.text, m.time, a.name"
                                        " FROM messages m JOIN accounts a ON a.id = m.owner WHERE m.id = ?",
                                        "i", row);
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return NULL;
  if (!found)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "A message vanished");
      return NULL;
    }

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_MESSAGE, -1);
  gboolean outgoing = sqlite3_column_int (query, 2) != 0;

  bk_frame_set_int (frame, "seq", sqlite3_column_int64 (query, 0));
  bk_frame_set_string (frame, "message", bk_sqlite_column_text (query, 1));
  bk_frame_set_string (frame, "from", bk_sqlite_column_text (query, outgoing ? 6 : 3));
  bk_frame_set_string (frame, "to", bk_sqlite_column_text (query, outgoing ? 3 : 6));
  bk_frame_set_string (frame, "text", bk_sqlite_column_text (query, 4));
  bk_frame_set_int (frame, "time", sqlite3_column_int64 (query, 5));
  sqlite3_reset (query);
  return bk_frame_to_bytes (frame);
}

/* Two at a time: a mailbox that is over its quota shrinks, and no write pays for more than it added. */
static gboolean
keep_quota (BkSqlite *db, gint64 owner, guint quota, GError **error)
{
  gint64 n_messages = 0;

  if (!bk_store_exec (db, error, "UPDATE accounts SET n_messages = n_messages + 1 WHERE id = ?", "i", owner))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT n_messages FROM accounts WHERE id = ?", "i", owner);
  if (!bk_store_get_int (db, query, &n_messages, NULL, error))
    return FALSE;
  if (n_messages <= quota)
    return TRUE;

  if (!bk_store_exec (db, error,
                      "DELETE FROM messages WHERE id IN"
                      " (SELECT id FROM messages WHERE owner = ? ORDER BY seq LIMIT 2)",
                      "i", owner))
    return FALSE;
  return bk_store_exec (db, error, "UPDATE accounts SET n_messages = n_messages - ? WHERE id = ?", "ii",
                        (gint64) bk_sqlite_changes (db), owner);
}

static gboolean
put (BkSqlite *db, BkStoreMessage *job, gint64 owner, const char *peer, gboolean outgoing, GError **error)
{
  BkStoreEvent event = { .account = owner };

  if (!bk_store_next_seq (db, owner, &event.seq, error)
      || !bk_store_exec (db, error,
                         "INSERT INTO messages (owner, seq, guid, outgoing, peer, text, time)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "iisissi", owner, event.seq, job->guid, (gint64) outgoing, peer, job->text, job->time))
    return FALSE;

  event.frame = bk_store_message_frame (db, bk_sqlite_last_rowid (db), error);
  if (event.frame == NULL)
    return FALSE;
  bk_store_changes_add (&job->changes, &event);
  return keep_quota (db, owner, job->quota, error);
}

static gboolean
check_contact (const BkStoreContactRow *mine, GError **error)
{
  if (mine->relation != BECKON_RELATION_ACCEPTED)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Messages go to contacts only");
  else if (mine->blocked)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
  return mine->relation == BECKON_RELATION_ACCEPTED && !mine->blocked;
}

/* A message to somebody who blocks its author is kept for the author alone: to the author it looks like any other. */
static gboolean
deliver (BkSqlite *db, BkStoreMessage *job, gint64 other, GError **error)
{
  g_auto (BkStoreContactRow) mine = { 0 };
  g_auto (BkStoreContactRow) theirs = { 0 };

  if (!bk_store_contact_load (db, job->account, other, &mine, error) || !check_contact (&mine, error)
      || !bk_store_contact_load (db, other, job->account, &theirs, error)
      || !put (db, job, job->account, mine.name, TRUE, error))
    return FALSE;
  return theirs.blocked || put (db, job, other, theirs.name, FALSE, error);
}

gboolean
bk_store_message (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreMessage *job = data;
  gboolean repeated;
  gint64 other;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT time FROM messages WHERE owner = ? AND guid = ? AND outgoing = 1", "is",
                                        job->account, job->guid);
  if (!bk_store_get_int (db, query, &job->time, &repeated, error))
    return FALSE;
  if (repeated)
    return TRUE;

  job->time = job->now;
  if (!bk_store_account_by_name (db, job->to, &other, error))
    return FALSE;
  if (other == 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Messages go to contacts only");
      return FALSE;
    }
  return deliver (db, job, other, error);
}

void
bk_store_message_free (gpointer data)
{
  BkStoreMessage *job = data;

  g_free (job->to);
  g_free (job->guid);
  g_free (job->text);
  bk_store_plain_free (job);
}
