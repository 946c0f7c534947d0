/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sessions of an account can use to reach the other side. */
#include "beckon-account-private.h"

/**
 * beckon_account_test_connection_async:
 * @self: an account
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Tries what sessions of this account will be able to use from here, with the servers of its service and those of
 * [property@Messenger:connection-servers]. Takes up to ten seconds.
 */
void
beckon_account_test_connection_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_test_connection_async);
  beckon_remote_call_value_task (beckon_account_get_remote (self), "TestConnection",
                                      g_variant_new ("(a{sv})", NULL), "a{sv}", task);
}

/**
 * beckon_account_test_connection_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_LIMIT_EXCEEDED and others
 *
 * Gets the outcome of [method@Account.test_connection_async], an `a{sv}`: `nat` (s: none, cone, symmetric, blocked or
 * unknown), `text` (s, all that follows in a few sentences for people), `problems` (as, a sentence for each server that
 * did not answer), and as far as a server is known that can tell: `udp` (b, whether packets get out and back), `stun`,
 * `turn-udp` and `turn-tcp` (b), `relay` (b, whether one can be used where there is no direct way), `direct` (s: always,
 * usually or never, whether sessions will be direct), `address` (s, how the outside sees this machine).
 *
 * Errors: %BECKON_ERROR_LIMIT_EXCEEDED while one is running.
 *
 * Returns: (transfer full): the dictionary
 */
GVariant *
beckon_account_test_connection_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
