/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The left side of the main window: own status, the contact list, search, and what is wrong with the connection. */
#pragma once

#include "bk-app.h"
#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_CONTACTS (bk_app_contacts_get_type ())
/* Signal "opened" (BkAppPerson *): the user wants to see the conversation with somebody. */
G_DECLARE_FINAL_TYPE (BkAppContacts, bk_app_contacts, BK, APP_CONTACTS, AdwBin)

void bk_app_contacts_set_app (BkAppContacts *self, BkApp *app, BkAppPeople *people);
/* Marks whose conversation is shown; NULL for nobody. */
void bk_app_contacts_select (BkAppContacts *self, BkAppPerson *person);
void bk_app_contacts_set_folded (BkAppContacts *self, gboolean folded);
void bk_app_contacts_search (BkAppContacts *self);
void bk_app_contacts_open_menu (BkAppContacts *self);
void bk_app_contacts_grab_focus (BkAppContacts *self);

G_END_DECLS
