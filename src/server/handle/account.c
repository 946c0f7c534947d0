/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register, sign-in, sign-out */
#include "bk-server-private.h"

#include "bk-ids.h"

#include <sodium.h>
#include <string.h>

static gboolean
check_domain (BkServerPeer *peer, const BkFrame *frame)
{
  const char *at = strchr (bk_frame_get_string (frame, "name"), '@');

  if (at != NULL && g_str_equal (at + 1, peer->server->config->domain))
    return TRUE;
  bk_server_peer_refuse (peer, bk_frame_get_id (frame), BECKON_ERROR_INVALID_SERVER_NAME,
                         "Names of that domain are not at home on this server");
  return FALSE;
}

/* Back to where the client may try again, unless it left meanwhile. */
static void
give_up (BkServerPeer *peer, gint64 id, const GError *error)
{
  if (peer->state != BK_SERVER_PEER_SIGNING_IN)
    return;
  bk_server_peer_enter_state (peer, BK_SERVER_PEER_NEW);
  bk_server_peer_send_error (peer, id, error);
}

/* ---- register ---- */

static void
on_registered (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  if (error != NULL)
    give_up (peer, id, error);
  else if (peer->state == BK_SERVER_PEER_SIGNING_IN)
    {
      bk_server_peer_enter_state (peer, BK_SERVER_PEER_NEW);
      bk_server_peer_send_ok (peer, id);
    }
}

static void
on_password_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServerHashing) hashing = user_data;
  g_autoptr (GError) error = NULL;
  BkStoreRegister *job = hashing->job;
  g_autofree char *password = job->password;

  job->password = bk_server_hasher_make_finish (result, &error);
  sodium_memzero (password, strlen (password));
  if (job->password == NULL)
    {
      give_up (hashing->peer, hashing->id, error);
      return;
    }
  hashing->job = NULL;
  bk_server_peer_run (hashing->peer, hashing->id, BK_SQLITE_WRITE, bk_store_register, job, bk_store_register_free,
                      on_registered);
}

static BkStoreRegister *
copy_register (const BkStoreRegister *from)
{
  BkStoreRegister *job = g_new0 (BkStoreRegister, 1);

  job->now = from->now;
  job->name = g_strdup (from->name);
  job->display_name = g_strdup (from->display_name);
  job->password = g_strdup (from->password);
  job->needs_token = from->needs_token;
  job->token = g_strdup (from->token);
  job->origin = g_strdup (from->origin);
  return job;
}

/* The name is free and the token good: now the password is worth hashing. */
static void
on_checked (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED))
    bk_server_audit_refusal (peer, "register", NULL, BECKON_ERROR_ACCESS_DENIED);
  if (error != NULL || peer->state != BK_SERVER_PEER_SIGNING_IN)
    {
      give_up (peer, id, error);
      return;
    }
  if (bk_server_hasher_is_busy (peer->server->hasher))
    {
      bk_server_peer_enter_state (peer, BK_SERVER_PEER_NEW);
      bk_server_peer_blame (peer, BK_SERVER_FAULT_HASHER_BUSY);
      bk_server_peer_refuse_busy (peer, id, 2000);
      return;
    }
  BkStoreRegister *job = copy_register (data);
  bk_server_hasher_make_async (peer->server->hasher, job->password, on_password_made,
                               bk_server_hashing_new (peer, id, job, bk_store_register_free));
}

static gboolean
check_registration (BkServerPeer *peer, const BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);
  g_autofree char *key = g_strconcat ("register ", peer->network, NULL);

  if (peer->server->config->registration == BK_SERVER_REGISTRATION_CLOSED)
    bk_server_peer_refuse (peer, id, BECKON_ERROR_NOT_ALLOWING_NEW_USERS, "This server takes no new accounts");
  else
    return bk_server_password_check (peer, id, bk_frame_get_string (frame, "password")) && check_domain (peer, frame)
           && bk_server_peer_take (peer, id, key, peer->server->config->registrations);
  return FALSE;
}

