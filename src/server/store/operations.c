/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator's commands leave for the server to do, in the order in which they came. The server takes them on
 * when it is told to look, and when it starts. One that concerns many accounts is done in steps, each a job of its own:
 * others get their turn in between, and a server that is killed goes on where it stopped. */
#include "bk-store-private.h"

typedef struct
{
  gint64 id;
  BkStoreOperation operation;
  gint64 account;
  gint64 device;
  char *license; /* nullable */
  gint64 alert;
  gint64 done; /* what was dealt with in earlier steps has smaller numbers, or this one */
} Row;

static void
row_clear (Row *row)
{
  g_free (row->license);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

gboolean
bk_store_operation_add (BkSqlite *db, BkStoreOperation operation, gint64 account, const char *license, gint64 alert,
                        GError **error)
{
  return bk_store_exec (db, error, "INSERT INTO operations (operation, account, license, alert) VALUES (?, ?, ?, ?)",
                        "iisi", (gint64) operation, account, license, alert);
}

/* A device has lost its token; it is to be gone at once. */
gboolean
bk_store_operation_add_device (BkSqlite *db, gint64 account, gint64 device, GError **error)
{
  return bk_store_exec (db, error, "INSERT INTO operations (operation, account, device, alert) VALUES (?, ?, ?, 0)",
                        "iii", (gint64) BK_STORE_DEVICE_REMOVED, account, device);
}

static gboolean
load (BkSqlite *db, Row *row, gboolean *found, GError **error)
{
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id, operation, account, license, alert, done, device FROM operations"
                                        " ORDER BY id LIMIT 1",
                                        "");
  if (query == NULL || !bk_sqlite_step (db, query, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  row->id = sqlite3_column_int64 (query, 0);
  row->operation = (BkStoreOperation) sqlite3_column_int (query, 1);
  row->account = sqlite3_column_int64 (query, 2);
  row->license = bk_store_dup_text (query, 3);
  row->alert = sqlite3_column_int64 (query, 4);
  row->done = sqlite3_column_int64 (query, 5);
  row->device = sqlite3_column_int64 (query, 6);
  sqlite3_reset (query);
  return TRUE;
}

/* ---- one step ---- */

/* The next accounts in the order of their numbers. */
static gboolean
next_accounts (BkSqlite *db, Row *row, guint limit, GArray *accounts, GError **error)
{
  gboolean more;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT ?", "ii",
                                        row->done, (gint64) limit);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      row->done = sqlite3_column_int64 (query, 0);
      g_array_append_val (accounts, row->done);
    }
  return FALSE;
}

static gboolean
alert_all (BkSqlite *db, BkStoreOperator *job, Row *row, gboolean *finished, GError **error)
{
  g_autoptr (GArray) accounts = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!next_accounts (db, row, job->limit, accounts, error))
    return FALSE;
  *finished = accounts->len < job->limit;
  for (guint i = 0; i < accounts->len; i++)
    if (!bk_store_alert_put (db, g_array_index (accounts, gint64, i), row->alert, job->now, &job->changes, error))
      return FALSE;
  return TRUE;
}

/* The account may have been removed since. */
static gboolean
alert_one (BkSqlite *db, BkStoreOperator *job, Row *row, GError **error)
{
  gboolean found;
  gint64 account;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM accounts WHERE id = ?", "i", row->account);

  if (!bk_store_get_int (db, query, &account, &found, error))
    return FALSE;
  return !found || bk_store_alert_put (db, account, row->alert, job->now, &job->changes, error);
}

/* The rows in which others know the account were changed by the command. Those who are online are to hear of it. */
static gboolean
tell_contacts (BkSqlite *db, BkStoreOperator *job, Row *row, gboolean *finished, GError **error)
{
  gboolean more;
  guint n = 0;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id, owner, seq FROM contacts WHERE other = ? AND id > ?"
                                        " ORDER BY id LIMIT ?",
                                        "iii", row->account, row->done, (gint64) job->limit);
  for (; query != NULL; n++)
    {
      if (!bk_sqlite_step (db, query, &more, error))
        return FALSE;
      if (!more)
        break;
      row->done = sqlite3_column_int64 (query, 0);
      BkStoreEvent event = { .account = sqlite3_column_int64 (query, 1), .seq = sqlite3_column_int64 (query, 2) };
      event.frame = bk_store_contact_frame (db, row->done, error);
      if (event.frame == NULL)
        return FALSE;
      bk_store_changes_add (&job->changes, &event);
      bk_store_changes_pair (&job->changes, row->account, event.account, FALSE);
    }
  *finished = n < job->limit;
  return query != NULL;
}

static gboolean
step (BkSqlite *db, BkStoreOperator *job, Row *row, gboolean *finished, GError **error)
{
  *finished = TRUE;
  switch (row->operation)
    {
    case BK_STORE_ACCOUNT_REMOVED:
      return tell_contacts (db, job, row, finished, error);
    case BK_STORE_LICENSE_ASKED:
    case BK_STORE_LICENSE_REVOKED:
    case BK_STORE_DEVICE_REMOVED:
    case BK_STORE_ACCOUNT_DISABLED:
      return TRUE;
    case BK_STORE_ALERT_ONE:
      return alert_one (db, job, row, error);
    case BK_STORE_ALERT_ALL:
      return alert_all (db, job, row, finished, error);
    case BK_STORE_ALERT_SUBSCRIBERS:
      return bk_store_alert_take (db, row->alert, job->now, &job->site, &job->frame, error);
    case BK_STORE_NO_OPERATION:
      break;
    }
  g_warning ("The file asks for something that this version does not know; it is left out");
  return TRUE;
}

/* Does one step of the first thing that is to be done. */
gboolean
bk_store_operate (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreOperator *job = data;
  g_auto (Row) row = { 0 };
  gboolean found, finished;

  if (!load (db, &row, &found, error))
    return FALSE;
  job->found = found;
  if (!found)
    return TRUE;
  if (!step (db, job, &row, &finished, error))
    return FALSE;
  job->operation = row.operation;
  job->account = row.account;
  job->device = row.device;
  job->license = g_steal_pointer (&row.license);
  return finished ? bk_store_exec (db, error, "DELETE FROM operations WHERE id = ?", "i", row.id)
                  : bk_store_exec (db, error, "UPDATE operations SET done = ? WHERE id = ?", "ii", row.done, row.id);
}

void
bk_store_operator_free (gpointer data)
{
  BkStoreOperator *job = data;

  g_free (job->license);
  g_clear_pointer (&job->frame, g_bytes_unref);
  bk_store_plain_free (job);
}
