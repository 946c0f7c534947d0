/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-store-private.h"

/* ---- looking up ---- */

gboolean
bk_store_lookup (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreLookup *job = data;
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id, password FROM accounts WHERE name = ?", "s", job->name);
  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  if (row)
    {
      job->account = sqlite3_column_int64 (query, 0);
      job->password = bk_store_dup_text (query, 1);
    }
  return TRUE;
}

void
bk_store_lookup_free (gpointer data)
{
  BkStoreLookup *job = data;

  g_free (job->name);
  bk_store_wipe (&job->password);
  bk_store_plain_free (job);
}

/* ---- making ---- */

static gboolean
refuse_token (GError **error)
{
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                       "This server needs a registration token, and that is not a valid one");
  return FALSE;
}

/* Refuses what cannot succeed before a password is hashed for it. */
gboolean
bk_store_register_check (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreRegister *job = data;
  gboolean good = !job->needs_token;
  gint64 account;

  if (job->needs_token && job->token != NULL && !bk_store_token_is_good (db, job->token, job->now, &good, error))
    return FALSE;
  if (!good)
    return refuse_token (error);

  if (!bk_store_account_by_name (db, job->name, &account, error))
    return FALSE;
  if (account != 0)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS, "There is an account of that name already");
  return account == 0;
}

gboolean
bk_store_register (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreRegister *job = data;
  gboolean good = TRUE;

  if (!bk_store_register_check (db, data, error))
    return FALSE;
  if (job->needs_token && !bk_store_token_use (db, job->token, job->now, &good, error))
    return FALSE;
  if (!good)
    return refuse_token (error);
  if (!bk_store_exec (db, error, "INSERT INTO accounts (name, display_name, password, created) VALUES (?, ?, ?, ?)",
                      "sssi", job->name, job->display_name, job->password, job->now))
    return FALSE;
  const BkStoreAct act = { job->now, BK_STORE_ACTOR_NOBODY, "register", job->name, job->origin };
  return job->origin == NULL || bk_store_audit (db, &act, error);
}

void
bk_store_register_free (gpointer data)
{
  BkStoreRegister *job = data;

  g_free (job->name);
  g_free (job->display_name);
  g_free (job->token);
  g_free (job->origin);
  bk_store_wipe (&job->password);
  bk_store_plain_free (job);
}

/* ---- for the operator ---- */

/* As bk_store_account_by_name (), for one that must be there. */
gboolean
bk_store_account_find (BkSqlite *db, const char *name, gint64 *account, GError **error)
{
  if (!bk_store_account_by_name (db, name, account, error))
    return FALSE;
  if (*account == 0)
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_USER_NOT_FOUND, "There is no account named “%s”", name);
  return *account != 0;
}

/* Gives the account named in `token` the password whose argon2id string is `key`. All its devices are gone with the old
 * one. */
gboolean
bk_store_reset_password (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  g_autoptr (GArray) devices = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 account;

  if (!bk_store_account_find (db, job->token, &account, error)
      || !bk_store_collect (db, "SELECT id FROM devices WHERE account = ?", account, devices, error))
    return FALSE;
  for (guint i = 0; i < devices->len; i++)
    if (!bk_store_operation_add_device (db, account, g_array_index (devices, gint64, i), error))
      return FALSE;
  return bk_store_exec (db, error, "UPDATE accounts SET password = ? WHERE id = ?", "si", job->key, account)
         && bk_store_exec (db, error, "DELETE FROM devices WHERE account = ?", "i", account);
}

/* ---- removing ---- */

static gboolean
leave_contacts (BkSqlite *db, gint64 account, BkStoreChanges *changes, GError **error)
{
  static const char knowing[] = "SELECT owner FROM contacts WHERE other = ? AND (relation != 0 OR blocked != 0)";
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!bk_store_collect (db, knowing, account, owners, error))
    return FALSE;
  for (guint i = 0; i < owners->len; i++)
    {
      g_auto (BkStoreContactRow) row = { 0 };
      if (!bk_store_contact_load (db, g_array_index (owners, gint64, i), account, &row, error))
        return FALSE;
      row.relation = BECKON_RELATION_NONE;
      row.blocked = FALSE;
      if (!bk_store_contact_save (db, &row, changes, error))
        return FALSE;
      bk_store_changes_pair (changes, account, row.owner, FALSE);
    }
  return TRUE;
}

/* Removes all that is the account's own. Its sessions end, and its contacts learn it as a removal. */
static gboolean
remove_account (BkSqlite *db, gint64 account, gint64 now, BkStoreChanges *changes, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM devices WHERE account = ?",
    "DELETE FROM contacts WHERE owner = ?",
    "DELETE FROM groups WHERE owner = ?",
    "DELETE FROM messages WHERE owner = ?",
    "DELETE FROM envelopes WHERE owner = ?",
    "DELETE FROM alert_copies WHERE owner = ?",
    "DELETE FROM sent_uids WHERE account = ?",
    "DELETE FROM marks WHERE owner = ?",
    "DELETE FROM marks WHERE other = ?",
    "DELETE FROM invitations WHERE ? IN (inviter, invitee)",
    "DELETE FROM avatars WHERE account = ?",
    "DELETE FROM restored WHERE account = ?",
    "DELETE FROM accounts WHERE id = ?",
  };

  if (!bk_store_session_leave_all (db, account, now, changes, error) || !leave_contacts (db, account, changes, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!bk_store_exec (db, error, statements[i], "i", account))
      return FALSE;
  return TRUE;
}

/* Removes the account named in `token`, for the operator. */
gboolean
bk_store_remove_account (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gint64 account;

  return bk_store_account_find (db, job->token, &account, error)
         && remove_account (db, account, job->now, &job->changes, error)
         && bk_store_operation_add (db, BK_STORE_ACCOUNT_REMOVED, account, NULL, 0, error);
}

/* ---- what only the password allows ---- */

/* Another device may have changed it since it was verified. */
static gboolean
check_password (BkSqlite *db, const BkStoreKeeping *job, GError **error)
{
  gint64 id;
  gboolean good;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM accounts WHERE id = ? AND password = ?", "is",
                                        job->account, job->verified);

  if (!bk_store_get_int (db, query, &id, &good, error))
    return FALSE;
  if (!good)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD, "The password is wrong");
  return good;
}

/* Changes the password. All devices but the one that asks are gone with it. */
gboolean
bk_store_password (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreKeeping *job = data;
  const BkStoreAct act = { job->now, BK_STORE_ACTOR_ACCOUNT, "password", job->name, job->origin };

  return check_password (db, job, error) && bk_store_audit (db, &act, error)
         && bk_store_exec (db, error, "UPDATE accounts SET password = ? WHERE id = ?", "si", job->password,
                           job->account)
         && bk_store_exec (db, error, "DELETE FROM devices WHERE account = ? AND id != ?", "ii", job->account,
                           job->device);
}

/* Removes the account, because whoever has it wants that. */
gboolean
bk_store_leave (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreKeeping *job = data;
  const BkStoreAct act = { job->now, BK_STORE_ACTOR_ACCOUNT, "account remove", job->name, job->origin };

  return check_password (db, job, error) && bk_store_audit (db, &act, error)
         && remove_account (db, job->account, job->now, &job->changes, error);
}

void
bk_store_keeping_free (gpointer data)
{
  BkStoreKeeping *job = data;

  bk_store_wipe (&job->verified);
  bk_store_wipe (&job->password);
  g_free (job->name);
  g_free (job->origin);
  bk_store_plain_free (job);
}
