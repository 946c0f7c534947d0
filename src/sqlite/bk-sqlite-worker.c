/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker thread: takes jobs from the queue and runs those that wait together in one transaction. */
#include "bk-sqlite-private.h"

#include "beckon-error.h"

#define MAX_BATCH 512 /* jobs that share a transaction: bounds how long the first of them waits for its commit */

#define PROGRESS_STEPS 1000 /* of SQLite's machine, between two looks whether anybody still wants the answer */

static GPrivate worker_of; /* BkSqlite, borrowed */

gboolean
_bk_sqlite_is_worker (BkSqlite *self)
{
  return g_private_get (&worker_of) == self;
}

/* ---- one job ---- */

/* One statement of those that begin and end things: prepared once, because they run for every job. */
static gboolean
exec (BkSqlite *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = _bk_sqlite_find_statement (self, sql, error);

  if (statement == NULL)
    return FALSE;
  int code = sqlite3_step (statement);
  gboolean done = code == SQLITE_DONE || _bk_sqlite_fail (self->db, code, error);
  sqlite3_reset (statement);
  return done;
}

static int
is_cancelled (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

static GCancellable *
get_cancellable (const BkSqliteWork *work)
{
  return work->task != NULL ? g_task_get_cancellable (work->task) : NULL;
}

static gboolean
call_job (BkSqlite *self, BkSqliteWork *work)
{
  GCancellable *cancellable = get_cancellable (work);

  self->running = work->type == BK_SQLITE_JOB_WRITE ? BK_SQLITE_WRITE : BK_SQLITE_READ;
  if (self->running == BK_SQLITE_READ && cancellable != NULL)
    sqlite3_progress_handler (self->db, PROGRESS_STEPS, is_cancelled, cancellable);
  gboolean done = work->run (self, work->data, &work->error);
  sqlite3_progress_handler (self->db, 0, NULL, NULL);
  _bk_sqlite_release_statements (self);

  if (done)
    g_clear_error (&work->error);
  else if (work->error == NULL)
    g_set_error_literal (&work->error, BECKON_ERROR, BECKON_ERROR_FAILED, "The job failed without a reason");
  return done;
}

/* A foreign key that is checked at commit would take the other jobs of the transaction down with this one. */
static gboolean
check_deferred_keys (BkSqlite *self, GError **error)
{
  int open_keys = 0, unused;

  sqlite3_db_status (self->db, SQLITE_DBSTATUS_DEFERRED_FKS, &open_keys, &unused, FALSE);
  return open_keys == 0 || _bk_sqlite_fail (NULL, SQLITE_CONSTRAINT, error);
}

/* What a job wrote that failed. If that cannot be taken back alone (going back reads from the disk), everything of the
 * transaction is: nothing of a failed job may ever be committed. Where SQLite has given up the whole transaction the
 * savepoint is gone too. The caller of run_job () looks whether there is a transaction still. */
static void
undo (BkSqlite *self)
{
  g_autoptr (GError) error = NULL;

  if (sqlite3_get_autocommit (self->db)
      || (exec (self, "ROLLBACK TO job", &error) && exec (self, "RELEASE job", &error)))
    return;
  g_warning ("A job could not be undone alone, so its whole transaction is: %s", error->message);
  exec (self, "ROLLBACK", NULL);
}

static void
run_write (BkSqlite *self, BkSqliteWork *work)
{
  if (!exec (self, "SAVEPOINT job", &work->error))
    return;
  if (call_job (self, work) && check_deferred_keys (self, &work->error) && exec (self, "RELEASE job", &work->error))
    return;
  undo (self);
}

/* Without a savepoint: what failed before it wrote has left nothing to undo. */
static void
run_checked (BkSqlite *self, BkSqliteWork *work)
{
  gint64 changes = sqlite3_total_changes64 (self->db);

  if ((call_job (self, work) && check_deferred_keys (self, &work->error))
      || sqlite3_total_changes64 (self->db) == changes || sqlite3_get_autocommit (self->db))
    return;
  g_warning ("A job failed after it had written, so its whole transaction is undone: %s", work->error->message);
  exec (self, "ROLLBACK", NULL);
}

/* @refusal: why there is no transaction for a write. */
static void
run_job (BkSqlite *self, BkSqliteWork *work, const GError *refusal)
{
  if (g_cancellable_set_error_if_cancelled (get_cancellable (work), &work->error))
    return;

  if (self->db == NULL)
    work->error = g_error_copy (self->refusal);
  else if (work->type == BK_SQLITE_JOB_WRITE && refusal != NULL)
    work->error = g_error_copy (refusal);
  else if (work->type == BK_SQLITE_JOB_WRITE)
    (work->checked ? run_checked : run_write) (self, work);
  else
    call_job (self, work);
}

/* ---- jobs that share a transaction ---- */

/* From @first up to but not including @end: what seemed done is not. */
static void
fail_jobs (GList *first, GList *end, const GError *error)
{
  for (GList *l = first; l != end; l = l->next)
    {
      BkSqliteWork *work = l->data;
      if (work->error == NULL)
        work->error = g_error_copy (error);
    }
}

static void
commit (BkSqlite *self, GList *first)
{
  g_autoptr (GError) error = NULL;

  if (exec (self, "COMMIT", &error))
    {
      g_atomic_int_inc (&self->commits);
      self->rest_until = g_get_monotonic_time () + (gint64) g_atomic_int_get (&self->rest_ms) * 1000;
      return;
    }
  if (!sqlite3_get_autocommit (self->db))
    exec (self, "ROLLBACK", NULL);
  fail_jobs (first, NULL, error);
}

/* After a full disk or an I/O error SQLite may have rolled back everything since BEGIN, or we have, the work of earlier
 * jobs included. They cannot be run again (they have used up their data), so they are told, and a new transaction
 * starts. Why the last one failed concerns them only if it was the disk. */
static void
lose_transaction (GList *first, GList *last)
{
  BkSqliteWork *work = last->data;
  g_autoptr (GError) error = NULL;

  if (g_error_matches (work->error, BECKON_ERROR, BECKON_ERROR_STORAGE))
    error = g_error_copy (work->error);
  else
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, "A job ended the transaction of others");
  fail_jobs (first, last->next, error);
}

