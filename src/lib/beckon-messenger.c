/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-messenger-private.h"

#include "beckon-account-private.h"
#include "beckon-applications-private.h"
#include "beckon-attachment-private.h"
#include "beckon-session-private.h"
#include "beckon-values-private.h"

#define MESSENGER_INTERFACE "im.beckon.Messenger1"
#define REGISTRY_INTERFACE "im.beckon.Registry1"

struct _BeckonMessenger
{
  GObject parent_instance;

  BeckonAttachment *attachment;
  BeckonRemote *remote;
  BeckonRemote *registry;
  BeckonObjectList *accounts;
  BeckonObjectList *sessions;
  GListStore *applications; /* element-type BeckonApplication */
  gboolean connected;
  guint n_loads;      /* only the newest decides whether a reconnect has failed */
  GPtrArray *waiting; /* element-type GTask, of reconnect_async; each with the GSource of its cancellable, or none */
  GCancellable *cancellable;
};

enum
{
  PROP_0,
  PROP_CONNECTED,
  PROP_ACCOUNTS,
  PROP_SESSIONS,
  PROP_APPLICATIONS,
  PROP_PRIMARY_ACCOUNT,
  PROP_SECRETS_WARNING,
  PROP_REGISTRY_WARNINGS,
  PROP_HOST_PROGRAMS,
  PROP_CONNECTION_SERVERS,
  PROP_CONNECTION_USER,
  PROP_SETTINGS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BeckonMessenger, beckon_messenger, G_TYPE_OBJECT)

BeckonRemote *
beckon_messenger_get_remote (BeckonMessenger *self)
{
  return self->remote;
}

BeckonRemote *
beckon_messenger_get_registry (BeckonMessenger *self)
{
  return self->registry;
}

BeckonObjectList *
beckon_messenger_get_account_list (BeckonMessenger *self)
{
  return self->accounts;
}

BeckonObjectList *
beckon_messenger_get_session_list (BeckonMessenger *self)
{
  return self->sessions;
}

GCancellable *
beckon_messenger_get_cancellable (BeckonMessenger *self)
{
  return self->cancellable;
}

/* ---- the object lists ---- */

/* The path of the primary account may be known before the account is there. */
static void
on_accounts_changed (GListModel *accounts, guint position, guint removed, guint added, BeckonMessenger *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRIMARY_ACCOUNT]);
}

static void
load_account (GDBusConnection *connection, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  beckon_account_load (connection, path, cancellable, callback, user_data);
}

static GObject *
load_account_finish (GAsyncResult *result, GError **error)
{
  return (GObject *) beckon_account_load_finish (result, error);
}

static void
load_session (GDBusConnection *connection, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  beckon_session_load (connection, BECKON_BUS_SERVICE, path, cancellable, callback, user_data);
}

static GObject *
load_session_finish (GAsyncResult *result, GError **error)
{
  return (GObject *) beckon_session_load_finish (result, error);
}

/* ---- waiting to be connected ---- */

/* Takes @task out of the list of those who wait. */
static GTask *
stop_waiting (BeckonMessenger *self, GTask *task)
{
  GSource *source = g_task_get_task_data (task);
  guint position;

  if (source != NULL)
    g_source_destroy (source);
  if (!g_ptr_array_find (self->waiting, task, &position))
    return NULL;
  return g_ptr_array_steal_index (self->waiting, position);
}

/* Tells those who wait by now; who asks again in that moment waits anew. */
static void
answer_waiting (BeckonMessenger *self, const GError *error)
{
  g_autoptr (BeckonMessenger) alive = g_object_ref (self);

  for (guint n = self->waiting->len; n > 0 && self->waiting->len > 0; n--)
    {
      g_autoptr (GTask) task = stop_waiting (self, self->waiting->pdata[0]);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static gboolean
on_waiter_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *waiter = user_data;
  g_autoptr (GTask) task = stop_waiting (g_task_get_source_object (waiter), waiter);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* ---- loading: remotes, Attach, then the three lists; the same when the service comes back ---- */

static void
set_connected (BeckonMessenger *self, gboolean connected)
{
  if (self->connected == connected)
    return;
  self->connected = connected;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}

static void
on_applications (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  set_connected (self, TRUE);
  answer_waiting (self, NULL);
  beckon_messenger_tell_alerts (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_sessions (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_applications, task);
  g_steal_pointer (&task);
  beckon_applications_follow (self->registry, self->applications, next);
}

static void
on_sessions_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_autoptr (GVariant) paths = g_variant_get_child_value (reply, 0);
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_sessions, task);
  g_steal_pointer (&task);
  beckon_object_list_reset (self->sessions, paths, next);
}

static void
on_accounts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_call_async (self->remote, "ListSessions", NULL, "(ao)", cancellable,
                            on_sessions_listed, g_steal_pointer (&task));
}

