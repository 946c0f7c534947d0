/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, their contacts, and the place that each has reached in the stream of facts of its network. */
#include "bk-engine-history-private.h"

typedef struct
{
  BkHistoryAccount *account;
} AccountJob;

static AccountJob *
account_job_new (const BkHistoryAccount *account)
{
  AccountJob *job = g_new0 (AccountJob, 1);

  job->account = bk_history_account_copy (account);
  return job;
}

static void
account_job_free (gpointer data)
{
  AccountJob *job = data;

  g_clear_pointer (&job->account, bk_history_account_free);
  g_free (job);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDestroyNotify free_data = (GDestroyNotify) user_data;
  g_autoptr (GError) error = NULL;
  gpointer data = bk_sqlite_run_finish (BK_SQLITE (source), result, &error);

  if (data != NULL)
    free_data (data);
  else
    g_warning ("An account could not be written: %s", error->message);
}

/* A job whose caller does not care to hear: then somebody else must. */
static void
run_write (BkEngineHistory *self, BkSqliteJob job, gpointer data, GDestroyNotify free_data,
           GAsyncReadyCallback callback, gpointer user_data)
{
  if (callback == NULL)
    _bk_engine_history_run (self, BK_SQLITE_WRITE, job, data, free_data, NULL, on_written, (gpointer) free_data);
  else
    _bk_engine_history_run (self, BK_SQLITE_WRITE, job, data, free_data, NULL, callback, user_data);
}

static gboolean
finish_account (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  AccountJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return FALSE;
  account_job_free (job);
  return TRUE;
}

/* ---- accounts ---- */

static gboolean
add_account_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryAccount *account = ((AccountJob *) data)->account;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite, "INSERT INTO accounts (sign_in_name, server, wanted_status) VALUES (?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "ssi", account->sign_in_name, account->server, (gint64) account->wanted_status);
  if (!bk_sqlite_step (sqlite, statement, NULL, error))
    return FALSE;
  account->id = (guint) bk_sqlite_last_rowid (sqlite);
  return TRUE;
}

void
bk_engine_history_add_account_async (BkEngineHistory *self, const char *sign_in_name, const char *server,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  BkHistoryAccount account = {
    .sign_in_name = (char *) sign_in_name,
    .server = (char *) server,
    .wanted_status = BECKON_STATUS_ONLINE,
  };

  run_write (self, add_account_job, account_job_new (&account), account_job_free, callback, user_data);
}

BkHistoryAccount *
bk_engine_history_add_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  AccountJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return NULL;
  BkHistoryAccount *account = g_steal_pointer (&job->account);
  account_job_free (job);
  return account;
}

static gboolean
save_account_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryAccount *account = ((AccountJob *) data)->account;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       "UPDATE accounts SET server = ?, display_name = ?, device = ?, kept = ?, wants_online = ?,"
                       " wanted_status = ?, personal_message = ?, avatar = ? WHERE id = ?",
                       error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "sssiiissi", account->server, account->display_name, account->device,
                  (gint64) account->kept, (gint64) account->wants_online, (gint64) account->wanted_status,
                  account->personal_message, account->avatar, (gint64) account->id);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_save_account_async (BkEngineHistory *self, const BkHistoryAccount *account,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  run_write (self, save_account_job, account_job_new (account), account_job_free, callback, user_data);
}

gboolean
bk_engine_history_save_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return finish_account (self, result, error);
}

/* A million messages are not removed at once: from now on nobody finds the account, and it goes bit by bit. */
static gboolean
remove_account_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  gint64 id = ((AccountJob *) data)->account->id;
  sqlite3_stmt *contacts = bk_sqlite_prepare (sqlite, "DELETE FROM contacts WHERE account = ?", error);

  if (contacts == NULL)
    return FALSE;
  bk_sqlite_bind (contacts, "i", id);
  if (!bk_sqlite_step (sqlite, contacts, NULL, error))
    return FALSE;

  sqlite3_stmt *account = bk_sqlite_prepare (
    sqlite, "UPDATE accounts SET kept = 0, is_primary = 0, sign_in_name = " BK_HISTORY_REMOVED " WHERE id = ?", error);
  if (account == NULL)
    return FALSE;
  bk_sqlite_bind (account, "i", id);
  return bk_sqlite_step (sqlite, account, NULL, error);
}

