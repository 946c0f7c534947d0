/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of contacts. Who is in which group stands in the rows of the contacts. */
#include "bk-store-private.h"

#include <string.h>

#include "bk-limits.h"

/* Rows of removed groups stay, so that every device learns of the removal; of that many at least. */
#define KEPT_REMOVALS "1000"

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, (int) code, text);
  return FALSE;
}

/* Returns (transfer full) the `group` frame of a row. */
GBytes *
bk_store_group_frame (BkSqlite *db, gint64 row, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT seq, guid, name FROM groups WHERE id = ?", "i", row);

  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return NULL;
  if (!found)
    {
      refuse (error, BECKON_ERROR_STORAGE, "A group vanished");
      return NULL;
    }

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_GROUP, -1);
  bk_frame_set_int (frame, "seq", sqlite3_column_int64 (query, 0));
  bk_frame_set_string (frame, "group", bk_sqlite_column_text (query, 1));
  bk_frame_set_string (frame, "name", bk_sqlite_column_text (query, 2));
  sqlite3_reset (query);
  return bk_frame_to_bytes (frame);
}

/* Writes a group, NULL for a removed one, under a new number and tells the account's devices. */
static gboolean
save (BkSqlite *db, BkStoreGroup *job, const char *name, GError **error)
{
  BkStoreEvent event = { .account = job->account };
  gint64 id;

  if (!bk_store_next_seq (db, job->account, &event.seq, error)
      || !bk_store_exec (db, error,
                         "INSERT INTO groups (owner, guid, name, seq) VALUES (?, ?, ?, ?)"
                         " ON CONFLICT (owner, guid) DO UPDATE SET name = excluded.name, seq = excluded.seq",
                         "issi", job->account, job->group, name, event.seq))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM groups WHERE owner = ? AND guid = ?", "is",
                                        job->account, job->group);
  if (!bk_store_get_int (db, query, &id, NULL, error))
    return FALSE;
  event.frame = bk_store_group_frame (db, id, error);
  if (event.frame == NULL)
    return FALSE;
  bk_store_changes_add (&job->changes, &event);
  return TRUE;
}

/* ---- what is asked before ---- */

/* @name: NULL if there is no such group. */
static gboolean
load (BkSqlite *db, const BkStoreGroup *job, char **name, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT name FROM groups WHERE owner = ? AND guid = ?", "is",
                                        job->account, job->group);

  *name = NULL;
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return FALSE;
  if (found)
    {
      *name = bk_store_dup_text (query, 0);
      sqlite3_reset (query);
    }
  return TRUE;
}

static gboolean
check_name (BkSqlite *db, const BkStoreGroup *job, GError **error)
{
  gboolean taken;
  gint64 id;
  g_autofree char *stripped = g_strstrip (g_strdup (job->name));

  if (*stripped == '\0' || !g_str_equal (stripped, job->name))
    return refuse (error, BECKON_ERROR_BAD_GROUP_NAME, "The name of a group is text without spaces around it");

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id FROM groups WHERE owner = ? AND guid != ?"
                                        " AND name = ? COLLATE NOCASE",
                                        "iss", job->account, job->group, job->name);
  if (!bk_store_get_int (db, query, &id, &taken, error))
    return FALSE;
  return !taken || refuse (error, BECKON_ERROR_GROUP_ALREADY_EXISTS, "There is a group of that name already");
}

static gboolean
check_room (BkSqlite *db, const BkStoreGroup *job, GError **error)
{
  gint64 n_groups = 0;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT count (*) FROM groups WHERE owner = ? AND name IS NOT NULL", "i",
                                        job->account);

  if (!bk_store_get_int (db, query, &n_groups, NULL, error))
    return FALSE;
  return n_groups < bk_store_quota (&job->quota)->groups
         || refuse (error, BECKON_ERROR_TOO_MANY_GROUPS, "There can be no more groups");
}

static gboolean
check_empty (BkSqlite *db, const BkStoreGroup *job, GError **error)
{
  gboolean used;
  gint64 id;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id FROM contacts WHERE owner = ? AND instr (groups, ?) > 0 LIMIT 1",
                                        "is", job->account, job->group);

  if (!bk_store_get_int (db, query, &id, &used, error))
    return FALSE;
  return !used || refuse (error, BECKON_ERROR_GROUP_NOT_EMPTY, "There is still somebody in this group");
}

