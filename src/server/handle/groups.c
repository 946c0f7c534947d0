/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group-create, group-rename, group-remove, group-contact */
#include "bk-server-private.h"

void
bk_server_handle_group (BkServerPeer *peer, const BkFrame *frame, BkStoreGroupVerb verb)
{
  BkStoreGroup *job = g_new0 (BkStoreGroup, 1);

  job->verb = verb;
  job->quota = peer->server->config->quota;
  job->account = peer->account->id;
  job->group = g_strdup (bk_frame_get_string (frame, "group"));
  job->name = g_strdup (bk_frame_get_string (frame, "name"));
  job->who = g_strdup (bk_frame_get_string (frame, "who"));
  job->member = bk_frame_get_int (frame, "member") != 0;
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_WRITE, bk_store_group, job, bk_store_group_free,
                      bk_server_peer_done_ok);
}