void
bk_engine_history_remove_account_async (BkEngineHistory *self, guint account_id, GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  BkHistoryAccount account = { .id = account_id };

  run_write (self, remove_account_job, account_job_new (&account), account_job_free, callback, user_data);
  _bk_engine_history_keep_up (self);
}

gboolean
bk_engine_history_remove_account_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  return finish_account (self, result, error);
}

static gboolean
set_primary_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "UPDATE accounts SET is_primary = (id = ?)", error);

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", (gint64) ((AccountJob *) data)->account->id);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

void
bk_engine_history_set_primary (BkEngineHistory *self, guint account_id)
{
  BkHistoryAccount account = { .id = account_id };

  run_write (self, set_primary_job, account_job_new (&account), account_job_free, NULL, NULL);
}

static gboolean
read_cursor_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  BkHistoryAccount *account = ((AccountJob *) data)->account;
  sqlite3_stmt *statement = bk_sqlite_prepare (sqlite, "SELECT cursor FROM accounts WHERE id = ?", error);
  gboolean found;

  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "i", (gint64) account->id);
  if (!bk_sqlite_step (sqlite, statement, &found, error))
    return FALSE;
  account->cursor = found ? g_strdup (bk_sqlite_column_text (statement, 0)) : NULL;
  return TRUE;
}

void
bk_engine_history_read_cursor_async (BkEngineHistory *self, guint account_id, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  BkHistoryAccount account = { .id = account_id };

  _bk_engine_history_run (self, BK_SQLITE_READ, read_cursor_job, account_job_new (&account), account_job_free, NULL,
                          callback, user_data);
}

char *
bk_engine_history_read_cursor_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  AccountJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return NULL;
  char *cursor = g_steal_pointer (&job->account->cursor);
  account_job_free (job);
  return cursor;
}

/* ---- facts ---- */

void
_bk_history_place_init (BkHistoryPlace *place, const BkHistoryStep *step)
{
  place->account = step->account;
  place->previous = g_strdup (step->previous);
  place->cursor = g_strdup (step->cursor);
}

void
_bk_history_place_clear (BkHistoryPlace *place)
{
  g_clear_pointer (&place->previous, g_free);
  g_clear_pointer (&place->cursor, g_free);
}

/* Moves on from the fact before; refuses if that one never reached the file. */
gboolean
_bk_history_place_move (BkSqlite *sqlite, const BkHistoryPlace *place, GError **error)
{
  if (place->cursor == NULL)
    return TRUE;

  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite, "UPDATE accounts SET cursor = ? WHERE id = ? AND cursor IS ?", error);
  if (statement == NULL)
    return FALSE;
  bk_sqlite_bind (statement, "sis", place->cursor, (gint64) place->account, place->previous);
  if (!bk_sqlite_step (sqlite, statement, NULL, error))
    return FALSE;
  if (bk_sqlite_changes (sqlite) == 1)
    return TRUE;
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "What came before could not be stored");
  return FALSE;
}

typedef struct
{
  BkHistoryPlace place;
  BkHistoryContact *contact; /* nullable */
  BkHistoryGroup *group;     /* nullable */
} FactJob;

static void
fact_job_free (gpointer data)
{
  FactJob *job = data;

  _bk_history_place_clear (&job->place);
  g_clear_pointer (&job->contact, bk_history_contact_free);
  g_clear_pointer (&job->group, bk_history_group_free);
  g_free (job);
}

