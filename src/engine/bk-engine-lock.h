/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key as one program sees it: one lock for each program, object and account. The programs themselves are
 * known above this line only; the key is known to them and to the network. */
#pragma once

#include "bk-engine-account.h"

G_BEGIN_DECLS

#define BK_TYPE_ENGINE_LOCK (bk_engine_lock_get_type ())
/* Signals:
 * "enable" (gboolean enabled): the account has signed in and said whether anything is locked
 * "challenge" (int cookie, const char *challenge): to be answered; cookie 0: the network asks again by itself
 * "result" (int cookie, gboolean succeeded)
 * "status-changed" (BeckonLockStatus)
 */
G_DECLARE_FINAL_TYPE (BkEngineLock, bk_engine_lock, BK, ENGINE_LOCK, GObject)

/* Follows @account from now on. A network without Lock and Key: DISABLED for good. */
BkEngineLock *bk_engine_lock_new (BkEngineAccount *account);
/* The program is gone: gives its grant back, nothing is heard of it any more. */
void bk_engine_lock_close (BkEngineLock *self);

BkEngineAccount *bk_engine_lock_get_account (BkEngineLock *self);
BeckonLockStatus bk_engine_lock_get_status (BkEngineLock *self);
/* What the network is told with the program's invitations; NULL unless UNLOCKED. */
const char *bk_engine_lock_get_grant (BkEngineLock *self);
/* Whether a locked call may be made: UNLOCKED or DISABLED. Else API_LOCKED. */
gboolean bk_engine_lock_check (BkEngineLock *self, GError **error);

/* Both report errors of the call alone; "challenge" and "result" say how it went on. */
gboolean bk_engine_lock_request_challenge (BkEngineLock *self, int cookie, GError **error);
gboolean bk_engine_lock_send_response (BkEngineLock *self, const char *license, const char *response, int cookie,
                                       GError **error);

G_END_DECLS
