/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-cmd.h"

#define HELP_COLUMN 32

BkCmdOptions bk_cmd_options = { .uses = 1, .days = BK_CMD_NO_DAYS };

static gboolean
on_check_config (const char *name, const char *value, gpointer data, GError **error)
{
  bk_cmd_options.check_config = TRUE;
  if (value != NULL)
    {
      g_free (bk_cmd_options.config);
      bk_cmd_options.config = g_strdup (value);
    }
  return TRUE;
}

const GOptionEntry bk_cmd_entries[] = {
#define AT(member) &bk_cmd_options.member
  { "config", 0, 0, G_OPTION_ARG_FILENAME, AT (config), "Configuration file", "FILE" },
  { "database", 0, 0, G_OPTION_ARG_FILENAME, AT (database), "Where everything is kept", "FILE" },
  { "domain", 0, 0, G_OPTION_ARG_STRING, AT (domain), "What stands after the @ in sign-in names", "DOMAIN" },
  { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, AT (listen), "run: where to listen; may be repeated", "HOST:PORT" },
  { "registration", 0, 0, G_OPTION_ARG_STRING, AT (registration), "run: who may make an account", "open|token|closed" },
  { "lock", 0, 0, G_OPTION_ARG_STRING, AT (lock), "run: whether programs need a license (on)", "on|off" },
  { "cloud", 0, 0, G_OPTION_ARG_STRING, AT (cloud),
    "run: whose licenses are good; license issue: where it will be good (production)", "production|test" },
  { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, AT (certificate), "run: certificate chain, PEM", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, AT (key), "run: its key, PEM", "FILE" },
  { "port-file", 0, 0, G_OPTION_ARG_FILENAME, AT (port_file), "run: write the first port to FILE when ready", "FILE" },
  { "uses", 0, 0, G_OPTION_ARG_INT, AT (uses), "token create: how many accounts it is good for (1)", "N" },
  { "days", 0, 0, G_OPTION_ARG_INT, AT (days),
    "token create: for how many days (14), 0: for ever; audit list: of how many (30)", "N" },
  { "name", 0, 0, G_OPTION_ARG_STRING, AT (name), "license issue: whose it is", "NAME" },
  { "all", 0, 0, G_OPTION_ARG_NONE, AT (all), "license challenge, alert send: all of them", NULL },
  { "to", 0, 0, G_OPTION_ARG_STRING, AT (to), "alert send: to one account", "NAME" },
  { "subscribers", 0, 0, G_OPTION_ARG_NONE, AT (subscribers),
    "alert send: to those who have enabled the site and are there now", NULL },
  { "site", 0, 0, G_OPTION_ARG_INT64, AT (site), "alert send: what it is about (0, the service itself)", "N" },
  { "url", 0, 0, G_OPTION_ARG_STRING, AT (url), "alert send: where there is more", "URL" },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, AT (password_stdin),
    "account add, account password: read the password from standard input (a terminal asks for it) instead of making "
    "one up", NULL },
  { "replace", 0, 0, G_OPTION_ARG_NONE, AT (replace),
    "backup, restore: put the new file in the place of one that is there", NULL },
  { "check-config", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_check_config,
    "Say what is wrong with a configuration file (" BK_CMD_CONFIG "), and end", "FILE" },
#undef AT
  { NULL },
};

static const BkCmd commands[] = {
  { "backup", NULL, 1, 1, "FILE", "copy everything into a file, also while the server runs", bk_cmd_backup },
  { "restore", NULL, 1, 1, "FILE", "put a backup in the place of everything; the server must not run", bk_cmd_restore },
  { "token", "create", 0, 0, "", "make a token that lets people register, and print it", bk_cmd_token_create },
  { "token", "list", 0, 0, "", "list the tokens that can still be used", bk_cmd_token_list },
  { "account", "add", 1, 1, "NAME", "make an account", bk_cmd_account_add },
  { "account", "list", 0, 0, "", "list all accounts", bk_cmd_account_list },
  { "account", "password", 1, 1, "NAME", "give an account a new password; all its devices are signed out",
    bk_cmd_account_password },
  { "account", "show", 1, 1, "NAME", "tell what an account has, but not what it says", bk_cmd_account_show },
  { "account", "disable", 1, 1, "NAME", "close an account: nobody can sign in; all that it has stays",
    bk_cmd_account_disable },
  { "account", "enable", 1, 1, "NAME", "open it again", bk_cmd_account_enable },
  { "account", "remove", 1, 1, "NAME", "remove an account and all that is its own", bk_cmd_account_remove },
  { "device", "list", 1, 1, "NAME", "list the devices of an account", bk_cmd_device_list },
  { "device", "remove", 2, 2, "NAME DEVICE", "sign a device out", bk_cmd_device_remove },
  { "license", "issue", 0, 0, "", "make a license for a program, and print its id and its key", bk_cmd_license_issue },
  { "license", "list", 0, 0, "", "list all licenses", bk_cmd_license_list },
  { "license", "revoke", 1, 1, "ID", "make a license worthless", bk_cmd_license_revoke },
  { "license", "challenge", 0, 1, "ID (or --all)",
    "have programs prove again, now, that they know the key of their license", bk_cmd_license_challenge },
  { "alert", "send", 1, 1, "TEXT", "tell people something: --to NAME, --all or --subscribers", bk_cmd_alert_send },
  { "audit", "list", 0, 1, "[NAME]", "list who did what, of the last 30 --days", bk_cmd_audit_list },
};

/* Returns how many of @words name @cmd, 0 if they do not. */
static guint
match (const BkCmd *cmd, char **words)
{
  guint n_named = cmd->verb != NULL ? 2 : 1;
  guint n_words = g_strv_length (words);

  if (n_words < n_named || !g_str_equal (words[0], cmd->family)
      || (cmd->verb != NULL && !g_str_equal (words[1], cmd->verb)))
    return 0;
  return n_words - n_named >= cmd->least && n_words - n_named <= cmd->most ? n_named : 0;
}

/* Runs the command that @words name. */
gboolean
bk_cmd_run (BkServerConfig *config, char **words, GError **error)
{
  for (char **word = words; *word != NULL; word++)
    if (!g_utf8_validate (*word, -1, NULL))
      return bk_cmd_misused ("What is written there is not text in UTF-8", error);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      guint n_named = match (&commands[i], words);
      if (n_named == 0)
        continue;
      bk_cmd_begin (commands[i].family, commands[i].verb);
      return commands[i].run (config, words + n_named, error);
    }
  return bk_cmd_misused ("There is no such command; see beckon-server --help", error);
}

/* Returns (transfer full) what --help says about the commands. */
char *
bk_cmd_summary (void)
{
  GString *text = g_string_new ("Commands:\n");

  g_string_append_printf (text, "  %-*s%s\n", HELP_COLUMN, "run", "serve until SIGTERM or SIGINT");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      const char *verb = commands[i].verb != NULL ? commands[i].verb : commands[i].words;
      const char *rest = commands[i].verb != NULL ? commands[i].words : NULL;
      g_autofree char *words = g_strjoin (" ", commands[i].family, verb, rest, NULL);
      g_string_append_printf (text, "  %-*s%s\n", HELP_COLUMN, words, commands[i].help);
    }
  g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}
