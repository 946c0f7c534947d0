/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckon-service: the only place that knows all parts and puts them together. */
#include "bk-channel-real.h"
#include "bk-fake-backend.h"
#include "bk-limits.h"
#include "bk-native-backend.h"
#include "bk-service-directory.h"
#include "bk-service-launcher.h"
#include "bk-service-machine.h"
#include "bk-service-network.h"
#include "bk-service-opener.h"
#include "bk-service-secrets.h"
#include "bk-service-system.h"
#include "bk-service-update.h"
#include "bk-service.h"

#include <glib-unix.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLOSE_TIMEOUT_MS 8000 /* less than what systemd and sessions give */

typedef enum
{
  PHASE_OPENING,
  PHASE_RUNNING,
  PHASE_STOPPING,
  PHASE_STOPPED,
} Phase;

typedef struct
{
  Phase phase;
  int status;
  GMainLoop *loop;
  BkClock *clock;
  BkSecrets *secrets;
  BkServiceDoor *doors[2]; /* by BkServiceDoorKind */
  BkServicePeers *peers;
  BkServiceLocks *locks;
  BkServiceDirectory *directory; /* nullable */
  BkServiceHost *host;           /* NULL: in no sandbox */
  BkChannels *channels;
  BkEngine *engine;
  BkService *service;
  BkServiceNetwork *net;
  BkServiceSeat *seat;
  BkServiceSystem *system;
  BkServiceUpdate *update;
  GCancellable *opening;
  BkServicePlaces places;
  BkFakeNetwork *network; /* NULL: the real one */
  GPtrArray *backends;    /* element-type BkBackend, not owned */
  int lock;
  guint timer;
} Program;

static char *option_backend = NULL;
static char *option_address = NULL;
static int option_answer = 0;
static gboolean option_version = FALSE;

static const GOptionEntry options[] = {
  { "backend", 0, 0, G_OPTION_ARG_STRING, &option_backend, "The network: native (default) or fake, one in memory",
    "NAME" },
  { "local-address", 0, 0, G_OPTION_ARG_STRING, &option_address,
    "LocalAddress of new sessions instead of this machine's address (also BECKON_LOCAL_ADDRESS)", "ADDRESS" },
  { "answer-timeout", 0, 0, G_OPTION_ARG_INT, &option_answer,
    "How long an invitation rings (also BECKON_ANSWER_TIMEOUT)", "SECONDS" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version and exit", NULL },
  { NULL },
};

/* ---- backends ---- */

static void
on_backend_gone (gpointer data, GObject *backend)
{
  g_ptr_array_remove_fast (data, backend);
}

static BkBackend *
make_backend (gpointer user_data)
{
  Program *self = user_data;
  BkBackend *backend = self->network != NULL ? BK_BACKEND (bk_fake_backend_new (self->network)) :
                                               BK_BACKEND (bk_native_backend_new (self->clock));

  g_object_weak_ref (G_OBJECT (backend), on_backend_gone, self->backends);
  g_ptr_array_add (self->backends, backend);
  return backend;
}

static void
on_woken (gpointer user_data)
{
  Program *self = user_data;

  for (guint i = 0; i < self->backends->len; i++)
    bk_backend_nudge (g_ptr_array_index (self->backends, i));
  bk_engine_nudge (self->engine);
}

/* Where the internet is gone, others may still be reached, but a server is not looked for. */
static void
on_network_changed (gboolean available, gpointer user_data)
{
  Program *self = user_data;

  if (available)
    on_woken (self);
  else
    bk_engine_nudge (self->engine);
}

/* ---- the end ---- */

static void
finish (Program *self)
{
  if (self->phase == PHASE_STOPPED)
    return;
  self->phase = PHASE_STOPPED;
  bk_clock_clear (self->clock, &self->timer);
  g_main_loop_quit (self->loop);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!bk_engine_close_finish (BK_ENGINE (source), result, &error))
    g_message ("Not everything could be written: %s", error->message);
  finish (self);
}

static void
on_close_late (gpointer user_data)
{
  Program *self = user_data;

  self->timer = 0;
  g_message ("Something does not end; leaving without it.");
  finish (self);
}

