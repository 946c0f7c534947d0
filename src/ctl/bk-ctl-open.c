/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open conversation|add-contact|preferences: what the window of Beckon is to show */
#include "bk-ctl.h"

BK_CTL_DEFINE_VERB (on_conversation, BECKON_MESSENGER, beckon_messenger_open_conversation_finish)
BK_CTL_DEFINE_VERB (on_add_contact, BECKON_MESSENGER, beckon_messenger_open_add_contact_finish)
BK_CTL_DEFINE_VERB (on_preferences, BECKON_MESSENGER, beckon_messenger_open_preferences_finish)

static void
run_conversation (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autofree char *who = bk_ctl_dup_who (account, ctl->args[0]);
  beckon_messenger_open_conversation_async (ctl->messenger, account, who, ctl->cancellable, on_conversation, ctl);
}

static void
run_add_contact (BkCtl *ctl)
{
  BeckonAccount *account = bk_ctl_account (ctl);

  if (account == NULL)
    return;
  g_autofree char *who = ctl->args[0] != NULL ? bk_ctl_dup_who (account, ctl->args[0]) : NULL;
  beckon_messenger_open_add_contact_async (ctl->messenger, account, who, ctl->cancellable, on_add_contact, ctl);
}

static void
run_preferences (BkCtl *ctl)
{
  beckon_messenger_open_preferences_async (ctl->messenger, ctl->args[0], ctl->cancellable, on_preferences, ctl);
}

const BkCtlCommand bk_ctl_open_commands[] = {
  { "open conversation", run_conversation, "WHO", "Show a conversation in the window", 1, 1, NULL },
  { "open add-contact", run_add_contact, "[WHO]", "Show the form for a new contact", 0, 1, NULL },
  { "open preferences", run_preferences, "[PAGE]", "Show the preferences", 0, 1, NULL },
  { NULL },
};
