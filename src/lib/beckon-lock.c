/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-lock-private.h"

#include "beckon-remote-private.h"

#define LOCK_INTERFACE "im.beckon.Lock1"

struct _BeckonLock
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *path;
  char *primary;
  GHashTable *statuses; /* sign-in name → BeckonLockStatus; absent: not initialized */
  GPtrArray *unlocks;   /* element-type GTask */
  GHashTable *keys;     /* sign-in name → key */
  guint signals_id;
};

enum
{
  PROP_0,
  PROP_STATUS,
  N_PROPS
};

enum
{
  SIGNAL_LOCK_ENABLE,
  SIGNAL_LOCK_CHALLENGE,
  SIGNAL_LOCK_RESULT,
  SIGNAL_STATUS_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BeckonLock, beckon_lock, G_TYPE_OBJECT)

GPtrArray *
beckon_lock_get_unlocks (BeckonLock *self)
{
  return self->unlocks;
}

GHashTable *
beckon_lock_get_keys (BeckonLock *self)
{
  return self->keys;
}

/* ---- statuses ---- */

/**
 * beckon_lock_get_account_status:
 * @self: a lock
 * @account: (nullable): sign-in name of an account, %NULL for the primary one
 *
 * Gets where Lock and Key stands for an account.
 *
 * Returns: the status
 */
BeckonLockStatus
beckon_lock_get_account_status (BeckonLock *self, const char *account)
{
  g_return_val_if_fail (BECKON_IS_LOCK (self), BECKON_LOCK_STATUS_NOT_INITIALIZED);

  guint status = GPOINTER_TO_UINT (g_hash_table_lookup (self->statuses, account != NULL ? account : self->primary));
  return status != 0 ? (BeckonLockStatus) status : BECKON_LOCK_STATUS_NOT_INITIALIZED;
}

/**
 * beckon_lock_get_status:
 * @self: a lock
 *
 * Gets where Lock and Key stands for the primary account (`Status`).
 *
 * Returns: the status
 */
BeckonLockStatus
beckon_lock_get_status (BeckonLock *self)
{
  return beckon_lock_get_account_status (self, NULL);
}

static gboolean
is_status (guint32 status)
{
  return status >= BECKON_LOCK_STATUS_NOT_INITIALIZED && status <= BECKON_LOCK_STATUS_DISABLED;
}

static void
set_status (BeckonLock *self, const char *account, BeckonLockStatus status)
{
  BeckonLockStatus before = beckon_lock_get_account_status (self, account);
  g_autofree char *copy = g_strdup (account);

  g_hash_table_replace (self->statuses, g_strdup (account), GUINT_TO_POINTER (status));
  if (status != BECKON_LOCK_STATUS_UNLOCKED)
    g_hash_table_remove (self->keys, account);
  if (status == before)
    return;
  if (g_str_equal (copy, self->primary))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
  g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0, status, copy);
}

