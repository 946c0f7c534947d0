/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-account.h"
#include "beckon-remote-private.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

void beckon_account_load (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
BeckonAccount *beckon_account_load_finish (GAsyncResult *result, GError **error);
BeckonRemote *beckon_account_get_remote (BeckonAccount *self);
/* Makes the object for somebody whom the service described, or returns the one that is there. Full reference. */
BeckonContact *beckon_account_take_contact (BeckonAccount *self, GVariant *value, gboolean is_self);
/* Follows ListGroups and what is told about it. @store: element-type BeckonGroup. */
void beckon_account_change_groups (BeckonAccount *self, GListStore *store, guint position, guint removed,
                                   GVariant *added);
void beckon_account_follow_groups (BeckonAccount *self, GListStore *store, const char *signal, GVariant *args);
const char *beckon_account_get_path (BeckonAccount *self);

#pragma GCC visibility pop
G_END_DECLS
