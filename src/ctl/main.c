/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-ctl.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const BkCtlCommand *const families[] = {
  bk_ctl_account_commands, bk_ctl_keeping_commands, bk_ctl_contact_commands, bk_ctl_group_commands,
  bk_ctl_chat_commands, bk_ctl_history_commands, bk_ctl_application_commands, bk_ctl_session_commands,
  bk_ctl_channel_commands, bk_ctl_connection_commands, bk_ctl_program_commands, bk_ctl_open_commands,
  bk_ctl_watch_commands, bk_ctl_lock_commands, bk_ctl_settings_commands, bk_ctl_file_commands,
};

static BkCtl ctl;

/* Texts are taken as they are (FILENAME) and checked to be UTF-8 whatever the locale: see check_utf8 (). */
static char **rest;
static gboolean version;
static const GOptionEntry common_entries[] = {
  { "json", 'j', 0, G_OPTION_ARG_NONE, &ctl.json, "Print JSON", NULL },
  { "account", 'a', 0, G_OPTION_ARG_FILENAME, &ctl.account_name, "The account to use instead of the first", "NAME" },
  { "timeout", 't', 0, G_OPTION_ARG_INT, &ctl.timeout, "Give up after this long", "SECONDS" },
  { NULL },
};
static const GOptionEntry own_entries[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
  { NULL },
};
static const GOptionEntry rest_entries[] = {
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
  { NULL },
};

/* ---- which command ---- */

static const BkCtlCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const BkCtlCommand *command = families[i]; command->name != NULL; command++)
      if (g_str_equal (command->name, name))
        return command;
  return NULL;
}

/* Looks up `argv[1] argv[2]`, then `argv[1]`, and takes those words away, so that the command's own context begins
 * where it should. */
static const BkCtlCommand *
take_command (int *argc, char **argv)
{
  const BkCtlCommand *command = NULL;
  int words = 0;

  if (*argc >= 3)
    {
      g_autofree char *two = g_strconcat (argv[1], " ", argv[2], NULL);
      command = find_command (two);
      words = 2;
    }
  if (command == NULL && *argc >= 2)
    {
      command = find_command (argv[1]);
      words = 1;
    }
  if (command == NULL)
    return NULL;
  memmove (argv + 1, argv + 1 + words, sizeof (char *) * (gsize) (*argc - words));
  *argc -= words;
  return command;
}

static char *
list_commands (void)
{
  GString *list = g_string_new ("Commands:");

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const BkCtlCommand *command = families[i]; command->name != NULL; command++)
      {
        g_autofree char *call = g_strconcat (command->name, " ", command->arguments, NULL);
        if (command->summary != NULL)
          g_string_append_printf (list, "\n  %-34s %s", call, command->summary);
      }
  g_string_append (list, "\n\nbeckonctl COMMAND --help tells more about a command.\n\n"
                         "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no session service, 4 timed out,\n"
                         "5 the session ended otherwise than asked.");
  return g_string_free (list, FALSE);
}

static int
usage_error (const char *text)
{
  g_autofree char *safe = bk_ctl_safe (text);

  fprintf (stderr, "beckonctl: %s\n", safe);
  return BK_CTL_USAGE;
}

static gboolean
check_utf8 (int argc, char **argv)
{
  for (int i = 0; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      return FALSE;
  return TRUE;
}

/* Options that stand before the command. */
static gboolean
parse_common (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND [ARGUMENTS]");
  g_autofree char *list = list_commands ();

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_summary (context, "Drives Beckon's session service from the command line.");
  g_option_context_set_description (context, list);
  g_option_context_add_main_entries (context, own_entries, NULL);
  g_option_context_add_main_entries (context, common_entries, NULL);
  if (*argc >= 2 && g_str_equal ((*argv)[1], "help"))
    (*argv)[1] = (char *) "--help";
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
parse_command (const BkCtlCommand *command, int argc, char **argv, GError **error)
{
  g_autofree char *words = g_strconcat (command->name, " ", command->arguments, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autofree char *program = g_strconcat ("beckonctl ", command->name, NULL);

  g_set_prgname (program);
  g_option_context_set_summary (context, command->summary);
  if (command->entries != NULL)
    g_option_context_add_main_entries (context, command->entries, NULL);
  g_option_context_add_main_entries (context, common_entries, NULL);
  g_option_context_add_main_entries (context, rest_entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;

  ctl.args = rest != NULL ? rest : g_new0 (char *, 1);
  int n_args = (int) g_strv_length (ctl.args);
  if (n_args < command->min_args || (command->max_args >= 0 && n_args > command->max_args))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Usage: beckonctl %s", words);
      return FALSE;
    }
  return TRUE;
}

/* ---- running it ---- */

static gboolean
on_interrupted (gpointer user_data)
{
  bk_ctl_done (&ctl, BK_CTL_INTERRUPTED);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_timeout (gpointer user_data)
{
  bk_ctl_fail (&ctl, BK_CTL_TIMEOUT, "It did not happen within %d s", ctl.timeout);
  return G_SOURCE_CONTINUE;
}

static void
on_messenger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  const BkCtlCommand *command = user_data;
  g_autoptr (GError) error = NULL;
  BeckonMessenger *messenger = beckon_messenger_new_finish (result, &error);

  if (messenger == NULL)
    {
      bk_ctl_fail (&ctl, BK_CTL_NO_SERVICE, "%s", error->message);
      return;
    }
  ctl.messenger = messenger;
  command->run (&ctl);
}

static int
run_command (const BkCtlCommand *command)
{
  ctl.loop = g_main_loop_new (NULL, FALSE);
  ctl.cancellable = g_cancellable_new ();
  ctl.kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_unix_signal_add (SIGINT, on_interrupted, NULL);
  g_unix_signal_add (SIGTERM, on_interrupted, NULL);
  if (ctl.timeout > 0)
    g_timeout_add_seconds ((guint) ctl.timeout, on_timeout, NULL);
  beckon_messenger_new_async (ctl.cancellable, on_messenger, (gpointer) command);
  g_main_loop_run (ctl.loop);

  if (ctl.cleanup != NULL)
    ctl.cleanup (ctl.cleanup_data);
  fflush (stdout);
  g_ptr_array_unref (ctl.kept);
  g_clear_object (&ctl.messenger);
  g_object_unref (ctl.cancellable);
  g_main_loop_unref (ctl.loop);
  g_strfreev (ctl.args);
  g_free (ctl.account_name);
  return (int) ctl.status;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (!check_utf8 (argc, argv))
    return usage_error ("Arguments must be UTF-8");
  if (!parse_common (&argc, &argv, &error))
    return usage_error (error->message);
  if (version)
    {
      g_print ("beckonctl %s\n", BECKON_VERSION);
      return 0;
    }
  if (argc < 2)
    return usage_error ("Which command? beckonctl --help lists them");

  const char *word = argv[1];
  const BkCtlCommand *command = take_command (&argc, argv);
  if (command == NULL)
    {
      g_autofree char *text = g_strdup_printf ("There is no command %s; beckonctl --help lists those there are", word);
      return usage_error (text);
    }
  if (!parse_command (command, argc, argv, &error))
    return usage_error (error->message);
  return run_command (command);
}