static void
run_transaction (BkSqlite *self, GQueue *jobs)
{
  g_autoptr (GError) refusal = NULL;
  GList *first = NULL; /* the first job of the open transaction */

  for (GList *l = jobs->head; l != NULL; l = l->next)
    {
      if (first == NULL && refusal == NULL && self->db != NULL && exec (self, "BEGIN IMMEDIATE", &refusal))
        first = l;
      run_job (self, l->data, refusal);
      if (first != NULL && sqlite3_get_autocommit (self->db))
        {
          lose_transaction (first, l);
          first = NULL;
        }
    }
#ifdef BECKON_PLANT_ACKNOWLEDGE_BEFORE_COMMIT
  /* A mistake on purpose, which tests/chaos must find. */
  _bk_sqlite_deliver (jobs);
  if (first != NULL)
    commit (self, NULL);
#else
  if (first != NULL)
    commit (self, first);
#endif
}

static BkSqliteJobType
head_type (GQueue *jobs)
{
  BkSqliteWork *work = g_queue_peek_head (jobs);

  return work != NULL ? work->type : BK_SQLITE_JOB_QUIT;
}

/* Reads that no write precedes need no transaction, and their callers need not wait for a disk. */
static void
run_reads (BkSqlite *self, GQueue *jobs)
{
  GQueue done = G_QUEUE_INIT;

  while (head_type (jobs) == BK_SQLITE_JOB_READ)
    {
      BkSqliteWork *work = g_queue_pop_head (jobs);
      run_job (self, work, NULL);
      if (self->db != NULL && !sqlite3_get_autocommit (self->db))
        {
          g_critical ("A job that only reads left a transaction open");
          exec (self, "ROLLBACK", NULL);
        }
      g_queue_push_tail (&done, work);
    }
  _bk_sqlite_deliver (&done);
}

