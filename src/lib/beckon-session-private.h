/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-remote-private.h"
#include "beckon-session.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

void beckon_session_load (GDBusConnection *connection, const char *bus_name, const char *path,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
BeckonSession *beckon_session_load_finish (GAsyncResult *result, GError **error);
BeckonRemote *beckon_session_get_remote (BeckonSession *self);
/* InviteWithPicker. @once: if nobody is invited in the end, the session goes, too. TRUE through @task, consumed. */
void beckon_session_pick (BeckonSession *self, const char *parent_window, const char *app_data, gboolean once,
                          GTask *task);
const char *beckon_session_get_path (BeckonSession *self);

#pragma GCC visibility pop
G_END_DECLS
