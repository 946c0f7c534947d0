/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The right side of the main window: the talk with one person, with its session cards, and the line to write in. */
#pragma once

#include "bk-app.h"
#include "contacts/bk-app-people.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_CONVERSATION (bk_app_conversation_get_type ())
G_DECLARE_FINAL_TYPE (BkAppConversation, bk_app_conversation, BK, APP_CONVERSATION, AdwBin)

/* @drafts: texts by conversation, which outlive this widget. */
void bk_app_conversation_set_drafts (BkAppConversation *self, GHashTable *drafts);
/* Puts what is being written there. It happens by itself when another conversation is shown. */
void bk_app_conversation_keep_draft (BkAppConversation *self);
void bk_app_conversation_set_messenger (BkAppConversation *self, BeckonMessenger *messenger);
/* @person: NULL for nobody. What was being written to somebody else is kept for the next time. */
void bk_app_conversation_set_person (BkAppConversation *self, BkAppPerson *person);
/* There is nobody who could be chosen. */
void bk_app_conversation_set_alone (BkAppConversation *self, gboolean alone);
BkAppPerson *bk_app_conversation_get_person (BkAppConversation *self);
/* The session service came back: reads the talk again and leaves the rest as it is. */
void bk_app_conversation_reload (BkAppConversation *self, BkAppPerson *person);
/* Whether the user looks at it: what is there counts as read then. */
void bk_app_conversation_set_seen (BkAppConversation *self, gboolean seen);
/* Goes to a message of the history, at the latest when the talk has been read. */
void bk_app_conversation_show_message (BkAppConversation *self, gint64 id);
/* Puts the cursor where one writes, at the latest when the talk has been read. */
void bk_app_conversation_start_writing (BkAppConversation *self);
/* Opens the bar to find words in it. */
void bk_app_conversation_find (BkAppConversation *self);
/* Asks which files to send. */
void bk_app_conversation_choose_files (BkAppConversation *self);
void bk_app_conversation_set_settings (BkAppConversation *self, GSettings *settings);
void bk_app_conversation_set_folded (BkAppConversation *self, gboolean folded);
void bk_app_conversation_open_invite_menu (BkAppConversation *self);

/* Where in the history the user is with whoever is shown: id of a message, 0 at the newest. The other says where they
 * were with somebody, before that conversation is opened. */
gint64 bk_app_conversation_get_place (BkAppConversation *self);
void bk_app_conversation_set_place (BkAppConversation *self, const char *account, const char *who, gint64 id);

G_END_DECLS
