/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds words in one conversation: from hit to hit through all of its history. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_FIND_BAR (bk_app_find_bar_get_type ())
/* Signal "found" (gint64 id): go to that message. */
G_DECLARE_FINAL_TYPE (BkAppFindBar, bk_app_find_bar, BK, APP_FIND_BAR, AdwBin)

/* Closes the bar as well. @person: NULL for nobody. */
void bk_app_find_bar_set_person (BkAppFindBar *self, BeckonMessenger *messenger, BkAppPerson *person);
void bk_app_find_bar_open (BkAppFindBar *self);

G_END_DECLS
