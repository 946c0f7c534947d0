/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-store-private.h"

#include "bk-ids.h"

#include <sodium.h>
#include <string.h>

/* One answer for everything that is wrong with name, password or token: it tells nobody which accounts exist. */
static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD, "The name or the password is wrong");
  return FALSE;
}

/* Only for who has shown that the account is theirs. */
static gboolean
refuse_disabled (GError **error)
{
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                       "The operator of this server has closed the account for now");
  return FALSE;
}

static gboolean
find_by_token (BkSqlite *db, BkStoreSignIn *job, GError **error)
{
  g_autoptr (GBytes) hash = bk_store_hash_token (job->token);
  gboolean row;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT d.id, d.account, d.guid FROM devices d JOIN accounts a"
                                        " ON a.id = d.account WHERE d.token = ? AND a.name = ?",
                                        "bs", hash, job->name);
  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  if (!row || (job->device_guid != NULL && g_strcmp0 (job->device_guid, bk_sqlite_column_text (query, 2)) != 0))
    return refuse (error);

  job->device = sqlite3_column_int64 (query, 0);
  job->account = sqlite3_column_int64 (query, 1);
  g_free (job->device_guid);
  job->device_guid = bk_store_dup_text (query, 2);
  sqlite3_reset (query);
  return bk_store_exec (db, error, "UPDATE devices SET last_seen = ? WHERE id = ?", "ii", job->now, job->device);
}

/* A device that comes, or goes, of itself or because of another one. */
static gboolean
audit_device (BkSqlite *db, const BkStoreSignIn *job, const char *what, const char *guid, GError **error)
{
  const BkStoreAct act = { job->now, BK_STORE_ACTOR_ACCOUNT, what, job->name, job->origin, guid };

  return bk_store_audit (db, &act, error);
}

static gboolean
audit_evicted (BkSqlite *db, const BkStoreSignIn *job, gint64 device, GError **error)
{
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT guid FROM devices WHERE id = ?", "i", device);

  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  g_autofree char *guid = row ? bk_store_dup_text (query, 0) : NULL;
  sqlite3_reset (query);
  return audit_device (db, job, "device evict", guid, error);
}

/* Whoever knows the password may always add a device; the one that was away longest goes. */
static gboolean
make_room (BkSqlite *db, BkStoreSignIn *job, GError **error)
{
  gint64 n_devices = 0, oldest = 0;
  sqlite3_stmt *count = bk_store_query (db, error, "SELECT count (*) FROM devices WHERE account = ?", "i",
                                        job->account);

  if (!bk_store_get_int (db, count, &n_devices, NULL, error))
    return FALSE;
  if (n_devices < bk_store_quota (&job->quota)->devices)
    return TRUE;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id FROM devices WHERE account = ? ORDER BY last_seen, id LIMIT 1", "i",
                                        job->account);
  if (!bk_store_get_int (db, query, &oldest, NULL, error))
    return FALSE;
  g_array_append_val (job->evicted, oldest);
  return audit_evicted (db, job, oldest, error)
         && bk_store_exec (db, error, "DELETE FROM devices WHERE id = ?", "i", oldest);
}

static gboolean
find_by_password (BkSqlite *db, BkStoreSignIn *job, GError **error)
{
  g_autoptr (GBytes) hash = bk_store_hash_token (job->token);
  gboolean found;

  if (job->device_guid == NULL)
    job->device_guid = bk_guid_new ();
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM devices WHERE account = ? AND guid = ?", "is",
                                        job->account, job->device_guid);
  if (!bk_store_get_int (db, query, &job->device, &found, error)
      || !audit_device (db, job, found ? "sign in" : "device add", job->device_guid, error))
    return FALSE;
  if (found)
    return bk_store_exec (db, error, "UPDATE devices SET name = ?, token = ?, last_seen = ? WHERE id = ?", "sbii",
                          job->device_name, hash, job->now, job->device);

  if (!make_room (db, job, error)
      || !bk_store_exec (db, error,
                         "INSERT INTO devices (account, guid, name, token, last_seen) VALUES (?, ?, ?, ?, ?)",
                         "issbi", job->account, job->device_guid, job->device_name, hash, job->now))
    return FALSE;
  job->device = bk_sqlite_last_rowid (db);
  return TRUE;
}

gboolean
bk_store_sign_in (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreSignIn *job = data;
  gboolean row;

  job->friends = g_array_new (FALSE, FALSE, sizeof (gint64));
  job->evicted = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!bk_store_prune (db, job->now, error))
    return FALSE;
  if (!(job->by_token ? find_by_token (db, job, error) : find_by_password (db, job, error)))
    return FALSE;

  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT display_name, last_seq, avatar, password, disabled FROM accounts"
                                        " WHERE id = ?",
                                        "i", job->account);
  if (query == NULL || !bk_sqlite_step (db, query, &row, error))
    return FALSE;
  /* It may have been removed since its password was verified, or that may have been changed. */
  if (!row || (!job->by_token && g_strcmp0 (bk_sqlite_column_text (query, 3), job->verified) != 0))
    return refuse (error);
  if (sqlite3_column_int64 (query, 4) != 0)
    return refuse_disabled (error);
  job->display_name = bk_store_dup_text (query, 0);
  job->last_seq = sqlite3_column_int64 (query, 1);
  job->avatar = bk_store_dup_text (query, 2);
  sqlite3_reset (query);
  return bk_store_epoch_place (db, job, error)
         && bk_store_exec (db, error, "UPDATE devices SET reached = ?1 WHERE id = ?2 AND reached != ?1", "ii",
                           MIN (job->after, job->last_seq), job->device)
         && bk_store_contact_friends (db, job->account, job->friends, error);
}

