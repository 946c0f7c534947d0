/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database in a folder of its own, jobs to try it with, and what becomes of many of them. */
#pragma once

#include "bk-sqlite.h"
#include "bk-test.h"

G_BEGIN_DECLS

typedef struct
{
  char *sql;
  char *name;      /* what to insert; or what was read */
  gint64 number;   /* a parent, or 0; or what was read */
  gsize body_size;
  guint *freed;
} Item;

/* A door that keeps the worker busy until the test has handed in all it wants. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean entered;
  gboolean open;
} Door;

typedef struct
{
  BkTestDir *dir;
  char *path;
  BkSqlite *sqlite;
  Door door;
} Fixture;

/* What became of many jobs, in the order in which their callbacks came. */
typedef struct
{
  GPtrArray *items;  /* element-type Item (nullable), owned */
  GPtrArray *errors; /* element-type GError (nullable), owned */
  guint count;
} Results;

/* Jobs. The last leaves its statement in the middle on purpose. */
Item *item_new (const char *name, gint64 parent);
Item *item_new_sql (const char *sql);
void item_free (gpointer data);
gboolean insert_job (BkSqlite *sqlite, gpointer data, GError **error);
gboolean insert_and_fail_job (BkSqlite *sqlite, gpointer data, GError **error);
gboolean exec_job (BkSqlite *sqlite, gpointer data, GError **error);
gboolean query_job (BkSqlite *sqlite, gpointer data, GError **error);

/* A closed door in front of the worker: what is handed in before door_open () becomes one batch. */
void shut_door (Fixture *fixture);
void door_open (Door *door);

/* One job at a time, waited for. run () gives back the data, or NULL with @error; the others fail the test. */
void set_up (Fixture *fixture, gconstpointer data);
void tear_down (Fixture *fixture, gconstpointer data);
BkSqlite *database_new (const char *path);
void reopen (Fixture *fixture);
void close_database (BkSqlite *sqlite);
Item *run (Fixture *fixture, BkSqliteKind kind, BkSqliteJob job, Item *item, GError **error);
void exec (Fixture *fixture, const char *sql);
void insert (Fixture *fixture, const char *name);
gint64 query (Fixture *fixture, const char *sql);

/* Many jobs. item_at () fails the test if that job failed. */
void results_init (Results *results);
void results_clear (Results *results);
void on_result (GObject *source, GAsyncResult *result, gpointer data);
void hand_in (Fixture *fixture, BkSqliteKind kind, BkSqliteJob job, Item *item, Results *results);
const Item *item_at (Results *results, guint i);

G_END_DECLS