static void
on_accounts_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_autoptr (GVariant) paths = g_variant_get_child_value (reply, 0);
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_accounts, task);
  g_steal_pointer (&task);
  beckon_object_list_reset (self->accounts, paths, next);
}

static void
load_lists (BeckonMessenger *self, GTask *task)
{
  beckon_remote_call_async (self->remote, "ListAccounts", NULL, "(ao)", g_task_get_cancellable (task),
                            on_accounts_listed, task);
}

/* One that a call still holds must not go on telling. */
static void
drop_remote (BeckonMessenger *self, BeckonRemote **remote)
{
  if (*remote != NULL)
    g_signal_handlers_disconnect_by_data (*remote, self);
  g_clear_object (remote);
}

static void
on_registry_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BeckonRemote) registry = beckon_remote_new_finish (result, &error);

  if (registry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  drop_remote (self, &self->registry);
  self->registry = g_steal_pointer (&registry);
  beckon_messenger_hear_registry (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REGISTRY_WARNINGS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOST_PROGRAMS]);
  load_lists (self, g_steal_pointer (&task));
}

static void
on_messenger_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (BeckonRemote) remote = beckon_remote_new_finish (result, &error);

  if (remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  drop_remote (self, &self->remote);
  self->remote = g_steal_pointer (&remote);
  beckon_messenger_hear (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECRETS_WARNING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION_SERVERS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION_USER]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SETTINGS]);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_new_async (beckon_attachment_get_connection (self->attachment), BECKON_BUS_SERVICE, BECKON_OBJECT_PATH,
                           REGISTRY_INTERFACE, cancellable, on_registry_remote,
                           g_steal_pointer (&task));
}

/* Everything after Attach. TRUE through @task, consumed. */
static void
load (BeckonMessenger *self, GTask *task)
{
  beckon_remote_new_async (beckon_attachment_get_connection (self->attachment), BECKON_BUS_SERVICE, BECKON_OBJECT_PATH,
                           MESSENGER_INTERFACE, g_task_get_cancellable (task), on_messenger_remote, task);
}

static void
on_loaded_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BeckonMessenger *self = BECKON_MESSENGER (source);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("Could not read from the session service again: %s", error->message);
  if (GPOINTER_TO_UINT (user_data) == self->n_loads)
    answer_waiting (self, error);
}

static void
on_attached (BeckonAttachment *attachment, BeckonMessenger *self)
{
  if (self->remote != NULL) /* not the first time: that is driven by new_async */
    load (self, g_task_new (self, self->cancellable, on_loaded_again, GUINT_TO_POINTER (++self->n_loads)));
}

static void
on_lost (BeckonAttachment *attachment, BeckonMessenger *self)
{
  gboolean was_connected = self->connected;

  /* Whoever watches a list must be able to tell that it is empty because the service is away. */
  self->connected = FALSE;
  beckon_object_list_forget (self->accounts);
  beckon_object_list_forget (self->sessions);
  g_list_store_remove_all (self->applications);
  if (was_connected)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}

/* ---- construction ---- */

