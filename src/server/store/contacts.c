/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who knows whom. Each side has a row of its own; what A does to B's row is only what B may learn:
 *   - who blocks somebody disappears for them without a trace: their row does not change;
 *   - a request to somebody who blocks the asker is kept in the asker's row alone; it comes out when the block ends. */
#include "bk-store-private.h"

#include "bk-limits.h"

/* Rows of removed contacts stay, so that every device learns of the removal. */
#define MAX_ROWS (2 * BK_LIMIT_CONTACTS)

void
bk_store_contact_row_clear (BkStoreContactRow *row)
{
  g_clear_pointer (&row->name, g_free);
  g_clear_pointer (&row->request, g_free);
  g_clear_pointer (&row->groups, g_free);
  g_clear_pointer (&row->alias, g_free);
}

/* Reads how @owner sees @other. */
gboolean
bk_store_contact_load (BkSqlite *db, gint64 owner, gint64 other, BkStoreContactRow *row, GError **error)
{
  gboolean found;

  *row = (BkStoreContactRow){ .owner = owner, .other = other };
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT name, relation, blocked, request, groups, alias, pinned, muted"
                                        " FROM contacts WHERE owner = ? AND other = ?",
                                        "ii", owner, other);
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return FALSE;
  if (!found)
    {
      row->name = bk_store_account_name (db, other, error);
      return row->name != NULL;
    }
  row->name = bk_store_dup_text (query, 0);
  row->relation = (BeckonRelation) sqlite3_column_int (query, 1);
  row->blocked = sqlite3_column_int (query, 2) != 0;
  row->request = bk_store_dup_text (query, 3);
  row->groups = bk_store_dup_text (query, 4);
  row->alias = bk_store_dup_text (query, 5);
  row->pinned = sqlite3_column_int (query, 6) != 0;
  row->muted = sqlite3_column_int (query, 7) != 0;
  sqlite3_reset (query);
  return TRUE;
}

/* What is there besides is said only where it is not nothing. */
static void
add_notes (BkFrame *frame, sqlite3_stmt *query)
{
  if (bk_sqlite_column_text (query, 6) != NULL)
    {
      g_auto (GStrv) groups = g_strsplit (bk_sqlite_column_text (query, 6), " ", -1);
      bk_frame_set_strings (frame, "groups", (const char *const *) groups);
    }
  bk_frame_set_string (frame, "alias", bk_sqlite_column_text (query, 7));
  if (sqlite3_column_int (query, 8) != 0)
    bk_frame_set_bool (frame, "pinned", TRUE);
  if (sqlite3_column_int (query, 9) != 0)
    bk_frame_set_bool (frame, "muted", TRUE);
}

/* Returns (transfer full) the `contact` frame of a row. A stranger's display name is shown only once one of the two
 * wants to be known to the other by it, the picture once both do. */
GBytes *
bk_store_contact_frame (BkSqlite *db, gint64 row, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT c.seq, c.name, c.relation, c.blocked, c.request,"
                                        " iif (c.frozen, c.frozen_name, a.display_name), c.groups, c.alias, c.pinned,"
                                        " c.muted, iif (c.frozen, c.frozen_avatar, a.avatar)"
                                        " FROM contacts c LEFT JOIN accounts a ON a.id = c.other WHERE c.id = ?",
                                        "i", row);
  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return NULL;
  if (!found)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "A contact vanished");
      return NULL;
    }

  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_CONTACT, -1);
  BeckonRelation relation = (BeckonRelation) sqlite3_column_int (query, 2);
  gboolean known = relation == BECKON_RELATION_ACCEPTED || relation == BECKON_RELATION_ASKING;

  bk_frame_set_int (frame, "seq", sqlite3_column_int64 (query, 0));
  bk_frame_set_string (frame, "who", bk_sqlite_column_text (query, 1));
  bk_frame_set_string (frame, "relation", beckon_relation_to_nick (relation));
  bk_frame_set_bool (frame, "blocked", sqlite3_column_int (query, 3) != 0);
  if (known)
    bk_frame_set_string (frame, "display_name", bk_sqlite_column_text (query, 5));
  if (relation == BECKON_RELATION_ASKING)
    bk_frame_set_string (frame, "message", bk_sqlite_column_text (query, 4));
  if (relation == BECKON_RELATION_ACCEPTED)
    bk_frame_set_string (frame, "avatar", bk_sqlite_column_text (query, 10));
  add_notes (frame, query);
  sqlite3_reset (query);
  return bk_frame_to_bytes (frame);
}

/* Writes @row under a new number and tells its owner's devices. Strangers are in no group, and nothing is noted about
 * them. */
