/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations and their messages. */
#include "bk-engine-history-private.h"

#define COLUMNS BK_HISTORY_MESSAGE
#define FROM " FROM messages m JOIN conversations c ON c.id = m.conversation "

typedef struct
{
  BkHistoryPlace place;
  guint conversation;
  gint64 id;                /* the message that is asked for */
  BkEngineMessage *message; /* in: as the caller has it; out: as the file has it */
  BeckonDelivery delivery;
  gint64 time;
  char *error_text;
  BkHistoryChange change;
} MessageJob;

static void
message_job_free (gpointer data)
{
  MessageJob *job = data;

  _bk_history_place_clear (&job->place);
  g_clear_pointer (&job->message, bk_engine_message_unref);
  g_free (job->error_text);
  g_free (job);
}

BkEngineMessage *
_bk_history_read_message (sqlite3_stmt *statement, int first)
{
  BkEngineMessage fields = {
    .id = sqlite3_column_int64 (statement, first),
    .message_id = bk_sqlite_column_text (statement, first + 1),
    .who = bk_sqlite_column_text (statement, first + 2),
    .outgoing = sqlite3_column_int (statement, first + 3) != 0,
    .text = bk_sqlite_column_text (statement, first + 4),
    .time = sqlite3_column_int64 (statement, first + 5),
    .delivery = (BeckonDelivery) sqlite3_column_int (statement, first + 6),
    .error = bk_sqlite_column_text (statement, first + 7),
    .session = sqlite3_column_int (statement, first + 8) != 0,
    .application = bk_sqlite_column_text (statement, first + 9),
    .application_name = bk_sqlite_column_text (statement, first + 10),
    .result = (BeckonSessionResult) sqlite3_column_int (statement, first + 11),
    .result_text = bk_sqlite_column_text (statement, first + 12),
    .file_name = bk_sqlite_column_text (statement, first + 13),
    .file_size = (guint64) sqlite3_column_int64 (statement, first + 14),
    .file_path = bk_sqlite_column_text (statement, first + 15),
  };

  /* A file that somebody else wrote into may hold bytes that are no text. */
  if (fields.text == NULL)
    fields.text = "";
  return bk_engine_message_new (&fields);
}

/* The first row of a query that was bound, or NULL: without @error if there is none. */
static BkEngineMessage *
read_one (BkSqlite *sqlite, sqlite3_stmt *statement, GError **error)
{
  gboolean found;

  if (!bk_sqlite_step (sqlite, statement, &found, error) || !found)
    return NULL;
  return _bk_history_read_message (statement, 0);
}

gboolean
_bk_history_reload (BkSqlite *sqlite, gint64 id, BkEngineMessage **message, GError **error)
{
  g_autoptr (GError) local = NULL;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "SELECT " COLUMNS FROM "WHERE m.id = ?", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", id);
  g_clear_pointer (message, bk_engine_message_unref);
  *message = read_one (sqlite, statement, &local);
  if (*message == NULL && local == NULL)
    g_set_error_literal (&local, BECKON_ERROR, BECKON_ERROR_STORAGE, "A message vanished from the history");
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return *message != NULL;
}

gboolean
_bk_history_ensure_conversation (BkSqlite *sqlite, guint account, guint id, const char *who, gint64 *conversation,
                                 GError **error)
{
  gboolean found = FALSE;
  sqlite3_stmt *insert = bk_sqlite_prepare (
    sqlite, "INSERT INTO conversations (id, account, who) VALUES (?, ?, ?) ON CONFLICT (account, who) DO NOTHING",
    error);

  if (insert == NULL)
    return FALSE;
  bk_sqlite_bind (insert, "iis", (gint64) id, (gint64) account, who);
  if (!bk_sqlite_step (sqlite, insert, NULL, error))
    return FALSE;

  sqlite3_stmt *query =
    bk_sqlite_prepare (sqlite, "SELECT id FROM conversations WHERE account = ? AND who = ?", error);
  if (query == NULL)
    return FALSE;
  bk_sqlite_bind (query, "is", (gint64) account, who);
  if (!bk_sqlite_step (sqlite, query, &found, error))
    return FALSE;
  *conversation = found ? sqlite3_column_int64 (query, 0) : 0;
  return TRUE; /* a conversation 0 does not exist: the foreign key refuses the message */
}