static void
on_first_load (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_first_attach (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessenger *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  GTask *next = g_task_new (self, g_task_get_cancellable (task), on_first_load, task);
  g_steal_pointer (&task);
  load (self, next);
}

static void
on_attachment (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (BeckonAttachment) attachment = beckon_attachment_new_finish (result, &error);

  if (attachment == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  BeckonMessenger *self = g_object_new (BECKON_TYPE_MESSENGER, NULL);
  GDBusConnection *connection = beckon_attachment_get_connection (attachment);
  g_task_set_task_data (task, self, g_object_unref);
  self->attachment = g_steal_pointer (&attachment);
  self->accounts = beckon_object_list_new (connection, BECKON_TYPE_ACCOUNT, load_account, load_account_finish);
  self->sessions = beckon_object_list_new (connection, BECKON_TYPE_SESSION, load_session, load_session_finish);
  g_signal_connect_object (beckon_object_list_get_model (self->accounts), "items-changed",
                           G_CALLBACK (on_accounts_changed), self, 0);
  g_signal_connect_object (self->attachment, "attached", G_CALLBACK (on_attached), self, 0);
  g_signal_connect_object (self->attachment, "lost", G_CALLBACK (on_lost), self, 0);

  GTask *next = g_task_new (self->attachment, g_task_get_cancellable (task), on_first_attach, task);
  g_steal_pointer (&task);
  beckon_attachment_start (self->attachment, next);
}

/**
 * beckon_messenger_new_async:
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Connects to the session service, starting it if need be, and reads accounts, sessions and applications. From then on
 * they are kept current, also when the service is restarted.
 */
void
beckon_messenger_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_messenger_new_async);
  beckon_attachment_new_async (BECKON_BUS_SERVICE, MESSENGER_INTERFACE, NULL, cancellable, on_attachment, task);
}

/**
 * beckon_messenger_new_finish: (constructor)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the outcome of [func@Messenger.new_async]. Errors: %BECKON_ERROR_NOT_FOUND when there is no session service,
 * those of GIO when there is no session bus.
 *
 * Returns: (transfer full): the messenger
 */
BeckonMessenger *
beckon_messenger_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- coming back ---- */

static void
on_reattached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BeckonMessenger) self = user_data;
  g_autoptr (GError) error = NULL;

  /* On success "attached" was told: everything is being read. */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    answer_waiting (self, error);
}

/**
 * beckon_messenger_reconnect_async:
 * @self: a messenger
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Starts the session service again if it is gone, and finishes when everything is read again. Without this call the
 * messenger waits until somebody else starts it. What the lists had before are other objects then.
 */
void
beckon_messenger_reconnect_async (BeckonMessenger *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER (self));

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gboolean first = self->waiting->len == 0;

  g_task_set_source_tag (task, beckon_messenger_reconnect_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->connected)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);
      g_task_set_task_data (task, source, (GDestroyNotify) g_source_unref);
      g_task_attach_source (task, source, G_SOURCE_FUNC (on_waiter_cancelled));
    }
  g_ptr_array_add (self->waiting, g_object_ref (task));
  if (first)
    beckon_attachment_start (self->attachment, g_task_new (self->attachment, self->cancellable, on_reattached,
                                                           g_object_ref (self)));
}

/**
 * beckon_messenger_reconnect_finish:
 * @self: a messenger
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the outcome of [method@Messenger.reconnect_async]. Errors: %BECKON_ERROR_NOT_FOUND when there is no session
 * service to start, %BECKON_ERROR_DISCONNECTED when it went away again or the session bus is gone, and what the bus says
 * when a program cannot be started.
 *
 * Returns: %TRUE if [property@Messenger:connected]
 */
gboolean
beckon_messenger_reconnect_finish (BeckonMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what it is ---- */

/**
 * beckon_messenger_get_connected:
 * @self: a messenger
 *
 * Gets whether the session service is there. The lists are empty while it is not.
 *
 * Returns: whether it is there
 */
gboolean
beckon_messenger_get_connected (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), FALSE);

  return self->connected;
}

/**
 * beckon_messenger_get_accounts:
 * @self: a messenger
 *
 * Gets the accounts (`Services`).
 *
 * Returns: (transfer none): a list of [class@Account]
 */
GListModel *
beckon_messenger_get_accounts (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  return beckon_object_list_get_model (self->accounts);
}

/**
 * beckon_messenger_get_sessions:
 * @self: a messenger
 *
 * Gets the sessions of all accounts, also those that ended a short while ago.
 *
 * Returns: (transfer none): a list of [class@Session]
 */
GListModel *
beckon_messenger_get_sessions (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  return beckon_object_list_get_model (self->sessions);
}

/**
 * beckon_messenger_get_applications:
 * @self: a messenger
 *
 * Gets the registered applications, ordered by name: what an Invite menu shows.
 *
 * Returns: (transfer none): a list of [class@Application]
 */
GListModel *
beckon_messenger_get_applications (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  return G_LIST_MODEL (self->applications);
}

