/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-directory-private.h"

#include "bk-folder-watch.h"
#include "bk-service-peer-host.h"

#include <string.h>

#define PREFIX "im.beckon.Beckon.Peer."
#define MAX_PROGRAMS 256
#define BUS_TIMEOUT_MS 10000

static void bk_service_directory_iface_init (BkPeerDirectoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceDirectory, bk_service_directory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PEER_DIRECTORY, bk_service_directory_iface_init))

static void
program_free (BkServiceProgram *program)
{
  g_clear_pointer (&program->description, bk_peer_description_free);
  g_free (program->stamp);
  g_free (program->name);
  g_free (program);
}

BkServiceProgram *
_bk_service_directory_find (BkServiceDirectory *self, const char *name)
{
  for (guint i = 0; i < self->programs->len; i++)
    {
      BkServiceProgram *program = g_ptr_array_index (self->programs, i);
      if (g_str_equal (program->name, name))
        return program;
    }
  return NULL;
}

/* The one that stands for all outside of our sandbox is no application itself. */
static gboolean
is_peer_name (const char *name)
{
  return g_str_has_prefix (name, PREFIX) && g_dbus_is_name (name) && !g_str_equal (name, BK_PEER_HOST_NAME);
}

char *
bk_service_directory_path (const char *bus_name)
{
  if (!is_peer_name (bus_name))
    return NULL;
  /* What a bus name may have and an object path may not becomes an underscore, as for desktop files. */
  g_autofree char *dashes = g_strdelimit (g_strdup (bus_name), "-", '_');
  g_autofree char *slashes = g_strdelimit (g_strdup (dashes), ".", '/');
  return g_strconcat ("/", slashes, NULL);
}

/* ---- which there are ---- */

static void
add_names (GHashTable *names, GVariant *list, gboolean activatable)
{
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &name))
    if (is_peer_name (name) && !g_hash_table_contains (names, name))
      g_hash_table_insert (names, (char *) name, GINT_TO_POINTER (activatable));
}

static void
look_up (BkServiceDirectory *self, BkServiceProgram *program)
{
  program->state = BK_SERVICE_PROGRAM_UNKNOWN;
  if (program->activatable)
    program->description = bk_service_described_lookup (self->described, program->name, program->stamp);
  if (program->description != NULL)
    program->state = BK_SERVICE_PROGRAM_KNOWN;
}

/* Takes the old entry of @name over, or makes a new one. */
static BkServiceProgram *
renew (BkServiceDirectory *self, const char *name, gboolean activatable, gboolean *changed)
{
  BkServiceProgram *old = _bk_service_directory_find (self, name);
  guint position;

  if (old != NULL && g_ptr_array_find (self->programs, old, &position))
    g_ptr_array_steal_index (self->programs, position);
  BkServiceProgram *program = old != NULL ? old : g_new0 (BkServiceProgram, 1);
  g_autofree char *stamp = bk_service_activation_stamp (name, g_dbus_connection_get_guid (self->connection));
  if (old != NULL && g_str_equal (program->stamp, stamp) && program->activatable == activatable)
    return program;

  /* One that was installed anew is still what it was until it has said otherwise. */
  program->activatable = activatable;
  g_free (program->stamp);
  program->stamp = g_steal_pointer (&stamp);
  if (old != NULL)
    {
      program->state = BK_SERVICE_PROGRAM_UNKNOWN;
      return program;
    }
  program->name = g_strdup (name);
  look_up (self, program);
  *changed |= program->description != NULL;
  return program;
}

