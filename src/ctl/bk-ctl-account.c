/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account add|list|primary|remove|sign-in|sign-out|set-name, status */
#include "bk-ctl.h"

#include <string.h>

static struct
{
  char *server;
  char *display_name;
  char *token;
  char *message;
  gboolean password_stdin;
  gboolean password;
  gboolean create;
  gboolean all;
  gboolean automatic;
} options;

static const GOptionEntry add_entries[] = {
  { "server", 's', 0, G_OPTION_ARG_FILENAME, &options.server, "Where the server is, if the name does not tell",
    "ADDRESS" },
  { "create", 'c', 0, G_OPTION_ARG_NONE, &options.create, "Make a new account on the server", NULL },
  { "display-name", 'n', 0, G_OPTION_ARG_FILENAME, &options.display_name, "The name that others see", "NAME" },
  { "token", 0, 0, G_OPTION_ARG_FILENAME, &options.token, "Invitation token, for a server that does not take everybody",
    "TOKEN" },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin,
    "Read the password from standard input instead of asking on the terminal", NULL },
  { NULL },
};

static const GOptionEntry sign_in_entries[] = {
  { "password", 0, 0, G_OPTION_ARG_NONE, &options.password, "Ask for the password instead of using what is stored",
    NULL },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.password_stdin, "Read the password from standard input", NULL },
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Every account, with what is stored", NULL },
  { "auto", 0, 0, G_OPTION_ARG_NONE, &options.automatic, "The primary account, with what is stored", NULL },
  { NULL },
};

static const GOptionEntry sign_out_entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Every account", NULL },
  { NULL },
};

static const GOptionEntry status_entries[] = {
  { "message", 'm', 0, G_OPTION_ARG_FILENAME, &options.message, "Personal message", "TEXT" },
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Of every account; personal messages stay", NULL },
  { NULL },
};

/* ---- add ---- */

static void
on_named (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;

  if (!beckon_account_set_display_name_finish (BECKON_ACCOUNT (source), result, &error))
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  bk_ctl_print_object (ctl, source);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  BeckonMessenger *messenger = BECKON_MESSENGER (source);
  GError *error = NULL;
  g_autoptr (BeckonAccount) account = options.create
    ? beckon_messenger_create_account_finish (messenger, result, &error)
    : beckon_messenger_add_account_finish (messenger, result, &error);

  if (account == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  if (!options.create && options.display_name != NULL)
    {
      beckon_account_set_display_name_async (account, options.display_name, ctl->cancellable, on_named, ctl);
      return;
    }
  bk_ctl_print_object (ctl, G_OBJECT (account));
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
on_add_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autofree char *password = bk_ctl_read_password_finish (result, &error);

  if (password == NULL)
    bk_ctl_fail_error (ctl, error);
  else if (options.create)
    beckon_messenger_create_account_async (ctl->messenger, ctl->args[0], password, options.server,
                                           options.display_name, options.token, ctl->cancellable, on_added, ctl);
  else
    beckon_messenger_add_account_async (ctl->messenger, ctl->args[0], password, options.server, ctl->cancellable,
                                        on_added, ctl);
}

static void
run_add (BkCtl *ctl)
{
  if (strchr (ctl->args[0], '@') == NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "An account is called NAME@SERVER");
  else if (!options.create && options.token != NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "--token is for --create");
  else
    bk_ctl_read_password_async (ctl, options.password_stdin, on_add_password);
}

/* ---- list, remove ---- */

BK_CTL_DEFINE_VERB (on_removed, BECKON_MESSENGER, beckon_messenger_remove_account_finish)
BK_CTL_DEFINE_VERB (on_signed_in, BECKON_ACCOUNT, beckon_account_signin_finish)
BK_CTL_DEFINE_VERB (on_signed_out, BECKON_ACCOUNT, beckon_account_signout_finish)
BK_CTL_DEFINE_VERB (on_name_set, BECKON_ACCOUNT, beckon_account_set_display_name_finish)
BK_CTL_DEFINE_VERB (on_status_set, BECKON_ACCOUNT, beckon_account_set_status_finish)

static void
run_list (BkCtl *ctl)
{
  g_autoptr (GPtrArray) accounts = bk_ctl_dup_items (beckon_messenger_get_accounts (ctl->messenger));
  const char *warning = beckon_messenger_get_secrets_warning (ctl->messenger);

  bk_ctl_print_objects (ctl, accounts);
  if (*warning != '\0')
    g_printerr ("beckonctl: note: %s\n", warning);
  bk_ctl_done (ctl, BK_CTL_OK);
}

BK_CTL_DEFINE_VERB (on_primary, BECKON_MESSENGER, beckon_messenger_set_primary_account_finish)
BK_CTL_DEFINE_VERB (on_auto_in, BECKON_MESSENGER, beckon_messenger_auto_signin_finish)
BK_CTL_DEFINE_VERB (on_all_in, BECKON_MESSENGER, beckon_messenger_signin_finish)
BK_CTL_DEFINE_VERB (on_all_out, BECKON_MESSENGER, beckon_messenger_signout_finish)
BK_CTL_DEFINE_VERB (on_all_set, BECKON_MESSENGER, beckon_messenger_set_status_finish)

/* Shows the account that is used where none is named, or makes another one that. */
static void
run_primary (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_named_account (ctl);

  if (account == NULL)
    return;
  if (ctl->args[0] != NULL)
    {
      beckon_messenger_set_primary_account_async (ctl->messenger, account, ctl->cancellable, on_primary, ctl);
      return;
    }
  bk_ctl_print_object (ctl, G_OBJECT (account));
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* Whether --all stands with nothing that names one account. Else the command has failed. */
static gboolean
is_for_all (BkCtl *ctl, gboolean names_one)
{
  if (names_one || ctl->account_name != NULL)
    bk_ctl_fail (ctl, BK_CTL_USAGE, "--all is for every account");
  return !ctl->ended;
}

static void
run_remove (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_named_account (ctl);

  if (account != NULL)
    beckon_messenger_remove_account_async (ctl->messenger, account, ctl->cancellable, on_removed, ctl);
}

/* ---- sign-in, sign-out ---- */

static void
sign_in (BkCtl *ctl, const char *password)
{
  BeckonAccount *account = bk_ctl_named_account (ctl);

  if (account != NULL)
    beckon_account_signin_async (account, password, ctl->cancellable, on_signed_in, ctl);
}

static void
on_sign_in_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_autofree char *password = bk_ctl_read_password_finish (result, &error);

  if (password == NULL)
    bk_ctl_fail_error (ctl, error);
  else
    sign_in (ctl, password);
}

static void
run_sign_in (BkCtl *ctl)
{
  gboolean names_one
    = ctl->args[0] != NULL || ctl->account_name != NULL || options.password || options.password_stdin;

  if ((options.all || options.automatic) && (names_one || options.all == options.automatic))
    bk_ctl_fail (ctl, BK_CTL_USAGE, "--all is for every account, --auto for the primary one, with what is stored");
  else if (options.all)
    beckon_messenger_signin_async (ctl->messenger, ctl->cancellable, on_all_in, ctl);
  else if (options.automatic)
    beckon_messenger_auto_signin_async (ctl->messenger, ctl->cancellable, on_auto_in, ctl);
  else if (options.password || options.password_stdin)
    bk_ctl_read_password_async (ctl, options.password_stdin, on_sign_in_password);
  else
    sign_in (ctl, "");
}

static void
run_sign_out (BkCtl *ctl)
{
  if (options.all && is_for_all (ctl, ctl->args[0] != NULL))
    beckon_messenger_signout_async (ctl->messenger, ctl->cancellable, on_all_out, ctl);
  BeckonAccount *account = options.all ? NULL : bk_ctl_named_account (ctl);

  if (account != NULL)
    beckon_account_signout_async (account, ctl->cancellable, on_signed_out, ctl);
}

/* ---- set-name ---- */

static void
run_set_name (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    beckon_account_set_display_name_async (account, ctl->args[0], ctl->cancellable, on_name_set, ctl);
}

/* ---- status ---- */

static gboolean
find_status (const char *nick, BeckonStatus *status)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (BECKON_TYPE_STATUS);
  GEnumValue *value = g_enum_get_value_by_nick (klass, nick);

  if (value == NULL || (value->value & BECKON_STATUS_ONLINE) == 0 || value->value >= BECKON_STATUS_LOCAL_FINDING_SERVER)
    return FALSE;
  *status = (BeckonStatus) value->value;
  return TRUE;
}