void
bk_server_handle_register (BkServerPeer *peer, const BkFrame *frame)
{
  const char *name = bk_frame_get_string (frame, "name");
  const char *display_name = bk_frame_get_string (frame, "display_name");

  if (!check_registration (peer, frame))
    return;
  BkStoreRegister *job = g_new0 (BkStoreRegister, 1);
  job->now = bk_server_now (peer->server);
  job->name = g_strdup (name);
  job->display_name = display_name != NULL && *display_name != '\0' ? g_strdup (display_name)
                                                                    : g_strndup (name, strcspn (name, "@"));
  job->password = g_strdup (bk_frame_get_string (frame, "password"));
  job->needs_token = peer->server->config->registration == BK_SERVER_REGISTRATION_TOKEN;
  job->token = g_strdup (bk_frame_get_string (frame, "token"));
  job->origin = g_strdup (peer->network);
  bk_server_peer_enter_state (peer, BK_SERVER_PEER_SIGNING_IN);
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_READ, bk_store_register_check, job,
                      bk_store_register_free, on_checked);
}

/* ---- sign-in ---- */

/* What a sign-in brings besides its proof; waits with the peer. */
typedef struct
{
  BkStoreSignIn job; /* first: this struct is the job */
  BkServer *server;  /* borrowed */
  GList written;     /* in its sign_ins while the job is with the worker */
  guint64 number;    /* of the connection */
  BkServerAttempt attempt;
  char *password;
  BeckonStatus status;
  char *personal_message;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  if (sign_in->written.data != NULL)
    g_queue_unlink (&sign_in->server->sign_ins, &sign_in->written);
  if (sign_in->password != NULL)
    sodium_memzero (sign_in->password, strlen (sign_in->password));
  g_free (sign_in->password);
  g_free (sign_in->personal_message);
  bk_store_sign_in_free (sign_in);
}

/* Closes the connections of devices that have lost their place: they have, also if who took it has left meanwhile. */
static void
close_evicted (BkServer *server, const BkStoreSignIn *job)
{
  for (guint i = 0; i < job->evicted->len; i++)
    bk_server_account_dismiss (server, job->account, g_array_index (job->evicted, gint64, i), 0, "too-many-devices");
}

/* Closes an older connection of this device. */
static void
close_older (BkServerPeer *peer)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_server_peer_unref);

  for (guint i = 0; i < peer->account->peers->len; i++)
    {
      BkServerPeer *other = g_ptr_array_index (peer->account->peers, i);
      if (other != peer && other->device == peer->device)
        g_ptr_array_add (peers, bk_server_peer_ref (other));
    }
  for (guint i = 0; i < peers->len; i++)
    bk_server_peer_bye (g_ptr_array_index (peers, i), "replaced", 0);
}

static void
welcome (BkServerPeer *peer, gint64 id, SignIn *sign_in)
{
  BkServer *server = peer->server;
  BkFrame *frame = bk_frame_new (BK_FRAME_SIGNED_IN, id);

  bk_frame_set_string (frame, "device", sign_in->job.device_guid);
  bk_frame_set_string (frame, "token", sign_in->job.token);
  bk_frame_set_string (frame, "display_name", sign_in->job.display_name);
  bk_frame_set_string (frame, "avatar", sign_in->job.avatar);
  bk_frame_set_int (frame, "time", bk_server_now (server));
  bk_frame_set_string (frame, "epoch", sign_in->job.epoch);
  if (sign_in->job.again)
    bk_frame_set_bool (frame, "again", TRUE);
  if (server->config->lock)
    bk_frame_set_bool (frame, "lock", TRUE);
  bk_server_peer_send (peer, frame);

  peer->device = sign_in->job.device;
  peer->device_guid = g_strdup (sign_in->job.device_guid);
  peer->seen = sign_in->job.now;
  peer->status = sign_in->status;
  peer->personal_message = g_steal_pointer (&sign_in->personal_message);
  peer->status_number = ++server->last_status;
  peer->sent_seq = peer->answered_seq = peer->reached = sign_in->job.after;
  peer->known_until = sign_in->job.known_until;
  peer->account = bk_server_account_join (server, sign_in->job.account, sign_in->job.name, sign_in->job.friends, peer);
  bk_server_peer_enter_state (peer, BK_SERVER_PEER_CATCHING_UP);
  bk_server_peer_log (peer, G_LOG_LEVEL_INFO, "signed in", sign_in->job.by_token ? "by token" : "by password");
  close_older (peer);
  bk_server_account_update_shown (server, peer->account);
  bk_server_peer_pump (peer);
}

/* A sign-in can be under way for so long that the device gave up and connected anew before it came: of two connections
 * of a device the one that was opened later is the one that it listens to. By then the device may be known by its GUID
 * alone. */
