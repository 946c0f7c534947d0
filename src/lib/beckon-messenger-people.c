/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messenger as a whole: all accounts at once, finding somebody, and what the window is asked to show. */
#include "beckon-messenger-private.h"

#include "beckon-account-private.h"
#include "beckon-values-private.h"

static const char *
path_of (BeckonAccount *account)
{
  return account != NULL ? beckon_account_get_path (account) : "/";
}

/**
 * beckon_messenger_set_primary_account_async:
 * @self: a messenger
 * @account: one of its accounts
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes an account the one that is used where none is named (`PrimaryService`). It stays so over restarts.
 */
void
beckon_messenger_set_primary_account_async (BeckonMessenger *self, BeckonAccount *account, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (BECKON_IS_ACCOUNT (account));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_set_primary_account_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SetPrimaryAccount",
                           g_variant_new ("(o)", beckon_account_get_path (account)), task);
}

/**
 * beckon_messenger_set_primary_account_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.set_primary_account_async].
 *
 * Errors: %BECKON_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_set_primary_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_signin_async:
 * @self: a messenger
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs every account in with what is stored (`Signin`). Finishes when the last one is online, or with the first error
 * that one of them met. For a password see [method@Account.signin_async].
 */
void
beckon_messenger_signin_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_signin_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SignIn", NULL, task);
}

/**
 * beckon_messenger_signin_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.signin_async].
 *
 * Errors: %BECKON_ERROR_ALREADY_LOGGED_ON when every account is online, %BECKON_ERROR_NOT_LOGGED_ON when
 * there is no account, those of [method@Account.signin_finish].
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_signin_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_auto_signin_async:
 * @self: a messenger
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs the primary account in with what is stored (`AutoSignin`).
 */
void
beckon_messenger_auto_signin_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_auto_signin_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "AutoSignIn", NULL, task);
}

/**
 * beckon_messenger_auto_signin_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.auto_signin_async].
 *
 * Errors: %BECKON_ERROR_ALREADY_LOGGED_ON when it is online, %BECKON_ERROR_NOT_LOGGED_ON when there is no account,
 * those of [method@Account.signin_finish].
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_auto_signin_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_signout_async:
 * @self: a messenger
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs every account out (`Signout`).
 */
void
beckon_messenger_signout_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_signout_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SignOut", NULL, task);
}

/**
 * beckon_messenger_signout_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.signout_async].
 *
 * Errors: %BECKON_ERROR_NOT_LOGGED_ON when none is signed in.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_signout_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_set_status_async:
 * @self: a messenger
 * @status: a status that people can choose
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sets the own status of every account (`MyStatus`); personal messages stay.
 */
void
beckon_messenger_set_status_async (BeckonMessenger *self, BeckonStatus status, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_set_status_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SetStatus",
                           g_variant_new ("(u)", (guint) status), task);
}

/**
 * beckon_messenger_set_status_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.set_status_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_LOGGED_ON when there is no account.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_set_status_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_open_conversation_async:
 * @self: a messenger
 * @account: (nullable): the account, %NULL for the primary one
 * @who: sign-in name of a contact
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Shows the conversation with somebody in the window of Beckon (`InstantMessage`), which is started for it if need be.
 */
void
beckon_messenger_open_conversation_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_open_conversation_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "OpenConversation",
                           g_variant_new ("(os)", path_of (account), who), task);
}

/**
 * beckon_messenger_open_conversation_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.open_conversation_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_USER_NOT_FOUND for who is not on the list,
 * %BECKON_ERROR_NOT_LOGGED_ON when there is no account, %BECKON_ERROR_NOT_SUPPORTED where there is no window.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_open_conversation_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_open_add_contact_async:
 * @self: a messenger
 * @account: (nullable): the account, %NULL for the primary one
 * @who: (nullable): a sign-in name to write into the form
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Shows the form to ask somebody to become a contact (`AddContact`).
 */
void
beckon_messenger_open_add_contact_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_open_add_contact_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "OpenAddContact",
                           g_variant_new ("(os)", path_of (account), who != NULL ? who : ""), task);
}

/**
 * beckon_messenger_open_add_contact_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.open_add_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_LOGGED_ON when there is no account,
 * %BECKON_ERROR_NOT_SUPPORTED where there is no window.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_open_add_contact_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_open_preferences_async:
 * @self: a messenger
 * @page: (nullable): `accounts`, `applications`, `connection`, `behavior`, `notifications` or `privacy`; %NULL for
 *   the first
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Shows the preferences in the window of Beckon (`OptionsPages`).
 */
void
beckon_messenger_open_preferences_async (BeckonMessenger *self, const char *page, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_open_preferences_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "OpenPreferences",
                           g_variant_new ("(s)", page != NULL ? page : ""), task);
}

/**
 * beckon_messenger_open_preferences_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.open_preferences_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT for another page, %BECKON_ERROR_NOT_SUPPORTED where there is no window.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_open_preferences_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- somebody ---- */

static void
on_contact_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GVariant *reply = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (BeckonAccount) account = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GVariant) contact = NULL;
  gboolean is_self;

  if (account == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&ob@" BECKON_VARIANT_CONTACT ")", NULL, &is_self, &contact);
  g_task_return_pointer (task, beckon_account_take_contact (account, contact, is_self), g_object_unref);
}

static void
on_contact (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;
  GVariant *reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);
  const char *path;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, reply, (GDestroyNotify) g_variant_unref);
  g_variant_get_child (reply, 0, "&o", &path);
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_contact_account, task);
  g_steal_pointer (&task);
  beckon_object_list_get (beckon_messenger_get_account_list (self), path, next);
}

/**
 * beckon_messenger_get_contact_async:
 * @self: a messenger
 * @account: (nullable): the account on whose service somebody is, %NULL to look in the contact lists of all accounts
 *   and nowhere else
 * @who: a sign-in name
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Gets somebody, on the contact list or not (`GetContact`). About who is not on the list nothing is known: the
 * status is %BECKON_STATUS_UNKNOWN and the display name the sign-in name. Whether there is such a person shows when
 * they are asked to become a contact; if they come on the list, it is the same object.
 */
void
beckon_messenger_get_contact_async (BeckonMessenger *self, BeckonAccount *account, const char *who,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));
  g_return_if_fail (who != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_get_contact_async);
  beckon_remote_call_async (beckon_messenger_get_remote (self), "GetContact",
                            g_variant_new ("(os)", path_of (account), who), "(ob" BECKON_VARIANT_CONTACT ")",
                            cancellable, on_contact, task);
}

/**
 * beckon_messenger_get_contact_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.get_contact_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_USER_NOT_FOUND for who is on no list,
 * %BECKON_ERROR_NOT_LOGGED_ON for who is not on the list of an account that is not online.
 *
 * Returns: (transfer full): somebody, the same object as long as the program holds it
 */
BeckonContact *
beckon_messenger_get_contact_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
