/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model.h"

#include <string.h>

typedef struct
{
  BkServerConn *conn; /* NULL: not there */
  gint64 last_id;
  GHashTable *asked; /* gint64, owned → BkFrame, owned: requests without an answer */

  char *name; /* signed in as; nullable */
  gint64 after;
  gint64 last_seq;
  gboolean caught_up;
  GHashTable *seqs;    /* set of gint64, owned: the numbers that came */
  GPtrArray *messages; /* element-type utf8: GUIDs, in the order in which they came */

  /* what it was told last; stays when it comes again */
  char *token;
  char *device;
  char *epoch;
  char *challenge;
  char *grant;
} Slot;

typedef struct
{
  gint64 account;
  char *guid;
} Stored;

static BkServer *server;
static Slot slots[MODEL_SLOTS];
static GPtrArray *stored; /* element-type Stored: messages that were acknowledged */
static guint last_uid;
static guint64 n_frames;  /* that somebody listened to */
static guint64 n_errors;  /* that were sent */

static void
stored_free (gpointer data)
{
  g_free (((Stored *) data)->guid);
  g_free (data);
}

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static Slot *
find_slot (BkServerConn *conn)
{
  for (guint i = 0; i < MODEL_SLOTS; i++)
    if (slots[i].conn == conn)
      return &slots[i];
  return NULL;
}

static void
remember (char **place, const char *text)
{
  char *copy = g_strdup (text);

  if (copy == NULL)
    return;
  g_free (*place);
  *place = copy;
}

/* ---- what comes from the server ---- */

static void
take_signed_in (Slot *slot, const BkFrame *request, const BkFrame *reply)
{
  const BkServerPeer *peer = bk_server_conn_get_user_data (slot->conn);

  check (bk_frame_get_frame_type (request) == BK_FRAME_SIGN_IN, "only a sign-in signs in");
  check (slot->name == NULL, "nobody signs in twice");
  remember (&slot->name, bk_frame_get_string (request, "name"));
  remember (&slot->token, bk_frame_get_string (reply, "token"));
  remember (&slot->device, bk_frame_get_string (reply, "device"));
  remember (&slot->epoch, bk_frame_get_string (reply, "epoch"));
  slot->after = bk_frame_get_int (request, "after");
  if (bk_frame_get_int (reply, "again"))
    slot->after = 0; /* a number that was never given out, or means something else */
  g_autoptr (GPtrArray) known = twin_sqlite_query ("SELECT 1 FROM accounts WHERE name = ?2 AND last_seq >= ?1",
                                                   slot->after, slot->name, NULL);
  check (known->len == 1, "nobody goes on from a number that was never given out");
  slot->last_seq = slot->after;
  check (peer->state == BK_SERVER_PEER_SIGNING_IN, "who signs in waits for it");
}

static void
take_ok (Slot *slot, const BkFrame *request, const BkFrame *reply)
{
  const BkServerPeer *peer = bk_server_conn_get_user_data (slot->conn);

  remember (&slot->challenge, bk_frame_get_string (reply, "challenge"));
  remember (&slot->grant, bk_frame_get_string (reply, "grant"));
  if (bk_frame_get_frame_type (request) != BK_FRAME_MESSAGE_SEND)
    return;
  check (peer->account != NULL, "who sends is signed in");
  Stored *message = g_new0 (Stored, 1);
  message->account = peer->account->id;
  message->guid = g_strdup (bk_frame_get_string (request, "message"));
  g_ptr_array_add (stored, message);
}

static void
take_reply (Slot *slot, const BkFrame *reply)
{
  gint64 id = bk_frame_get_id (reply);
  BkFrameType type = bk_frame_get_frame_type (reply);
  const BkFrame *request = g_hash_table_lookup (slot->asked, &id);

  if (type == BK_FRAME_ERROR)
    n_errors++;
  else
    check (request != NULL, "only what was asked is answered");
  if (type == BK_FRAME_SIGNED_IN)
    take_signed_in (slot, request, reply);
  else if (type == BK_FRAME_OK)
    take_ok (slot, request, reply);
  g_hash_table_remove (slot->asked, &id);
}

/* Both know each other and neither blocks the other, as the file says now. Of an account that the operator has removed
 * the server hears a little later. */
static gboolean
are_friends (const char *one, const char *other)
{
  g_autoptr (GPtrArray) both = twin_sqlite_query ("SELECT 1 FROM accounts WHERE name IN (?2, ?3)", 0, one, other);
  g_autoptr (GPtrArray) found
    = twin_sqlite_query ("SELECT 1 FROM contacts x JOIN accounts a ON a.id = x.owner JOIN accounts b ON b.id = x.other"
                         " JOIN contacts y ON y.owner = b.id AND y.other = a.id"
                         " WHERE a.name = ?2 AND b.name = ?3 AND x.relation = 3 AND y.relation = 3"
                         " AND x.blocked = 0 AND y.blocked = 0",
                         0, one, other);

  return found->len > 0 || both->len < 2;
}

