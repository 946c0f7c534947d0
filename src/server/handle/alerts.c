/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts-enable, and the alerts that go to who is there. Those that wait are facts like any other. */
#include "bk-server-private.h"

void
bk_server_handle_alerts_enable (BkServerPeer *peer, const BkFrame *frame)
{
  g_clear_pointer (&peer->sites, g_array_unref);
  peer->sites = bk_frame_dup_ints (frame, "sites");
  bk_server_peer_send_ok (peer, bk_frame_get_id (frame));
}

static gboolean
has_site (const BkServerPeer *peer, gint64 site)
{
  for (guint i = 0; peer->sites != NULL && i < peer->sites->len; i++)
    if (g_array_index (peer->sites, gint64, i) == site)
      return TRUE;
  return FALSE;
}

/* Hands an alert to every connection that has enabled @site. @bytes is NULL if its time was over. */
void
bk_server_alert_subscribers (BkServer *server, gint64 site, GBytes *bytes)
{
  GHashTableIter iter;
  gpointer account;
  gsize length;

  if (bytes == NULL)
    return;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, (gssize) length);
  g_hash_table_iter_init (&iter, server->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &account))
    for (guint i = 0; i < ((BkServerAccount *) account)->peers->len; i++)
      {
        BkServerPeer *peer = g_ptr_array_index (((BkServerAccount *) account)->peers, i);
        if (has_site (peer, site))
          bk_server_peer_offer_passing (peer, frame);
      }
}
