/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs outside of the sandbox that we are in: beckon-peer-host starts them there. It is told which registration and
 * what stands for its field codes, never a command line. */
#include "bk-service-launcher.h"

#include "beckon-error.h"
#include "bk-ids.h"
#include "bk-limits.h"
#include "bk-service-peer-host.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define LAUNCH_TIMEOUT_MS 30000
#define CALL_TIMEOUT_MS 5000
#define MAX_SOCKETS 4096

struct _BkServiceHostLauncher
{
  GObject parent_instance;

  const BkServicePlaces *places;
  GDBusConnection *connection;
  GHashTable *programs; /* id → BkServiceHosted, owned: until they have ended */
  guint subscriptions[2];
};

#define BK_TYPE_SERVICE_HOSTED (bk_service_hosted_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceHosted, bk_service_hosted, BK, SERVICE_HOSTED, GObject)

struct _BkServiceHosted
{
  GObject parent_instance;

  GDBusConnection *connection;
  char *owner; /* who started it; NULL before the start and after the end */
  guint32 id;
  char *log;
  GHashTable *sockets; /* set of guint64: as they were when they were last asked for */
  gboolean asking;
};

static void bk_service_hosted_iface_init (BkProgramInterface *iface);
static void bk_service_host_launcher_iface_init (BkLauncherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceHosted, bk_service_hosted, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, bk_service_hosted_iface_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceHostLauncher, bk_service_host_launcher, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bk_service_host_launcher_iface_init))

/* ---- the program ---- */

static void
call_host (BkServiceHosted *self, const char *method, GVariant *arguments, const char *type,
           GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, BK_PEER_HOST_NAME, BK_PEER_HOST_PATH, BK_PEER_HOST_INTERFACE, method,
                          arguments, G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL,
                          callback, callback != NULL ? g_object_ref (self) : NULL);
}

static void
bk_service_hosted_stop (BkProgram *program, gboolean at_once)
{
  BkServiceHosted *self = BK_SERVICE_HOSTED (program);

  if (self->owner != NULL)
    call_host (self, "Stop", g_variant_new ("(ub)", self->id, at_once), "()", NULL);
}

static const char *
bk_service_hosted_get_log (BkProgram *program)
{
  return BK_SERVICE_HOSTED (program)->log;
}

/* Numbers of processes outside mean nothing in here. */
static gboolean
bk_service_hosted_owns_process (BkProgram *program, guint pid)
{
  return FALSE;
}

static void
on_sockets (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceHosted) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) list = NULL;
  gsize n = 0;

  self->asking = FALSE;
  if (reply == NULL)
    return;
  list = g_variant_get_child_value (reply, 0);
  const guint64 *inodes = g_variant_get_fixed_array (list, &n, sizeof (guint64));
  g_hash_table_remove_all (self->sockets);
  for (gsize i = 0; i < MIN (n, MAX_SOCKETS); i++)
    g_hash_table_add (self->sockets, g_memdup2 (&inodes[i], sizeof inodes[i]));
}

/* Whoever waits for one that listens looks again and again: the next look sees what is asked for now. */
static GHashTable *
bk_service_hosted_dup_sockets (BkProgram *program)
{
  BkServiceHosted *self = BK_SERVICE_HOSTED (program);
  GHashTable *copy = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer inode;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &inode, NULL))
    g_hash_table_add (copy, g_memdup2 (inode, sizeof (guint64)));
  if (self->owner != NULL && !self->asking)
    {
      self->asking = TRUE;
      call_host (self, "ListSockets", g_variant_new ("(u)", self->id), "(at)", on_sockets);
    }
  return copy;
}

static void
bk_service_hosted_iface_init (BkProgramInterface *iface)
{
  iface->stop = bk_service_hosted_stop;
  iface->get_log = bk_service_hosted_get_log;
  iface->owns_process = bk_service_hosted_owns_process;
  iface->dup_sockets = bk_service_hosted_dup_sockets;
}