static gboolean
blocks (const char *one, const char *other)
{
  g_autoptr (GPtrArray) found = twin_sqlite_query ("SELECT 1 FROM contacts x JOIN accounts a ON a.id = x.owner"
                                                   " WHERE a.name = ?2 AND x.name = ?3 AND x.blocked != 0",
                                                   0, one, other);

  return found->len > 0;
}

/* What comes directly was written just now; what was missed may be older than a block. */
static void
take_message (Slot *slot, const BkFrame *frame)
{
  const BkServerPeer *peer = bk_server_conn_get_user_data (slot->conn);

  g_ptr_array_add (slot->messages, g_strdup (bk_frame_get_string (frame, "message")));
  check (peer->state != BK_SERVER_PEER_LIVE || !blocks (slot->name, bk_frame_get_string (frame, "from")),
         "who is blocked reaches nobody");
}

static void
take_push (Slot *slot, const BkFrame *frame)
{
  BkFrameType type = bk_frame_get_frame_type (frame);
  gint64 seq = bk_frame_get_int (frame, "seq");

  if (type == BK_FRAME_HELLO || type == BK_FRAME_BYE)
    return;
  check (slot->name != NULL, "strangers are told nothing");
  if (type == BK_FRAME_CAUGHT_UP)
    {
      check (!slot->caught_up && seq >= slot->last_seq, "it is said once that all is there");
      slot->caught_up = TRUE;
      return;
    }
  if (seq > 0)
    {
      check (seq > slot->last_seq, "numbers grow");
      slot->last_seq = seq;
      g_hash_table_add (slot->seqs, g_memdup2 (&seq, sizeof seq));
    }
  if (type == BK_FRAME_LOCK_CHALLENGED)
    remember (&slot->challenge, bk_frame_get_string (frame, "challenge"));
  if (type == BK_FRAME_MESSAGE)
    take_message (slot, frame);
  if ((type == BK_FRAME_PRESENCE && !g_str_equal (bk_frame_get_string (frame, "status"), "offline"))
      || type == BK_FRAME_TYPING)
    check (are_friends (slot->name, bk_frame_get_string (frame, "who")), "only friends see each other");
}

static void
on_sent (BkServerConn *conn, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server (text, length, &error);
  Slot *slot = find_slot (conn);

  g_debug ("%c < %.*s", slot != NULL ? (char) ('a' + (slot - slots)) : '-', (int) length, text);
  if (frame == NULL)
    g_error ("Broken: what the server says can be read: %s: %.*s", error->message, (int) MIN (length, 512), text);
  if (slot == NULL)
    check (bk_frame_get_frame_type (frame) == BK_FRAME_HELLO || bk_frame_get_frame_type (frame) == BK_FRAME_BYE,
           "the first word is a greeting");
  else if (bk_frame_get_class (frame) == BK_FRAME_REPLY)
    take_reply (slot, frame);
  else
    take_push (slot, frame);
}

static void
on_gone (BkServerConn *conn)
{
  Slot *slot = find_slot (conn);

  if (slot == NULL)
    return;
  slot->conn = NULL;
  g_clear_pointer (&slot->name, g_free);
  g_hash_table_remove_all (slot->asked);
  g_ptr_array_set_size (slot->messages, 0);
  g_hash_table_remove_all (slot->seqs);
  slot->caught_up = FALSE;
}

/* ---- what clients do ---- */

void
model_open (guint slot, guint8 number)
{
  if (slots[slot].conn == NULL)
    slots[slot].conn = twin_net_connect (number);
}

void
model_close (guint slot)
{
  if (slots[slot].conn != NULL)
    twin_conn_hang_up (slots[slot].conn);
}

void
model_stall (guint slot, gboolean stalled)
{
  if (slots[slot].conn != NULL)
    twin_conn_stall (slots[slot].conn, stalled);
}

static char *
make_response (const Slot *slot)
{
  g_autofree char *text = g_strconcat (slot->challenge, "\n" MODEL_LICENSE, NULL);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) MODEL_KEY, strlen (MODEL_KEY), text, -1);
}

/* Puts in what nobody can know who writes a script: $N the next id, $U a uid that nobody had, $T token, $D device, $E epoch, $C challenge, $R the
 * answer to it, $G grant. */
