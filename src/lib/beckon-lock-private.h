/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-lock.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

/* The lock of the object at @path. It hears of its states from before Attach on. */
BeckonLock *beckon_lock_new (GDBusConnection *connection, const char *path);
/* The account that is meant where none is named; empty: there is none. */
void beckon_lock_set_primary (BeckonLock *self, const char *account);
/* The service is gone, or the connection to it. */
void beckon_lock_lost (BeckonLock *self);

/* Calls Lock1; TRUE or the error through @task, consumed. */
void beckon_lock_call_task (BeckonLock *self, const char *method, GVariant *args, GTask *task);

/* What is under way by beckon_lock_unlock_async (). */
void beckon_lock_unlocks_challenge (BeckonLock *self, int cookie, const char *challenge, const char *account);
void beckon_lock_unlocks_result (BeckonLock *self, int cookie, gboolean succeed, const char *account);
void beckon_lock_unlocks_lost (BeckonLock *self);
GPtrArray *beckon_lock_get_unlocks (BeckonLock *self); /* element-type GTask */
GHashTable *beckon_lock_get_keys (BeckonLock *self);   /* account → what answers when the service asks again */
void beckon_lock_key_free (gpointer key);

#pragma GCC visibility pop
G_END_DECLS
