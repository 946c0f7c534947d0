/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: their order, their transactions, their results. */
#include "sqlite-fixture.h"

#include "beckon-error.h"

#include <sys/stat.h>

static void
assert_mode (const char *path, const char *suffix)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  struct stat info;

  g_assert_no_errno (stat (name, &info));
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Item *mode = run (fixture, BK_SQLITE_WRITE, query_job, item_new_sql ("PRAGMA journal_mode"), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mode->name, ==, "wal");
  item_free (mode);
  g_assert_cmpint (query (fixture, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (query (fixture, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (query (fixture, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (query (fixture, "PRAGMA trusted_schema"), ==, 0);
  g_assert_cmpint (query (fixture, "PRAGMA user_version"), ==, 2);
  insert (fixture, "a");
  assert_mode (fixture->path, "");
  assert_mode (fixture->path, "-wal");
  assert_mode (fixture->path, "-shm");
}

/* Results come in the order of the jobs; a read sees the writes before it and none after it. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("item %u", i);
      hand_in (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT count(*) FROM item"), &results);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
    }
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 200);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("item %u", i);
      g_assert_cmpint (item_at (&results, 2 * i)->number, ==, i);
      g_assert_cmpstr (item_at (&results, 2 * i + 1)->name, ==, name);
    }
  results_clear (&results);
}

static int
count_commit (gpointer counter)
{
  g_atomic_int_inc ((gint *) counter);
  return 0;
}

static gboolean
hook_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *any = bk_sqlite_prepare (sqlite, "SELECT 1", error);

  if (any == NULL)
    return FALSE;
  sqlite3_commit_hook (sqlite3_db_handle (any), count_commit, data);
  return TRUE;
}

/* SQLite itself counts: 200 jobs that wait together are one commit; handed in one by one they are 200. */
static void
test_group_commit (Fixture *fixture, gconstpointer data)
{
  gint commits = 0;
  Results results;

  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, hook_job, &commits, NULL, NULL, NULL, NULL);
  shut_door (fixture);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("together %u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
    }
  guint before = bk_sqlite_get_commits (fixture->sqlite);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 200);
  for (guint i = 0; i < 200; i++)
    item_at (&results, i);
  g_assert_cmpint (g_atomic_int_get (&commits), ==, 1);
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite) - before, ==, 1);

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("alone %u", i);
      insert (fixture, name);
    }
  g_assert_cmpint (g_atomic_int_get (&commits), ==, 21);
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite) - before, ==, 21);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 220);
  results_clear (&results);
}

/* More than one transaction takes is done too. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
    }
  guint before = bk_sqlite_get_commits (fixture->sqlite);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 2000);
  for (guint i = 0; i < 2000; i++)
    g_assert_cmpint (item_at (&results, i)->number, ==, i + 1);
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite) - before, ==, 4);
  results_clear (&results);
}

/* A result is delivered only after its commit: another connection sees the row when the callback runs. */
static void
on_insert_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *other = data;
  sqlite3_stmt *count = NULL;
  Item *item = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_prepare_v2 (other, "SELECT count(*) FROM item WHERE id = ?", -1, &count, NULL), ==,
                   SQLITE_OK);
  sqlite3_bind_int64 (count, 1, item->number);
  g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (count, 0), ==, 1);
  sqlite3_finalize (count);
  item_free (item);
}

static void
test_result_after_commit (Fixture *fixture, gconstpointer data)
{
  sqlite3 *other = NULL;
  Results results;

  results_init (&results);
  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  shut_door (fixture);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_WRITE, insert_job, item_new (name, 0), item_free, NULL,
                           on_insert_done, other);
    }
  hand_in (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT 1"), &results);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 1);
  sqlite3_close (other);
  results_clear (&results);
}

/* In one transaction: a job that fails after writing undoes itself and nobody else. */
static void
test_savepoints (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_and_fail_job, item_new ("b", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, exec_job, item_new_sql ("INSERT INTO item (name) VALUES ('c'); nonsense"),
           &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("orphan", 4711), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("d", 0), &results);
  guint before = bk_sqlite_get_commits (fixture->sqlite);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 6);

  item_at (&results, 0);
  g_assert_error ((GError *) results.errors->pdata[1], BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  for (guint i = 2; i <= 4; i++)
    {
      g_assert_null (results.items->pdata[i]);
      g_assert_error ((GError *) results.errors->pdata[i], BECKON_ERROR, BECKON_ERROR_STORAGE);
    }
  item_at (&results, 5);
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite) - before, ==, 1);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 2);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name IN ('a', 'd')"), ==, 2);
  results_clear (&results);
}

