/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of every schema that there has been (schemas/N.sql): each is brought up to date, keeps what is in it and is
 * served; a newer one is refused. */
#include "server-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define ALICE "alice@example.org"

static sqlite3 *
open_plain (const char *path)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  return db;
}

static void
exec (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

/* Every row that @sql yields, a line each; values as SQL writes them. */
static char *
list (sqlite3 *db, const char *sql)
{
  GString *text = g_string_new (NULL);
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (statement); i++)
        {
          const char *value = (const char *) sqlite3_column_text (statement, i);
          g_string_append_printf (text, "%s|", value != NULL ? value : "NULL");
        }
      g_string_append_c (text, '\n');
    }
  sqlite3_finalize (statement);
  return g_string_free (text, FALSE);
}

static char *
schema_path (guint version)
{
  g_autofree char *name = g_strdup_printf ("%u.sql", version);

  return g_test_build_filename (G_TEST_DIST, "server", "schemas", name, NULL);
}

/* Makes the file @database of schema @version. */
static void
load (const char *database, guint version)
{
  g_autofree char *path = schema_path (version);
  g_autofree char *sql = NULL;

  if (!g_file_get_contents (path, &sql, NULL, NULL))
    g_error ("There is no %s: run tests/server/schemas/make and commit what it writes", path);
  sqlite3 *db = open_plain (database);
  exec (db, sql);
  sqlite3_close (db);
}

static GError *
upgrade (const char *database)
{
  g_autoptr (BkSqlite) db = bk_sqlite_new (database, bk_store_migrations, bk_store_n_migrations);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  GError *error = NULL;

  bk_sqlite_open_async (db, NULL, bk_test_store_result, &opened);
  bk_sqlite_open_finish (db, bk_test_await (&opened), &error);
  bk_sqlite_close_async (db, bk_test_store_result, &closed);
  bk_test_await (&closed);
  return error;
}

static char *
describe_schema (const char *database)
{
  sqlite3 *db = open_plain (database);
  char *text = list (db, "SELECT type, name, tbl_name, replace (sql, '\"', '') FROM sqlite_schema ORDER BY type, name");

  sqlite3_close (db);
  return text;
}

/* The contents of all tables of @columns_of, and of no other columns. */
static GHashTable *
read_contents (sqlite3 *db, sqlite3 *columns_of)
{
  GHashTable *contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *names = list (columns_of, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  g_auto (GStrv) tables = g_strsplit (names, "|\n", -1);

  for (guint i = 0; tables[i] != NULL && *tables[i] != '\0'; i++)
    {
      g_autofree char *ask = g_strdup_printf ("SELECT group_concat (quote (name)) FROM pragma_table_info ('%s')",
                                              tables[i]);
      g_autofree char *columns = g_strdelimit (list (columns_of, ask), "'|\n", ' ');
      g_autofree char *order = g_strdup_printf ("SELECT %s FROM %s ORDER BY 1, 2", columns, tables[i]);
      char *rows = list (db, order);

      if (*rows == '\0')
        g_error ("There is nothing in %s", tables[i]);
      g_hash_table_insert (contents, g_strdup (tables[i]), rows);
    }
  return contents;
}

static void
check_contents (const char *old_file, const char *database)
{
  sqlite3 *old_db = open_plain (old_file);
  sqlite3 *new_db = open_plain (database);
  g_autoptr (GHashTable) expected = read_contents (old_db, old_db);
  g_autoptr (GHashTable) found = read_contents (new_db, old_db);
  GHashTableIter iter;
  gpointer table, rows;

  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &table, &rows))
    if (!g_str_equal (table, "sqlite_sequence"))
      g_assert_cmpstr (g_hash_table_lookup (found, table), ==, rows);
  sqlite3_close (old_db);
  sqlite3_close (new_db);
}

/* Alice finds what was there. */
static void
check_served (Fixture *f)
{
  static const char *const texts[] = { "Hello, Bob", "Grüße'; --" };

  fixture_start (f);
  g_autoptr (Client) alice = client_new (f);
  client_sign_in (alice, ALICE, NULL, 0);
  g_autoptr (BkFrame) contact = client_push (alice, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "who"), ==, "bob@example.org");
  guint n_messages = 0;
  for (gboolean done = FALSE; !done;)
    {
      bk_test_wait_for_count (&alice->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&alice->pushes);
      done = bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP;
      if (bk_frame_get_frame_type (frame) == BK_FRAME_MESSAGE)
        g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, texts[n_messages++]);
    }
  g_assert_cmpuint (n_messages, ==, 2);
  client_ok (alice, request_message ("bob@example.org", "{00000000-0000-4000-8000-000000000099}", "And now?"));
  fixture_stop (f);
}

static void
test_upgrade (Fixture *f, gconstpointer data)
{
  fixture_stop (f);
  g_autofree char *fresh = describe_schema (f->database);
  for (guint version = 1; version <= bk_store_n_migrations; version++)
    {
      g_autofree char *old_file = g_strdup_printf ("%s.%u", f->database, version);
      g_test_message ("schema %u", version);
      g_unlink (f->database);
      load (f->database, version);
      load (old_file, version);
      g_autoptr (GError) error = upgrade (f->database);
      g_assert_no_error (error);
      g_autofree char *upgraded = describe_schema (f->database);
      g_assert_cmpstr (upgraded, ==, fresh);
      check_contents (old_file, f->database);
      check_served (f);
    }
}

/* Once released, a step is never changed: a file made by it looks like the one that is kept here. */
static void
test_steps (Fixture *f, gconstpointer data)
{
  for (guint version = 1; version <= bk_store_n_migrations; version++)
    {
      g_autofree char *kept = g_strdup_printf ("%s.%u", f->database, version);
      g_autofree char *made = g_strdup_printf ("%s.made-%u", f->database, version);
      sqlite3 *db = open_plain (made);

      for (guint step = 0; step < version; step++)
        exec (db, bk_store_migrations[step].sql);
      sqlite3_close (db);
      load (kept, version);
      g_autofree char *expected = describe_schema (kept);
      g_autofree char *found = describe_schema (made);
      g_assert_cmpstr (found, ==, expected);
    }
}

/* What a newer program wrote is refused by name, and not touched. */
static void
test_newer (Fixture *f, gconstpointer data)
{
  g_autofree char *set = g_strdup_printf ("PRAGMA user_version = %u", bk_store_n_migrations + 1);
  g_autofree char *expected
    = g_strdup_printf ("The database was written by a newer version of Beckon (its format is %u, this program knows %u): "
                       "please update", bk_store_n_migrations + 1, bk_store_n_migrations);

  fixture_stop (f);
  sqlite3 *db = open_plain (f->database);
  exec (db, set);
  exec (db, "CREATE TABLE later (x)");
  sqlite3_close (db);
  g_autofree char *before = describe_schema (f->database);
  g_autoptr (GError) error = upgrade (f->database);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_assert_cmpstr (error->message, ==, expected);
  g_autofree char *after = describe_schema (f->database);
  g_assert_cmpstr (after, ==, before);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/schemas/upgrade", test_upgrade);
  SERVER_TEST ("/server/schemas/steps", test_steps);
  SERVER_TEST ("/server/schemas/newer", test_newer);
  return g_test_run ();
}
