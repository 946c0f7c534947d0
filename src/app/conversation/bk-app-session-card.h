/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session in the timeline: how it stands and what can be done about it; afterwards, how it ended. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_SESSION_CARD (bk_app_session_card_get_type ())
G_DECLARE_FINAL_TYPE (BkAppSessionCard, bk_app_session_card, BK, APP_SESSION_CARD, AdwBin)

GtkWidget *bk_app_session_card_new (void);
/* @message: an entry about a session, or NULL. */
void bk_app_session_card_set_message (BkAppSessionCard *self, BeckonMessage *message, BeckonContact *contact,
                                      BeckonMessenger *messenger);

G_END_DECLS
