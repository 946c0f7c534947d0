/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admin.h"
#include "backup.h"
#include "check.h"
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

#define DEFAULT_TOKEN_DAYS 14
#define EXIT_USAGE 2
#define DEFAULT_CONFIG "/etc/beckon-server/beckon-server.conf"

static struct
{
  char *config;
  char *database;
  char **listen;
  char *domain;
  char *registration;
  char *lock;
  char *cloud;
  char *certificate;
  char *key;
  char *port_file;
  char *name;
  char *to;
  char *url;
  gint64 site;
  gboolean all;
  gboolean subscribers;
  int uses;
  int days;
  gboolean password_stdin;
  gboolean replace;
  gboolean check_config;
} options = { .uses = 1, .days = DEFAULT_TOKEN_DAYS };

static gboolean
on_check_config (const char *name, const char *value, gpointer data, GError **error)
{
  options.check_config = TRUE;
  if (value != NULL)
    {
      g_free (options.config);
      options.config = g_strdup (value);
    }
  return TRUE;
}

static const GOptionEntry entries[] = {
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &options.config, "Configuration file", "FILE" },
  { "database", 0, 0, G_OPTION_ARG_FILENAME, &options.database, "Where everything is kept", "FILE" },
  { "domain", 0, 0, G_OPTION_ARG_STRING, &options.domain, "What stands after the @ in sign-in names", "DOMAIN" },
  { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.listen, "run: where to listen; may be repeated", "HOST:PORT" },
  { "registration", 0, 0, G_OPTION_ARG_STRING, &options.registration, "run: who may make an account",
    "open|token|closed" },
  { "lock", 0, 0, G_OPTION_ARG_STRING, &options.lock, "run: whether programs need a license (on)", "on|off" },
  { "cloud", 0, 0, G_OPTION_ARG_STRING, &options.cloud,
    "run: whose licenses are good; license issue: where it will be good (production)", "production|test" },
  { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate, "run: certificate chain, PEM", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "run: its key, PEM", "FILE" },
  { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options.port_file, "run: write the first port to FILE when ready",
    "FILE" },
  { "uses", 0, 0, G_OPTION_ARG_INT, &options.uses, "token create: how many accounts it is good for (1)", "N" },
  { "days", 0, 0, G_OPTION_ARG_INT, &options.days, "token create: for how many days (14), 0: for ever", "N" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "license issue: whose it is", "NAME" },
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "license challenge, alert send: all of them", NULL },
  { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "alert send: to one account", "NAME" },
  { "subscribers", 0, 0, G_OPTION_ARG_NONE, &options.subscribers,
    "alert send: to those who have enabled the site and are there now", NULL },
  { "site", 0, 0, G_OPTION_ARG_INT64, &options.site, "alert send: what it is about (0, the service itself)", "N" },
  { "url", 0, 0, G_OPTION_ARG_STRING, &options.url, "alert send: where there is more", "URL" },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin,
    "account add: read the password from standard input instead of making one up", NULL },
  { "check-config", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_check_config,
    "Say what is wrong with a configuration file (/etc/beckon-server/beckon-server.conf), and end", "FILE" },
  { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace,
    "backup, restore: put the new file in the place of one that is there", NULL },
  { NULL },
};

