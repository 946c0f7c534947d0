/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mailbox of session envelopes, the ids of those that were taken, and what is thrown away when. */
#include "bk-store-private.h"

#define UID_LIFE BK_STORE_DAY
/* Each write job throws away a few rows: no timer has to wake for it, and no job has much to do. */
#define PRUNE_ROWS 32

static BkFrame *
make_frame (const BkStoreEnvelope *envelope, gint64 seq)
{
  BkFrame *frame = bk_frame_new (envelope->envelope != NULL ? BK_FRAME_SESSION : BK_FRAME_SESSION_ELSEWHERE, -1);

  bk_frame_set_int (frame, "seq", seq);
  if (envelope->envelope != NULL)
    {
      bk_frame_set_string (frame, "from", envelope->from);
      bk_frame_set_int (frame, "time", envelope->time);
      bk_frame_set_envelope (frame, envelope->envelope);
    }
  else
    {
      bk_frame_set_string (frame, "session", envelope->session);
      bk_frame_set_string (frame, "result", envelope->elsewhere);
    }
  return frame;
}

/* Puts @envelope into its account's mailbox. */
gboolean
bk_store_envelope_add (BkSqlite *db, const BkStoreEnvelope *envelope, BkStoreChanges *changes, GError **error)
{
  BkStoreEvent event = { .account = envelope->account, .device = envelope->device, .not_device = envelope->not_device };
  gint64 invite = envelope->envelope != NULL && envelope->envelope->kind == BK_ENVELOPE_INVITE;
  gint64 transport = envelope->envelope != NULL && envelope->envelope->kind == BK_ENVELOPE_TRANSPORT;

  if (!bk_store_next_seq (db, envelope->account, &event.seq, error))
    return FALSE;

  g_autoptr (BkFrame) frame = make_frame (envelope, event.seq);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  if (!bk_store_exec (db, error,
                      "INSERT INTO envelopes (owner, seq, device, not_device, session, invite, transport, frame,"
                      " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "iiiisiibi", event.account, event.seq, event.device, event.not_device, envelope->session,
                      invite, transport, bytes, envelope->expires))
    return FALSE;

  event.frame = g_steal_pointer (&bytes);
  bk_store_changes_add (changes, &event);
  return TRUE;
}

/* An invitation that waited is given only the seconds that are left of it. */
static GBytes *
shorten_invite (const char *text, gsize length, gint64 left_s, GError **error)
{
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server (text, length, error);
  if (frame == NULL)
    return NULL;

  g_autoptr (BkEnvelope) envelope = bk_envelope_copy (bk_frame_get_envelope (frame));
  envelope->ttl = (guint) MAX (left_s, 1);
  bk_frame_set_envelope (frame, envelope);
  return bk_frame_to_bytes (frame);
}

/* Returns (transfer full) the frame of a row. */
GBytes *
bk_store_envelope_frame (BkSqlite *db, gint64 row, gint64 now, GError **error)
{
  gboolean found;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT frame, invite, expires FROM envelopes WHERE id = ?", "i",
                                        row);

  if (query == NULL || !bk_sqlite_step (db, query, &found, error))
    return NULL;
  if (!found)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_STORAGE, "An envelope vanished");
      return NULL;
    }

  const char *frame = sqlite3_column_blob (query, 0);
  gsize length = (gsize) sqlite3_column_bytes (query, 0);
  gint64 left_s = (sqlite3_column_int64 (query, 2) - now) / BK_STORE_SECOND;
  GBytes *bytes = sqlite3_column_int (query, 1) != 0 ? shorten_invite (frame, length, left_s, error)
                                                     : g_bytes_new (frame, length);
  sqlite3_reset (query);
  return bytes;
}

/* Nobody rings any more. */
gboolean
bk_store_envelope_drop_invite (BkSqlite *db, const char *session, GError **error)
{
  return bk_store_exec (db, error, "DELETE FROM envelopes WHERE session = ? AND invite = 1", "s", session);
}

/* Nobody looks for a way any more. */
gboolean
bk_store_envelope_drop_transports (BkSqlite *db, const char *session, GError **error)
{
  return bk_store_exec (db, error, "DELETE FROM envelopes WHERE session = ? AND transport = 1", "s", session);
}

gboolean
bk_store_envelope_set_expiry (BkSqlite *db, const char *session, gint64 expires, GError **error)
{
  return bk_store_exec (db, error, "UPDATE envelopes SET expires = ? WHERE session = ?", "is", expires, session);
}

gboolean
bk_store_uid_seen (BkSqlite *db, gint64 account, const char *uid, gboolean *seen, GError **error)
{
  gint64 one;
  sqlite3_stmt *query = bk_store_query (db, error, "SELECT 1 FROM sent_uids WHERE account = ? AND uid = ?", "is",
                                        account, uid);

  return bk_store_get_int (db, query, &one, seen, error);
}

gboolean
bk_store_uid_add (BkSqlite *db, gint64 account, const char *uid, gint64 now, GError **error)
{
  return bk_store_exec (db, error, "INSERT INTO sent_uids (account, uid, expires) VALUES (?, ?, ?)", "isi", account,
                        uid, now + UID_LIFE);
}

/* Throws away a few rows whose time is over. */
gboolean
bk_store_prune (BkSqlite *db, gint64 now, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM envelopes WHERE id IN (SELECT id FROM envelopes WHERE expires <= ? LIMIT ?)",
    "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires <= ? LIMIT ?)",
    "DELETE FROM sent_uids WHERE (account, uid) IN (SELECT account, uid FROM sent_uids WHERE expires <= ? LIMIT ?)",
    ("DELETE FROM registration_tokens WHERE id IN"
     " (SELECT id FROM registration_tokens WHERE uses = 0 OR expires BETWEEN 1 AND ? LIMIT ?)"),
    ("DELETE FROM alert_copies WHERE (owner, seq) IN (SELECT owner, seq FROM alerts"
     " JOIN alert_copies ON alert = id WHERE expires <= ? LIMIT ?)"),
    ("DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE expires <= ?"
     " AND NOT EXISTS (SELECT 1 FROM alert_copies WHERE alert = alerts.id) LIMIT ?)"),
  };
  /* Late enough that `expired` can still be said instead of `not-found`. */
  const gint64 before[] = { now, now - BK_STORE_DAY, now, now, now, now };

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    if (!bk_store_exec (db, error, statements[i], "ii", before[i], (gint64) PRUNE_ROWS))
      return FALSE;
  return TRUE;
}
