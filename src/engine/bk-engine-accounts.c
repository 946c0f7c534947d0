/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts that come and go, and the one that stands for all. */
#include "bk-engine-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bk-ids.h"
#include "bk-limits.h"

/* ---- adding: register, write down, sign in, keep; or back through all of it ---- */

typedef enum
{
  ADD_REGISTER,
  ADD_STORE,
  ADD_SIGN_IN,
  ADD_KEEP,
  ADD_DONE,
  UNDO_LEAVE,
  UNDO_SECRET,
  UNDO_STORE,
  UNDO_DONE,
} AddStep;

typedef struct
{
  AddStep step;
  char *sign_in_name;
  char *password;
  char *server;
  gboolean register_account;
  char *display_name;
  char *invitation_token;
  BkBackend *backend;
  BkEngineAccount *account; /* from STORE on */
  GError *error;            /* UNDO: why */
} Add;

static void
add_free (gpointer data)
{
  Add *add = data;

  if (add->password != NULL)
    explicit_bzero (add->password, strlen (add->password));
  g_free (add->password);
  g_free (add->sign_in_name);
  g_free (add->server);
  g_free (add->display_name);
  g_free (add->invitation_token);
  g_clear_object (&add->backend);
  g_clear_object (&add->account);
  g_clear_error (&add->error);
  g_free (add);
}

static void add_run (GTask *task_in);

/* Takes @task and @error: on to the next step, or to the first step back. */
static void
add_next (GTask *task, AddStep back, GError *error)
{
  Add *add = g_task_get_task_data (task);

  if (error == NULL)
    add->step++;
  else
    {
      add->step = back;
      add->error = error;
    }
  add_run (task);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkBackendRegister *network = BK_BACKEND_REGISTER (source);
  GError *error = NULL;

  BK_BACKEND_REGISTER_GET_IFACE (network)->register_finish (network, result, &error);
  add_next (user_data, UNDO_DONE, error);
}

static void
register_account (Add *add, GTask *task)
{
  BkSignIn account = {
    .sign_in_name = add->sign_in_name,
    .server = add->server,
    .password = add->password,
    .status = BECKON_STATUS_ONLINE,
  };

  if (!BK_IS_BACKEND_REGISTER (add->backend))
    {
      add_next (task, UNDO_DONE,
                g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED,
                                     _("Accounts cannot be created on this network.")));
      return;
    }
  BkBackendRegister *network = BK_BACKEND_REGISTER (add->backend);
  BK_BACKEND_REGISTER_GET_IFACE (network)->register_async (network, &account, add->display_name,
                                                           add->invitation_token, g_task_get_cancellable (task),
                                                           on_registered, task);
}

static void
on_row_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (BkHistoryAccount) stored = bk_engine_history_add_account_finish (self->history, result, &error);

  if (stored != NULL)
    {
      add->account = _bk_engine_make_account (self, add->backend, stored);
      g_ptr_array_add (self->adding, g_object_ref (add->account));
    }
  if (stored != NULL && self->state != BK_ENGINE_OPEN)
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_CANCELLED, _("The session service is shutting down."));
  add_next (task, stored != NULL ? UNDO_LEAVE : UNDO_DONE, error);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  bk_engine_account_sign_in_finish (BK_ENGINE_ACCOUNT (source), result, &error);
  add_next (user_data, UNDO_LEAVE, error);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Add *add = g_task_get_task_data (user_data);
  GError *error = NULL;

  bk_engine_account_keep_finish (add->account, result, &error);
  add_next (user_data, UNDO_LEAVE, error);
}

static void
on_left_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  bk_engine_account_leave_finish (BK_ENGINE_ACCOUNT (source), result, NULL);
  bk_engine_account_forget_avatars (BK_ENGINE_ACCOUNT (source));
  bk_engine_account_close (BK_ENGINE_ACCOUNT (source));
  add_next (user_data, UNDO_DONE, NULL);
}

static void
on_secret_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  bk_secrets_clear_finish (BK_SECRETS (source), result, NULL); /* there may have been none */
  add_next (user_data, UNDO_DONE, NULL);
}

static void
on_row_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkEngine *self = g_task_get_source_object (user_data);

  /* A row that was never kept is gone at the next start anyhow. */
  bk_engine_history_remove_account_finish (self->history, result, NULL);
  add_next (user_data, UNDO_DONE, NULL);
}

static void
on_identity_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  bk_secrets_clear_finish (BK_SECRETS (source), result, NULL); /* there may have been none */
}

