/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key on the door of applications: one lock for each attached program, each of the two objects that have one,
 * and each account. Who is not attached cannot unlock: it is told how a new lock stands. */
#pragma once

#include "bk-engine-lock.h"
#include "bk-service-door.h"

G_BEGIN_DECLS

typedef enum
{
  BK_SERVICE_LOCK_MANAGER, /* SessionManager1 */
  BK_SERVICE_LOCK_PRIVATE, /* MessengerPrivate1 */
} BkServiceLockObject;
#define BK_SERVICE_N_LOCK_OBJECTS 2

#define BK_TYPE_SERVICE_LOCKS (bk_service_locks_get_type ())
/* Signals: "moved" (const char *name, guint object, BkEngineAccount *, guint previous): the status of one lock. */
G_DECLARE_FINAL_TYPE (BkServiceLocks, bk_service_locks, BK, SERVICE_LOCKS, GObject)

BkServiceLocks *bk_service_locks_new (BkServiceDoor *door);
/* Has locks for @accounts (element-type BkEngineAccount) and those that come. */
void bk_service_locks_follow (BkServiceLocks *self, GListModel *accounts);
void bk_service_locks_unfollow (BkServiceLocks *self);

/* @name has attached: makes its locks and tells it how they stand. */
void bk_service_locks_welcome (BkServiceLocks *self, const char *name);
/* @name is gone, and so is what it had unlocked. */
void bk_service_locks_forget (BkServiceLocks *self, const char *name);

/* The lock of @name, or a new one if it has none. Transfer full. */
BkEngineLock *bk_service_locks_dup (BkServiceLocks *self, const char *name, BkServiceLockObject object,
                                    BkEngineAccount *account);
/* Whether @name may make a locked call; without an @account there is nothing that could be locked. */
gboolean bk_service_locks_check (BkServiceLocks *self, const char *name, BkServiceLockObject object,
                                 BkEngineAccount *account, GError **error);
/* What goes along with the invitations of @name; nullable. */
const char *bk_service_locks_get_grant (BkServiceLocks *self, const char *name, BkEngineAccount *account);

G_END_DECLS
