/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window in which groups of contacts are made, renamed, filled and removed. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_GROUPS_WINDOW (bk_app_groups_window_get_type ())
G_DECLARE_FINAL_TYPE (BkAppGroupsWindow, bk_app_groups_window, BK, APP_GROUPS_WINDOW, AdwWindow)

/* @person: whose groups are to be chosen; NULL for all groups of all accounts. */
void bk_app_groups_window_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPeople *people,
                                BkAppPerson *person);

G_END_DECLS
