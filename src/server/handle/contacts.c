/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact-add, contact-approve, contact-decline, contact-remove, contact-block, contact-set */
#include "bk-server-private.h"

void
bk_server_handle_contact (BkServerPeer *peer, const BkFrame *frame, BkStoreContactVerb verb)
{
  gint64 id = bk_frame_get_id (frame);
  g_autofree char *key = g_strdup_printf ("contacts %" G_GINT64_FORMAT, peer->account->id);

  if (verb == BK_STORE_CONTACT_ADD && !bk_server_peer_take (peer, id, key, peer->server->config->contact_adds))
    return;

  BkStoreContact *job = g_new0 (BkStoreContact, 1);
  job->verb = verb;
  job->account = peer->account->id;
  job->who = g_strdup (bk_frame_get_string (frame, "who"));
  job->request = verb == BK_STORE_CONTACT_ADD ? g_strdup (bk_frame_get_string (frame, "message")) : NULL;
  if (verb == BK_STORE_CONTACT_SET)
    {
      const char *alias = bk_frame_get_string (frame, "alias");
      job->alias = alias != NULL && *alias != '\0' ? g_strdup (alias) : NULL;
      job->pinned = bk_frame_get_int (frame, "pinned") != 0;
      job->muted = bk_frame_get_int (frame, "muted") != 0;
    }
  bk_server_peer_run (peer, id, BK_SQLITE_WRITE, bk_store_contact, job, bk_store_contact_free, bk_server_peer_done_ok);
}
