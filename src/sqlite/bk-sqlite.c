/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of the jobs to the worker and of the results back. */
#include "bk-sqlite-private.h"

#include "beckon-error.h"

#define MAX_REST_MS 60000

G_DEFINE_FINAL_TYPE (BkSqlite, bk_sqlite, G_TYPE_OBJECT)

void
_bk_sqlite_work_free (BkSqliteWork *work)
{
  if (work->data != NULL && work->free_data != NULL)
    work->free_data (work->data);
  g_clear_error (&work->error);
  g_clear_object (&work->task);
  g_clear_object (&work->owner);
  g_clear_pointer (&work->context, g_main_context_unref);
  g_free (work);
}

/* ---- delivery: one wake-up of a context for all results of a batch ---- */

typedef struct
{
  GSource source;
  GQueue jobs; /* element-type BkSqliteWork, owned */
} Delivery;

/* The thread has nothing left to do when this is called: its last act was to hand over the result of closing. */
static void
join_thread (BkSqlite *self)
{
  g_mutex_lock (&self->lock);
  GThread *thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->lock);

  if (thread != NULL)
    g_thread_join (thread);
}

static void
deliver_one (BkSqliteWork *work)
{
  if (work->type == BK_SQLITE_JOB_CLOSE)
    join_thread (g_task_get_source_object (work->task));

  if (work->done != NULL)
    work->done (work->owner, work->error == NULL ? g_steal_pointer (&work->data) : NULL, work->error, work->user_data);
  else if (work->error != NULL)
    g_task_return_error (work->task, g_steal_pointer (&work->error));
  else if (work->type == BK_SQLITE_JOB_OPEN || work->type == BK_SQLITE_JOB_CLOSE)
    g_task_return_boolean (work->task, TRUE);
  else
    g_task_return_pointer (work->task, g_steal_pointer (&work->data), work->free_data);
  _bk_sqlite_work_free (work);
}

/* A callback may iterate the context: then the inner dispatch goes on with the next result, in order. */
static gboolean
delivery_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Delivery *self = (Delivery *) source;
  BkSqliteWork *work;

  while ((work = g_queue_pop_head (&self->jobs)) != NULL)
    deliver_one (work);
  return G_SOURCE_REMOVE;
}

static void
delivery_finalize (GSource *source)
{
  g_queue_clear_full (&((Delivery *) source)->jobs, (GDestroyNotify) _bk_sqlite_work_free);
}

static GSourceFuncs delivery_funcs = {
  .dispatch = delivery_dispatch,
  .finalize = delivery_finalize,
};

/* Empties @jobs. */
void
_bk_sqlite_deliver (GQueue *jobs)
{
  while (!g_queue_is_empty (jobs))
    {
      GMainContext *context = ((BkSqliteWork *) g_queue_peek_head (jobs))->context;
      g_autoptr (GSource) source = g_source_new (&delivery_funcs, sizeof (Delivery));
      Delivery *delivery = (Delivery *) source;

      g_queue_init (&delivery->jobs);
      while (!g_queue_is_empty (jobs) && ((BkSqliteWork *) g_queue_peek_head (jobs))->context == context)
        g_queue_push_tail (&delivery->jobs, g_queue_pop_head (jobs));
      g_source_set_static_name (source, "bk-sqlite results");
      g_source_set_can_recurse (source, TRUE);
      g_source_set_ready_time (source, 0);
      g_source_attach (source, context);
    }
}

/* ---- the object ---- */

/* Hands @work in, if jobs are taken in the state @wanted; else returns FALSE. */
static gboolean
try_push (BkSqlite *self, BkSqliteWork *work, BkSqliteState wanted, BkSqliteState next)
{
  g_mutex_lock (&self->lock);
  gboolean taken = self->state == wanted;
  if (taken)
    {
      self->state = next;
      if (self->thread == NULL)
        self->thread = g_thread_new ("bk-sqlite", _bk_sqlite_worker, self);
      g_queue_push_tail (&self->queue, work);
      if (self->waiting && !(self->resting && _bk_sqlite_may_rest (self)))
        g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);
  return taken;
}

/* The same; what is not taken is freed. */
static gboolean
push (BkSqlite *self, BkSqliteWork *work, BkSqliteState wanted, BkSqliteState next)
{
  gboolean taken = try_push (self, work, wanted, next);

  if (!taken)
    _bk_sqlite_work_free (work);
  return taken;
}

static BkSqliteWork *
work_new (BkSqliteJobType type, GTask *task)
{
  BkSqliteWork *work = g_new0 (BkSqliteWork, 1);

  work->type = type;
  work->task = g_object_ref (task);
  work->context = g_main_context_ref (g_task_get_context (task));
  return work;
}

BkSqlite *
bk_sqlite_new (const char *path, const BkSqliteMigration *migrations, guint n_migrations)
{
  BkSqlite *self = g_object_new (BK_TYPE_SQLITE, NULL);

  self->path = g_strdup (path);
  self->migrations = migrations;
  self->n_migrations = n_migrations;
  return self;
}

