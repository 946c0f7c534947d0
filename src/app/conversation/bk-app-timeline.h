/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said and what was played, oldest first. It stays at the newest as long as the user does, and reads what is
 * older when the user comes near it. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_TIMELINE (bk_app_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BkAppTimeline, bk_app_timeline, BK, APP_TIMELINE, AdwBin)

void bk_app_timeline_set_messenger (BkAppTimeline *self, BeckonMessenger *messenger);
/* Both NULL for none. */
void bk_app_timeline_set_conversation (BkAppTimeline *self, BeckonConversation *conversation, BeckonContact *contact);
/* Goes to the newest and stays there. */
void bk_app_timeline_stick (BkAppTimeline *self);

G_END_DECLS
