/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening, cancelling, closing, and going without being closed. */
#include "sqlite-fixture.h"

#include "beckon-error.h"

static void
test_memory (void)
{
  Fixture fixture = { .path = (char *) ":memory:" };

  reopen (&fixture);
  insert (&fixture, "a");
  g_assert_cmpint (query (&fixture, "SELECT count(*) FROM item"), ==, 1);
  g_assert_finalize_object (fixture.sqlite);
  g_assert_false (g_file_test (":memory:", G_FILE_TEST_EXISTS));
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint freed = 0;
  Item *item = item_new ("cancelled", 0);
  Results results;

  item->freed = &freed;
  results_init (&results);
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("first", 0), &results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_WRITE, insert_job, item, item_free, cancellable, on_result, &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("last", 0), &results);
  g_cancellable_cancel (cancellable);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 3);
  item_at (&results, 0);
  item_at (&results, 1);
  g_assert_error ((GError *) results.errors->pdata[2], G_IO_ERROR, G_IO_ERROR_CANCELLED); /* GTask: not at once */
  g_assert_cmpuint (freed, ==, 1);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 2);
  results_clear (&results);
}

/* Closing waits for what was handed in; later jobs are refused, with their data freed; the log is gone. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autoptr (GAsyncResult) closed = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  guint freed = 0;
  Item *late = item_new ("late", 0);
  Results results;

  results_init (&results);
  shut_door (fixture);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
    }
  bk_sqlite_close_async (fixture->sqlite, bk_test_store_result, &closed);
  bk_sqlite_close_async (fixture->sqlite, bk_test_store_result, &again);
  late->freed = &freed;
  g_assert_null (run (fixture, BK_SQLITE_WRITE, insert_job, late, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_cmpuint (freed, ==, 1);
  g_assert_false (bk_sqlite_close_finish (fixture->sqlite, bk_test_await (&again), NULL));
  g_assert_null (closed);

  door_open (&fixture->door);
  g_assert_true (bk_sqlite_close_finish (fixture->sqlite, bk_test_await (&closed), NULL));
  g_assert_cmpuint (results.count, ==, 50);
  for (guint i = 0; i < 50; i++)
    item_at (&results, i);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_clear_object (&closed);
  g_clear_object (&again);
  g_assert_finalize_object (fixture->sqlite);
  reopen (fixture);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 50);
  results_clear (&results);
}

static void
on_gone (gpointer gone, GObject *object)
{
  *(gboolean *) gone = TRUE;
}

/* Nobody closes, nobody waits: the jobs keep the object until they are done, then it goes by itself. */
static void
test_unref_with_jobs (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->sqlite), on_gone, &gone);
  shut_door (fixture);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_WRITE, insert_job, item_new (name, 0), item_free, NULL, NULL,
                           NULL);
    }
  g_clear_object (&fixture->sqlite);
  g_assert_false (gone);
  door_open (&fixture->door);
  bk_test_wait_for_flag (&gone);
  reopen (fixture);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 50);
}