gboolean
bk_store_contact_save (BkSqlite *db, const BkStoreContactRow *row, BkStoreChanges *changes, GError **error)
{
  gboolean known = row->relation != BECKON_RELATION_NONE;
  BkStoreEvent event = { .account = row->owner };
  gint64 id;

  if (!bk_store_next_seq (db, row->owner, &event.seq, error)
      || !bk_store_exec (db, error,
                         "INSERT INTO contacts (owner, other, name, relation, blocked, request, seq, groups, alias,"
                         " pinned, muted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                         " ON CONFLICT (owner, other) DO UPDATE SET relation = excluded.relation,"
                         " blocked = excluded.blocked, request = excluded.request, seq = excluded.seq,"
                         " groups = excluded.groups, alias = excluded.alias, pinned = excluded.pinned,"
                         " muted = excluded.muted",
                         "iisiisissii", row->owner, row->other, row->name, (gint64) row->relation,
                         (gint64) row->blocked, row->request, event.seq, known ? row->groups : NULL,
                         known ? row->alias : NULL, (gint64) (known && row->pinned), (gint64) (known && row->muted)))
    return FALSE;

  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM contacts WHERE owner = ? AND other = ?", "ii",
                                        row->owner, row->other);
  if (!bk_store_get_int (db, query, &id, NULL, error))
    return FALSE;
  event.frame = bk_store_contact_frame (db, id, error);
  if (event.frame == NULL)
    return FALSE;
  bk_store_changes_add (changes, &event);
  return TRUE;
}

/* Lists the accounts whose presence @account may see and that may see its own. */
gboolean
bk_store_contact_friends (BkSqlite *db, gint64 account, GArray *friends, GError **error)
{
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT mine.other FROM contacts mine JOIN contacts theirs"
                                        " ON theirs.owner = mine.other AND theirs.other = mine.owner"
                                        " WHERE mine.owner = ? AND mine.relation = 3 AND mine.blocked = 0"
                                        " AND theirs.relation = 3 AND theirs.blocked = 0",
                                        "i", account);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      gint64 id = sqlite3_column_int64 (query, 0);
      g_array_append_val (friends, id);
    }
  return FALSE;
}

/* ---- the verbs ---- */

typedef struct
{
  BkSqlite *db;
  BkStoreContact *job;
  const BkStoreQuota *quota;
  BkStoreContactRow mine;
  BkStoreContactRow theirs;
} Change;