static gboolean
is_overtaken (BkServerPeer *peer, const SignIn *sign_in)
{
  const BkServerAccount *account = g_hash_table_lookup (peer->server->accounts, &sign_in->job.account);

  for (guint i = 0; account != NULL && i < account->peers->len; i++)
    {
      const BkServerPeer *other = g_ptr_array_index (account->peers, i);
      if (other->number > peer->number && g_strcmp0 (other->device_guid, sign_in->job.device_guid) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether it may turn out so: the job of a newer connection is under way, and what is written now would replace what that
 * one writes. */
static gboolean
may_be_overtaken (BkServerPeer *peer, const SignIn *sign_in)
{
  for (const GList *l = peer->server->sign_ins.head; l != NULL; l = l->next)
    {
      const SignIn *other = l->data;
      if (other->number > peer->number && g_strcmp0 (other->job.device_guid, sign_in->job.device_guid) == 0
          && g_str_equal (other->job.name, sign_in->job.name))
        return TRUE;
    }
  return FALSE;
}

static void
on_signed_in (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  /* A wrong password does not come as far as this, but for one that was changed meanwhile. */
  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD))
    {
      bk_server_peer_blame (peer, BK_SERVER_FAULT_TOKEN);
      bk_server_audit_refusal (peer, "sign in by token", NULL, BECKON_ERROR_INVALID_PASSWORD);
    }
  else if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED))
    bk_server_audit_refusal (peer, "sign in", NULL, BECKON_ERROR_ACCESS_DENIED); /* the account is closed */
  if (error != NULL)
    give_up (peer, id, error);
  else if (peer->state == BK_SERVER_PEER_SIGNING_IN && is_overtaken (peer, data))
    bk_server_peer_bye (peer, "replaced", 0);
  else if (peer->state == BK_SERVER_PEER_SIGNING_IN)
    welcome (peer, id, data);
  if (error == NULL)
    close_evicted (peer->server, data);
}

static void
run_sign_in (BkServerPeer *peer, gint64 id, SignIn *sign_in)
{
  sign_in->written.data = sign_in;
  g_queue_push_tail_link (&peer->server->sign_ins, &sign_in->written);
  bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_sign_in, sign_in, sign_in_free, on_signed_in);
}

/* ---- sign-in by password ---- */

static void look_up (BkServerPeer *peer, gint64 id, SignIn *sign_in);

/* It makes a new token, which voids the one that the device has: only for a connection that the device listens to. Where
 * that is not known yet it begins again: its turn comes behind the other one. */
static void
run_verified (BkServerHashing *hashing)
{
  SignIn *sign_in = hashing->job;
  gboolean known = sign_in->job.device_guid != NULL;

  if (hashing->peer->state != BK_SERVER_PEER_SIGNING_IN)
    return;
  if (known && is_overtaken (hashing->peer, sign_in))
    {
      bk_server_peer_bye (hashing->peer, "replaced", 0);
      return;
    }
  hashing->job = NULL;
  if (known && may_be_overtaken (hashing->peer, sign_in))
    look_up (hashing->peer, hashing->id, sign_in);
  else
    run_sign_in (hashing->peer, hashing->id, sign_in);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServerHashing) hashing = user_data;
  SignIn *sign_in = hashing->job;

  /* A verified password of no account cannot be; the dummy hash belongs to none. */
  if (!bk_server_hasher_verify_finish (result, NULL) || sign_in->job.account == 0)
    {
      g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD,
                                                      "The name or the password is wrong");
      bk_server_peer_blame (hashing->peer, BK_SERVER_FAULT_PASSWORD);
      bk_server_audit_refusal (hashing->peer, "sign in", sign_in->job.name, BECKON_ERROR_INVALID_PASSWORD);
      give_up (hashing->peer, hashing->id, error);
      return;
    }
  bk_server_attempt_give_back (hashing->peer, sign_in->job.name, sign_in->attempt);
  sign_in->attempt = 0;
  run_verified (hashing);
}

typedef struct
{
  BkStoreLookup job; /* first: this struct is the job */
  SignIn *sign_in;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_clear_pointer (&lookup->sign_in, sign_in_free);
  bk_store_lookup_free (lookup);
}

