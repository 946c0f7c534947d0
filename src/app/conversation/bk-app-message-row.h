/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of the timeline: a message, or the card of a session. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_MESSAGE_ROW (bk_app_message_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppMessageRow, bk_app_message_row, BK, APP_MESSAGE_ROW, GtkBox)

GtkWidget *bk_app_message_row_new (void);
/* @message: NULL while the row waits to be used again. @before: the message above, NULL for none. */
void bk_app_message_row_set_message (BkAppMessageRow *self, BeckonMessage *message, BeckonMessage *before,
                                     BeckonContact *contact, BeckonMessenger *messenger);

G_END_DECLS
