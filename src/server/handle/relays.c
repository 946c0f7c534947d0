/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relays */
#include "bk-server-private.h"

#include "bk-server-relays.h"

static void
add_servers (GStrvBuilder *builder, GStrv servers)
{
  if (servers != NULL)
    g_strv_builder_addv (builder, (const char **) servers);
}

static void
set_opener (BkFrame *reply, BkServerPeer *peer)
{
  const BkServerConfig *config = peer->server->config;
  gint64 expiry = bk_server_now (peer->server) / G_USEC_PER_SEC + config->turn_ttl;
  g_autofree char *user = bk_server_relays_make_user (config->turn_secret, peer->account->name, expiry);
  g_autofree char *password = bk_server_relays_make_password (config->turn_secret, user);

  bk_frame_set_string (reply, "user", user);
  bk_frame_set_string (reply, "password", password);
  bk_frame_set_int (reply, "ttl", config->turn_ttl);
}

void
bk_server_handle_relays (BkServerPeer *peer, const BkFrame *frame)
{
  const BkServerConfig *config = peer->server->config;
  g_autofree char *key = g_strdup_printf ("relays %" G_GINT64_FORMAT, peer->account->id);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!bk_server_peer_take (peer, bk_frame_get_id (frame), key, config->relays))
    return;
  add_servers (builder, config->turn_servers);
  add_servers (builder, config->stun_servers);
  g_auto (GStrv) servers = g_strv_builder_end (builder);
  BkFrame *reply = bk_frame_new (BK_FRAME_OK, bk_frame_get_id (frame));
  bk_frame_set_strings (reply, "servers", (const char *const *) servers);
  if (config->turn_servers != NULL && config->turn_servers[0] != NULL)
    set_opener (reply, peer);
  bk_server_peer_send (peer, reply);
}
