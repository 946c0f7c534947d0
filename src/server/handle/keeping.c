/* SPDX-License-Identifier: GPL-3.0-or-later */
/* password-set, devices, device-remove, account-remove */
#include "bk-server-private.h"

#include <sodium.h>
#include <string.h>

/* ---- what only the password allows: look it up, verify it, hash the new one, write ---- */

typedef struct
{
  BkStoreLookup lookup; /* first: this struct is the job that looks up */
  gint64 account;
  gint64 device;
  BkServerAttempt attempt;
  char *password;
  char *new_password; /* NULL: the account is to be removed */
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  if (keeping->password != NULL)
    sodium_memzero (keeping->password, strlen (keeping->password));
  if (keeping->new_password != NULL)
    sodium_memzero (keeping->new_password, strlen (keeping->new_password));
  g_free (keeping->password);
  g_free (keeping->new_password);
  bk_store_lookup_free (keeping);
}

static BkStoreKeeping *
make_job (BkServerPeer *peer, Keeping *keeping)
{
  BkStoreKeeping *job = g_new0 (BkStoreKeeping, 1);

  job->now = bk_server_now (peer->server);
  job->account = keeping->account;
  job->device = keeping->device;
  job->verified = g_steal_pointer (&keeping->lookup.password);
  job->name = g_strdup (keeping->lookup.name);
  job->origin = g_strdup (peer->network);
  return job;
}

static void
on_removed (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL)
    bk_server_account_dismiss (peer->server, ((BkStoreKeeping *) data)->account, 0, 0, "revoked");
}

static void
on_changed (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  const BkStoreKeeping *job = data;

  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL)
    bk_server_account_dismiss (peer->server, job->account, 0, job->device, "revoked");
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServerHashing) hashing = user_data;
  g_autoptr (GError) error = NULL;
  char *password = bk_server_hasher_make_finish (result, &error);

  if (password == NULL)
    {
      bk_server_peer_send_error (hashing->peer, hashing->id, error);
      return;
    }
  BkStoreKeeping *job = make_job (hashing->peer, hashing->job);
  job->password = password;
  bk_server_peer_run (hashing->peer, hashing->id, BK_SQLITE_WRITE, bk_store_password, job, bk_store_keeping_free,
                      on_changed);
}

/* Takes @keeping, whose password is the right one. */
static void
go_on (BkServerPeer *peer, gint64 id, Keeping *keeping)
{
  if (keeping->new_password != NULL)
    {
      bk_server_hasher_make_async (peer->server->hasher, keeping->new_password, on_made,
                                   bk_server_hashing_new (peer, id, keeping, keeping_free));
      return;
    }
  bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_leave, make_job (peer, keeping), bk_store_keeping_free,
                      on_removed);
  keeping_free (keeping);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServerHashing) hashing = user_data;
  Keeping *keeping = hashing->job;

  if (!bk_server_hasher_verify_finish (result, NULL) || keeping->lookup.account != keeping->account)
    {
      bk_server_peer_blame (hashing->peer, BK_SERVER_FAULT_PASSWORD);
      bk_server_audit_refusal (hashing->peer, keeping->new_password != NULL ? "password" : "account remove",
                               keeping->lookup.name, BECKON_ERROR_INVALID_PASSWORD);
      bk_server_peer_refuse (hashing->peer, hashing->id, BECKON_ERROR_INVALID_PASSWORD, "The password is wrong");
      return;
    }
  bk_server_attempt_give_back (hashing->peer, keeping->lookup.name, keeping->attempt);
  hashing->job = NULL;
  go_on (hashing->peer, hashing->id, keeping);
}

