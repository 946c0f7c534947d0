/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"
#include "run.h"
#include "systemd.h"

#include "beckon-error.h"

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

/* Sockets that systemd holds for the server take the place of `listen`: they outlive it, so that nobody is refused while
 * it starts again. */
static gboolean
use_sockets (BkServerConfig *config, GError **error)
{
  static GStrv addresses; /* also when the settings are read again */
  g_autoptr (GError) local = NULL;

  if (addresses == NULL)
    config->sockets = bk_systemd_take_sockets (&addresses, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (addresses != NULL)
    {
      g_strfreev (config->listen);
      config->listen = g_strdupv (addresses);
    }
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
  if (!read_words (config, error) || !use_sockets (config, error) || !bk_server_config_complete (config, error))
    return NULL;
  return g_steal_pointer (&config);
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
    return bk_run (g_steal_pointer (&config), bk_cmd_options.port_file, read_config);
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
  /* Standard output is for who has started the program. It must be said before there is a thread: where the unit's filter
   * lets no thread be given its rank, GLib starts one early. */
  g_log_writer_default_set_use_stderr (TRUE);
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
