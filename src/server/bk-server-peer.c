/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-server-private.h"

#define MAX_REQUESTS 64

/* What a client may get wrong before it is sent away: a malformed frame weighs more than an impatient one. */
static const BkServerRate patience = { 500, 200 };
#define COST_MALFORMED 50
#define COST_IMPATIENT 1
#define SEEN_US (60 * G_USEC_PER_SEC)

BkServerPeer *
bk_server_peer_new (BkServer *server, BkServerConn *conn)
{
  BkServerPeer *self = g_rc_box_new0 (BkServerPeer);
  g_autofree char *address = bk_server_conn_dup_address (conn);

  self->server = g_object_ref (server);
  self->conn = conn;
  self->number = ++server->last_peer;
  self->network = bk_server_dup_network (address);
  self->state = BK_SERVER_PEER_NEW;
  return self;
}

BkServerPeer *
bk_server_peer_ref (BkServerPeer *self)
{
  return g_rc_box_acquire (self);
}

static void
peer_clear (gpointer data)
{
  BkServerPeer *self = data;

  g_free (self->network);
  g_free (self->device_guid);
  g_free (self->personal_message);
  g_clear_pointer (&self->owed, g_hash_table_unref);
  g_clear_pointer (&self->sites, g_array_unref);
  g_object_unref (self->server);
}

void
bk_server_peer_unref (BkServerPeer *self)
{
  g_rc_box_release_full (self, peer_clear);
}

/* ---- state ---- */

gboolean
bk_server_peer_is_signed_in (BkServerPeer *self)
{
  return self->state == BK_SERVER_PEER_CATCHING_UP || self->state == BK_SERVER_PEER_BEHIND
         || self->state == BK_SERVER_PEER_LIVE;
}

static void
on_seen (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  if (error != NULL)
    g_warning ("Could not store when a device was last seen: %s", error->message);
}

/* The file knows when a device came. When it went is worth a write only if it was there for a while. */
static void
note_seen (BkServerPeer *self, gint64 account)
{
  gint64 now = bk_server_now (self->server);

  if (now - self->seen < SEEN_US)
    return;
  BkStoreDevice *job = g_new0 (BkStoreDevice, 1);
  job->now = now;
  job->account = account;
  job->device = self->device;
  bk_server_peer_run (self, -1, BK_SQLITE_WRITE, bk_store_device_seen, job, bk_store_device_free, on_seen);
}

static void
leave_account (BkServerPeer *self)
{
  BkServerAccount *account = g_steal_pointer (&self->account);

  if (account == NULL)
    return;
  note_seen (self, account->id);
  bk_server_account_leave (account, self);
}

/* The one place where a connection goes from state to state. */
void
bk_server_peer_enter_state (BkServerPeer *self, BkServerPeerState state)
{
  self->state = state;
  switch (state)
    {
    case BK_SERVER_PEER_NEW:
    case BK_SERVER_PEER_SIGNING_IN:
    case BK_SERVER_PEER_BEHIND:
    case BK_SERVER_PEER_LIVE:
      break;
    case BK_SERVER_PEER_CATCHING_UP:
      bk_server_conn_set_signed_in (self->conn);
      break;
    case BK_SERVER_PEER_LEAVING:
    case BK_SERVER_PEER_GONE:
      bk_server_lock_clear (self);
      bk_server_returning_forget (self);
      leave_account (self);
      break;
    }
}

/* The connection is no more. */
void
bk_server_peer_closed (BkServerPeer *self)
{
  self->conn = NULL;
  bk_server_peer_enter_state (self, BK_SERVER_PEER_GONE);
}

static gboolean
is_leaving (BkServerPeer *self)
{
  return self->state == BK_SERVER_PEER_LEAVING || self->state == BK_SERVER_PEER_GONE;
}

/* @what and @detail are constants, types of frames, or names of errors: nothing that came from outside. */
void
bk_server_peer_log (BkServerPeer *self, GLogLevelFlags level, const char *what, const char *detail)
{
  bk_server_log_event (level, what, detail, self->account != NULL ? self->account->id : 0, self->device);
}

/* Closes after all that is queued. */
void
bk_server_peer_hang_up (BkServerPeer *self, guint16 code, const char *reason)
{
  if (is_leaving (self))
    return;
  bk_server_count_bye (&self->server->counters, reason);
  bk_server_peer_log (self, G_LOG_LEVEL_INFO, "sent away", reason);
  bk_server_peer_enter_state (self, BK_SERVER_PEER_LEAVING);
  bk_server_conn_close (self->conn, code, reason);
}

