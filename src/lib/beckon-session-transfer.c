/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session has that sends a file, and what is said with an invitation. */
#include "beckon-session-private.h"

/**
 * BeckonSession:message:
 *
 * What the inviter says with the invitation.
 */

/**
 * beckon_session_get_message:
 * @self: a session
 *
 * Gets what the inviter says with the invitation. It is somebody's words: to be shown as text, never as markup.
 *
 * Returns: (transfer none): the text, may be empty
 */
const char *
beckon_session_get_message (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  return beckon_remote_get_string (beckon_session_get_remote (self), "Message");
}

/**
 * BeckonSession:automatic:
 *
 * Whether the invitation was accepted without a question, because the user always allows it.
 */

/**
 * beckon_session_get_automatic:
 * @self: a session
 *
 * Gets whether the invitation was accepted without a question, because the user always allows it.
 *
 * Returns: whether it was
 */
gboolean
beckon_session_get_automatic (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), FALSE);

  return beckon_remote_get_boolean (beckon_session_get_remote (self), "Automatic");
}

/**
 * BeckonSession:transfer: (getter dup_transfer)
 *
 * How the file is doing that the session sends, an `a{sv}`; empty if it sends none.
 */

/**
 * beckon_session_dup_transfer: (get-property transfer)
 * @self: a session
 *
 * Gets how the file is doing that the session sends, an `a{sv}`, empty if it sends none: `name` (s), `size` and `done` (t,
 * bytes), `rate` (t, bytes a second), `state` (s: offered; waiting: for the channel; running; stalled: the way is lost and
 * being looked for; done; failed), `outgoing` (b), `folder` and `path` (s, where it goes and, once it is done, is, on the
 * side that receives).
 *
 * Returns: (transfer full): the dictionary
 */
GVariant *
beckon_session_dup_transfer (BeckonSession *self)
{
  g_return_val_if_fail (BECKON_IS_SESSION (self), NULL);

  GVariant *transfer = beckon_remote_get_variant (beckon_session_get_remote (self), "Transfer", "a{sv}");
  return transfer != NULL ? g_variant_ref (transfer) : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/**
 * beckon_session_accept_file_async:
 * @self: a session
 * @folder: (nullable): an absolute path, %NULL for the folder of the settings
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Accepts a file, of a session with [property@Session:transfer]. It gets a name that is free: nothing is overwritten.
 */
void
beckon_session_accept_file_async (BeckonSession *self, const char *folder, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_SESSION (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_session_accept_file_async);
  beckon_remote_call_task (beckon_session_get_remote (self), "AcceptFile", g_variant_new ("(s)", folder != NULL ? folder : ""), task);
}

/**
 * beckon_session_accept_file_finish:
 * @self: a session
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Session.accept_file_async].
 *
 * Errors: %BECKON_ERROR_NOT_INVITEE, %BECKON_ERROR_SESSION_STATE_INVALID, %BECKON_ERROR_NOT_SUPPORTED,
 * %BECKON_ERROR_STORAGE, %BECKON_ERROR_ACCESS_DENIED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_session_accept_file_finish (BeckonSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
