/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done with a session. */
#include "beckon-session-private.h"

/**
 * beckon_session_set_application_async:
 * @self: a session
 * @guid: the GUID of a registered application
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Chooses the application of a new session. Only the inviter can, before [method@Session.invite_async].
 */
void
beckon_session_set_application_async (BeckonSession *self, const char *guid, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_set_application_async);
  beckon_remote_set_task (beckon_session_get_remote (self), "Application", g_variant_new_string (guid), task);
}

/**
 * beckon_session_set_application_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_NOT_READY and others
 *
 * Gets the outcome of [method@Session.set_application_async].
 *
 * Errors: %BECKON_ERROR_SESSION_NOT_READY, %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_set_application_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_set_local_address_async:
 * @self: a session
 * @address: free text, at most 255 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the address that the other side gets as its remote address. The inviter can before inviting, the invitee
 * before accepting.
 */
void
beckon_session_set_local_address_async (BeckonSession *self, const char *address, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (address != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_set_local_address_async);
  beckon_remote_set_task (beckon_session_get_remote (self), "LocalAddress", g_variant_new_string (address), task);
}

/**
 * beckon_session_set_local_address_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_NOT_READY and others
 *
 * Gets the outcome of [method@Session.set_local_address_async].
 *
 * Errors: %BECKON_ERROR_SESSION_NOT_READY, %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_set_local_address_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_invite_async:
 * @self: a session
 * @user: sign-in name of a contact
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Invites a contact. Finishes when the network took the invitation.
 */
void
beckon_session_invite_async (BeckonSession *self, const char *user, const char *app_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (user != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_invite_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "Invite",
                           g_variant_new ("(ssa{sv})", user, app_data != NULL ? app_data : "", NULL), task);
}

/**
 * beckon_session_invite_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_NOT_READY and others
 *
 * Gets the outcome of [method@Session.invite_async].
 *
 * Errors: %BECKON_ERROR_SESSION_NOT_READY, %BECKON_ERROR_NOT_INVITER, %BECKON_ERROR_APP_NOT_SPECIFIED,
 * %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_INVITED_SELF, %BECKON_ERROR_USER_NOT_FOUND,
 * %BECKON_ERROR_NOT_LOGGED_ON, %BECKON_ERROR_INVITATION_SEND_FAILURE, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_invite_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_accept_async:
 * @self: a session
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Accepts the invitation.
 */
void
beckon_session_accept_async (BeckonSession *self, const char *app_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_accept_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "Accept",
                           g_variant_new ("(s)", app_data != NULL ? app_data : ""), task);
}

/**
 * beckon_session_accept_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_NOT_INVITEE and others
 *
 * Gets the outcome of [method@Session.accept_async].
 *
 * Errors: %BECKON_ERROR_NOT_INVITEE, %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_accept_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_decline_async:
 * @self: a session
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Declines the invitation.
 */
void
beckon_session_decline_async (BeckonSession *self, const char *app_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_decline_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "Decline",
                           g_variant_new ("(s)", app_data != NULL ? app_data : ""), task);
}

/**
 * beckon_session_decline_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_NOT_INVITEE and others
 *
 * Gets the outcome of [method@Session.decline_async].
 *
 * Errors: %BECKON_ERROR_NOT_INVITEE, %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_decline_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_cancel_async:
 * @self: a session
 * @reason: why, %BECKON_SESSION_RESULT_NONE for a plain cancel
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Ends the session, from either side and from the invitation on.
 */
void
beckon_session_cancel_async (BeckonSession *self, BeckonSessionResult reason, const char *app_data,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_cancel_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "Cancel",
                           g_variant_new ("(us)", (guint) reason, app_data != NULL ? app_data : ""), task);
}

/**
 * beckon_session_cancel_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_STATE_INVALID and others
 *
 * Gets the outcome of [method@Session.cancel_async].
 *
 * Errors: %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_cancel_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_send_context_data_async:
 * @self: a session
 * @data: at most 8192 bytes of UTF-8
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sends data to the other program; 50 times a second and 1 MiB a session at most.
 */
void
beckon_session_send_context_data_async (BeckonSession *self, const char *data, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));
  g_return_if_fail (data != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_send_context_data_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "SendContextData",
                           g_variant_new ("(s)", data), task);
}

/**
 * beckon_session_send_context_data_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_SESSION_STATE_INVALID and others
 *
 * Gets the outcome of [method@Session.send_context_data_async].
 *
 * Errors: %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_NOT_VALID_FOR_APP_INVITE,
 * %BECKON_ERROR_CONTEXT_DATA_OVER_LIMIT, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_send_context_data_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
