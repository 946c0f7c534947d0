/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of the conversation: -conversation.c the list and what is told about it, -window.c which part of the history
 * is in it, -verbs.c what else can be done. */
#pragma once

#include "beckon-conversation.h"
#include "beckon-remote-private.h"
#include "beckon-values-private.h"

G_BEGIN_DECLS
#pragma GCC visibility push(hidden)

struct _BeckonConversation
{
  GObject parent_instance;

  BeckonRemote *remote;
  GPtrArray *messages; /* element-type BeckonMessage, ids rising without gaps from the first one to the last */
  gboolean listed;     /* before, signals tell nothing that the first page will not */
  gboolean complete;   /* begins with the first message of the history */
  gboolean latest;     /* ends with its newest one */
};

void beckon_conversation_load (GDBusConnection *connection, const char *path, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
BeckonConversation *beckon_conversation_load_finish (GAsyncResult *result, GError **error);

/* Takes a message over: a known one is brought up to date, a new one finds its place, if that is in the list. Full
 * reference. */
BeckonMessage *beckon_conversation_put (BeckonConversation *self, GVariant *value);
/* The place of the first message whose id is not below @id. */
guint beckon_conversation_lower_bound (BeckonConversation *self, gint64 id);
/* The message at @position if it is @id, else NULL. */
BeckonMessage *beckon_conversation_message_at (BeckonConversation *self, guint position, gint64 id);
void beckon_conversation_set_ends (BeckonConversation *self, gboolean complete, gboolean latest);

#pragma GCC visibility pop
G_END_DECLS
