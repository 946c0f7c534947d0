/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be said about a conversation without saying anything in it. */
#include "beckon-conversation-private.h"

/**
 * beckon_conversation_set_typing_async:
 * @self: a conversation
 * @typing: whether the user is writing
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Tells the other person that the user is writing, if the setting allows it. To be said again at least every 10 s as
 * long as it is so.
 */
void
beckon_conversation_set_typing_async (BeckonConversation *self, gboolean typing, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_set_typing_async);
  beckon_remote_call_task (self->remote, "SetTyping", g_variant_new ("(b)", typing), task);
}

/**
 * beckon_conversation_set_typing_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.set_typing_async].
 *
 * Errors: %BECKON_ERROR_FAILED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_conversation_set_typing_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_conversation_set_draft_async:
 * @self: a conversation
 * @text: (nullable): what is written, at most 16384 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Keeps what the user has written and not sent.
 */
void
beckon_conversation_set_draft_async (BeckonConversation *self, const char *text, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_CONVERSATION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_conversation_set_draft_async);
  beckon_remote_call_task (self->remote, "SetDraft", g_variant_new ("(s)", text != NULL ? text : ""), task);
}

/**
 * beckon_conversation_set_draft_finish:
 * @self: a conversation
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Conversation.set_draft_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_conversation_set_draft_finish (BeckonConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
