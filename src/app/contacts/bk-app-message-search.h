/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching what was said, in all conversations of all accounts. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_MESSAGE_SEARCH (bk_app_message_search_get_type ())
/* A GListModel of BeckonFound, the newest first. Property "busy": more may come. */
G_DECLARE_FINAL_TYPE (BkAppMessageSearch, bk_app_message_search, BK, APP_MESSAGE_SEARCH, GObject)

BkAppMessageSearch *bk_app_message_search_new (BeckonMessenger *messenger);
/* Searches for the words of @text; NULL or nothing but space for nothing. */
void bk_app_message_search_set_text (BkAppMessageSearch *self, const char *text);
/* Reads on, unless that is being done or all has been read. */
void bk_app_message_search_load_more (BkAppMessageSearch *self);
gboolean bk_app_message_search_get_busy (BkAppMessageSearch *self);

G_END_DECLS