/**
 * beckon_messenger_get_primary_account:
 * @self: a messenger
 *
 * Gets the account that is used where none is named.
 *
 * Returns: (transfer none) (nullable): the account, %NULL if there is none
 */
BeckonAccount *
beckon_messenger_get_primary_account (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  const char *path = beckon_remote_get_string (self->remote, "PrimaryAccount");
  GListModel *accounts = beckon_object_list_get_model (self->accounts);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (BeckonAccount) account = g_list_model_get_item (accounts, i);
      if (g_str_equal (beckon_account_get_path (account), path))
        return account; /* the list holds it */
    }
  return NULL;
}

/**
 * beckon_messenger_get_secrets_warning:
 * @self: a messenger
 *
 * Gets a sentence for the user when secrets are kept less safely than they should be.
 *
 * Returns: (transfer none): the sentence, empty if all is well
 */
const char *
beckon_messenger_get_secrets_warning (BeckonMessenger *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER (self), NULL);

  return beckon_remote_get_string (self->remote, "SecretsWarning");
}

static void
beckon_messenger_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  BeckonMessenger *self = BECKON_MESSENGER (object);

  switch (property_id)
    {
    case PROP_CONNECTED:
      g_value_set_boolean (value, self->connected);
      break;
    case PROP_ACCOUNTS:
      g_value_set_object (value, beckon_messenger_get_accounts (self));
      break;
    case PROP_SESSIONS:
      g_value_set_object (value, beckon_messenger_get_sessions (self));
      break;
    case PROP_APPLICATIONS:
      g_value_set_object (value, self->applications);
      break;
    case PROP_PRIMARY_ACCOUNT:
      g_value_set_object (value, beckon_messenger_get_primary_account (self));
      break;
    case PROP_SECRETS_WARNING:
      g_value_set_string (value, beckon_messenger_get_secrets_warning (self));
      break;
    case PROP_REGISTRY_WARNINGS:
      g_value_take_boxed (value, beckon_messenger_dup_registry_warnings (self));
      break;
    case PROP_HOST_PROGRAMS:
      g_value_set_enum (value, beckon_messenger_get_host_programs (self));
      break;
    case PROP_CONNECTION_SERVERS:
      g_value_take_boxed (value, beckon_messenger_dup_connection_servers (self));
      break;
    case PROP_SETTINGS:
      g_value_take_variant (value, beckon_messenger_dup_settings (self));
      break;
    case PROP_CONNECTION_USER:
      g_value_set_string (value, beckon_messenger_get_connection_user (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_messenger_dispose (GObject *object)
{
  BeckonMessenger *self = BECKON_MESSENGER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->accounts != NULL)
    g_object_run_dispose (G_OBJECT (self->accounts));
  if (self->sessions != NULL)
    g_object_run_dispose (G_OBJECT (self->sessions));
  g_clear_object (&self->accounts);
  g_clear_object (&self->sessions);
  g_clear_object (&self->remote);
  g_clear_object (&self->registry);
  g_clear_object (&self->attachment);
  g_clear_object (&self->applications);
  G_OBJECT_CLASS (beckon_messenger_parent_class)->dispose (object);
}

static void
beckon_messenger_finalize (GObject *object)
{
  g_ptr_array_unref (BECKON_MESSENGER (object)->waiting);
  g_object_unref (BECKON_MESSENGER (object)->cancellable);
  G_OBJECT_CLASS (beckon_messenger_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * BeckonMessenger:connected:
   *
   * Whether the session service is there.
   */
  properties[PROP_CONNECTED] = g_param_spec_boolean ("connected", NULL, NULL, FALSE, flags);
  /**
   * BeckonMessenger:accounts:
   *
   * The accounts, a list of [class@Account].
   */
  properties[PROP_ACCOUNTS] = g_param_spec_object ("accounts", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * BeckonMessenger:sessions:
   *
   * The sessions, a list of [class@Session].
   */
  properties[PROP_SESSIONS] = g_param_spec_object ("sessions", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * BeckonMessenger:applications:
   *
   * The registered applications, a list of [class@Application].
   */
  properties[PROP_APPLICATIONS] = g_param_spec_object ("applications", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * BeckonMessenger:primary-account:
   *
   * The account that is used where none is named.
   */
  properties[PROP_PRIMARY_ACCOUNT]
    = g_param_spec_object ("primary-account", NULL, NULL, BECKON_TYPE_ACCOUNT, flags);
  /**
   * BeckonMessenger:secrets-warning:
   *
   * A sentence for the user when secrets are kept less safely than they should be.
   */
  properties[PROP_SECRETS_WARNING] = g_param_spec_string ("secrets-warning", NULL, NULL, NULL, flags);
  /**
   * BeckonMessenger:registry-warnings: (getter dup_registry_warnings)
   *
   * A sentence for each registration file that had to be passed over.
   */
  properties[PROP_REGISTRY_WARNINGS]
    = g_param_spec_boxed ("registry-warnings", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * BeckonMessenger:host-programs:
   *
   * Whether the programs of this computer can be offered where the session service is in a sandbox.
   */
  properties[PROP_HOST_PROGRAMS] = g_param_spec_enum ("host-programs", NULL, NULL, BECKON_TYPE_HOST_PROGRAMS,
                                                      BECKON_HOST_PROGRAMS_UNNEEDED, flags);
  /**
   * BeckonMessenger:connection-servers: (getter dup_connection_servers)
   *
   * The STUN and TURN servers of the user's own.
   */
  properties[PROP_CONNECTION_SERVERS]
    = g_param_spec_boxed ("connection-servers", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * BeckonMessenger:connection-user:
   *
   * The user name for those of [property@Messenger:connection-servers] that are TURN servers.
   */
  properties[PROP_CONNECTION_USER] = g_param_spec_string ("connection-user", NULL, NULL, NULL, flags);
  /**
   * BeckonMessenger:settings: (getter dup_settings)
   *
   * What the user has settled for all accounts, an `a{sv}`.
   */
  properties[PROP_SETTINGS]
    = g_param_spec_variant ("settings", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
beckon_messenger_class_init (BeckonMessengerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = beckon_messenger_get_property;
  object_class->dispose = beckon_messenger_dispose;
  object_class->finalize = beckon_messenger_finalize;
  install_properties (object_class);

  /**
   * BeckonMessenger::invitation:
   * @self: the messenger
   * @session: the session, this side being the invitee
   *
   * An invitation arrived that no program took over: the user is to be asked.
   */
  g_signal_new ("invitation", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonMessenger::invitation-over:
   * @self: the messenger
   * @session: the session
   *
   * An invitation needs no answer any more.
   */
  g_signal_new ("invitation-over", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL,
                                                  NULL, NULL, G_TYPE_NONE, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonMessenger::pick-requested:
   * @self: the messenger
   * @session: the session, in state %BECKON_SESSION_STATE_READY
   *
   * A program wants to invite somebody: the user is to be asked whom. [method@Messenger.answer_pick_async] is the
   * answer.
   */
  g_signal_new ("pick-requested", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonMessenger::pick-over:
   * @self: the messenger
   * @session: the session
   *
   * Nobody is to be chosen any more.
   */
  g_signal_new ("pick-over", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, BECKON_TYPE_SESSION);
  /**
   * BeckonMessenger::notice:
   * @self: the messenger
   * @kind: what it is about, for programs
   * @text: a sentence for people
   * @session: (nullable): the session it is about
   *
   * There is something that the user should read.
   */
  g_signal_new ("notice", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING, G_TYPE_STRING, BECKON_TYPE_SESSION);
  /**
   * BeckonMessenger::alert-received:
   * @self: the messenger
   * @alert: what the operator tells
   *
   * The operator of a service tells something that the user is to see: now, or before this program was there. Whoever
   * has shown it calls [method@Messenger.dismiss_alert_async]; else it is told again to the next program that comes.
   */
  g_signal_new ("alert-received", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, BECKON_TYPE_ALERT);
  /**
   * BeckonMessenger::app-registered:
   * @self: the messenger
   * @guid: the GUID
   *
   * An application was registered (`OnAppRegistered`).
   */
  g_signal_new ("app-registered", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * BeckonMessenger::app-unregistered:
   * @self: the messenger
   * @guid: the GUID
   *
   * An application was unregistered (`OnAppUnRegistered`).
   */
  g_signal_new ("app-unregistered", BECKON_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
beckon_messenger_init (BeckonMessenger *self)
{
  self->applications = g_list_store_new (BECKON_TYPE_APPLICATION);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}