void
beckon_lock_set_primary (BeckonLock *self, const char *account)
{
  if (g_str_equal (self->primary, account))
    return;
  g_free (self->primary);
  self->primary = g_strdup (account);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

void
beckon_lock_lost (BeckonLock *self)
{
  g_autoptr (BeckonLock) alive = g_object_ref (self);
  g_autofree char **accounts = (char **) g_hash_table_get_keys_as_array (self->statuses, NULL);
  g_auto (GStrv) names = g_strdupv (accounts);

  beckon_lock_unlocks_lost (self);
  for (gsize i = 0; names[i] != NULL; i++)
    set_status (self, names[i], BECKON_LOCK_STATUS_NOT_INITIALIZED);
  g_hash_table_remove_all (self->statuses);
}

/* ---- what the service tells ---- */

static void
on_challenge (BeckonLock *self, GVariant *args)
{
  const char *challenge, *account;
  gint32 cookie;

  g_variant_get (args, "(i&s&s)", &cookie, &challenge, &account);
  g_signal_emit (self, signals[SIGNAL_LOCK_CHALLENGE], 0, (int) cookie, challenge, account);
  beckon_lock_unlocks_challenge (self, cookie, challenge, account);
}

static void
on_result (BeckonLock *self, GVariant *args)
{
  const char *account;
  gboolean succeed;
  gint32 cookie;

  g_variant_get (args, "(ib&s)", &cookie, &succeed, &account);
  g_signal_emit (self, signals[SIGNAL_LOCK_RESULT], 0, (int) cookie, succeed, account);
  beckon_lock_unlocks_result (self, cookie, succeed, account);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
           const char *name, GVariant *args, gpointer user_data)
{
  g_autoptr (BeckonLock) self = g_object_ref (user_data);
  const char *account;
  gboolean enable;
  guint32 status;

  if (g_str_equal (name, "LockEnable") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(bs)")))
    {
      g_variant_get (args, "(b&s)", &enable, &account);
      g_signal_emit (self, signals[SIGNAL_LOCK_ENABLE], 0, enable, account);
    }
  else if (g_str_equal (name, "LockStatusChanged") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(us)")))
    {
      g_variant_get (args, "(u&s)", &status, &account);
      if (is_status (status))
        set_status (self, account, (BeckonLockStatus) status);
    }
  else if (g_str_equal (name, "LockChallenge") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(iss)")))
    on_challenge (self, args);
  else if (g_str_equal (name, "LockResult") && g_variant_is_of_type (args, G_VARIANT_TYPE ("(ibs)")))
    on_result (self, args);
}

/* ---- what is asked of the service ---- */

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, beckon_remote_translate_error (error));
}

void
beckon_lock_call_task (BeckonLock *self, const char *method, GVariant *args, GTask *task)
{
  g_dbus_connection_call (self->connection, BECKON_BUS_SESSIONS, self->path, LOCK_INTERFACE, method, args,
                          G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT,
                          g_task_get_cancellable (task), on_called, task);
}

/* ---- the object ---- */

BeckonLock *
beckon_lock_new (GDBusConnection *connection, const char *path)
{
  BeckonLock *self = g_object_new (BECKON_TYPE_LOCK, NULL);

  self->connection = g_object_ref (connection);
  self->path = g_strdup (path);
  self->signals_id
    = g_dbus_connection_signal_subscribe (connection, BECKON_BUS_SESSIONS, LOCK_INTERFACE, NULL, path, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  return self;
}

static void
beckon_lock_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, (int) beckon_lock_get_status (BECKON_LOCK (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
beckon_lock_finalize (GObject *object)
{
  BeckonLock *self = BECKON_LOCK (object);

  g_dbus_connection_signal_unsubscribe (self->connection, self->signals_id);
  g_object_unref (self->connection);
  g_free (self->path);
  g_free (self->primary);
  g_hash_table_unref (self->statuses);
  g_hash_table_unref (self->keys);
  g_ptr_array_unref (self->unlocks);
  G_OBJECT_CLASS (beckon_lock_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  const GType type = BECKON_TYPE_LOCK;

  /**
   * BeckonLock::lock-enable:
   * @self: the lock
   * @enable: whether anything is locked
   * @account: sign-in name of the account
   *
   * An account has signed in (`OnLockEnable`): from now on it can be unlocked, if that is needed.
   */
  signals[SIGNAL_LOCK_ENABLE] = g_signal_new ("lock-enable", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              2, G_TYPE_BOOLEAN, G_TYPE_STRING);
  /**
   * BeckonLock::lock-challenge:
   * @self: the lock
   * @cookie: that of [method@Lock.request_challenge_async]; 0 when the service asks again by itself
   * @challenge: the challenge
   * @account: sign-in name of the account
   *
   * A challenge arrived (`OnLockChallenge`). What [method@Lock.unlock_async] asked for, and what the service asks an
   * account that was unlocked with it, is answered already; else answer with [method@Lock.send_response_async].
   */
  signals[SIGNAL_LOCK_CHALLENGE] = g_signal_new ("lock-challenge", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * BeckonLock::lock-result:
   * @self: the lock
   * @cookie: that of the challenge
   * @succeed: whether it is unlocked
   * @account: sign-in name of the account
   *
   * The outcome arrived (`OnLockResult`).
   */
  signals[SIGNAL_LOCK_RESULT] = g_signal_new ("lock-result", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              3, G_TYPE_INT, G_TYPE_BOOLEAN, G_TYPE_STRING);
  /**
   * BeckonLock::status-changed:
   * @self: the lock
   * @status: the new status
   * @account: sign-in name of the account
   *
   * The status of an account moved (`OnLockStatusChanged`).
   */
  signals[SIGNAL_STATUS_CHANGED]
    = g_signal_new ("status-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    BECKON_TYPE_LOCK_STATUS, G_TYPE_STRING);
}

static void
beckon_lock_class_init (BeckonLockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = beckon_lock_get_property;
  object_class->finalize = beckon_lock_finalize;

  /**
   * BeckonLock:status:
   *
   * Where Lock and Key stands for the primary account (`Status`).
   */
  properties[PROP_STATUS]
    = g_param_spec_enum ("status", NULL, NULL, BECKON_TYPE_LOCK_STATUS, BECKON_LOCK_STATUS_NOT_INITIALIZED,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals ();
}

static void
beckon_lock_init (BeckonLock *self)
{
  self->primary = g_strdup ("");
  self->statuses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, beckon_lock_key_free);
  self->unlocks = g_ptr_array_new ();
}
