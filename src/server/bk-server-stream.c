/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How facts reach a device without a gap: directly while it keeps up, from the file while it does not. What is durable
 * waits in the file and presence in a set of names, so a slow device costs no memory. */
#include "bk-server-private.h"

#include "bk-limits.h"

#define BATCH 64
#define LOW_WATER 65536   /* with less than this queued, more is read */
#define REACHED_STEPS 16  /* of a mailbox, in which it is noted how far a device has come */
#define HIGH_WATER 524288 /* with more than this queued, a device is behind */
#define UNREADABLE_MS 5000 /* to twice that: before a device asks again for what could not be read */

static gboolean
has_room (BkServerPeer *self, gsize limit)
{
  return self->conn != NULL && bk_server_conn_get_queued (self->conn) < limit;
}

static gboolean
is_for (const BkServerPeer *self, const BkStoreEvent *event)
{
  return (event->device == 0 || event->device == self->device) && event->not_device != self->device;
}

/* ---- presence ---- */

static void
send_presence (BkServerPeer *self, const char *name)
{
  gboolean online = bk_server_account_sees_online (self->server, self->account, name);
  BkServerAccount *other = online ? g_hash_table_lookup (self->server->names, name) : NULL;
  BkFrame *frame = bk_frame_new (BK_FRAME_PRESENCE, -1);

  bk_frame_set_string (frame, "who", name);
  bk_frame_set_string (frame, "status", beckon_status_to_nick (online ? other->shown : BECKON_STATUS_OFFLINE));
  bk_frame_set_string (frame, "personal_message", online ? other->personal_message : NULL);
  bk_server_peer_send (self, frame);
}

static void
pay_presence (BkServerPeer *self)
{
  GHashTableIter iter;
  gpointer name;

  if (self->owed == NULL || self->state != BK_SERVER_PEER_LIVE)
    return;
  g_hash_table_iter_init (&iter, self->owed);
  while (has_room (self, LOW_WATER) && g_hash_table_iter_next (&iter, &name, NULL))
    {
      send_presence (self, name);
      g_hash_table_iter_remove (&iter);
    }
  if (g_hash_table_size (self->owed) == 0)
    g_clear_pointer (&self->owed, g_hash_table_unref);
}

/* This device is to hear how @name is now: at once, or when there is room, and then only the last state. A device that
 * has not caught up yet hears of everybody when it has. */
void
bk_server_peer_owe (BkServerPeer *self, const char *name)
{
  if (self->state != BK_SERVER_PEER_LIVE && self->state != BK_SERVER_PEER_BEHIND)
    return;
  if (self->owed == NULL)
    self->owed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (self->owed, g_strdup (name));
  pay_presence (self);
}

/* ---- durable facts ---- */

/* A fact was committed. */
void
bk_server_peer_offer (BkServerPeer *self, const BkStoreEvent *event, BkServerFrame *frame)
{
  if (self->state != BK_SERVER_PEER_LIVE || event->seq <= self->sent_seq)
    return;

  /* A hole: another process, the operator's, has written too. */
  if (event->seq != self->sent_seq + 1 || !has_room (self, HIGH_WATER))
    {
      bk_server_peer_enter_state (self, BK_SERVER_PEER_BEHIND);
      bk_server_peer_pump (self);
      return;
    }
  self->sent_seq = event->seq;
  if (is_for (self, event))
    bk_server_conn_send (self->conn, frame);
}

/* Something that does not wait: a device that is too slow for it goes without. */
void
bk_server_peer_offer_passing (BkServerPeer *self, BkServerFrame *frame)
{
  if (has_room (self, HIGH_WATER))
    bk_server_conn_send (self->conn, frame);
}

static void
catch_up (BkServerPeer *self)
{
  gboolean first = self->state == BK_SERVER_PEER_CATCHING_UP;

  bk_server_peer_enter_state (self, BK_SERVER_PEER_LIVE);
  if (first)
    {
      BkFrame *frame = bk_frame_new (BK_FRAME_CAUGHT_UP, -1);
      bk_frame_set_int (frame, "seq", self->sent_seq);
      bk_server_peer_send (self, frame);
      bk_server_account_owe_all (self->account, self);
    }
  pay_presence (self);
}

