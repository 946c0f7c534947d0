/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the disk: versions, damage, and a process that is killed. */
#include "bk-sqlite.h"

#include "beckon-error.h"
#include "bk-test.h"

#include <glib/gstdio.h>
#include <string.h>

static const BkSqliteMigration schema[] = {
  { "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT" },
  { "ALTER TABLE item ADD COLUMN size INTEGER NOT NULL DEFAULT 7; CREATE INDEX item_size ON item (size)" },
  { "UPDATE item SET size = size + 1; CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT" },
};

static const BkSqliteMigration broken_schema[] = {
  { "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT" },
  { "ALTER TABLE item ADD COLUMN size INTEGER NOT NULL DEFAULT 7; CREATE TABLE item (x)" },
};

typedef struct
{
  BkTestDir *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = bk_test_dir_new ();
  fixture->path = g_build_filename (fixture->dir, "test.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  bk_test_dir_remove (fixture->dir);
}

/* Opens the file and returns the object, or NULL with @error. */
static BkSqlite *
try_open (Fixture *fixture, const BkSqliteMigration *migrations, guint n_migrations, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  BkSqlite *sqlite = bk_sqlite_new (fixture->path, migrations, n_migrations);

  bk_sqlite_open_async (sqlite, NULL, bk_test_store_result, &result);
  if (bk_sqlite_open_finish (sqlite, bk_test_await (&result), error))
    return sqlite;
  g_clear_object (&result);
  g_assert_finalize_object (sqlite);
  return NULL;
}

/* The same by hand, past all checks. */
static gint64
plain_sql (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 value = 0;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  for (const char *rest = sql; *rest != '\0';)
    {
      g_assert_cmpint (sqlite3_prepare_v2 (db, rest, -1, &statement, &rest), ==, SQLITE_OK);
      while (sqlite3_step (statement) == SQLITE_ROW)
        value = sqlite3_column_int64 (statement, 0);
      g_assert_cmpint (sqlite3_finalize (statement), ==, SQLITE_OK);
    }
  sqlite3_close (db);
  return value;
}

static GBytes *
read_file (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize length;

  g_file_get_contents (fixture->path, &contents, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

static void
write_file (Fixture *fixture, const char *contents, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, contents, (gssize) length, &error);
  g_assert_no_error (error);
}

/* Opening is refused with a sentence about @what, and not a byte of the file changes. */
static void
assert_refused (Fixture *fixture, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = read_file (fixture);

  g_assert_null (try_open (fixture, schema, G_N_ELEMENTS (schema), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, what));
  g_autoptr (GBytes) after = read_file (fixture);
  g_assert_true (g_bytes_equal (before, after));
}

static void
test_from_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BkSqlite *sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);

  g_assert_no_error (error);
  g_assert_finalize_object (sqlite);
  g_assert_cmpint (plain_sql (fixture, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (plain_sql (fixture, "SELECT count(*) FROM item, extra"), ==, 0);

  /* Once more: nothing to do, nothing done. */
  sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);
  g_assert_no_error (error);
  g_assert_finalize_object (sqlite);
  g_assert_cmpint (plain_sql (fixture, "PRAGMA user_version"), ==, 3);
}

/* Every older version is brought to the newest, with what it holds. */
static void
test_from_each_version (Fixture *fixture, gconstpointer data)
{
  for (guint version = 1; version <= G_N_ELEMENTS (schema); version++)
    {
      g_autoptr (GError) error = NULL;
      BkSqlite *sqlite = try_open (fixture, schema, version, &error);

      g_assert_no_error (error);
      g_assert_finalize_object (sqlite);
      g_assert_cmpint (plain_sql (fixture, "PRAGMA user_version"), ==, version);
      plain_sql (fixture, "INSERT INTO item (name) VALUES ('a')");

      sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);
      g_assert_no_error (error);
      g_assert_finalize_object (sqlite);
      g_assert_cmpint (plain_sql (fixture, "PRAGMA user_version"), ==, 3);
      g_assert_cmpint (plain_sql (fixture, "SELECT size FROM item"), ==, version == 3 ? 7 : 8);
      g_assert_no_errno (g_unlink (fixture->path));
    }
}

/* A step that fails leaves the version before it, whole. */
static void
test_broken_step (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_open (fixture, broken_schema, G_N_ELEMENTS (broken_schema), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_cmpint (plain_sql (fixture, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (plain_sql (fixture, "SELECT count(*) FROM pragma_table_info ('item')"), ==, 2);

  BkSqlite *sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);
  g_assert_no_error (error);
  g_assert_finalize_object (sqlite);
}

static void
test_newer_version (Fixture *fixture, gconstpointer data)
{
  plain_sql (fixture, "CREATE TABLE future (x); PRAGMA user_version = 4");
  assert_refused (fixture, "newer version of Beckon");
  plain_sql (fixture, "PRAGMA user_version = -1");
  assert_refused (fixture, "newer version of Beckon");
}

static void
test_not_a_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_strnfill (100000, 'x');

  write_file (fixture, noise, 100000);
  assert_refused (fixture, "damaged");
}

static void
fill (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BkSqlite *sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);

  g_assert_no_error (error);
  g_assert_finalize_object (sqlite);
  plain_sql (fixture, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                      "INSERT INTO item (name) SELECT 'item number ' || i FROM n; PRAGMA wal_checkpoint (TRUNCATE)");
}

/* The header is sound, the pages behind it are not. */
static void
test_damaged_pages (Fixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_autoptr (GBytes) sound = read_file (fixture);
  gsize length = g_bytes_get_size (sound);
  g_autofree char *contents = g_memdup2 (g_bytes_get_data (sound, NULL), length);

  memset (contents + 3 * 4096, 0xA5, length / 2);
  write_file (fixture, contents, length);
  assert_refused (fixture, "damaged");
}

