/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far messages have come. Only the last mark of each kind and conversation is kept; it never goes back. */
#include "bk-store-private.h"

/* Returns (transfer full) the `mark` frame of a row. */
GBytes *
bk_store_mark_frame (BkSqlite *db, gint64 row, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT m.seq, a.name, m.message, m.mark, m.outgoing"
                                        " FROM marks m JOIN accounts a ON a.id = m.other WHERE m.id = ?",
                                        "i", row);
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return NULL;
  if (!found)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "A mark vanished");
      return NULL;
    }

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_MARK, -1);
  bk_frame_set_int (frame, "seq", sqlite3_column_int64 (query, 0));
  bk_frame_set_string (frame, "who", bk_sqlite_column_text (query, 1));
  bk_frame_set_string (frame, "message", bk_sqlite_column_text (query, 2));
  bk_frame_set_string (frame, "mark", sqlite3_column_int (query, 3) == BK_STORE_READ ? "read" : "delivered");
  bk_frame_set_bool (frame, "outgoing", sqlite3_column_int (query, 4) != 0);
  sqlite3_reset (query);
  return bk_frame_to_bytes (frame);
}

/* One mark, as it is for one of the two sides. */
typedef struct
{
  gint64 owner;
  gint64 other;
  gboolean outgoing;
  gint64 position;
  gint64 not_device; /* 0: all */
} Mark;

static gboolean
write_mark (BkSqlite *db, BkStoreMark *job, const Mark *mark, GError **error)
{
  BkStoreEvent event = { .account = mark->owner, .not_device = mark->not_device };
  gint64 row = 0;

  if (!bk_store_next_seq (db, mark->owner, &event.seq, error)
      || !bk_store_exec (db, error,
                         "INSERT INTO marks (owner, other, outgoing, mark, message, position, seq)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, other, outgoing, mark) DO UPDATE SET"
                         " message = excluded.message, position = excluded.position, seq = excluded.seq",
                         "iiiisii", mark->owner, mark->other, (gint64) mark->outgoing, (gint64) job->mark, job->guid,
                         mark->position, event.seq))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM marks WHERE owner = ? AND seq = ?", "ii",
                                        mark->owner, event.seq);
  if (!bk_store_get_int (db, query, &row, NULL, error))
    return FALSE;
  event.frame = bk_store_mark_frame (db, row, error);
  if (event.frame == NULL)
    return FALSE;
  bk_store_changes_add (&job->changes, &event);
  return TRUE;
}

/* What is read is delivered, too: a mark that says less than is known is none. */
static gboolean
move_mark (BkSqlite *db, BkStoreMark *job, const Mark *mark, GError **error)
{
  gint64 known = 0;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT ifnull (max (position), 0) FROM marks"
                                        " WHERE owner = ? AND other = ? AND outgoing = ? AND mark >= ?",
                                        "iiii", mark->owner, mark->other, (gint64) mark->outgoing, (gint64) job->mark);

  return bk_store_get_int (db, query, &known, NULL, error)
         && (mark->position <= known || write_mark (db, job, mark, error));
}

/* Loads the contact named @who and how it sees @account. */
static gboolean
load_pair (BkSqlite *db, gint64 account, const char *who, BkStoreContactRow *mine, BkStoreContactRow *theirs,
           GError **error)
{
  gint64 other;

  if (!bk_store_account_by_name (db, who, &other, error))
    return FALSE;
  if (other != 0
      && (!bk_store_contact_load (db, account, other, mine, error)
          || !bk_store_contact_load (db, other, account, theirs, error)))
    return FALSE;
  if (other != 0 && mine->relation == BECKON_RELATION_ACCEPTED)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no contact of that name");
  return FALSE;
}

/* The author's mailbox has each message once under its id: the order of messages is that of their numbers there. */
static gboolean
find_message (BkSqlite *db, const BkStoreMark *job, const BkStoreContactRow *theirs, gint64 *position, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT seq FROM messages WHERE owner = ? AND guid = ? AND outgoing = 1"
                                        " AND peer = ?",
                                        "iss", theirs->owner, job->guid, theirs->name);

  if (!bk_store_get_int (db, query, position, &found, error))
    return FALSE;
  if (!found)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such message");
  return found;
}

/* Own devices hear of what was read only: whether another one has a message is nothing to them. */
gboolean
bk_store_mark (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreMark *job = data;
  g_auto (BkStoreContactRow) mine = { 0 };
  g_auto (BkStoreContactRow) theirs = { 0 };
  gint64 position;

  if (!load_pair (db, job->account, job->who, &mine, &theirs, error)
      || !find_message (db, job, &theirs, &position, error))
    return FALSE;
  Mark own = { mine.owner, mine.other, FALSE, position, job->device };
  Mark told = { theirs.owner, theirs.other, TRUE, position, 0 };
  if (job->mark == BK_STORE_READ && !move_mark (db, job, &own, error))
    return FALSE;
  return !job->tell || mine.blocked || theirs.blocked || theirs.relation != BECKON_RELATION_ACCEPTED
         || move_mark (db, job, &told, error);
}

void
bk_store_mark_free (gpointer data)
{
  BkStoreMark *job = data;

  g_free (job->who);
  g_free (job->guid);
  bk_store_plain_free (job);
}

/* Who blocks looks like any other contact: what is told to whom is decided by those who see each other. */
gboolean
bk_store_typing (BkSqlite *db, gpointer data, GError **error)
{
  const BkStoreTyping *job = data;
  g_auto (BkStoreContactRow) mine = { 0 };
  g_auto (BkStoreContactRow) theirs = { 0 };

  return load_pair (db, job->account, job->who, &mine, &theirs, error);
}

void
bk_store_typing_free (gpointer data)
{
  BkStoreTyping *job = data;

  g_free (job->who);
  bk_store_plain_free (job);
}
