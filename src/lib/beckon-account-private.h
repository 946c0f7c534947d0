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
const char *beckon_account_get_path (BeckonAccount *self);

#pragma GCC visibility pop
G_END_DECLS
