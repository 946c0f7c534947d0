/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far messages have come.
 *
 * Ours: a conversation keeps the times up to which the other side has them and has seen them, for a mark stands for all
 * that the network took before; what BK_HISTORY_DELIVERY says of a message follows from that.
 *
 * Theirs: a conversation keeps the newest message that the other side is still to be told about, and of those that were
 * read the newest that our own devices are to hear of, too. It is written together with the message, or with what was
 * read, so that a crash between the two loses nothing. */
#include "bk-engine-history-private.h"

/* A listener that has more messages than this reads them again. */
#define MAX_CHANGED 2000
#define ENOUGH_KNOWN 50

G_STATIC_ASSERT (BECKON_DELIVERY_DELIVERED == 4); /* in BK_HISTORY_DELIVERY */
G_STATIC_ASSERT (BECKON_DELIVERY_READ == 5);

typedef struct
{
  BkHistoryPlace place;
  char *who;
  char *message_id;
  gboolean outgoing;
  BeckonDelivery mark;
  gint64 conversation; /* 0: there is none */
  gint64 id;           /* of the message, 0: it is not here */
  gint64 time;         /* the same */
  BkHistoryMarked marked;
} MarkJob;

static void
mark_job_free (gpointer data)
{
  MarkJob *job = data;

  _bk_history_place_clear (&job->place);
  g_free (job->who);
  g_free (job->message_id);
  bk_history_marked_clear (&job->marked);
  g_free (job);
}

void
bk_history_marked_clear (BkHistoryMarked *marked)
{
  g_clear_pointer (&marked->changed, g_ptr_array_unref);
}

/* ---- what was read ---- */

/* Reads how the conversation stands. */
static gboolean
read_standing (BkSqlite *sqlite, gint64 conversation, BkHistoryMarked *marked, GError **error)
{
  gboolean found = FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite,
    "SELECT c.read_up_to, (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.id > c.read_up_to"
    " AND m.outgoing = 0) FROM conversations c WHERE c.id = ?",
    error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", conversation);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  if (found)
    {
      marked->read_up_to = sqlite3_column_int64 (statement, 0);
      marked->unread = (guint) sqlite3_column_int64 (statement, 1);
    }
  return TRUE;
}

static gboolean
run (BkSqlite *sqlite, const char *sql, gint64 conversation, gint64 value, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "ii", conversation, value);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

typedef struct
{
  gint64 conversation;
  gint64 up_to;
  gboolean tell;
  BkHistoryMarked marked;
} ReadJob;

/* The mark never goes back, and never beyond what is there: else a message of tomorrow would count as read. The newest
 * message among what is read now is to be told; sessions have no place in what the network counts. */
static gboolean
mark_read_job (BkSqlite *sqlite, gpointer data, GError **error)
{
#define NEWEST \
  "(SELECT ifnull (max (id), 0) FROM messages WHERE conversation = ?1 AND outgoing = 0 AND session = 0 AND id <= ?2" \
  " AND id > read_up_to)"
  static const char tell[] = "UPDATE conversations SET read_tell = max (read_tell, " NEWEST ") WHERE id = ?1";
  static const char sql[] =
    "UPDATE conversations SET read_due = max (read_due, " NEWEST "),"
    " read_up_to = max (read_up_to, min (?2, (SELECT ifnull (max (id), 0) FROM messages WHERE conversation = ?1)))"
    " WHERE id = ?1";
#undef NEWEST
  ReadJob *job = data;

  return (!job->tell || run (sqlite, tell, job->conversation, job->up_to, error))
         && run (sqlite, sql, job->conversation, job->up_to, error)
         && read_standing (sqlite, job->conversation, &job->marked, error);
}

void
bk_engine_history_mark_read_async (BkEngineHistory *self, guint conversation, gint64 up_to_id, gboolean tell,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  ReadJob *job = g_new0 (ReadJob, 1);

  job->tell = tell;
  job->conversation = conversation;
  job->up_to = up_to_id;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, mark_read_job, job, g_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_mark_read_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryMarked *marked,
                                    GError **error)
{
  g_autofree ReadJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return FALSE;
  *marked = job->marked;
  return TRUE;
}

/* ---- marks of the network ---- */

