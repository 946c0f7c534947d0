/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an application asks of the registry. */
#include "beckon-session-manager-private.h"

#include "beckon-applications-private.h"

/**
 * beckon_session_manager_register_application_async:
 * @self: a session manager
 * @guid: a braced GUID
 * @name: 1 to 256 bytes
 * @url: (nullable): web page where the application can be had
 * @path: absolute path of the program, may be followed by arguments
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Registers an application for this user (`RegisterApplication`). Not possible from inside a sandbox.
 */
void
beckon_session_manager_register_application_async (BeckonSessionManager *self, const char *guid, const char *name,
                                                   const char *url, const char *path, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION_MANAGER (self));
  g_return_if_fail (guid != NULL && name != NULL && path != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_manager_register_application_async);
  beckon_applications_register (beckon_session_manager_get_remote (self), guid, name, url, path, task);
}

/**
 * beckon_session_manager_register_application_finish:
 * @self: a session manager
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@SessionManager.register_application_async]. Errors: %BECKON_ERROR_API_LOCKED,
 * %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_APP_ALREADY_REGISTERED, %BECKON_ERROR_STORAGE,
 * %BECKON_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_manager_register_application_finish (BeckonSessionManager *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_session_manager_unregister_application_async:
 * @self: a session manager
 * @guid: a braced GUID
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Takes an application out of the user's registry (`UnRegisterApplication`).
 */
void
beckon_session_manager_unregister_application_async (BeckonSessionManager *self, const char *guid,
                                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                                     gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION_MANAGER (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_manager_unregister_application_async);
  beckon_remote_call_task (beckon_session_manager_get_remote (self), "UnRegisterApplication", g_variant_new ("(s)", guid), task);
}

/**
 * beckon_session_manager_unregister_application_finish:
 * @self: a session manager
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@SessionManager.unregister_application_async]. Errors: %BECKON_ERROR_API_LOCKED,
 * %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_ACCESS_DENIED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_manager_unregister_application_finish (BeckonSessionManager *self, GAsyncResult *result,
                                                      GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