static void
bk_service_hosted_finalize (GObject *object)
{
  BkServiceHosted *self = BK_SERVICE_HOSTED (object);

  g_object_unref (self->connection);
  g_hash_table_unref (self->sockets);
  g_free (self->owner);
  g_free (self->log);
  G_OBJECT_CLASS (bk_service_hosted_parent_class)->finalize (object);
}

static void
bk_service_hosted_class_init (BkServiceHostedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_hosted_finalize;
}

static void
bk_service_hosted_init (BkServiceHosted *self)
{
  self->sockets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/* ---- how it ends ---- */

static void
end (BkServiceHostLauncher *self, BkServiceHosted *program, gboolean failed, const char *reason)
{
  g_autoptr (BkServiceHosted) hold = g_object_ref (program);

  g_clear_pointer (&program->owner, g_free);
  g_hash_table_remove (self->programs, GUINT_TO_POINTER (program->id));
  bk_program_emit_ended (BK_PROGRAM (program), failed, reason);
}

static void
on_ended (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer user_data)
{
  BkServiceHostLauncher *self = user_data;
  const char *reason;
  gboolean failed;
  guint32 id;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ubs)")))
    return;
  g_variant_get (parameters, "(ub&s)", &id, &failed, &reason);
  BkServiceHosted *program = g_hash_table_lookup (self->programs, GUINT_TO_POINTER (id));
  if (program != NULL && g_strcmp0 (program->owner, sender) == 0)
    end (self, program, failed, failed && bk_text_is_valid (reason, BK_LIMIT_ERROR_TEXT, FALSE) ? reason : NULL);
}

/* What becomes of the programs of one that is gone, nobody will say. */
static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceHostLauncher *self = user_data;
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_object_unref);
  const char *owner = "";
  GHashTableIter iter;
  gpointer program;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  g_hash_table_iter_init (&iter, self->programs);
  while (g_hash_table_iter_next (&iter, NULL, &program))
    if (g_strcmp0 (((BkServiceHosted *) program)->owner, owner) != 0)
      g_ptr_array_add (left, g_object_ref (program));
  for (guint i = 0; i < left->len; i++)
    end (self, g_ptr_array_index (left, i), TRUE, _("The program that starts programs of this computer for Beckon, "
                                                        "beckon-peer-host, has ended."));
}

/* ---- the launcher ---- */

static void
return_error (GTask *task, GError *error_in)
{
  g_autoptr (GError) error = error_in;

  g_dbus_error_strip_remote_error (error);
  if (error->domain == BECKON_ERROR && bk_text_is_valid (error->message, BK_LIMIT_ERROR_TEXT, FALSE))
    g_task_return_error (task, g_steal_pointer (&error));
  else /* its words are not shown: nobody knows what is in them */
    g_task_return_new_error (task, BECKON_ERROR, BECKON_ERROR_FAILED, "%s",
                             _("It could not be started by beckon-peer-host, which starts the programs of this computer "
                               "for Beckon."));
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceHostLauncher *self = g_task_get_source_object (task);
  BkServiceHosted *program = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply
    = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL || g_dbus_message_to_gerror (reply, &error))
    {
      return_error (task, g_steal_pointer (&error));
      return;
    }
  GVariant *body = g_dbus_message_get_body (reply);
  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(u)")))
    {
      return_error (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no answer"));
      return;
    }
  g_variant_get (body, "(u)", &program->id);
  program->owner = g_strdup (g_dbus_message_get_sender (reply));
  g_hash_table_replace (self->programs, GUINT_TO_POINTER (program->id), g_object_ref (program));
  g_task_return_pointer (task, g_object_ref (program), g_object_unref);
}