static void
change_clear (Change *change)
{
  bk_store_contact_row_clear (&change->mine);
  bk_store_contact_row_clear (&change->theirs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

static gboolean
refuse (GError **error, BeckonError code, const char *text)
{
  g_set_error_literal (error, BECKON_ERROR, code, text);
  return FALSE;
}

static gboolean
save_mine (Change *change, BeckonRelation relation, GError **error)
{
  change->mine.relation = relation;
  return bk_store_contact_save (change->db, &change->mine, &change->job->changes, error);
}

/* Saves nothing if the other side sees no difference. */
static gboolean
save_theirs (Change *change, BeckonRelation relation, GError **error)
{
  if (change->theirs.relation == relation)
    return TRUE;
  change->theirs.relation = relation;
  return bk_store_contact_save (change->db, &change->theirs, &change->job->changes, error);
}

static gboolean
check_room (Change *change, gint64 owner, const char *text, GError **error)
{
  gint64 rows = 0, known = 0;
  sqlite3_stmt *all = bk_store_query (change->db, error, "SELECT count (*) FROM contacts WHERE owner = ?", "i", owner);

  if (!bk_store_get_int (change->db, all, &rows, NULL, error))
    return FALSE;
  if (rows < change->quota->contacts)
    return TRUE;

  sqlite3_stmt *some = bk_store_query (change->db, error,
                                       "SELECT count (*) FROM contacts WHERE owner = ?"
                                       " AND (relation != 0 OR blocked != 0)",
                                       "i", owner);
  if (!bk_store_get_int (change->db, some, &known, NULL, error))
    return FALSE;
  return (known < change->quota->contacts && rows < MAX_ROWS) || refuse (error, BECKON_ERROR_LIST_FULL, text);
}

static void
set_request (BkStoreContactRow *row, const char *request)
{
  g_free (row->request);
  row->request = g_strdup (request);
}

static gboolean
become_contacts (Change *change, GError **error)
{
  set_request (&change->mine, NULL);
  set_request (&change->theirs, NULL);
  return save_mine (change, BECKON_RELATION_ACCEPTED, error) && save_theirs (change, BECKON_RELATION_ACCEPTED, error);
}

static gboolean
become_strangers (Change *change, GError **error)
{
  set_request (&change->mine, NULL);
  set_request (&change->theirs, NULL);
  return save_mine (change, BECKON_RELATION_NONE, error) && save_theirs (change, BECKON_RELATION_NONE, error);
}

/* Counts the open requests of, or to, @account. */
static gboolean
count_requests (Change *change, const char *sql, gint64 account, gint64 *count, GError **error)
{
  sqlite3_stmt *query = bk_store_query (change->db, error, sql, "i", account);

  *count = 0;
  return bk_store_get_int (change->db, query, count, NULL, error);
}

/* Whether a request may be shown to the other side. Whether it is, the asker does not learn: it looks like one that
 * nobody answers. */
static gboolean
may_show (Change *change, gboolean *may, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 waiting;

  *may = FALSE;
  if (change->theirs.blocked)
    return TRUE;
  if (!count_requests (change, "SELECT count (*) FROM contacts WHERE owner = ? AND relation = 2", change->theirs.owner,
                       &waiting, error))
    return FALSE;
  if (waiting >= change->quota->requests_waiting)
    return TRUE;
  *may = check_room (change, change->theirs.owner, "", &local);
  if (*may || g_error_matches (local, BECKON_ERROR, BECKON_ERROR_LIST_FULL))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
ask (Change *change, GError **error)
{
  gint64 open;
  gboolean may;

  if (!check_room (change, change->mine.owner, "The contact list is full", error)
      || !count_requests (change, "SELECT count (*) FROM contacts WHERE owner = ? AND relation = 1", change->mine.owner,
                          &open, error))
    return FALSE;
  if (open >= change->quota->requests_open)
    return refuse (error, BECKON_ERROR_LIMIT_EXCEEDED, "Too many requests are open; withdraw some first");
  set_request (&change->mine, change->job->request);
  if (!save_mine (change, BECKON_RELATION_ASKED, error) || !may_show (change, &may, error))
    return FALSE;
  if (!may)
    return TRUE;

  set_request (&change->theirs, change->job->request);
  return save_theirs (change, BECKON_RELATION_ASKING, error);
}

/* The other side has asked already; that has not been shown here. */
static gboolean
agree (Change *change, GError **error)
{
  return check_room (change, change->mine.owner, "The contact list is full", error) && become_contacts (change, error);
}

static gboolean
add (Change *change, GError **error)
{
  if (change->mine.blocked)
    return refuse (error, BECKON_ERROR_ACCESS_DENIED, "This person is blocked; unblock first");

  switch (change->mine.relation)
    {
    case BECKON_RELATION_NONE:
      return change->theirs.relation == BECKON_RELATION_ASKED ? agree (change, error) : ask (change, error);
    case BECKON_RELATION_ASKED:
      return TRUE;
    case BECKON_RELATION_ASKING:
      return become_contacts (change, error);
    case BECKON_RELATION_ACCEPTED:
      return refuse (error, BECKON_ERROR_ALREADY_IN_LIST, "This person is a contact already");
    }
  return refuse (error, BECKON_ERROR_STORAGE, "The contact list is damaged");
}

static gboolean
approve (Change *change, GError **error)
{
  if (change->mine.relation == BECKON_RELATION_ACCEPTED)
    return TRUE;
  if (change->mine.relation != BECKON_RELATION_ASKING)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "This person has not asked");
  return become_contacts (change, error);
}

static gboolean
decline (Change *change, GError **error)
{
  if (change->mine.relation != BECKON_RELATION_ASKING)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "This person has not asked");
  return become_strangers (change, error);
}

static gboolean
remove_contact (Change *change, GError **error)
{
  if (change->mine.relation == BECKON_RELATION_NONE)
    return refuse (error, BECKON_ERROR_NOT_FOUND, "This person is not in the contact list");
  return become_strangers (change, error);
}

/* An open request of either side is hidden or withdrawn, so that nobody can approve across a block. */
static gboolean
block (Change *change, GError **error)
{
  BeckonRelation before = change->mine.relation;

  if (change->mine.blocked)
    return TRUE;
  if (before == BECKON_RELATION_NONE && !check_room (change, change->mine.owner, "The contact list is full", error))
    return FALSE;

  change->mine.blocked = TRUE;
  if (!bk_store_contact_freeze (change->db, change->theirs.owner, change->mine.owner, error)
      || !bk_store_session_withdraw (change->db, change->theirs.owner, change->mine.owner, error)
      || !save_mine (change, before == BECKON_RELATION_ACCEPTED ? before : BECKON_RELATION_NONE, error))
    return FALSE;
  return before != BECKON_RELATION_ASKED || save_theirs (change, BECKON_RELATION_NONE, error);
}

static gboolean
unblock (Change *change, GError **error)
{
  gboolean hidden = change->mine.relation == BECKON_RELATION_NONE && change->theirs.relation == BECKON_RELATION_ASKED;

  if (!change->mine.blocked)
    return TRUE;
  change->mine.blocked = FALSE;
  if (!bk_store_contact_thaw (change->db, &change->theirs, &change->job->changes, error))
    return FALSE;
  if (hidden)
    set_request (&change->mine, change->theirs.request);
  return save_mine (change, hidden ? BECKON_RELATION_ASKING : change->mine.relation, error);
}

/* The same once more is nothing new for anybody. */
static gboolean
note (Change *change, GError **error)
{
  BkStoreContactRow *mine = &change->mine;
  const BkStoreContact *job = change->job;

  if (mine->relation == BECKON_RELATION_NONE)
    return refuse (error, BECKON_ERROR_USER_NOT_FOUND, "This person is not in the contact list");
  if (g_strcmp0 (mine->alias, job->alias) == 0 && mine->pinned == job->pinned && mine->muted == job->muted)
    return TRUE;
  g_free (mine->alias);
  mine->alias = g_strdup (job->alias);
  mine->pinned = job->pinned;
  mine->muted = job->muted;
  return save_mine (change, mine->relation, error);
}

static gboolean
apply (Change *change, GError **error)
{
  switch (change->job->verb)
    {
    case BK_STORE_CONTACT_ADD:
      return add (change, error);
    case BK_STORE_CONTACT_APPROVE:
      return approve (change, error);
    case BK_STORE_CONTACT_DECLINE:
      return decline (change, error);
    case BK_STORE_CONTACT_REMOVE:
      return remove_contact (change, error);
    case BK_STORE_CONTACT_BLOCK:
      return block (change, error);
    case BK_STORE_CONTACT_UNBLOCK:
      return unblock (change, error);
    case BK_STORE_CONTACT_SET:
      return note (change, error);
    }
  return FALSE;
}

/* There is room again for one of the requests that are kept in the askers' rows alone: the oldest one. Each asker
 * numbers on its own: it is the rows that are in the order in which they came. */
static gboolean
show_hidden (Change *change, GError **error)
{
  g_auto (Change) shown = { .db = change->db, .job = change->job, .quota = change->quota };
  gint64 asker, owner = change->mine.owner;
  gboolean found, may;
  sqlite3_stmt *query = bk_store_query (change->db, error,
                                        "SELECT asked.owner FROM contacts asked LEFT JOIN contacts mine"
                                        " ON mine.owner = asked.other AND mine.other = asked.owner"
                                        " WHERE asked.other = ? AND asked.relation = 1"
                                        " AND ifnull (mine.relation, 0) = 0 AND ifnull (mine.blocked, 0) = 0"
                                        " ORDER BY asked.id LIMIT 1",
                                        "i", owner);

  if (!bk_store_get_int (change->db, query, &asker, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  if (!bk_store_contact_load (change->db, asker, owner, &shown.mine, error)
      || !bk_store_contact_load (change->db, owner, asker, &shown.theirs, error) || !may_show (&shown, &may, error))
    return FALSE;
  set_request (&shown.theirs, shown.mine.request);
  return !may || save_theirs (&shown, BECKON_RELATION_ASKING, error);
}

/* What was done may have made room in the own list, or in that of the other. */
static gboolean
makes_room (BkStoreContactVerb verb)
{
  return verb == BK_STORE_CONTACT_APPROVE || verb == BK_STORE_CONTACT_DECLINE || verb == BK_STORE_CONTACT_REMOVE
         || verb == BK_STORE_CONTACT_BLOCK || verb == BK_STORE_CONTACT_UNBLOCK;
}

gboolean
bk_store_contact (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreContact *job = data;
  g_auto (Change) change = { .db = db, .job = job, .quota = bk_store_quota (&job->quota) };
  gint64 other;

  if (!bk_store_account_by_name (db, job->who, &other, error))
    return FALSE;
  if (other == job->account)
    return refuse (error, BECKON_ERROR_INVALID_ARGUMENT, "Nobody is their own contact");
  if (other == 0)
    return refuse (error, BECKON_ERROR_USER_NOT_FOUND, "There is nobody of that name on this server");

  if (!bk_store_contact_load (db, job->account, other, &change.mine, error)
      || !bk_store_contact_load (db, other, job->account, &change.theirs, error) || !apply (&change, error)
      || (makes_room (job->verb) && !show_hidden (&change, error)))
    return FALSE;
  bk_store_changes_pair (&job->changes, job->account, other,
                         change.mine.relation == BECKON_RELATION_ACCEPTED && !change.mine.blocked
                           && change.theirs.relation == BECKON_RELATION_ACCEPTED && !change.theirs.blocked);
  return TRUE;
}

void
bk_store_contact_free (gpointer data)
{
  BkStoreContact *job = data;

  g_free (job->who);
  g_free (job->request);
  g_free (job->alias);
  bk_store_plain_free (job);
}
