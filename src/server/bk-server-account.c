/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts that are online, and who of them sees whom. Presence lives here only; it is never written down. */
#include "bk-server-private.h"

static void
set_friends (BkServerAccount *self, const GArray *friends)
{
  g_hash_table_remove_all (self->friends);
  for (guint i = 0; i < friends->len; i++)
    g_hash_table_add (self->friends, g_memdup2 (&g_array_index (friends, gint64, i), sizeof (gint64)));
}

void
bk_server_account_free (gpointer data)
{
  BkServerAccount *self = data;

  g_ptr_array_unref (self->peers);
  g_hash_table_unref (self->friends);
  g_free (self->personal_message);
  g_free (self->name);
  g_free (self);
}

/* Adds the connection of a device that has signed in. @friends is what the file says now. */
BkServerAccount *
bk_server_account_join (BkServer *server, gint64 id, const char *name, const GArray *friends, BkServerPeer *peer)
{
  BkServerAccount *self = g_hash_table_lookup (server->accounts, &id);

  if (self == NULL)
    {
      self = g_new0 (BkServerAccount, 1);
      self->id = id;
      self->name = g_strdup (name);
      self->peers = g_ptr_array_new ();
      self->friends = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      self->shown = BECKON_STATUS_OFFLINE;
      g_hash_table_insert (server->accounts, &self->id, self);
      g_hash_table_insert (server->names, self->name, self);
    }
  set_friends (self, friends);
  g_ptr_array_add (self->peers, peer);
  return self;
}

/* The friends of @self that are online are to hear how it is now. */
static void
owe_to_friends (BkServer *server, BkServerAccount *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      BkServerAccount *other = g_hash_table_lookup (server->accounts, id);
      for (guint i = 0; other != NULL && i < other->peers->len; i++)
        bk_server_peer_owe (g_ptr_array_index (other->peers, i), self->name);
    }
}

/* The device whose status was set last speaks for the account. */
static const BkServerPeer *
find_speaker (BkServerAccount *self)
{
  const BkServerPeer *speaker = NULL;

  for (guint i = 0; i < self->peers->len; i++)
    {
      const BkServerPeer *peer = g_ptr_array_index (self->peers, i);
      if (speaker == NULL || peer->status_number > speaker->status_number)
        speaker = peer;
    }
  return speaker;
}

/* Looks again at what the friends of @self see, and tells them if that has changed. */
void
bk_server_account_update_shown (BkServer *server, BkServerAccount *self)
{
  const BkServerPeer *speaker = find_speaker (self);
  BeckonStatus shown = speaker == NULL || speaker->status == BECKON_STATUS_INVISIBLE ? BECKON_STATUS_OFFLINE
                                                                                     : speaker->status;
  const char *personal_message = shown == BECKON_STATUS_OFFLINE ? NULL : speaker->personal_message;

  if (shown == self->shown && g_strcmp0 (personal_message, self->personal_message) == 0)
    return;
  self->shown = shown;
  g_free (self->personal_message);
  self->personal_message = g_strdup (personal_message);
  /* When the server ends nobody has left: they have been sent away. */
  if (server->state == BK_SERVER_RUNNING)
    owe_to_friends (server, self);
  if (shown != BECKON_STATUS_OFFLINE)
    bk_server_returning_came (server, self);
}

/* Removes a connection; with the last one the account goes offline and out of memory. */
void
bk_server_account_leave (BkServerAccount *self, BkServerPeer *peer)
{
  BkServer *server = peer->server;

  g_ptr_array_remove (self->peers, peer);
  bk_server_account_update_shown (server, self);
  if (self->peers->len > 0)
    return;
  g_hash_table_remove (server->names, self->name);
  g_hash_table_remove (server->accounts, &self->id);
}

/* A device that has just caught up is told who is there. */
void
bk_server_account_owe_all (BkServerAccount *self, BkServerPeer *peer)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      BkServerAccount *other = g_hash_table_lookup (peer->server->accounts, id);
      if (other != NULL && other->shown != BECKON_STATUS_OFFLINE)
        bk_server_peer_owe (peer, other->name);
    }
}

