/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invitation from the application menu: pick an application, pick a recipient, OK. And that of a program which has
 * the user pick the recipient: then that is all there is to do. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_INVITE_DIALOG (bk_app_invite_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BkAppInviteDialog, bk_app_invite_dialog, BK, APP_INVITE_DIALOG, AdwWindow)

/* Answers Session1.InviteWithPicker of @session; closing it is an answer, too. */
BkAppInviteDialog *bk_app_invite_dialog_new_for_program (GtkApplication *application, BeckonMessenger *messenger,
                                                         BeckonSession *session);
void bk_app_invite_dialog_show (GtkWindow *parent, BeckonMessenger *messenger);

G_END_DECLS