static gboolean
store_contact (BkSqlite *sqlite, const BkHistoryContact *contact, guint account, GError **error)
{
  gboolean gone = contact->relation == BECKON_RELATION_NONE && !contact->blocked;
  g_autofree char *groups = contact->groups != NULL ? g_strjoinv ("\n", contact->groups) : NULL;
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       gone ? "DELETE FROM contacts WHERE account = ? AND who = ?"
                            : "INSERT OR REPLACE INTO contacts (account, who, display_name, relation, blocked,"
                              " request_text, groups, alias, avatar, pinned, muted)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       error);

  if (statement == NULL)
    return FALSE;
  if (gone)
    bk_sqlite_bind (statement, "is", (gint64) account, contact->who);
  else
    bk_sqlite_bind (statement, "issiissssii", (gint64) account, contact->who, contact->display_name,
                    (gint64) contact->relation, (gint64) contact->blocked, contact->request_text, groups,
                    contact->alias, contact->avatar, (gint64) contact->pinned, (gint64) contact->muted);
  if (!bk_sqlite_step (sqlite, statement, NULL, error))
    return FALSE;
  return (contact->relation == BECKON_RELATION_ACCEPTED && !contact->blocked)
         || _bk_history_disallow (sqlite, account, contact->who, error);
}

static gboolean
store_group (BkSqlite *sqlite, const BkHistoryGroup *group, guint account, GError **error)
{
  sqlite3_stmt *statement =
    bk_sqlite_prepare (sqlite,
                       group->name == NULL ? "DELETE FROM groups WHERE account = ? AND id = ?"
                                           : "INSERT INTO groups (account, id, name) VALUES (?, ?, ?)"
                                             " ON CONFLICT (account, id) DO UPDATE SET name = excluded.name",
                       error);

  if (statement == NULL)
    return FALSE;
  if (group->name == NULL)
    bk_sqlite_bind (statement, "is", (gint64) account, group->id);
  else
    bk_sqlite_bind (statement, "iss", (gint64) account, group->id, group->name);
  return bk_sqlite_step (sqlite, statement, NULL, error);
}

static gboolean
fact_job (BkSqlite *sqlite, gpointer data, GError **error)
{
  FactJob *job = data;

  return (job->contact == NULL || store_contact (sqlite, job->contact, job->place.account, error))
         && (job->group == NULL || store_group (sqlite, job->group, job->place.account, error))
         && _bk_history_place_move (sqlite, &job->place, error);
}

void
bk_engine_history_apply_cursor_async (BkEngineHistory *self, const BkHistoryStep *step, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  bk_engine_history_apply_contact_async (self, step, NULL, callback, user_data);
}

/* @contact nullable: then only the cursor moves. */
void
bk_engine_history_apply_contact_async (BkEngineHistory *self, const BkHistoryStep *step,
                                       const BkHistoryContact *contact, GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  FactJob *job = g_new0 (FactJob, 1);

  _bk_history_place_init (&job->place, step);
  if (contact != NULL)
    {
      job->contact = g_memdup2 (contact, sizeof *contact);
      job->contact->who = g_strdup (contact->who);
      job->contact->display_name = g_strdup (contact->display_name);
      job->contact->request_text = g_strdup (contact->request_text);
      job->contact->groups = g_strdupv (contact->groups);
      job->contact->alias = g_strdup (contact->alias);
      job->contact->avatar = g_strdup (contact->avatar);
    }
  run_write (self, fact_job, job, fact_job_free, callback, user_data);
}

void
bk_engine_history_apply_group_async (BkEngineHistory *self, const BkHistoryStep *step, const BkHistoryGroup *group,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  FactJob *job = g_new0 (FactJob, 1);

  _bk_history_place_init (&job->place, step);
  job->group = g_new0 (BkHistoryGroup, 1);
  job->group->id = g_strdup (group->id);
  job->group->name = g_strdup (group->name);
  run_write (self, fact_job, job, fact_job_free, callback, user_data);
}

gboolean
bk_engine_history_apply_finish (BkEngineHistory *self, GAsyncResult *result, GError **error)
{
  FactJob *job = _bk_engine_history_take (self, result, error);

  if (job == NULL)
    return FALSE;
  fact_job_free (job);
  return TRUE;
}
