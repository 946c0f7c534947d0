/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "past.h"

#include <sqlite3.h>

Past *
past_new (void)
{
  Past *past = g_new0 (Past, 1);

  past->world = engine_world_new ();
  engine_world_open (past->world);
  past->alice = engine_world_add_alice (past->world, &past->backend);
  hand_backend_contact (past->backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  return past;
}

void
past_free (Past *past)
{
  engine_world_free (past->world);
  g_free (past);
}

void
past_receive (Past *past, const char *who, const char *text)
{
  g_autofree char *id = g_strdup_printf ("m%u", past->n_messages++);

  hand_backend_message (past->backend, NULL, who, id, FALSE, text);
}

GPtrArray *
past_search (Past *past, const char *text, const char *who, gint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_search_async (past->world->engine, text, NULL, who, before, limit, NULL, bk_test_store_result, &result);
  GPtrArray *found = bk_engine_search_finish (past->world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return found;
}

char *
past_hits (Past *past, const char *text, const char *who)
{
  g_autoptr (GPtrArray) found = past_search (past, text, who, 0, 200);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (all, "%s|", ((BkEngineFound *) found->pdata[i])->message->text);
  return g_string_free (all, FALSE);
}

void
past_assert_hits (Past *past, const char *text, const char *who, const char *expected)
{
  g_autofree char *all = past_hits (past, text, who);

  if (g_strcmp0 (all, expected) != 0)
    g_test_message ("looking for “%s”", text);
  g_assert_cmpstr (all, ==, expected);
}

/* ---- the file, from outside ---- */

static sqlite3 *
open_file (Past *past)
{
  g_autofree char *path = g_build_filename (past->world->dir, "data", "beckon", "history.sqlite", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  return db;
}

gint64
past_query_file (Past *past, const char *sql)
{
  sqlite3 *db = open_file (past);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  return value;
}

void
past_change_file (Past *past, const char *sql)
{
  sqlite3 *db = open_file (past);
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* Each turn brings the upkeep on: its steps come back to this loop. */
void
past_wait_for_zero (Past *past, const char *sql)
{
  do
    engine_world_settle (past->world, past->alice);
  while (past_query_file (past, sql) != 0);
}
