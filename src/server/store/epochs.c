/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ages of the file. A file that was restored from a backup gives out numbers that devices may know for something
 * else: so a device says in which age it got its number. */
#include "bk-store-private.h"

#include <sodium.h>

#define EPOCH_BYTES 16

/* The newest age. @number and @epoch may be NULL. */
static gboolean
read_newest (BkSqlite *db, gint64 *number, char **epoch, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT number, epoch FROM epochs ORDER BY number DESC LIMIT 1", "");
  gboolean row;

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  if (!row)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "The database is damaged: it has no epoch");
      return FALSE;
    }
  if (number != NULL)
    *number = sqlite3_column_int64 (query, 0);
  if (epoch != NULL)
    *epoch = bk_store_dup_text (query, 1);
  sqlite3_reset (query);
  return TRUE;
}

/* Up to which number the account @account had in age @number, and has now, the same facts: 0 if it was not there when
 * that age ended. */
static gboolean
find_common (BkSqlite *db, gint64 account, gint64 number, gint64 *common, GError **error)
{
  gint64 first = 0;
  gboolean found;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT last_seq FROM restored WHERE account = ? AND number = ?", "ii", account,
                                        number + 1);
  *common = 0;
  if (!bk_store_get_int (db, query, &first, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  query = bk_store_query (db, error, "SELECT min (last_seq) FROM restored WHERE account = ? AND number > ?", "ii",
                          account, number);
  return bk_store_get_int (db, query, common, NULL, error);
}

/* A client that names no epoch is older than they are: it got its number in the first. */
static gboolean
find_epoch (BkSqlite *db, const char *epoch, gint64 *number, gboolean *found, GError **error)
{
  sqlite3_stmt *query = epoch != NULL
    ? bk_store_query (db, error, "SELECT number FROM epochs WHERE epoch = ?", "s", epoch)
    : bk_store_query (db, error, "SELECT min (number) FROM epochs", "");

  return bk_store_get_int (db, query, number, found, error);
}

/* Where the device goes on: from `after`, or, if that number means something else now, with `again`. */
gboolean
bk_store_epoch_place (BkSqlite *db, BkStoreSignIn *job, GError **error)
{
  gint64 number = 0, newest = 0, common = 0;
  gboolean found;

  if (!read_newest (db, &newest, &job->epoch, error) || !find_epoch (db, job->known_epoch, &number, &found, error))
    return FALSE;
  if (job->after == 0 || (found && number == newest && job->after <= job->last_seq))
    return TRUE;
  if (found && number != newest && !find_common (db, job->account, number, &common, error))
    return FALSE;
  job->again = TRUE;
  job->known_until = MIN (job->after, common);
  job->after = 0;
  return TRUE;
}

/* The file was copied from a backup: a new age begins. */
gboolean
bk_store_begin_epoch (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  guint8 random[EPOCH_BYTES];
  char epoch[2 * EPOCH_BYTES + 1];
  gint64 number;

  randombytes_buf (random, sizeof random);
  sodium_bin2hex (epoch, sizeof epoch, random, sizeof random);
  return read_newest (db, &number, NULL, error)
         && bk_store_exec (db, error, "INSERT INTO epochs (number, epoch, began) VALUES (?, ?, ?)", "isi", number + 1,
                           epoch, job->now)
         && bk_store_exec (db, error,
                           "INSERT INTO restored (account, number, last_seq) SELECT id, ?, last_seq FROM accounts",
                           "i", number + 1);
}
