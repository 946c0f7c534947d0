/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark-set, typing-set */
#include "bk-server-private.h"

void
bk_server_handle_mark_set (BkServerPeer *peer, const BkFrame *frame)
{
  BkStoreMark *job = g_new0 (BkStoreMark, 1);

  job->account = peer->account->id;
  job->device = peer->device;
  job->who = g_strdup (bk_frame_get_string (frame, "who"));
  job->guid = g_strdup (bk_frame_get_string (frame, "message"));
  job->mark = g_str_equal (bk_frame_get_string (frame, "mark"), "read") ? BK_STORE_READ : BK_STORE_DELIVERED;
  job->tell = bk_frame_get_int (frame, "tell") != 0;
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_WRITE, bk_store_mark, job, bk_store_mark_free,
                      bk_server_peer_done_ok);
}

/* Who is invisible would be seen by it. */
static void
on_contact_checked (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  const BkStoreTyping *job = data;

  bk_server_peer_done_ok (peer, id, data, error);
  if (error == NULL && job->shown && bk_server_peer_is_signed_in (peer))
    bk_server_account_tell_typing (peer->server, peer->account, job->who, job->typing);
}

void
bk_server_handle_typing_set (BkServerPeer *peer, const BkFrame *frame)
{
  BkStoreTyping *job = g_new0 (BkStoreTyping, 1);

  job->account = peer->account->id;
  job->who = g_strdup (bk_frame_get_string (frame, "to"));
  job->typing = bk_frame_get_int (frame, "typing") != 0;
  /* Now: it may be another one when the file has answered. */
  job->shown = peer->account->shown != BECKON_STATUS_OFFLINE;
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_READ, bk_store_typing, job, bk_store_typing_free,
                      on_contact_checked);
}
