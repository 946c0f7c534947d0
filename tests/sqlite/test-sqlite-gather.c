/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A busy database: its log is written in few pieces, and is on disk all the same when a job is told of success. */
#include "sqlite-fixture.h"

#include "beckon-error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LARGE (1024 * 1024)
#define OTHER_BODY "CAST (printf ('%01048576d', 7) AS BLOB)"
#define OF_OTHER "SELECT count(*) FROM item WHERE body = " OTHER_BODY

/* ---- what SQLite asks of the system: counted, or refused ---- */

typedef ssize_t (*Write) (int fd, const void *data, size_t length, off_t offset);

static const char *const write_names[] = { "pwrite", "pwrite64" };
static sqlite3_syscall_ptr real_writes[G_N_ELEMENTS (write_names)];
static int n_writes, n_unsynced, full; /* atomic */

static ssize_t
count_write (guint i, int fd, const void *data, size_t length, off_t offset)
{
  if (g_atomic_int_get (&full))
    {
      errno = ENOSPC;
      return -1;
    }
  g_atomic_int_inc (&n_writes);
  g_atomic_int_inc (&n_unsynced);
  return ((Write) real_writes[i]) (fd, data, length, offset);
}

static ssize_t
write_0 (int fd, const void *data, size_t length, off_t offset)
{
  return count_write (0, fd, data, length, offset);
}

static ssize_t
write_1 (int fd, const void *data, size_t length, off_t offset)
{
  return count_write (1, fd, data, length, offset);
}

/* SQLite's own calls come here, too. */
int
fdatasync (int fd)
{
  g_atomic_int_set (&n_unsynced, 0);
  return fsync (fd);
}

static void
watch_writes (void)
{
  static const Write ours[] = { write_0, write_1 };
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (write_names); i++)
    {
      real_writes[i] = vfs->xGetSystemCall (vfs, write_names[i]);
      if (real_writes[i] != NULL)
        vfs->xSetSystemCall (vfs, write_names[i], (sqlite3_syscall_ptr) ours[i]);
    }
}

/* ---- fixture ---- */

static void
set_up_busy (Fixture *fixture, gconstpointer data)
{
  fixture->busy = TRUE;
  set_up (fixture, data);
}

static Item *
item_new_of (const char *name, gsize size)
{
  Item *item = item_new (name, 0);

  item->body_size = size;
  return item;
}

/* Whether every page is sound is seen by a process that starts anew. */
static void
check_anew (Fixture *fixture, gint64 n_items)
{
  g_autoptr (GError) error = NULL;
  gint64 version;

  close_database (fixture->sqlite);
  g_clear_object (&fixture->sqlite);
  g_assert_true (bk_sqlite_check (fixture->path, &version, &error));
  g_assert_no_error (error);
  reopen (fixture);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, n_items);
}

/* ---- tests ---- */

/* Two writes for each page it would be; and nothing is told before all of it is synced. */
static void
test_few_writes (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  shut_door (fixture);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %u", i);
      hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new_of (name, 3500), &results);
    }
  g_atomic_int_set (&n_writes, 0);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 1);
  g_assert_cmpint (g_atomic_int_get (&n_unsynced), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&n_writes), >=, 1);
  g_assert_cmpint (g_atomic_int_get (&n_writes), <=, 5);
  bk_test_wait_for_count (&results.count, 20);
  results_clear (&results);
}

/* What was told is there for others, too. */
static void
test_others_see_it (Fixture *fixture, gconstpointer data)
{
  sqlite3 *other = NULL;
  sqlite3_stmt *count = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (other, "SELECT count(*) FROM item", -1, &count, NULL), ==, SQLITE_OK);
  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("name %d", i);
      insert (fixture, name);
      g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
      g_assert_cmpint (sqlite3_column_int (count, 0), ==, i);
      sqlite3_reset (count);
    }
  sqlite3_finalize (count);
  sqlite3_close (other);
}