/* The job is ours again only in part: what is needed of it is copied. */
static void
on_found (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  Keeping *found = data;

  if (error != NULL)
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  if (bk_server_hasher_is_busy (peer->server->hasher))
    {
      bk_server_attempt_give_back (peer, found->lookup.name, found->attempt);
      bk_server_peer_blame (peer, BK_SERVER_FAULT_HASHER_BUSY);
      bk_server_peer_refuse_busy (peer, id, 2000);
      return;
    }
  Keeping *keeping = g_new0 (Keeping, 1);
  keeping->lookup.name = g_steal_pointer (&found->lookup.name);
  keeping->lookup.account = found->lookup.account;
  keeping->lookup.password = g_steal_pointer (&found->lookup.password);
  keeping->attempt = found->attempt;
  keeping->account = found->account;
  keeping->device = found->device;
  keeping->password = g_steal_pointer (&found->password);
  keeping->new_password = g_steal_pointer (&found->new_password);
  bk_server_hasher_verify_async (peer->server->hasher, keeping->password, keeping->lookup.password, on_verified,
                                 bk_server_hashing_new (peer, id, keeping, keeping_free));
}

/* @new_password: nullable. */
static void
keep (BkServerPeer *peer, const BkFrame *frame, const char *new_password)
{
  gint64 id = bk_frame_get_id (frame);
  BkServerAttempt attempt;

  if (!bk_server_attempt_take (peer, id, peer->account->name, &attempt))
    return;
  Keeping *keeping = g_new0 (Keeping, 1);
  keeping->attempt = attempt;
  keeping->lookup.name = g_strdup (peer->account->name);
  keeping->account = peer->account->id;
  keeping->device = peer->device;
  keeping->password = g_strdup (bk_frame_get_string (frame, "password"));
  keeping->new_password = g_strdup (new_password);
  bk_server_peer_run (peer, id, BK_SQLITE_READ, bk_store_lookup, keeping, keeping_free, on_found);
}

void
bk_server_handle_password_set (BkServerPeer *peer, const BkFrame *frame)
{
  const char *new_password = bk_frame_get_string (frame, "new_password");

  if (bk_server_password_check (peer, bk_frame_get_id (frame), new_password))
    keep (peer, frame, new_password);
}

void
bk_server_handle_account_remove (BkServerPeer *peer, const BkFrame *frame)
{
  keep (peer, frame, NULL);
}

/* ---- devices ---- */

static gboolean
is_there (BkServerPeer *peer, gint64 account, gint64 device)
{
  BkServerAccount *found = g_hash_table_lookup (peer->server->accounts, &account);

  for (guint i = 0; found != NULL && i < found->peers->len; i++)
    if (((BkServerPeer *) g_ptr_array_index (found->peers, i))->device == device)
      return TRUE;
  return FALSE;
}

static void
on_devices (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  const BkStoreDevices *job = data;

  if (error != NULL)
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  for (guint i = 0; i < job->seen->len; i++)
    {
      gint64 *seen = &g_array_index (job->seen, gint64, i);
      gboolean now = is_there (peer, job->account, g_array_index (job->devices, gint64, i));
      *seen = (now ? bk_server_now (peer->server) : *seen) / G_USEC_PER_SEC;
    }
  BkFrame *frame = bk_frame_new (BK_FRAME_OK, id);
  bk_frame_set_strings (frame, "devices", (const char *const *) job->guids->pdata);
  bk_frame_set_strings (frame, "names", (const char *const *) job->names->pdata);
  bk_frame_set_ints (frame, "seen", (const gint64 *) (const void *) job->seen->data, job->seen->len);
  bk_server_peer_send (peer, frame);
}

void
bk_server_handle_devices (BkServerPeer *peer, const BkFrame *frame)
{
  BkStoreDevices *job = g_new0 (BkStoreDevices, 1);

  job->account = peer->account->id;
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_READ, bk_store_devices, job, bk_store_devices_free,
                      on_devices);
}

static void
on_device_removed (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  const BkStoreDevice *job = data;

  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL)
    bk_server_account_dismiss (peer->server, job->account, job->device, 0, "revoked");
}

void
bk_server_handle_device_remove (BkServerPeer *peer, const BkFrame *frame)
{
  BkStoreDevice *job = g_new0 (BkStoreDevice, 1);

  job->account = peer->account->id;
  job->guid = g_strdup (bk_frame_get_string (frame, "device"));
  job->not_device = peer->device;
  job->now = bk_server_now (peer->server);
  job->name = g_strdup (peer->account->name);
  job->origin = g_strdup (peer->network);
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_WRITE, bk_store_device_remove, job,
                      bk_store_device_free, on_device_removed);
}
