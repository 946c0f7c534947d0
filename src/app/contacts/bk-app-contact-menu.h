/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done about somebody: in the contact list and above the conversation. */
#pragma once

#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

/* The menu as things stand now. Its actions are those of the main window. */
GMenuModel *bk_app_contact_menu_new (BkAppPerson *person, BeckonMessenger *messenger);

G_END_DECLS
