/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-messenger-priv.h"

#include "beckon-attachment-private.h"
#include "beckon-lock-private.h"
#include "beckon-remote-private.h"
#include "beckon-values-private.h"

#define MANAGER_INTERFACE "im.beckon.SessionManager1"
#define PRIVATE_INTERFACE "im.beckon.MessengerPrivate1"

struct _BeckonMessengerPrivate
{
  GObject parent_instance;

  BeckonAttachment *attachment;
  BeckonRemote *manager; /* knows which account is the primary one */
  BeckonRemote *remote;
  BeckonLock *lock;
};

enum
{
  PROP_0,
  PROP_LOCK,
  N_PROPS
};

enum
{
  SIGNAL_ALERT_RECEIVED,
  SIGNAL_CONTACT_LIST_ADD,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BeckonMessengerPrivate, beckon_messenger_private, G_TYPE_OBJECT)

/* ---- what the service asks and tells ---- */

static gboolean
on_peer_call (BeckonAttachment *attachment, const char *method, GVariant *args, GDBusMethodInvocation *invocation,
              BeckonMessengerPrivate *self)
{
  gboolean enable = TRUE;

  if (!g_str_equal (method, "AlertReceived"))
    return FALSE;
  g_autoptr (GVariant) value = g_variant_get_child_value (args, 0);
  g_autoptr (BeckonAlert) alert = beckon_alert_new (value);
  g_signal_emit (self, signals[SIGNAL_ALERT_RECEIVED], 0, alert, &enable);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", enable));
  return TRUE;
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, BeckonMessengerPrivate *self)
{
  g_autoptr (GError) error = NULL;
  const char *error_name, *who;

  if (!g_str_equal (name, "ContactListAdd") || !g_variant_is_of_type (args, G_VARIANT_TYPE ("(ss)")))
    return;
  g_variant_get (args, "(&s&s)", &error_name, &who);
  if (*error_name != '\0')
    {
      error = g_dbus_error_new_for_dbus_error (error_name, "The request could not be sent");
      g_dbus_error_strip_remote_error (error);
    }
  g_signal_emit (self, signals[SIGNAL_CONTACT_LIST_ADD], 0, who, error);
}

static void
tell_primary (BeckonMessengerPrivate *self)
{
  beckon_lock_set_primary (self->lock, beckon_remote_get_string (self->manager, "MySigninName"));
}

static void
on_manager_changed (BeckonRemote *manager, const char *const *names, BeckonMessengerPrivate *self)
{
  tell_primary (self);
}

static void
on_lost (BeckonAttachment *attachment, BeckonMessengerPrivate *self)
{
  beckon_lock_lost (self->lock);
}

/* ---- the service came back: its primary account may be another one ---- */

static void
take_manager (BeckonMessengerPrivate *self, BeckonRemote *manager)
{
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);
  self->manager = manager;
  g_signal_connect_object (manager, "changed", G_CALLBACK (on_manager_changed), self, 0);
  tell_primary (self);
}

static void
on_manager_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BeckonMessengerPrivate) self = g_weak_ref_get (user_data);
  BeckonRemote *manager = beckon_remote_new_finish (result, NULL);

  g_weak_ref_clear (user_data);
  g_free (user_data);
  if (self == NULL || manager == NULL)
    g_clear_object (&manager);
  else
    take_manager (self, manager);
}

static void
on_attached_again (BeckonAttachment *attachment, BeckonMessengerPrivate *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  beckon_remote_new_async (beckon_attachment_get_connection (attachment), BECKON_BUS_SESSIONS, BECKON_OBJECT_PATH,
                           MANAGER_INTERFACE, NULL, on_manager_again, weak);
}

