/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-clock.h"
#include "bk-native-address.h"
#include "bk-native-stream.h"

G_BEGIN_DECLS

/* Called once, when the server has been found and the connection begins. */
typedef void (*BkNativeFoundFunc) (gpointer user_data);

/* Finds the server, connects, encrypts and upgrades to a WebSocket. Takes as long as it takes: the caller cancels. */
void bk_native_connect_async (const BkNativeAddress *address, GTlsDatabase *database, BkClock *clock,
                              BkNativeFoundFunc found, gpointer found_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
BkNativeStream *bk_native_connect_finish (GAsyncResult *result, GError **error);

G_END_DECLS
