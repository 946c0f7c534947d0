/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What those who are blocked see of the blocker. */
#include "bk-store-private.h"

/* @owner, who is blocked by @other, goes on seeing it as it is now. */
gboolean
bk_store_contact_freeze (BkSqlite *db, gint64 owner, gint64 other, GError **error)
{
  return bk_store_exec (db, error,
                        "UPDATE contacts SET frozen = 1, frozen_image = NULL,"
                        " frozen_name = (SELECT display_name FROM accounts WHERE id = ?2),"
                        " frozen_avatar = (SELECT avatar FROM accounts WHERE id = ?2)"
                        " WHERE owner = ?1 AND other = ?2",
                        "ii", owner, other);
}

/* The block is over: the row shows what there is, and its owner is told if that makes a difference. */
gboolean
bk_store_contact_thaw (BkSqlite *db, BkStoreContactRow *row, BkStoreChanges *changes, GError **error)
{
  gint64 one;
  gboolean differs;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT 1 FROM contacts c JOIN accounts a ON a.id = c.other"
                                        " WHERE c.owner = ? AND c.other = ? AND c.frozen = 1 AND c.relation IN (2, 3)"
                                        " AND (c.frozen_name IS NOT a.display_name OR (c.relation = 3"
                                        " AND c.frozen_avatar IS NOT a.avatar))",
                                        "ii", row->owner, row->other);

  if (!bk_store_get_int (db, query, &one, &differs, error)
      || !bk_store_exec (db, error,
                         "UPDATE contacts SET frozen = 0, frozen_name = NULL, frozen_avatar = NULL,"
                         " frozen_image = NULL WHERE owner = ? AND other = ?",
                         "ii", row->owner, row->other))
    return FALSE;
  return !differs || bk_store_contact_save (db, row, changes, error);
}