/* ---- the verbs ---- */

/* The client chose the id: to ask again, because the answer was lost, makes no second group. */
static gboolean
create (BkSqlite *db, BkStoreGroup *job, const char *before, GError **error)
{
  if (g_strcmp0 (before, job->name) == 0)
    return TRUE;
  if (before != NULL)
    return refuse (error, BECKON_ERROR_GROUP_ALREADY_EXISTS, "There is such a group already");
  return check_name (db, job, error) && check_room (db, job, error) && save (db, job, job->name, error);
}

static gboolean
rename_group (BkSqlite *db, BkStoreGroup *job, const char *before, GError **error)
{
  if (g_str_equal (before, job->name))
    return TRUE;
  return check_name (db, job, error) && save (db, job, job->name, error);
}

static gboolean
remove_group (BkSqlite *db, BkStoreGroup *job, GError **error)
{
  return check_empty (db, job, error) && save (db, job, NULL, error)
         && bk_store_exec (db, error,
                           "DELETE FROM groups WHERE owner = ?1 AND name IS NULL AND id NOT IN (SELECT id FROM groups"
                           " WHERE owner = ?1 AND name IS NULL ORDER BY seq DESC LIMIT " KEPT_REMOVALS ")",
                           "i", job->account);
}

/* Returns the ids in @groups (nullable) with or without @group; NULL for none. */
static char *
dup_with (const char *groups, const char *group, gboolean member)
{
  g_auto (GStrv) before = g_strsplit (groups != NULL ? groups : "", " ", -1);
  g_autoptr (GString) after = g_string_new (NULL);

  for (guint i = 0; before[i] != NULL; i++)
    if (*before[i] != '\0' && !g_str_equal (before[i], group))
      g_string_append_printf (after, "%s%s", after->len > 0 ? " " : "", before[i]);
  if (member)
    g_string_append_printf (after, "%s%s", after->len > 0 ? " " : "", group);
  return after->len > 0 ? g_string_free (g_steal_pointer (&after), FALSE) : NULL;
}

static gboolean
set_member (BkSqlite *db, BkStoreGroup *job, GError **error)
{
  g_auto (BkStoreContactRow) row = { 0 };
  gint64 other;

  if (!bk_store_account_by_name (db, job->who, &other, error))
    return FALSE;
  if (other != 0 && !bk_store_contact_load (db, job->account, other, &row, error))
    return FALSE;
  gboolean member = row.groups != NULL && strstr (row.groups, job->group) != NULL;
  if (job->member && row.relation == BECKON_RELATION_NONE)
    return refuse (error, BECKON_ERROR_USER_NOT_FOUND, "This person is not in the contact list");
  if (!job->member && !member)
    return refuse (error, BECKON_ERROR_USER_NOT_GROUP_MEMBER, "This person is not in the group");
  if (member == job->member)
    return TRUE;

  char *groups = dup_with (row.groups, job->group, job->member);
  g_free (row.groups);
  row.groups = groups;
  return bk_store_contact_save (db, &row, &job->changes, error);
}

gboolean
bk_store_group (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreGroup *job = data;
  g_autofree char *before = NULL;

  if (!load (db, job, &before, error))
    return FALSE;
  if (before == NULL && job->verb != BK_STORE_GROUP_CREATE)
    return refuse (error, BECKON_ERROR_GROUP_DOES_NOT_EXIST, "There is no such group");
  switch (job->verb)
    {
    case BK_STORE_GROUP_CREATE:
      return create (db, job, before, error);
    case BK_STORE_GROUP_RENAME:
      return rename_group (db, job, before, error);
    case BK_STORE_GROUP_REMOVE:
      return remove_group (db, job, error);
    case BK_STORE_GROUP_CONTACT:
      return set_member (db, job, error);
    }
  return FALSE;
}

void
bk_store_group_free (gpointer data)
{
  BkStoreGroup *job = data;

  g_free (job->group);
  g_free (job->name);
  g_free (job->who);
  bk_store_plain_free (job);
}
