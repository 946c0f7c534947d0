/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-launcher.h"

#include "beckon-error.h"
#include "bk-limits.h"
#include "bk-service-directory.h"

#include <glib/gi18n-lib.h>

#define BUS_TIMEOUT_MS 10000

/* ---- the program ---- */

#define BK_TYPE_SERVICE_ACTIVATED (bk_service_activated_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceActivated, bk_service_activated, BK, SERVICE_ACTIVATED, GObject)

struct _BkServiceActivated
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *bus_name;
  char *owner; /* its unique name; NULL as long as the session is on its way */
  guint subscription;
};

static void bk_service_activated_iface_init (BkProgramInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceActivated, bk_service_activated, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, bk_service_activated_iface_init))

static void
unwatch (BkServiceActivated *self)
{
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
}

static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (BkServiceActivated) self = g_object_ref (user_data);
  const char *owner;

  if (self->owner == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  if (g_str_equal (owner, self->owner))
    return;
  unwatch (self);
  bk_program_emit_ended (BK_PROGRAM (self), FALSE, NULL);
}

static BkServiceActivated *
bk_service_activated_new (GDBusConnection *connection, const char *bus_name)
{
  BkServiceActivated *self = g_object_new (BK_TYPE_SERVICE_ACTIVATED, NULL);

  self->connection = g_object_ref (connection);
  self->bus_name = g_strdup (bus_name);
  self->subscription = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus", bus_name,
    G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self, NULL);
  return self;
}

/* The program belongs to whoever started it, and may have other sessions: it is told, never stopped. */
static void
bk_service_activated_stop (BkProgram *program, gboolean at_once)
{
}

static const char *
bk_service_activated_get_log (BkProgram *program)
{
  return NULL;
}

static gboolean
bk_service_activated_owns_process (BkProgram *program, guint pid)
{
  return FALSE;
}

static void
bk_service_activated_iface_init (BkProgramInterface *iface)
{
  iface->stop = bk_service_activated_stop;
  iface->get_log = bk_service_activated_get_log;
  iface->owns_process = bk_service_activated_owns_process;
}

static void
bk_service_activated_dispose (GObject *object)
{
  unwatch (BK_SERVICE_ACTIVATED (object));
  G_OBJECT_CLASS (bk_service_activated_parent_class)->dispose (object);
}

static void
bk_service_activated_finalize (GObject *object)
{
  BkServiceActivated *self = BK_SERVICE_ACTIVATED (object);

  g_object_unref (self->connection);
  g_free (self->bus_name);
  g_free (self->owner);
  G_OBJECT_CLASS (bk_service_activated_parent_class)->finalize (object);
}

static void
bk_service_activated_class_init (BkServiceActivatedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_activated_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_activated_finalize;
}

static void
bk_service_activated_init (BkServiceActivated *self)
{
}

/* ---- the launcher ---- */

struct _BkServiceActivator
{
  GObject parent_instance;

  GDBusConnection *connection;
};

static void bk_service_activator_iface_init (BkLauncherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceActivator, bk_service_activator, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bk_service_activator_iface_init))

static void
return_left (GTask *task)
{
  g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "%s", _("The program ended before it had its "
                                                                            "session."));
}

static void
on_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceActivated *program = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    {
      return_left (task);
      return;
    }
  g_variant_get (reply, "(s)", &program->owner);
  g_task_return_pointer (task, g_object_ref (program), g_object_unref);
}

static void
on_handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceActivated *program = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_autofree char *name = g_dbus_error_get_remote_error (error);

      /* Its words are not shown: nobody knows what is in them. */
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, _("%s did not take the session (%s)."),
                               program->bus_name, name != NULL ? name : _("no answer"));
      return;
    }
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_dbus_connection_call (program->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetNameOwner", g_variant_new ("(s)", program->bus_name), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, cancellable, on_owner, g_steal_pointer (&task));
}

static void
bk_service_activator_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceActivator *self = BK_SERVICE_ACTIVATOR (launcher);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = bk_service_directory_path (launch->bus_name);

  g_task_set_source_tag (task, bk_service_activator_launch_async);
  if (path == NULL)
    {
      g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "This is no bus name of a peer.");
      return;
    }
  g_task_set_task_data (task, bk_service_activated_new (self->connection, launch->bus_name), g_object_unref);
  g_dbus_connection_call (self->connection, launch->bus_name, path, "im.beckon.Peer1", "LaunchSession",
                          g_variant_new ("(sa{sv})", launch->cookie, NULL), G_VARIANT_TYPE_UNIT,
                          G_DBUS_CALL_FLAGS_NONE, BK_TIMEOUT_ACTIVATION_S * 1000, cancellable, on_handed_over,
                          g_steal_pointer (&task));
}

static BkProgram *
bk_service_activator_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_service_activator_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = bk_service_activator_launch_async;
  iface->launch_finish = bk_service_activator_launch_finish;
}

static void
bk_service_activator_finalize (GObject *object)
{
  g_object_unref (BK_SERVICE_ACTIVATOR (object)->connection);
  G_OBJECT_CLASS (bk_service_activator_parent_class)->finalize (object);
}

static void
bk_service_activator_class_init (BkServiceActivatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_activator_finalize;
}

static void
bk_service_activator_init (BkServiceActivator *self)
{
}

BkLauncher *
bk_service_activator_new (GDBusConnection *connection)
{
  BkServiceActivator *self = g_object_new (BK_TYPE_SERVICE_ACTIVATOR, NULL);

  self->connection = g_object_ref (connection);
  return BK_LAUNCHER (self);
}