/* Whether @self sees @name online. */
gboolean
bk_server_account_sees_online (BkServer *server, BkServerAccount *self, const char *name)
{
  BkServerAccount *other = g_hash_table_lookup (server->names, name);

  return other != NULL && other->shown != BECKON_STATUS_OFFLINE && g_hash_table_contains (self->friends, &other->id);
}

/* Says good-bye to devices of account @id: @device, 0 for all, but not @not_device. */
void
bk_server_account_dismiss (BkServer *server, gint64 id, gint64 device, gint64 not_device, const char *reason)
{
  BkServerAccount *self = g_hash_table_lookup (server->accounts, &id);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_server_peer_unref);

  for (guint i = 0; self != NULL && i < self->peers->len; i++)
    {
      BkServerPeer *peer = g_ptr_array_index (self->peers, i);
      if ((device == 0 || peer->device == device) && peer->device != not_device)
        g_ptr_array_add (peers, bk_server_peer_ref (peer));
    }
  for (guint i = 0; i < peers->len; i++)
    bk_server_peer_bye (g_ptr_array_index (peers, i), reason, 0);
}

/* Hands a fact to all devices of the account. The frame is made once, however many they are. */
void
bk_server_account_dispatch (BkServerAccount *self, const BkStoreEvent *event)
{
  gsize length;
  const char *text = g_bytes_get_data (event->frame, &length);
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, (gssize) length);

  for (guint i = 0; i < self->peers->len; i++)
    bk_server_peer_offer (g_ptr_array_index (self->peers, i), event, frame);
}

/* Tells the devices of @name, if they see each other, that somebody writes at @self, or does not any more. */
void
bk_server_account_tell_typing (BkServer *server, BkServerAccount *self, const char *name, gboolean typing)
{
  BkServerAccount *other = g_hash_table_lookup (server->names, name);

  if (other == NULL || !g_hash_table_contains (self->friends, &other->id))
    return;

  g_autoptr (BkFrame) typed = bk_frame_new (BK_FRAME_TYPING, -1);
  bk_frame_set_string (typed, "who", self->name);
  bk_frame_set_bool (typed, "typing", typing);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (typed);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, (gssize) length);
  for (guint i = 0; i < other->peers->len; i++)
    if (((BkServerPeer *) g_ptr_array_index (other->peers, i))->state == BK_SERVER_PEER_LIVE)
      bk_server_peer_offer_passing (g_ptr_array_index (other->peers, i), frame);
}

static void
set_friend (BkServerAccount *self, gint64 other, gboolean visible)
{
  if (visible)
    g_hash_table_add (self->friends, g_memdup2 (&other, sizeof other));
  else
    g_hash_table_remove (self->friends, &other);
}

static void
owe_presence (BkServerAccount *self, BkServerAccount *other)
{
  if (other->shown == BECKON_STATUS_OFFLINE)
    return;
  for (guint i = 0; i < self->peers->len; i++)
    bk_server_peer_owe (g_ptr_array_index (self->peers, i), other->name);
}

/* From now on two accounts may, or may not, see each other. */
void
bk_server_apply_pair (BkServer *server, const BkStorePair *pair)
{
  BkServerAccount *a = g_hash_table_lookup (server->accounts, &pair->a);
  BkServerAccount *b = g_hash_table_lookup (server->accounts, &pair->b);
  gboolean before = (a != NULL && g_hash_table_contains (a->friends, &pair->b))
                    || (b != NULL && g_hash_table_contains (b->friends, &pair->a));

  if (a != NULL)
    set_friend (a, pair->b, pair->visible);
  if (b != NULL)
    set_friend (b, pair->a, pair->visible);
  if (a == NULL || b == NULL || before == pair->visible)
    return;
  owe_presence (a, b);
  owe_presence (b, a);
}