static gboolean
insert_message (BkSqlite *sqlite, gint64 conversation, const BkEngineMessage *message, gint64 *id, GError **error)
{
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "INSERT INTO messages (conversation, message_id, outgoing, text, time, delivery)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
                       error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "isisii", conversation, message->message_id, (gint64) message->outgoing, message->text,
                  message->time, (gint64) message->delivery);
  if (!bk_sqlite_step (sqlite, statement, NULL, error))
    return FALSE;
  *id = bk_sqlite_last_rowid (sqlite);
  return _bk_history_index (sqlite, "m.id = ?1", *id, 0, error);
}

/* @id: 0 if the message is not known. */
static gboolean
find_message (BkSqlite *sqlite, gint64 conversation, const BkEngineMessage *message, gint64 *id,
              BeckonDelivery *delivery, GError **error)
{
  gboolean found = FALSE;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite,
    "SELECT id, delivery FROM messages WHERE conversation = ? AND outgoing = ? AND session = 0 AND message_id = ?",
    error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iis", conversation, (gint64) message->outgoing, message->message_id);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  *id = found ? sqlite3_column_int64 (statement, 0) : 0;
  *delivery = found ? (BeckonDelivery) sqlite3_column_int (statement, 1) : BECKON_DELIVERY_RECEIVED;
  return TRUE;
}

static gboolean
settle (BkSqlite *sqlite, gint64 id, BeckonDelivery delivery, gint64 time, const char *error_text, GError **error)
{
  /* A message that failed keeps the time at which it was written: no network ever took it. */
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "UPDATE messages SET delivery = ?1, error = ?2, time = iif (?3 > 0, ?3, time) WHERE id = ?4", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "isii", (gint64) delivery, error_text, time, id);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

/* ---- facts ---- */

static gboolean
apply_message_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  MessageJob *job = data;
  BkEngineMessage *message = job->message;
  BeckonDelivery delivery;
  gint64 conversation, id;

  if (!_bk_history_ensure_conversation (sqlite, job->place.account, job->conversation, message->who, &conversation, error)
      || !find_message (sqlite, conversation, message, &id, &delivery, error))
    return FALSE;

  if (id == 0)
    {
      job->change = BK_HISTORY_ADDED;
      if (!insert_message (sqlite, conversation, message, &id, error)
          || (!message->outgoing && !_bk_history_owe_delivered (sqlite, conversation, id, error)))
        return FALSE;
    }
  else if (message->outgoing && delivery != BECKON_DELIVERY_SENT)
    {
      job->change = BK_HISTORY_CHANGED;
      if (!settle (sqlite, id, BECKON_DELIVERY_SENT, message->time, NULL, error))
        return FALSE;
    }
  return _bk_history_reload (sqlite, id, &job->message, error) && _bk_history_place_move (sqlite, &job->place, error);
}

void
bk_engine_history_apply_message_async (BkEngineHistory *self, const BkHistoryStep *step, guint conversation,
                                       const BkEngineMessage *message, GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  MessageJob *job = g_new0 (MessageJob, 1);

  _bk_history_place_init (&job->place, step);
  job->conversation = conversation;
  job->message = bk_engine_message_new (message);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, apply_message_job, job, message_job_free, NULL, callback, user_data);
}

gboolean
bk_engine_history_apply_message_finish (BkEngineHistory *self, GAsyncResult *result, BkHistoryChange *change,
                                        BkEngineMessage **message, GError **error)
{
  MessageJob *job = _bk_engine_history_take (self, result, error);

  *message = NULL;
  *change = BK_HISTORY_KNOWN;
  if (job == NULL)
    return FALSE;
  *change = job->change;
  if (job->change != BK_HISTORY_KNOWN)
    *message = g_steal_pointer (&job->message);
  message_job_free (job);
  return TRUE;
}

/* ---- outgoing ---- */

static BkEngineMessage *
finish_message (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  MessageJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return NULL;
  BkEngineMessage *message = g_steal_pointer (&job->message);
  message_job_free (job);
  return message;
}

static gboolean
add_message_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  MessageJob *job = data;
  gint64 conversation, id;

  return _bk_history_ensure_conversation (sqlite, job->place.account, job->conversation, job->message->who, &conversation, error)
         && insert_message (sqlite, conversation, job->message, &id, error)
         && _bk_history_reload (sqlite, id, &job->message, error);
}

void
bk_engine_history_add_message_async (BkEngineHistory *self, guint account, guint conversation,
                                     const BkEngineMessage *message, GAsyncReadyCallback callback, gpointer user_data)
{
  MessageJob *job = g_new0 (MessageJob, 1);

  job->place.account = account;
  job->conversation = conversation;
  job->message = bk_engine_message_new (message);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, add_message_job, job, message_job_free, NULL, callback, user_data);
}

BkEngineMessage *
bk_engine_history_add_message_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return finish_message (self, result, error);
}

