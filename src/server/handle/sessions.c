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

/* Takes @job. What may change while an invitation waits is looked at now. */
void
bk_server_session_run (BkServerPeer *peer, gint64 id, BkStoreSession *job, const char *grant)
{
  job->now = bk_server_now (peer->server);
  job->reachable = bk_server_account_sees_online (peer->server, peer->account, job->to);
  /* Without a grant it is the user who invites, and nothing is locked for users. */
  job->locked = grant != NULL && job->envelope->kind == BK_ENVELOPE_INVITE && !bk_server_lock_has_grant (peer, grant);
  bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_session, job, bk_store_session_free, bk_server_peer_done_ok);
}

/* Whether @envelope ends an invitation that nobody but this side has heard of. */
static gboolean
is_withdrawal (BkServerPeer *peer, const BkEnvelope *envelope)
{
  return (envelope->kind == BK_ENVELOPE_CANCEL || envelope->kind == BK_ENVELOPE_END)
         && bk_server_returning_withdraw (peer, envelope->session);
}

void
bk_server_handle_session_send (BkServerPeer *peer, const BkFrame *frame)
{
  const char *grant = peer->server->config->lock ? bk_frame_get_string (frame, "grant") : NULL;
  gint64 id = bk_frame_get_id (frame);

  if (!check_rate (peer, frame))
    return;
  if (is_withdrawal (peer, bk_frame_get_envelope (frame)))
    {
      bk_server_peer_send_ok (peer, id);
      return;
    }

  BkStoreSession *job = g_new0 (BkStoreSession, 1);
  job->account = peer->account->id;
  job->quota = peer->server->config->quota;
  job->device = peer->device;
  job->to = g_strdup (bk_frame_get_string (frame, "to"));
  job->uid = g_strdup (bk_frame_get_string (frame, "uid"));
  job->envelope = bk_envelope_copy (bk_frame_get_envelope (frame));
  if (!bk_server_returning_hold (peer, id, job, grant))
    bk_server_session_run (peer, id, job, grant);
}
