/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"
#include "bk-server.h"

#include "beckon-error.h"
#include "bk-fields.h"

#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

/* ---- settings ---- */

static void
override (char **setting, char *value)
{
  if (value == NULL)
    return;
  g_free (*setting);
  *setting = g_strdup (value);
}

static gboolean
refuse_word (const char *option, const char *words, GError **error)
{
  g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "%s is %s", option, words);
  return FALSE;
}

static gboolean
read_words (BkServerConfig *config, GError **error)
{
  if (bk_cmd_options.registration != NULL
      && !bk_server_registration_from_string (bk_cmd_options.registration, &config->registration))
    return refuse_word ("--registration", "open, token or closed", error);
  if (bk_cmd_options.lock != NULL && !bk_server_lock_from_string (bk_cmd_options.lock, &config->lock))
    return refuse_word ("--lock", "on or off", error);
  if (bk_cmd_options.cloud != NULL && !bk_server_cloud_from_string (bk_cmd_options.cloud, &config->cloud))
    return refuse_word ("--cloud", "production or test", error);
  return TRUE;
}

static BkServerConfig *
read_config (GError **error)
{
  g_autoptr (BkServerConfig) config = bk_server_config_new ();

  if (bk_cmd_options.config != NULL && !bk_server_config_load (config, bk_cmd_options.config, error))
    return NULL;
  override (&config->database, bk_cmd_options.database);
  override (&config->domain, bk_cmd_options.domain);
  override (&config->certificate, bk_cmd_options.certificate);
  override (&config->key, bk_cmd_options.key);
  if (bk_cmd_options.listen != NULL)
    {
      g_strfreev (config->listen);
      config->listen = g_strdupv (bk_cmd_options.listen);
    }
  if (!read_words (config, error) || !bk_server_config_complete (config, error))
    return NULL;
  return g_steal_pointer (&config);
}

/* ---- run ---- */

typedef struct
{
  GMainLoop *loop;
  BkServer *server;
  GStrv addresses;
  int status;
  gboolean stopping;
} Run;

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
    bk_server_stop_async (run->server, on_stopped, run);
  run->stopping = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hangup (gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (bk_server_reload (run->server, &error))
    g_message ("Read the certificate and its key again");
  else
    g_warning ("%s. The certificate until now stays in use", error->message);
  return G_SOURCE_CONTINUE;
}

/* Tells systemd that we are ready: one datagram to the socket that it names. */
static void
notify_systemd (void)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GError) error = NULL;

  if (path == NULL || (path[0] != '/' && path[0] != '@'))
    return;
  g_autoptr (GSocketAddress) address = path[0] == '@'
    ? g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT)
    : g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT,
                                             &error);
  if (socket == NULL || g_socket_send_to (socket, address, "READY=1", strlen ("READY=1"), NULL, &error) < 0)
    g_warning ("Could not tell systemd: %s", error->message);
}

static gboolean
announce (Run *run, GError **error)
{
  for (guint i = 0; run->addresses[i] != NULL; i++)
    {
      const char *colon = strrchr (run->addresses[i], ':');
      printf ("listening on %.*s:%u\n", (int) (colon - run->addresses[i]), run->addresses[i],
              bk_server_get_port (run->server, i));
    }
  fflush (stdout);
  if (bk_cmd_options.port_file != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%u\n", bk_server_get_port (run->server, 0));
      if (!g_file_set_contents (bk_cmd_options.port_file, text, -1, error))
        return FALSE;
    }
  notify_systemd ();
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
static int
run_server (BkServerConfig *config)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  g_auto (GStrv) addresses = g_strdupv (config->listen);
  g_autoptr (BkServer) server = bk_server_new (config, clock);
  Run run = { loop, server, addresses, EXIT_SUCCESS, FALSE };

  bk_server_start_async (server, on_started, &run);
  g_main_loop_run (loop);
  return run.status;
}

/* ---- commands ---- */

static int
check_config (void)
{
  const char *file = bk_cmd_options.config != NULL ? bk_cmd_options.config : BK_CMD_CONFIG;
  g_autoptr (GError) error = NULL;

  if (bk_cmd_check_config (file, &error))
    return EXIT_SUCCESS;
  g_printerr ("beckon-server: %s\n", error->message);
  return EXIT_FAILURE;
}

static int
run_command (char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkServerConfig) config = read_config (&error);

  if (config != NULL && g_str_equal (words[0], "run") && words[1] == NULL)
    return run_server (g_steal_pointer (&config));
  if (config != NULL && bk_cmd_run (config, words, &error))
    return EXIT_SUCCESS;
  g_printerr ("beckon-server: %s\n", error->message);
  return error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILURE;
}

/* GOption leaves a “--” where it is if what follows begins with a dash. */
static void
drop_separator (char **words)
{
  while (*words != NULL && !g_str_equal (*words, "--"))
    words++;
  for (; *words != NULL; words++)
    words[0] = words[1];
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  g_autofree char *summary = bk_cmd_summary ();
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, bk_cmd_entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("beckon-server: %s\n", error->message);
      return EXIT_USAGE;
    }
  drop_separator (argv + 1);
  if (bk_cmd_options.check_config && argv[1] == NULL)
    return check_config ();
  if (argv[1] == NULL)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
      fputs (help, stderr);
      return EXIT_USAGE;
    }
  if (sodium_init () < 0)
    {
      g_printerr ("beckon-server: the system has no randomness to give\n");
      return EXIT_FAILURE;
    }
  return run_command (argv + 1);
}
