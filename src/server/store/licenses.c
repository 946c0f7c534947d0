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

static gboolean
refuse_unknown (const char *id, GError **error)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no license “%s”", id);
  return FALSE;
}

/* Has the programs that use the license named in `token`, or all if it is NULL, prove again that they know the key. */
gboolean
bk_store_ask_license (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gboolean found = job->token == NULL;
  gint64 one;

  sqlite3_stmt *query = bk_store_query (db, error, "SELECT 1 FROM licenses WHERE id = ?", "s", job->token);
  if (job->token != NULL && !bk_store_get_int (db, query, &one, &found, error))
    return FALSE;
  return found ? bk_store_operation_add (db, BK_STORE_LICENSE_ASKED, 0, job->token, 0, error)
               : refuse_unknown (job->token, error);
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
    return refuse_unknown (job->token, error);
  return bk_store_operation_add (db, BK_STORE_LICENSE_REVOKED, 0, job->token, 0, error);
}
