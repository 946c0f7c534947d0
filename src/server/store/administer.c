/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator sees of an account, and closing one for a while. */
#include "bk-store-private.h"

#define SWEEP_ROWS 64

/* ---- seeing ---- */

static gboolean
append_count (BkSqlite *db, GString *list, const char *what, const char *sql, gint64 account, GError **error)
{
  gint64 count = 0;
  sqlite3_stmt *query = bk_store_query (db, error, sql, "i", account);

  if (!bk_store_get_int (db, query, &count, NULL, error))
    return FALSE;
  g_string_append_printf (list, "%s: %" G_GINT64_FORMAT "\n", what, count);
  return TRUE;
}

static gboolean
append_head (BkSqlite *db, GString *list, gint64 account, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT name, display_name, created, disabled, avatar IS NOT NULL,"
                                        " (SELECT max (last_seen) FROM devices WHERE account = a.id)"
                                        " FROM accounts a WHERE id = ?", "i", account);
  gboolean row;

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  g_autofree char *created = bk_store_format_time (sqlite3_column_int64 (query, 2));
  g_autofree char *closed = bk_store_format_time (sqlite3_column_int64 (query, 3));
  g_autofree char *seen = bk_store_format_time (sqlite3_column_int64 (query, 5));
  g_string_append_printf (list, "name: %s\ndisplay name: %s\nmade: %s\n", bk_sqlite_column_text (query, 0),
                          bk_sqlite_column_text (query, 1), created);
  if (sqlite3_column_int64 (query, 3) != 0)
    g_string_append_printf (list, "disabled: %s\n", closed);
  g_string_append_printf (list, "seen: %s\npicture: %s\n", sqlite3_column_int64 (query, 5) != 0 ? seen : "never",
                          sqlite3_column_int (query, 4) != 0 ? "yes" : "no");
  sqlite3_reset (query);
  return TRUE;
}

/* Writes lines about the account named in `token`. Nothing that people say to each other. */
gboolean
bk_store_show_account (BkSqlite *db, gpointer data, GError **error)
{
  static const struct
  {
    const char *what;
    const char *sql;
  } counts[] = {
    { "devices", "SELECT count (*) FROM devices WHERE account = ?" },
    { "contacts", "SELECT count (*) FROM contacts WHERE owner = ? AND relation = 3" },
    { "contacts asked", "SELECT count (*) FROM contacts WHERE owner = ? AND relation = 1" },
    { "blocked", "SELECT count (*) FROM contacts WHERE owner = ? AND blocked != 0" },
    { "groups", "SELECT count (*) FROM groups WHERE owner = ? AND name IS NOT NULL" },
    { "messages", "SELECT n_messages FROM accounts WHERE id = ?" },
    { "sessions waiting", "SELECT count (*) FROM envelopes WHERE owner = ?" },
  };
  BkStoreAdmin *job = data;
  gint64 account;

  if (!bk_store_account_find (db, job->token, &account, error) || !append_head (db, job->list, account, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (!append_count (db, job->list, counts[i].what, counts[i].sql, account, error))
      return FALSE;
  return TRUE;
}

gboolean
bk_store_list_accounts (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT name, display_name,"
                                        " (SELECT count (*) FROM devices WHERE account = accounts.id), n_messages,"
                                        " (SELECT max (last_seen) FROM devices WHERE account = accounts.id), disabled"
                                        " FROM accounts ORDER BY name",
                                        "");
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      g_autofree char *seen = bk_store_format_time (sqlite3_column_int64 (query, 4));
      g_string_append_printf (job->list, "%s  “%s”  devices: %" G_GINT64_FORMAT "  messages: %" G_GINT64_FORMAT
                              "  seen: %s%s\n", bk_sqlite_column_text (query, 0), bk_sqlite_column_text (query, 1),
                              (gint64) sqlite3_column_int64 (query, 2), (gint64) sqlite3_column_int64 (query, 3),
                              sqlite3_column_int64 (query, 4) != 0 ? seen : "never",
                              sqlite3_column_int64 (query, 5) != 0 ? "  disabled" : "");
    }
  return FALSE;
}

/* ---- closing ---- */

static gboolean
set_disabled (BkSqlite *db, const BkStoreAdmin *job, gint64 since, gint64 *account, GError **error)
{
  return bk_store_account_find (db, job->token, account, error)
         && bk_store_exec (db, error, "UPDATE accounts SET disabled = ? WHERE id = ?", "ii", since, *account);
}

/* Closes the account named in `token`: nobody can sign in, and who has is sent away. All that it has stays. */
gboolean
bk_store_disable_account (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gint64 account;

  return set_disabled (db, job, job->now, &account, error)
         && bk_store_operation_add (db, BK_STORE_ACCOUNT_DISABLED, account, NULL, 0, error);
}

/* A server that has not come to send anybody away need not any more. */
gboolean
bk_store_enable_account (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gint64 account;

  return set_disabled (db, job, 0, &account, error)
         && bk_store_exec (db, error, "DELETE FROM operations WHERE operation = ? AND account = ?", "ii",
                           (gint64) BK_STORE_ACCOUNT_DISABLED, account);
}

/* ---- what is too old ---- */

/* Throws away those of the next messages that are too old. Most often rows are as old as their numbers, but the clock of
 * a machine may have been wrong for a while: what is too old can stand behind what is not. */
gboolean
bk_store_message_sweep (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreSweep *job = data;
  gint64 first = job->after;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT ifnull (max (id), 0) FROM"
                                        " (SELECT id FROM messages WHERE id > ? ORDER BY id LIMIT ?)",
                                        "ii", first, (gint64) SWEEP_ROWS);

  job->more = FALSE;
  if (!bk_store_get_int (db, query, &job->after, NULL, error))
    return FALSE;
  if (job->after == 0)
    return TRUE;
  /* With a plus before the owner SQLite reads the rows of this step, and not all that the owner has. */
  if (!bk_store_exec (db, error,
                      "UPDATE accounts SET (n_messages, message_bytes) = (SELECT n_messages - count (*),"
                      " message_bytes - ifnull (sum (length (CAST (text AS BLOB))), 0) FROM messages"
                      " WHERE id > ?1 AND id <= ?2 AND time < ?3 AND +owner = accounts.id)"
                      " WHERE id IN (SELECT owner FROM messages WHERE id > ?1 AND id <= ?2 AND time < ?3)",
                      "iii", first, job->after, job->before)
      || !bk_store_exec (db, error, "DELETE FROM messages WHERE id > ? AND id <= ? AND time < ?", "iii", first,
                         job->after, job->before))
    return FALSE;
  job->more = bk_sqlite_changes (db) > 0;
  return TRUE;
}
