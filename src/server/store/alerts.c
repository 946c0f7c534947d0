/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts: the text lies here once; each account has a copy of its number only, at its place in that account's stream. */
#include "bk-store-private.h"

#include "bk-ids.h"

#define LIFE (7 * BK_STORE_DAY)
/* Of one account. More than anybody reads who comes back after a week. */
#define MAX_COPIES 100

/* Makes the frame of an alert; *@frame is NULL if there is none (any more). */
static gboolean
make_frame (BkSqlite *db, gint64 alert, gint64 seq, gint64 now, GBytes **frame, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT guid, site, text, url, time FROM alerts WHERE id = ? AND expires > ?",
                                        "ii", alert, now);

  *frame = NULL;
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return FALSE;
  if (!found)
    return TRUE;

  g_autoptr (BkFrame) made = bk_frame_new (BK_FRAME_ALERT, -1);
  if (seq != 0)
    bk_frame_set_int (made, "seq", seq);
  bk_frame_set_string (made, "alert", bk_sqlite_column_text (query, 0));
  bk_frame_set_int (made, "site", sqlite3_column_int64 (query, 1));
  bk_frame_set_string (made, "text", bk_sqlite_column_text (query, 2));
  bk_frame_set_string (made, "url", bk_sqlite_column_text (query, 3));
  bk_frame_set_int (made, "time", sqlite3_column_int64 (query, 4));
  sqlite3_reset (query);
  *frame = bk_frame_to_bytes (made);
  return TRUE;
}

/* Returns (transfer full) the `alert` frame of a copy that bk_store_sync () has found. */
GBytes *
bk_store_alert_frame (BkSqlite *db, gint64 alert, gint64 seq, gint64 now, GError **error)
{
  GBytes *frame;

  if (make_frame (db, alert, seq, now, &frame, error) && frame == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "An alert vanished");
  return frame;
}

/* Puts an alert into the stream of @account, unless its time is over. Of too many the oldest goes. */
gboolean
bk_store_alert_put (BkSqlite *db, gint64 account, gint64 alert, gint64 now, BkStoreChanges *changes, GError **error)
{
  BkStoreEvent event = { .account = account };
  gboolean alive;
  gint64 one;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT 1 FROM alerts WHERE id = ? AND expires > ?", "ii", alert, now);

  if (!bk_store_get_int (db, query, &one, &alive, error))
    return FALSE;
  if (!alive)
    return TRUE;
  if (!bk_store_next_seq (db, account, &event.seq, error)
      || !bk_store_exec (db, error, "INSERT INTO alert_copies (owner, seq, alert) VALUES (?, ?, ?)", "iii", account,
                         event.seq, alert)
      || !bk_store_exec (db, error,
                         "DELETE FROM alert_copies WHERE owner = ?1 AND seq <="
                         " (SELECT seq FROM alert_copies WHERE owner = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
                         "ii", account, (gint64) MAX_COPIES))
    return FALSE;
  event.frame = bk_store_alert_frame (db, alert, event.seq, now, error);
  if (event.frame == NULL)
    return FALSE;
  bk_store_changes_add (changes, &event);
  return TRUE;
}

/* Takes an alert that goes to whoever is there now out of the file. */
gboolean
bk_store_alert_take (BkSqlite *db, gint64 alert, gint64 now, gint64 *site, GBytes **frame, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT site FROM alerts WHERE id = ?", "i", alert);

  return bk_store_get_int (db, query, site, NULL, error) && make_frame (db, alert, 0, now, frame, error)
         && bk_store_exec (db, error, "DELETE FROM alerts WHERE id = ?", "i", alert);
}

/* ---- for the operator ---- */

/* Writes an alert down, and that it is to be sent. */
gboolean
bk_store_send_alert (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAlert *job = data;
  g_autofree char *guid = bk_guid_new ();
  gint64 account = 0;

  if (job->to != NULL && !bk_store_account_by_name (db, job->to, &account, error))
    return FALSE;
  if (job->to != NULL && account == 0)
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND, "There is no account named “%s”", job->to);
      return FALSE;
    }
  return bk_store_exec (db, error,
                        "INSERT INTO alerts (guid, site, text, url, time, expires) VALUES (?, ?, ?, ?, ?, ?)",
                        "sissii", guid, job->site, job->text, job->url, job->now, job->now + LIFE)
         && bk_store_operation_add (db, job->operation, account, NULL, bk_sqlite_last_rowid (db), error);
}

void
bk_store_alert_free (gpointer data)
{
  BkStoreAlert *job = data;

  g_free (job->to);
  g_free (job->text);
  g_free (job->url);
  bk_store_plain_free (job);
}
