/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What else the user can settle about an account, its contacts and its history. */
#include "beckon-account-private.h"

/**
 * beckon_account_set_contact_async:
 * @self: an account
 * @who: somebody on the contact list
 * @alias: (nullable): how the user calls this person, at most 128 bytes; %NULL or empty for none
 * @pinned: whether this person stands above the others
 * @muted: whether messages of this person are not announced
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Changes what the user has settled about somebody, for all devices.
 */
void
beckon_account_set_contact_async (BeckonAccount *self, const char *who, const char *alias, gboolean pinned,
                                  gboolean muted, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_set_contact_async);
  g_auto (GVariantBuilder) facts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&facts, "{sv}", "alias", g_variant_new_string (alias != NULL ? alias : ""));
  g_variant_builder_add (&facts, "{sv}", "pinned", g_variant_new_boolean (pinned));
  g_variant_builder_add (&facts, "{sv}", "muted", g_variant_new_boolean (muted));
  beckon_remote_call_task (beckon_account_get_remote (self), "SetContact",
                           g_variant_new ("(sa{sv})", who, &facts), task);
}

/**
 * beckon_account_set_contact_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.set_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_NOT_SUPPORTED,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_set_contact_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_set_avatar_async:
 * @self: an account
 * @image: (nullable): a PNG or JPEG of at most 65536 bytes and 1024 pixels a side, %NULL for none
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the picture that others see.
 */
void
beckon_account_set_avatar_async (BeckonAccount *self, GBytes *image, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_set_avatar_async);
  GVariant *bytes = image != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, image, TRUE) :
                                    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1);
  beckon_remote_call_task (beckon_account_get_remote (self), "SetAvatar", g_variant_new ("(@ay)", bytes), task);
}

/**
 * beckon_account_set_avatar_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.set_avatar_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_SUPPORTED, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_set_avatar_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_change_password_async:
 * @self: an account
 * @password: the one that there is
 * @new_password: 6 to 256 bytes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Changes the password. All other devices are signed out.
 */
void
beckon_account_change_password_async (BeckonAccount *self, const char *password, const char *new_password,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (password != NULL && new_password != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_change_password_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "ChangePassword",
                           g_variant_new ("(ss)", password, new_password), task);
}

/**
 * beckon_account_change_password_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.change_password_async].
 *
 * Errors: %BECKON_ERROR_INVALID_PASSWORD, %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_SUPPORTED,
 * %BECKON_ERROR_SERVER_TOO_BUSY, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_change_password_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_list_devices_async:
 * @self: an account
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists the devices that can sign in without the password.
 */
void
beckon_account_list_devices_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_list_devices_async);
  beckon_remote_call_value_task (beckon_account_get_remote (self), "ListDevices", NULL, "a(ssxb)", task);
}

/**
 * beckon_account_list_devices_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.list_devices_async].
 *
 * Errors: %BECKON_ERROR_NOT_SUPPORTED, %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: (transfer full): an `a(ssxb)`: id, name (may be empty), when it was last connected (microseconds since
 * 1970, exact to a minute), whether it is this one
 */
GVariant *
beckon_account_list_devices_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_account_remove_device_async:
 * @self: an account
 * @device: id of another device
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs a device out for good: to come back it needs the password.
 */
void
beckon_account_remove_device_async (BeckonAccount *self, const char *device, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (device != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_remove_device_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "RemoveDevice", g_variant_new ("(s)", device), task);
}

/**
 * beckon_account_remove_device_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.remove_device_async].
 *
 * Errors: %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_SUPPORTED,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_remove_device_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_delete_async:
 * @self: an account
 * @password: the password
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes the account on the server, for good: contacts lose it, all devices are signed out. Here it goes with its
 * history.
 */
void
beckon_account_delete_async (BeckonAccount *self, const char *password, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (password != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_delete_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "DeleteAccount", g_variant_new ("(s)", password), task);
}

