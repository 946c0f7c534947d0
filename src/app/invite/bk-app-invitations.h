/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches all sessions: asks the user about those that came in, shows what goes out on behalf of programs, tells of
 * ends that the user does not see otherwise. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_INVITATIONS (bk_app_invitations_get_type ())
G_DECLARE_FINAL_TYPE (BkAppInvitations, bk_app_invitations, BK, APP_INVITATIONS, GObject)

BkAppInvitations *bk_app_invitations_new (BkApp *app);
/* @verb: accept, decline, cancel, or show-invitation for the dialog. */
void bk_app_invitations_answer (BkAppInvitations *self, const char *session_id, const char *verb);
/* Invites somebody from a conversation, where a card shows how it goes on. @message: nullable. */
void bk_app_invitations_invite (BkAppInvitations *self, BeckonAccount *account, const char *who, const char *guid,
                                const char *message);

G_END_DECLS
