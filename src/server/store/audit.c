/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who did what about whom. Rows are made by the job that does it, so that there is no deed without its row; what has
 * failed is written afterwards. No contents, no secrets. What others than the operator can cause is bounded: the same
 * within an hour is counted in one row, and of their rows only the newest stay. */
#include "bk-store-private.h"

#define SAME_WITHIN (3600 * BK_STORE_SECOND)
#define SWEEP_ROWS 256

static gboolean
count_again (BkSqlite *db, const BkStoreAct *act, gboolean *counted, GError **error)
{
  *counted = FALSE;
  if (act->actor == BK_STORE_ACTOR_OPERATOR)
    return TRUE;
  if (!bk_store_exec (db, error,
                      "UPDATE audit SET times = times + 1, last = ? WHERE id ="
                      " (SELECT id FROM audit WHERE about = ? AND act = ? ORDER BY id DESC LIMIT 1)"
                      " AND actor = ? AND origin = ? AND detail = ? AND result = ? AND time > ?",
                      "ississsi", act->time, act->about, act->act, (gint64) act->actor, act->origin, act->detail,
                      act->result, act->time - SAME_WITHIN))
    return FALSE;
  *counted = bk_sqlite_changes (db) > 0;
  return TRUE;
}

/* Writes a row, as part of the job that runs. */
gboolean
bk_store_audit (BkSqlite *db, const BkStoreAct *given, GError **error)
{
  BkStoreAct act = *given;
  gboolean counted;

  act.about = act.about != NULL ? act.about : "";
  act.origin = act.origin != NULL ? act.origin : "";
  act.detail = act.detail != NULL ? act.detail : "";
  act.result = act.result != NULL ? act.result : "done";
  if (!count_again (db, &act, &counted, error))
    return FALSE;
  if (counted)
    return TRUE;
  return bk_store_exec (db, error,
                        "INSERT INTO audit (time, last, actor, act, about, origin, detail, result)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiisssss", act.time, act.time, (gint64) act.actor, act.act, act.about, act.origin, act.detail,
                        act.result)
         && bk_store_exec (db, error, "DELETE FROM audit WHERE actor != 0 AND id <= ?", "i",
                           bk_sqlite_last_rowid (db) - BK_STORE_MAX_AUDIT);
}

/* ---- jobs ---- */

gboolean
bk_store_audit_add (BkSqlite *db, gpointer data, GError **error)
{
  const BkStoreAudit *job = data;
  const BkStoreAct act = {
    .time = job->now,
    .actor = job->actor,
    .act = job->act,
    .about = job->about,
    .origin = job->origin,
    .detail = job->detail,
    .result = job->result,
  };

  return bk_store_audit (db, &act, error);
}

void
bk_store_audit_free (gpointer data)
{
  BkStoreAudit *job = data;

  g_free (job->act);
  g_free (job->about);
  g_free (job->origin);
  g_free (job->detail);
  g_free (job->result);
  bk_store_plain_free (job);
}

/* Throws away some of what is too old. */
gboolean
bk_store_audit_sweep (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreSweep *job = data;

  if (!bk_store_exec (db, error,
                      "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE time < ? ORDER BY time LIMIT ?)", "ii",
                      job->before, (gint64) SWEEP_ROWS))
    return FALSE;
  job->more = bk_sqlite_changes (db) == SWEEP_ROWS;
  return TRUE;
}

static void
append_row (GString *list, sqlite3_stmt *query)
{
  static const char *const actors[] = { "operator", "account", "somebody" };
  g_autofree char *time = bk_store_format_time (sqlite3_column_int64 (query, 0));
  gint64 actor = sqlite3_column_int64 (query, 1), times = sqlite3_column_int64 (query, 7);

  g_string_append_printf (list, "%s  %s  %s", time,
                          actor >= 0 && actor < (gint64) G_N_ELEMENTS (actors) ? actors[actor] : "?",
                          bk_sqlite_column_text (query, 2));
  for (int column = 3; column <= 5; column++)
    if (*bk_sqlite_column_text (query, column) != '\0')
      g_string_append_printf (list, "  %s%s", column == 4 ? "from " : "", bk_sqlite_column_text (query, column));
  g_string_append_printf (list, "  %s", bk_sqlite_column_text (query, 6));
  if (times > 1)
    {
      g_autofree char *last = bk_store_format_time (sqlite3_column_int64 (query, 8));
      g_string_append_printf (list, "  %" G_GINT64_FORMAT " times, last: %s", times, last);
    }
  g_string_append_c (list, '\n');
}

/* Writes a line for each row that is not older than `expires`, of all or of what is about `name`. */
gboolean
bk_store_list_audit (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT time, actor, act, about, origin, detail, result, times, last FROM audit"
                                        " WHERE last >= ?1 AND (?2 IS NULL OR about = ?2) ORDER BY id",
                                        "is", job->expires, job->name);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      append_row (job->list, query);
    }
  return FALSE;
}
