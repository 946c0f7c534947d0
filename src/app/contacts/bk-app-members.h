/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in a group: everybody on the contact list, with a tick for those who are. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_MEMBERS (bk_app_members_get_type ())
/* Signal "failed" (const char *): somebody could not be put in or taken out, and why. */
G_DECLARE_FINAL_TYPE (BkAppMembers, bk_app_members, BK, APP_MEMBERS, AdwBin)

/* @group: NULL for none. */
void bk_app_members_set_group (BkAppMembers *self, BkAppPeople *people, BeckonGroup *group);

G_END_DECLS
