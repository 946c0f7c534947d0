/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message-send */
#include "bk-server-private.h"

static void
on_stored (BkServerPeer *peer, gint64 id, gpointer data, const GError *error)
{
  if (error != NULL)
    {
      bk_server_peer_send_error (peer, id, error);
      return;
    }
  BkFrame *frame = bk_frame_new (BK_FRAME_OK, id);
  bk_frame_set_int (frame, "time", ((BkStoreMessage *) data)->time);
  bk_server_peer_send (peer, frame);
}

void
bk_server_handle_message_send (BkServerPeer *peer, const BkFrame *frame)
{
  const char *text = bk_frame_get_string (frame, "text");

  if (*text == '\0')
    {
      bk_server_peer_refuse (peer, bk_frame_get_id (frame), BECKON_ERROR_INVALID_ARGUMENT, "A message has some text");
      return;
    }
  BkStoreMessage *job = g_new0 (BkStoreMessage, 1);
  job->now = bk_server_now (peer->server);
  job->account = peer->account->id;
  job->quota = peer->server->config->quota;
  job->to = g_strdup (bk_frame_get_string (frame, "to"));
  job->guid = g_strdup (bk_frame_get_string (frame, "message"));
  job->text = g_strdup (text);
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_WRITE_CHECKED, bk_store_message, job,
                      bk_store_message_free, on_stored);
}
