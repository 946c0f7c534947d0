/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckon-peer-host: the programs of this computer for a Beckon that is in a sandbox. */
#include "bk-clock.h"
#include "bk-folder-watch.h"
#include "bk-host.h"
#include "bk-service-launcher.h"
#include "bk-service-machine.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>

#define IDLE_MS 10000 /* a service that restarts finds us again */

typedef struct
{
  GMainLoop *loop;
  BkClock *clock;
  BkHost *host;
  BkServicePlaces places;
  BkFolderWatch *folder; /* the one that this program was started from */
  char *path;
  guint timer;
} Program;

static gboolean
on_signal (gpointer user_data)
{
  Program *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, Program *self)
{
  g_main_loop_quit (self->loop);
}

static void
on_still_idle (gpointer user_data)
{
  Program *self = user_data;

  self->timer = 0;
  if (!bk_host_is_busy (self->host) && !bk_host_is_served (self->host))
    g_main_loop_quit (self->loop);
}

/* Whether another one is installed by now, or none. */
static gboolean
is_replaced (Program *self)
{
  struct stat now, running;

  return stat ("/proc/self/exe", &running) == 0
         && (stat (self->path, &now) != 0 || now.st_dev != running.st_dev || now.st_ino != running.st_ino);
}

/* A service that is left without us has the bus start us again. */
static void
on_quiet (BkHost *host, Program *self)
{
  bk_clock_clear (self->clock, &self->timer);
  if (!bk_host_is_busy (host) && is_replaced (self))
    g_main_loop_quit (self->loop);
  else if (!bk_host_is_busy (host) && !bk_host_is_served (host))
    self->timer = bk_clock_add (self->clock, IDLE_MS, on_still_idle, self);
}

static void
on_folder (BkFolderWatch *folder, const char *name, GFileMonitorEvent event, Program *self)
{
  on_quiet (self->host, self);
}

static void
watch_program (Program *self)
{
  self->path = g_file_read_link ("/proc/self/exe", NULL);
  if (self->path == NULL)
    return;
  g_autofree char *folder = g_path_get_dirname (self->path);
  self->folder = bk_folder_watch_new (folder);
  g_signal_connect (self->folder, "file", G_CALLBACK (on_folder), self);
}

static BkHost *
make_host (Program *self, GDBusConnection *connection)
{
  g_autofree char *user_peers = g_build_filename (g_get_user_data_dir (), "beckon", "peers", NULL);
  g_auto (GStrv) system_peers = bk_service_peers_dirs ();
  g_autoptr (BkLauncher) scope = bk_service_scoper_new (&self->places, self->clock, connection);
  g_autoptr (BkLauncher) subreaper = bk_service_subreaper_new (&self->places);
  g_autoptr (BkLauncher) launcher = bk_service_launcher_new (scope, subreaper, NULL, connection);
  g_autoptr (BkHostRegistrations) registrations
    = bk_host_registrations_new (user_peers, (const char *const *) system_peers);

  return bk_host_new (connection, registrations, launcher, g_get_user_runtime_dir ());
}

static int
run (Program *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  if (connection == NULL)
    {
      g_printerr ("beckon-peer-host needs a session bus, and there is none: %s\n", error->message);
      return 1;
    }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  self->host = make_host (self, connection);
  g_signal_connect (self->host, "quiet", G_CALLBACK (on_quiet), self);
  watch_program (self);
  gboolean open = bk_host_open (self->host, &error);
  if (open)
    g_main_loop_run (self->loop);
  else
    g_printerr ("beckon-peer-host cannot serve on the session bus: %s\n", error->message);
  bk_clock_clear (self->clock, &self->timer);
  g_clear_object (&self->folder);
  g_clear_object (&self->host);
  g_dbus_connection_flush_sync (connection, NULL, NULL);
  return open ? 0 : 1;
}

int
main (int argc, char **argv)
{
  gboolean version = FALSE;
  const GOptionEntry options[] = { { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
                                   { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *log_dir = g_build_filename (g_get_user_state_dir (), "beckon", "logs", NULL);
  g_autofree char *runtime_dir = bk_service_runtime_dir (FALSE);
  g_autoptr (GError) error = NULL;
  Program self = { 0 };

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, "Offers the applications of this computer to a Beckon that is in a sandbox. "
                                         "It is started by the session bus on demand.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("%s\nTry beckon-peer-host --help.\n", error != NULL ? error->message : "It takes no arguments.");
      return 2;
    }
  if (version)
    {
      g_print ("beckon-peer-host %s\n", BECKON_VERSION);
      return 0;
    }
  signal (SIGPIPE, SIG_IGN);
  self.places = (BkServicePlaces) { log_dir, runtime_dir, g_get_home_dir (), umask (077), 0 };
  self.loop = g_main_loop_new (NULL, FALSE);
  self.clock = bk_clock_new_system ();
  g_unix_signal_add (SIGTERM, on_signal, &self);
  g_unix_signal_add (SIGINT, on_signal, &self);
  int status = run (&self);
  g_object_unref (self.clock);
  g_main_loop_unref (self.loop);
  g_free (self.path);
  return status;
}
