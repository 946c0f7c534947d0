/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registration tokens: what an operator hands to a person who may make an account. */
#include "bk-store-private.h"

/* Whether somebody may register with @token now. */
gboolean
bk_store_token_is_good (BkSqlite *db, const char *token, gint64 now, gboolean *good, GError **error)
{
  g_autoptr (GBytes) hash = bk_store_hash_token (token);
  gint64 id;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id FROM registration_tokens WHERE hash = ? AND uses > 0"
                                        " AND (expires = 0 OR expires > ?)",
                                        "bi", hash, now);
  return bk_store_get_int (db, query, &id, good, error);
}

/* Uses up one registration. */
gboolean
bk_store_token_use (BkSqlite *db, const char *token, gint64 now, gboolean *good, GError **error)
{
  g_autoptr (GBytes) hash = bk_store_hash_token (token);

  if (!bk_store_exec (db, error,
                      "UPDATE registration_tokens SET uses = uses - 1 WHERE hash = ? AND uses > 0"
                      " AND (expires = 0 OR expires > ?)",
                      "bi", hash, now))
    return FALSE;
  *good = bk_sqlite_changes (db) == 1;
  return TRUE;
}

/* Keeps a hash of the new token and its first letters, by which the list names it. */
gboolean
bk_store_create_token (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  g_autoptr (GBytes) hash = bk_store_hash_token (job->token);
  g_autofree char *hint = g_strndup (job->token, BK_STORE_TOKEN_HINT);

  return bk_store_exec (db, error, "INSERT INTO registration_tokens (hash, hint, uses, expires) VALUES (?, ?, ?, ?)",
                        "bsii", hash, hint, (gint64) job->uses, job->expires);
}

/* Writes a line for each token that can still be used. */
gboolean
bk_store_list_tokens (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT hint, uses, expires FROM registration_tokens"
                                        " WHERE uses > 0 AND (expires = 0 OR expires > ?) ORDER BY id",
                                        "i", job->now);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;

      gint64 expires = sqlite3_column_int64 (query, 2);
      g_autofree char *text = expires == 0 ? g_strdup ("never") : bk_store_format_time (expires);
      g_string_append_printf (job->list, "%s…  uses left: %" G_GINT64_FORMAT "  expires: %s\n",
                              bk_sqlite_column_text (query, 0), (gint64) sqlite3_column_int64 (query, 1), text);
    }
  return FALSE;
}

void
bk_store_admin_free (gpointer data)
{
  BkStoreAdmin *job = data;

  g_free (job->token);
  bk_store_wipe (&job->key);
  g_free (job->name);
  g_free (job->cloud);
  if (job->list != NULL)
    g_string_free (job->list, TRUE);
  bk_store_plain_free (job);
}