static void
test_never_opened (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkSqlite *sqlite = database_new ("/nonexistent/folder/file");

  bk_sqlite_run_async (sqlite, BK_SQLITE_READ, query_job, item_new_sql ("SELECT 1"), item_free, NULL,
                       bk_test_store_result, &result);
  g_assert_null (bk_sqlite_run_finish (sqlite, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_object (&result);
  g_assert_finalize_object (sqlite);
}

static void
test_open_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) opened = NULL, read = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  BkSqlite *sqlite = database_new (fixture->path);

  g_cancellable_cancel (cancellable);
  bk_sqlite_open_async (sqlite, cancellable, bk_test_store_result, &opened);
  bk_sqlite_open_async (sqlite, NULL, bk_test_store_result, &again);
  bk_sqlite_run_async (sqlite, BK_SQLITE_READ, query_job, item_new_sql ("SELECT 1"), item_free, NULL,
                       bk_test_store_result, &read);
  g_assert_false (bk_sqlite_open_finish (sqlite, bk_test_await (&opened), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (bk_sqlite_open_finish (sqlite, bk_test_await (&again), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_null (bk_sqlite_run_finish (sqlite, bk_test_await (&read), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_object (&opened);
  g_clear_object (&again);
  g_clear_object (&read);
  g_assert_finalize_object (sqlite);
}

/* Jobs that were handed in behind a failing open hear why; closing works all the same. */
static void
test_cannot_open (void)
{
  g_autoptr (GAsyncResult) opened = NULL, read = NULL, written = NULL;
  g_autoptr (GError) error = NULL;
  BkSqlite *sqlite = database_new ("/nonexistent/folder/file");

  bk_sqlite_open_async (sqlite, NULL, bk_test_store_result, &opened);
  bk_sqlite_run_async (sqlite, BK_SQLITE_READ, query_job, item_new_sql ("SELECT 1"), item_free, NULL,
                       bk_test_store_result, &read);
  bk_sqlite_run_async (sqlite, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), item_free, NULL, bk_test_store_result,
                       &written);
  g_assert_false (bk_sqlite_open_finish (sqlite, bk_test_await (&opened), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_null (bk_sqlite_run_finish (sqlite, bk_test_await (&read), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_null (bk_sqlite_run_finish (sqlite, bk_test_await (&written), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  close_database (sqlite);
  g_clear_object (&opened);
  g_clear_object (&read);
  g_clear_object (&written);
  g_assert_finalize_object (sqlite);
}

/* ---- a second way in ---- */

static void
test_reader (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Fixture reader = { .sqlite = bk_sqlite_new_reader (fixture->path) };
  g_autoptr (GAsyncResult) opened = NULL;

  bk_sqlite_open_async (reader.sqlite, NULL, bk_test_store_result, &opened);
  bk_sqlite_open_finish (reader.sqlite, bk_test_await (&opened), &error);
  g_assert_no_error (error);
  insert (fixture, "a");
  g_assert_cmpint (query (&reader, "SELECT count(*) FROM item"), ==, 1);
  g_assert_null (run (&reader, BK_SQLITE_WRITE, insert_job, item_new ("b", 0), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);

  /* The other one writes on while a long read is under way. */
  shut_door (&reader);
  insert (fixture, "b");
  door_open (&reader.door);
  g_assert_cmpint (query (&reader, "SELECT count(*) FROM item"), ==, 2);
  close_database (reader.sqlite);
  g_clear_object (&opened);
  g_assert_finalize_object (reader.sqlite);
}

static gint running;

static gboolean
endless_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  g_atomic_int_set (&running, 1);
  return query_job (sqlite, data, error);
}

/* What nobody waits for any more is broken off, and does not keep the next one waiting. */
static void
test_cancel_while_reading (Fixture *fixture, gconstpointer data)
{
  static const char endless[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint freed = 0;
  Item *item = item_new_sql (endless);
  Results results;

  item->freed = &freed;
  results_init (&results);
  bk_sqlite_run_async (fixture->sqlite, BK_SQLITE_READ, endless_job, item, item_free, cancellable, on_result, &results);
  /* Only when it runs is there something to break off. */
  while (g_atomic_int_get (&running) == 0)
    g_thread_yield ();
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (query (fixture, "SELECT 7"), ==, 7);
  bk_test_wait_for_count (&results.count, 1);
  g_assert_error ((GError *) results.errors->pdata[0], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (freed, ==, 1);
  results_clear (&results);
}

static char *
shout (const char *text)
{
  return g_ascii_strup (text, -1);
}

static void
test_text_function (void)
{
  Fixture fixture = { .sqlite = database_new (":memory:") };
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError) error = NULL;

  bk_sqlite_add_text_function (fixture.sqlite, "shout", shout);
  bk_sqlite_open_async (fixture.sqlite, NULL, bk_test_store_result, &opened);
  g_assert_true (bk_sqlite_open_finish (fixture.sqlite, bk_test_await (&opened), NULL));
  g_assert_cmpint (query (&fixture, "SELECT shout ('a b') = 'A B'"), ==, 1);
  g_assert_cmpint (query (&fixture, "SELECT shout (NULL) IS NULL AND shout (CAST (x'ff' AS TEXT)) IS NULL"), ==, 1);
  Item *item = run (&fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT shout ('a', 'b')"), &error);
  g_assert_null (item);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  close_database (fixture.sqlite);
  g_clear_object (&opened);
  g_assert_finalize_object (fixture.sqlite);
}

/* ---- without a GTask ---- */

typedef struct
{
  GPtrArray *items;  /* element-type Item (nullable), owned */
  GPtrArray *errors; /* element-type GError (nullable), owned */
  guint count;
} Submitted;

static void
on_submitted (BkSqlite *sqlite, gpointer data, const GError *error, gpointer user_data)
{
  Submitted *submitted = user_data;

  g_ptr_array_add (submitted->items, data);
  g_ptr_array_add (submitted->errors, error != NULL ? g_error_copy (error) : NULL);
  submitted->count++;
}

static void
submit (Fixture *fixture, BkSqliteKind kind, BkSqliteJob job, Item *item, Submitted *submitted)
{
  bk_sqlite_submit (fixture->sqlite, kind, job, item, item_free, on_submitted, submitted);
}

static void
free_item (gpointer item)
{
  if (item != NULL)
    item_free (item);
}

static void
free_error (gpointer error)
{
  if (error != NULL)
    g_error_free (error);
}

/* In the order in which they were handed in, among those with a GTask; a failure undoes only itself, and its data is
 * freed. After closing there is an error, not before the caller has returned. */
static void
test_submit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (free_item);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (free_error);
  Submitted s = { items, errors, 0 };
  guint freed = 0;

  shut_door (fixture);
  submit (fixture, BK_SQLITE_WRITE, insert_job, item_new ("one", 0), &s);
  Item *failing = item_new ("two", 0);
  failing->freed = &freed;
  submit (fixture, BK_SQLITE_WRITE, insert_and_fail_job, failing, &s);
  submit (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT count(*) FROM item"), &s);
  door_open (&fixture->door);
  bk_test_wait_for_count (&s.count, 3);
  g_assert_cmpint (((Item *) g_ptr_array_index (items, 0))->number, ==, 1);
  g_assert_null (g_ptr_array_index (items, 1));
  g_assert_error ((GError *) g_ptr_array_index (errors, 1), BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  g_assert_cmpuint (freed, ==, 1);
  g_assert_cmpint (((Item *) g_ptr_array_index (items, 2))->number, ==, 1);
  g_assert_null (g_ptr_array_index (errors, 2));

  close_database (fixture->sqlite);
  submit (fixture, BK_SQLITE_READ, query_job, item_new_sql ("SELECT 1"), &s);
  g_assert_cmpuint (s.count, ==, 3);
  bk_test_wait_for_count (&s.count, 4);
  g_assert_error ((GError *) g_ptr_array_index (errors, 3), BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_finalize_object (fixture->sqlite);
  reopen (fixture);
}

/* What comes soon after a commit shares the next one, though each is handed in while the worker has nothing to do. Who
 * closes does not wait for that. */
static void
test_rest (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  bk_sqlite_set_rest (fixture->sqlite, G_MAXUINT);
  insert (fixture, "first");
  guint before = bk_sqlite_get_commits (fixture->sqlite);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new (name, 0), &results);
      g_thread_yield ();
    }
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite), ==, before);
  close_database (fixture->sqlite);
  g_assert_cmpuint (results.count, ==, 20);
  g_assert_cmpuint (bk_sqlite_get_commits (fixture->sqlite) - before, ==, 1);
  results_clear (&results);
  g_assert_finalize_object (fixture->sqlite);
  reopen (fixture);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 21);
}

int
main (int argc, char **argv)
{
#define TEST(name, function) g_test_add ("/sqlite/life/" name, Fixture, NULL, set_up, function, tear_down)
  bk_test_init (&argc, &argv);
  TEST ("cancel", test_cancel);
  TEST ("close", test_close);
  TEST ("open-cancelled", test_open_cancelled);
  TEST ("unref-with-jobs", test_unref_with_jobs);
  TEST ("reader", test_reader);
  TEST ("submit", test_submit);
  TEST ("rest", test_rest);
  TEST ("cancel-while-reading", test_cancel_while_reading);
  g_test_add_func ("/sqlite/life/text-function", test_text_function);
  g_test_add_func ("/sqlite/life/memory", test_memory);
  g_test_add_func ("/sqlite/life/never-opened", test_never_opened);
  g_test_add_func ("/sqlite/life/cannot-open", test_cannot_open);
  return g_test_run ();
}