BkSqlite *
bk_sqlite_new_reader (const char *path)
{
  BkSqlite *self = bk_sqlite_new (path, NULL, 0);

  self->reader = TRUE;
  return self;
}

void
bk_sqlite_add_text_function (BkSqlite *self, const char *name, BkSqliteTextFunction function)
{
  g_return_if_fail (self->state == BK_SQLITE_NEW);
  g_hash_table_insert (self->functions, g_strdup (name), (gpointer) function);
}

void
bk_sqlite_open_async (BkSqlite *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_sqlite_open_async);
  if (!push (self, work_new (BK_SQLITE_JOB_OPEN, task), BK_SQLITE_NEW, BK_SQLITE_RUNNING))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database was opened before");
}

gboolean
bk_sqlite_open_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bk_sqlite_run_async (BkSqlite *self, BkSqliteKind kind, BkSqliteJob run, gpointer data, GDestroyNotify free_data,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkSqliteWork *work = work_new (kind == BK_SQLITE_READ ? BK_SQLITE_JOB_READ : BK_SQLITE_JOB_WRITE, task);

  g_task_set_source_tag (task, bk_sqlite_run_async);
  work->checked = kind == BK_SQLITE_WRITE_CHECKED;
  work->run = run;
  work->data = data;
  work->free_data = free_data;
  if (!push (self, work, BK_SQLITE_RUNNING, BK_SQLITE_RUNNING))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database is not open");
}

gpointer
bk_sqlite_run_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bk_sqlite_submit (BkSqlite *self, BkSqliteKind kind, BkSqliteJob run, gpointer data, GDestroyNotify free_data,
                  BkSqliteDone done, gpointer user_data)
{
  BkSqliteWork *work = g_new0 (BkSqliteWork, 1);

  work->type = kind == BK_SQLITE_READ ? BK_SQLITE_JOB_READ : BK_SQLITE_JOB_WRITE;
  work->context = g_main_context_ref_thread_default ();
  work->owner = g_object_ref (self);
  work->checked = kind == BK_SQLITE_WRITE_CHECKED;
  work->run = run;
  work->data = data;
  work->free_data = free_data;
  work->done = done;
  work->user_data = user_data;
  if (try_push (self, work, BK_SQLITE_RUNNING, BK_SQLITE_RUNNING))
    return;

  GQueue refused = G_QUEUE_INIT;
  work->error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, "The database is not open");
  g_queue_push_tail (&refused, work);
  _bk_sqlite_deliver (&refused);
}

void
bk_sqlite_close_async (BkSqlite *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bk_sqlite_close_async);
  if (!push (self, work_new (BK_SQLITE_JOB_CLOSE, task), BK_SQLITE_RUNNING, BK_SQLITE_CLOSED))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database is not open");
}

gboolean
bk_sqlite_close_finish (BkSqlite *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bk_sqlite_set_busy (BkSqlite *self)
{
  g_return_if_fail (self->state == BK_SQLITE_NEW);
  self->busy = TRUE;
}

void
bk_sqlite_set_rest (BkSqlite *self, guint milliseconds)
{
  g_atomic_int_set (&self->rest_ms, (int) MIN (milliseconds, MAX_REST_MS));
}

guint
bk_sqlite_get_commits (BkSqlite *self)
{
  return (guint) g_atomic_int_get (&self->commits);
}

/* Whatever was handed in before is done first: the order to quit waits in the same queue. */
static void
bk_sqlite_dispose (GObject *object)
{
  BkSqlite *self = BK_SQLITE (object);

  g_assert (!_bk_sqlite_is_worker (self));

  g_mutex_lock (&self->lock);
  self->state = BK_SQLITE_CLOSED;
  if (self->thread != NULL)
    {
      BkSqliteWork *work = g_new0 (BkSqliteWork, 1);
      work->type = BK_SQLITE_JOB_QUIT;
      g_queue_push_tail (&self->queue, work);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);
  join_thread (self);

  G_OBJECT_CLASS (bk_sqlite_parent_class)->dispose (object);
}

static void
bk_sqlite_finalize (GObject *object)
{
  BkSqlite *self = BK_SQLITE (object);

  g_queue_clear_full (&self->queue, (GDestroyNotify) _bk_sqlite_work_free);
  g_hash_table_unref (self->statements);
  g_hash_table_unref (self->functions);
  g_ptr_array_unref (self->used);
  g_clear_error (&self->refusal);
  g_free (self->path);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (bk_sqlite_parent_class)->finalize (object);
}

static void
bk_sqlite_class_init (BkSqliteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /* Nobody asks how much memory SQLite uses, and to count it takes a lock for every allocation. */
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  object_class->dispose = bk_sqlite_dispose;
  object_class->finalize = bk_sqlite_finalize;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
bk_sqlite_init (BkSqlite *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->queue);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  self->functions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->used = g_ptr_array_new ();
}
