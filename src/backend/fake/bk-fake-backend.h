/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-fake-network.h"

G_BEGIN_DECLS

#define BK_TYPE_FAKE_BACKEND (bk_fake_backend_get_type ())
/* One device on a BkFakeNetwork. Implements every interface of the backend port. */
G_DECLARE_FINAL_TYPE (BkFakeBackend, bk_fake_backend, BK, FAKE_BACKEND, GObject)

BkFakeBackend *bk_fake_backend_new (BkFakeNetwork *network);

/* ---- knobs ---- */

/* The next request fails with @code and changes nothing. */
void bk_fake_backend_fail_next (BkFakeBackend *self, BeckonError code);
/* The network does what the next request asks, but the connection breaks before the reply comes. */
void bk_fake_backend_lose_next_reply (BkFakeBackend *self);
/* The next @count durable facts come twice. */
void bk_fake_backend_duplicate_next (BkFakeBackend *self, guint count);
/* The connection breaks at once, and there is none until the network is reachable again. */
void bk_fake_backend_set_reachable (BkFakeBackend *self, gboolean reachable);
/* The connection breaks and may come back by itself. */
void bk_fake_backend_disconnect (BkFakeBackend *self);
/* The same, and it comes back after @retry_ms, or when it is nudged. */
void bk_fake_backend_lose (BkFakeBackend *self, guint retry_ms);

G_END_DECLS
