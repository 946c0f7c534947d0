/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `beckon-server run`: from the start to the end of one server. */
#include "run.h"

#include "bk-server-log.h"
#include "bk-server.h"
#include "systemd.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  GMainLoop *loop;
  BkServer *server;
  GStrv addresses;
  const char *port_file; /* nullable */
  BkRunRead read_again;
  int status;
  gboolean stopping;
} Run;

/* ---- the end ---- */

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!bk_server_stop_finish (run->server, result, &error))
    {
      g_printerr ("beckon-server: %s\n", error->message);
      run->status = EXIT_FAILURE;
    }
  g_main_loop_quit (run->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  Run *run = user_data;

  if (!run->stopping)
    {
      bk_systemd_notify ("STOPPING=1");
      bk_server_stop_async (run->server, on_stopped, run);
    }
  run->stopping = TRUE;
  return G_SOURCE_CONTINUE;
}

/* ---- meanwhile ---- */

/* A file with a mistake changes nothing: the server goes on with what it has. */
static gboolean
on_hangup (gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  bk_systemd_notify ("RELOADING=1");
  g_autoptr (BkServerConfig) config = run->read_again (&error);
  bk_server_reload (run->server, config, error);
  bk_systemd_notify ("READY=1");
  return G_SOURCE_CONTINUE;
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* Without room on the disk nothing can be kept, but a new process would not have more. */
  if (!bk_server_probe_finish (BK_SERVER (source), result, &error))
    g_warning ("The server is not well: %s", error->message);
  bk_systemd_notify ("WATCHDOG=1");
}

/* Only what went through the main loop and the database's thread counts as a sign of life. */
static gboolean
on_watchdog (gpointer user_data)
{
  Run *run = user_data;

  if (!run->stopping)
    bk_server_probe_async (run->server, FALSE, on_probed, run);
  return G_SOURCE_CONTINUE;
}

/* ---- the start ---- */

static gboolean
announce (Run *run, GError **error)
{
  for (guint i = 0; run->addresses[i] != NULL; i++)
    {
      const char *colon = strrchr (run->addresses[i], ':');
      printf ("listening on %.*s:%u\n", (int) (colon - run->addresses[i]), run->addresses[i],
              bk_server_get_port (run->server, i));
    }
  if (bk_server_get_metrics_port (run->server) > 0)
    printf ("metrics on port %u\n", bk_server_get_metrics_port (run->server));
  fflush (stdout);
  if (run->port_file != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%u\n", bk_server_get_port (run->server, 0));
      if (!g_file_set_contents (run->port_file, text, -1, error))
        return FALSE;
    }
  bk_systemd_notify ("READY=1");
  if (bk_systemd_get_watchdog_ms () > 0)
    g_timeout_add (bk_systemd_get_watchdog_ms (), on_watchdog, run);
  return TRUE;
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (bk_server_start_finish (run->server, result, &error))
    {
      /* Before anybody is told: who knows that it runs may end it at once, and that is to be a clean end. */
      g_unix_signal_add (SIGTERM, on_signal, run);
      g_unix_signal_add (SIGINT, on_signal, run);
      g_unix_signal_add (SIGHUP, on_hangup, run);
      if (announce (run, &error))
        return;
    }
  g_printerr ("beckon-server: %s\n", error->message);
  run->status = EXIT_FAILURE;
  g_main_loop_quit (run->loop);
}

/* Takes @config. */
int
bk_run (BkServerConfig *config, const char *port_file, BkRunRead read_again)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  g_auto (GStrv) addresses = g_strdupv (config->listen);
  g_autoptr (BkServer) server = bk_server_new (config, clock);
  Run run = { loop, server, addresses, port_file, read_again, EXIT_SUCCESS, FALSE };

  bk_server_log_start (config->log_level);
  bk_server_start_async (server, on_started, &run);
  g_main_loop_run (loop);
  return run.status;
}