static void
clear_secret (BkEngine *self, BkEngineAccount *account, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *key = bk_engine_account_dup_secret_key (account);
  g_autofree char *identity_key = bk_engine_account_dup_identity_key (account);

  bk_secrets_clear_async (self->secrets, identity_key, NULL, on_identity_cleared, NULL);
  bk_secrets_clear_async (self->secrets, key, NULL, callback, user_data);
}

static void
add_done (BkEngine *self, Add *add, GTask *task)
{
  g_ptr_array_remove (self->adding, add->account);
  _bk_engine_take_account (self, add->account);
  g_task_return_pointer (task, g_object_ref (add->account), g_object_unref);
  g_object_unref (task);
}

static void
undo_done (BkEngine *self, Add *add, GTask *task)
{
  if (add->account != NULL)
    g_ptr_array_remove (self->adding, add->account);
  g_hash_table_remove (self->names, add->sign_in_name);
  g_task_return_error (task, g_steal_pointer (&add->error));
  g_object_unref (task);
}

/* Takes @task. Exactly one branch runs, and each hands @task on. */
static void
add_run (GTask *task)
{
  BkEngine *self = g_task_get_source_object (task);
  Add *add = g_task_get_task_data (task);

  switch (add->step)
    {
    case ADD_REGISTER:
      register_account (add, task);
      break;
    case ADD_STORE:
      bk_engine_history_add_account_async (self->history, add->sign_in_name, add->server, on_row_added, task);
      break;
    case ADD_SIGN_IN:
      bk_engine_account_sign_in_async (add->account, add->password, g_task_get_cancellable (task), on_signed_in, task);
      break;
    case ADD_KEEP:
      bk_engine_account_keep_async (add->account, on_kept, task);
      break;
    case ADD_DONE:
      add_done (self, add, task);
      break;
    case UNDO_LEAVE:
      bk_engine_account_leave_async (add->account, BK_LEAVE_FORGET, NULL, on_left_again, task);
      break;
    case UNDO_SECRET:
      clear_secret (self, add->account, on_secret_cleared, task);
      break;
    case UNDO_STORE:
      bk_engine_history_remove_account_async (self->history, bk_engine_account_get_id (add->account), on_row_removed,
                                              task);
      break;
    case UNDO_DONE:
      undo_done (self, add, task);
      break;
    }
}

static gboolean
check_new_account (BkEngine *self, const BkEngineNewAccount *account, const char *name, GError **error)
{
  const char *password = account->password;

  if (name == NULL)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("A sign-in name looks like name@domain."));
  else if (password == NULL || *password == '\0' || strnlen (password, BK_LIMIT_PASSWORD + 1) > BK_LIMIT_PASSWORD
           || !g_utf8_validate (password, -1, NULL))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The password is empty or too long."));
  else if (account->display_name != NULL && *account->display_name != '\0'
           && !bk_text_is_valid (account->display_name, BK_LIMIT_DISPLAY_NAME, FALSE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                         _("The display name is too long or not one line."));
  else if (account->invitation_token != NULL && !bk_text_is_valid (account->invitation_token, BK_LIMIT_TOKEN, FALSE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, _("This is not an invitation token."));
  else if (account->server != NULL && !bk_text_is_valid (account->server, BK_LIMIT_ADDRESS, FALSE))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_SERVER_NAME,
                         _("This is not the address of a server."));
  else if (g_hash_table_contains (self->names, name))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_ALREADY_LOGGED_ON, _("This account has already been "
                                                                                "added."));
  else
    return TRUE;
  return FALSE;
}

static char *
dup_not_empty (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* The display name is that of a new account on the service; an account that exists has its own. */
void
bk_engine_add_account_async (BkEngine *self, const BkEngineNewAccount *account, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = bk_sign_in_name_normalize (account->sign_in_name);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_engine_add_account_async);
  g_task_set_check_cancellable (task, FALSE); /* an account that was added is handed out */
  if (!_bk_engine_check_open (self, task))
    return;
  if (!check_new_account (self, account, name, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  Add *add = g_new0 (Add, 1);
  add->step = account->register_account ? ADD_REGISTER : ADD_STORE;
  add->sign_in_name = g_strdup (name);
  add->password = g_strdup (account->password);
  add->server = dup_not_empty (account->server);
  add->display_name = dup_not_empty (account->display_name);
  add->invitation_token = dup_not_empty (account->invitation_token);
  add->backend = self->make_backend (self->make_backend_data);
  g_task_set_task_data (task, add, add_free);
  g_hash_table_add (self->names, g_steal_pointer (&name));
  add_run (g_steal_pointer (&task));
}

BkEngineAccount *
bk_engine_add_account_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the one that is used where none is named ---- */

/* The one that was chosen, else the first one that was added. */
BkEngineAccount *
bk_engine_get_primary_account (BkEngine *self)
{
  GListModel *accounts = G_LIST_MODEL (self->accounts);
  g_autoptr (BkEngineAccount) first = g_list_model_get_item (accounts, 0);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BkEngineAccount) account = g_list_model_get_item (accounts, i);

      if (bk_engine_account_get_id (account) == self->primary)
        return account; /* the list keeps it */
    }
  return first;
}

