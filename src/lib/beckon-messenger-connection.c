/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The servers of the user's own by which sessions reach each other. */
#include "beckon-messenger-private.h"

/**
 * beckon_messenger_dup_connection_servers: (get-property connection-servers)
 * @self: a messenger
 *
 * Gets the STUN and TURN servers of the user's own, which are used besides those of the account's service.
 *
 * Returns: (transfer full) (array zero-terminated=1): the servers, as [method@Messenger.set_connection_servers_async]
 *   takes them
 */
char **
beckon_messenger_dup_connection_servers (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  g_autofree const char *const *servers
    = beckon_remote_get_strv (beckon_messenger_get_remote (self), "ConnectionServers");
  return g_strdupv ((char **) servers);
}

/**
 * beckon_messenger_get_connection_user:
 * @self: a messenger
 *
 * Gets the user name for those of [property@Messenger:connection-servers] that are TURN servers.
 *
 * Returns: (transfer none): the name, may be empty
 */
const char *
beckon_messenger_get_connection_user (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  return beckon_remote_get_string (beckon_messenger_get_remote (self), "ConnectionUser");
}

/**
 * beckon_messenger_set_connection_servers_async:
 * @self: a messenger
 * @servers: (array zero-terminated=1): at most 8 of at most 256 bytes, each `stun:HOST:PORT`, or `turn:HOST:PORT` with
 *   `?transport=udp` (if absent) or `?transport=tcp`; HOST is a name, an IPv4 address, or an IPv6 address in brackets
 * @user: (nullable): user name for TURN servers
 * @password: (nullable): the password of @user. It is kept with the passwords of the accounts. Empty: the one that is
 *   kept already, if @user is the same as before
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the STUN and TURN servers of the user's own, for sessions from now on.
 */
void
beckon_messenger_set_connection_servers_async (BeckonMessenger *self, const char *const *servers, const char *user,
                                               const char *password, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (servers != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_set_connection_servers_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SetConnectionServers",
                           g_variant_new ("(^asss)", servers, user != NULL ? user : "",
                                          password != NULL ? password : ""),
                           task);
}

/**
 * beckon_messenger_set_connection_servers_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for %BECKON_ERROR_INVALID_ARGUMENT and others
 *
 * Gets the outcome of [method@Messenger.set_connection_servers_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_set_connection_servers_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
