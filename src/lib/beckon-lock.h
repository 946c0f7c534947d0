/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-types.h"

G_BEGIN_DECLS

#define BECKON_TYPE_LOCK (beckon_lock_get_type ())
/**
 * BeckonLock:
 *
 * Lock and Key (`IMsgrLock`). The operator of a service may lock the part of the API that invites and registers. A
 * program that has a license, an id and a key, unlocks it by proving that it knows the key, which itself never leaves
 * the program: [method@Lock.unlock_async].
 *
 * [class@SessionManager] and [class@MessengerPrivate] each have a lock of their own, and each account is unlocked by
 * itself. Unlocking is lost with the connection to the service, at sign-out, and when the program ends.
 */
G_DECLARE_FINAL_TYPE (BeckonLock, beckon_lock, BECKON, LOCK, GObject)

BeckonLockStatus beckon_lock_get_status (BeckonLock *self);
BeckonLockStatus beckon_lock_get_account_status (BeckonLock *self, const char *account);

void beckon_lock_unlock_async (BeckonLock *self, const char *id, const char *key, const char *account,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_lock_unlock_finish (BeckonLock *self, GAsyncResult *result, GError **error);

void beckon_lock_request_challenge_async (BeckonLock *self, int cookie, const char *account, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_lock_request_challenge_finish (BeckonLock *self, GAsyncResult *result, GError **error);
void beckon_lock_send_response_async (BeckonLock *self, const char *id, const char *response, int cookie,
                                      const char *account, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean beckon_lock_send_response_finish (BeckonLock *self, GAsyncResult *result, GError **error);

char *beckon_lock_compute_response (const char *challenge, const char *id, const char *key);

G_END_DECLS