static void
stop (gpointer program, int status)
{
  Program *self = program;

  if (self->phase == PHASE_STOPPING || self->phase == PHASE_STOPPED)
    return;
  self->phase = PHASE_STOPPING;
  self->status = status;
  g_cancellable_cancel (self->opening);
  bk_service_stop (self->service);
  bk_service_directory_stop (self->directory);
  if (self->host != NULL)
    bk_service_host_stop (self->host);
  self->timer = bk_clock_add (self->clock, CLOSE_TIMEOUT_MS, on_close_late, self);
  bk_engine_close_async (self->engine, on_closed, self);
}

static gboolean
on_signal (gpointer user_data)
{
  Program *self = user_data;

  if (self->phase == PHASE_STOPPING)
    finish (self); /* whoever asks twice does not want to wait */
  else
    stop (self, 0);
  return G_SOURCE_CONTINUE;
}

static void
on_bus_gone (BkServiceDoor *door, Program *self)
{
  stop (self, 0);
}

/* ---- the start ---- */

static void
on_name (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (GError) error = NULL;

  if (bk_service_door_own_name_finish (BK_SERVICE_DOOR (source), result, &error))
    {
      /* The service manager waits for this one: it comes last. */
      if (source == (GObject *) self->doors[BK_SERVICE_DOOR_SESSIONS])
        bk_service_door_own_name_async (self->doors[BK_SERVICE_DOOR_SERVICE], self->opening, on_name, self);
      else
        {
          self->phase = PHASE_RUNNING;
          bk_service_directory_start (self->directory);
          self->update = bk_service_update_new (self->clock, bk_service_door_get_connection (BK_SERVICE_DOOR (source)),
                                                bk_engine_get_sessions (self->engine), stop, self);
          if (self->host != NULL)
            bk_service_host_start (self->host);
        }
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_printerr ("beckon-service is running already on this session bus.\n");
      stop (self, 0);
      return;
    }
  g_printerr ("beckon-service cannot take its name on the session bus: %s\n", error->message);
  stop (self, 1);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!bk_engine_open_finish (BK_ENGINE (source), result, &error))
    {
      if (self->phase == PHASE_STOPPING || self->phase == PHASE_STOPPED)
        return;
      g_printerr ("beckon-service cannot open its data: %s\n", error->message);
      stop (self, 1);
      return;
    }
  if (self->phase != PHASE_OPENING)
    return;
  bk_service_start (self->service);
  bk_service_door_own_name_async (self->doors[BK_SERVICE_DOOR_SESSIONS], self->opening, on_name, self);
}

/* Two connections: sandbox policy is per name, and who owns both on one connection could be reached through either. */
static gboolean
open_doors (Program *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);

  for (int i = 0; address != NULL && i < 2; i++)
    {
      self->doors[i] = bk_service_door_new ((BkServiceDoorKind) i, address, &error);
      if (self->doors[i] == NULL)
        break;
      g_signal_connect (self->doors[i], "closed", G_CALLBACK (on_bus_gone), self);
    }
  if (error == NULL)
    return TRUE;
  g_printerr ("beckon-service needs a session bus, and there is none: %s\n"
              "Start it in a desktop session, or with dbus-run-session.\n",
              error->message);
  return FALSE;
}

static BkLauncher *
make_launcher (Program *self)
{
  GDBusConnection *connection = bk_service_door_get_connection (self->doors[BK_SERVICE_DOOR_SERVICE]);
  GDBusConnection *sessions = bk_service_door_get_connection (self->doors[BK_SERVICE_DOOR_SESSIONS]);
  g_autoptr (BkLauncher) scope = bk_service_scoper_new (&self->places, self->clock, connection);
  g_autoptr (BkLauncher) subreaper = bk_service_subreaper_new (&self->places);
  g_autoptr (BkLauncher) activator = bk_service_activator_new (sessions);
  g_autoptr (BkLauncher) host = bk_service_host_launcher_new (&self->places, connection);
  BkLauncher *launcher = bk_service_launcher_new (scope, subreaper, activator, connection);

  bk_service_launcher_set_host (BK_SERVICE_LAUNCHER (launcher), host);
  return launcher;
}

static void
make_directory (Program *self)
{
  GDBusConnection *sessions = bk_service_door_get_connection (self->doors[BK_SERVICE_DOOR_SESSIONS]);
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "beckon", "peers.ini", NULL);
  g_autoptr (GError) error = NULL;

  self->directory = bk_service_directory_new (sessions, cache);
  if (!bk_service_directory_read (self->directory, &error))
    g_message ("The bus does not tell which programs there are: %s", error->message);
}

