/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user has settled for all accounts, and searching the history. */
#include "beckon-messenger-private.h"

#include "beckon-account-private.h"
#include "beckon-found-private.h"
#include "beckon-values-private.h"

/**
 * beckon_messenger_dup_settings: (get-property settings)
 * @self: a messenger
 *
 * Gets what the user has settled for all accounts, an `a{sv}`: `read-marks` (b, whether others are told that their messages
 * have been read), `typing` (b, whether they are told that the user is writing), `idle-minutes` (u, after how long without
 * the user the own status is %BECKON_STATUS_IDLE, 0: never), `download-folder` (s, where received files go).
 *
 * Returns: (transfer full): the dictionary
 */
GVariant *
beckon_messenger_dup_settings (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  BeckonRemote *remote = beckon_messenger_get_remote (self);
  GVariant *settings = remote != NULL ? beckon_remote_get_variant (remote, "Settings", "a{sv}") : NULL;
  return settings != NULL ? g_variant_ref (settings) : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/**
 * beckon_messenger_set_settings_async:
 * @self: a messenger
 * @settings: an `a{sv}`, any of what [property@Messenger:settings] has; consumed if floating
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Settles something for all accounts. What is absent stays.
 */
void
beckon_messenger_set_settings_async (BeckonMessenger *self, GVariant *settings, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (settings != NULL && g_variant_is_of_type (settings, G_VARIANT_TYPE_VARDICT));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_set_settings_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "SetSettings", g_variant_new ("(@a{sv})", settings), task);
}

/**
 * beckon_messenger_set_settings_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.set_settings_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_set_settings_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_search_async:
 * @self: a messenger
 * @text: 1 to 256 bytes: words that must all be in a message, each at least as the beginning of a word; a part in double
 *   quotes as it stands. Case and accents do not count
 * @account: (nullable): where to look, %NULL for all accounts
 * @who: (nullable): sign-in name of the other person, %NULL for everybody
 * @before_id: 0: from the newest on; else the id of the last message that was found before
 * @limit: 1 to 200
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Searches the history: messages, and what is written of sessions. Scripts without spaces between words are searched for
 * any part of a sentence. A new search of this program ends the one before.
 */
void
beckon_messenger_search_async (BeckonMessenger *self, const char *text, BeckonAccount *account, const char *who,
                               gint64 before_id, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (text != NULL);
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *path = account != NULL ? beckon_account_get_path (account) : "/";

  g_task_set_source_tag (task, beckon_messenger_search_async);
  beckon_remote_call_value_task (beckon_messenger_get_remote (self), "SearchMessages",
                                 g_variant_new ("(sosxu)", text, path, who != NULL ? who : "", before_id, limit),
                                 "a(os" BECKON_VARIANT_MESSAGE ")", task);
}

static BeckonAccount *
find_account (BeckonMessenger *self, const char *path)
{
  GListModel *accounts = beckon_messenger_get_accounts (self);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);

      if (g_str_equal (beckon_account_get_path (account), path))
        return g_steal_pointer (&account);
    }
  return NULL;
}

/**
 * beckon_messenger_search_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.search_async].
 *
 * Errors: %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_NOT_FOUND for an account that is not there any more,
 * %BECKON_ERROR_CANCELLED when this program searched again before the answer, %BECKON_ERROR_STORAGE.
 *
 * Returns: (transfer full): a list of [class@Found], the newest first
 */
GListModel *
beckon_messenger_search_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  g_autoptr (GVariant) found = g_task_propagate_pointer (G_TASK (result), error);
  if (found == NULL)
    return NULL;

  GListStore *list = g_list_store_new (BECKON_TYPE_FOUND);
  for (gsize i = 0; i < g_variant_n_children (found); i++)
    {
      g_autoptr (GVariant) message = NULL;
      const char *path, *who;

      g_variant_get_child (found, i, "(&o&s@" BECKON_VARIANT_MESSAGE ")", &path, &who, &message);
      g_autoptr (BeckonAccount) account = find_account (self, path);
      g_autoptr (BeckonFound) item = account != NULL ? beckon_found_new (account, who, message) : NULL;
      if (item != NULL) /* else the account went meanwhile */
        g_list_store_append (list, item);
    }
  return G_LIST_MODEL (list);
}
