/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session service in a sandbox and beckon-peer-host outside of it have in common. */
#pragma once

#define BK_PEER_HOST_NAME "im.beckon.Beckon.Peer.Host"
#define BK_PEER_HOST_PATH "/im/beckon/Beckon/Peer/Host"
#define BK_PEER_HOST_INTERFACE "im.beckon.PeerHost1"

#define BK_PEER_HOST_MAX_FILES 256
#define BK_PEER_HOST_LIST_TYPE "(a(says)b)"
#define BK_PEER_HOST_LAUNCH_TYPE "(susbssqsssh)"
