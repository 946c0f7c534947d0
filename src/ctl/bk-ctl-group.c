/* SPDX-License-Identifier: GPL-3.0-or-later */
/* groups, group create|show|rename|remove|put|drop */
#include "bk-ctl.h"

BK_CTL_DEFINE_VERB (on_renamed, BECKON_GROUP, beckon_group_set_name_finish)
BK_CTL_DEFINE_VERB (on_removed, BECKON_ACCOUNT, beckon_account_remove_group_finish)
BK_CTL_DEFINE_VERB (on_put, BECKON_GROUP, beckon_group_add_contact_finish)
BK_CTL_DEFINE_VERB (on_dropped, BECKON_GROUP, beckon_group_remove_contact_finish)

static void
run_list (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autoptr (GPtrArray) groups = bk_ctl_dup_items (beckon_account_get_groups (account));
  bk_ctl_print_objects (ctl, groups);
  bk_ctl_done (ctl, BK_CTL_OK);
}

/* The group that the first argument names, kept by @ctl. NULL: the command has failed. */
static BeckonGroup *
find_group (BkCtl *ctl, BeckonAccount *account)
{
  g_autoptr (BeckonGroup) group = account != NULL ? beckon_account_find_group (account, ctl->args[0]) : NULL;

  if (group != NULL)
    bk_ctl_keep (ctl, group);
  else if (account != NULL)
    bk_ctl_fail (ctl, BK_CTL_FAILED, "There is no group %s; see beckonctl groups", ctl->args[0]);
  return group;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (BeckonGroup) group = beckon_account_create_group_finish (BECKON_ACCOUNT (source), result, &error);

  if (group == NULL)
    {
      bk_ctl_fail_error (user_data, error);
      return;
    }
  bk_ctl_print_object (user_data, G_OBJECT (group));
  bk_ctl_done (user_data, BK_CTL_OK);
}

static void
run_create (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account != NULL)
    beckon_account_create_group_async (account, ctl->args[0], ctl->cancellable, on_created, ctl);
}

static void
run_show (BkCtl *ctl)
{
  BeckonGroup *group = find_group (ctl, bk_ctl_account (ctl));

  if (group == NULL)
    return;
  g_autoptr (GPtrArray) contacts = bk_ctl_dup_items (beckon_group_get_contacts (group));
  bk_ctl_print_objects (ctl, contacts);
  bk_ctl_done (ctl, BK_CTL_OK);
}

static void
run_rename (BkCtl *ctl)
{
  BeckonGroup *group = find_group (ctl, bk_ctl_account (ctl));

  if (group != NULL)
    beckon_group_set_name_async (group, ctl->args[1], ctl->cancellable, on_renamed, ctl);
}

static void
run_remove (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  BeckonGroup *group = find_group (ctl, account);

  if (group != NULL)
    beckon_account_remove_group_async (account, group, ctl->cancellable, on_removed, ctl);
}

static void
run_put (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  BeckonGroup *group = find_group (ctl, account);

  if (group == NULL)
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[1]);
  beckon_group_add_contact_async (group, who, ctl->cancellable, on_put, ctl);
}

static void
run_drop (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);
  BeckonGroup *group = find_group (ctl, account);

  if (group == NULL)
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[1]);
  beckon_group_remove_contact_async (group, who, ctl->cancellable, on_dropped, ctl);
}

const BkCtlCommand bk_ctl_group_commands[] = {
  { "groups", run_list, "", "List the groups of contacts", 0, 0, NULL },
  { "groups list", run_list, "", NULL, 0, 0, NULL },
  { "group create", run_create, "NAME", "Make a group", 1, 1, NULL },
  { "group show", run_show, "NAME", "List the contacts in a group", 1, 1, NULL },
  { "group rename", run_rename, "NAME NEW", "Give a group another name", 2, 2, NULL },
  { "group remove", run_remove, "NAME", "Remove a group that nobody is in", 1, 1, NULL },
  { "group put", run_put, "NAME WHO", "Put a contact into a group", 2, 2, NULL },
  { "group drop", run_drop, "NAME WHO", "Take a contact out of a group", 2, 2, NULL },
  { NULL },
};
