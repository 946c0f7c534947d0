/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "beckon-message.h"

G_BEGIN_DECLS

#define BECKON_TYPE_CONVERSATION (beckon_conversation_get_type ())
/**
 * BeckonConversation:
 *
 * The talk with one person: a [iface@Gio.ListModel] of [class@Message], oldest first. It starts with the newest page;
 * [method@Conversation.load_earlier_async] puts older pages in front.
 */
G_DECLARE_FINAL_TYPE (BeckonConversation, beckon_conversation, BECKON, CONVERSATION, GObject)

const char *beckon_conversation_get_who (BeckonConversation *self);
guint beckon_conversation_get_unread (BeckonConversation *self);
gboolean beckon_conversation_get_complete (BeckonConversation *self);
gboolean beckon_conversation_get_latest (BeckonConversation *self);
gint64 beckon_conversation_get_read_up_to (BeckonConversation *self);
gboolean beckon_conversation_get_typing (BeckonConversation *self);
const char *beckon_conversation_get_draft (BeckonConversation *self);

void beckon_conversation_send_async (BeckonConversation *self, const char *text, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
BeckonMessage *beckon_conversation_send_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_load_earlier_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_load_earlier_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_load_later_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_load_later_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_load_latest_async (BeckonConversation *self, guint limit, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_load_latest_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_load_around_async (BeckonConversation *self, gint64 id, guint limit,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean beckon_conversation_load_around_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_mark_read_async (BeckonConversation *self, BeckonMessage *up_to, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_mark_read_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_set_typing_async (BeckonConversation *self, gboolean typing, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_set_typing_finish (BeckonConversation *self, GAsyncResult *result, GError **error);
void beckon_conversation_set_draft_async (BeckonConversation *self, const char *text, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean beckon_conversation_set_draft_finish (BeckonConversation *self, GAsyncResult *result, GError **error);

G_END_DECLS