/**
 * beckon_account_delete_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.delete_async].
 *
 * Errors: %BECKON_ERROR_INVALID_PASSWORD, %BECKON_ERROR_NOT_SUPPORTED, %BECKON_ERROR_SERVER_TOO_BUSY,
 * %BECKON_ERROR_DISCONNECTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_delete_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_list_safety_numbers_async:
 * @self: an account
 * @who: sign-in name of a contact
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists the numbers by which two people see that nobody is between them: one for each key by which this device knows
 * @who. There is none before the first session with them that had a channel.
 */
void
beckon_account_list_safety_numbers_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_list_safety_numbers_async);
  beckon_remote_call_value_task (beckon_account_get_remote (self), "ListSafetyNumbers", g_variant_new ("(s)", who),
                                 "as", task);
}

/**
 * beckon_account_list_safety_numbers_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.list_safety_numbers_async].
 *
 * Errors: %BECKON_ERROR_FAILED, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full) (array zero-terminated=1): each 60 digits in groups of 5
 */
char **
beckon_account_list_safety_numbers_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  g_autoptr (GVariant) numbers = g_task_propagate_pointer (G_TASK (result), error);
  return numbers != NULL ? g_variant_dup_strv (numbers, NULL) : NULL;
}

/**
 * beckon_account_list_allowed_async:
 * @self: an account
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists what the user always allows, on this device.
 */
void
beckon_account_list_allowed_async (BeckonAccount *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_list_allowed_async);
  beckon_remote_call_value_task (beckon_account_get_remote (self), "ListAllowed", NULL, "a(ss)", task);
}

/**
 * beckon_account_list_allowed_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.list_allowed_async].
 *
 * Errors: %BECKON_ERROR_FAILED.
 *
 * Returns: (transfer full): an `a(ss)`: sign-in name of the contact and GUID of the application
 */
GVariant *
beckon_account_list_allowed_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_account_set_allowed_async:
 * @self: an account
 * @who: sign-in name of a contact
 * @guid: GUID of an application
 * @allowed: whether invitations of this contact to this application need no question from now on
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Allows an application to a contact for good, or takes it back. It is asked about all the same while the screen is
 * locked, when the contact shows another key than before, and when the application is not here.
 */
void
beckon_account_set_allowed_async (BeckonAccount *self, const char *who, const char *guid, gboolean allowed,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (who != NULL && guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_set_allowed_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "SetAllowed",
                           g_variant_new ("(ssb)", who, guid, allowed), task);
}

/**
 * beckon_account_set_allowed_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.set_allowed_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_LIMIT_EXCEEDED,
 * %BECKON_ERROR_STORAGE.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_set_allowed_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_clear_history_async:
 * @self: an account
 * @who: (nullable): sign-in name, %NULL for everybody
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Removes messages and ended sessions from this device for good. What waits to be sent stays.
 */
void
beckon_account_clear_history_async (BeckonAccount *self, const char *who, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_clear_history_async);
  beckon_remote_call_task (beckon_account_get_remote (self), "ClearHistory",
                           g_variant_new ("(s)", who != NULL ? who : ""), task);
}

/**
 * beckon_account_clear_history_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.clear_history_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_STORAGE.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_clear_history_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_account_export_history_async:
 * @self: an account
 * @who: (nullable): sign-in name, %NULL for everybody
 * @fd: a file that is open for writing, at its beginning; it stays open
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Writes the history as one JSON object. Finishes when all is written.
 */
void
beckon_account_export_history_async (BeckonAccount *self, const char *who, int fd, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_ACCOUNT (self));
  g_return_if_fail (fd >= 0);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_account_export_history_async);
  beckon_remote_call_fd_task (beckon_account_get_remote (self), "ExportHistory",
                              g_variant_new ("(sh)", who != NULL ? who : "", 0), fd, NULL, task);
}

/**
 * beckon_account_export_history_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Account.export_history_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_STORAGE, %BECKON_ERROR_LIMIT_EXCEEDED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_account_export_history_finish (BeckonAccount *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
