/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs without a savepoint. */
#include "sqlite-fixture.h"

#include "beckon-error.h"

static int
note_savepoint (unsigned int event, void *data, void *statement, void *sql)
{
  if (g_str_equal (sql, "SAVEPOINT job"))
    *(gboolean *) data = TRUE;
  return 0;
}

static gboolean
note_savepoint_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *any = bk_sqlite_prepare (sqlite, "SELECT 1", error);

  sqlite3_trace_v2 (sqlite3_db_handle (any), SQLITE_TRACE_STMT, note_savepoint, data);
  return TRUE;
}

/* Jobs that check before they write have no savepoint. One that fails without having written harms nobody. */
static void
test_checked (Fixture *fixture, gconstpointer data)
{
  Results results;
  gboolean made = FALSE;

  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, note_savepoint_job, &made, NULL, NULL, NULL, NULL);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, exec_job, item_new_sql ("nonsense"), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("b", 0), &results);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 4);
  item_at (&results, 0);
  g_assert_error ((GError *) results.errors->pdata[1], BECKON_ERROR, BECKON_ERROR_STORAGE);
  item_at (&results, 3);
  g_assert_false (made);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 2);
  results_clear (&results);
}

/* One that fails after it has written, against its word, takes its transaction along and is not committed. */
static void
test_checked_badly (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("c", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_and_fail_job, item_new ("d", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("e", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("orphan", 4711), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("f", 0), &results);
  g_test_expect_message ("beckon-sqlite", G_LOG_LEVEL_WARNING, "A job failed after it had written*");
  g_test_expect_message ("beckon-sqlite", G_LOG_LEVEL_WARNING, "A job failed after it had written*");
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 5);
  g_test_assert_expected_messages ();
  g_assert_error ((GError *) results.errors->pdata[0], BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_error ((GError *) results.errors->pdata[1], BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  g_assert_error ((GError *) results.errors->pdata[2], BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_error ((GError *) results.errors->pdata[3], BECKON_ERROR, BECKON_ERROR_STORAGE);
  item_at (&results, 4);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 1);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name = 'f'"), ==, 1);
  results_clear (&results);
}

int
main (int argc, char **argv)
{
#define TEST(name, function) g_test_add ("/sqlite/checked/" name, Fixture, NULL, set_up, function, tear_down)
  bk_test_init (&argc, &argv);
  TEST ("no-savepoint", test_checked);
  TEST ("fails-late", test_checked_badly);
  return g_test_run ();
}
