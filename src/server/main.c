/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admin.h"
#include "bk-server.h"

#include "beckon-error.h"

#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TOKEN_DAYS 14
#define EXIT_USAGE 2

static struct
{
  char *config;
  char *database;
  char **listen;
  char *domain;
  char *registration;
  char *certificate;
  char *key;
  char *port_file;
  int uses;
  int days;
  gboolean password_stdin;
} options = { .uses = 1, .days = DEFAULT_TOKEN_DAYS };

static const GOptionEntry entries[] = {
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &options.config, "Configuration file", "FILE" },
  { "database", 0, 0, G_OPTION_ARG_FILENAME, &options.database, "Where everything is kept", "FILE" },
  { "domain", 0, 0, G_OPTION_ARG_STRING, &options.domain, "What stands after the @ in sign-in names", "DOMAIN" },
  { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.listen, "run: where to listen; may be repeated", "HOST:PORT" },
  { "registration", 0, 0, G_OPTION_ARG_STRING, &options.registration, "run: who may make an account",
    "open|token|closed" },
  { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate, "run: certificate chain, PEM", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "run: its key, PEM", "FILE" },
  { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options.port_file, "run: write the first port to FILE when ready",
    "FILE" },
  { "uses", 0, 0, G_OPTION_ARG_INT, &options.uses, "token create: how many accounts it is good for (1)", "N" },
  { "days", 0, 0, G_OPTION_ARG_INT, &options.days, "token create: for how many days (14), 0: for ever", "N" },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin,
    "account add: read the password from standard input instead of making one up", NULL },
  { NULL },
};

static const char summary[] =
  "Commands:\n"
  "  run                  serve until SIGTERM or SIGINT\n"
  "  token create         make a token that lets people register, and print it\n"
  "  token list           list the tokens that can still be used\n"
  "  account add NAME     make an account\n"
  "  account list         list all accounts\n"
  "  account remove NAME  remove an account and all that is its own";

/* ---- settings ---- */

static void
override (char **setting, char *value)
{
  if (value == NULL)
    return;
  g_free (*setting);
  *setting = g_strdup (value);
}

static BkServerConfig *
read_config (GError **error)
{
  g_autoptr (BkServerConfig) config = bk_server_config_new ();

  if (options.config != NULL && !bk_server_config_load (config, options.config, error))
    return NULL;
  override (&config->database, options.database);
  override (&config->domain, options.domain);
  override (&config->certificate, options.certificate);
  override (&config->key, options.key);
  if (options.listen != NULL)
    {
      g_strfreev (config->listen);
      config->listen = g_strdupv (options.listen);
    }
  if (options.registration != NULL
      && !bk_server_registration_from_string (options.registration, &config->registration))
    {
      g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "--registration is open, token or closed");
      return NULL;
    }
  if (!bk_server_config_complete (config, error))
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
  if (options.port_file != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%u\n", bk_server_get_port (run->server, 0));
      if (!g_file_set_contents (options.port_file, text, -1, error))
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

  if (bk_server_start_finish (run->server, result, &error) && announce (run, &error))
    {
      g_unix_signal_add (SIGTERM, on_signal, run);
      g_unix_signal_add (SIGINT, on_signal, run);
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

static gboolean
run_admin (BkServerConfig *config, char **words, gboolean *known, GError **error)
{
  guint n_words = g_strv_length (words);
  g_autofree char *verb = g_strjoin (" ", words[0], n_words > 1 ? words[1] : "", NULL);

  *known = TRUE;
  if (n_words == 2 && g_str_equal (verb, "token create") && options.uses > 0 && options.days >= 0)
    return bk_server_admin_token_create (config, (guint) options.uses, (guint) options.days, error);
  if (n_words == 2 && g_str_equal (verb, "token list"))
    return bk_server_admin_token_list (config, error);
  if (n_words == 2 && g_str_equal (verb, "account list"))
    return bk_server_admin_account_list (config, error);
  if (n_words == 3 && g_str_equal (verb, "account add"))
    return bk_server_admin_account_add (config, words[2], options.password_stdin, error);
  if (n_words == 3 && g_str_equal (verb, "account remove"))
    return bk_server_admin_account_remove (config, words[2], error);
  *known = FALSE;
  return FALSE;
}

static int
run_command (char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkServerConfig) config = read_config (&error);
  gboolean known = TRUE;

  if (config != NULL && g_str_equal (words[0], "run") && words[1] == NULL)
    return run_server (g_steal_pointer (&config));
  if (config != NULL && run_admin (config, words, &known, &error))
    return EXIT_SUCCESS;
  if (!known)
    {
      g_printerr ("beckon-server: there is no such command; see beckon-server --help\n");
      return EXIT_USAGE;
    }
  g_printerr ("beckon-server: %s\n", error->message);
  return EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("beckon-server: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (argc < 2)
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
