/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Licenses of Lock and Key. One that is revoked stays, so that the list tells what became of it. */
#include "bk-store-private.h"

/* Finds the key of a license that opens anything in this cloud. */
gboolean
bk_store_license (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreLicense *job = data;
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT key FROM licenses WHERE id = ? AND cloud = ? AND revoked = 0", "ss",
                                        job->id, job->cloud);
  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  if (row)
    job->key = bk_store_dup_text (query, 0);
  return TRUE;
}

void
bk_store_license_free (gpointer data)
{
  BkStoreLicense *job = data;

  g_free (job->id);
  bk_store_wipe (&job->key);
  bk_store_plain_free (job);
}

/* ---- for the operator ---- */

gboolean
bk_store_issue_license (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;

  return bk_store_exec (db, error, "INSERT INTO licenses (id, key, name, cloud, issued) VALUES (?, ?, ?, ?, ?)",
                        "ssssi", job->token, job->key, job->name, job->cloud, job->now);
}

/* Writes a line for each license. Keys are not told again. */
gboolean
bk_store_list_licenses (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id, name, cloud, issued, revoked FROM licenses ORDER BY issued, id",
                                        "");
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;

      gint64 revoked = sqlite3_column_int64 (query, 4);
      g_autofree char *begin = bk_store_format_time (sqlite3_column_int64 (query, 3));
      g_autofree char *end = revoked != 0 ? bk_store_format_time (revoked) : NULL;
      g_string_append_printf (job->list, "%s  “%s”  cloud: %s  issued: %s%s%s\n", bk_sqlite_column_text (query, 0),
                              bk_sqlite_column_text (query, 1), bk_sqlite_column_text (query, 2), begin,
                              end != NULL ? "  revoked: " : "", end != NULL ? end : "");
    }
  return FALSE;
}

/* Revokes the license named in `token`. To do it again is no error, and keeps the first date. */
gboolean
bk_store_revoke_license (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;

  if (!bk_store_exec (db, error, "UPDATE licenses SET revoked = iif (revoked = 0, ?, revoked) WHERE id = ?", "is",
                      job->now, job->token))
    return FALSE;
  if (bk_sqlite_changes (db) == 0)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no license “%s”", job->token);
  return bk_sqlite_changes (db) == 1;
}
