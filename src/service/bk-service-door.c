/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-door.h"

#include "bk-service-call.h"
#include "bk-service-values.h"

#include <string.h>

#define BUS_TIMEOUT_MS 10000
#define MAX_WAITING 1024 /* calls that came while the engine was still opening */

struct _BkServiceDoor
{
  GObject parent_instance;

  BkServiceDoorKind kind;
  GDBusConnection *connection;
  BkServiceCallers *callers;
  const BkServiceNode *nodes;
  const BkServiceHouseFuncs *funcs;
  GObject *house; /* borrowed; NULL once the door is closed */
  GQueue waiting; /* element-type BkServiceCall, owned */
  guint filter;
};

enum
{
  CLOSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkServiceDoor, bk_service_door, G_TYPE_OBJECT)

static const BkServiceInterface *
find_interface (BkServiceDoor *self, const char *name)
{
  for (const BkServiceNode *node = self->nodes; node->path != NULL; node++)
    if (g_str_equal (node->interface->info->name, name))
      return node->interface;
  return NULL;
}

/* Properties calls carry the interface as their first argument. */
static const char *
interface_of_call (BkServiceCall *call)
{
  const char *name = g_dbus_method_invocation_get_interface_name (call->invocation);

  if (g_str_equal (name, "org.freedesktop.DBus.Properties"))
    g_variant_get_child (call->arguments, 0, "&s", &name);
  return name;
}

static void
run_call (BkServiceDoor *self, BkServiceCall *call)
{
  const BkServiceInterface *interface = find_interface (self, interface_of_call (call));
  const char *path = g_dbus_method_invocation_get_object_path (call->invocation);

  if (interface == NULL || !self->funcs->find (self->house, self, call->sender, path, &call->object))
    bk_service_call_refuse (call, BECKON_ERROR_NOT_FOUND, "There is no such object.");
  else
    bk_service_call_dispatch (call, interface);
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  BkServiceDoor *self = user_data;
  BkServiceCall *call = bk_service_call_new (self, self->house, invocation);

  if (self->house == NULL)
    bk_service_call_refuse (call, BECKON_ERROR_CANCELLED, "The session service is shutting down.");
  else if (call->sender == NULL)
    bk_service_call_refuse (call, BECKON_ERROR_ACCESS_DENIED, "This is not a message bus.");
  else if (self->funcs->is_ready (self->house))
    run_call (self, call);
  else if (g_queue_get_length (&self->waiting) >= MAX_WAITING)
    bk_service_call_refuse (call, BECKON_ERROR_LIMIT_EXCEEDED, "Too many calls at once.");
  else
    g_queue_push_tail (&self->waiting, call);
}

/* Properties come as method calls too: one place knows whose object it is, and errors are ours. */
static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };

static char **
on_enumerate (GDBusConnection *connection, const char *sender, const char *path, gpointer user_data)
{
  BkServiceDoor *self = user_data;
  g_autoptr (GPtrArray) names = NULL;

  if (sender != NULL && self->house != NULL && self->funcs->is_ready (self->house))
    names = self->funcs->list (self->house, self, sender, path);
  else
    names = g_ptr_array_new ();
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* GDBus asks with the folder's path when it introspects, with the object's path when it calls. */
static const BkServiceNode *
find_folder (BkServiceDoor *self, const char *path)
{
  for (const BkServiceNode *node = self->nodes; node->path != NULL; node++)
    {
      gsize length = strlen (node->path);

      if (node->folder && strncmp (node->path, path, length) == 0 && (path[length] == '\0' || path[length] == '/'))
        return node;
    }
  return NULL;
}

/* Every number below a folder looks alike: whether there is such an object is answered by run_call (), in the same
 * words for one that is not there and for one that is not the caller's. */
static GDBusInterfaceInfo **
on_introspect (GDBusConnection *connection, const char *sender, const char *path, const char *child, gpointer user_data)
{
  const BkServiceNode *node = find_folder (user_data, path);
  guint64 number;

  if (child == NULL || node == NULL || !g_ascii_string_to_unsigned (child, 10, 1, G_MAXUINT, &number, NULL))
    return NULL;

  GDBusInterfaceInfo **infos = g_new0 (GDBusInterfaceInfo *, 2);
  infos[0] = g_dbus_interface_info_ref ((GDBusInterfaceInfo *) node->interface->info);
  return infos;
}

static const GDBusInterfaceVTable *
on_dispatch (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *child, gpointer *out_user_data, gpointer user_data)
{
  *out_user_data = user_data;
  return &vtable;
}

static const GDBusSubtreeVTable subtree_vtable = { on_enumerate, on_introspect, on_dispatch };

static void
on_closed (GDBusConnection *connection, gboolean remote, GError *error, gpointer user_data)
{
  g_signal_emit (user_data, signals[CLOSED], 0);
}

static void
bk_service_door_dispose (GObject *object)
{
  BkServiceDoor *self = BK_SERVICE_DOOR (object);

  g_clear_object (&self->callers);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (bk_service_door_parent_class)->dispose (object);
}

static void
bk_service_door_class_init (BkServiceDoorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_door_dispose;

  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

static void
bk_service_door_init (BkServiceDoor *self)
{
  g_queue_init (&self->waiting);
}

/* Connects to the bus at @address. Whoever knows the name finds it once all is exported. */
BkServiceDoor *
bk_service_door_new (BkServiceDoorKind kind, const char *address, GError **error)
{
  g_autoptr (BkServiceDoor) self = g_object_new (BK_TYPE_SERVICE_DOOR, NULL);

  self->kind = kind;
  self->connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, error);
  if (self->connection == NULL)
    return NULL;
  self->callers = bk_service_callers_new (self->connection);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self, 0);
  return g_steal_pointer (&self);
}

