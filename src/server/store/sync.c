/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device has missed: rows of six tables, merged by their numbers. */
#include "bk-store-private.h"

typedef enum
{
  SOURCE_CONTACT,
  SOURCE_MESSAGE,
  SOURCE_ENVELOPE,
  SOURCE_GROUP,
  SOURCE_ALERT,
  SOURCE_MARK,
} Source;

typedef struct
{
  Source source;
  gint64 row;
  gint64 seq;
} Item;

/* A device that starts from nothing need not hear of contacts and groups that are gone. */
static const char sql[] =
  "SELECT 0, id, seq FROM contacts WHERE owner = ?1 AND seq > ?2 AND (?2 > 0 OR relation != 0 OR blocked != 0)"
  " UNION ALL SELECT 1, id, seq FROM messages WHERE owner = ?1 AND seq > max (?2, ?6)"
  " UNION ALL SELECT 2, id, seq FROM envelopes WHERE owner = ?1 AND seq > max (?2, ?6)"
  "   AND (device = 0 OR device = ?3) AND not_device != ?3 AND expires > ?4"
  " UNION ALL SELECT 3, id, seq FROM groups WHERE owner = ?1 AND seq > ?2 AND (?2 > 0 OR name IS NOT NULL)"
  " UNION ALL SELECT 4, alert, seq FROM alert_copies JOIN alerts ON id = alert WHERE owner = ?1 AND seq > max (?2, ?6)"
  "   AND expires > ?4"
  " UNION ALL SELECT 5, id, seq FROM marks WHERE owner = ?1 AND seq > ?2"
  " ORDER BY 3 LIMIT ?5";

static gboolean
collect (BkSqlite *db, BkStoreSync *job, GArray *items, GError **error)
{
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error, sql, "iiiiii", job->account, job->after, job->device, job->now,
                                        (gint64) job->limit, job->known_until);

  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      Item item = { (Source) sqlite3_column_int (query, 0), sqlite3_column_int64 (query, 1),
                    sqlite3_column_int64 (query, 2) };
      g_array_append_val (items, item);
    }
  return FALSE;
}

static GBytes *
make_frame (BkSqlite *db, const BkStoreSync *job, const Item *item, GError **error)
{
  switch (item->source)
    {
    case SOURCE_CONTACT:
      return bk_store_contact_frame (db, item->row, error);
    case SOURCE_MESSAGE:
      return bk_store_message_frame (db, item->row, error);
    case SOURCE_ENVELOPE:
      return bk_store_envelope_frame (db, item->row, job->now, error);
    case SOURCE_GROUP:
      return bk_store_group_frame (db, item->row, error);
    case SOURCE_ALERT:
      return bk_store_alert_frame (db, item->row, item->seq, job->now, error);
    case SOURCE_MARK:
      return bk_store_mark_frame (db, item->row, error);
    }
  return NULL;
}

/* `reached` is the number of the last row, or where the account stands if there are no more rows. */
static gboolean
find_reached (BkSqlite *db, BkStoreSync *job, const GArray *items, GError **error)
{
  if (items->len == job->limit)
    {
      job->reached = g_array_index (items, Item, items->len - 1).seq;
      return TRUE;
    }
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT last_seq FROM accounts WHERE id = ?", "i", job->account);
  return bk_store_get_int (db, query, &job->reached, NULL, error);
}

gboolean
bk_store_sync (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreSync *job = data;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));

  if (!collect (db, job, items, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      BkStoreEvent event = { .account = job->account, .seq = item->seq };

      event.frame = make_frame (db, job, item, error);
      if (event.frame == NULL)
        return FALSE;
      bk_store_changes_add (&job->changes, &event);
    }
  return find_reached (db, job, items, error);
}