static void
run_open (BkSqlite *self, BkSqliteWork *work)
{
  if (g_cancellable_set_error_if_cancelled (get_cancellable (work), &work->error))
    self->refusal = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, "The database was not opened");
  else if (!_bk_sqlite_file_open (self, &work->error))
    self->refusal = g_error_copy (work->error);
}

/* Empties @jobs. Returns whether there is more to do. */
static gboolean
run_jobs (BkSqlite *self, GQueue *jobs)
{
  switch (head_type (jobs))
    {
    case BK_SQLITE_JOB_OPEN:
      run_open (self, g_queue_peek_head (jobs));
      _bk_sqlite_deliver (jobs);
      return TRUE;
    case BK_SQLITE_JOB_READ:
    case BK_SQLITE_JOB_WRITE:
      run_reads (self, jobs);
      run_transaction (self, jobs);
      _bk_sqlite_deliver (jobs);
      return TRUE;
    case BK_SQLITE_JOB_CLOSE:
      _bk_sqlite_file_close (self);
      _bk_sqlite_deliver (jobs);
      return FALSE;
    case BK_SQLITE_JOB_QUIT:
      break;
    }
  _bk_sqlite_file_close (self);
  g_queue_clear_full (jobs, (GDestroyNotify) _bk_sqlite_work_free);
  return FALSE;
}

static gboolean
is_shared (const BkSqliteWork *work)
{
  return work->type == BK_SQLITE_JOB_READ || work->type == BK_SQLITE_JOB_WRITE;
}

static gboolean
head_is_shared (GQueue *jobs)
{
  return head_type (jobs) == BK_SQLITE_JOB_READ || head_type (jobs) == BK_SQLITE_JOB_WRITE;
}

static gboolean
is_write (const BkSqliteWork *work)
{
  return work != NULL && work->type == BK_SQLITE_JOB_WRITE;
}

/* Whether what waits may wait a little longer for others to share its commit: nobody reads, and nothing ends. */
gboolean
_bk_sqlite_may_rest (BkSqlite *self)
{
  return self->queue.length < MAX_BATCH && is_write (g_queue_peek_head (&self->queue))
         && is_shared (g_queue_peek_tail (&self->queue));
}

/* After a commit the next one rests for a while, so that what comes in a burst shares few of them. What comes after a
 * pause does not wait. */
static void
rest (BkSqlite *self)
{
  self->resting = self->waiting = TRUE;
  while (_bk_sqlite_may_rest (self) && g_cond_wait_until (&self->wake, &self->lock, self->rest_until))
    ;
  self->resting = self->waiting = FALSE;
}

/* Waits for a job, then takes those that are there and belong together. */
static void
take_jobs (BkSqlite *self, GQueue *jobs)
{
  g_mutex_lock (&self->lock);
  self->waiting = TRUE;
  while (g_queue_is_empty (&self->queue))
    g_cond_wait (&self->wake, &self->lock);
  self->waiting = FALSE;
  rest (self);
  do
    g_queue_push_tail (jobs, g_queue_pop_head (&self->queue));
  while (jobs->length < MAX_BATCH && head_is_shared (jobs) && head_is_shared (&self->queue));
  g_mutex_unlock (&self->lock);
}

gpointer
_bk_sqlite_worker (gpointer data)
{
  BkSqlite *self = data;
  GQueue jobs = G_QUEUE_INIT;

  g_private_set (&worker_of, self);
  do
    take_jobs (self, &jobs);
  while (run_jobs (self, &jobs));
  return NULL;
}
