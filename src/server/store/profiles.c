/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and pictures. Who sees them sees a change of them as a change of the contact. */
#include "bk-store-private.h"

#include "bk-picture.h"

/* 2: asking, 3: accepted. Who is blocked sees no change. */
#define WHO_SEES_NAME "SELECT owner FROM contacts WHERE other = ? AND relation IN (2, 3) AND frozen = 0"
#define WHO_SEES_PICTURE "SELECT owner FROM contacts WHERE other = ? AND relation = 3 AND frozen = 0"

/* Reads what the account shows now. */
static gboolean
load (BkSqlite *db, BkStoreProfile *job, GError **error)
{
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT display_name, avatar FROM accounts WHERE id = ?", "i",
                                        job->account);

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  if (!row)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED, "This account has been removed");
      return FALSE;
    }
  if (job->display_name == NULL)
    job->display_name = bk_store_dup_text (query, 0);
  job->avatar = bk_store_dup_text (query, 1);
  sqlite3_reset (query);
  return TRUE;
}

static gboolean
tell (BkSqlite *db, BkStoreProfile *job, const char *watchers, GError **error)
{
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!bk_store_collect (db, watchers, job->account, owners, error))
    return FALSE;
  for (guint i = 0; i < owners->len; i++)
    {
      g_auto (BkStoreContactRow) row = { 0 };
      if (!bk_store_contact_load (db, g_array_index (owners, gint64, i), job->account, &row, error)
          || !bk_store_contact_save (db, &row, &job->changes, error))
        return FALSE;
    }
  return TRUE;
}

/* Who is blocked can still fetch the picture that they see. */
static gboolean
keep_frozen (BkSqlite *db, const BkStoreProfile *job, GError **error)
{
  return bk_store_exec (db, error,
                        "UPDATE contacts SET frozen_image = (SELECT image FROM avatars WHERE account = ?1)"
                        " WHERE other = ?1 AND frozen = 1 AND frozen_avatar = ?2 AND frozen_image IS NULL",
                        "is", job->account, job->avatar);
}

/* The same picture once more is nothing new for anybody. */
static gboolean
set_image (BkSqlite *db, BkStoreProfile *job, GError **error)
{
  g_autofree char *id = job->image != NULL ? bk_picture_dup_id (job->image) : NULL;

  if (g_strcmp0 (job->avatar, id) == 0)
    return TRUE;
  if (!keep_frozen (db, job, error))
    return FALSE;
  g_free (job->avatar);
  job->avatar = g_steal_pointer (&id);
  return bk_store_exec (db, error, "UPDATE accounts SET avatar = ? WHERE id = ?", "si", job->avatar, job->account)
         && (job->image != NULL
               ? bk_store_exec (db, error, "INSERT OR REPLACE INTO avatars (account, image) VALUES (?, ?)", "ib",
                                job->account, job->image)
               : bk_store_exec (db, error, "DELETE FROM avatars WHERE account = ?", "i", job->account))
         && tell (db, job, WHO_SEES_PICTURE, error);
}

gboolean
bk_store_profile (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreProfile *job = data;
  gboolean sets_name = job->display_name != NULL;

  if (!load (db, job, error))
    return FALSE;
  if (sets_name
      && (!bk_store_exec (db, error, "UPDATE accounts SET display_name = ? WHERE id = ?", "si", job->display_name,
                          job->account)
          || !tell (db, job, WHO_SEES_NAME, error)))
    return FALSE;
  return !job->sets_image || set_image (db, job, error);
}

void
bk_store_profile_free (gpointer data)
{
  BkStoreProfile *job = data;

  g_free (job->display_name);
  g_free (job->avatar);
  g_clear_pointer (&job->image, g_bytes_unref);
  bk_store_plain_free (job);
}

/* A contact who is seen, or the account itself. */
static gboolean
may_see (BkSqlite *db, const BkStoreAvatar *job, gint64 other, gboolean *may, GError **error)
{
  g_auto (BkStoreContactRow) row = { 0 };

  *may = other == job->account;
  if (*may || other == 0)
    return TRUE;
  if (!bk_store_contact_load (db, job->account, other, &row, error))
    return FALSE;
  *may = row.relation == BECKON_RELATION_ACCEPTED;
  return TRUE;
}

/* Nobody learns of a stranger which picture it shows, or whether it is there. */
gboolean
bk_store_avatar (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAvatar *job = data;
  gboolean may, found = FALSE;
  gint64 other;

  if (!bk_store_account_by_name (db, job->who, &other, error) || !may_see (db, job, other, &may, error))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT ifnull (c.frozen_image, i.image) FROM accounts a"
                                        " LEFT JOIN avatars i ON i.account = a.id"
                                        " LEFT JOIN contacts c ON c.owner = ?1 AND c.other = a.id AND c.frozen = 1"
                                        " WHERE a.id = ?2 AND iif (c.frozen, c.frozen_avatar, a.avatar) = ?3",
                                        "iis", job->account, other, job->avatar);
  if (query == NULL || (may && !bk_sqlite_step (db, query, &found, error)))
    return FALSE;
  if (found)
    {
      job->image = g_bytes_new (sqlite3_column_blob (query, 0), (gsize) sqlite3_column_bytes (query, 0));
      sqlite3_reset (query);
    }
  else
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "No contact shows that picture");
  return found;
}

void
bk_store_avatar_free (gpointer data)
{
  BkStoreAvatar *job = data;

  g_free (job->who);
  g_free (job->avatar);
  g_clear_pointer (&job->image, g_bytes_unref);
  bk_store_plain_free (job);
}
