/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-host.h"

#include "beckon-error.h"
#include "bk-host-dbus.h"
#include "bk-host-order.h"
#include "bk-service-peer-host.h"
#include "bk-sockets.h"

#include <gio/gunixfdlist.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVICE "im.beckon.Beckon.Service"
#define MAX_PROGRAMS 256
#define BUS_TIMEOUT_MS 10000

struct _BkHost
{
  GObject parent_instance;

  GDBusConnection *connection;
  BkHostRegistrations *registrations;
  BkLauncher *launcher;
  char *runtime_dir;
  char *service; /* unique name of the one that is answered; NULL: there is none */
  GHashTable *running; /* id → Running, owned; those that are being started, too */
  guint32 last_id;
  guint object;
  guint subscription;
};

/* A program, from the call that starts it until its end. */
typedef struct
{
  guint32 id;
  BkHost *host; /* borrowed */
  char *session;
  gboolean invitee;
  BkProgram *program; /* NULL: it is being started */
  gulong handler;
  GDBusMethodInvocation *invocation; /* the call that is not answered yet */
  int output;
} Running;

static guint quiet_signal;

G_DEFINE_FINAL_TYPE (BkHost, bk_host, G_TYPE_OBJECT)

static void
running_free (Running *running)
{
  if (running->program != NULL)
    g_clear_signal_handler (&running->handler, running->program);
  g_clear_object (&running->program);
  g_clear_object (&running->invocation);
  if (running->output >= 0)
    close (running->output);
  g_free (running->session);
  g_free (running);
}

static void
tell (BkHost *self, const char *signal, GVariant *parameters)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  if (self->service != NULL)
    g_dbus_connection_emit_signal (self->connection, self->service, BK_PEER_HOST_PATH, BK_PEER_HOST_INTERFACE, signal,
                                   owned, NULL);
}

gboolean
bk_host_is_busy (BkHost *self)
{
  return g_hash_table_size (self->running) > 0;
}

gboolean
bk_host_is_served (BkHost *self)
{
  return self->service != NULL;
}

static void
forget (Running *running)
{
  g_autoptr (BkHost) self = g_object_ref (running->host);

  g_hash_table_remove (self->running, GUINT_TO_POINTER (running->id));
  if (!bk_host_is_busy (self))
    g_signal_emit (self, quiet_signal, 0);
}

/* ---- starting ---- */

static void
on_ended (BkProgram *program, gboolean failed, const char *reason, Running *running)
{
  tell (running->host, "Ended", g_variant_new ("(ubs)", running->id, failed, reason != NULL ? reason : ""));
  forget (running);
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Running *running = user_data;
  g_autoptr (BkHost) hold = g_object_ref (running->host);
  g_autoptr (GError) error = NULL;
  GDBusMethodInvocation *invocation = g_steal_pointer (&running->invocation);

  running->program = bk_launcher_launch_finish (BK_LAUNCHER (source), result, &error);
  if (running->program == NULL)
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      forget (running);
      return;
    }
  running->handler = g_signal_connect (running->program, "ended", G_CALLBACK (on_ended), running);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", running->id));
}

/* Its log and its private folder are named after the session: one of each side at a time. */
static gboolean
is_running (BkHost *self, const BkHostOrder *order)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Running *running = value;

      if (running->invitee == order->invitee && g_str_equal (running->session, order->session))
        return TRUE;
    }
  return FALSE;
}

/* What the program says goes to a file: no terminal, no socket, nothing that acts. */
static int
take_output (GDBusMethodInvocation *invocation, GError **error)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  g_autoptr (GVariant) handle = g_variant_get_child_value (g_dbus_method_invocation_get_parameters (invocation), 10);
  int index = g_variant_get_handle (handle);
  int fd = -1;
  struct stat info;

  if (fds != NULL && index >= 0 && index < g_unix_fd_list_get_length (fds))
    fd = g_unix_fd_list_get (fds, index, NULL);
  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    return fd;
  if (fd >= 0)
    close (fd);
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "The output is no regular file.");
  return -1;
}

static gboolean
check_room (BkHost *self, const BkHostOrder *order, GError **error)
{
  if (g_hash_table_size (self->running) >= MAX_PROGRAMS)
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED, "There are too many programs.");
  else if (is_running (self, order))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, "This session has its program already.");
  else
    return TRUE;
  return FALSE;
}

static void
start (BkHost *self, BkHostOrder *order, BkEngineApplication *application, const char *const *argv, int output,
       GDBusMethodInvocation *invocation)
{
  Running *running = g_new0 (Running, 1);
  BkLaunch launch = { .session = order->session,
                      .invitee = order->invitee,
                      .name = bk_engine_application_get_name (application),
                      .argv = argv,
                      .cookie = order->cookie,
                      .output = output };

  running->id = ++self->last_id;
  running->host = self;
  running->session = g_strdup (order->session);
  running->invitee = order->invitee;
  running->invocation = g_object_ref (invocation);
  running->output = output;
  g_hash_table_replace (self->running, GUINT_TO_POINTER (running->id), running);
  bk_launcher_launch_async (self->launcher, &launch, NULL, on_launched, running);
}

static gboolean
launch (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation, GError **error)
{
  g_autoptr (BkHostOrder) order = bk_host_order_read (arguments, error);
  g_autoptr (BkEngineApplication) application = NULL;
  g_auto (GStrv) argv = NULL;

  if (order == NULL || !check_room (self, order, error))
    return FALSE;
  application = bk_host_registrations_find (self->registrations, order->file);
  if (application == NULL)
    {
      g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED,
                           "The registration file is not there any more.");
      return FALSE;
    }
  argv = bk_host_order_make_command (order, application, self->runtime_dir, error);
  int output = argv != NULL ? take_output (invocation, error) : -1;
  if (output < 0)
    return FALSE;
  start (self, order, application, (const char *const *) argv, output, invocation);
  return TRUE;
}

