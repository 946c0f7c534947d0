/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contacts/bk-app-person-window.h"

#include "bk-app-widgets.h"

void
bk_app_close_without_person (GtkWindow *window, BeckonMessenger *messenger, BkAppPerson *person)
{
  BeckonAccount *account = bk_app_person_get_account (person);

  bk_app_close_without (window, beckon_messenger_get_accounts (messenger), account);
  bk_app_close_without (window, beckon_account_get_contacts (account), bk_app_person_get_contact (person));
}
