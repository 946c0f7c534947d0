/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "beckon-remote-private.h"

#include "beckon-error.h"

#include <glib/gstdio.h>

struct _BeckonRemote
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *bus_name;
  char *owner; /* unique name of whoever has the object; NULL before it is known, and for what every run of the service
                * has at the same path */
  char *path;
  char *interface_name;
  GHashTable *values; /* property name → GVariant */
  guint properties_id;
  guint signals_id;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SIGNAL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BeckonRemote, beckon_remote, G_TYPE_OBJECT)

/* Takes @error and returns it as the library hands it out: the text without the bus's decoration, in our domain. */
GError *
beckon_remote_translate_error (GError *error)
{
  g_dbus_error_strip_remote_error (error);
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_error_free (error);
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "The session service is not installed");
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    {
      g_error_free (error);
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The session bus went away");
    }
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    {
      g_error_free (error);
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The session service went away");
    }
  return error;
}

static GVariant *
lookup (BeckonRemote *self, const char *name, const char *type)
{
  GVariant *value = g_hash_table_lookup (self->values, name);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? value : NULL;
}

const char *
beckon_remote_get_string (BeckonRemote *self, const char *name)
{
  GVariant *value = lookup (self, name, "s");

  if (value == NULL)
    value = lookup (self, name, "o");
  return value != NULL ? g_variant_get_string (value, NULL) : "";
}

guint
beckon_remote_get_uint (BeckonRemote *self, const char *name)
{
  GVariant *value = lookup (self, name, "u");

  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

gint64
beckon_remote_get_int64 (BeckonRemote *self, const char *name)
{
  GVariant *value = lookup (self, name, "x");

  return value != NULL ? g_variant_get_int64 (value) : 0;
}

gboolean
beckon_remote_get_boolean (BeckonRemote *self, const char *name)
{
  GVariant *value = lookup (self, name, "b");

  return value != NULL && g_variant_get_boolean (value);
}

/* Returns (transfer container): the strings belong to the property. */
const char *const *
beckon_remote_get_strv (BeckonRemote *self, const char *name)
{
  GVariant *value = lookup (self, name, "as");

  return value != NULL ? g_variant_get_strv (value, NULL) : (const char *const *) g_new0 (char *, 1);
}

GVariant *
beckon_remote_get_variant (BeckonRemote *self, const char *name, const char *type)
{
  return lookup (self, name, type);
}

GDBusConnection *
beckon_remote_get_connection (BeckonRemote *self)
{
  return self->connection;
}

const char *
beckon_remote_get_bus_name (BeckonRemote *self)
{
  return self->bus_name;
}

const char *
beckon_remote_get_path (BeckonRemote *self)
{
  return self->path;
}

/* Stores the members of an a{sv} and returns the names of those that are new or different. */
static GPtrArray *
store (BeckonRemote *self, GVariant *dictionary)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      GVariant *old = g_hash_table_lookup (self->values, name);

      if (old == NULL || !g_variant_equal (old, value))
        g_ptr_array_add (names, g_strdup (name));
      g_hash_table_insert (self->values, g_strdup (name), value);
    }
  g_ptr_array_add (names, NULL);
  return names;
}

/* Numbers in paths begin anew with every run of the service: what another run says about a path is about something
 * else. */
static gboolean
is_ours (BeckonRemote *self, const char *sender)
{
  return self->owner == NULL || g_strcmp0 (sender, self->owner) == 0;
}

