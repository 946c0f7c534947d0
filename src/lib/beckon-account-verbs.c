/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done with an account. */
#include "beckon-account-private.h"

#include "beckon-conversation-private.h"
#include "beckon-remote-private.h"

/**
 * beckon_account_signin_async:
 * @self: an account
 * @password: (nullable): the password, %NULL to use the stored token
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs in and stays signed in, over broken connections and restarts. Finishes when online, or with the error that
 * the first try met.
 */
void
beckon_account_signin_async (BeckonAccount *self, const char *password, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_signin_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SignIn",
                           g_variant_new ("(sa{sv})", password != NULL ? password : "", NULL), task);
}

/**
 * beckon_account_signin_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.signin_async].
 *
 * Errors: %BECKON_ERROR_INVALID_PASSWORD, %BECKON_ERROR_CONNECT, %BECKON_ERROR_TLS_FAIL,
 * %BECKON_ERROR_INVALID_CERTIFICATE, %BECKON_ERROR_SERVER_VERSION, %BECKON_ERROR_SERVER_TOO_BUSY.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_signin_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_signout_async:
 * @self: an account
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Ends the account's sessions and signs out.
 */
void
beckon_account_signout_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_signout_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SignOut", NULL, task);
}

/**
 * beckon_account_signout_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.signout_async].
 *
 * Errors: %BECKON_ERROR_FAILED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_signout_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_set_status_async:
 * @self: an account
 * @status: a status that people can choose
 * @personal_message: (nullable): at most 512 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the own status and personal message.
 */
void
beckon_account_set_status_async (BeckonAccount *self, BeckonStatus status, const char *personal_message,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_set_status_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SetStatus",
                           g_variant_new ("(us)", (guint) status, personal_message != NULL ? personal_message : ""),
                           task);
}

/**
 * beckon_account_set_status_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.set_status_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_set_status_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_set_display_name_async:
 * @self: an account
 * @display_name: 1 to 128 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the name that others see.
 */
void
beckon_account_set_display_name_async (BeckonAccount *self, const char *display_name, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (display_name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_set_display_name_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SetDisplayName",
                           g_variant_new ("(s)", display_name), task);
}

/**
 * beckon_account_set_display_name_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.set_display_name_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_set_display_name_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_add_contact_async:
 * @self: an account
 * @who: a sign-in name
 * @text: (nullable): at most 512 bytes, shown with the request
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks somebody to become a contact.
 */
void
beckon_account_add_contact_async (BeckonAccount *self, const char *who, const char *text, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_add_contact_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "AddContact",
                           g_variant_new ("(ss)", who, text != NULL ? text : ""), task);
}

/**
 * beckon_account_add_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.add_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_USER_NOT_FOUND, %BECKON_ERROR_ALREADY_IN_LIST,
 * %BECKON_ERROR_LIST_FULL, %BECKON_ERROR_SERVER_TOO_BUSY, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_add_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_approve_contact_async:
 * @self: an account
 * @who: somebody who asks
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Says yes to a contact request.
 */
void
beckon_account_approve_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_approve_contact_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "ApproveContact", g_variant_new ("(s)", who), task);
}

/**
 * beckon_account_approve_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.approve_contact_async].
 *
 * Errors: %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_approve_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_decline_contact_async:
 * @self: an account
 * @who: somebody who asks
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Says no to a contact request.
 */
void
beckon_account_decline_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_decline_contact_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "DeclineContact", g_variant_new ("(s)", who), task);
}

/**
 * beckon_account_decline_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.decline_contact_async].
 *
 * Errors: %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_decline_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_remove_contact_async:
 * @self: an account
 * @who: a contact
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Ends the relation, on both sides.
 */
void
beckon_account_remove_contact_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_remove_contact_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "RemoveContact", g_variant_new ("(s)", who), task);
}

/**
 * beckon_account_remove_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.remove_contact_async].
 *
 * Errors: %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_remove_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_block_contact_async:
 * @self: an account
 * @who: a sign-in name
 * @blocked: whether this person may reach us no more
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Blocks or unblocks somebody. Who is blocked is not told.
 */
void
beckon_account_block_contact_async (BeckonAccount *self, const char *who, gboolean blocked,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_block_contact_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SetContactBlocked",
                           g_variant_new ("(sb)", who, blocked), task);
}

/**
 * beckon_account_block_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.block_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_block_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  BeckonConversation *conversation = beckon_conversation_load_finish (result, &error);

  if (conversation != NULL)
    g_task_return_pointer (task, conversation, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_conversation_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonRemote *remote = BECKON_REMOTE (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (remote, result, &error);
  const char *path;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_conversation_load (beckon_remote_get_connection (remote), path, cancellable,
                            on_conversation, g_steal_pointer (&task));
}

/**
 * beckon_account_get_conversation_async:
 * @self: an account
 * @who: a sign-in name
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Gets the conversation with somebody, with its newest page.
 */
void
beckon_account_get_conversation_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_get_conversation_async);
  beckon_remote_call_async (beckon_account_get_remote (self), "GetConversation", g_variant_new ("(s)", who), "(o)",
                            cancellable, on_conversation_path, task);
}

/**
 * beckon_account_get_conversation_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.get_conversation_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the conversation
 */
BeckonConversation *
beckon_account_get_conversation_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
