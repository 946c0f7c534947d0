/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are here in part. */
#include "bk-engine-history-private.h"

/* ---- reading ---- */

static void
read_part (sqlite3_stmt *statement, gpointer parts)
{
  BkHistoryPart part = {
    .account = (guint) sqlite3_column_int64 (statement, 0),
    .who = (char *) bk_sqlite_column_text (statement, 1),
    .name = (char *) bk_sqlite_column_text (statement, 2),
    .size = (guint64) sqlite3_column_int64 (statement, 3),
    .folder = (char *) bk_sqlite_column_text (statement, 4),
    .part = (char *) bk_sqlite_column_text (statement, 5),
    .time = sqlite3_column_int64 (statement, 6),
  };

  if (part.who != NULL && part.name != NULL && part.folder != NULL && part.part != NULL)
    g_ptr_array_add (parts, bk_history_part_copy (&part));
}

gboolean
_bk_history_load_parts (BkSqlite *sqlite, BkHistoryContent *content, GError **error)
{
  return _bk_history_read_rows (sqlite,
                                "SELECT account, who, name, size, folder, part, time FROM parts ORDER BY time",
                                read_part, content->parts, error);
}

/* ---- writing ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  BkHistoryPart *part = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (part != NULL)
    bk_history_part_free (part);
  else
    g_warning ("How far a file has come could not be written: %s", error->message);
}

static gboolean
put_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryPart *part = data;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "INSERT OR REPLACE INTO parts (account, who, name, size, folder, part, time)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)",
                       error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "ississi", (gint64) part->account, part->who, part->name, (gint64) part->size,
                  part->folder, part->part, part->time);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_put_part (BkEngineHistory *self, const BkHistoryPart *part)
{
  _bk_engine_history_run (self, BK_SQLITE_WRITE, put_job, bk_history_part_copy (part),
                          (GDestroyNotify) bk_history_part_free, NULL, on_written, NULL);
}

static gboolean
drop_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryPart *part = data;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "DELETE FROM parts WHERE folder = ? AND part = ?", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "ss", part->folder, part->part);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_drop_part (BkEngineHistory *self, const char *folder, const char *part)
{
  BkHistoryPart *gone = g_new0 (BkHistoryPart, 1);

  gone->folder = g_strdup (folder);
  gone->part = g_strdup (part);
  _bk_engine_history_run (self, BK_SQLITE_WRITE, drop_job, gone, (GDestroyNotify) bk_history_part_free, NULL,
                          on_written, NULL);
}