/* ---- construction: connection, two remotes, Attach ---- */

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessengerPrivate *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_signal_connect_object (self->attachment, "attached", G_CALLBACK (on_attached_again), self, 0);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessengerPrivate *self = g_task_get_task_data (task);
  GError *error = NULL;
  BeckonRemote *manager = beckon_remote_new_finish (result, &error);

  if (manager == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  take_manager (self, manager);
  GTask *next = g_task_new (self->attachment, g_task_get_cancellable (task), on_attached, task);
  g_steal_pointer (&task);
  beckon_attachment_start (self->attachment, next);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonMessengerPrivate *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->remote = beckon_remote_new_finish (result, &error);
  if (self->remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_signal_connect_object (self->remote, "signal", G_CALLBACK (on_signal), self, 0);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_new_async (G_DBUS_CONNECTION (source), BECKON_BUS_SESSIONS, BECKON_OBJECT_PATH, MANAGER_INTERFACE,
                           cancellable, on_manager, g_steal_pointer (&task));
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

  BeckonMessengerPrivate *self = g_object_new (BECKON_TYPE_MESSENGER_PRIVATE, NULL);
  GDBusConnection *connection = beckon_attachment_get_connection (attachment);
  g_task_set_task_data (task, self, g_object_unref);
  self->attachment = g_steal_pointer (&attachment);
  self->lock = beckon_lock_new (connection, BECKON_PRIVATE_PATH);
  g_signal_connect_object (self->attachment, "peer-call", G_CALLBACK (on_peer_call), self, 0);
  g_signal_connect_object (self->attachment, "lost", G_CALLBACK (on_lost), self, 0);
  GCancellable *cancellable = g_task_get_cancellable (task);
  beckon_remote_new_async (connection, BECKON_BUS_SESSIONS, BECKON_PRIVATE_PATH, PRIVATE_INTERFACE, cancellable,
                           on_remote, g_steal_pointer (&task));
}

/**
 * beckon_messenger_private_new_async:
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Connects to the session service, starting it if need be.
 */
void
beckon_messenger_private_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_messenger_private_new_async);
  beckon_attachment_new_async (BECKON_BUS_SESSIONS, MANAGER_INTERFACE, NULL, cancellable, on_attachment, task);
}

/**
 * beckon_messenger_private_new_finish: (constructor)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets the outcome of [func@MessengerPrivate.new_async]. Errors: %BECKON_ERROR_NOT_FOUND when there is no session
 * service, those of GIO when there is no session bus.
 *
 * Returns: (transfer full): the object
 */
BeckonMessengerPrivate *
beckon_messenger_private_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- public ---- */

/**
 * beckon_messenger_private_get_lock:
 * @self: a private messenger
 *
 * Gets what unlocks the rest of it. It is another lock than that of a session manager.
 *
 * Returns: (transfer none): the lock
 */
BeckonLock *
beckon_messenger_private_get_lock (BeckonMessengerPrivate *self)
{
  g_return_val_if_fail (BECKON_IS_MESSENGER_PRIVATE (self), NULL);

  return self->lock;
}

/**
 * beckon_messenger_private_enable_alert_events_async:
 * @self: a private messenger
 * @site_ids: (array length=n_site_ids) (nullable): the sites, at most 64; none: no alerts any more
 * @n_site_ids: how many
 * @account: (nullable): sign-in name of an account, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * From now on [signal@MessengerPrivate::alert-received] tells of alerts of these sites (`EnableAlertEvents`), instead
 * of those that were enabled before. It ends when the lock closes, and when the session service goes away.
 */
void
beckon_messenger_private_enable_alert_events_async (BeckonMessengerPrivate *self, const guint32 *site_ids,
                                                    gsize n_site_ids, const char *account, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER_PRIVATE (self));
  g_return_if_fail (site_ids != NULL || n_site_ids == 0);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GVariant *sites = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, site_ids, n_site_ids, sizeof (guint32));
  g_task_set_source_tag (task, beckon_messenger_private_enable_alert_events_async);
  beckon_remote_call_task (self->remote, "EnableAlertEvents",
                           g_variant_new ("(@au@a{sv})", sites, beckon_values_account_option (account)), task);
}

/**
 * beckon_messenger_private_enable_alert_events_finish:
 * @self: a private messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@MessengerPrivate.enable_alert_events_async]. Errors: %BECKON_ERROR_API_LOCKED,
 * %BECKON_ERROR_INVALID_ARGUMENT, %BECKON_ERROR_LIMIT_EXCEEDED, %BECKON_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE on success
 */
