/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each message lies once in the mailbox of either side, under that side's number. */
#include "bk-store-private.h"

#include <string.h>

/* All but the number, which is another for each side. */
static BkFrame *
make_frame (const char *guid, const char *from, const char *to, const char *text, gint64 time)
{
  BkFrame *frame = bk_frame_new (BK_FRAME_MESSAGE, -1);

  bk_frame_set_string (frame, "message", guid);
  bk_frame_set_string (frame, "from", from);
  bk_frame_set_string (frame, "to", to);
  bk_frame_set_string (frame, "text", text);
  bk_frame_set_int (frame, "time", time);
  return frame;
}

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

  gboolean outgoing = sqlite3_column_int (query, 2) != 0;
  const char *peer = bk_sqlite_column_text (query, 3), *owner = bk_sqlite_column_text (query, 6);
  g_autoptr (BkFrame) frame = make_frame (bk_sqlite_column_text (query, 1), outgoing ? owner : peer,
                                          outgoing ? peer : owner, bk_sqlite_column_text (query, 4),
                                          sqlite3_column_int64 (query, 5));
  GBytes *bytes = bk_frame_to_bytes_with (frame, "seq", sqlite3_column_int64 (query, 0));
  sqlite3_reset (query);
  return bytes;
}

/* ---- sending ----
 *
 * What most of the server's time goes into: one statement reads all that is to be known, then each mailbox is written
 * with two, its row and its counters. */

/* One of the two, and how it stands with its mailbox. */
typedef struct
{
  gint64 id;
  char *name;
  gint64 last_seq;
  gint64 n_messages;
  gint64 bytes; /* of these */
  gboolean blocks; /* the other one */
} Side;

typedef struct
{
  Side author;
  Side reader;
  BeckonRelation relation; /* as the author sees the reader */
  BkFrame *frame;          /* nullable; what both are told, but for the number */
} Pair;

static void
pair_clear (Pair *pair)
{
  g_free (pair->author.name);
  g_free (pair->reader.name);
  g_clear_pointer (&pair->frame, bk_frame_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
read_side (sqlite3_stmt *query, int column, Side *side)
{
  side->id = sqlite3_column_int64 (query, column);
  side->name = bk_store_dup_text (query, column + 1);
  side->last_seq = sqlite3_column_int64 (query, column + 2);
  side->n_messages = sqlite3_column_int64 (query, column + 3);
  side->bytes = sqlite3_column_int64 (query, column + 4);
  side->blocks = sqlite3_column_int (query, column + 5) != 0;
}

/* Reads who the two are. Those who never met have no relation. */
static gboolean
load_pair (BkSqlite *db, const BkStoreMessage *job, Pair *pair, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT me.id, me.name, me.last_seq, me.n_messages, me.message_bytes,"
                                        " mine.blocked,"
                                        " them.id, them.name, them.last_seq, them.n_messages, them.message_bytes,"
                                        " theirs.blocked,"
                                        " mine.relation"
                                        " FROM accounts me JOIN accounts them ON them.name = ?2"
                                        " JOIN contacts mine ON mine.owner = me.id AND mine.other = them.id"
                                        " LEFT JOIN contacts theirs ON theirs.owner = them.id AND theirs.other = me.id"
                                        " WHERE me.id = ?1",
                                        "is", job->account, job->to);

  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  read_side (query, 0, &pair->author);
  read_side (query, 6, &pair->reader);
  pair->relation = (BeckonRelation) sqlite3_column_int (query, 12);
  sqlite3_reset (query);
  return TRUE;
}

static gboolean
check_contact (const Pair *pair, GError **error)
{
  if (pair->relation != BECKON_RELATION_ACCEPTED)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "Messages go to contacts only");
  else if (pair->author.blocks)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");
  return pair->relation == BECKON_RELATION_ACCEPTED && !pair->author.blocks;
}

/* A request that came before is answered as it was then, whatever the two are now. */
static gboolean
find_earlier (BkSqlite *db, BkStoreMessage *job, gboolean *repeated, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT time FROM messages WHERE owner = ? AND guid = ? AND outgoing = 1", "is",
                                        job->account, job->guid);

  return bk_store_get_int (db, query, &job->time, repeated, error);
}

/* ---- room ---- */

#define STALE (30 * BK_STORE_DAY)
/* A mailbox that is over its quota shrinks, and no write pays for much more than it added. */
#define ROWS_DROPPED 16

/* The oldest message, if each device of the account that counts has it. */
#define OLDEST \
  "SELECT id, length (CAST (text AS BLOB)) FROM messages WHERE owner = ?1 AND seq <=" \
  " (SELECT ifnull (min (reached), 0) FROM devices WHERE account = ?1 AND last_seen > ?2) ORDER BY seq LIMIT 1"

static gboolean
is_over (const Side *side, const BkStoreQuota *quota)
{
  return side->n_messages > quota->messages || side->bytes > quota->message_bytes;
}