static void
apply_names (BkServiceDirectory *self, GVariant *activatable, GVariant *running)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *programs = g_ptr_array_new_with_free_func ((GDestroyNotify) program_free);
  gboolean changed = FALSE;

  add_names (names, activatable, TRUE);
  add_names (names, running, FALSE);
  changed = self->n_names != g_hash_table_size (names) && MAX (self->n_names, g_hash_table_size (names)) > MAX_PROGRAMS;
  self->n_names = g_hash_table_size (names);
  g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) strcmp);
  for (GList *l = sorted; l != NULL && programs->len < MAX_PROGRAMS; l = l->next)
    g_ptr_array_add (programs, renew (self, l->data, GPOINTER_TO_INT (g_hash_table_lookup (names, l->data)), &changed));

  /* What is left of the old ones is gone. */
  for (guint i = 0; i < self->programs->len; i++)
    {
      BkServiceProgram *gone = g_ptr_array_index (self->programs, i);
      bk_service_described_forget (self->described, gone->name);
      changed |= gone->description != NULL;
    }
  g_ptr_array_unref (self->programs);
  self->programs = programs;
  if (changed)
    bk_peer_directory_emit_changed (BK_PEER_DIRECTORY (self));
  _bk_service_directory_ask (self);
  if (self->n_asked == 0)
    bk_service_described_write (self->described);
}

/* ---- listing ---- */

static void list_names (BkServiceDirectory *self);

static void
call_bus (BkServiceDirectory *self, const char *method, const char *type, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          method, NULL, type != NULL ? G_VARIANT_TYPE (type) : NULL, G_DBUS_CALL_FLAGS_NONE,
                          BUS_TIMEOUT_MS, self->cancellable, callback, g_object_ref (self));
}

static void
end_listing (BkServiceDirectory *self)
{
  g_clear_pointer (&self->activatable, g_variant_unref);
  self->listing = FALSE;
  if ((self->again || self->reload) && !g_cancellable_is_cancelled (self->cancellable))
    list_names (self);
}

static void
on_running (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceDirectory) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply != NULL && self->activatable != NULL)
    {
      g_autoptr (GVariant) running = g_variant_get_child_value (reply, 0);
      apply_names (self, self->activatable, running);
    }
  end_listing (self);
}

static void
on_activatable (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceDirectory) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    {
      end_listing (self);
      return;
    }
  self->activatable = g_variant_get_child_value (reply, 0);
  call_bus (self, "ListNames", "(as)", on_running);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceDirectory) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  call_bus (self, "ListActivatableNames", "(as)", on_activatable);
}

static void
list_names (BkServiceDirectory *self)
{
  self->again = self->listing;
  if (self->listing)
    return;
  self->listing = TRUE;
  if (self->reload)
    call_bus (self, "ReloadConfig", NULL, on_reloaded);
  else
    call_bus (self, "ListActivatableNames", "(as)", on_activatable);
  self->reload = FALSE;
}

/* The bus looks at its folders when it pleases, or when it is told to. In a sandbox it cannot be told. */
static void
reload_names (BkServiceDirectory *self)
{
  self->reload = TRUE;
  list_names (self);
}

static void
on_name_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceDirectory *self = user_data;
  const char *name, *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &owner);
  BkServiceProgram *program = _bk_service_directory_find (self, name);
  if (program == NULL || !program->activatable)
    list_names (self);
  else if (program->state == BK_SERVICE_PROGRAM_ASKED && *owner != '\0')
    program->came = TRUE;
  else if (program->state == BK_SERVICE_PROGRAM_FAILED && *owner != '\0')
    {
      program->state = BK_SERVICE_PROGRAM_UNKNOWN; /* it was only slow, or is another one now */
      _bk_service_directory_ask (self);
    }
}

static void
on_activatable_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                        const char *signal, GVariant *parameters, gpointer user_data)
{
  list_names (user_data);
}

static void
on_file (BkFolderWatch *watch, const char *name, GFileMonitorEvent event, BkServiceDirectory *self)
{
  /* What was just created may still be written to: CHANGES_DONE_HINT follows. */
  if (g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, ".service") && event != G_FILE_MONITOR_EVENT_CREATED
      && event != G_FILE_MONITOR_EVENT_CHANGED)
    reload_names (self);
}

static void
watch (BkServiceDirectory *self)
{
  g_auto (GStrv) folders = bk_service_activation_folders ();

  for (guint i = 0; folders[i] != NULL; i++)
    {
      BkFolderWatch *one = bk_folder_watch_new (folders[i]);

      g_signal_connect_object (one, "file", G_CALLBACK (on_file), self, 0);
      g_signal_connect_object (one, "folder", G_CALLBACK (reload_names), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (self->watches, one);
    }
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    "im.beckon.Beckon.Peer", G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE, on_name_owner_changed, self, NULL);
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
    self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "ActivatableServicesChanged",
    "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_activatable_changed, self, NULL);
}

