/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in for the world around BkServer, so that a run is fast and the same each time:
 *   - twin-net.c for the connection engine: connections that are fed from memory;
 *   - twin-sqlite.c for the database thread: jobs wait in a queue until they are told to run, in place, on a database
 *     in memory that forgets at the end of an input; it uses the real file and statements;
 *   - twin-hasher.c for the threads that hash passwords: the same queue. */
#pragma once

#include "bk-server-net.h"
#include "bk-sqlite.h"

G_BEGIN_DECLS

/* ---- twin-net.c ---- */

typedef struct
{
  /* The server hands a frame to a connection, now. */
  void (*sent) (BkServerConn *conn, const char *text, gsize length);
  /* The connection is no more. */
  void (*gone) (BkServerConn *conn);
} TwinWatcher;

void twin_net_watch (const TwinWatcher *watcher);
/* Connects from the address 10.0.0.@number. NULL: nobody listens. */
BkServerConn *twin_net_connect (guint8 number);
gboolean twin_conn_is_open (BkServerConn *conn);
void twin_conn_feed (BkServerConn *conn, const char *text, gsize length);
void twin_conn_hang_up (BkServerConn *conn);
/* While it is stalled the client reads nothing, and what waits for it weighs as much as if it were far more. */
void twin_conn_stall (BkServerConn *conn, gboolean stalled);
/* Lets clients read and connections end. Returns whether there was anything to do. */
gboolean twin_net_turn (void);

/* ---- twin-sqlite.c ---- */

/* Begins or ends an input: what it writes is forgotten. */
void twin_sqlite_begin (void);
void twin_sqlite_end (void);
BkSqlite *twin_sqlite_get (void);
/* Runs a job at once, outside of the queue. */
gboolean twin_sqlite_run_now (BkSqliteKind kind, BkSqliteJob job, gpointer data, GError **error);
/* Returns (transfer full) (element-type utf8) the first column of what @sql yields for ?1, ?2 and ?3. */
GPtrArray *twin_sqlite_query (const char *sql, gint64 number, const char *name, const char *other);

/* Something that a thread would do. Takes @task. */
typedef void (*TwinWork) (GTask *task);
void twin_push (GTask *task, TwinWork work);
/* Does the first thing that waits. FALSE: nothing does. */
gboolean twin_work (void);
/* From now on the main loop does it. */
void twin_work_by_itself (void);

G_END_DECLS
