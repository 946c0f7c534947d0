/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user's own programs do with registered applications. */
#include "beckon-messenger-private.h"

/**
 * beckon_messenger_update_application_async:
 * @self: a messenger
 * @guid: a braced GUID that the user registered
 * @name: 1 to 256 bytes
 * @url: (nullable): web page where the application can be had
 * @path: absolute path of the program, may be followed by arguments; empty where it is not started by one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Changes what the user registered, at once: there is no moment without the registration.
 */
void
beckon_messenger_update_application_async (BeckonMessenger *self, const char *guid, const char *name, const char *url,
                                           const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (guid != NULL && name != NULL && path != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_update_application_async);
  beckon_remote_call_task (beckon_messenger_get_registry (self), "UpdateApplication",
                           g_variant_new ("(ssssu)", guid, name, url != NULL ? url : "", path, 0u), task);
}

/**
 * beckon_messenger_update_application_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.update_application_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT,
 * %BECKON_ERROR_FAILED, %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_ACCESS_DENIED, %BECKON_ERROR_STORAGE,
 * %BECKON_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_update_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- reading ---- */

/**
 * beckon_messenger_get_registration_async:
 * @self: a messenger
 * @guid: a braced GUID
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks how an application is registered.
 */
void
beckon_messenger_get_registration_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_get_registration_async);
  beckon_remote_call_value_task (beckon_messenger_get_registry (self), "GetRegistration",
                                      g_variant_new ("(s)", guid), "a{sv}", task);
}

/**
 * beckon_messenger_get_registration_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.get_registration_async]: a dictionary with the texts `guid`, `name`, `url`,
 * `path` (program and arguments), `bus-name`, `source` (`user`, `system` or `bus`) and `file` (the registration file).
 * What does not apply is empty. Errors: %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): of type `a{sv}`
 */
GVariant *
beckon_messenger_get_registration_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- trying ---- */

typedef struct
{
  char *invitee_path;
  BeckonSession *inviter;
  BeckonSession *invitee;
} Trial;

static void
trial_free (Trial *trial)
{
  g_free (trial->invitee_path);
  g_clear_object (&trial->inviter);
  g_clear_object (&trial->invitee);
  g_free (trial);
}

static void
on_invitee (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Trial *trial = g_task_get_task_data (task);
  GError *error = NULL;

  trial->invitee = g_task_propagate_pointer (G_TASK (result), &error);
  if (trial->invitee == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_inviter (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  Trial *trial = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  trial->inviter = g_task_propagate_pointer (G_TASK (result), &error);
  if (trial->inviter == NULL)
    g_task_return_error (task, error);
  else
    beckon_object_list_get (beckon_messenger_get_session_list (self), trial->invitee_path,
                            g_task_new (self, cancellable, on_invitee, g_steal_pointer (&task)));
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  Trial *trial = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);
  const char *inviter;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&oo)", &inviter, &trial->invitee_path);
  beckon_object_list_get (beckon_messenger_get_session_list (self), inviter,
                          g_task_new (self, cancellable, on_inviter, g_steal_pointer (&task)));
}

/**
 * beckon_messenger_try_application_async:
 * @self: a messenger
 * @guid: GUID of a registered application
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Starts the application twice on this machine, as the two sides of one session: to see whether it works. Neither
 * network nor account takes part.
 */
void
beckon_messenger_try_application_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_try_application_async);
  g_task_set_task_data (task, g_new0 (Trial, 1), (GDestroyNotify) trial_free);
  beckon_remote_call_async (beckon_messenger_get_registry (self), "TryApplication", g_variant_new ("(s)", guid), "(oo)",
                            cancellable, on_tried, task);
}

/**
 * beckon_messenger_try_application_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @inviter: (out) (optional) (transfer full): the side of the inviter
 * @invitee: (out) (optional) (transfer full): the side of the invitee
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.try_application_async]. Errors: %BECKON_ERROR_APP_NOT_REGISTERED,
 * %BECKON_ERROR_FAILED if the program cannot be started, %BECKON_ERROR_INVALID_ARGUMENT,
 * %BECKON_ERROR_LIMIT_EXCEEDED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_try_application_finish (BeckonMessenger *self, GAsyncResult *result, BeckonSession **inviter,
                                         BeckonSession **invitee, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  Trial *trial = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (inviter != NULL)
    *inviter = g_object_ref (trial->inviter);
  if (invitee != NULL)
    *invitee = g_object_ref (trial->invitee);
  return TRUE;
}