void
bk_engine_set_primary_account (BkEngine *self, BkEngineAccount *account)
{
  if (bk_engine_get_primary_account (self) == account)
    return;
  self->primary = bk_engine_account_get_id (account);
  bk_engine_history_set_primary (self->history, self->primary);
  g_signal_emit_by_name (self, "primary-changed");
}

/* ---- removing ---- */

static void
on_history_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (bk_engine_history_remove_account_finish (self->history, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_secret_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  BkEngineAccount *account = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!bk_secrets_clear_finish (BK_SECRETS (source), result, &error))
    g_warning ("The secret of a removed account could not be forgotten: %s", error->message);
  g_hash_table_remove (self->names, bk_engine_account_get_sign_in_name (account));
  bk_engine_history_remove_account_async (self->history, bk_engine_account_get_id (account), on_history_removed,
                                          g_steal_pointer (&task));
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkEngine *self = g_task_get_source_object (task);
  BkEngineAccount *account = g_task_get_task_data (task);
  GError *error = NULL;
  guint position;

  if (!bk_engine_account_leave_finish (account, result, &error)
      || !g_list_store_find (self->accounts, account, &position))
    {
      if (error == NULL)
        error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_FOUND, _("There is no such account."));
      g_task_return_error (task, error);
      return;
    }
  g_list_store_remove (self->accounts, position);
  bk_engine_sessions_drop_parts (self->sessions, bk_engine_account_get_id (account));
  bk_engine_account_forget_avatars (account);
  bk_engine_account_close (account);
  clear_secret (self, account, on_secret_removed, g_steal_pointer (&task));
}

void
bk_engine_remove_account_async (BkEngine *self, BkEngineAccount *account, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bk_engine_remove_account_async);
  g_task_set_task_data (task, g_object_ref (account), g_object_unref);
  if (!_bk_engine_check_open (self, task))
    return;
  if (!g_list_store_find (self->accounts, account, NULL))
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, _("There is no such account."));
      return;
    }
  bk_engine_account_leave_async (account, BK_LEAVE_FORGET, cancellable, on_left, g_steal_pointer (&task));
}

gboolean
bk_engine_remove_account_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- deleting: at the service, then here ---- */

static void
on_deleted_here (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bk_engine_remove_account_finish (BK_ENGINE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_deleted_there (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkBackendKeeping *network = BK_BACKEND_KEEPING (source);
  GError *error = NULL;

  if (BK_BACKEND_KEEPING_GET_IFACE (network)->finish (network, result, &error))
    bk_engine_remove_account_async (g_task_get_source_object (task), g_task_get_task_data (task), NULL,
                                    on_deleted_here, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

void
bk_engine_delete_account_async (BkEngine *self, BkEngineAccount *account, const char *password,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkBackend *backend = bk_engine_account_get_backend (account);

  g_task_set_source_tag (task, bk_engine_delete_account_async);
  g_task_set_check_cancellable (task, FALSE); /* what was deleted there is removed here */
  g_task_set_task_data (task, g_object_ref (account), g_object_unref);
  if (!_bk_engine_check_open (self, task))
    return;
  if (!BK_IS_BACKEND_KEEPING (backend))
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED,
                             _("Accounts cannot be deleted on this network."));
  else if (bk_engine_account_get_state (account) != BK_BACKEND_ONLINE)
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_DISCONNECTED, _("There is no connection."));
  else
    BK_BACKEND_KEEPING_GET_IFACE (backend)->remove_account_async (BK_BACKEND_KEEPING (backend), password, cancellable,
                                                                  on_deleted_there, g_steal_pointer (&task));
}

gboolean
bk_engine_delete_account_finish (BkEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