static void
test_cut_off (Fixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_autoptr (GBytes) sound = read_file (fixture);

  write_file (fixture, g_bytes_get_data (sound, NULL), g_bytes_get_size (sound) / 2);
  assert_refused (fixture, "damaged");
}

/* A folder where the file should be, and one that is not there. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir (fixture->path, 0700));
  g_assert_null (try_open (fixture, schema, G_N_ELEMENTS (schema), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_no_errno (g_rmdir (fixture->path));
}

/* ---- a process that is killed while it writes ---- */

typedef struct
{
  guint next;
  guint done;
} Child;

static gboolean
write_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *insert = bk_sqlite_prepare (sqlite, "INSERT INTO item (id, name) VALUES (?, 'x')", error);

  if (insert == NULL)
    return FALSE;
  bk_sqlite_bind (insert, "i", (gint64) *(guint *) data);
  return bk_sqlite_step (sqlite, insert, NULL, error);
}

static void on_written (GObject *source, GAsyncResult *result, gpointer data);

static void
write_next (BkSqlite *sqlite, Child *child)
{
  guint *number = g_new (guint, 1);

  *number = ++child->next;
  bk_sqlite_run_async (sqlite, BK_SQLITE_WRITE, write_job, number, g_free, NULL, on_written, child);
}

/* Says so only now: what was said must survive anything. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint *number = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  g_assert_no_error (error);
  g_print ("%u\n", *number);
  write_next (BK_SQLITE (source), data);
}

static int
child_main (const char *path)
{
  Fixture fixture = { .path = (char *) path };
  Child child = { 0 };
  BkSqlite *sqlite = try_open (&fixture, schema, G_N_ELEMENTS (schema), NULL);

  g_assert_nonnull (sqlite);
  for (guint i = 0; i < 10; i++)
    write_next (sqlite, &child);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) said = g_hash_table_new (NULL, NULL);

  for (guint round = 1; round <= 3; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe",
                                                        "--write-until-killed", fixture->path, NULL);
      g_assert_no_error (error);
      g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
      char *line;

      g_hash_table_remove_all (said);
      while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
        {
          g_hash_table_add (said, GUINT_TO_POINTER (g_ascii_strtoull (line, NULL, 10)));
          g_free (line);
          if (g_hash_table_size (said) == round * 37)
            g_subprocess_force_exit (child);
        }
      g_subprocess_wait (child, NULL, NULL);
      g_assert_true (g_subprocess_get_if_signaled (child));
      g_assert_cmpuint (g_hash_table_size (said), >=, round * 37);

      BkSqlite *sqlite = try_open (fixture, schema, G_N_ELEMENTS (schema), &error);
      g_assert_no_error (error);
      g_assert_finalize_object (sqlite);
      g_assert_cmpint (plain_sql (fixture, "SELECT count(*) FROM item"), >=, g_hash_table_size (said));
      GHashTableIter iter;
      gpointer number;
      g_hash_table_iter_init (&iter, said);
      while (g_hash_table_iter_next (&iter, &number, NULL))
        {
          g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM item WHERE id = %u", GPOINTER_TO_UINT (number));
          g_assert_cmpint (plain_sql (fixture, sql), ==, 1);
        }
      plain_sql (fixture, "DELETE FROM item");
    }
}

/* A copy is whole, or it is not there: what is damaged is found when it is made, not when it is needed. */
static void
test_copy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *to = g_strconcat (fixture->path, ".copy", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gint64 version = 0;
  GStatBuf status;

  g_assert_false (bk_sqlite_copy (fixture->path, to, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  plain_sql (fixture, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                      "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                      "INSERT INTO item (name) SELECT 'item number ' || i FROM n; PRAGMA user_version = 3");
  g_assert_true (bk_sqlite_copy (fixture->path, to, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (to, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_true (bk_sqlite_check (to, &version, &error));
  g_assert_cmpint (version, ==, 3);

  g_assert_false (bk_sqlite_copy (fixture->path, to, &error)); /* over another one */
  g_assert_nonnull (strstr (error->message, "cannot be made"));
  g_clear_error (&error);
  g_assert_true (bk_sqlite_check (to, &version, &error));
  g_assert_cmpint (g_unlink (to), ==, 0);

  /* A page from the middle, which copying does not look into. */
  bytes = read_file (fixture);
  gsize length = g_bytes_get_size (bytes);
  g_autofree char *damaged = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
  memset (damaged + length / 2 / 4096 * 4096, 0xFF, 4096);
  write_file (fixture, damaged, length);
  g_assert_false (bk_sqlite_copy (fixture->path, to, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "damaged"));
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
#define TEST(name, function) g_test_add ("/sqlite/files/" name, Fixture, NULL, set_up, function, tear_down)
  if (argc == 3 && g_str_equal (argv[1], "--write-until-killed"))
    return child_main (argv[2]);

  bk_test_init (&argc, &argv);
  TEST ("from-nothing", test_from_nothing);
  TEST ("from-each-version", test_from_each_version);
  TEST ("broken-step", test_broken_step);
  TEST ("newer-version", test_newer_version);
  TEST ("not-a-database", test_not_a_database);
  TEST ("damaged-pages", test_damaged_pages);
  TEST ("cut-off", test_cut_off);
  TEST ("no-file", test_no_file);
  TEST ("kill", test_kill);
  TEST ("copy", test_copy);
  return g_test_run ();
}
