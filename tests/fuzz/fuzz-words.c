/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines of the operator: a word a line, an empty line between commands; they all work on one database. Whatever
 * the words are, a command does what it says or refuses with a sentence, and what is in the file is in order. */
#include "server/twin.h"

#include "bk-cmd.h"

#include "bk-ids.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMMANDS 20

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *folder;

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

static void
remove_folder (void)
{
  g_rmdir (folder);
}

/* Nobody types, and what is printed is looked at, not shown. */
static void
take_output (const char *text)
{
  check (g_utf8_validate (text, -1, NULL), "what is printed can be read");
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  if (sodium_init () < 0 || freopen ("/dev/null", "r", stdin) == NULL || freopen ("/dev/null", "w", stdout) == NULL)
    return 1;
  folder = g_dir_make_tmp ("beckon-fuzz-XXXXXX", NULL);
  atexit (remove_folder);
  g_set_print_handler (take_output);
  twin_work_by_itself ();
  g_autoptr (BkSqlite) db = bk_sqlite_new (NULL, bk_store_migrations, bk_store_n_migrations);
  return 0;
}

static void
forget_options (void)
{
  BkCmdOptions *options = &bk_cmd_options;

  g_free (options->config);
  g_free (options->database);
  g_strfreev (options->listen);
  g_free (options->domain);
  g_free (options->registration);
  g_free (options->lock);
  g_free (options->cloud);
  g_free (options->certificate);
  g_free (options->key);
  g_free (options->port_file);
  g_free (options->name);
  g_free (options->to);
  g_free (options->url);
  *options = (BkCmdOptions){ .uses = 1, .days = BK_CMD_NO_DAYS };
}

/* These two are about files, which the words could name anywhere. */
static gboolean
touches_files (const char *word)
{
  return g_str_equal (word, "backup") || g_str_equal (word, "restore");
}

static void
check_refusal (gboolean done, const GError *error)
{
  check (done == (error == NULL), "either it is done or there is a reason");
  if (error != NULL)
    check (*error->message != '\0' && g_utf8_validate (error->message, -1, NULL), "a refusal can be read");
}

static BkServerConfig *
make_config (void)
{
  BkServerConfig *config = bk_server_config_new ();
  g_autoptr (GError) error = NULL;

  config->password_ops = crypto_pwhash_OPSLIMIT_MIN;
  config->password_memory = crypto_pwhash_MEMLIMIT_MIN;
  config->domain = g_strdup ("example.org");
  config->database = g_build_filename (folder, "server.db", NULL);
  if (!bk_server_config_complete (config, &error))
    g_error ("%s", error->message);
  return config;
}

/* Takes the words as main () does. */
static void
run_command (GPtrArray *words)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  g_autoptr (GError) error = NULL;
  g_autoptr (BkServerConfig) config = make_config ();

  g_ptr_array_insert (words, 0, g_strdup ("beckon-server"));
  g_ptr_array_add (words, NULL);
  g_auto (GStrv) argv = g_strdupv ((char **) words->pdata);
  g_option_context_set_help_enabled (context, FALSE); /* it ends the program */
  g_option_context_add_main_entries (context, bk_cmd_entries, NULL);
  gboolean parsed = g_option_context_parse_strv (context, &argv, &error);
  check (parsed == (error == NULL), "either it is done or there is a reason");
  if (parsed && argv[1] != NULL && !touches_files (argv[1]))
    check_refusal (bk_cmd_run (config, argv + 1, &error), error);
  forget_options ();
}

/* ---- what must be in order ---- */

static void
check_names (void)
{
  g_autoptr (GPtrArray) names = twin_sqlite_query ("SELECT name FROM accounts", 0, NULL, NULL);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *normal = bk_sign_in_name_normalize (names->pdata[i]);
      check (normal != NULL && g_str_equal (normal, names->pdata[i]), "names are in their normal form");
    }
}

/* Each of these lists what should not be there. */
static void
check_tables (void)
{
  static const char *const wrong[] = {
    "SELECT id FROM devices WHERE account NOT IN (SELECT id FROM accounts)",
    "SELECT id FROM contacts WHERE owner NOT IN (SELECT id FROM accounts)",
    "SELECT id FROM messages WHERE owner NOT IN (SELECT id FROM accounts)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GPtrArray) rows = twin_sqlite_query (wrong[i], 0, NULL, NULL);
      check (rows->len == 0, "what belongs to an account goes with it");
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  guint n_commands = 0;

  twin_sqlite_begin ();
  for (char **line = lines; *line != NULL && n_commands < MAX_COMMANDS; line++)
    if (**line != '\0')
      g_ptr_array_add (words, g_strdup (*line));
    else if (words->len > 0)
      {
        run_command (words);
        g_ptr_array_set_size (words, 0);
        n_commands++;
      }
  if (words->len > 0)
    run_command (words);
  check_names ();
  check_tables ();
  twin_sqlite_end ();
  return 0;
}