static gboolean
is_pumping (BkServerPeer *self)
{
  return self->state == BK_SERVER_PEER_CATCHING_UP || self->state == BK_SERVER_PEER_BEHIND;
}

static void
send_batch (BkServerPeer *self, const BkStoreSync *job)
{
  guint n_events = job->changes.events != NULL ? job->changes.events->len : 0;

  for (guint i = 0; i < n_events; i++)
    {
      const BkStoreEvent *event = g_ptr_array_index (job->changes.events, i);
      gsize length;
      const char *text = g_bytes_get_data (event->frame, &length);
      bk_server_conn_send_text (self->conn, text, (gssize) length);
    }
  self->sent_seq = MAX (self->sent_seq, job->reached);
  /* Less than was asked for: that was all. What was committed since is told after this, in the order of the jobs. */
  if (n_events < job->limit)
    catch_up (self);
  else
    bk_server_peer_pump (self);
}

static void
on_batch (BkSqlite *db, gpointer data, const GError *error, gpointer user_data)
{
  g_autoptr (BkServerPeer) self = user_data;
  BkStoreSync *job = data;

  self->server->n_jobs--;
  self->reading = FALSE;
  if (job == NULL)
    {
      g_warning ("Could not read what a device has missed: %s", error->message);
      /* All that are catching up are sent away at once, and a disk that fails is not well soon. */
      bk_server_peer_bye (self, "slow", UNREADABLE_MS + (guint) g_random_int_range (0, UNREADABLE_MS + 1));
    }
  else if (is_pumping (self) && self->conn != NULL)
    send_batch (self, job);
  g_clear_pointer (&job, bk_store_plain_free);
  bk_server_check_stopped (self->server);
}

static void
on_reached (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  if (error != NULL)
    g_warning ("Could not store what a device has: %s", error->message);
}

/* Now and then a device is asked whether it has read what it was sent: that it was sent says little, as the kernel holds
 * much for a device that is gone. */
static void
ask_reached (BkServerPeer *self)
{
  const BkStoreQuota *quota = &self->server->config->quota;
  gint64 step = MAX (MIN (quota->messages, quota->message_bytes / BK_LIMIT_MESSAGE) / REACHED_STEPS, 1);

  if (self->account != NULL && self->conn != NULL && self->asked_seq == 0
      && self->sent_seq - self->answered_seq >= step && bk_server_conn_ask (self->conn))
    self->asked_seq = self->sent_seq;
}

/* The device has read what it was asked about, so what it had read when it was asked the time before it has stored. That
 * is written: it is needed when the mailbox is full. */
void
bk_server_peer_answered (BkServerPeer *self)
{
  gint64 stored = self->answered_seq;

  if (self->account == NULL || self->asked_seq == 0)
    return;
  self->answered_seq = self->asked_seq;
  self->asked_seq = 0;
  if (stored > self->reached)
    {
      BkStoreDevice *job = g_new0 (BkStoreDevice, 1);
      job->now = bk_server_now (self->server);
      job->account = self->account->id;
      job->device = self->device;
      job->reached = self->reached = stored;
      bk_server_peer_run (self, -1, BK_SQLITE_WRITE, bk_store_device_reached, job, bk_store_device_free, on_reached);
    }
  ask_reached (self);
}

/* Reads on, if the connection has room; called again whenever it has been drained. */
void
bk_server_peer_pump (BkServerPeer *self)
{
  ask_reached (self);
  if (!is_pumping (self))
    {
      pay_presence (self);
      return;
    }
  if (self->reading || !has_room (self, LOW_WATER))
    return;

  BkStoreSync *job = g_new0 (BkStoreSync, 1);
  job->now = bk_server_now (self->server);
  job->account = self->account->id;
  job->device = self->device;
  job->after = self->sent_seq;
  job->known_until = self->known_until;
  job->limit = BATCH;
  self->reading = TRUE;
  self->server->n_jobs++;
  bk_sqlite_submit (self->server->db, BK_SQLITE_READ, bk_store_sync, job, bk_store_plain_free, on_batch,
                    bk_server_peer_ref (self));
}
