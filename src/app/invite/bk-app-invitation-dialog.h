/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question of an invitation: Accept, Decline, Cancel. Closing it answers nothing: the card and the notification
 * stay. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_INVITATION_DIALOG (bk_app_invitation_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BkAppInvitationDialog, bk_app_invitation_dialog, BK, APP_INVITATION_DIALOG, AdwWindow)

BkAppInvitationDialog *bk_app_invitation_dialog_new (GtkApplication *application, BeckonMessenger *messenger,
                                                     BeckonSession *session);
/* Says why an answer could not be given. */
void bk_app_invitation_dialog_show_problem (BkAppInvitationDialog *self, const char *text);

/* Whether the user wants to be asked about this application and this person no more. */
gboolean bk_app_invitation_dialog_get_always (BkAppInvitationDialog *self);

G_END_DECLS
