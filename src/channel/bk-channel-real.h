/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channels that there really are: ICE under QUIC. */
#pragma once

#include "bk-channel.h"
#include "bk-clock.h"

G_BEGIN_DECLS

#define BK_TYPE_REAL_CHANNELS (bk_real_channels_get_type ())
G_DECLARE_FINAL_TYPE (BkRealChannels, bk_real_channels, BK, REAL_CHANNELS, GObject)

/* @runtime_dir: sockets of sessions live in it; made if missing, 0700. */
BkChannels *bk_real_channels_new (BkClock *clock, const char *runtime_dir);

G_END_DECLS
