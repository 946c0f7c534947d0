/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said and what was played, oldest first. A window on the history: it reads on at either end when the user
 * comes near it, and stays at the newest as long as the user does. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_TIMELINE (bk_app_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BkAppTimeline, bk_app_timeline, BK, APP_TIMELINE, AdwBin)

void bk_app_timeline_set_messenger (BkAppTimeline *self, BeckonMessenger *messenger);
/* Both NULL for none. It opens at the first message that was not read, else at the newest. */
void bk_app_timeline_set_conversation (BkAppTimeline *self, BeckonConversation *conversation, BeckonContact *contact);
/* Tells, where nothing was said yet, how one stands with @person now. */
void bk_app_timeline_show_person (BkAppTimeline *self, BkAppPerson *person);
/* Where the user is: id of a message, 0 at the newest. The other puts the next conversation there, if nothing is new. */
gint64 bk_app_timeline_get_place (BkAppTimeline *self);
void bk_app_timeline_set_place (BkAppTimeline *self, gint64 id);
/* Whether the user looks at it: what is in sight counts as read then. */
void bk_app_timeline_set_seen (BkAppTimeline *self, gboolean seen);
/* Goes to the newest and stays there. */
void bk_app_timeline_stick (BkAppTimeline *self);
/* Goes to a message, by its id, and shows which one it is. */
void bk_app_timeline_show_message (BkAppTimeline *self, gint64 id);

G_END_DECLS
