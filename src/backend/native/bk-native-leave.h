/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "bk-clock.h"

G_BEGIN_DECLS

/* Closes a WebSocket in an orderly way, whoever asked for it being gone already: at most five seconds. */
void bk_native_leave (SoupWebsocketConnection *websocket, BkClock *clock);

G_END_DECLS
