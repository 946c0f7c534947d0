/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short way for the packets of one direct pair: many in one call to the kernel, and none through libnice. It keeps
 * its socket for what it needs itself, checks and consent among it. */
#pragma once

#include "bk-ice.h"

#include <nice/agent.h>

G_BEGIN_DECLS

typedef struct _BkIcePath BkIcePath;

/* Sends from @socket, which is libnice's. What @remote sends to it goes to @receive from now on, apart from STUN, where
 * the system allows that. */
BkIcePath *bk_ice_path_new (GSocket *socket, const NiceAddress *remote, BkIceReceiveFunc receive, gpointer user_data);
void bk_ice_path_free (BkIcePath *self); /* may be called by @receive, which is not called again */
gboolean bk_ice_path_is (BkIcePath *self, GSocket *socket, const NiceAddress *remote);
/* As bk_ice_send (). */
gboolean bk_ice_path_send (BkIcePath *self, const guint8 *packets, gsize length, gsize packet_size);
gboolean bk_ice_path_receives (BkIcePath *self); /* the system has allowed it */

G_END_DECLS