static int
count_savepoints (unsigned int event, void *data, void *statement, void *sql)
{
  int *open = data;

  if (g_str_equal (sql, "SAVEPOINT job"))
    (*open)++;
  else if (g_str_equal (sql, "RELEASE job"))
    (*open)--;
  return 0;
}

static gboolean
count_savepoints_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *any = bk_sqlite_prepare (sqlite, "SELECT 1", error);

  sqlite3_trace_v2 (sqlite3_db_handle (any), SQLITE_TRACE_STMT, count_savepoints, data);
  return TRUE;
}

/* Whatever becomes of a job, its savepoint ends with it: those of a batch do not pile up. */
static void
test_savepoints_end (Fixture *fixture, gconstpointer data)
{
  Results results;
  int open = 0;

  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, count_savepoints_job, &open, NULL, NULL, NULL, NULL);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_and_fail_job, item_new ("b", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("orphan", 4711), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("c", 0), &results);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 4);
  item_at (&results, 3);
  g_assert_cmpint (open, ==, 0);
  results_clear (&results);
}

/* If the commit fails nobody is told of success, and the next job works. */
static int
refuse_commit (gpointer data)
{
  return 1;
}

static gboolean
refuse_commit_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *any = bk_sqlite_prepare (sqlite, "SELECT 1", error);

  sqlite3_commit_hook (sqlite3_db_handle (any), *(gboolean *) data ? refuse_commit : NULL, NULL);
  return TRUE;
}

static void
test_commit_fails (Fixture *fixture, gconstpointer data)
{
  gboolean on = TRUE, off = FALSE;
  Results results;

  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, refuse_commit_job, &on, NULL, NULL, NULL, NULL);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT count(*) FROM item"), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("b", 0), &results);
  guint before = bk_sqlite_get_commits (fixture->sqlite);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (results.items->pdata[i]);
      g_assert_error ((GError *) results.errors->pdata[i], BECKON_ERROR, BECKON_ERROR_STORAGE);
    }
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite), ==, before);

  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, refuse_commit_job, &off, NULL, NULL, NULL, NULL);
  insert (fixture, "b");
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 1);
  results_clear (&results);
}

/* SQLite refuses to go back to a savepoint: stands for a read error while it does. */
static int
refuse_undo (void *data, int action, const char *what, const char *name, const char *database, const char *trigger)
{
  return action == SQLITE_SAVEPOINT && g_strcmp0 (what, "ROLLBACK") == 0 ? SQLITE_DENY : SQLITE_OK;
}

static gboolean
refuse_undo_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *any = bk_sqlite_prepare (sqlite, "SELECT 1", error);

  sqlite3_set_authorizer (sqlite3_db_handle (any), *(gboolean *) data ? refuse_undo : NULL, NULL);
  return TRUE;
}

/* What a failed job wrote is never committed. If it cannot be undone alone, the others of its transaction are told. */
static void
test_undo_fails (Fixture *fixture, gconstpointer data)
{
  gboolean on = TRUE, off = FALSE;
  Results results;

  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, refuse_undo_job, &on, NULL, NULL, NULL, NULL);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT count(*) FROM item"), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_and_fail_job, item_new ("b", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("c", 0), &results);
  g_test_expect_message ("beckon-sqlite", G_LOG_LEVEL_WARNING, "A job could not be undone alone*");
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 4);
  g_test_assert_expected_messages ();

  g_assert_error ((GError *) results.errors->pdata[0], BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_error ((GError *) results.errors->pdata[1], BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_error ((GError *) results.errors->pdata[2], BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  item_at (&results, 3);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name = 'c'"), ==, 1);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 1);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, refuse_undo_job, &off, NULL, NULL, NULL, NULL);
  insert (fixture, "a");
  results_clear (&results);
}

/* The jobs that SQLite rolled back together with the one that found the disk full are told; later ones work. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  Results results;
  Item *large = item_new ("large", 0), *also_large = item_new ("also large", 0);

  results_init (&results);
  large->body_size = also_large->body_size = 1024 * 1024;
  insert (fixture, "before");
  exec (fixture, "PRAGMA max_page_count = 50");

  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("small", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, large, &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("after", 0), &results);
  hand_in (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT count(*) FROM item"), &results);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 4);

  GError *full = results.errors->pdata[1];
  g_assert_error (full, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_cmpstr (full->message, ==, "The disk is full");
  item_at (&results, 2);

  /* Told of success if and only if it is there. */
  gboolean small_kept = results.errors->pdata[0] == NULL;
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name = 'small'"), ==, small_kept ? 1 : 0);
  g_assert_cmpint (item_at (&results, 3)->number, ==, small_kept ? 3 : 2);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name = 'large'"), ==, 0);

  exec (fixture, "PRAGMA max_page_count = 100000");
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, also_large, &results);
  bk_test_wait_for_count (&results.count, 5);
  item_at (&results, 4);
  g_assert_cmpint (query (fixture, "SELECT length(body) FROM item WHERE name = 'also large'"), ==, 1024 * 1024);
  results_clear (&results);
}

