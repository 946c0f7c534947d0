/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact-add, contact-approve, contact-decline, contact-remove, contact-block, contact-set */
#include "bk-server-private.h"

#define DAY_MS (24 * 60 * 60 * 1000)

/* So many at once, and so many a day: whoever asks everybody, or tries out which names there are, gets slow. */
static gboolean
check_rate (BkServerPeer *peer, gint64 id)
{
  const BkServerConfig *config = peer->server->config;
  g_autofree char *key = g_strdup_printf ("contacts %" G_GINT64_FORMAT, peer->account->id);
  g_autofree char *day_key = g_strdup_printf ("requests %" G_GINT64_FORMAT, peer->account->id);
  BkServerRate day = { config->requests_per_day, MAX (DAY_MS / config->requests_per_day, 1) };

  return bk_server_peer_take (peer, id, key, config->contact_adds) && bk_server_peer_take (peer, id, day_key, day);
}

void
bk_server_handle_contact (BkServerPeer *peer, const BkFrame *frame, BkStoreContactVerb verb)
{
  gint64 id = bk_frame_get_id (frame);

  if (verb == BK_STORE_CONTACT_ADD && !check_rate (peer, id))
    return;

  BkStoreContact *job = g_new0 (BkStoreContact, 1);
  job->verb = verb;
  job->quota = peer->server->config->quota;
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