static gboolean
find_oldest (BkSqlite *db, const BkStoreMessage *job, const Side *side, gint64 *id, gint64 *bytes, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error, OLDEST, "ii", side->id, job->now - STALE);

  *id = 0;
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return FALSE;
  if (found)
    {
      *id = sqlite3_column_int64 (query, 0);
      *bytes = sqlite3_column_int64 (query, 1);
      sqlite3_reset (query);
    }
  return TRUE;
}

/* Whether the mailbox takes one more: it has room, or its oldest can make some, because all devices have it. Else what
 * was taken stays, and this one is not taken. */
static gboolean
check_side (BkSqlite *db, const BkStoreMessage *job, const Side *side, GError **error)
{
  Side after = *side;
  gint64 id = 0, bytes = 0;

  after.n_messages++;
  after.bytes += (gint64) strlen (job->text);
  if (!is_over (&after, bk_store_quota (&job->quota)))
    return TRUE;
  if (!find_oldest (db, job, side, &id, &bytes, error))
    return FALSE;
  if (id == 0)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED,
                         "The mailbox is full until a device that has been away has come");
  return id != 0;
}

/* To its author a message to somebody who blocks that author looks like any other, also one for which there is no
 * room. */
static gboolean
check_room (BkSqlite *db, const BkStoreMessage *job, const Pair *pair, GError **error)
{
  return check_side (db, job, &pair->author, error) && check_side (db, job, &pair->reader, error);
}

/* Counts one more, for which the oldest make room as far as all devices have them. */
static gboolean
make_room (BkSqlite *db, const BkStoreMessage *job, Side *side, GError **error)
{
  const BkStoreQuota *quota = bk_store_quota (&job->quota);
  gint64 id = 0, bytes = 0;

  side->n_messages++;
  side->bytes += (gint64) strlen (job->text);
  for (int i = 0; i < ROWS_DROPPED && is_over (side, quota); i++)
    {
      if (!find_oldest (db, job, side, &id, &bytes, error))
        return FALSE;
      if (id == 0)
        return TRUE;
      if (!bk_store_exec (db, error, "DELETE FROM messages WHERE id = ?", "i", id))
        return FALSE;
      side->n_messages--;
      side->bytes -= bytes;
    }
  return TRUE;
}

/* Puts the message into the mailbox of one side. @written is FALSE if its author has sent it before. */
static gboolean
put (BkSqlite *db, BkStoreMessage *job, Pair *pair, Side *side, gboolean *written, GError **error)
{
  gboolean outgoing = side == &pair->author;
  BkStoreEvent event = { .account = side->id, .seq = side->last_seq + 1 };

  if (!bk_store_exec (db, error,
                      "INSERT INTO messages (owner, seq, guid, outgoing, peer, text, time) VALUES (?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (owner, guid) WHERE outgoing = 1 DO NOTHING",
                      "iisissi", side->id, event.seq, job->guid, (gint64) outgoing,
                      outgoing ? pair->reader.name : pair->author.name, job->text, job->time))
    return FALSE;
  *written = bk_sqlite_changes (db) > 0;
  if (!*written)
    return TRUE;
  if (!make_room (db, job, side, error)
      || !bk_store_exec (db, error,
                         "UPDATE accounts SET last_seq = ?, n_messages = ?, message_bytes = ? WHERE id = ?", "iiii",
                         event.seq, side->n_messages, side->bytes, side->id))
    return FALSE;
  if (pair->frame == NULL)
    pair->frame = make_frame (job->guid, pair->author.name, pair->reader.name, job->text, job->time);
  event.frame = bk_frame_to_bytes_with (pair->frame, "seq", event.seq);
  bk_store_changes_add (&job->changes, &event);
  return TRUE;
}

/* A message to somebody who blocks its author is kept for the author alone. */
static gboolean
deliver (BkSqlite *db, BkStoreMessage *job, Pair *pair, GError **error)
{
  gboolean written;

  if (!put (db, job, pair, &pair->author, &written, error))
    return FALSE;
  if (!written)
    return find_earlier (db, job, &written, error);
  return pair->reader.blocks || put (db, job, pair, &pair->reader, &written, error);
}

/* Everything is checked before anything is written (BK_SQLITE_WRITE_CHECKED). */
gboolean
bk_store_message (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreMessage *job = data;
  g_auto (Pair) pair = { 0 };
  g_autoptr (GError) refusal = NULL;
  gboolean repeated;

  job->time = job->now;
  if (!load_pair (db, job, &pair, error))
    return FALSE;
  if (check_contact (&pair, &refusal) && check_room (db, job, &pair, &refusal))
    return deliver (db, job, &pair, error);
  if (!find_earlier (db, job, &repeated, error))
    return FALSE;
  if (!repeated)
    g_propagate_error (error, g_steal_pointer (&refusal));
  return repeated;
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
