/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of the timeline: a message, or the card of a session. */
#pragma once

#include "conversation/bk-app-grouping.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_MESSAGE_ROW (bk_app_message_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppMessageRow, bk_app_message_row, BK, APP_MESSAGE_ROW, GtkBox)

GtkWidget *bk_app_message_row_new (void);
/* @message: NULL while the row waits to be used again. */
void bk_app_message_row_set_message (BkAppMessageRow *self, BeckonMessage *message, BkAppPlace place,
                                     BeckonContact *contact, BeckonMessenger *messenger);
/* Whether it is the one that was looked for. */
void bk_app_message_row_set_flashing (BkAppMessageRow *self, gboolean flashing);
/* Opens the menu of what can be done with the message. FALSE if it has none, as a card. */
gboolean bk_app_message_row_open_menu (BkAppMessageRow *self);

G_END_DECLS