static char *
fill (Slot *slot, const char *text)
{
  g_autofree char *response = slot->challenge != NULL ? make_response (slot) : NULL;
  static const char words[] = "NTDECRGU";
  GString *filled = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      const char *found = strchr (words, at[1]);
      if (*at != '$' || at[1] == '\0' || found == NULL)
        {
          g_string_append_c (filled, *at);
          continue;
        }
      const char *values[] = { NULL, slot->token, slot->device, slot->epoch, slot->challenge, response, slot->grant, NULL };
      const char *value = values[found - words];
      if (at[1] == 'N')
        g_string_append_printf (filled, "%" G_GINT64_FORMAT, ++slot->last_id);
      else if (at[1] == 'U')
        g_string_append_printf (filled, "{11111111-0000-4000-8000-%012u}", ++last_uid);
      else
        g_string_append (filled, value != NULL ? value : "none");
      at++;
    }
  return g_string_free (filled, FALSE);
}

char *
model_fill_in (const char *text)
{
  static char guid[] = "{00000000-0000-4000-8000-0000000000BB}", token[] = "00000000000000000000000000000000";
  Slot slot = { .token = token, .device = guid, .epoch = token, .challenge = token, .grant = token };

  return fill (&slot, text);
}

void
model_feed (guint index, const char *text)
{
  Slot *slot = &slots[index];

  model_open (index, (guint8) (index + 1));
  if (slot->conn == NULL || !twin_conn_is_open (slot->conn))
    return;
  const BkServerPeer *peer = bk_server_conn_get_user_data (slot->conn);
  g_autofree char *filled = fill (slot, text);
  gint64 id = -1;
  g_autoptr (BkFrame) frame = bk_frame_parse_request (filled, strlen (filled), &id, NULL);

  /* Two questions of one number are the client's own fault: nobody could tell the answers apart. */
  if (frame != NULL && g_hash_table_contains (slot->asked, &id))
    return;
  if (frame != NULL)
    g_hash_table_insert (slot->asked, g_memdup2 (&id, sizeof id), g_steal_pointer (&frame));
  if (peer->state != BK_SERVER_PEER_LEAVING && peer->state != BK_SERVER_PEER_GONE
      && g_utf8_validate (filled, -1, NULL))
    n_frames++;
  g_debug ("%c > %s", (char) ('a' + index), filled);
  twin_conn_feed (slot->conn, filled, strlen (filled));
}

/* ---- promises ---- */

/* A device that is up to date has every message that came into the mailbox since it began, once and in order. */
static void
check_mailbox (const Slot *slot)
{
  g_autoptr (GPtrArray) there = twin_sqlite_query ("SELECT m.guid FROM messages m JOIN accounts a ON a.id = m.owner"
                                                   " WHERE a.name = ?2 AND m.seq > ?1 ORDER BY m.seq",
                                                   slot->after, slot->name, NULL);

  check (there->len == slot->messages->len, "no message is lost and none comes twice");
  for (guint i = 0; i < there->len; i++)
    check (g_str_equal (there->pdata[i], slot->messages->pdata[i]), "messages come in order");
}

/* A device need not be told of the marks that it set itself. */
static gboolean
is_own_mark (const BkStoreEvent *event)
{
  gsize length;
  const char *text = g_bytes_get_data (event->frame, &length);
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server (text, length, NULL);

  return frame != NULL && bk_frame_get_frame_type (frame) == BK_FRAME_MARK && !bk_frame_get_int (frame, "outgoing");
}

/* Returns (transfer full) what a device would be told now that has all up to @after. */
static BkStoreSync *
read_facts (const BkServerPeer *peer, gint64 after)
{
  BkStoreSync *job = g_new0 (BkStoreSync, 1);
  g_autoptr (GError) error = NULL;

  job->now = bk_server_now (server);
  job->account = peer->account->id;
  job->device = peer->device;
  job->after = after;
  job->limit = G_MAXINT16;
  if (!twin_sqlite_run_now (BK_SQLITE_READ, bk_store_sync, job, &error))
    g_error ("%s", error->message);
  return job;
}

/* What another device would be told now it has been told, under the same numbers. */
static void
check_facts (const Slot *slot, const BkServerPeer *peer)
{
  BkStoreSync *job = read_facts (peer, slot->after);

  for (guint i = 0; job->changes.events != NULL && i < job->changes.events->len; i++)
    {
      const BkStoreEvent *event = g_ptr_array_index (job->changes.events, i);
      check (g_hash_table_contains (slot->seqs, &event->seq) || is_own_mark (event), "no fact is lost");
    }
  bk_store_plain_free (job);
}

void
model_check_always (void)
{
  g_autoptr (GPtrArray) chatty = twin_sqlite_query ("SELECT 1 FROM invitations WHERE inviter_transports > ?1"
                                                    " OR invitee_transports > ?1",
                                                    MODEL_TRANSPORTS, NULL, NULL);

  check (chatty->len == 0, "a side of a session says only so often how it can be reached");
}