/* A message that is not here says nothing: it was cleared, or is older than what the network keeps. */
static gboolean
find_message (BkSqlite *sqlite, MarkJob *job, GError **error)
{
  gboolean found = FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite,
    "SELECT c.id, m.id, m.time FROM conversations c JOIN messages m ON m.conversation = c.id AND m.outgoing = ?"
    " AND m.session = 0 AND m.message_id = ? WHERE c.account = ? AND c.who = ?",
    error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "isis", (gint64) job->outgoing, job->message_id, (gint64) job->place.account, job->who);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  if (found)
    {
      job->conversation = sqlite3_column_int64 (statement, 0);
      job->id = sqlite3_column_int64 (statement, 1);
      job->time = sqlite3_column_int64 (statement, 2);
    }
  return TRUE;
}

/* Another device of ours has told them already. */
static gboolean
read_elsewhere (BkSqlite *sqlite, MarkJob *job, GError **error)
{
  static const char sql[] =
    "UPDATE conversations SET read_up_to = max (read_up_to, ?2), read_due = iif (read_due <= ?2, 0, read_due),"
    " read_tell = iif (read_tell <= ?2, 0, read_tell) WHERE id = ?1";

  return run (sqlite, sql, job->conversation, job->id, error)
         && read_standing (sqlite, job->conversation, &job->marked, error);
}

/* Collects what the mark is about to change among the newest entries, the newest first: others are not shown anywhere.
 * Behind some that have come as far already there are hardly any that have not. */
static gboolean
collect_changed (BkSqlite *sqlite, MarkJob *job, GArray *ids, GError **error)
{
  static const char sql[] =
    "SELECT m.id, m.delivery = 2 AND m.session = 0 AND m.time <= ?2, " BK_HISTORY_DELIVERY " FROM messages m"
    " JOIN conversations c ON c.id = m.conversation WHERE m.conversation = ?1 ORDER BY m.id DESC LIMIT ?3";
  gboolean more = TRUE;
  guint n_known = 0;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iii", job->conversation, job->time, (gint64) MAX_CHANGED);
  while (n_known < ENOUGH_KNOWN && more)
    {
      if (!bk_sqlite_step (sqlite, statement, &more, error))
        return FALSE;
      if (!more || sqlite3_column_int (statement, 1) == 0)
        continue;
      gint64 id = sqlite3_column_int64 (statement, 0);
      if (sqlite3_column_int (statement, 2) >= (int) job->mark)
        n_known++;
      else
        g_array_append_val (ids, id);
    }
  return TRUE;
}

static gboolean
come_further (BkSqlite *sqlite, MarkJob *job, GError **error)
{
  const char *sql = job->mark == BECKON_DELIVERY_READ
                      ? "UPDATE conversations SET read_time = max (read_time, ?2) WHERE id = ?1"
                      : "UPDATE conversations SET delivered_time = max (delivered_time, ?2) WHERE id = ?1";
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!collect_changed (sqlite, job, ids, error) || !run (sqlite, sql, job->conversation, job->time, error))
    return FALSE;
  job->marked.changed = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_engine_message_unref);
  for (guint i = ids->len; i > 0; i--)
    {
      BkEngineMessage *message = NULL;
      if (!_bk_history_reload (sqlite, g_array_index (ids, gint64, i - 1), &message, error))
        return FALSE;
      g_ptr_array_add (job->marked.changed, message);
    }
  return TRUE;
}

static gboolean
apply_mark_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  MarkJob *job = data;
  gboolean done = find_message (sqlite, job, error);

  if (done && job->id != 0)
    {
      job->marked.known = TRUE;
      done = job->outgoing ? come_further (sqlite, job, error) : read_elsewhere (sqlite, job, error);
    }
  return done && _bk_history_place_move (sqlite, &job->place, error);
}

void
bk_engine_history_apply_mark_async (BkEngineHistory *self, const BkHistoryStep *step, const char *who,
                                    const char *message_id, gboolean outgoing, BeckonDelivery mark,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  MarkJob *job = g_new0 (MarkJob, 1);

  _bk_history_place_init (&job->place, step);
  job->who = g_strdup (who);
  job->message_id = g_strdup (message_id);
  job->outgoing = outgoing;
  job->mark = mark;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, apply_mark_job, job, mark_job_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_apply_mark_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryMarked *marked,
                                     GError **error)
{
  MarkJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return FALSE;
  *marked = job->marked;
  job->marked.changed = NULL;
  mark_job_free (job);
  return TRUE;
}

/* ---- what is to be told ---- */

