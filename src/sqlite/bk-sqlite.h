/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define BK_TYPE_SQLITE (bk_sqlite_get_type ())
/* One SQLite file and the one thread that touches it. Jobs run in the order in which they were handed in. Write jobs
 * that are waiting together share one transaction (group commit): each in a savepoint of its own, so that a job that
 * fails undoes only itself (but see BK_SQLITE_WRITE_CHECKED). A job's result is delivered, on the main context of the
 * caller, only after the commit is on disk (WAL, synchronous=FULL).
 *
 * What a caller may rely on:
 *   - A read sees every write that was handed in before it. Callbacks come in the order of the jobs of one context,
 *     those of cancelled jobs a little later.
 *   - Success means: on disk. If the commit fails, every job of that transaction hears the error. The same if SQLite
 *     gives up a whole transaction at a full disk or an I/O error: nobody is told of a success that is gone.
 *   - After a failure the worker goes on with the next job.
 *   - What is deleted is overwritten (secure_delete).
 *   - Cancelling skips a job that has not started. One that has started is finished and kept, but for a read, which is
 *     broken off; its caller hears G_IO_ERROR_CANCELLED all the same, so a callback that returns at that error never
 *     touches what is gone.
 *   - A waiting job holds a reference. So the last unref comes when nothing waits; it ends the thread and waits for the
 *     file to be closed, like bk_sqlite_close_async () but in the caller's time. Never unref from inside a job.
 * Errors are BECKON_ERROR_STORAGE with a sentence that may be shown, or what the job itself set. */
G_DECLARE_FINAL_TYPE (BkSqlite, bk_sqlite, BK, SQLITE, GObject)

/* One step of the schema: SQL that brings the file from version N-1 to N, N being the place in the array, from 1.
 * Runs in a transaction of its own. Steps that were once released are never changed: add another. */
typedef struct
{
  const char *sql;
} BkSqliteMigration;

/* Runs on the worker thread. @data is the job's own struct: inputs in, results out. FALSE with @error undoes the job.
 * A job touches nothing but @data and the functions below; it leaves transactions alone. */
typedef gboolean (*BkSqliteJob) (BkSqlite *self, gpointer data, GError **error);

typedef enum
{
  BK_SQLITE_READ, /* SQL that writes is refused */
  BK_SQLITE_WRITE,
  /* One that checks everything before it writes, so that after that only the disk can make it fail. It needs no
   * savepoint, which is dear. If it fails all the same after it has written, its whole transaction is undone. */
  BK_SQLITE_WRITE_CHECKED,
} BkSqliteKind;

/* @migrations lives as long as the program. ":memory:" as @path makes a database that is gone with the object. */
BkSqlite *bk_sqlite_new (const char *path, const BkSqliteMigration *migrations, guint n_migrations);

/* A second way into a file that another object has open, with a thread of its own: long reads, which hold up nobody's
 * writes. It sees what was committed when a job starts; writing is refused. Is closed before the other one. */
BkSqlite *bk_sqlite_new_reader (const char *path);

/* Makes a text from a text: a pure function that is known to SQL as @name, and must never answer otherwise than it did
 * when it was used for something that is in the file. Before opening. @function returns (transfer full). */
typedef char *(*BkSqliteTextFunction) (const char *text);
void bk_sqlite_add_text_function (BkSqlite *self, const char *name, BkSqliteTextFunction function);

/* Opens the file, made with mode 0600 if there is none, and brings it to the newest version. A file that is damaged or
 * was written by a newer program is refused and left as it is. Jobs may be handed in as soon as this was called; if
 * opening fails, they fail with the same error. Once per object. */
void bk_sqlite_open_async (BkSqlite *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_sqlite_open_finish (BkSqlite *self, GAsyncResult *result, GError **error);

/* Takes @data: it is freed with @free_data, on the caller's context, if the job fails, is skipped or is never
 * finished. */
void bk_sqlite_run_async (BkSqlite *self, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns the job's data, which is the caller's now (transfer full), or NULL with @error. A job without data returns
 * NULL in both cases: look at @error. */
gpointer bk_sqlite_run_finish (BkSqlite *self, GAsyncResult *result, GError **error);

/* The same for whoever hands in thousands of jobs a second: no GTask, and never cancelled. @done is called once, on the
 * context that was the thread's default, with the job's data (transfer full), or with NULL and @error. */
typedef void (*BkSqliteDone) (BkSqlite *self, gpointer data, const GError *error, gpointer user_data);
void bk_sqlite_submit (BkSqlite *self, BkSqliteKind kind, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
                       BkSqliteDone done, gpointer user_data);

/* Finishes all jobs that were handed in, moves the log into the file, closes it and ends the thread. Jobs that are
 * handed in later fail. */
void bk_sqlite_close_async (BkSqlite *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_sqlite_close_finish (BkSqlite *self, GAsyncResult *result, GError **error);

/* For a file that is written all the time: more memory for its pages, and a longer log, so that a page that changes often
 * is moved into the file less often. Before opening. */
void bk_sqlite_set_busy (BkSqlite *self);

/* For how long after a commit the next one waits for more to share it, 0 (none) by default. A read that no write
 * precedes does not wait, nor does a write that comes after a pause; closing ends the rest. */
void bk_sqlite_set_rest (BkSqlite *self, guint milliseconds);

/* How many transactions jobs have shared until now: what group commit saves is the write jobs minus this. */
guint bk_sqlite_get_commits (BkSqlite *self);

/* Copies a database into the file @to, which must not exist: one file without a log, made with mode 0600, checked and on
 * disk when this returns. Blocks. Others may go on writing into @from: the copy is as it was when this began. If it
 * fails, @to is not there. */
gboolean bk_sqlite_copy (const char *from, const char *to, GError **error);

/* Whether a file is whole, every page of it, and of which version. Blocks; does not write. */
gboolean bk_sqlite_check (const char *path, gint64 *version, GError **error);

/* Whether somebody else has the file open now. If nobody has, its log is moved into it. What is no database is not in
 * use. Blocks. */
gboolean bk_sqlite_is_used (const char *path);

/* For jobs, on the worker thread only; each asserts that. */

/* Returns the statement for @sql: prepared once, kept, and handed out without bindings and at its start. It is reset
 * when the job ends. One job cannot use the same @sql twice at the same time. */
sqlite3_stmt *bk_sqlite_prepare (BkSqlite *self, const char *sql, GError **error);
/* One step. @row says whether there is a row; NULL if none is expected. */
gboolean bk_sqlite_step (BkSqlite *self, sqlite3_stmt *statement, gboolean *row, GError **error);
/* One or more statements without results. */
gboolean bk_sqlite_exec (BkSqlite *self, const char *sql, GError **error);
/* Binds all parameters in order, one letter each: s const char * (or NULL), i gint64, n nothing (NULL),
 * b const void * and gsize. Integers must have the type gint64: cast what has not. Everything is copied. */
void bk_sqlite_bind (sqlite3_stmt *statement, const char *types, ...);
/* Text, or NULL if there is none or it is not UTF-8. Valid until the next step. */
const char *bk_sqlite_column_text (sqlite3_stmt *statement, int column);
gint64 bk_sqlite_last_rowid (BkSqlite *self);
int bk_sqlite_changes (BkSqlite *self);
/* Of all statements since the file was opened. */
gint64 bk_sqlite_total_changes (BkSqlite *self);

G_END_DECLS