/* A fact that was committed is offered after it was read from the file. */
static void
offer_again (BkServerPeer *peer)
{
  BkStoreSync *job = read_facts (peer, 0);

  for (guint i = 0; job->changes.events != NULL && i < job->changes.events->len; i++)
    {
      const BkStoreEvent *event = g_ptr_array_index (job->changes.events, i);
      gsize length;
      const char *text = g_bytes_get_data (event->frame, &length);
      g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, (gssize) length);
      if (event->seq > peer->sent_seq || peer->state != BK_SERVER_PEER_LIVE)
        break;
      bk_server_peer_offer (peer, event, frame);
      check (peer->state == BK_SERVER_PEER_LIVE, "what was sent already is no reason to read the file");
    }
  bk_store_plain_free (job);
}

void
model_offer_again (void)
{
  for (guint i = 0; i < MODEL_SLOTS; i++)
    {
      BkServerConn *conn = slots[i].conn;
      if (conn != NULL && twin_conn_is_open (conn) && slots[i].name != NULL)
        offer_again (bk_server_conn_get_user_data (conn));
    }
}

static void
check_stored (const Stored *message)
{
  g_autoptr (GPtrArray) account = twin_sqlite_query ("SELECT 1 FROM accounts WHERE id = ?1", message->account, NULL,
                                                     NULL);
  g_autoptr (GPtrArray) rows = twin_sqlite_query ("SELECT 1 FROM messages WHERE owner = ?1 AND guid = ?2"
                                                  " AND outgoing = 1",
                                                  message->account, message->guid, NULL);

  check (account->len == 0 || rows->len == 1, "a message that was acknowledged is there once");
}

static void
check_counts (void)
{
  guint64 errors = 0;

  for (guint i = 0; i < BECKON_N_ERRORS; i++)
    errors += server->counters.errors[i];
  check (errors >= n_errors, "every refusal is counted");
  check (server->counters.requests + server->counters.faults[BK_SERVER_FAULT_MALFORMED] == n_frames,
         "a frame is a request or it is counted as none");
}

void
model_check (void)
{
  for (guint i = 0; i < MODEL_SLOTS; i++)
    {
      const Slot *slot = &slots[i];
      if (slot->conn == NULL || !twin_conn_is_open (slot->conn))
        continue;
      check (g_hash_table_size (slot->asked) == 0, "every request is answered");
      const BkServerPeer *peer = bk_server_conn_get_user_data (slot->conn);
      check (peer->n_requests == 0, "nobody waits for nothing");
      check ((slot->name != NULL) == bk_server_peer_is_signed_in ((BkServerPeer *) peer), "who is in knows it");
      check (peer->state == BK_SERVER_PEER_NEW || slot->name != NULL, "whose sign-in failed may try again");
      if (slot->name == NULL)
        continue;
      check_facts (slot, peer);
      check (peer->state == BK_SERVER_PEER_LIVE && slot->caught_up, "everybody catches up");
      check_mailbox (slot);
    }
  g_ptr_array_foreach (stored, (GFunc) (void (*) (void)) check_stored, NULL);
  check_counts ();
}

void
model_check_empty (void)
{
  check (server->n_peers == 0 && server->n_jobs == 0, "connections leave nothing behind");
  check (g_hash_table_size (server->accounts) == 0 && g_hash_table_size (server->names) == 0, "nobody is online");
  check (g_queue_is_empty (&server->asked), "no grant outlives its connection");
}

void
model_begin (BkServer *new_server)
{
  static const TwinWatcher watcher = { on_sent, on_gone };

  server = new_server;
  n_frames = n_errors = 0;
  last_uid = 0;
  stored = g_ptr_array_new_with_free_func (stored_free);
  for (guint i = 0; i < MODEL_SLOTS; i++)
    {
      slots[i] = (Slot){ NULL };
      slots[i].asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) bk_frame_free);
      slots[i].seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      slots[i].messages = g_ptr_array_new_with_free_func (g_free);
    }
  twin_net_watch (&watcher);
}

void
model_end (void)
{
  for (guint i = 0; i < MODEL_SLOTS; i++)
    {
      g_hash_table_unref (slots[i].asked);
      g_hash_table_unref (slots[i].seqs);
      g_ptr_array_unref (slots[i].messages);
      g_free (slots[i].name);
      g_free (slots[i].token);
      g_free (slots[i].device);
      g_free (slots[i].epoch);
      g_free (slots[i].challenge);
      g_free (slots[i].grant);
    }
  g_ptr_array_unref (stored);
}