static gboolean
settle_message_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  MessageJob *job = data;
  g_autoptr (GError) local = NULL;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite, "SELECT " COLUMNS FROM "WHERE m.id = ? AND m.delivery = 1", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", job->id);
  job->message = read_one (sqlite, statement, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return job->message == NULL
         || (settle (sqlite, job->id, job->delivery, job->time, job->error_text, error)
             && _bk_history_reload (sqlite, job->id, &job->message, error));
}

void
bk_engine_history_settle_message_async (BkEngineHistory *self, gint64 id, BeckonDelivery delivery, gint64 time,
                                        const char *error_text, GAsyncReadyCallback callback, gpointer user_data)
{
  MessageJob *job = g_new0 (MessageJob, 1);

  job->id = id;
  job->delivery = delivery;
  job->time = time;
  job->error_text = g_strdup (error_text);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, settle_message_job, job, message_job_free, NULL, callback, user_data);
}

BkEngineMessage *
bk_engine_history_settle_message_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return finish_message (self, result, error);
}

/* The order of the join is said, for what waits is few of many: else all messages of the account are walked through. */
static gboolean
next_pending_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  MessageJob *job = data;
  g_autoptr (GError) local = NULL;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "SELECT " COLUMNS " FROM messages m INDEXED BY messages_pending CROSS JOIN conversations c"
            " ON c.id = m.conversation WHERE m.delivery = 1 AND c.account = ? ORDER BY m.id LIMIT 1", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", (gint64) job->place.account);
  job->message = read_one (sqlite, statement, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
bk_engine_history_next_pending_async (BkEngineHistory *self, guint account, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  MessageJob *job = g_new0 (MessageJob, 1);

  job->place.account = account;
  _bk_engine_history_run (self, BK_SQLITE_READ, next_pending_job, job, message_job_free, NULL, callback, user_data);
}

BkEngineMessage *
bk_engine_history_next_pending_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return finish_message (self, result, error);
}

/* ---- reading ---- */

typedef struct
{
  guint conversation;
  gint64 id;
  gboolean after; /* those after @id, else those before it */
  guint limit;
  GPtrArray *messages; /* element-type BkEngineMessage; away from @id while reading */
} ReadJob;

static void
read_job_free (gpointer data)
{
  ReadJob *job = data;

  g_clear_pointer (&job->messages, g_ptr_array_unref);
  g_free (job);
}

static void
reverse (GPtrArray *array)
{
  for (guint i = 0, j = array->len; i + 1 < j; i++)
    {
      j--;
      gpointer swap = array->pdata[i];
      array->pdata[i] = array->pdata[j];
      array->pdata[j] = swap;
    }
}

static gboolean
list_messages_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  ReadJob *job = data;
  gboolean more = TRUE;
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite,
    job->after ? "SELECT " COLUMNS FROM "WHERE m.conversation = ? AND m.id > ? ORDER BY m.id LIMIT ?"
               : "SELECT " COLUMNS FROM "WHERE m.conversation = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?",
    error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "iii", (gint64) job->conversation, job->id, (gint64) job->limit);
  while (more)
    {
      if (!bk_sqlite_step (sqlite, statement, &more, error))
        return FALSE;
      if (more)
        g_ptr_array_add (job->messages, _bk_history_read_message (statement, 0));
    }
  if (!job->after)
    reverse (job->messages);
  return TRUE;
}

static void
list_messages (BkEngineHistory *self, guint conversation, gint64 id, gboolean after, guint limit,
               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ReadJob *job = g_new0 (ReadJob, 1);

  job->conversation = conversation;
  job->id = id;
  job->after = after;
  job->limit = limit;
  job->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_engine_message_unref);
  _bk_engine_history_run (self, BK_SQLITE_READ, list_messages_job, job, read_job_free, cancellable, callback,
                          user_data);
}

/* @before_id 0: the newest. */
void
bk_engine_history_list_messages_async (BkEngineHistory *self, guint conversation, gint64 before_id, guint limit,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  list_messages (self, conversation, before_id > 0 ? before_id : G_MAXINT64, FALSE, limit, cancellable, callback,
                 user_data);
}

/* @after_id 0: from the oldest on. */
void
bk_engine_history_list_messages_after_async (BkEngineHistory *self, guint conversation, gint64 after_id, guint limit,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  list_messages (self, conversation, after_id, TRUE, limit, cancellable, callback, user_data);
}

GPtrArray *
bk_engine_history_list_messages_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  ReadJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return NULL;
  GPtrArray *messages = g_steal_pointer (&job->messages);
  read_job_free (job);
  return messages;
}
