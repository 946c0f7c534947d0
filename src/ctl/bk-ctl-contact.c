/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contacts, contact show|add|approve|decline|remove|block|unblock|alias|pin|unpin|mute|unmute|safety-numbers */
#include "bk-ctl.h"

#include <stdio.h>

static char *request_text;
static gboolean private_api;
static gboolean listed;

static const GOptionEntry show_entries[] = {
  { "listed", 'l', 0, G_OPTION_ARG_NONE, &listed, "Look in the contact lists of all accounts and nowhere else", NULL },
  { NULL },
};

static const GOptionEntry add_entries[] = {
  { "message", 'm', 0, G_OPTION_ARG_FILENAME, &request_text, "Text to show with the request", "TEXT" },
  { "private", 0, 0, G_OPTION_ARG_NONE, &private_api, "As a licensed program does, by MessengerPrivate1", NULL },
  BK_CTL_LOCK_ENTRIES,
  { NULL },
};

BK_CTL_DEFINE_VERB (on_added, BECKON_ACCOUNT, beckon_account_add_contact_finish)
BK_CTL_DEFINE_VERB (on_approved, BECKON_ACCOUNT, beckon_account_approve_contact_finish)
BK_CTL_DEFINE_VERB (on_declined, BECKON_ACCOUNT, beckon_account_decline_contact_finish)
BK_CTL_DEFINE_VERB (on_removed, BECKON_ACCOUNT, beckon_account_remove_contact_finish)
BK_CTL_DEFINE_VERB (on_blocked, BECKON_ACCOUNT, beckon_account_block_contact_finish)
BK_CTL_DEFINE_VERB (on_set, BECKON_ACCOUNT, beckon_account_set_contact_finish)

static void
run_list (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autoptr (GPtrArray) contacts = bk_ctl_dup_items (beckon_account_get_contacts (account));
  bk_ctl_print_objects (ctl, contacts);
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* The account, and in @who the person that the first argument names. */
static BeckonAccount *
account_and_who (BkCtl *ctl, char **who)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    *who = bk_ctl_dup_who (account, ctl->args[0]);
  return account;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (BeckonContact) contact = beckon_messenger_get_contact_finish (BECKON_MESSENGER (source), result, &error);

  if (contact == NULL)
    {
      bk_ctl_fail_error (user_data, error);
      return;
    }
  bk_ctl_print_object (user_data, G_OBJECT (contact));
  bk_ctl_done (user_data, BK_CTL_OK);
}

static void
run_show (BkCtl *ctl)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_messenger_get_contact_async (ctl->messenger, listed ? NULL : account, who, ctl->cancellable, on_found, ctl);
}

static void
run_add (BkCtl *ctl)
{
  g_autofree char *who = NULL;

  if (private_api)
    {
      if (request_text != NULL)
        bk_ctl_fail (ctl, BK_CTL_USAGE, "Programs ask without a text");
      else
        bk_ctl_with_private (ctl, bk_ctl_add_contact_private);
      return;
    }
  BeckonAccount *account = account_and_who (ctl, &who);
  if (account != NULL)
    beckon_account_add_contact_async (account, who, request_text != NULL ? request_text : "", ctl->cancellable,
                                      on_added, ctl);
}

static void
run_approve (BkCtl *ctl)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_account_approve_contact_async (account, who, ctl->cancellable, on_approved, ctl);
}

static void
run_decline (BkCtl *ctl)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_account_decline_contact_async (account, who, ctl->cancellable, on_declined, ctl);
}

static void
run_remove (BkCtl *ctl)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_account_remove_contact_async (account, who, ctl->cancellable, on_removed, ctl);
}

static void
set_blocked (BkCtl *ctl, gboolean blocked)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_account_block_contact_async (account, who, blocked, ctl->cancellable, on_blocked, ctl);
}

static void
run_block (BkCtl *ctl)
{
  set_blocked (ctl, TRUE);
}

static void
run_unblock (BkCtl *ctl)
{
  set_blocked (ctl, FALSE);
}

/* ---- what is settled about somebody: one thing changes, the others stay ---- */