/* ---- out ---- */

/* Takes @frame. A connection that is gone is no error: its requests may still be on their way. */
void
bk_server_peer_send (BkServerPeer *self, BkFrame *frame)
{
  if (self->conn != NULL && self->state != BK_SERVER_PEER_LEAVING)
    {
      g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
      gsize length;
      const char *text = g_bytes_get_data (bytes, &length);
      bk_server_conn_send_text (self->conn, text, (gssize) length);
    }
  bk_frame_free (frame);
}

void
bk_server_peer_send_ok (BkServerPeer *self, gint64 id)
{
  bk_server_peer_send (self, bk_frame_new (BK_FRAME_OK, id));
}

static void
send_refusal (BkServerPeer *self, BkFrame *frame, const GError *error)
{
  bk_server_count_error (&self->server->counters, error->code);
  bk_server_peer_log (self, G_LOG_LEVEL_DEBUG, "refused", beckon_error_to_nick ((BeckonError) error->code));
  bk_server_peer_send (self, frame);
}

/* What SQLite has to say is for the operator. */
void
bk_server_peer_send_error (BkServerPeer *self, gint64 id, const GError *error)
{
  g_autoptr (GError) plain = NULL;

  if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_STORAGE) || error->domain != BECKON_ERROR)
    {
      g_warning ("A request failed: %s", error->message);
      plain = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_STORAGE, "The server could not store or read that");
    }
  if (plain != NULL)
    error = plain;
  send_refusal (self, bk_frame_new_error (id, error), error);
}

void
bk_server_peer_refuse (BkServerPeer *self, gint64 id, BeckonError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, (int) code, text);

  send_refusal (self, bk_frame_new_error (id, error), error);
}

void
bk_server_peer_refuse_busy (BkServerPeer *self, gint64 id, guint retry_ms)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_SERVER_TOO_BUSY, "Too much at once");
  BkFrame *frame = bk_frame_new_error (id, error);

  bk_frame_set_int (frame, "retry_ms", retry_ms);
  send_refusal (self, frame, error);
}

/* Says why, and (not 0) after which time to come back, and closes. */
void
bk_server_peer_bye (BkServerPeer *self, const char *reason, guint retry_ms)
{
  BkFrame *frame = bk_frame_new (BK_FRAME_BYE, -1);

  bk_frame_set_string (frame, "reason", reason);
  if (retry_ms > 0)
    bk_frame_set_int (frame, "retry_ms", retry_ms);
  bk_server_peer_send (self, frame);
  bk_server_peer_hang_up (self, BK_SERVER_CODE_GOING_AWAY, reason);
}

/* Takes one out of the bucket @key, or refuses request @id. */
gboolean
bk_server_peer_take (BkServerPeer *self, gint64 id, const char *key, BkServerRate rate)
{
  guint retry_ms;

  if (bk_server_buckets_take (self->server->buckets, key, rate, bk_clock_now (self->server->clock), &retry_ms))
    return TRUE;
  bk_server_count_limit (&self->server->counters, key);
  bk_server_peer_refuse_busy (self, id, retry_ms);
  return FALSE;
}

/* Notes why the next refusal is sent. */
void
bk_server_peer_blame (BkServerPeer *self, BkServerFault fault)
{
  bk_server_count_fault (&self->server->counters, fault);
}

/* ---- jobs ---- */

typedef struct
{
  BkServerPeer *peer;
  gint64 id;
  gint64 began; /* 0: it does not write */
  BkServerDone done;
  GDestroyNotify free_data;
} Request;

static void
on_job (BkSqlite *db, gpointer data, const GError *error, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (BkServerPeer) self = request->peer;
  g_autoptr (BkServer) server = g_object_ref (self->server);

  server->n_jobs--;
  self->n_requests--;
  if (request->began != 0)
    bk_server_writes_add (&server->writes, g_get_monotonic_time () - request->began);
  request->done (self, request->id, data, error);
  if (data != NULL)
    {
      bk_server_apply (server, data);
      request->free_data (data);
    }
  bk_server_check_stopped (server);
}

