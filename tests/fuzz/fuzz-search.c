/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is typed is a query that the index takes, and finds no more than it says; whatever is written can be put
 * into the index and taken out again. */
#include "bk-search-text.h"

#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "bk-limits.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static sqlite3 *db;
static sqlite3_stmt *put, *ask, *drop;

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s%s%s", promise, db != NULL ? ": " : "", db != NULL ? sqlite3_errmsg (db) : "");
}

/* The table is that of the engine. */
static void
open_index (void)
{
  check (sqlite3_open (":memory:", &db) == SQLITE_OK, "there is memory");
  check (sqlite3_exec (db,
                       "CREATE VIRTUAL TABLE search USING fts5 (text, place, content = '', columnsize = 0,"
                       " prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');"
                       "INSERT INTO search (rowid, text, place) VALUES (1, 'hello world', char (1048577));",
                       NULL, NULL, NULL) == SQLITE_OK, "the table can be made");
  sqlite3_prepare_v2 (db, "INSERT INTO search (rowid, text, place) VALUES (2, ?, char (1048578))", -1, &put, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO search (search, rowid, text, place) VALUES ('delete', 2, ?, char (1048578))", -1,
                      &drop, NULL);
  sqlite3_prepare_v2 (db, "SELECT rowid FROM search WHERE search MATCH ?", -1, &ask, NULL);
}

static void
change (sqlite3_stmt *statement, const char *text)
{
  sqlite3_bind_text (statement, 1, text, -1, SQLITE_TRANSIENT);
  check (sqlite3_step (statement) == SQLITE_DONE, "any text can be put into the index and taken out again");
  sqlite3_reset (statement);
}

static void
query (const char *query_text)
{
  g_autofree char *match = g_strdup_printf ("text : (%s) AND place : (\"\xF4\x80\x80\x82\")", query_text);
  int code;

  sqlite3_bind_text (ask, 1, match, -1, SQLITE_TRANSIENT);
  while ((code = sqlite3_step (ask)) == SQLITE_ROW)
    check (sqlite3_column_int64 (ask, 0) == 2, "only what is in that place is found");
  check (code == SQLITE_DONE, "nothing that is typed is a mistake of syntax");
  sqlite3_reset (ask);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (db == NULL)
    open_index ();
  if (!g_utf8_validate (text, -1, NULL))
    return 0;

  g_autofree char *words = bk_search_text (text);
  g_autofree char *query_text = bk_search_text_to_query (text);
  check (g_utf8_validate (words, -1, NULL), "words are text");
  check (strlen (words) <= 6 * strlen (text), "words do not grow without bounds");
  change (put, words);
  if (query_text != NULL && strlen (text) <= BK_LIMIT_QUERY)
    query (query_text);
  change (drop, words);
  return 0;
}