static const char summary[] =
  "Commands:\n"
  "  run                  serve until SIGTERM or SIGINT\n"
  "  backup FILE          copy everything into FILE, also while the server runs\n"
  "  restore FILE         put a backup in the place of everything; the server must not run\n"
  "  token create         make a token that lets people register, and print it\n"
  "  token list           list the tokens that can still be used\n"
  "  account add NAME     make an account\n"
  "  account list         list all accounts\n"
  "  account remove NAME  remove an account and all that is its own\n"
  "  license issue        make a license for a program, and print its id and its key\n"
  "  license list         list all licenses\n"
  "  license revoke ID    make a license worthless\n"
  "  license challenge ID (or --all)\n"
  "                       have programs prove again, now, that they know the key of their license\n"
  "  alert send TEXT      tell people something: --to NAME, --all or --subscribers";

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
  if (options.registration != NULL
      && !bk_server_registration_from_string (options.registration, &config->registration))
    return refuse_word ("--registration", "open, token or closed", error);
  if (options.lock != NULL && !bk_server_lock_from_string (options.lock, &config->lock))
    return refuse_word ("--lock", "on or off", error);
  if (options.cloud != NULL && !bk_server_cloud_from_string (options.cloud, &config->cloud))
    return refuse_word ("--cloud", "production or test", error);
  return TRUE;
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

  if (bk_server_start_finish (run->server, result, &error))
    {
      /* Before anybody is told: who knows that it runs may end it at once, and that is to be a clean end. */
      g_unix_signal_add (SIGTERM, on_signal, run);
      g_unix_signal_add (SIGINT, on_signal, run);
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

/* Usage that is wrong, as GOption reports it. */
static gboolean
misused (const char *text, GError **error)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

static gboolean
token_create (BkServerConfig *config, const char *word, GError **error)
{
  if (options.uses <= 0 || options.days < 0)
    return misused ("A token is good for at least one account, and --days is not negative", error);
  return bk_server_admin_token_create (config, (guint) options.uses, (guint) options.days, error);
}

static gboolean
token_list (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_token_list (config, error);
}

static gboolean
account_add (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_account_add (config, word, options.password_stdin, error);
}

static gboolean
account_list (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_account_list (config, error);
}

static gboolean
account_remove (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_account_remove (config, word, error);
}

static gboolean
license_issue (BkServerConfig *config, const char *word, GError **error)
{
  if (options.name == NULL)
    return misused ("A license needs a --name", error);
  return bk_server_admin_license_issue (config, options.name, error);
}

static gboolean
license_list (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_license_list (config, error);
}

static gboolean
license_revoke (BkServerConfig *config, const char *word, GError **error)
{
  return bk_server_admin_license_revoke (config, word, error);
}

static gboolean
license_challenge (BkServerConfig *config, const char *word, GError **error)
{
  if ((word != NULL) == options.all)
    return misused ("Name one license, or --all", error);
  return bk_server_admin_license_challenge (config, word, error);
}

static gboolean
alert_send (BkServerConfig *config, const char *word, GError **error)
{
  const BkServerAlert alert = { options.to, options.subscribers, options.site, options.url, word };

  if ((options.to != NULL) + options.all + options.subscribers != 1)
    return misused ("An alert goes --to NAME, to --all or to --subscribers", error);
  if (options.site < 0 || options.site > G_MAXUINT32)
    return misused ("A site is a number from 0 to 2^32 - 1", error);
  return bk_server_admin_alert_send (config, &alert, error);
}

typedef enum
{
  WORD_NONE,
  WORD_ONE,
  WORD_OPTIONAL,
} Word;

static const struct
{
  const char *group;
  const char *verb;
  Word word; /* after the verb */
  gboolean (*run) (BkServerConfig *config, const char *word, GError **error);
} commands[] = {
  { "token", "create", WORD_NONE, token_create },
  { "token", "list", WORD_NONE, token_list },
  { "account", "add", WORD_ONE, account_add },
  { "account", "list", WORD_NONE, account_list },
  { "account", "remove", WORD_ONE, account_remove },
  { "license", "issue", WORD_NONE, license_issue },
  { "license", "list", WORD_NONE, license_list },
  { "license", "revoke", WORD_ONE, license_revoke },
  { "license", "challenge", WORD_OPTIONAL, license_challenge },
  { "alert", "send", WORD_ONE, alert_send },
};

static gboolean
run_admin (BkServerConfig *config, char **words, GError **error)
{
  guint n_words = g_strv_length (words);

  for (gsize i = 0; n_words >= 2 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (words[0], commands[i].group) && g_str_equal (words[1], commands[i].verb)
        && n_words >= (commands[i].word == WORD_ONE ? 3 : 2) && n_words <= (commands[i].word == WORD_NONE ? 2 : 3))
      return commands[i].run (config, words[2], error);
  return misused ("There is no such command; see beckon-server --help", error);
}

static gboolean
run_file_command (BkServerConfig *config, char **words, GError **error)
{
  if (g_str_equal (words[0], "backup"))
    return bk_cmd_backup_to (config, words[1], options.replace, error);
  return bk_cmd_restore_from (config, words[1], options.replace, error);
}

static gboolean
is_file_command (char **words)
{
  return g_strv_length (words) == 2 && (g_str_equal (words[0], "backup") || g_str_equal (words[0], "restore"));
}

static int
check_config (void)
{
  g_autoptr (GError) error = NULL;

  if (bk_cmd_check_config (options.config != NULL ? options.config : DEFAULT_CONFIG, &error))
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
  if (config != NULL
      && (is_file_command (words) ? run_file_command (config, words, &error) : run_admin (config, words, &error)))
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
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("beckon-server: %s\n", error->message);
      return EXIT_USAGE;
    }
  drop_separator (argv + 1);
  if (options.check_config && argv[1] == NULL)
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
