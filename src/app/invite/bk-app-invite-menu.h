/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Invite menu of a conversation: pick an application, and the invitation goes out. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_INVITE_MENU (bk_app_invite_menu_get_type ())
G_DECLARE_FINAL_TYPE (BkAppInviteMenu, bk_app_invite_menu, BK, APP_INVITE_MENU, GtkPopover)

GtkWidget *bk_app_invite_menu_new (void);
void bk_app_invite_menu_set_messenger (BkAppInviteMenu *self, BeckonMessenger *messenger);
void bk_app_invite_menu_set_person (BkAppInviteMenu *self, BkAppPerson *person);

G_END_DECLS