static void
handle_launch (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (!launch (self, arguments, invocation, &error))
    g_dbus_method_invocation_return_gerror (g_object_ref (invocation), error);
  g_object_unref (invocation);
}

/* ---- the other methods ---- */

static Running *
find_running (BkHost *self, guint32 id)
{
  Running *running = g_hash_table_lookup (self->running, GUINT_TO_POINTER (id));

  return running != NULL && running->program != NULL ? running : NULL;
}

static void
handle_list_registrations (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, bk_host_registrations_list (self->registrations));
}

static void
handle_stop (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  gboolean at_once;
  guint32 id;

  g_variant_get (arguments, "(ub)", &id, &at_once);
  Running *running = find_running (self, id);
  if (running != NULL)
    bk_program_stop (running->program, at_once);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_list_sockets (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("at"));
  GHashTableIter iter;
  gpointer inode;
  guint32 id;

  g_variant_get (arguments, "(u)", &id);
  Running *running = find_running (self, id);
  if (running == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, BECKON_ERROR, BECKON_ERROR_NOT_FOUND, "It does not run.");
      return;
    }
  g_autoptr (GHashTable) inodes = bk_sockets_of_program (running->program);
  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL))
    g_variant_builder_add (&builder, "t", *(guint64 *) inode);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(at)", &builder));
}

static const struct
{
  const char *name;
  void (*handle) (BkHost *self, GVariant *arguments, GDBusMethodInvocation *invocation); /* takes @invocation */
} methods[] = {
  { "Launch", handle_launch },
  { "ListRegistrations", handle_list_registrations },
  { "ListSockets", handle_list_sockets },
  { "Stop", handle_stop },
};

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  BkHost *self = user_data;

  if (g_strcmp0 (sender, self->service) != 0)
    {
      g_dbus_method_invocation_return_error (invocation, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED,
                                             "Nobody but the owner of %s is answered.", SERVICE);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (method, methods[i].name))
      {
        methods[i].handle (self, arguments, invocation);
        return;
      }
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
        GError **error, gpointer user_data)
{
  return g_variant_new_uint32 (1); /* version, there is no other */
}

/* ---- whom it answers ---- */

static void
on_service_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                    const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (BkHost) self = g_object_ref (user_data);
  const char *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  g_free (self->service);
  self->service = *owner != '\0' ? g_strdup (owner) : NULL;
  if (self->service == NULL)
    g_signal_emit (self, quiet_signal, 0);
}

static void
on_registrations_changed (BkHost *self)
{
  tell (self, "RegistrationsChanged", NULL);
}

static gboolean
own_name (BkHost *self, GError **error)
{
  guint32 answer;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
    g_variant_new ("(su)", BK_PEER_HOST_NAME, 4 /* do not queue */), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE,
    BUS_TIMEOUT_MS, NULL, error);

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(u)", &answer);
  if (answer == 1)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "it is running already");
  return FALSE;
}

static const GDBusInterfaceVTable vtable = { on_call, on_get, NULL, { 0 } };

gboolean
bk_host_open (BkHost *self, GError **error)
{
  self->subscription = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    SERVICE, G_DBUS_SIGNAL_FLAGS_NONE, on_service_changed, self, NULL);
  g_autoptr (GVariant) owner = g_dbus_connection_call_sync (
    self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
    g_variant_new ("(s)", SERVICE), G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, NULL, NULL);
  if (owner != NULL)
    g_variant_get (owner, "(s)", &self->service);
  self->object = g_dbus_connection_register_object (self->connection, BK_PEER_HOST_PATH,
                                                    (GDBusInterfaceInfo *) &im_beckon_peer_host1_interface, &vtable,
                                                    self, NULL, error);
  if (self->object == 0 || !own_name (self, error))
    return FALSE;
  g_signal_emit (self, quiet_signal, 0);
  return TRUE;
}

/* ---- the object ---- */

static void
bk_host_dispose (GObject *object)
{
  BkHost *self = BK_HOST (object);

  if (self->object != 0)
    g_dbus_connection_unregister_object (self->connection, self->object);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->object = self->subscription = 0;
  g_hash_table_remove_all (self->running);
  G_OBJECT_CLASS (bk_host_parent_class)->dispose (object);
}

static void
bk_host_finalize (GObject *object)
{
  BkHost *self = BK_HOST (object);

  g_hash_table_unref (self->running);
  g_object_unref (self->connection);
  g_object_unref (self->registrations);
  g_object_unref (self->launcher);
  g_free (self->runtime_dir);
  g_free (self->service);
  G_OBJECT_CLASS (bk_host_parent_class)->finalize (object);
}

static void
bk_host_class_init (BkHostClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_host_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_host_finalize;
  quiet_signal = g_signal_new ("quiet", BK_TYPE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bk_host_init (BkHost *self)
{
  self->running = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) running_free);
}

BkHost *
bk_host_new (GDBusConnection *connection, BkHostRegistrations *registrations, BkLauncher *launcher,
             const char *runtime_dir)
{
  BkHost *self = g_object_new (BK_TYPE_HOST, NULL);

  self->connection = g_object_ref (connection);
  self->registrations = g_object_ref (registrations);
  self->launcher = g_object_ref (launcher);
  self->runtime_dir = g_strdup (runtime_dir);
  g_signal_connect_object (registrations, "changed", G_CALLBACK (on_registrations_changed), self, G_CONNECT_SWAPPED);
  return self;
}
