/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of words, and searching it: on a thread of its own, which holds up nobody who writes. */
#include "bk-engine-history-private.h"

#include "bk-search-text.h"

#define WORDS "bk_search_text (m.text || ' ' || ifnull (m.application_name, '') || ' ' || ifnull (m.file_name, ''))"
#define PLACE(conversation) "char (1048576 + " conversation " % 65533)"
/* Neither changes: rows are removed from the index with what they were put there with. */

#define FIND \
  "SELECT c.account, " BK_HISTORY_MESSAGE " FROM search s CROSS JOIN messages m ON m.id = s.rowid" \
  " CROSS JOIN conversations c ON c.id = m.conversation CROSS JOIN accounts a ON a.id = c.account" \
  " WHERE s.search MATCH ?1 AND s.rowid < ?2 AND a.kept = 1 AND (?3 = 0 OR c.account = ?3)" \
  " AND (?4 IS NULL OR c.who = ?4) ORDER BY s.rowid DESC LIMIT ?5"

/* ---- the index ---- */

gboolean
_bk_history_change (BkSqlite *sqlite, const char *sql, gint64 first, gint64 second, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_bind_parameter_count (statement) > 1)
    bk_sqlite_bind (statement, "ii", first, second);
  else
    bk_sqlite_bind (statement, "i", first);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

gboolean
_bk_history_query (BkSqlite *sqlite, const char *sql, gint64 parameter, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, sql, error);
  gboolean found = FALSE;

  if (statement == NULL)
    return FALSE;
  if (sqlite3_bind_parameter_count (statement) > 0)
    bk_sqlite_bind (statement, "i", parameter);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  *number = found ? sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

gboolean
_bk_history_index (BkSqlite *sqlite, const char *where, gint64 first, gint64 second, GError **error)
{
  g_autofree char *sql =
    g_strconcat ("INSERT INTO search (rowid, text, place) SELECT m.id, " WORDS ", " PLACE ("m.conversation")
                 " FROM messages m WHERE ", where, " ORDER BY m.id", NULL);

  return _bk_history_change (sqlite, sql, first, second, error);
}

/* Before they are deleted. */
gboolean
_bk_history_unindex (BkSqlite *sqlite, const char *where, gint64 first, gint64 second, GError **error)
{
  g_autofree char *sql =
    g_strconcat ("INSERT INTO search (search, rowid, text, place) SELECT 'delete', m.id, " WORDS ", "
                 PLACE ("m.conversation") " FROM messages m WHERE m.id >= (SELECT unindexed FROM upkeep) AND ", where,
                 NULL);

  return _bk_history_change (sqlite, sql, first, second, error);
}

/* ---- searching ---- */

typedef struct
{
  char *query; /* nullable: nothing to look for */
  guint account;
  char *who; /* nullable */
  gint64 before;
  guint limit;
  GPtrArray *found; /* element-type BkEngineFound */
} SearchJob;

static void
search_job_free (gpointer data)
{
  SearchJob *job = data;

  g_clear_pointer (&job->found, g_ptr_array_unref);
  g_free (job->query);
  g_free (job->who);
  g_free (job);
}

void
bk_engine_found_free (BkEngineFound *found)
{
  bk_engine_message_unref (found->message);
  g_free (found);
}

/* The letters of the conversations with somebody; NULL with @error, or without if there is none. */
static char *
find_places (BkSqlite *sqlite, const SearchJob *job, GError **error)
{
  g_autoptr (GString) places = g_string_new (NULL);
  sqlite3_stmt *statement = bk_sqlite_prepare (
    sqlite, "SELECT " PLACE ("id") " FROM conversations WHERE who = ?1 AND account IN"
            " (SELECT id FROM accounts WHERE ?2 = 0 OR id = ?2)", error);
  gboolean more = statement != NULL;

  if (more)
    bk_sqlite_bind (statement, "si", job->who, (gint64) job->account);
  while (more)
    {
      if (!bk_sqlite_step (sqlite, statement, &more, error))
        return NULL;
      if (more)
        g_string_append_printf (places, "%s\"%s\"", places->len > 0 ? " OR " : "",
                                bk_sqlite_column_text (statement, 0));
    }
  return places->len > 0 ? g_string_free (g_steal_pointer (&places), FALSE) : NULL;
}

static gboolean
find (BkSqlite *sqlite, SearchJob *job, const char *match, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, FIND, error);
  gboolean more = statement != NULL;

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "siisi", match, job->before, (gint64) job->account, job->who, (gint64) job->limit);
  while (more)
    {
      if (!bk_sqlite_step (sqlite, statement, &more, error))
        return FALSE;
      if (!more)
        break;
      BkEngineFound *found = g_new0 (BkEngineFound, 1);
      found->account = (guint) sqlite3_column_int64 (statement, 0);
      found->message = _bk_history_read_message (statement, 1);
      g_ptr_array_add (job->found, found);
    }
  return TRUE;
}

static gboolean
search_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  SearchJob *job = data;
  g_autoptr (GError) local = NULL;
  g_autofree char *places = NULL;
  g_autofree char *match = NULL;

  if (job->query == NULL)
    return TRUE;
  if (job->who != NULL)
    {
      places = find_places (sqlite, job, &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (places == NULL)
        return TRUE;
    }
  match = places != NULL ? g_strdup_printf ("text : (%s) AND place : (%s)", job->query, places)
                         : g_strdup_printf ("text : (%s)", job->query);
  return find (sqlite, job, match, error);
}

static void
on_reader_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  bk_sqlite_open_finish (BK_SQLITE (source), result, NULL); /* the job behind it hears the same error */
}

static BkSqlite *
get_reader (BkEngineHistory *self)
{
  if (self->reader == NULL)
    {
      self->reader = bk_sqlite_new_reader (self->path);
      bk_sqlite_open_async (self->reader, NULL, on_reader_opened, NULL);
    }
  return self->reader;
}

typedef struct
{
  GCancellable *both; /* the caller's and ours */
  GCancellable *cancellable; /* nullable; the caller's */
  gulong handler;
  gulong own_handler;
} Search;

static void
search_free (Search *search)
{
  g_cancellable_disconnect (search->cancellable, search->handler);
  g_clear_object (&search->cancellable);
  g_object_unref (search->both);
  g_free (search);
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *both)
{
  g_cancellable_cancel (both);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngineHistory *self = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);
  GError *error = NULL;
  SearchJob *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  g_cancellable_disconnect (self->reading, search->own_handler);
  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&job->found), (GDestroyNotify) g_ptr_array_unref);
  search_job_free (job);
}

void
bk_engine_history_search_async (BkEngineHistory *self, const char *text, guint account, const char *who,
                                gint64 before_id, guint limit, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);
  SearchJob *job = g_new0 (SearchJob, 1);

  g_task_set_source_tag (task, bk_engine_history_search_async);
  search->both = g_cancellable_new ();
  g_set_object (&search->cancellable, cancellable);
  if (cancellable != NULL)
    search->handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), search->both, NULL);
  search->own_handler = g_cancellable_connect (self->reading, G_CALLBACK (on_cancelled), search->both, NULL);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  job->query = bk_search_text_to_query (text);
  job->account = account;
  job->who = g_strdup (who);
  job->before = before_id > 0 ? before_id : G_MAXINT64;
  job->limit = limit;
  job->found = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_engine_found_free);
  bk_sqlite_run_async (get_reader (self), BK_SQLITE_READ, search_job, job, search_job_free, search->both, on_found,
                       g_steal_pointer (&task));
}

GPtrArray *
bk_engine_history_search_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
