/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that end because of something else: a block, an account that goes for good. */
#include "bk-store-private.h"

/* An invitation that waits for @invitee, who has just blocked its author, never rings. */
gboolean
bk_store_session_withdraw (BkSqlite *db, gint64 inviter, gint64 invitee, GError **error)
{
  return bk_store_exec (db, error,
                        "DELETE FROM envelopes WHERE owner = ?2 AND invite = 1 AND session IN"
                        " (SELECT guid FROM invitations WHERE inviter = ?1 AND invitee = ?2 AND state = ?3)",
                        "iii", inviter, invitee, (gint64) BK_STORE_SESSION_RINGING);
}

/* ---- an account that goes for good ---- */

typedef struct
{
  char *guid;
  gint64 other;
  gint64 device; /* of the other side, 0: all that ring */
} Open;

static void
open_clear (gpointer data)
{
  g_free (((Open *) data)->guid);
}

static gboolean
find_open (BkSqlite *db, gint64 account, gint64 now, GArray *found, GError **error)
{
  gboolean row;
  sqlite3_stmt *query = bk_store_query (db, error,
                                        "SELECT guid, iif (inviter = ?1, invitee, inviter),"
                                        " iif (inviter = ?1, answer_device, inviter_device) FROM invitations"
                                        " WHERE ?1 IN (inviter, invitee) AND state != ?2 AND expires > ?3",
                                        "iii", account, (gint64) BK_STORE_SESSION_OVER, now);
  while (query != NULL)
    {
      if (!bk_sqlite_step (db, query, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      Open open = { bk_store_dup_text (query, 0), sqlite3_column_int64 (query, 1), sqlite3_column_int64 (query, 2) };
      g_array_append_val (found, open);
    }
  return FALSE;
}

/* Tells the other side of each session of @account, which leaves, that it is over. */
gboolean
bk_store_session_leave_all (BkSqlite *db, gint64 account, gint64 now, BkStoreChanges *changes, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Open));
  g_autofree char *name = bk_store_account_name (db, account, error);

  g_array_set_clear_func (found, open_clear);
  if (name == NULL || !find_open (db, account, now, found, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    {
      const Open *open = &g_array_index (found, Open, i);
      g_autoptr (BkEnvelope) end = bk_envelope_new (BK_ENVELOPE_END, open->guid);
      BkStoreEnvelope envelope = { .account = open->other, .device = open->device, .session = open->guid,
                                   .from = name, .envelope = end, .time = now, .expires = now + BK_STORE_LIFE_OVER };

      end->reason = BECKON_SESSION_RESULT_SIGNED_OUT;
      if (!bk_store_envelope_drop_invite (db, open->guid, error)
          || !bk_store_envelope_drop_transports (db, open->guid, error)
          || !bk_store_envelope_add (db, &envelope, changes, error))
        return FALSE;
    }
  return TRUE;
}
