/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-service-update.h"

#include "bk-engine-session.h"
#include "bk-service-machine.h"
#include "bk-service-process.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REST_MS 5000 /* an update writes more than one file, and who has just ended something may go on */
#define FIRST_PROCESS 1 /* of a sandbox: bubblewrap */
#define OWN "/proc/self/exe"
#define REPLACED " (deleted)" /* what the kernel says of a file that has lost its name */
#define FLATPAK_MARK "/app/.updated" /* comes in what was running while it was updated */
#define BUS "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define NAME "im.beckon.Beckon.Service"
#define START_MS 2000 /* systemd may wait for the end of this process before it starts the next one */

struct _BkServiceUpdate
{
  BkClock *clock;
  GDBusConnection *bus;
  GCancellable *cancellable;
  GListModel *sessions;
  char *program; /* where it was started from */
  const char *mark; /* that says it instead; nullable */
  struct stat before;
  GFileMonitor *monitor; /* nullable */
  gboolean waiting;
  gboolean told;
  guint timer;
  BkServiceUpdateFunc func;
  gpointer user_data;
};

/* The path of the program that runs, also if another one has taken its place since it was started. */
static char *
find_own (void)
{
  char *path = g_file_read_link (OWN, NULL);

  if (path != NULL && g_str_has_suffix (path, REPLACED))
    path[strlen (path) - strlen (REPLACED)] = '\0';
  return path;
}

static gboolean
is_updated (BkServiceUpdate *self)
{
  struct stat now;

  if (self->mark != NULL)
    return g_file_test (self->mark, G_FILE_TEST_EXISTS);
  /* One that is gone was removed, or is being replaced. */
  return stat (self->program, &now) == 0 && S_ISREG (now.st_mode) && now.st_size > 0
         && (now.st_dev != self->before.st_dev || now.st_ino != self->before.st_ino);
}

/* Programs that were launched live in the sandbox of the service, and end with it: also one whose session is over and
 * that shows its user what is left of it. */
static gboolean
is_alone (void)
{
  g_autoptr (GArray) processes = bk_service_processes_list ();

  for (guint i = 0; i < processes->len; i++)
    {
      guint pid = g_array_index (processes, BkServiceProcess, i).pid;

      if (pid != FIRST_PROCESS && pid != (guint) getpid ())
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_idle (BkServiceUpdate *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->sessions); i++)
    {
      g_autoptr (BkEngineSession) session = g_list_model_get_item (self->sessions, i);

      if (bk_engine_session_get_state (session) != BECKON_SESSION_STATE_TERMINATED)
        return FALSE;
    }
  return self->mark == NULL || is_alone ();
}

/* Whoever started the service by hand wants it to stay: nobody would start it again. */
static void
on_names (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkServiceUpdate *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **names = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    g_variant_get (reply, "(^a&s)", &names);
  if (names == NULL || !g_strv_contains (names, NAME))
    {
      g_message ("There was an update; the bus cannot start it.");
      return;
    }
  g_message ("There was an update: starting anew.");
  self->func (self->user_data, BK_SERVICE_UPDATE_STATUS);
}

static void
on_rest (gpointer user_data)
{
  BkServiceUpdate *self = user_data;

  self->timer = 0;
  if (!is_updated (self))
    return;
  if (!is_idle (self))
    {
      if (!self->waiting)
        g_message ("There was an update: it waits for the end of what is open.");
      self->waiting = TRUE;
      self->timer = bk_clock_add (self->clock, REST_MS, on_rest, self);
      return;
    }
  self->told = TRUE;
  g_dbus_connection_call (self->bus, BUS, BUS_PATH, BUS, "ListActivatableNames", NULL, G_VARIANT_TYPE ("(as)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_names, self);
}

static void
on_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  BkServiceUpdate *self = user_data;

  if (self->told || !is_updated (self))
    return;
  bk_clock_clear (self->clock, &self->timer);
  self->timer = bk_clock_add (self->clock, REST_MS, on_rest, self);
}

BkServiceUpdate *
bk_service_update_new (BkClock *clock, GDBusConnection *bus, GListModel *sessions, BkServiceUpdateFunc func,
                       gpointer user_data)
{
  BkServiceUpdate *self = g_new0 (BkServiceUpdate, 1);
  g_autoptr (GError) error = NULL;

  self->clock = g_object_ref (clock);
  self->bus = g_object_ref (bus);
  self->cancellable = g_cancellable_new ();
  self->sessions = g_object_ref (sessions);
  self->func = func;
  self->user_data = user_data;
  self->program = find_own ();
  self->mark = bk_service_is_sandboxed () ? FLATPAK_MARK : NULL;
  if (self->program == NULL || stat (OWN, &self->before) != 0)
    return self;
  g_autoptr (GFile) file = g_file_new_for_path (self->mark != NULL ? self->mark : self->program);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor == NULL)
    g_message ("Updates are not noticed: %s", error->message);
  else
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_changed), self);
  /* It may have come before it was looked for. */
  on_changed (self->monitor, file, NULL, G_FILE_MONITOR_EVENT_CHANGED, self);
  return self;
}

void
bk_service_update_free (BkServiceUpdate *self)
{
  bk_clock_clear (self->clock, &self->timer);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_object_unref (self->monitor);
    }
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_object_unref (self->sessions);
  g_object_unref (self->bus);
  g_object_unref (self->clock);
  g_free (self->program);
  g_free (self);
}

/* On a connection of its own: those of the service are closed. */
void
bk_service_start_next (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  GDBusConnectionFlags flags
    = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
  g_autoptr (GDBusConnection) bus
    = address != NULL ? g_dbus_connection_new_for_address_sync (address, flags, NULL, NULL, &error) : NULL;
  g_autoptr (GVariant) reply
    = bus != NULL ? g_dbus_connection_call_sync (bus, BUS, BUS_PATH, BUS, "StartServiceByName",
                                                 g_variant_new ("(su)", NAME, 0u), NULL, G_DBUS_CALL_FLAGS_NONE,
                                                 START_MS, NULL, &error) :
                    NULL;

  if (reply == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_message ("The next service could not be started: %s", error->message);
}
