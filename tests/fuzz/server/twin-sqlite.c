/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BkSqlite without its thread: what is in bk-sqlite.c and bk-sqlite-worker.c, for one database in memory that all
 * servers share one after the other. Opening it and its statements are the real ones. */
#include "twin.h"

#include "bk-sqlite-private.h"

#include "beckon-error.h"

G_DEFINE_FINAL_TYPE (BkSqlite, bk_sqlite, G_TYPE_OBJECT)

static BkSqlite *shared;
static GQueue waiting; /* element-type Waiting, owned */
static gboolean by_itself;

typedef struct
{
  GTask *task;
  TwinWork work;
} Waiting;

typedef struct
{
  BkSqliteKind kind;
  BkSqliteJob run;
  gpointer data;
  GDestroyNotify free_data;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->data != NULL && job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

/* ---- the queue ---- */

void
twin_work_by_itself (void)
{
  by_itself = TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  twin_work ();
  return G_SOURCE_REMOVE;
}

void
twin_push (GTask *task, TwinWork work)
{
  Waiting *entry = g_new0 (Waiting, 1);

  entry->task = task;
  entry->work = work;
  g_queue_push_tail (&waiting, entry);
  if (by_itself)
    g_idle_add (on_idle, NULL);
}

gboolean
twin_work (void)
{
  g_autofree Waiting *entry = g_queue_pop_head (&waiting);

  if (entry == NULL)
    return FALSE;
  entry->work (entry->task);
  g_object_unref (entry->task);
  return TRUE;
}

/* ---- jobs ---- */

static void
exec (const char *sql)
{
  if (sqlite3_exec (shared->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (shared->db));
}

gboolean
twin_sqlite_run_now (BkSqliteKind kind, BkSqliteJob run, gpointer data, GError **error)
{
  gint64 changes = sqlite3_total_changes64 (shared->db);

  shared->running = kind;
  exec ("SAVEPOINT job");
  gboolean done = run (shared, data, error);
  _bk_sqlite_release_statements (shared);
  if (!done && kind == BK_SQLITE_WRITE_CHECKED && sqlite3_total_changes64 (shared->db) != changes)
    g_error ("Broken: a job that checks before it writes has failed after it had written");
  exec (done ? "RELEASE job" : "ROLLBACK TO job; RELEASE job");
  return done;
}

static void
run_job (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!twin_sqlite_run_now (job->kind, job->run, job->data, &error))
    {
      if (error == NULL)
        g_error ("Broken: a job that fails says why");
      g_task_return_error (task, error);
    }
  else
    g_task_return_pointer (task, g_steal_pointer (&job->data), job->free_data);
}

gboolean
_bk_sqlite_is_worker (BkSqlite *self)
{
  return TRUE;
}

BkSqlite *
twin_sqlite_get (void)
{
  return shared;
}

/* What a job adds within an input is undone at its end. */
void
twin_sqlite_begin (void)
{
  exec ("SAVEPOINT input");
}

void
twin_sqlite_end (void)
{
  exec ("ROLLBACK TO input; RELEASE input");
}

GPtrArray *
twin_sqlite_query (const char *sql, gint64 number, const char *name, const char *other)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (shared->db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (shared->db));
  /* Those that @sql does not have cannot be bound. */
  sqlite3_bind_int64 (statement, 1, number);
  sqlite3_bind_text (statement, 2, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 3, other, -1, SQLITE_TRANSIENT);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_ptr_array_add (found, g_strdup ((const char *) sqlite3_column_text (statement, 0)));
  sqlite3_finalize (statement);
  return found;
}

/* ---- BkSqlite ---- */

static void
bk_sqlite_class_init (BkSqliteClass *klass)
{
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
bk_sqlite_init (BkSqlite *self)
{
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  self->functions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->used = g_ptr_array_new ();
}

BkSqlite *
bk_sqlite_new (const char *path, const BkSqliteMigration *migrations, guint n_migrations)
{
  g_autoptr (GError) error = NULL;

  if (shared == NULL)
    {
      shared = g_object_new (BK_TYPE_SQLITE, NULL);
      shared->path = g_strdup (":memory:");
      shared->migrations = migrations;
      shared->n_migrations = n_migrations;
      if (!_bk_sqlite_file_open (shared, &error))
        g_error ("%s", error->message);
    }
  return g_object_ref (shared);
}

BkSqlite *
bk_sqlite_new_reader (const char *path)
{
  return g_object_ref (shared);
}

void
bk_sqlite_add_text_function (BkSqlite *self, const char *name, BkSqliteTextFunction function)
{
}

/* Every job is done alone. */
void
bk_sqlite_set_rest (BkSqlite *self, guint milliseconds)
{
}

static void
succeed (GTask *task)
{
  g_task_return_boolean (task, TRUE);
}

void
bk_sqlite_open_async (BkSqlite *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  twin_push (g_task_new (self, cancellable, callback, user_data), succeed);
}

gboolean
bk_sqlite_open_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bk_sqlite_run_async (BkSqlite *self, BkSqliteKind kind, BkSqliteJob run, gpointer data, GDestroyNotify free_data,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->kind = kind;
  job->run = run;
  job->data = data;
  job->free_data = free_data;
  g_task_set_task_data (task, job, job_free);
  twin_push (task, run_job);
}

gpointer
bk_sqlite_run_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The same, told directly. */
typedef struct
{
  BkSqliteDone done;
  gpointer user_data;
} Submission;

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Submission *submission = user_data;
  g_autoptr (GError) error = NULL;
  gpointer data = g_task_propagate_pointer (G_TASK (result), &error);

  submission->done (BK_SQLITE (source), data, error, submission->user_data);
}

void
bk_sqlite_submit (BkSqlite *self, BkSqliteKind kind, BkSqliteJob run, gpointer data, GDestroyNotify free_data,
                  BkSqliteDone done, gpointer user_data)
{
  Submission *submission = g_new0 (Submission, 1);

  submission->done = done;
  submission->user_data = user_data;
  bk_sqlite_run_async (self, kind, run, data, free_data, NULL, on_submitted, submission);
}

void
bk_sqlite_set_busy (BkSqlite *self)
{
}

void
bk_sqlite_close_async (BkSqlite *self, GAsyncReadyCallback callback, gpointer user_data)
{
  twin_push (g_task_new (self, NULL, callback, user_data), succeed);
}

gboolean
bk_sqlite_close_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
bk_sqlite_get_commits (BkSqlite *self)
{
  return 0;
}