/* Returns (transfer full) (nullable) somebody on the list. */
static BeckonContact *
find_contact (BeckonAccount *account, const char *who)
{
  GListModel *contacts = beckon_account_get_contacts (account);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, i);
      if (g_ascii_strcasecmp (beckon_contact_get_signin_name (contact), who) == 0)
        return g_steal_pointer (&contact);
    }
  return NULL;
}

/* @alias: nullable; @pinned, @muted: -1: stays. */
static void
set_contact (BkCtl *ctl, const char *alias, int pinned, int muted)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);
  g_autoptr (BeckonContact) contact = account != NULL ? find_contact (account, who) : NULL;

  if (account == NULL)
    return;
  if (contact == NULL)
    {
      bk_ctl_fail (ctl, BK_CTL_FAILED, "%s is not on the contact list", who);
      return;
    }
  beckon_account_set_contact_async (account, who, alias != NULL ? alias : beckon_contact_get_alias (contact),
                                    pinned >= 0 ? pinned : beckon_contact_get_pinned (contact),
                                    muted >= 0 ? muted : beckon_contact_get_muted (contact), ctl->cancellable, on_set,
                                    ctl);
}

static void
run_alias (BkCtl *ctl)
{
  set_contact (ctl, ctl->args[1] != NULL ? ctl->args[1] : "", -1, -1);
}

static void
run_pin (BkCtl *ctl)
{
  set_contact (ctl, NULL, TRUE, -1);
}

static void
run_unpin (BkCtl *ctl)
{
  set_contact (ctl, NULL, FALSE, -1);
}

static void
run_mute (BkCtl *ctl)
{
  set_contact (ctl, NULL, -1, TRUE);
}

static void
run_unmute (BkCtl *ctl)
{
  set_contact (ctl, NULL, -1, FALSE);
}

/* ---- to compare ---- */

static void
on_numbers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BkCtl *ctl = user_data;
  GError *error = NULL;
  g_auto (GStrv) numbers = beckon_account_list_safety_numbers_finish (BECKON_ACCOUNT (source), result, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (numbers == NULL)
    {
      bk_ctl_fail_error (ctl, error);
      return;
    }
  json_builder_begin_array (builder);
  for (char **number = numbers; *number != NULL; number++)
    {
      g_autofree char *safe = bk_ctl_safe (*number);

      json_builder_add_string_value (builder, *number);
      if (!ctl->json)
        printf ("%s\n", safe);
    }
  json_builder_end_array (builder);
  if (ctl->json)
    bk_ctl_print_builder (builder);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_safety_numbers (BkCtl *ctl)
{
  g_autofree char *who = NULL;
  BeckonAccount *account = account_and_who (ctl, &who);

  if (account != NULL)
    beckon_account_list_safety_numbers_async (account, who, ctl->cancellable, on_numbers, ctl);
}

const BkCtlCommand bk_ctl_contact_commands[] = {
  { "contacts", run_list, "", "List the contacts and who asks to become one", 0, 0, NULL },
  { "contacts list", run_list, "", NULL, 0, 0, NULL },
  { "contact show", run_show, "WHO", "Show somebody, on the list or not", 1, 1, show_entries },
  { "contact add", run_add, "WHO", "Ask somebody to become a contact", 1, 1, add_entries },
  { "contact approve", run_approve, "WHO", "Say yes to who asks", 1, 1, NULL },
  { "contact decline", run_decline, "WHO", "Say no to who asks", 1, 1, NULL },
  { "contact remove", run_remove, "WHO", "End it on both sides", 1, 1, NULL },
  { "contact block", run_block, "WHO", "Let somebody reach us no more", 1, 1, NULL },
  { "contact unblock", run_unblock, "WHO", "Let somebody reach us again", 1, 1, NULL },
  { "contact alias", run_alias, "WHO [ALIAS]", "Call somebody otherwise, or by their own name again", 1, 2, NULL },
  { "contact pin", run_pin, "WHO", "Have somebody stand above the others", 1, 1, NULL },
  { "contact unpin", run_unpin, "WHO", "Have them stand among the others again", 1, 1, NULL },
  { "contact mute", run_mute, "WHO", "Announce no messages of somebody", 1, 1, NULL },
  { "contact unmute", run_unmute, "WHO", "Announce them again", 1, 1, NULL },
  { "contact safety-numbers", run_safety_numbers, "WHO", "Show what to compare with somebody", 1, 1, NULL },
  { NULL },
};