gboolean
beckon_messenger_private_enable_alert_events_finish (BeckonMessengerPrivate *self, GAsyncResult *result,
                                                     GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * beckon_messenger_private_add_contact_async:
 * @self: a private messenger
 * @signin_name: whom to ask
 * @service: (nullable): sign-in name of an account, %NULL for the primary one
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks somebody to become a contact, without any window (`AddContact`). The outcome comes by
 * [signal@MessengerPrivate::contact-list-add], also when @signin_name is none. A program may do so 10 times, then once
 * a minute.
 */
void
beckon_messenger_private_add_contact_async (BeckonMessengerPrivate *self, const char *signin_name, const char *service,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_return_if_fail (BECKON_IS_MESSENGER_PRIVATE (self));
  g_return_if_fail (signin_name != NULL);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, beckon_messenger_private_add_contact_async);
  beckon_remote_call_task (self->remote, "AddContact",
                           g_variant_new ("(ssa{sv})", signin_name, service != NULL ? service : "", NULL), task);
}

/**
 * beckon_messenger_private_add_contact_finish:
 * @self: a private messenger
 * @result: what the callback was given
 * @error: return location for a [error@Error]
 *
 * Gets the outcome of [method@MessengerPrivate.add_contact_async]. Errors: %BECKON_ERROR_API_LOCKED,
 * %BECKON_ERROR_NOT_LOGGED_ON, %BECKON_ERROR_NOT_FOUND, %BECKON_ERROR_SERVER_TOO_BUSY,
 * %BECKON_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if the outcome will be told
 */
gboolean
beckon_messenger_private_add_contact_finish (BeckonMessengerPrivate *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the object ---- */

static void
beckon_messenger_private_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_LOCK:
      g_value_set_object (value, BECKON_MESSENGER_PRIVATE (object)->lock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_messenger_private_dispose (GObject *object)
{
  BeckonMessengerPrivate *self = BECKON_MESSENGER_PRIVATE (object);

  if (self->lock != NULL)
    beckon_lock_lost (self->lock); /* the attachment was what it hung on */
  g_clear_object (&self->lock);
  g_clear_object (&self->remote);
  g_clear_object (&self->manager);
  g_clear_object (&self->attachment);
  G_OBJECT_CLASS (beckon_messenger_private_parent_class)->dispose (object);
}

static gboolean
default_alert_received (BeckonMessengerPrivate *self, BeckonAlert *alert)
{
  return TRUE;
}

static void
install_signals (void)
{
  const GType type = BECKON_TYPE_MESSENGER_PRIVATE;

  /**
   * BeckonMessengerPrivate::alert-received:
   * @self: the private messenger
   * @alert: what the operator tells
   *
   * An alert of an enabled site arrived (`OnAlertReceived`).
   *
   * Returns: %TRUE to let Beckon show it to the user, %FALSE to stop that
   */
  signals[SIGNAL_ALERT_RECEIVED] = g_signal_new_class_handler (
    "alert-received", type, G_SIGNAL_RUN_LAST, G_CALLBACK (default_alert_received), beckon_values_stop_at_false, NULL,
    NULL, G_TYPE_BOOLEAN, 1, BECKON_TYPE_ALERT);
  /**
   * BeckonMessengerPrivate::contact-list-add:
   * @self: the private messenger
   * @signin_name: that of [method@MessengerPrivate.add_contact_async]
   * @error: (nullable): why the request was not sent, %NULL if it was
   *
   * The outcome of a request (`OnContactListAdd`). Errors: %BECKON_ERROR_INVALID_ARGUMENT,
   * %BECKON_ERROR_USER_NOT_FOUND, %BECKON_ERROR_ALREADY_IN_LIST, %BECKON_ERROR_LIST_FULL,
   * %BECKON_ERROR_SERVER_TOO_BUSY, %BECKON_ERROR_DISCONNECTED.
   */
  signals[SIGNAL_CONTACT_LIST_ADD] = g_signal_new ("contact-list-add", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
beckon_messenger_private_class_init (BeckonMessengerPrivateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = beckon_messenger_private_get_property;
  object_class->dispose = beckon_messenger_private_dispose;

  /**
   * BeckonMessengerPrivate:lock:
   *
   * What unlocks it.
   */
  properties[PROP_LOCK]
    = g_param_spec_object ("lock", NULL, NULL, BECKON_TYPE_LOCK, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals ();
}

static void
beckon_messenger_private_init (BeckonMessengerPrivate *self)
{
}