static void
run_status (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  BeckonStatus status;

  if (account == NULL)
    return;
  if (options.all && ctl->args[0] == NULL)
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE, "Which status? --all sets one");
      return;
    }
  if (ctl->args[0] == NULL && options.message == NULL)
    {
      bk_ctl_print_object (ctl, G_OBJECT (account));
      bk_ctl_done (ctl, BK_CTL_OK);
      return;
    }
  status = beckon_account_get_wanted_status (account);
  if (ctl->args[0] != NULL && !find_status (ctl->args[0], &status))
    {
      bk_ctl_fail (ctl, BK_CTL_USAGE,
                   "There is no status %s; there are online, invisible, busy, be-right-back, idle, away, on-the-phone "
                   "and out-to-lunch",
                   ctl->args[0]);
      return;
    }
  if (options.all)
    {
      if (is_for_all (ctl, options.message != NULL))
        beckon_messenger_set_status_async (ctl->messenger, status, ctl->cancellable, on_all_set, ctl);
      return;
    }
  const char *message = options.message != NULL ? options.message : beckon_account_get_personal_message (account);
  beckon_account_set_status_async (account, status, message, ctl->cancellable, on_status_set, ctl);
}

const BkCtlCommand bk_ctl_account_commands[] = {
  { "account add", run_add, "NAME@SERVER", "Add an account and sign in", 1, 1, add_entries },
  { "account list", run_list, "", "List the accounts", 0, 0, NULL },
  { "account primary", run_primary, "[NAME]", "Show or set the account used where none is named", 0, 1, NULL },
  { "account remove", run_remove, "NAME", "Forget an account and its history on this computer", 1, 1, NULL },
  { "account sign-in", run_sign_in, "[NAME]", "Sign in and stay signed in", 0, 1, sign_in_entries },
  { "account sign-out", run_sign_out, "[NAME]", "Sign out", 0, 1, sign_out_entries },
  { "account set-name", run_set_name, "NAME", "Set the name that others see", 1, 1, NULL },
  { "status", run_status, "[STATUS]", "Show or set the own status", 0, 1, status_entries },
  { NULL },
};
