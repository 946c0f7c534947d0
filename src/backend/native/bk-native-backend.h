/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-backend.h"
#include "bk-clock.h"

G_BEGIN_DECLS

#define BK_TYPE_NATIVE_BACKEND (bk_native_backend_get_type ())
/* One account on a beckon-server. Implements every interface of the backend port.
 *
 * Construct-only properties: `clock`; `tls-database` (GTlsDatabase, NULL: the certificates that the system trusts);
 * `ping-seconds` (20). */
G_DECLARE_FINAL_TYPE (BkNativeBackend, bk_native_backend, BK, NATIVE_BACKEND, GObject)

BkNativeBackend *bk_native_backend_new (BkClock *clock);

G_END_DECLS
