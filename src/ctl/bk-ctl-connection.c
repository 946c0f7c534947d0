/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connection show|set|test: the servers by which sessions find a way, and what will work from here */
#include "bk-ctl.h"

#include <stdio.h>

static struct
{
  char *user;
  gboolean password_stdin;
} options;

static const GOptionEntry set_entries[] = {
  { "user", 'u', 0, G_OPTION_ARG_FILENAME, &options.user, "User name for TURN servers; the password is asked for",
    "NAME" },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin,
    "Read the password from standard input instead of asking on the terminal", NULL },
  { NULL },
};

/* ---- show ---- */

static void
print_json (char **servers, const char *user)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (char **server = servers; *server != NULL; server++)
    json_builder_add_string_value (builder, *server);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "user");
  json_builder_add_string_value (builder, user);
  json_builder_end_object (builder);
  bk_ctl_print_builder (builder);
}

static void
run_show (BkCtl *ctl)
{
  g_auto (GStrv) servers = beckon_messenger_dup_connection_servers (ctl->messenger);
  const char *user = beckon_messenger_get_connection_user (ctl->messenger);

  if (ctl->json)
    print_json (servers, user);
  else
    for (char **server = servers; *server != NULL; server++)
      {
        g_autofree char *safe = bk_ctl_safe (*server);
        g_autofree char *name = bk_ctl_safe (user);

        if (*name != '\0' && g_str_has_prefix (safe, "turn:"))
          printf ("%s  %s\n", safe, name);
        else
          puts (safe);
      }
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* ---- set ---- */

BK_CTL_DEFINE_VERB (on_set, BECKON_MESSENGER, beckon_messenger_set_connection_servers_finish)

static void
on_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autofree char *password = bk_ctl_read_password_finish (result, &error);

  if (password == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    beckon_messenger_set_connection_servers_async (ctl->messenger, (const char *const *) ctl->args, options.user,
                                                   password, ctl->cancellable, on_set, ctl);
}

static void
run_set (BkCtl *ctl)
{
  if (options.user != NULL)
    bk_ctl_read_password_async (ctl, options.password_stdin, on_password);
  else if (options.password_stdin)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "--password-stdin is for --user");
  else
    beckon_messenger_set_connection_servers_async (ctl->messenger, (const char *const *) ctl->args, NULL, NULL,
                                                   ctl->cancellable, on_set, ctl);
}

/* ---- test ---- */

static void
print_texts (GVariant *report)
{
  g_autofree const char **problems = NULL;
  const char *text = "";

  g_variant_lookup (report, "text", "&s", &text);
  g_autofree char *safe = bk_ctl_safe (text);
  puts (safe);
  if (g_variant_lookup (report, "problems", "^a&s", &problems))
    for (gsize i = 0; problems[i] != NULL; i++)
      {
        g_autofree char *problem = bk_ctl_safe (problems[i]);

        printf ("  %s\n", problem);
      }
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) report = beckon_account_test_connection_finish (BECKON_ACCOUNT (source), result, &error);

  if (report == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  if (ctl->json)
    bk_ctl_print_dictionary (ctl, report);
  else
    print_texts (report);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_test (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    beckon_account_test_connection_async (account, ctl->cancellable, on_tested, ctl);
}

const BkCtlCommand bk_ctl_connection_commands[] = {
  { "connection test", run_test, "", "Try what sessions can use from here", 0, 0, NULL },
  { "connection show", run_show, "", "Show the own STUN and TURN servers", 0, 0, NULL },
  { "connection set", run_set, "[SERVER]...", "Set the own STUN and TURN servers", 0, -1, set_entries },
  { NULL },
};