/* Takes @data, whose struct begins with a BkStoreChanges. */
void
bk_server_peer_run (BkServerPeer *self, gint64 id, BkSqliteKind kind, BkSqliteJob job, gpointer data,
                    GDestroyNotify free_data, BkServerDone done)
{
  Request *request = g_new0 (Request, 1);

  request->peer = bk_server_peer_ref (self);
  request->id = id;
  request->began = kind != BK_SQLITE_READ ? g_get_monotonic_time () : 0;
  request->done = done;
  request->free_data = free_data;
  self->n_requests++;
  self->server->n_jobs++;
  bk_sqlite_submit (self->server->db, kind, job, data, free_data, on_job, request);
}

/* The usual end of a request. */
void
bk_server_peer_done_ok (BkServerPeer *self, gint64 id, gpointer data, const GError *error)
{
  if (error != NULL)
    bk_server_peer_send_error (self, id, error);
  else
    bk_server_peer_send_ok (self, id);
}

/* ---- in ---- */

static void
try_patience (BkServerPeer *self, guint cost)
{
  guint retry_ms;

  if (!bk_server_bucket_take (&self->patience, patience, cost, bk_clock_now (self->server->clock), &retry_ms))
    bk_server_peer_hang_up (self, BK_SERVER_CODE_POLICY, "too many errors");
}

static gboolean
check_rate (BkServerPeer *self, gint64 id)
{
  guint retry_ms = 100;
  gboolean slow = bk_server_bucket_take (&self->frames, self->server->config->frames, 1,
                                         bk_clock_now (self->server->clock), &retry_ms);

  if (slow && self->n_requests < MAX_REQUESTS)
    return TRUE;
  bk_server_peer_blame (self, slow ? BK_SERVER_FAULT_TOO_MANY_REQUESTS : BK_SERVER_FAULT_TOO_FAST);
  bk_server_peer_refuse_busy (self, id, retry_ms);
  try_patience (self, COST_IMPATIENT);
  return FALSE;
}

static gboolean
check_state (BkServerPeer *self, const BkFrame *frame)
{
  BkFrameType type = bk_frame_get_frame_type (frame);
  gint64 id = bk_frame_get_id (frame);

  if (bk_server_peer_is_signed_in (self))
    {
      if (type != BK_FRAME_REGISTER && type != BK_FRAME_SIGN_IN)
        return TRUE;
      bk_server_peer_blame (self, BK_SERVER_FAULT_SIGNED_IN);
      bk_server_peer_refuse (self, id, BECKON_ERROR_ALREADY_LOGGED_ON, "This connection is signed in already");
      return FALSE;
    }
  if (type != BK_FRAME_REGISTER && type != BK_FRAME_SIGN_IN)
    {
      bk_server_peer_blame (self, BK_SERVER_FAULT_NOT_SIGNED_IN);
      bk_server_peer_refuse (self, id, BECKON_ERROR_NOT_LOGGED_ON, "Sign in first");
      try_patience (self, COST_MALFORMED);
      return FALSE;
    }
  if (self->state == BK_SERVER_PEER_NEW)
    return TRUE;
  bk_server_peer_blame (self, BK_SERVER_FAULT_SIGNING_IN);
  bk_server_peer_refuse_busy (self, id, 100);
  return FALSE;
}

