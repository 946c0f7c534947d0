/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session-send */
#include "bk-server-private.h"

static const BkServerRate transports = { 64, 50 };

/* Whoever looks for a way to the other side says a few things at once, and then little for a long time. */
static gboolean
check_rate (BkServerPeer *peer, const BkFrame *frame)
{
  guint retry_ms;

  if (bk_frame_get_envelope (frame)->kind != BK_ENVELOPE_TRANSPORT
      || bk_server_bucket_take (&peer->transports, transports, 1, bk_clock_now (peer->server->clock), &retry_ms))
    return TRUE;
  bk_server_peer_blame (peer, BK_SERVER_FAULT_TRANSPORTS);
  bk_server_peer_refuse_busy (peer, bk_frame_get_id (frame), retry_ms);
  return FALSE;
}

void
bk_server_handle_session_send (BkServerPeer *peer, const BkFrame *frame)
{
  const char *grant = peer->server->config->lock ? bk_frame_get_string (frame, "grant") : NULL;
  if (!check_rate (peer, frame))
    return;

  BkStoreSession *job = g_new0 (BkStoreSession, 1);
  job->now = bk_server_now (peer->server);
  job->account = peer->account->id;
  job->quota = peer->server->config->quota;
  job->device = peer->device;
  job->to = g_strdup (bk_frame_get_string (frame, "to"));
  job->uid = g_strdup (bk_frame_get_string (frame, "uid"));
  job->envelope = bk_envelope_copy (bk_frame_get_envelope (frame));
  job->reachable = bk_server_account_sees_online (peer->server, peer->account, job->to);
  /* Without a grant it is the user who invites, and nothing is locked for users. */
  job->locked = grant != NULL && job->envelope->kind == BK_ENVELOPE_INVITE && !bk_server_lock_has_grant (peer, grant);
  bk_server_peer_run (peer, bk_frame_get_id (frame), BK_SQLITE_WRITE, bk_store_session, job, bk_store_session_free,
                      bk_server_peer_done_ok);
}
