/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-store-private.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_HASH_BYTES 32

const BkStoreQuota bk_store_default_quota = {
  .contacts = BK_LIMIT_CONTACTS,
  .groups = BK_LIMIT_GROUPS,
  .devices = BK_LIMIT_DEVICES,
  .sessions = BK_LIMIT_SESSIONS,
  .requests_open = 500,
  .requests_waiting = 500,
  .transports = BK_LIMIT_TRANSPORTS,
  .messages = 100000,
  .message_bytes = 256 * 1024 * 1024,
  .envelope_bytes = 64 * 1024 * 1024,
};

/* A job carries its own: the configuration may be read again while it waits. */
const BkStoreQuota *
bk_store_quota (const BkStoreQuota *quota)
{
  return quota->contacts > 0 ? quota : &bk_store_default_quota;
}

/* ---- statements ---- */

/* @keep says whether the values outlive the statement's run (SQLITE_STATIC) or are copied (SQLITE_TRANSIENT). */
static void
bind_values (sqlite3_stmt *statement, sqlite3_destructor_type keep, const char *types, va_list values)
{
  for (int i = 0; types[i] != '\0'; i++)
    if (types[i] == 'i')
      sqlite3_bind_int64 (statement, i + 1, va_arg (values, gint64));
    else if (types[i] == 's')
      sqlite3_bind_text (statement, i + 1, va_arg (values, const char *), -1, keep);
    else
      {
        gsize size;
        gconstpointer data = g_bytes_get_data (va_arg (values, GBytes *), &size);
        sqlite3_bind_blob (statement, i + 1, data, (int) size, keep);
      }
}

/* Prepares @sql and gives it its values. Step it until it has no more rows: one that stands half-way holds the file. */
sqlite3_stmt *
bk_store_query (BkSqlite *db, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (db, sql, error);
  va_list values;

  va_start (values, types);
  if (statement != NULL)
    bind_values (statement, SQLITE_TRANSIENT, types, values);
  va_end (values);
  return statement;
}

/* Runs a statement that returns nothing. */
gboolean
bk_store_exec (BkSqlite *db, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (db, sql, error);
  va_list values;
  gboolean row;

  va_start (values, types);
  if (statement != NULL)
    bind_values (statement, SQLITE_STATIC, types, values);
  va_end (values);
  return statement != NULL && bk_sqlite_step (db, statement, &row, error);
}

/* Reads the one number that @statement (nullable: then @error is set already) yields, and finishes it. */
gboolean
bk_store_get_int (BkSqlite *db, sqlite3_stmt *statement, gint64 *value, gboolean *found, GError **error)
{
  gboolean row;

  if (found != NULL)
    *found = FALSE;
  if (statement == NULL || !bk_sqlite_step (db, statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;

  *value = sqlite3_column_int64 (statement, 0);
  if (found != NULL)
    *found = TRUE;
  sqlite3_reset (statement);
  return TRUE;
}

char *
bk_store_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/* Tokens are 256 random bits: a plain hash is enough to make a stolen file worthless. */
GBytes *
bk_store_hash_token (const char *token)
{
  guint8 hash[TOKEN_HASH_BYTES];

  crypto_generichash (hash, sizeof hash, (const guint8 *) token, strlen (token), NULL, 0);
  return g_bytes_new (hash, sizeof hash);
}

/* Frees a secret and what it said. */
void
bk_store_wipe (char **secret)
{
  if (*secret != NULL)
    sodium_memzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

/* Returns (transfer full) a time for the operator's eyes. */
char *
bk_store_format_time (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time / BK_STORE_SECOND);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
}

/* ---- accounts, as every table needs them ---- */

/* Gives @account its next sequence number. */
gboolean
bk_store_next_seq (BkSqlite *db, gint64 account, gint64 *seq, GError **error)
{
  gboolean row;

  if (!bk_store_exec (db, error, "UPDATE accounts SET last_seq = last_seq + 1 WHERE id = ?", "i", account))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT last_seq FROM accounts WHERE id = ?", "i", account);
  if (!bk_store_get_int (db, query, seq, &row, error))
    return FALSE;
  if (!row)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "This account has been removed");
  return row;
}

/* Finds an account; @account is 0 if there is none. */
gboolean
bk_store_account_by_name (BkSqlite *db, const char *name, gint64 *account, GError **error)
{
  *account = 0;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM accounts WHERE name = ?", "s", name);
  return bk_store_get_int (db, query, account, NULL, error);
}

/* Returns (transfer full) the sign-in name of @account. */
char *
bk_store_account_name (BkSqlite *db, gint64 account, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT name FROM accounts WHERE id = ?", "i", account);
  gboolean row;

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return NULL;
  if (!row)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "This account has been removed");
      return NULL;
    }
  char *name = bk_store_dup_text (query, 0);
  sqlite3_reset (query);
  return name;
}

/* Runs @sql, which yields numbers, for @account. */
gboolean
bk_store_collect (BkSqlite *db, const char *sql, gint64 account, GArray *numbers, GError **error)
{
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error, sql, "i", account);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      gint64 number = sqlite3_column_int64 (query, 0);
      g_array_append_val (numbers, number);
    }
  return FALSE;
}

/* ---- what a job changed ---- */

static void
event_free (gpointer data)
{
  BkStoreEvent *event = data;

  g_bytes_unref (event->frame);
  g_free (event);
}

/* Takes over the frame of @event. */
void
bk_store_changes_add (BkStoreChanges *changes, const BkStoreEvent *event)
{
  if (changes->events == NULL)
    changes->events = g_ptr_array_new_with_free_func (event_free);
  g_ptr_array_add (changes->events, g_memdup2 (event, sizeof *event));
}

void
bk_store_changes_pair (BkStoreChanges *changes, gint64 a, gint64 b, gboolean visible)
{
  BkStorePair pair = { a, b, visible };

  if (changes->pairs == NULL)
    changes->pairs = g_array_new (FALSE, FALSE, sizeof (BkStorePair));
  g_array_append_val (changes->pairs, pair);
}

void
bk_store_changes_clear (BkStoreChanges *changes)
{
  g_clear_pointer (&changes->events, g_ptr_array_unref);
  g_clear_pointer (&changes->pairs, g_array_unref);
}

/* Frees a struct that holds nothing but its changes. */
void
bk_store_plain_free (gpointer data)
{
  bk_store_changes_clear (data);
  g_free (data);
}
