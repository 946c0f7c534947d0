/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with somebody: the menu of a contact. */
#pragma once

#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

/* A menu as things stand now, for actions of the main window. */
GMenuModel *bk_app_contact_menu_new (BkAppPerson *person, GListModel *applications);

G_END_DECLS