static void
on_properties_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
                       const char *signal, GVariant *args, gpointer user_data)
{
  g_autoptr (BeckonRemote) self = g_object_ref (user_data);
  g_autoptr (GVariant) changed = NULL;

  if (!is_ours (self, sender) || !g_variant_is_of_type (args, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (args, 1);
  g_autoptr (GPtrArray) names = store (self, changed);
  if (names->len > 1)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, names->pdata);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface_name,
           const char *signal, GVariant *args, gpointer user_data)
{
  g_autoptr (BeckonRemote) self = g_object_ref (user_data);

  if (is_ours (self, sender))
    g_signal_emit (self, signals[SIGNAL_SIGNAL], 0, signal, args);
}

static void
subscribe (BeckonRemote *self)
{
  self->properties_id = g_dbus_connection_signal_subscribe (
    self->connection, self->bus_name, "org.freedesktop.DBus.Properties", "PropertiesChanged", self->path,
    self->interface_name, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
  self->signals_id
    = g_dbus_connection_signal_subscribe (self->connection, self->bus_name, self->interface_name, NULL, self->path,
                                          NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

/* What every run of the service has at the same path. */
static gboolean
is_fixed (const char *path)
{
  return g_str_equal (path, BECKON_OBJECT_PATH) || g_str_equal (path, BECKON_PRIVATE_PATH);
}

static GDBusMessage *
finish_get_all (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_autoptr (GDBusMessage) reply = g_dbus_connection_send_message_with_reply_finish (connection, result, error);

  if (reply == NULL || g_dbus_message_to_gerror (reply, error))
    return NULL;
  if (g_strcmp0 (g_dbus_message_get_signature (reply), "a{sv}") != 0)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The session service answered something else");
      return NULL;
    }
  return g_steal_pointer (&reply);
}

static void
on_got_all (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BeckonRemote *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GDBusMessage) reply = finish_get_all (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_task_return_error (task, beckon_remote_translate_error (error));
      return;
    }

  if (!is_fixed (self->path))
    self->owner = g_strdup (g_dbus_message_get_sender (reply));
  g_autoptr (GVariant) all = g_variant_get_child_value (g_dbus_message_get_body (reply), 0);
  g_ptr_array_unref (store (self, all));
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

void
beckon_remote_new_async (GDBusConnection *connection, const char *bus_name, const char *object_path,
                         const char *interface_name, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (connection, cancellable, callback, user_data);
  BeckonRemote *self = g_object_new (BECKON_TYPE_REMOTE, NULL);
  g_autoptr (GDBusMessage) question
    = g_dbus_message_new_method_call (bus_name, object_path, "org.freedesktop.DBus.Properties", "GetAll");

  g_task_set_source_tag (task, beckon_remote_new_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->connection = g_object_ref (connection);
  self->bus_name = g_strdup (bus_name);
  self->path = g_strdup (object_path);
  self->interface_name = g_strdup (interface_name);
  beckon_error_quark (); /* the bus must know our errors before the first one comes */

  /* Subscribed before asking: what changes in between is told after the reply and not lost. */
  subscribe (self);
  g_dbus_message_set_body (question, g_variant_new ("(s)", interface_name));
  g_dbus_connection_send_message_with_reply (connection, question, G_DBUS_SEND_MESSAGE_FLAGS_NONE, -1, NULL,
                                             cancellable, on_got_all, task);
}

BeckonRemote *
beckon_remote_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* To whom calls go: for an object of one run of the service to that run alone. */
static const char *
get_destination (BeckonRemote *self)
{
  return self->owner != NULL ? self->owner : self->bus_name;
}

/* Takes @error, of a call to @self. Somebody who had the object and is no more went away. */
static GError *
translate_call_error (BeckonRemote *self, GError *error)
{
  if (self->owner != NULL
      && (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
          || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)))
    {
      g_error_free (error);
      return g_error_new_literal (BECKON_ERROR, BECKON_ERROR_DISCONNECTED, "The session service went away");
    }
  return beckon_remote_translate_error (error);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, translate_call_error (g_task_get_source_object (task), error));
}

void
beckon_remote_call_async (BeckonRemote *self, const char *method, GVariant *args, const char *reply_type,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_remote_call_async);
  /* No time limit: signing in, or an invitation over a slow network, takes as long as the service lets it. */
  g_dbus_connection_call (self->connection, get_destination (self), self->path, self->interface_name, method, args,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, cancellable, on_called, task);
}

GVariant *
beckon_remote_call_finish (BeckonRemote *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The socket that @handle, an index into @fds, stands for. */
static GSocket *
take_socket (GUnixFDList *fds, int handle, GError **error)
{
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds))
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_PROTOCOL, "The session service answered without a socket");
      return NULL;
    }
  int fd = g_unix_fd_list_get (fds, handle, error);
  if (fd < 0)
    return NULL;
  GSocket *socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL)
    g_close (fd, NULL);
  return socket;
}