void
bk_store_sign_in_free (gpointer data)
{
  BkStoreSignIn *job = data;

  if (job->token != NULL)
    sodium_memzero (job->token, strlen (job->token));
  g_free (job->token);
  g_free (job->name);
  g_free (job->device_guid);
  g_free (job->device_name);
  g_free (job->origin);
  g_free (job->display_name);
  g_free (job->avatar);
  g_free (job->known_epoch);
  g_free (job->epoch);
  bk_store_wipe (&job->verified);
  g_clear_pointer (&job->friends, g_array_unref);
  g_clear_pointer (&job->evicted, g_array_unref);
  bk_store_plain_free (job);
}

/* ---- one device ---- */

/* Removes a device and with it its token. */
gboolean
bk_store_forget (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreDevice *job = data;
  const BkStoreAct act = { job->now, BK_STORE_ACTOR_ACCOUNT, "device remove", job->name, job->origin, job->guid };

  return (job->name == NULL || bk_store_audit (db, &act, error))
         && bk_store_exec (db, error, "DELETE FROM devices WHERE id = ? AND account = ?", "ii", job->device,
                           job->account);
}

/* It was there until now. */
gboolean
bk_store_device_seen (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreDevice *job = data;

  return bk_store_exec (db, error, "UPDATE devices SET last_seen = ? WHERE id = ?", "ii", job->now, job->device);
}

/* It is there, and has stored what it was sent up to a number. */
gboolean
bk_store_device_reached (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreDevice *job = data;

  return bk_store_exec (db, error, "UPDATE devices SET reached = max (reached, ?), last_seen = ? WHERE id = ?", "iii",
                        job->reached, job->now, job->device);
}

/* The same as bk_store_forget (), asked for by another device. */
gboolean
bk_store_device_remove (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreDevice *job = data;
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT id FROM devices WHERE account = ? AND guid = ?", "is",
                                        job->account, job->guid);

  if (!bk_store_get_int (db, query, &job->device, &found, error))
    return FALSE;
  if (!found)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "There is no such device");
      return FALSE;
    }
  if (job->device == job->not_device)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "A device that leaves signs out");
      return FALSE;
    }
  return bk_store_forget (db, job, error);
}

void
bk_store_device_free (gpointer data)
{
  BkStoreDevice *job = data;

  g_free (job->guid);
  g_free (job->name);
  g_free (job->origin);
  bk_store_plain_free (job);
}

/* ---- all of them ---- */

gboolean
bk_store_devices (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreDevices *job = data;
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT id, guid, name, last_seen FROM devices WHERE account = ? ORDER BY id",
                                        "i", job->account);

  job->devices = g_array_new (FALSE, FALSE, sizeof (gint64));
  job->guids = g_ptr_array_new_null_terminated (BK_STORE_MAX_DEVICES, g_free, TRUE);
  job->names = g_ptr_array_new_null_terminated (BK_STORE_MAX_DEVICES, g_free, TRUE);
  job->seen = g_array_new (FALSE, FALSE, sizeof (gint64));
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      gint64 device = sqlite3_column_int64 (query, 0), seen = sqlite3_column_int64 (query, 3);
      g_array_append_val (job->devices, device);
      g_ptr_array_add (job->guids, bk_store_dup_text (query, 1));
      g_ptr_array_add (job->names, bk_store_dup_text (query, 2));
      g_array_append_val (job->seen, seen);
    }
  return FALSE;
}

void
bk_store_devices_free (gpointer data)
{
  BkStoreDevices *job = data;

  g_clear_pointer (&job->devices, g_array_unref);
  g_clear_pointer (&job->guids, g_ptr_array_unref);
  g_clear_pointer (&job->names, g_ptr_array_unref);
  g_clear_pointer (&job->seen, g_array_unref);
  bk_store_plain_free (job);
}

/* ---- for the operator ---- */

/* Writes a line for each device of the account named in `token`. */
gboolean
bk_store_list_devices (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  gint64 account;
  gboolean row;

  if (!bk_store_account_find (db, job->token, &account, error))
    return FALSE;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT guid, name, last_seen FROM devices WHERE account = ? ORDER BY id", "i",
                                        account);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      g_autofree char *seen = bk_store_format_time (sqlite3_column_int64 (query, 2));
      g_string_append_printf (job->list, "%s  “%s”  seen: %s\n", bk_sqlite_column_text (query, 0),
                              bk_sqlite_column_text (query, 1), seen);
    }
  return FALSE;
}

/* Removes the device `name` of the account named in `token`. */
gboolean
bk_store_remove_device (BkSqlite *db, gpointer data, GError **error)
{
  BkStoreAdmin *job = data;
  BkStoreDevice device = { .guid = job->name };

  return bk_store_account_find (db, job->token, &device.account, error) && bk_store_device_remove (db, &device, error)
         && bk_store_operation_add_device (db, device.account, device.device, error);
}