static void
dispatch (BkServerPeer *self, const BkFrame *frame)
{
  switch (bk_frame_get_frame_type (frame))
    {
    case BK_FRAME_REGISTER:
      bk_server_handle_register (self, frame);
      return;
    case BK_FRAME_SIGN_IN:
      bk_server_handle_sign_in (self, frame);
      return;
    case BK_FRAME_SIGN_OUT:
      bk_server_handle_sign_out (self, frame);
      return;
    case BK_FRAME_PRESENCE_SET:
      bk_server_handle_presence_set (self, frame);
      return;
    case BK_FRAME_PROFILE_SET:
      bk_server_handle_profile_set (self, frame);
      return;
    case BK_FRAME_CONTACT_ADD:
      bk_server_handle_contact (self, frame, BK_STORE_CONTACT_ADD);
      return;
    case BK_FRAME_CONTACT_APPROVE:
      bk_server_handle_contact (self, frame, BK_STORE_CONTACT_APPROVE);
      return;
    case BK_FRAME_CONTACT_DECLINE:
      bk_server_handle_contact (self, frame, BK_STORE_CONTACT_DECLINE);
      return;
    case BK_FRAME_CONTACT_REMOVE:
      bk_server_handle_contact (self, frame, BK_STORE_CONTACT_REMOVE);
      return;
    case BK_FRAME_CONTACT_BLOCK:
      bk_server_handle_contact (self, frame,
                                bk_frame_get_int (frame, "blocked") ? BK_STORE_CONTACT_BLOCK
                                                                    : BK_STORE_CONTACT_UNBLOCK);
      return;
    case BK_FRAME_GROUP_CREATE:
      bk_server_handle_group (self, frame, BK_STORE_GROUP_CREATE);
      return;
    case BK_FRAME_GROUP_RENAME:
      bk_server_handle_group (self, frame, BK_STORE_GROUP_RENAME);
      return;
    case BK_FRAME_GROUP_REMOVE:
      bk_server_handle_group (self, frame, BK_STORE_GROUP_REMOVE);
      return;
    case BK_FRAME_GROUP_CONTACT:
      bk_server_handle_group (self, frame, BK_STORE_GROUP_CONTACT);
      return;
    case BK_FRAME_MESSAGE_SEND:
      bk_server_handle_message_send (self, frame);
      return;
    case BK_FRAME_MARK_SET:
      bk_server_handle_mark_set (self, frame);
      return;
    case BK_FRAME_TYPING_SET:
      bk_server_handle_typing_set (self, frame);
      return;
    case BK_FRAME_SESSION_SEND:
      bk_server_handle_session_send (self, frame);
      return;
    case BK_FRAME_LOCK_CHALLENGE:
      bk_server_handle_lock_challenge (self, frame);
      return;
    case BK_FRAME_LOCK_RESPOND:
      bk_server_handle_lock_respond (self, frame);
      return;
    case BK_FRAME_LOCK_RELEASE:
      bk_server_handle_lock_release (self, frame);
      return;
    case BK_FRAME_ALERTS_ENABLE:
      bk_server_handle_alerts_enable (self, frame);
      return;
    case BK_FRAME_RELAYS:
      bk_server_handle_relays (self, frame);
      return;
    case BK_FRAME_CONTACT_SET:
      bk_server_handle_contact (self, frame, BK_STORE_CONTACT_SET);
      return;
    case BK_FRAME_AVATAR_SET:
      bk_server_handle_avatar_set (self, frame);
      return;
    case BK_FRAME_AVATAR_GET:
      bk_server_handle_avatar_get (self, frame);
      return;
    case BK_FRAME_PASSWORD_SET:
      bk_server_handle_password_set (self, frame);
      return;
    case BK_FRAME_DEVICES:
      bk_server_handle_devices (self, frame);
      return;
    case BK_FRAME_DEVICE_REMOVE:
      bk_server_handle_device_remove (self, frame);
      return;
    case BK_FRAME_ACCOUNT_REMOVE:
      bk_server_handle_account_remove (self, frame);
      return;
    case BK_FRAME_OK:
    case BK_FRAME_ERROR:
    case BK_FRAME_SIGNED_IN:
    case BK_FRAME_HELLO:
    case BK_FRAME_CONTACT:
    case BK_FRAME_GROUP:
    case BK_FRAME_PRESENCE:
    case BK_FRAME_MESSAGE:
    case BK_FRAME_SESSION:
    case BK_FRAME_SESSION_ELSEWHERE:
    case BK_FRAME_LOCK_CHALLENGED:
    case BK_FRAME_LOCK_REVOKED:
    case BK_FRAME_ALERT:
    case BK_FRAME_MARK:
    case BK_FRAME_TYPING:
    case BK_FRAME_PROFILE:
    case BK_FRAME_CAUGHT_UP:
    case BK_FRAME_BYE:
      return; /* bk_frame_parse_request () lets none of these through */
    }
}

/* A message has come in. */
void
bk_server_peer_receive (BkServerPeer *self, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (is_leaving (self))
    return;
  g_autoptr (BkFrame) frame = bk_frame_parse_request (text, length, &id, &error);
  if (frame == NULL)
    {
      bk_server_peer_blame (self, BK_SERVER_FAULT_MALFORMED);
      bk_server_peer_send_error (self, id, error);
      try_patience (self, COST_MALFORMED);
      return;
    }
  self->server->counters.requests++;
  bk_server_peer_log (self, G_LOG_LEVEL_DEBUG, "request", bk_frame_type_to_nick (bk_frame_get_frame_type (frame)));
  if (check_rate (self, id) && check_state (self, frame))
    dispatch (self, frame);
}
