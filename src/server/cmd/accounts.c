/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MIN_PASSWORD 6
#define GENERATED_PASSWORD 24

/* ---- passwords ---- */

/* What ends a program while it asks must not leave a terminal behind that shows nothing any more. */
static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static struct termios shown;

static void
on_ending (int number)
{
  tcsetattr (STDIN_FILENO, TCSANOW, &shown);
  raise (number); /* again, and now as ever: SA_RESETHAND */
}

static gboolean
hide (struct sigaction before[G_N_ELEMENTS (endings)])
{
  struct sigaction action = { .sa_handler = on_ending, .sa_flags = (int) SA_RESETHAND };
  struct termios hidden;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, &shown) != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    sigaction (endings[i], &action, &before[i]);
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  return TRUE;
}

static void
show (const struct sigaction before[G_N_ELEMENTS (endings)])
{
  tcsetattr (STDIN_FILENO, TCSADRAIN, &shown);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    sigaction (endings[i], &before[i], NULL);
  fputs ("\n", stderr);
}

/* Reads a line into @line, which a terminal does not show. */
static gboolean
read_secret (const char *question, char *line, int size)
{
  struct sigaction before[G_N_ELEMENTS (endings)];
  gboolean terminal = hide (before); /* before it asks: who answers quickly is not shown either */

  if (terminal)
    fputs (question, stderr);
  gboolean read = fgets (line, size, stdin) != NULL;
  if (terminal)
    show (before);
  line[read ? strcspn (line, "\r\n") : 0] = '\0';
  return read;
}

static char *
read_password (GError **error)
{
  char line[BK_LIMIT_PASSWORD + 2] = "", again[BK_LIMIT_PASSWORD + 2] = "";
  g_autofree char *password = NULL;

  read_secret ("New password: ", line, sizeof line);
  if (isatty (STDIN_FILENO))
    read_secret ("The same again: ", again, sizeof again);
  if (strlen (line) < MIN_PASSWORD || !bk_text_is_valid (line, BK_LIMIT_PASSWORD, FALSE))
    g_set_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT,
                 "A password has %d to %d characters and stands on one line", MIN_PASSWORD, BK_LIMIT_PASSWORD);
  else if (isatty (STDIN_FILENO) && !g_str_equal (line, again))
    g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT, "Those were two different passwords");
  else
    password = g_strdup (line);
  sodium_memzero (line, sizeof line);
  sodium_memzero (again, sizeof again);
  return g_steal_pointer (&password);
}

/* What is read, or a password made up here and printed. */
static char *
get_password (GError **error)
{
  if (bk_cmd_options.password_stdin)
    return read_password (error);
  g_autofree char *token = bk_token_new ();
  return g_strndup (token, GENERATED_PASSWORD);
}

static char *
hash_password (BkServerConfig *config, const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str (hash, password, strlen (password), config->password_ops, config->password_memory) == 0)
    return g_strdup (hash);
  g_set_error_literal (error, BECKON_ERROR, BECKON_ERROR_FAILED, "There is not enough memory to hash the password");
  return NULL;
}

/* Returns (transfer full) the line to be printed. A password is told only to who does not know it. */
static char *
describe_account (const char *name, const char *password)
{
  return bk_cmd_options.password_stdin ? g_strdup_printf ("%s\n", name)
                                       : g_strdup_printf ("%s  password: %s\n", name, password);
}

/* ---- commands ---- */

gboolean
bk_cmd_account_add (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, words[0], error);
  g_autofree char *password = full != NULL ? get_password (error) : NULL;
  g_autofree char *hash = password != NULL ? hash_password (config, password, error) : NULL;

  if (hash == NULL)
    return FALSE;
  BkStoreRegister *job = g_new0 (BkStoreRegister, 1);
  job->now = g_get_real_time ();
  job->name = g_strdup (full);
  job->display_name = g_strndup (full, strcspn (full, "@"));
  job->password = g_steal_pointer (&hash);
  job = bk_cmd_job (config, BK_SQLITE_WRITE, bk_store_register, job, bk_store_register_free, error);
  if (job == NULL)
    return FALSE;
  bk_store_register_free (job);
  g_autofree char *line = describe_account (full, password);
  fputs (line, stdout);
  return TRUE;
}

gboolean
bk_cmd_account_list (BkServerConfig *config, char **words, GError **error)
{
  return bk_cmd_admin (config, BK_SQLITE_READ, bk_store_list_accounts, bk_cmd_admin_new (), error);
}

/* Whoever has forgotten a password, or has lost a device, starts anew: nobody stays signed in by the old one. */
gboolean
bk_cmd_account_password (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, words[0], error);
  g_autofree char *password = full != NULL ? get_password (error) : NULL;
  g_autofree char *hash = password != NULL ? hash_password (config, password, error) : NULL;

  if (hash == NULL)
    return FALSE;
  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = g_strdup (full);
  job->key = g_steal_pointer (&hash);
  g_autofree char *line = describe_account (full, password);
  g_string_append (job->list, line);
  return bk_cmd_operate (config, bk_store_reset_password, job, error);
}

gboolean
bk_cmd_account_remove (BkServerConfig *config, char **words, GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, words[0], error);
  if (full == NULL)
    return FALSE;

  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = g_steal_pointer (&full);
  return bk_cmd_operate (config, bk_store_remove_account, job, error);
}

/* A job of the operator about one account, which a running server has to hear of if @operates. */
static gboolean
run_about (BkServerConfig *config, const char *name, BkSqliteKind kind, BkSqliteJob run, gboolean operates,
           GError **error)
{
  g_autofree char *full = bk_cmd_complete_name (config, name, error);
  if (full == NULL)
    return FALSE;

  BkStoreAdmin *job = bk_cmd_admin_new ();
  job->token = g_steal_pointer (&full);
  return operates ? bk_cmd_operate (config, run, job, error) : bk_cmd_admin (config, kind, run, job, error);
}

gboolean
bk_cmd_account_show (BkServerConfig *config, char **words, GError **error)
{
  return run_about (config, words[0], BK_SQLITE_READ, bk_store_show_account, FALSE, error);
}

/* All that the account has stays; nobody gets in. */
gboolean
bk_cmd_account_disable (BkServerConfig *config, char **words, GError **error)
{
  return run_about (config, words[0], BK_SQLITE_WRITE, bk_store_disable_account, TRUE, error);
}

gboolean
bk_cmd_account_enable (BkServerConfig *config, char **words, GError **error)
{
  return run_about (config, words[0], BK_SQLITE_WRITE, bk_store_enable_account, FALSE, error);
}