BkServiceDoorKind
bk_service_door_get_kind (BkServiceDoor *self)
{
  return self->kind;
}

const char *
bk_service_door_get_name (BkServiceDoor *self)
{
  switch (self->kind)
    {
    case BK_SERVICE_DOOR_SERVICE:
      return BK_SERVICE_PREFIX ".Service";
    case BK_SERVICE_DOOR_SESSIONS:
      return BK_SERVICE_PREFIX ".Sessions";
    }
  return NULL;
}

GDBusConnection *
bk_service_door_get_connection (BkServiceDoor *self)
{
  return self->connection;
}

BkServiceCallers *
bk_service_door_get_callers (BkServiceDoor *self)
{
  return self->callers;
}

gboolean
bk_service_door_open (BkServiceDoor *self, const BkServiceNode *nodes, const BkServiceHouseFuncs *funcs, GObject *house,
                      GError **error)
{
  self->nodes = nodes;
  self->funcs = funcs;
  self->house = house;
  self->filter = g_dbus_connection_add_filter (self->connection, bk_service_call_filter, (gpointer) nodes, NULL);
  for (const BkServiceNode *node = nodes; node->path != NULL; node++)
    {
      guint id;

      if (node->folder)
        id = g_dbus_connection_register_subtree (self->connection, node->path, &subtree_vtable,
                                                 G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, self, NULL,
                                                 error);
      else
        id = g_dbus_connection_register_object (self->connection, node->path,
                                                (GDBusInterfaceInfo *) node->interface->info, &vtable, self, NULL,
                                                error);
      if (id == 0)
        return FALSE;
    }
  return bk_service_callers_start (self->callers, error);
}

void
bk_service_door_resume (BkServiceDoor *self)
{
  BkServiceCall *call;

  while ((call = g_queue_pop_head (&self->waiting)) != NULL)
    run_call (self, call);
}

gboolean
bk_service_door_is_taken (BkServiceDoor *self, gboolean *taken, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
    g_variant_new ("(s)", bk_service_door_get_name (self)), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
    BUS_TIMEOUT_MS, NULL, error);

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(b)", taken);
  return TRUE;
}

static void
on_name_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BkServiceDoor *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32 answer = 0;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(u)", &answer);
  if (answer == 1 || answer == 4) /* primary owner, already owner */
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s is taken.", bk_service_door_get_name (self));
}

/* Fails with G_IO_ERROR_EXISTS if somebody else has the name. */
void
bk_service_door_own_name_async (BkServiceDoor *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint32 do_not_queue = 4;

  g_task_set_source_tag (task, bk_service_door_own_name_async);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "RequestName", g_variant_new ("(su)", bk_service_door_get_name (self), do_not_queue),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, cancellable,
                          on_name_requested, g_steal_pointer (&task));
}

gboolean
bk_service_door_own_name_finish (BkServiceDoor *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Broadcasts would tell the whole bus who talks with whom: every signal has an addressee. */
void
bk_service_door_emit (BkServiceDoor *self, const char *name, const char *path, const char *interface,
                      const char *signal, GVariant *parameters)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  g_auto (GStrv) names = NULL;

  if (name == NULL)
    names = bk_service_callers_list (self->callers);
  else if (bk_service_callers_is_attached (self->callers, name))
    names = g_strdupv ((char *[]) { (char *) name, NULL });
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    g_dbus_connection_emit_signal (self->connection, names[i], path, interface, signal, owned, NULL);
}

void
bk_service_door_close (BkServiceDoor *self)
{
  BkServiceCall *call;

  while ((call = g_queue_pop_head (&self->waiting)) != NULL)
    bk_service_call_refuse (call, BECKON_ERROR_CANCELLED, "The session service is shutting down.");
  self->house = NULL;
  bk_service_callers_stop (self->callers);
  g_signal_handlers_disconnect_by_func (self->connection, on_closed, self);
  if (self->filter != 0)
    g_dbus_connection_remove_filter (self->connection, self->filter);
  self->filter = 0;
  if (!g_dbus_connection_is_closed (self->connection))
    {
      g_dbus_connection_flush_sync (self->connection, NULL, NULL);
      g_dbus_connection_close_sync (self->connection, NULL, NULL);
    }
}