static void
make_parts (Program *self, const char *data_dir)
{
  GDBusConnection *connection = bk_service_door_get_connection (self->doors[BK_SERVICE_DOOR_SERVICE]);
  g_autofree char *secrets_file = g_build_filename (data_dir, "secrets.keyfile", NULL);
  g_autofree char *user_peers = g_build_filename (data_dir, "peers", NULL);
  g_autofree char *address = option_address != NULL ? g_strdup (option_address) : bk_service_local_address ();
  g_auto (GStrv) system_peers = bk_service_peers_dirs ();
  g_autoptr (BkLauncher) launcher = make_launcher (self);
  g_autoptr (BkOpener) opener = bk_service_opener_new ();

  make_directory (self);
  self->host = bk_service_is_sandboxed () ? bk_service_host_new (connection, self->clock) : NULL;
  self->channels = bk_real_channels_new (self->clock, self->places.runtime_dir);
  self->secrets =
    bk_service_secrets_new (self->clock, secrets_file, g_strcmp0 (g_getenv ("BECKON_SECRETS"), "file") == 0);
  self->seat = bk_service_seat_new (self->clock, connection, bk_service_is_sandboxed ());
  self->locks = bk_service_locks_new (self->doors[BK_SERVICE_DOOR_SESSIONS]);
  self->peers = bk_service_peers_new (self->doors[BK_SERVICE_DOOR_SERVICE], self->doors[BK_SERVICE_DOOR_SESSIONS],
                                      self->locks);
  BkEngineConfig engine = { .clock = self->clock,
                            .secrets = self->secrets,
                            .launcher = launcher,
                            .opener = opener,
                            .peers = BK_PEERS (self->peers),
                            .seat = BK_SEAT (self->seat),
                            .channels = self->channels,
                            .directory = BK_PEER_DIRECTORY (self->directory),
                            .host_files = (BkHostFiles *) self->host,
                            .make_backend = make_backend,
                            .make_backend_data = self,
                            .data_dir = data_dir,
                            .user_peers_dir = user_peers,
                            .system_peers_dirs = (const char *const *) system_peers,
                            .local_address = address,
                            .answer_timeout_ms = (guint) option_answer * 1000 };
  self->engine = bk_engine_new (&engine);
  bk_service_peers_set_engine (self->peers, self->engine);
  BkServiceConfig service = { self->clock,
                              self->engine,
                              self->secrets,
                              self->peers,
                              self->locks,
                              self->doors[BK_SERVICE_DOOR_SERVICE],
                              self->doors[BK_SERVICE_DOOR_SESSIONS],
                              self->host };
  self->service = bk_service_new (&service);
}

/* Whether this is the only service, of this bus and of this data: two would each believe that the other has crashed. */
static gboolean
be_alone (Program *self, const char *data_dir)
{
  const char *bus = g_dbus_connection_get_guid (bk_service_door_get_connection (self->doors[0]));
  g_autofree char *holder = NULL;
  g_autoptr (GError) error = NULL;
  gboolean taken = FALSE;

  for (int i = 0; i < 2 && !taken; i++)
    if (!bk_service_door_is_taken (self->doors[i], &taken, &error))
      {
        g_printerr ("The session bus does not answer: %s\n", error->message);
        self->status = 1;
        return FALSE;
      }
  if (!taken)
    self->lock = bk_service_lock_data (data_dir, bus, &holder, &error);
  if (taken || (self->lock < 0 && g_strcmp0 (holder, bus) == 0))
    {
      g_printerr ("beckon-service is running already on this session bus.\n");
      return FALSE;
    }
  if (self->lock >= 0)
    return TRUE;
  self->status = 1;
  if (error != NULL)
    g_printerr ("beckon-service cannot use its data folder: %s\n", error->message);
  else
    g_printerr ("Another session of yours runs beckon-service with the same data folder, %s.\n", data_dir);
  return FALSE;
}

