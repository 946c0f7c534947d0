/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be done with the messenger. */
#include "beckon-messenger-private.h"

#include "beckon-account-private.h"
#include "beckon-applications-private.h"
#include "beckon-session-private.h"

/* Calls a method that returns an object path, and then waits for that object in a list. */
typedef struct
{
  BeckonObjectList *list; /* owned */
} ObjectCall;

static void
object_call_free (ObjectCall *call)
{
  g_object_unref (call->list);
  g_free (call);
}

static void
on_object_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ObjectCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);
  const char *path;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  beckon_object_list_get (call->list, path, g_steal_pointer (&task));
}

static void
call_for_object (BeckonMessenger *self, BeckonObjectList *list, const char *method, GVariant *args, GTask *task)
{
  ObjectCall *call = g_new0 (ObjectCall, 1);

  call->list = g_object_ref (list);
  g_task_set_task_data (task, call, (GDestroyNotify) object_call_free);
  beckon_remote_call_async (beckon_messenger_get_remote (self), method, args, "(o)", g_task_get_cancellable (task),
                            on_object_path, task);
}

static void
add_text_option (GVariantBuilder *options, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (options, "{sv}", name, g_variant_new_string (text));
}

/**
 * beckon_messenger_add_account_async:
 * @self: a messenger
 * @signin_name: `name@domain`
 * @password: the password
 * @server: (nullable): address of the server, %NULL to find it from the sign-in name
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Adds an account that exists on the service, and signs in. An account that cannot sign in is not kept.
 */
void
beckon_messenger_add_account_async (BeckonMessenger *self, const char *signin_name, const char *password,
                                    const char *server, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (signin_name != NULL && password != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_task_set_source_tag (task, beckon_messenger_add_account_async);
  add_text_option (&options, "server", server);
  call_for_object (self, beckon_messenger_get_account_list (self), "AddAccount",
                   g_variant_new ("(ssa{sv})", signin_name, password, &options), task);
}

/**
 * beckon_messenger_add_account_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.add_account_async]. Errors: %BECKON_ERROR_ALREADY_LOGGED_ON,
 * %BECKON_ERROR_INVALID_PASSWORD, %BECKON_ERROR_CONNECT, %BECKON_ERROR_INVALID_SERVER_NAME, %BECKON_ERROR_TLS_FAIL,
 * %BECKON_ERROR_INVALID_CERTIFICATE, %BECKON_ERROR_SERVER_TOO_BUSY, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full): the account, online
 */
BeckonAccount *
beckon_messenger_add_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_messenger_create_account_async:
 * @self: a messenger
 * @signin_name: `name@domain`
 * @password: the password to be
 * @server: (nullable): address of the server, %NULL to find it from the sign-in name
 * @display_name: (nullable): the name that others see
 * @token: (nullable): invitation token, for a server that does not take everybody
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a new account on the service, adds it and signs in.
 */
void
beckon_messenger_create_account_async (BeckonMessenger *self, const char *signin_name, const char *password,
                                       const char *server, const char *display_name, const char *token,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (signin_name != NULL && password != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_task_set_source_tag (task, beckon_messenger_create_account_async);
  add_text_option (&options, "server", server);
  add_text_option (&options, "display-name", display_name);
  add_text_option (&options, "token", token);
  g_variant_builder_add (&options, "{sv}", "register", g_variant_new_boolean (TRUE));
  call_for_object (self, beckon_messenger_get_account_list (self), "AddAccount",
                   g_variant_new ("(ssa{sv})", signin_name, password, &options), task);
}

/**
 * beckon_messenger_create_account_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.create_account_async]. Errors: those of
 * [method@Messenger.add_account_finish], %BECKON_ERROR_ACCOUNT_EXISTS, %BECKON_ERROR_NOT_ALLOWING_NEW_USERS.
 *
 * Returns: (transfer full): the account, online
 */
BeckonAccount *
beckon_messenger_create_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_messenger_remove_account_async:
 * @self: a messenger
 * @account: one of its accounts
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Signs out and forgets the account's secret and local history. The account on the service stays.
 */
void
beckon_messenger_remove_account_async (BeckonMessenger *self, BeckonAccount *account, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (BECKON_IS_ACCOUNT (account));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_remove_account_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "RemoveAccount",
                           g_variant_new ("(o)", beckon_account_get_path (account)), task);
}

/**
 * beckon_messenger_remove_account_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.remove_account_async]. Errors: %BECKON_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_remove_account_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_invite_app_async:
 * @self: a messenger
 * @account: (nullable): the account that invites, %NULL for the primary one
 * @who: sign-in name of a contact
 * @guid: GUID of a registered application
 * @app_data: (nullable): at most 8192 bytes for the other program
 * @message: (nullable): what the user says with it, at most 512 bytes for the other person
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * The user invites a contact to an application (`InviteApp`). Finishes when the network took the invitation; once the
 * contact accepts, both sides start the application.
 */
void
beckon_messenger_invite_app_async (BeckonMessenger *self, BeckonAccount *account, const char *who, const char *guid,
                                   const char *app_data, const char *message, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));
  g_return_if_fail (who != NULL && guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *path = account != NULL ? beckon_account_get_path (account) : "/";
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_task_set_source_tag (task, beckon_messenger_invite_app_async);
  add_text_option (&options, "message", message);
  call_for_object (self, beckon_messenger_get_session_list (self), "InviteApp",
                   g_variant_new ("(osssa{sv})", path, who, guid, app_data != NULL ? app_data : "", &options), task);
}