gboolean
_bk_history_owe_delivered (BkSqlite *sqlite, gint64 conversation, gint64 id, GError **error)
{
  return run (sqlite, "UPDATE conversations SET delivered_due = ?2 WHERE id = ?1", conversation, id, error);
}

typedef struct
{
  guint account;
  gboolean only_read;
  BkHistoryDue *due;
} DueJob;

void
bk_history_due_free (BkHistoryDue *due)
{
  g_free (due->who);
  g_free (due->message_id);
  g_free (due);
}

static void
due_job_free (gpointer data)
{
  DueJob *job = data;

  g_clear_pointer (&job->due, bk_history_due_free);
  g_free (job);
}

/* What is read is delivered, too, and comes first. Who hides tells nobody but his own devices; others hear of it when he
 * shows himself. */
static gboolean
next_due_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  static const char sql[] =
    "SELECT c.id, c.who, m.message_id, m.id, c.read_due > 0 OR c.read_tell > 0,"
    " NOT ?2 AND (c.read_tell > 0 OR c.read_due = 0) FROM conversations c JOIN messages m ON m.id = CASE"
    " WHEN ?2 THEN c.read_due WHEN c.read_tell > 0 THEN c.read_tell WHEN c.read_due > 0 THEN c.read_due"
    " ELSE c.delivered_due END"
    " WHERE c.account = ?1 AND (c.delivered_due > 0 OR c.read_due > 0 OR c.read_tell > 0)"
    " AND (c.read_due > 0 OR NOT ?2) ORDER BY c.id LIMIT 1";
  DueJob *job = data;
  gboolean found = FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "ii", (gint64) job->account, (gint64) job->only_read);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  job->due = g_new0 (BkHistoryDue, 1);
  job->due->conversation = (guint) sqlite3_column_int64 (statement, 0);
  job->due->who = g_strdup (bk_sqlite_column_text (statement, 1));
  job->due->message_id = g_strdup (bk_sqlite_column_text (statement, 2));
  job->due->id = sqlite3_column_int64 (statement, 3);
  job->due->mark = sqlite3_column_int (statement, 4) != 0 ? BECKON_DELIVERY_READ : BECKON_DELIVERY_DELIVERED;
  job->due->tell = sqlite3_column_int (statement, 5) != 0;
  return TRUE;
}

void
bk_engine_history_next_due_async (BkEngineHistory *self, guint account, gboolean only_read,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  DueJob *job = g_new0 (DueJob, 1);

  job->account = account;
  job->only_read = only_read;
  _bk_engine_history_run (self, BK_SQLITE_READ, next_due_job, job, due_job_free, NULL, callback, user_data);
}

BkHistoryDue *
bk_engine_history_next_due_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  DueJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return NULL;
  BkHistoryDue *due = g_steal_pointer (&job->due);
  due_job_free (job);
  return due;
}

typedef struct
{
  guint conversation;
  gint64 id;
  BeckonDelivery mark;
  gboolean tell;
  gboolean told;
} SettleJob;

static gboolean
settle_due_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  static const char read[] = "UPDATE conversations SET read_due = 0 WHERE id = ? AND read_due <= ?";
  static const char tell[] = "UPDATE conversations SET read_tell = 0 WHERE id = ? AND read_tell <= ?";
  static const char delivered[] = "UPDATE conversations SET delivered_due = 0 WHERE id = ? AND delivered_due <= ?";
  const SettleJob *job = data;

  if (job->mark == BECKON_DELIVERY_READ && !run (sqlite, read, job->conversation, job->id, error))
    return FALSE;
  if (job->mark == BECKON_DELIVERY_READ && job->tell && !run (sqlite, tell, job->conversation, job->id, error))
    return FALSE;
  return (job->mark == BECKON_DELIVERY_READ && !job->told)
         || run (sqlite, delivered, job->conversation, job->id, error);
}

void
bk_engine_history_settle_due_async (BkEngineHistory *self, const BkHistoryDue *due, gboolean taken,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  SettleJob *job = g_new0 (SettleJob, 1);

  job->conversation = due->conversation;
  job->id = due->id;
  job->mark = due->mark;
  job->tell = due->tell;
  job->told = due->tell && taken;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, settle_due_job, job, g_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_settle_due_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  g_autofree SettleJob *job = _bk_engine_history_take (self, result, error);

  return job != NULL;
}
