/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-launcher.h"

#include "beckon-error.h"

#define BUS_TIMEOUT_MS 2000

struct _BkServiceLauncher
{
  GObject parent_instance;

  BkLauncher *scope;
  BkLauncher *subreaper;
  BkLauncher *activator; /* nullable */
  BkLauncher *host;      /* nullable */
  GDBusConnection *connection;
};

typedef struct
{
  char *session;
  gboolean invitee;
  char *name;
  char *cookie;
  GStrv argv;
  int output; /* borrowed */
} Order;

static void bk_service_launcher_iface_init (BkLauncherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceLauncher, bk_service_launcher, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bk_service_launcher_iface_init))

static void
order_free (Order *order)
{
  g_free (order->session);
  g_free (order->name);
  g_free (order->cookie);
  g_strfreev (order->argv);
  g_free (order);
}

static void
launch_with (BkLauncher *launcher, GTask *task_in, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = task_in;
  Order *order = g_task_get_task_data (task);
  BkLaunch launch = { .session = order->session,
                      .invitee = order->invitee,
                      .name = order->name,
                      .argv = (const char *const *) order->argv,
                      .cookie = order->cookie,
                      .output = order->output };
  GCancellable *cancellable = g_task_get_cancellable (task);

  bk_launcher_launch_async (launcher, &launch, cancellable, callback, g_steal_pointer (&task));
}

static void
on_last_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  BkProgram *program = bk_launcher_launch_finish (BK_LAUNCHER (source), result, &error);

  if (program != NULL)
    g_task_return_pointer (task, program, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_scope_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceLauncher *self = g_task_get_source_object (task);
  GError *error = NULL;
  BkProgram *program = bk_launcher_launch_finish (BK_LAUNCHER (source), result, &error);

  if (program != NULL)
    g_task_return_pointer (task, program, g_object_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      g_message ("No scope of systemd: %s", error->message);
      g_error_free (error);
      launch_with (self->subreaper, g_steal_pointer (&task), on_last_launched);
    }
  else
    g_task_return_error (task, error);
}

static void
on_systemd_looked_for (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceLauncher *self = g_task_get_source_object (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean there = FALSE;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (reply != NULL)
    g_variant_get (reply, "(b)", &there);
  launch_with (there ? self->scope : self->subreaper, g_steal_pointer (&task),
               there ? on_scope_launched : on_last_launched);
}

/* NULL: it is for us. */
static BkLauncher *
get_other (BkServiceLauncher *self, const BkLaunch *launch)
{
  if (launch->host != NULL)
    return self->host;
  return launch->bus_name != NULL ? self->activator : NULL;
}

static void
bk_service_launcher_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceLauncher *self = BK_SERVICE_LAUNCHER (launcher);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkLauncher *other = get_other (self, launch);

  g_return_if_fail (launch->host == NULL || self->host != NULL);
  g_task_set_source_tag (task, bk_service_launcher_launch_async);
  g_task_set_check_cancellable (task, FALSE); /* a program that runs must reach who asked for it */
  if (other != NULL)
    {
      bk_launcher_launch_async (other, launch, cancellable, on_last_launched, g_steal_pointer (&task));
      return;
    }
  Order *order = g_new0 (Order, 1);
  order->session = g_strdup (launch->session);
  order->invitee = launch->invitee;
  order->name = g_strdup (launch->name);
  order->cookie = g_strdup (launch->cookie);
  order->argv = g_strdupv ((char **) launch->argv);
  order->output = launch->output;
  g_task_set_task_data (task, order, (GDestroyNotify) order_free);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "NameHasOwner", g_variant_new ("(s)", BK_SERVICE_SYSTEMD), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, cancellable, on_systemd_looked_for,
                          g_steal_pointer (&task));
}

static BkProgram *
bk_service_launcher_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_service_launcher_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = bk_service_launcher_launch_async;
  iface->launch_finish = bk_service_launcher_launch_finish;
}

static void
bk_service_launcher_finalize (GObject *object)
{
  BkServiceLauncher *self = BK_SERVICE_LAUNCHER (object);

  g_object_unref (self->scope);
  g_object_unref (self->subreaper);
  g_clear_object (&self->activator);
  g_clear_object (&self->host);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (bk_service_launcher_parent_class)->finalize (object);
}

static void
bk_service_launcher_class_init (BkServiceLauncherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_launcher_finalize;
}

static void
bk_service_launcher_init (BkServiceLauncher *self)
{
}

BkLauncher *
bk_service_launcher_new (BkLauncher *scope, BkLauncher *subreaper, BkLauncher *activator, GDBusConnection *connection)
{
  BkServiceLauncher *self = g_object_new (BK_TYPE_SERVICE_LAUNCHER, NULL);

  self->scope = g_object_ref (scope);
  self->subreaper = g_object_ref (subreaper);
  g_set_object (&self->activator, activator);
  self->connection = g_object_ref (connection);
  return BK_LAUNCHER (self);
}

void
bk_service_launcher_set_host (BkServiceLauncher *self, BkLauncher *host)
{
  g_set_object (&self->host, host);
}
