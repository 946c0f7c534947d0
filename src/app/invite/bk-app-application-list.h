/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registered applications, to pick one from: those that were invited to last come first. Those of the user that
 * cannot be started here are greyed and say why. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_APPLICATION_LIST (bk_app_application_list_get_type ())
/* Signal "picked" (BeckonApplication *). */
G_DECLARE_FINAL_TYPE (BkAppApplicationList, bk_app_application_list, BK, APP_APPLICATION_LIST, AdwBin)

/* Returns (transfer full) what @who can be invited to, in order. @who: a sign-in name, NULL for anybody. What the user
 * has registered is there in any case, with the reason if its program is not; of what came with the system, programs
 * that are not installed are nobody's concern. */
GListModel *bk_app_application_list_dup_offered (BeckonMessenger *messenger, const char *who);
void bk_app_application_list_set_messenger (BkAppApplicationList *self, BeckonMessenger *messenger);
/* Puts what @who was invited to last first. @who: NULL for anybody. */
/* Whether there is nothing to invite to, whatever is searched for. */
gboolean bk_app_application_list_is_empty (BkAppApplicationList *self);
void bk_app_application_list_set_who (BkAppApplicationList *self, const char *who);
/* Shows only what has @text in its name or its comment. */
void bk_app_application_list_search (BkAppApplicationList *self, const char *text);
/* Picks the first that can be picked, if there is one. */
void bk_app_application_list_pick_first (BkAppApplicationList *self);

G_END_DECLS