static void
execute (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

/* A disk that may spoil a sector beside the one that it writes: each commit is filled up to the end of a sector, and
 * part of that comes after the sync. It is all there at the end of the commit. */
static void
test_sectors (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "sectors.sqlite", NULL);
  g_autofree char *uri = g_strdup_printf ("file:%s?psow=0", path);
  sqlite3 *db = NULL, *other = NULL;
  sqlite3_stmt *check = NULL;

  g_assert_cmpint (sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                                    "beckon-gather"), ==, SQLITE_OK);
  execute (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE item (body TEXT)");
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (other, "SELECT count(*) FROM item WHERE body = printf ('%02000d', 7)", -1,
                                       &check, NULL), ==, SQLITE_OK);
  for (int i = 1; i <= 100; i++)
    {
      execute (db, "INSERT INTO item VALUES (printf ('%02000d', 7))");
      g_assert_cmpint (sqlite3_step (check), ==, SQLITE_ROW);
      g_assert_cmpint (sqlite3_column_int (check, 0), ==, i);
      sqlite3_reset (check);
    }
  sqlite3_finalize (check);
  sqlite3_close (other);
  sqlite3_close (db);
}

/* More than is gathered, and more than the cache holds: it is read again before it is committed. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  exec (fixture, "PRAGMA cache_size = 10");
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new_of ("a", LARGE), &results);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new_of ("b", LARGE), &results);
  hand_in (fixture, BK_SQLITE_READ, query_job,
           item_new_sql ("SELECT count(*) FROM item WHERE body = zeroblob (1048576)"), &results);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 3);
  g_assert_cmpint (item_at (&results, 2)->number, ==, 2);
  results_clear (&results);
  check_anew (fixture, 2);
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE body = zeroblob (1048576)"), ==, 2);
}

/* What was taken back has left something in the log, which the next one writes over. */
static void
test_taken_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  exec (fixture, "PRAGMA cache_size = 10");
  insert (fixture, "a");
  g_assert_null (run (fixture, BK_SQLITE_WRITE, insert_and_fail_job, item_new_of ("b", LARGE), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  insert (fixture, "c");
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item WHERE name IN ('a', 'c')"), ==, 2);
  check_anew (fixture, 2);
}

/* What a whole transaction that was taken back has left is not written later: another process has written there. */
static void
test_another_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *other = NULL;

  exec (fixture, "CREATE TABLE plain (body BLOB) STRICT; PRAGMA cache_size = 10");
  insert (fixture, "a");
  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  execute (other, "PRAGMA wal_checkpoint (TRUNCATE)"); /* else it is written while it is taken back */
  g_test_expect_message ("beckon-sqlite", G_LOG_LEVEL_WARNING, "A job failed after it had written*");
  g_assert_null (run (fixture, BK_SQLITE_WRITE_CHECKED, exec_job,
                      item_new_sql ("INSERT INTO plain VALUES (zeroblob (1000000)); nonsense"), &error));
  g_test_assert_expected_messages ();
  execute (other, "INSERT INTO item (name, body) VALUES ('c', " OTHER_BODY ")");
  g_assert_cmpint (query (fixture, OF_OTHER), ==, 1);
  insert (fixture, "d");
  sqlite3_close (other);
  check_anew (fixture, 3);
  g_assert_cmpint (query (fixture, OF_OTHER), ==, 1);
}

/* The disk says so only when what is gathered is written: whoever shares the commit hears it, and later it works. */
static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  Results results;

  results_init (&results);
  insert (fixture, "before");
  shut_door (fixture);
  hand_in (fixture, BK_SQLITE_WRITE, insert_job, item_new ("a", 0), &results);
  hand_in (fixture, BK_SQLITE_WRITE_CHECKED, insert_job, item_new ("b", 0), &results);
  g_atomic_int_set (&full, 1);
  door_open (&fixture->door);
  bk_test_wait_for_count (&results.count, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_error ((GError *) results.errors->pdata[i], BECKON_ERROR, BECKON_ERROR_STORAGE);
      g_assert_cmpstr (((GError *) results.errors->pdata[i])->message, ==, "The disk is full");
    }
  g_atomic_int_set (&full, 0);
  insert (fixture, "after");
  g_assert_cmpint (query (fixture, "SELECT count(*) FROM item"), ==, 2);
  results_clear (&results);
  check_anew (fixture, 2);
}

int
main (int argc, char **argv)
{
#define TEST(name, function) g_test_add ("/sqlite/gather/" name, Fixture, NULL, set_up_busy, function, tear_down)
  bk_test_init (&argc, &argv);
  watch_writes ();
  TEST ("few-writes", test_few_writes);
  TEST ("others-see-it", test_others_see_it);
  TEST ("sectors", test_sectors);
  TEST ("large", test_large);
  TEST ("taken-back", test_taken_back);
  TEST ("another-writes", test_another_writes);
  TEST ("disk-full", test_disk_full);
  return g_test_run ();
}