static void
test_read_may_not_write (Fixture *fixture, gconstpointer data)
{
  static const char *texts[] = { "INSERT INTO item (name) VALUES ('x')", "SELECT 1; DELETE FROM item",
                                 "DROP TABLE item" };
  g_autoptr (GError) error = NULL;

  insert (fixture, "a");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (run (fixture, BK_SQLITE_READ, exec_job, item_new_sql (texts[i]), &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
      g_clear_error (&error);
    }
  g_assert_null (run (fixture, BK_SQLITE_READ, insert_job, item_new ("x", 0), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 1);
}

/* What a file holds is not trusted to be text. */
static void
test_column_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Item *bad = run (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT CAST(x'61C328' AS TEXT)"), &error);
  Item *none = run (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT NULL"), &error);
  Item *good = run (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT '\xC3\xA9'"), &error);

  g_assert_no_error (error);
  g_assert_null (bad->name);
  g_assert_null (none->name);
  g_assert_cmpstr (good->name, ==, "\xC3\xA9");
  item_free (bad);
  item_free (none);
  item_free (good);
}

static gboolean
count_statements_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "SELECT 'count'", error);
  sqlite3 *db = sqlite3_db_handle (statement);

  for (statement = NULL; (statement = sqlite3_next_stmt (db, statement)) != NULL;)
    ((Item *) data)->number++;
  return TRUE;
}

/* Many different statements do not pile up, and one that was thrown out works again. */
static void
test_statements (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 400; i++)
      {
        g_autofree char *sql = g_strdup_printf ("SELECT %u", i);
        g_assert_cmpint (query (fixture, sql), ==, i);
      }

  Item *item = run (fixture, BK_SQLITE_READ, count_statements_job, item_new (NULL, 0), NULL);
  g_assert_cmpint (item->number, >, 1);
  g_assert_cmpint (item->number, <, 300);
  item_free (item);
}

/* A callback that waits for a later result of the same batch gets it. */
static void
on_result_wait (GObject *source, GAsyncResult *result, gpointer data)
{
  Results *results = data;

  on_result (source, result, data);
  bk_test_wait_for_count (&results->count, 5);
}

static void
test_nested_loop (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_WRITE, insert_job, item_new ("0", 0), item_free, NULL,
                       on_result_wait, &results);
  for (guint i = 1; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
    }
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (item_at (&results, i)->number, ==, i + 1);
  results_clear (&results);
}

/* Results go to the context from which the job came, also when jobs of two contexts share a batch. */
static void
test_two_contexts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) other = g_main_context_new ();
  Results here, there;

  results_init (&here);
  results_init (&there);
  shut_door (fixture);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      if (i % 2 == 1)
        g_main_context_push_thread_default (other);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), i % 2 == 1 ? &there : &here);
      if (i % 2 == 1)
        g_main_context_pop_thread_default (other);
    }
  door_open (&fixture->door);
  while (there.count < 5)
    g_main_context_iteration (other, TRUE);
  g_assert_cmpuint (here.count, ==, 0);
  bk_test_wait_for_count (&here.count, 5);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (item_at (&here, i)->number, ==, 2 * i + 1);
      g_assert_cmpint (item_at (&there, i)->number, ==, 2 * i + 2);
    }
  results_clear (&here);
  results_clear (&there);
}

int
main (int argc, char **argv)
{
#define TEST(name, function) g_test_add ("/sqlite/" name, Fixture, NULL, set_up, function, tear_down)
  bk_test_init (&argc, &argv);
  TEST ("settings", test_settings);
  TEST ("order", test_order);
  TEST ("group-commit", test_group_commit);
  TEST ("many", test_many);
  TEST ("result-after-commit", test_result_after_commit);
  TEST ("savepoints", test_savepoints);
  TEST ("savepoints-end", test_savepoints_end);
  TEST ("commit-fails", test_commit_fails);
  TEST ("undo-fails", test_undo_fails);
  TEST ("full-disk", test_full_disk);
  TEST ("read-may-not-write", test_read_may_not_write);
  TEST ("column-text", test_column_text);
  TEST ("statements", test_statements);
  TEST ("nested-loop", test_nested_loop);
  TEST ("two-contexts", test_two_contexts);
  return g_test_run ();
}
