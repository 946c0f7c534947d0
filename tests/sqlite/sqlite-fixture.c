/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sqlite-fixture.h"

#include "beckon-error.h"

static const BkSqliteMigration schema[] = {
  { "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BLOB) STRICT" },
  { "ALTER TABLE item ADD COLUMN parent INTEGER REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED;"
    "CREATE INDEX item_parent ON item (parent)" },
};

/* ---- jobs ---- */

void
item_free (gpointer data)
{
  Item *item = data;

  if (item->freed != NULL)
    (*item->freed)++;
  g_free (item->sql);
  g_free (item->name);
  g_free (item);
}

Item *
item_new (const char *name, gint64 parent)
{
  Item *item = g_new0 (Item, 1);

  item->name = g_strdup (name);
  item->number = parent;
  return item;
}

Item *
item_new_sql (const char *sql)
{
  Item *item = g_new0 (Item, 1);

  item->sql = g_strdup (sql);
  return item;
}

gboolean
insert_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  Item *item = data;
  g_autofree guint8 *body = item->body_size > 0 ? g_malloc0 (item->body_size) : NULL;
  sqlite3_stmt *insert = bk_sqlite_prepare (sqlite, "INSERT INTO item (name, body, parent) VALUES (?, ?, ?)", error);

  if (insert == NULL)
    return FALSE;
  if (item->number == 0)
    bk_sqlite_bind (insert, "sbn", item->name, body, item->body_size);
  else
    bk_sqlite_bind (insert, "sbi", item->name, body, item->body_size, item->number);
  if (!bk_sqlite_step (sqlite, insert, NULL, error))
    return FALSE;
  g_assert_cmpint (bk_sqlite_changes (sqlite), ==, 1);
  item->number = bk_sqlite_last_rowid (sqlite);
  return TRUE;
}

/* Writes, then fails. */
gboolean
insert_and_fail_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  if (!insert_job (sqlite, data, error))
    return FALSE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS, "no");
  return FALSE;
}

gboolean
exec_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  return bk_sqlite_exec (sqlite, ((Item *) data)->sql, error);
}

/* Leaves its statement in the middle on purpose. */
gboolean
query_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  Item *item = data;
  gboolean row;
  sqlite3_stmt *query = bk_sqlite_prepare (sqlite, item->sql, error);

  if (query == NULL || !bk_sqlite_step (sqlite, query, &row, error))
    return FALSE;
  g_assert_true (row);
  item->number = sqlite3_column_int64 (query, 0);
  item->name = g_strdup (bk_sqlite_column_text (query, 0));
  return TRUE;
}

void
door_open (Door *door)
{
  g_mutex_lock (&door->lock);
  door->open = TRUE;
  g_cond_signal (&door->cond);
  g_mutex_unlock (&door->lock);
}

static void
door_wait_entered (Door *door)
{
  g_mutex_lock (&door->lock);
  while (!door->entered)
    g_cond_wait (&door->cond, &door->lock);
  g_mutex_unlock (&door->lock);
}

static gboolean
door_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  Door *door = data;

  g_mutex_lock (&door->lock);
  door->entered = TRUE;
  g_cond_signal (&door->cond);
  while (!door->open)
    g_cond_wait (&door->cond, &door->lock);
  g_mutex_unlock (&door->lock);
  return TRUE;
}

/* ---- fixture ---- */

static gboolean
open_database (BkSqlite *sqlite, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_sqlite_open_async (sqlite, NULL, bk_test_store_result, &result);
  return bk_sqlite_open_finish (sqlite, bk_test_await (&result), error);
}

void
close_database (BkSqlite *sqlite)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  bk_sqlite_close_async (sqlite, bk_test_store_result, &result);
  g_assert_true (bk_sqlite_close_finish (sqlite, bk_test_await (&result), &error));
  g_assert_no_error (error);
}

BkSqlite *
database_new (const char *path)
{
  return bk_sqlite_new (path, schema, G_N_ELEMENTS (schema));
}

void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->sqlite = database_new (fixture->path);
  open_database (fixture->sqlite, &error);
  g_assert_no_error (error);
}

void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = bk_test_dir_new ();
  fixture->path = g_build_filename (fixture->dir, "test.sqlite", NULL);
  reopen (fixture);
}

void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->sqlite != NULL)
    g_assert_finalize_object (fixture->sqlite);
  g_free (fixture->path);
  bk_test_dir_remove (fixture->dir);
}

/* Returns the job's data, or NULL with @error. */
Item *
run (Fixture *fixture, BkSqliteKind kind, BkSqliteJob job, Item *item, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_sqlite_run_async (fixture->sqlite, kind, job, item, item_free, NULL, bk_test_store_result, &result);
  return bk_sqlite_run_finish (fixture->sqlite, bk_test_await (&result), error);
}

void
exec (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  Item *item = run (fixture, BK_SQLITE_WRITE, exec_job, item_new_sql (sql), &error);

  g_assert_no_error (error);
  item_free (item);
}

void
insert (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  Item *item = run (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &error);

  g_assert_no_error (error);
  item_free (item);
}

gint64
query (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  Item *item = run (fixture, BK_SQLITE_READ, query_job, item_new_sql (sql), &error);

  g_assert_no_error (error);
  gint64 number = item->number;
  item_free (item);
  return number;
}

static void
clear_item (gpointer item)
{
  if (item != NULL)
    item_free (item);
}

static void
clear_error (gpointer error)
{
  if (error != NULL)
    g_error_free (error);
}

void
results_init (Results *results)
{
  results->items = g_ptr_array_new_with_free_func (clear_item);
  results->errors = g_ptr_array_new_with_free_func (clear_error);
  results->count = 0;
}

void
results_clear (Results *results)
{
  g_ptr_array_unref (results->items);
  g_ptr_array_unref (results->errors);
}

void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  Results *results = data;
  GError *error = NULL;

  g_ptr_array_add (results->items, bk_sqlite_run_finish (BK_SQLITE (source), result, &error));
  g_ptr_array_add (results->errors, error);
  results->count++;
}

const Item *
item_at (Results *results, guint i)
{
  g_assert_no_error ((GError *) g_ptr_array_index (results->errors, i));
  return g_ptr_array_index (results->items, i);
}

void
hand_in (Fixture *fixture, BkSqliteKind kind, BkSqliteJob job, Item *item, Results *results)
{
  bk_sqlite_run_async (fixture->sqlite, kind, job, item, item_free, NULL, on_result, results);
}

/* From here until door_open () the worker takes nothing, so what is handed in becomes one batch. */
void
shut_door (Fixture *fixture)
{
  fixture->door.entered = fixture->door.open = FALSE;
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, door_job, &fixture->door, NULL, NULL, NULL, NULL);
  door_wait_entered (&fixture->door);
}
