/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done in the background, a bit at a time, so that whoever writes never waits long:
 *   - what belonged to removed accounts goes;
 *   - what was written before there was an index of words is taken into it, the newest first: until that is done, a
 *     search does not find what is older;
 *   - words of entries that are gone are removed from the index's pages, where nobody finds them any more. It puts the
 *     pages in order, too: so it is done after many entries were taken in, and messages are written faster then.
 * It stops with the program and goes on with the next start. */
#include "bk-engine-history-private.h"

#define REMOVE_BATCH 200
#define INDEX_BATCH 200
#define MERGE_PAGES 64

/* ---- removed accounts ---- */

static gboolean
remove_conversation (BkSqlite *sqlite, gint64 conversation, gint64 *budget, GError **error)
{
  static const char some[] = "m.id IN (SELECT id FROM messages WHERE conversation = ?1 ORDER BY id LIMIT ?2)";
  g_autofree char *remove = g_strconcat ("DELETE FROM messages AS m WHERE ", some, NULL);

  if (!_bk_history_unindex (sqlite, some, conversation, *budget, error)
      || !_bk_history_change (sqlite, remove, conversation, *budget, error))
    return FALSE;
  *budget -= bk_sqlite_changes (sqlite);
  if (*budget <= 0)
    return TRUE;
  *budget -= 1;
  return _bk_history_change (sqlite, "DELETE FROM conversations WHERE id = ?1", conversation, 0, error);
}

static gboolean
remove_some (BkSqlite *sqlite, gint64 account, GError **error)
{
  gint64 budget = REMOVE_BATCH, conversation = 0;

  while (budget > 0)
    {
      if (!_bk_history_query (sqlite, "SELECT id FROM conversations WHERE account = ? LIMIT 1", account, &conversation,
                              error))
        return FALSE;
      if (conversation == 0)
        return _bk_history_change (sqlite, "DELETE FROM accounts WHERE id = ?1", account, 0, error)
               && bk_sqlite_exec (sqlite, "UPDATE upkeep SET purge = 1", error);
      if (!remove_conversation (sqlite, conversation, &budget, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- the index ---- */

static gboolean
index_some (BkSqlite *sqlite, gint64 below, GError **error)
{
  gint64 from;
  g_autofree char *nth =
    g_strdup_printf ("SELECT id FROM messages WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET %d", INDEX_BATCH - 1);

  return _bk_history_query (sqlite, nth, below, &from, error)
         && _bk_history_index (sqlite, "m.id >= ?1 AND m.id < ?2", from, below, error)
         && _bk_history_change (sqlite, "UPDATE upkeep SET unindexed = ?1, purge = max (purge, ?1 = 0)", from, 0,
                                error);
}

/* A merge that has nothing to do changes nothing but its own note of that. */
static gboolean
purge_some (BkSqlite *sqlite, GError **error)
{
  gint64 any, before = bk_sqlite_total_changes (sqlite);
  g_autofree char *merge =
    g_strdup_printf ("INSERT INTO search (search, rank) VALUES ('merge', %d)", -MERGE_PAGES);

  if (!_bk_history_query (sqlite, "SELECT EXISTS (SELECT 1 FROM messages)", 0, &any, error)
      || !bk_sqlite_exec (sqlite, any != 0 ? merge : "INSERT INTO search (search) VALUES ('delete-all')", error))
    return FALSE;
  if (any != 0 && bk_sqlite_total_changes (sqlite) - before >= 2)
    return TRUE;
  return bk_sqlite_exec (sqlite, "UPDATE upkeep SET purge = 0", error);
}

/* ---- steps ---- */

typedef struct
{
  gboolean more;
} UpkeepJob;

static gboolean
upkeep_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  UpkeepJob *job = data;
  gint64 account, unindexed, purge;

  if (!_bk_history_query (sqlite, "SELECT id FROM accounts WHERE " BK_HISTORY_IS_REMOVED " LIMIT 1", 0, &account, error)
      || !_bk_history_query (sqlite, "SELECT unindexed FROM upkeep", 0, &unindexed, error)
      || !_bk_history_query (sqlite, "SELECT purge FROM upkeep", 0, &purge, error))
    return FALSE;
  job->more = account != 0 || unindexed != 0 || purge != 0;
  if (account == 0 && unindexed != 0)
    return index_some (sqlite, unindexed, error);
  if (account != 0)
    return remove_some (sqlite, account, error);
  return purge == 0 || purge_some (sqlite, error);
}

static void run_step (BkEngineHistory *self_in);

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkEngineHistory) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree UpkeepJob *job = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  self->keeping_up = FALSE;
  if (job == NULL)
    g_warning ("The history could not be tidied up: %s", error->message); /* again at the next start */
  else if (job->more || self->keep_up)
    run_step (self);
}

static void
run_step (BkEngineHistory *self)
{
  if (_bk_engine_history_is_closing (self) || self->sqlite == NULL)
    return;
  self->keeping_up = TRUE;
  self->keep_up = FALSE;
  _bk_engine_history_run (self, BK_SQLITE_WRITE, upkeep_job, g_new0 (UpkeepJob, 1), g_free, NULL, on_step,
                          g_object_ref (self));
}

void
_bk_engine_history_keep_up (BkEngineHistory *self)
{
  self->keep_up = TRUE;
  if (!self->keeping_up)
    run_step (self);
}