/**
 * beckon_messenger_invite_app_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.invite_app_async]. Errors: those of [method@Session.invite_finish].
 *
 * Returns: (transfer full): the session
 */
BeckonSession *
beckon_messenger_invite_app_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_file_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), &error);
  const char *path;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  gpointer sessions = g_task_get_task_data (task);
  beckon_object_list_get (sessions, path, g_steal_pointer (&task));
}

/**
 * beckon_messenger_send_file_async:
 * @self: a messenger
 * @account: (nullable): the account that sends, %NULL for the primary one
 * @who: sign-in name of a contact
 * @fd: a regular file that is open for reading; it stays open here
 * @name: its name, 1 to 255 bytes, without slashes
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Sends a file, as a session of its own: the other person is asked, and [property@Session:transfer] tells how far it is.
 * Finishes when the network took the invitation.
 */
void
beckon_messenger_send_file_async (BeckonMessenger *self, BeckonAccount *account, const char *who, int fd,
                                  const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (account == NULL || BECKON_IS_ACCOUNT (account));
  g_return_if_fail (who != NULL && name != NULL && fd >= 0);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *path = account != NULL ? beckon_account_get_path (account) : "/";

  g_task_set_source_tag (task, beckon_messenger_send_file_async);
  g_task_set_task_data (task, g_object_ref (beckon_messenger_get_session_list (self)), g_object_unref);
  beckon_remote_call_fd_task (beckon_messenger_get_remote (self), "SendFile",
                              g_variant_new ("(oshsa{sv})", path, who, 0, name, NULL), fd, "(o)",
                              g_task_new (self, cancellable, on_file_sent, task));
}

/**
 * beckon_messenger_send_file_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.send_file_async]. Errors: those of [method@Session.invite_finish],
 * %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_LIMIT_EXCEEDED, %BECKON_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the session
 */
BeckonSession *
beckon_messenger_send_file_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * beckon_messenger_answer_pick_async:
 * @self: a messenger
 * @session: a session for which somebody is to be chosen, [property@Session:picking]
 * @who: (nullable): sign-in name of a contact of its account, %NULL if the user invites nobody
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * The user's answer to [signal@Messenger::pick-requested]. Finishes when it is known that the invitation can go out;
 * after an error the question stands, and somebody else may be chosen.
 */
void
beckon_messenger_answer_pick_async (BeckonMessenger *self, BeckonSession *session, const char *who,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (BECKON_IS_SESSION (session));

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_answer_pick_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "AnswerPick",
                           g_variant_new ("(os)", beckon_session_get_path (session), who != NULL ? who : ""), task);
}

/**
 * beckon_messenger_answer_pick_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.answer_pick_async]. Errors: %BECKON_ERROR_NOT_FOUND,
 * %BECKON_ERROR_SESSION_STATE_INVALID if nobody is to be chosen (any more), those of [method@Session.invite_finish].
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_answer_pick_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_dismiss_alert_async:
 * @self: a messenger
 * @id: id of an alert
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable): called when done
 * @user_data: for @callback
 *
 * The user has been shown an alert: it is not told again.
 */
void
beckon_messenger_dismiss_alert_async (BeckonMessenger *self, const char *id, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (id != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_dismiss_alert_async);
  beckon_remote_call_task (beckon_messenger_get_remote (self), "DismissAlert", g_variant_new ("(s)", id), task);
}

/**
 * beckon_messenger_dismiss_alert_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.dismiss_alert_async]. Errors: %BECKON_ERROR_NOT_FOUND when it was dismissed
 * before, %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_dismiss_alert_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_register_application_async:
 * @self: a messenger
 * @guid: a braced GUID
 * @name: 1 to 256 bytes
 * @url: (nullable): web page where the application can be had
 * @path: absolute path of the program, may be followed by arguments
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Registers an application for this user (`RegisterApplication`).
 */