/* What is in our runtime folder is in that of the other side as well, but perhaps elsewhere. */
static const char *
get_relative (const char *path)
{
  const char *base = g_get_user_runtime_dir ();

  if (path == NULL)
    return "";
  return g_str_has_prefix (path, base) && path[strlen (base)] == '/' ? path + strlen (base) + 1 : path;
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static GDBusMessage *
make_call (const BkLaunch *launch, int output, GError **error)
{
  const BkHostLaunch *host = launch->host;
  g_autoptr (GDBusMessage) call
    = g_dbus_message_new_method_call (BK_PEER_HOST_NAME, BK_PEER_HOST_PATH, BK_PEER_HOST_INTERFACE, "Launch");
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int index = g_unix_fd_list_append (fds, output, error);

  if (index < 0)
    return NULL;
  g_dbus_message_set_unix_fd_list (call, fds);
  g_dbus_message_set_body (call, g_variant_new (BK_PEER_HOST_LAUNCH_TYPE, host->registration, (guint32) host->command,
                                                launch->session, launch->invitee, or_empty (launch->cookie),
                                                or_empty (host->address), host->port, get_relative (host->path),
                                                or_empty (host->own_name), or_empty (host->other_name), index));
  return g_steal_pointer (&call);
}

static void
bk_service_host_launcher_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceHostLauncher *self = BK_SERVICE_HOST_LAUNCHER (launcher);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BkServiceHosted *program = g_object_new (BK_TYPE_SERVICE_HOSTED, NULL);
  g_autoptr (GDBusMessage) call = NULL;
  GError *error = NULL;

  program->connection = g_object_ref (self->connection);
  g_task_set_source_tag (task, bk_service_host_launcher_launch_async);
  g_task_set_check_cancellable (task, FALSE); /* a program that runs must reach who asked for it */
  g_task_set_task_data (task, program, g_object_unref);
  int output = bk_service_spawn_open_log (self->places, launch, &program->log, &error);
  if (output >= 0)
    {
      call = make_call (launch, output, &error);
      close (output);
    }
  if (call == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_dbus_connection_send_message_with_reply (self->connection, call, G_DBUS_SEND_MESSAGE_FLAGS_NONE, LAUNCH_TIMEOUT_MS,
                                             NULL, NULL, on_launched, g_steal_pointer (&task));
}

static BkProgram *
bk_service_host_launcher_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_service_host_launcher_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = bk_service_host_launcher_launch_async;
  iface->launch_finish = bk_service_host_launcher_launch_finish;
}

static void
bk_service_host_launcher_dispose (GObject *object)
{
  BkServiceHostLauncher *self = BK_SERVICE_HOST_LAUNCHER (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
  memset (self->subscriptions, 0, sizeof self->subscriptions);
  G_OBJECT_CLASS (bk_service_host_launcher_parent_class)->dispose (object);
}

static void
bk_service_host_launcher_finalize (GObject *object)
{
  BkServiceHostLauncher *self = BK_SERVICE_HOST_LAUNCHER (object);

  g_hash_table_unref (self->programs);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (bk_service_host_launcher_parent_class)->finalize (object);
}

static void
bk_service_host_launcher_class_init (BkServiceHostLauncherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_host_launcher_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_host_launcher_finalize;
}

static void
bk_service_host_launcher_init (BkServiceHostLauncher *self)
{
  self->programs = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_object_unref);
}

/* @places outlives the launcher. */
BkLauncher *
bk_service_host_launcher_new (const BkServicePlaces *places, GDBusConnection *connection)
{
  BkServiceHostLauncher *self = g_object_new (BK_TYPE_SERVICE_HOST_LAUNCHER, NULL);

  self->places = places;
  self->connection = g_object_ref (connection);
  self->subscriptions[0]
    = g_dbus_connection_signal_subscribe (connection, BK_PEER_HOST_NAME, BK_PEER_HOST_INTERFACE, "Ended",
                                          BK_PEER_HOST_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_ended, self, NULL);
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    BK_PEER_HOST_NAME, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self, NULL);
  return BK_LAUNCHER (self);
}