static void
on_found (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  Lookup *lookup = data;

  if (error != NULL || peer->state != BK_SERVER_PEER_SIGNING_IN)
    {
      give_up (peer, id, error);
      return;
    }
  if (bk_server_hasher_is_busy (peer->server->hasher))
    {
      bk_server_peer_enter_state (peer, BK_SERVER_PEER_NEW);
      bk_server_attempt_give_back (peer, lookup->sign_in->job.name, lookup->sign_in->attempt);
      bk_server_peer_blame (peer, BK_SERVER_FAULT_HASHER_BUSY);
      bk_server_peer_refuse_busy (peer, id, 2000);
      return;
    }
  SignIn *sign_in = g_steal_pointer (&lookup->sign_in);
  sign_in->job.account = lookup->job.account;
  g_free (sign_in->job.verified);
  sign_in->job.verified = g_steal_pointer (&lookup->job.password);
  bk_server_hasher_verify_async (peer->server->hasher, sign_in->password, sign_in->job.verified, on_verified,
                                 bk_server_hashing_new (peer, id, sign_in, sign_in_free));
}

static SignIn *
sign_in_new (BkServerPeer *peer, const BkFrame *frame, BeckonStatus status)
{
  const char *device_name = bk_frame_get_string (frame, "device_name");
  const char *token = bk_frame_get_string (frame, "token");
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->server = peer->server;
  sign_in->number = peer->number;
  sign_in->job.now = bk_server_now (peer->server);
  sign_in->job.by_token = token != NULL;
  sign_in->job.name = g_strdup (bk_frame_get_string (frame, "name"));
  sign_in->job.origin = g_strdup (peer->network);
  sign_in->job.quota = peer->server->config->quota;
  sign_in->job.token = token != NULL ? g_strdup (token) : bk_token_new ();
  sign_in->job.device_guid = g_strdup (bk_frame_get_string (frame, "device"));
  sign_in->job.device_name = g_strdup (device_name != NULL ? device_name : "");
  sign_in->job.after = bk_frame_get_int (frame, "after");
  sign_in->job.known_epoch = g_strdup (bk_frame_get_string (frame, "epoch"));
  sign_in->password = g_strdup (bk_frame_get_string (frame, "password"));
  sign_in->status = status;
  sign_in->personal_message = g_strdup (bk_frame_get_string (frame, "personal_message"));
  return sign_in;
}

static void
look_up (BkServerPeer *peer, gint64 id, SignIn *sign_in)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->job.name = g_strdup (sign_in->job.name);
  lookup->sign_in = sign_in;
  bk_server_peer_run (peer, id, BK_SQLITE_READ, bk_store_lookup, lookup, lookup_free, on_found);
}

void
bk_server_handle_sign_in (BkServerPeer *peer, const BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);
  gboolean by_token = bk_frame_get_string (frame, "token") != NULL;
  g_autoptr (GError) error = NULL;
  BkServerAttempt attempt = 0;
  BeckonStatus status;

  if (by_token == (bk_frame_get_string (frame, "password") != NULL))
    {
      bk_server_peer_refuse (peer, id, BECKON_ERROR_INVALID_ARGUMENT, "Sign in with a password or with a token");
      return;
    }
  if (!bk_server_presence_read (frame, &status, &error))
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  if (!check_domain (peer, frame)
      || (!by_token && !bk_server_attempt_take (peer, id, bk_frame_get_string (frame, "name"), &attempt)))
    return;

  bk_server_peer_enter_state (peer, BK_SERVER_PEER_SIGNING_IN);
  SignIn *sign_in = sign_in_new (peer, frame, status);
  sign_in->attempt = attempt;
  if (by_token)
    run_sign_in (peer, id, sign_in);
  else
    look_up (peer, id, sign_in);
}

/* ---- sign-out ---- */

static void
on_forgotten (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL)
    bk_server_peer_hang_up (peer, BK_SERVER_CODE_NORMAL, "signed out");
}

void
bk_server_handle_sign_out (BkServerPeer *peer, const BkFrame *frame)
{
  gint64 id = bk_frame_get_id (frame);

  if (!bk_frame_get_int (frame, "forget"))
    {
      bk_server_peer_send_ok (peer, id);
      bk_server_peer_hang_up (peer, BK_SERVER_CODE_NORMAL, "signed out");
      return;
    }
  BkStoreDevice *job = g_new0 (BkStoreDevice, 1);
  job->account = peer->account->id;
  job->device = peer->device;
  job->now = bk_server_now (peer->server);
  job->guid = g_strdup (peer->device_guid);
  job->name = g_strdup (peer->account->name);
  job->origin = g_strdup (peer->network);
  bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_forget, job, bk_store_device_free, on_forgotten);
}
