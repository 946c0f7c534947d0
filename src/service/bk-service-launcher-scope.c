/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs in transient scopes of the user's systemd. The program waits at its gate until it is in its scope, so that
 * whatever it forks is in there too; systemd says when the scope is empty. */
#include "bk-service-launcher.h"

#include "beckon-error.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER BK_SERVICE_SYSTEMD ".Manager"
#define SCOPE_TIMEOUT_MS 5000

struct _BkServiceScoper
{
  GObject parent_instance;

  const BkServicePlaces *places;
  BkClock *clock;
  GDBusConnection *connection;
  GHashTable *scopes; /* unit name → BkServiceScope, owned: until they have ended */
  guint subscriptions[3];
  gboolean subscribed; /* systemd sends signals only to those who asked for them */
};

typedef enum
{
  SCOPE_STARTING, /* the program waits at its gate */
  SCOPE_STARTED,  /* let through; whether it could be executed is not known yet */
  SCOPE_RUNNING,
  SCOPE_EMPTY, /* the unit is gone; the main process's status is not known yet */
  SCOPE_ENDED,
} ScopeState;

#define BK_TYPE_SERVICE_SCOPE (bk_service_scope_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceScope, bk_service_scope, BK, SERVICE_SCOPE, GObject)

struct _BkServiceScope
{
  GObject parent_instance;

  GDBusConnection *connection;
  BkServiceScoper *launcher; /* weak */
  BkServiceSpawn *spawn;     /* NULL after the end */
  GTask *task;               /* the launch; NULL once it has returned */
  ScopeState state;
  char *unit;
  char *log;
  char *reason; /* how the main process ended; NULL: well, or not yet */
  guint timer;
  guint main; /* source; 0: it has ended, or is not watched yet */
};

static void bk_service_scope_iface_init (BkProgramInterface *iface);
static void bk_service_scoper_iface_init (BkLauncherInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceScope, bk_service_scope, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, bk_service_scope_iface_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (BkServiceScoper, bk_service_scoper, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_LAUNCHER, bk_service_scoper_iface_init))

/* ---- the program ---- */

static void
bk_service_scope_stop (BkProgram *program, gboolean at_once)
{
  BkServiceScope *self = BK_SERVICE_SCOPE (program);

  if (self->state != SCOPE_ENDED)
    g_dbus_connection_call (self->connection, BK_SERVICE_SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER, "KillUnit",
                            g_variant_new ("(ssi)", self->unit, "all", at_once ? SIGKILL : SIGTERM), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, SCOPE_TIMEOUT_MS, NULL, NULL, NULL);
}

static const char *
bk_service_scope_get_log (BkProgram *program)
{
  return BK_SERVICE_SCOPE (program)->log;
}

