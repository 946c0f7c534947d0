/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-conversation.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

void beckon_conversation_load (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
BeckonConversation *beckon_conversation_load_finish (GAsyncResult *result, GError **error);

#pragma GCC visibility pop
G_END_DECLS
