/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network as this machine has it. */
#pragma once

#include "bk-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Calls @callback whenever there is another network: the kernel says so, or who manages the network. One change is many
 * signals, and the last of them may be the one that matters: wireless comes, and then the cable goes. So the first is
 * told at once, and what follows within a second once more; the same, apart from that, when there is none. @available: it
 * leads to the internet, as far as is known. */
typedef void (*BkServiceNetworkFunc) (gboolean available, gpointer user_data);
typedef struct _BkServiceNetwork BkServiceNetwork;
BkServiceNetwork *bk_service_network_new (BkClock *clock, BkServiceNetworkFunc callback, gpointer user_data);
void bk_service_network_free (BkServiceNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkServiceNetwork, bk_service_network_free)

G_END_DECLS