static void
on_called_for_socket (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  gint32 handle;

  if (reply == NULL)
    {
      g_task_return_error (task, translate_call_error (g_task_get_source_object (task), error));
      return;
    }
  g_variant_get (reply, "(h)", &handle);
  GSocket *socket = take_socket (fds, handle, &error);
  if (socket != NULL)
    g_task_return_pointer (task, socket, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
beckon_remote_call_socket_async (BeckonRemote *self, const char *method, GVariant *args, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, beckon_remote_call_socket_async);
  g_dbus_connection_call_with_unix_fd_list (self->connection, get_destination (self), self->path, self->interface_name,
                                            method, args, G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                                            NULL, cancellable, on_called_for_socket, task);
}

GSocket *
beckon_remote_call_socket_finish (BeckonRemote *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  BeckonRemote *remote; /* owned */
  GTask *task;          /* owned */
} TaskCall;

static TaskCall *
task_call_new (BeckonRemote *remote, GTask *task)
{
  TaskCall *call = g_new0 (TaskCall, 1);

  call->remote = g_object_ref (remote);
  call->task = task;
  return call;
}

static void
on_called_for_task (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree TaskCall *call = user_data;
  g_autoptr (BeckonRemote) self = call->remote;
  g_autoptr (GTask) task = call->task;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, translate_call_error (self, error));
}

void
beckon_remote_call_task (BeckonRemote *self, const char *method, GVariant *args, GTask *task)
{
  g_dbus_connection_call (self->connection, get_destination (self), self->path, self->interface_name, method, args,
                          G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, g_task_get_cancellable (task),
                          on_called_for_task, task_call_new (self, task));
}

static void
on_value (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = beckon_remote_call_finish (BECKON_REMOTE (source), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, g_variant_get_child_value (reply, 0), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
beckon_remote_call_value_task (BeckonRemote *self, const char *method, GVariant *args, const char *type, GTask *task)
{
  g_autofree char *reply_type = g_strdup_printf ("(%s)", type);

  beckon_remote_call_async (self, method, args, reply_type, g_task_get_cancellable (task), on_value, task);
}

static void
on_called_with_fd (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree TaskCall *call = user_data;
  g_autoptr (BeckonRemote) self = call->remote;
  g_autoptr (GTask) task = call->task;
  GError *error = NULL;
  GVariant *reply
    = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result, &error);

  if (reply == NULL)
    g_task_return_error (task, translate_call_error (self, error));
  else if (g_variant_n_children (reply) > 0)
    g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
  else
    {
      g_variant_unref (reply);
      g_task_return_boolean (task, TRUE);
    }
}

void
beckon_remote_call_fd_task (BeckonRemote *self, const char *method, GVariant *args, int fd, const char *reply_type,
                            GTask *task)
{
  g_autoptr (GVariant) arguments = g_variant_ref_sink (args);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GError *error = NULL;

  if (g_unix_fd_list_append (fds, fd, &error) < 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (self->connection, get_destination (self), self->path, self->interface_name,
                                            method, arguments,
                                            reply_type != NULL ? G_VARIANT_TYPE (reply_type) : G_VARIANT_TYPE_UNIT,
                                            G_DBUS_CALL_FLAGS_NONE, G_MAXINT, fds, g_task_get_cancellable (task),
                                            on_called_with_fd, task_call_new (self, task));
}

void
beckon_remote_set_task (BeckonRemote *self, const char *name, GVariant *value, GTask *task)
{
  g_dbus_connection_call (self->connection, get_destination (self), self->path, "org.freedesktop.DBus.Properties",
                          "Set", g_variant_new ("(ssv)", self->interface_name, name, value), G_VARIANT_TYPE_UNIT,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, g_task_get_cancellable (task), on_called_for_task,
                          task_call_new (self, task));
}

static void
beckon_remote_finalize (GObject *object)
{
  BeckonRemote *self = BECKON_REMOTE (object);

  if (self->properties_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->properties_id);
  if (self->signals_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signals_id);
  g_clear_object (&self->connection);
  g_free (self->bus_name);
  g_free (self->owner);
  g_free (self->path);
  g_free (self->interface_name);
  g_hash_table_unref (self->values);
  G_OBJECT_CLASS (beckon_remote_parent_class)->finalize (object);
}

static void
beckon_remote_class_init (BeckonRemoteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = beckon_remote_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BECKON_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SIGNAL] = g_signal_new ("signal", BECKON_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
beckon_remote_init (BeckonRemote *self)
{
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}