static gboolean
bk_service_scope_owns_process (BkProgram *program, guint pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/cgroup", pid);
  g_autofree char *unit = g_strconcat ("/", BK_SERVICE_SCOPE (program)->unit, NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (g_str_has_suffix (lines[i], unit))
      return TRUE;
  return FALSE;
}

static void
bk_service_scope_iface_init (BkProgramInterface *iface)
{
  iface->stop = bk_service_scope_stop;
  iface->get_log = bk_service_scope_get_log;
  iface->owns_process = bk_service_scope_owns_process;
}

static void
bk_service_scope_finalize (GObject *object)
{
  BkServiceScope *self = BK_SERVICE_SCOPE (object);

  if (self->main != 0)
    g_source_remove (self->main);
  g_clear_pointer (&self->spawn, bk_service_spawn_free);
  g_clear_object (&self->task);
  g_clear_weak_pointer (&self->launcher);
  g_object_unref (self->connection);
  g_free (self->unit);
  g_free (self->log);
  g_free (self->reason);
  G_OBJECT_CLASS (bk_service_scope_parent_class)->finalize (object);
}

static void
bk_service_scope_class_init (BkServiceScopeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bk_service_scope_finalize;
}

static void
bk_service_scope_init (BkServiceScope *self)
{
}

/* ---- from start to end ---- */

static void
forget_scope (BkServiceScope *self)
{
  self->state = SCOPE_ENDED;
  if (self->launcher != NULL)
    {
      bk_clock_clear (self->launcher->clock, &self->timer);
      g_hash_table_remove (self->launcher->scopes, self->unit);
    }
}

/* There is no scope to be had: the program has not started and never will, at least not here. */
static void
give_up (BkServiceScope *scope, const char *why)
{
  g_autoptr (BkServiceScope) self = g_object_ref (scope);
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  forget_scope (self);
  bk_service_spawn_abandon (g_steal_pointer (&self->spawn));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", why);
}

static void
end_if_over (BkServiceScope *scope)
{
  g_autoptr (BkServiceScope) self = g_object_ref (scope);

  if (self->state != SCOPE_EMPTY || self->main != 0)
    return;
  forget_scope (self);
  g_clear_pointer (&self->spawn, bk_service_spawn_free);
  bk_program_emit_ended (BK_PROGRAM (self), self->reason != NULL, self->reason);
}

static gboolean
on_main_ended (int fd, GIOCondition condition, gpointer user_data)
{
  BkServiceScope *self = user_data;

  self->reason = bk_service_spawn_reap (self->spawn);
  self->main = 0;
  end_if_over (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_started (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (BkServiceScope) self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  GError *error = NULL;

  gboolean started = bk_service_spawn_check (self->spawn, "program", &error);
  if (self->state == SCOPE_STARTED)
    self->state = SCOPE_RUNNING;
  if (started)
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
  else
    g_task_return_error (task, error);
  self->main = g_unix_fd_add (self->spawn->pidfd, G_IO_IN, on_main_ended, self);
  return G_SOURCE_REMOVE;
}

static void
let_through (BkServiceScope *self)
{
  bk_clock_clear (self->launcher->clock, &self->timer);
  self->state = SCOPE_STARTED;
  bk_service_spawn_release (self->spawn);
  g_unix_fd_add (self->spawn->status, G_IO_IN | G_IO_HUP, on_started, g_object_ref (self));
}

static void
on_scope_late (gpointer user_data)
{
  BkServiceScope *self = user_data;

  self->timer = 0;
  give_up (self, "systemd did not answer.");
}

static void
scope_is_empty (BkServiceScope *self)
{
  switch (self->state)
    {
    case SCOPE_STARTING:
      give_up (self, "systemd took the scope away.");
      break;
    case SCOPE_STARTED:
    case SCOPE_RUNNING:
      self->state = SCOPE_EMPTY;
      /* While the launch has not returned, the main process is not watched: on_main_ended () comes to it. */
      if (self->task == NULL)
        end_if_over (self);
      break;
    case SCOPE_EMPTY:
    case SCOPE_ENDED:
      break;
    }
}

/* ---- what systemd says ---- */

static void
on_job_removed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceScoper *self = user_data;
  const char *unit, *result;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (parameters, "(uo&s&s)", NULL, NULL, &unit, &result);
  BkServiceScope *scope = g_hash_table_lookup (self->scopes, unit);
  if (scope == NULL || scope->state != SCOPE_STARTING)
    return;
  if (g_str_equal (result, "done"))
    let_through (scope);
  else
    give_up (scope, "systemd did not make the scope.");
}

static void
on_unit_removed (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                 const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceScoper *self = user_data;
  const char *unit;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(so)")))
    return;
  g_variant_get (parameters, "(&so)", &unit, NULL);
  BkServiceScope *scope = g_hash_table_lookup (self->scopes, unit);
  if (scope != NULL)
    scope_is_empty (scope);
}

/* Without systemd nobody says when a scope is empty: the end of the main process has to do. */
static void
on_systemd_owner (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  BkServiceScoper *self = user_data;
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer scope;
  const char *owner = "";

  self->subscribed = FALSE;
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    g_variant_get (parameters, "(ss&s)", NULL, NULL, &owner);
  if (*owner != '\0')
    return;
  g_hash_table_iter_init (&iter, self->scopes);
  while (g_hash_table_iter_next (&iter, NULL, &scope))
    g_ptr_array_add (scopes, g_object_ref (scope));
  for (guint i = 0; i < scopes->len; i++)
    scope_is_empty (g_ptr_array_index (scopes, i));
}

static void
on_unit_asked_for (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkServiceScope) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && self->state == SCOPE_STARTING)
    give_up (self, error->message);
}

static GVariant *
unit_properties (const BkServiceScope *scope, const char *name)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sv)"));
  guint32 pid = (guint32) scope->spawn->pid;

  g_variant_builder_add (&builder, "(sv)", "Description",
                         g_variant_new_take_string (g_utf8_make_valid (name, -1)));
  g_variant_builder_add (&builder, "(sv)", "PIDs",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, &pid, 1, sizeof pid));
  g_variant_builder_add (&builder, "(sv)", "CollectMode", g_variant_new_string ("inactive-or-failed"));
  g_variant_builder_add (&builder, "(sv)", "Slice", g_variant_new_string ("app.slice"));
  return g_variant_builder_end (&builder);
}