static void
run (Program *self, const char *data_dir)
{
  g_autoptr (GError) error = NULL;

  if (!bk_service_open (self->service, &error))
    {
      g_printerr ("beckon-service cannot use the session bus: %s\n", error->message);
      self->status = 1;
      return;
    }
  if (!be_alone (self, data_dir))
    return;

  /* Never taken back: a second signal while everything is taken apart must not kill. */
  g_unix_signal_add (SIGTERM, on_signal, self);
  g_unix_signal_add (SIGINT, on_signal, self);
  self->system = bk_service_system_new (self->seat, on_woken, self);
  self->net = bk_service_network_new (self->clock, on_network_changed, self);
  bk_engine_open_async (self->engine, self->opening, on_opened, self);
  g_main_loop_run (self->loop);
}

static void
tear_down (Program *self)
{
  g_clear_pointer (&self->update, bk_service_update_free);
  g_clear_pointer (&self->system, bk_service_system_free);
  if (self->seat != NULL)
    bk_service_seat_stop (self->seat);
  g_clear_pointer (&self->net, bk_service_network_free);
  /* The next service may start as soon as the names are free: the data must be free before. */
  if (self->lock >= 0)
    close (self->lock);
  for (int i = 0; i < 2; i++)
    if (self->doors[i] != NULL)
      bk_service_door_close (self->doors[i]);
  g_clear_object (&self->service);
  g_clear_object (&self->engine);
  g_clear_object (&self->peers);
  if (self->directory != NULL)
    bk_service_directory_stop (self->directory);
  g_clear_object (&self->directory);
  g_clear_object (&self->host);
  g_clear_object (&self->seat);
  g_clear_object (&self->locks);
  g_clear_object (&self->secrets);
  /* What GDBus has begun to deliver goes out while everything it points to is still there. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->doors[0]);
  g_clear_object (&self->doors[1]);
  g_clear_object (&self->network);
  g_clear_object (&self->channels);
  g_clear_object (&self->clock);
  g_object_unref (self->opening);
  g_ptr_array_unref (self->backends);
  g_main_loop_unref (self->loop);
  if (self->status == BK_SERVICE_UPDATE_STATUS)
    bk_service_start_next ();
}

static gboolean
read_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *answer = g_getenv ("BECKON_ANSWER_TIMEOUT");

  g_option_context_set_summary (context, "The session service of Beckon. It is started by the session bus on demand.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, argc, argv, &error) || *argc > 1)
    {
      g_printerr ("%s\nTry beckon-service --help.\n", error != NULL ? error->message : "It takes no arguments.");
      return FALSE;
    }
  if (option_backend != NULL && !g_str_equal (option_backend, "native") && !g_str_equal (option_backend, "fake"))
    {
      g_printerr ("There is no network “%s”: native or fake.\n", option_backend);
      return FALSE;
    }
  if (option_address == NULL)
    option_address = g_strdup (g_getenv ("BECKON_LOCAL_ADDRESS"));
  if (option_answer == 0 && answer != NULL)
    option_answer = (int) g_ascii_strtoll (answer, NULL, 10);
  option_answer = CLAMP (option_answer, 0, 24 * 3600);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *data_dir = g_build_filename (g_get_user_data_dir (), "beckon", NULL);
  g_autofree char *log_dir = g_build_filename (g_get_user_state_dir (), "beckon", "logs", NULL);
  g_autofree char *runtime_dir = bk_service_runtime_dir (bk_service_is_sandboxed ());
  Program self = { .phase = PHASE_OPENING, .lock = -1 };

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BECKON_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  if (!read_options (&argc, &argv))
    return 2;
  if (option_version)
    {
      g_print ("beckon-service %s\n", BECKON_VERSION);
      return 0;
    }
  signal (SIGPIPE, SIG_IGN);
  self.places = (BkServicePlaces) { log_dir, runtime_dir, g_get_home_dir (), umask (077),
                                    bk_service_raise_descriptors () };
  self.loop = g_main_loop_new (NULL, FALSE);
  self.clock = bk_clock_new_system ();
  self.opening = g_cancellable_new ();
  self.backends = g_ptr_array_new ();
  if (g_strcmp0 (option_backend, "fake") == 0)
    self.network = bk_fake_network_new_demo (self.clock);
  if (open_doors (&self))
    {
      make_parts (&self, data_dir);
      run (&self, data_dir);
    }
  else
    self.status = 1;
  tear_down (&self);
  return self.status;
}