void
beckon_messenger_register_application_async (BeckonMessenger *self, const char *guid, const char *name,
                                             const char *url, const char *path, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (guid != NULL && name != NULL && path != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_register_application_async);
  beckon_applications_register (beckon_messenger_get_registry (self), guid, name, url, path, task);
}

/**
 * beckon_messenger_register_application_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.register_application_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT,
 * %BECKON_ERROR_APP_ALREADY_REGISTERED, %BECKON_ERROR_STORAGE, %BECKON_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_register_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_unregister_application_async:
 * @self: a messenger
 * @guid: a braced GUID
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Takes an application out of the user's registry (`UnRegisterApplication`).
 */
void
beckon_messenger_unregister_application_async (BeckonMessenger *self, const char *guid, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));
  g_return_if_fail (guid != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_unregister_application_async);
  beckon_remote_call_task (beckon_messenger_get_registry (self), "UnRegisterApplication", g_variant_new ("(s)", guid),
                           task);
}

/**
 * beckon_messenger_unregister_application_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@Messenger.unregister_application_async]. Errors: %BECKON_ERROR_INVALID_ARGUMENT,
 * %BECKON_ERROR_APP_NOT_REGISTERED, %BECKON_ERROR_ACCESS_DENIED.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_unregister_application_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_dup_registry_warnings: (get-property registry-warnings)
 * @self: a messenger
 *
 * Gets a sentence for each registration file that had to be passed over.
 *
 * Returns: (transfer full) (array zero-terminated=1): the sentences
 */
char **
beckon_messenger_dup_registry_warnings (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  g_autofree const char *const *warnings = beckon_remote_get_strv (beckon_messenger_get_registry (self), "Warnings");
  return g_strdupv ((char **) warnings);
}

/**
 * beckon_messenger_get_host_programs: (get-property host-programs)
 * @self: a messenger
 *
 * Gets whether the programs of this computer can be offered where the session service is in a sandbox.
 *
 * Returns: how that stands
 */
BeckonHostPrograms
beckon_messenger_get_host_programs (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), BECKON_HOST_PROGRAMS_UNNEEDED);

  guint value = beckon_remote_get_uint (beckon_messenger_get_registry (self), "HostPrograms");
  return value <= BECKON_HOST_PROGRAMS_OFFERED ? (BeckonHostPrograms) value : BECKON_HOST_PROGRAMS_UNNEEDED;
}

/**
 * beckon_messenger_find_account:
 * @self: a messenger
 * @signin_name: a sign-in name
 *
 * Looks an account up.
 *
 * Returns: (transfer full) (nullable): the account, %NULL if there is none
 */
BeckonAccount *
beckon_messenger_find_account (BeckonMessenger *self, const char *signin_name)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);
  g_return_val_if_fail (signin_name != NULL, NULL);

  GListModel *accounts = beckon_messenger_get_accounts (self);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
      if (g_str_equal (beckon_account_get_signin_name (account), signin_name))
        return g_steal_pointer (&account);
    }
  return NULL;
}

/**
 * beckon_messenger_find_session:
 * @self: a messenger
 * @id: a SessionID
 *
 * Looks a session up.
 *
 * Returns: (transfer full) (nullable): the session, %NULL if there is none
 */
BeckonSession *
beckon_messenger_find_session (BeckonMessenger *self, const char *id)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  GListModel *sessions = beckon_messenger_get_sessions (self);
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (BeckonSession) session = g_list_model_get_item (sessions, i);
      if (g_ascii_strcasecmp (beckon_session_get_id (session), id) == 0)
        return g_steal_pointer (&session);
    }
  return NULL;
}

/**
 * beckon_messenger_find_application:
 * @self: a messenger
 * @guid: a braced GUID
 *
 * Looks a registered application up.
 *
 * Returns: (transfer full) (nullable): the application, %NULL if there is none
 */
BeckonApplication *
beckon_messenger_find_application (BeckonMessenger *self, const char *guid)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);
  g_return_val_if_fail (guid != NULL, NULL);

  GListModel *applications = beckon_messenger_get_applications (self);
  for (guint i = 0; i < g_list_model_get_n_items (applications); i++)
    {
      g_autoptr (BeckonApplication) application = g_list_model_get_item (applications, i);
      if (g_ascii_strcasecmp (beckon_application_get_guid (application), guid) == 0)
        return g_steal_pointer (&application);
    }
  return NULL;
}
