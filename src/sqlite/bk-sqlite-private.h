/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the three files share: bk-sqlite.c takes jobs and delivers results, bk-sqlite-worker.c runs jobs in shared
 * transactions, bk-sqlite-file.c opens the file and serves the jobs. */
#pragma once

#include "bk-sqlite.h"

G_BEGIN_DECLS

#define BK_SQLITE_RECENT_BITS 7

typedef enum
{
  BK_SQLITE_NEW,
  BK_SQLITE_RUNNING, /* bk_sqlite_open_async () was called */
  BK_SQLITE_CLOSED,  /* bk_sqlite_close_async () was called: no more jobs */
} BkSqliteState;

typedef enum
{
  BK_SQLITE_JOB_OPEN,
  BK_SQLITE_JOB_READ,
  BK_SQLITE_JOB_WRITE,
  BK_SQLITE_JOB_CLOSE,
  BK_SQLITE_JOB_QUIT, /* from dispose: nobody waits for it */
} BkSqliteJobType;

typedef struct
{
  BkSqliteJobType type;
  gboolean checked;      /* it needs no savepoint */
  GTask *task;           /* nullable: QUIT and what was submitted have none */
  GMainContext *context; /* of whoever waits; NULL for QUIT */
  BkSqlite *owner;       /* of what was submitted; owned */
  BkSqliteDone done;     /* the same */
  gpointer user_data;
  BkSqliteJob run;
  gpointer data;
  GDestroyNotify free_data;
  GError *error; /* how it went */
} BkSqliteWork;

struct _BkSqlite
{
  GObject parent_instance;

  /* never change */
  char *path;
  const BkSqliteMigration *migrations;
  guint n_migrations;
  gboolean reader;
  gboolean busy;
  GHashTable *functions; /* char *, name → BkSqliteTextFunction */

  /* shared, under the lock */
  GMutex lock;
  GCond wake;
  GQueue queue; /* element-type BkSqliteWork, owned */
  BkSqliteState state;
  gboolean waiting; /* the worker does: else to wake it is a system call for nothing */
  gboolean resting; /* the worker waits until rest_until, unless _bk_sqlite_may_rest () says otherwise */

  GThread *thread; /* joined by whoever closes or disposes */
  gint commits;    /* atomic */
  gint rest_ms;    /* atomic */

  /* the worker's own */
  sqlite3 *db;
  GError *refusal;        /* why there is no open file */
  GHashTable *statements; /* SQL, owned → sqlite3_stmt, owned */
  sqlite3_stmt *recent[1 << BK_SQLITE_RECENT_BITS]; /* borrowed, by the address of the SQL */
  GPtrArray *used;        /* element-type sqlite3_stmt, borrowed: what the running job has prepared */
  BkSqliteKind running;   /* kind of the running job */
  gint64 rest_until;      /* monotonic */
};

void _bk_sqlite_work_free (BkSqliteWork *work);
/* Hands over the results of @done, which is empty then: one wake-up of each context. */
void _bk_sqlite_deliver (GQueue *done);

gpointer _bk_sqlite_worker (gpointer self);
gboolean _bk_sqlite_is_worker (BkSqlite *self);
gboolean _bk_sqlite_may_rest (BkSqlite *self);

gboolean _bk_sqlite_fail (sqlite3 *db, int code, GError **error);
gboolean _bk_sqlite_file_open (BkSqlite *self, GError **error);
void _bk_sqlite_file_close (BkSqlite *self);
void _bk_sqlite_release_statements (BkSqlite *self);
sqlite3_stmt *_bk_sqlite_find_statement (BkSqlite *self, const char *sql, GError **error);

G_END_DECLS
