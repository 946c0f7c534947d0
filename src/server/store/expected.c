/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was to be seen online when the server was ended: when it starts again soon, they are on their way back. */
#include "bk-store-private.h"

static gboolean
clear (BkSqlite *db, GError **error)
{
  return bk_store_exec (db, error, "DELETE FROM expected WHERE account > ?", "i", G_GINT64_CONSTANT (0));
}

/* Writes down who is expected. */
gboolean
bk_store_expect (BkSqlite *db, gpointer data, GError **error)
{
  const BkStoreExpected *job = data;

  if (!clear (db, error))
    return FALSE;
  for (guint i = 0; i < job->accounts->len; i++)
    if (!bk_store_exec (db, error, "INSERT INTO expected (account, since) SELECT id, ?2 FROM accounts WHERE id = ?1",
                        "ii", g_array_index (job->accounts, gint64, i), job->time))
      return FALSE;
  return TRUE;
}

/* Reads who is expected since @time or later, once. */
gboolean
bk_store_take_expected (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreExpected *job = data;
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT account, name FROM expected JOIN accounts ON id = account"
                                        " WHERE since >= ? AND disabled = 0",
                                        "i", job->time);

  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return clear (db, error);
      gint64 account = sqlite3_column_int64 (query, 0);
      g_array_append_val (job->accounts, account);
      g_ptr_array_add (job->names, bk_store_dup_text (query, 1));
    }
  return FALSE;
}

BkStoreExpected *
bk_store_expected_new (gint64 time)
{
  BkStoreExpected *job = g_new0 (BkStoreExpected, 1);

  job->time = time;
  job->accounts = g_array_new (FALSE, FALSE, sizeof (gint64));
  job->names = g_ptr_array_new_with_free_func (g_free);
  return job;
}

void
bk_store_expected_free (gpointer data)
{
  BkStoreExpected *job = data;

  g_array_unref (job->accounts);
  g_ptr_array_unref (job->names);
  bk_store_plain_free (job);
}