static GVariant *
read_names (BkServiceDirectory *self, const char *method, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method, NULL,
    G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, NULL, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

gboolean
bk_service_directory_read (BkServiceDirectory *self, GError **error)
{
  watch (self);
  g_autoptr (GVariant) activatable = read_names (self, "ListActivatableNames", error);
  g_autoptr (GVariant) running = activatable != NULL ? read_names (self, "ListNames", error) : NULL;
  if (running == NULL)
    return FALSE;
  apply_names (self, activatable, running);
  return TRUE;
}

void
bk_service_directory_start (BkServiceDirectory *self)
{
  self->started = TRUE;
  _bk_service_directory_ask (self);
}

void
bk_service_directory_stop (BkServiceDirectory *self)
{
  g_cancellable_cancel (self->cancellable);
  g_ptr_array_set_size (self->watches, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
  memset (self->subscriptions, 0, sizeof self->subscriptions);
}

/* ---- the port ---- */

static GPtrArray *
bk_service_directory_list (BkPeerDirectory *directory)
{
  BkServiceDirectory *self = BK_SERVICE_DIRECTORY (directory);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->programs->len; i++)
    {
      BkServiceProgram *program = g_ptr_array_index (self->programs, i);
      if (program->description != NULL)
        g_ptr_array_add (list, program->description);
    }
  return list;
}

static void
bk_service_directory_refresh (BkPeerDirectory *directory)
{
  BkServiceDirectory *self = BK_SERVICE_DIRECTORY (directory);

  for (guint i = 0; i < self->programs->len; i++)
    {
      BkServiceProgram *program = g_ptr_array_index (self->programs, i);
      if (program->state == BK_SERVICE_PROGRAM_FAILED)
        program->state = BK_SERVICE_PROGRAM_UNKNOWN;
    }
  reload_names (self);
}

static char *
bk_service_directory_get_warning (BkPeerDirectory *directory)
{
  BkServiceDirectory *self = BK_SERVICE_DIRECTORY (directory);

  if (self->n_names <= MAX_PROGRAMS)
    return NULL;
  return g_strdup_printf ("Only %d of the %u programs below %s were asked.", MAX_PROGRAMS, self->n_names,
                          "im.beckon.Beckon.Peer");
}

static void
bk_service_directory_iface_init (BkPeerDirectoryInterface *iface)
{
  iface->list = bk_service_directory_list;
  iface->refresh = bk_service_directory_refresh;
  iface->get_warning = bk_service_directory_get_warning;
}

/* ---- object ---- */

static void
bk_service_directory_dispose (GObject *object)
{
  bk_service_directory_stop (BK_SERVICE_DIRECTORY (object));
  G_OBJECT_CLASS (bk_service_directory_parent_class)->dispose (object);
}

static void
bk_service_directory_finalize (GObject *object)
{
  BkServiceDirectory *self = BK_SERVICE_DIRECTORY (object);

  g_clear_pointer (&self->activatable, g_variant_unref);
  g_ptr_array_unref (self->programs);
  g_ptr_array_unref (self->watches);
  bk_service_described_free (self->described);
  g_object_unref (self->cancellable);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (bk_service_directory_parent_class)->finalize (object);
}

static void
bk_service_directory_class_init (BkServiceDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_directory_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_directory_finalize;
}

static void
bk_service_directory_init (BkServiceDirectory *self)
{
  self->cancellable = g_cancellable_new ();
  self->programs = g_ptr_array_new_with_free_func ((GDestroyNotify) program_free);
  self->watches = g_ptr_array_new_with_free_func (g_object_unref);
}

BkServiceDirectory *
bk_service_directory_new (GDBusConnection *connection, const char *cache_file)
{
  BkServiceDirectory *self = g_object_new (BK_TYPE_SERVICE_DIRECTORY, NULL);

  self->connection = g_object_ref (connection);
  self->described = bk_service_described_new (cache_file);
  return self;
}
