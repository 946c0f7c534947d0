/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file in the timeline: what it is, how far it is, what can be done about it. What is in it is nothing that this looks
 * at: it comes from somebody else. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_FILE_CARD (bk_app_file_card_get_type ())
G_DECLARE_FINAL_TYPE (BkAppFileCard, bk_app_file_card, BK, APP_FILE_CARD, AdwBin)

GtkWidget *bk_app_file_card_new (void);
/* @message: an entry about a file, or NULL. */
void bk_app_file_card_set_message (BkAppFileCard *self, BeckonMessage *message, BeckonContact *contact,
                                   BeckonMessenger *messenger);

G_END_DECLS