/* ---- the launcher ---- */

static void
bk_service_scoper_launch_async (BkLauncher *launcher, const BkLaunch *launch, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  BkServiceScoper *self = BK_SERVICE_SCOPER (launcher);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *token = bk_service_spawn_token (launch);
  GError *error = NULL;

  g_task_set_source_tag (task, bk_service_scoper_launch_async);
  g_task_set_check_cancellable (task, FALSE);
  BkServiceSpawn *spawn = bk_service_spawn (self->places, launch, &error);
  if (spawn == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!self->subscribed)
    g_dbus_connection_call (self->connection, BK_SERVICE_SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER, "Subscribe", NULL,
                            NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, SCOPE_TIMEOUT_MS, NULL, NULL, NULL);
  self->subscribed = TRUE;

  BkServiceScope *scope = g_object_new (BK_TYPE_SERVICE_SCOPE, NULL);
  g_set_weak_pointer (&scope->launcher, self);
  scope->connection = g_object_ref (self->connection);
  scope->spawn = spawn;
  scope->log = g_strdup (spawn->log);
  scope->unit = g_strdup_printf ("app-beckon-%s.scope", token);
  scope->task = g_steal_pointer (&task);
  scope->timer = bk_clock_add (self->clock, SCOPE_TIMEOUT_MS, on_scope_late, scope);
  g_hash_table_replace (self->scopes, scope->unit, scope);
  g_dbus_connection_call (self->connection, BK_SERVICE_SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER, "StartTransientUnit",
                          g_variant_new ("(ss@a(sv)a(sa(sv)))", scope->unit, "fail",
                                         unit_properties (scope, launch->name), NULL),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, SCOPE_TIMEOUT_MS, NULL,
                          on_unit_asked_for, g_object_ref (scope));
}

static BkProgram *
bk_service_scoper_launch_finish (BkLauncher *launcher, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bk_service_scoper_iface_init (BkLauncherInterface *iface)
{
  iface->launch_async = bk_service_scoper_launch_async;
  iface->launch_finish = bk_service_scoper_launch_finish;
}

static void
bk_service_scoper_dispose (GObject *object)
{
  BkServiceScoper *self = BK_SERVICE_SCOPER (object);
  GHashTableIter iter;
  gpointer scope;

  for (gsize i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
  memset (self->subscriptions, 0, sizeof self->subscriptions);
  g_hash_table_iter_init (&iter, self->scopes);
  while (g_hash_table_iter_next (&iter, NULL, &scope))
    bk_clock_clear (self->clock, &((BkServiceScope *) scope)->timer);
  G_OBJECT_CLASS (bk_service_scoper_parent_class)->dispose (object);
}

static void
bk_service_scoper_finalize (GObject *object)
{
  BkServiceScoper *self = BK_SERVICE_SCOPER (object);

  g_hash_table_unref (self->scopes);
  g_object_unref (self->connection);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bk_service_scoper_parent_class)->finalize (object);
}

static void
bk_service_scoper_class_init (BkServiceScoperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bk_service_scoper_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_service_scoper_finalize;
}

static void
bk_service_scoper_init (BkServiceScoper *self)
{
  self->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
}

static guint
subscribe (BkServiceScoper *self, const char *signal, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->connection, BK_SERVICE_SYSTEMD, SYSTEMD_MANAGER, signal,
                                             SYSTEMD_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

/* @places outlives the launcher. */
BkLauncher *
bk_service_scoper_new (const BkServicePlaces *places, BkClock *clock, GDBusConnection *connection)
{
  BkServiceScoper *self = g_object_new (BK_TYPE_SERVICE_SCOPER, NULL);

  self->places = places;
  self->clock = g_object_ref (clock);
  self->connection = g_object_ref (connection);
  self->subscriptions[0] = subscribe (self, "JobRemoved", on_job_removed);
  self->subscriptions[1] = subscribe (self, "UnitRemoved", on_unit_removed);
  self->subscriptions[2] = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
    BK_SERVICE_SYSTEMD, G_DBUS_SIGNAL_FLAGS_NONE, on_systemd_owner, self, NULL);
  return BK_LAUNCHER (self);
}
