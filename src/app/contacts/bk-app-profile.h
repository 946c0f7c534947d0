/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window about one person. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_PROFILE (bk_app_profile_get_type ())
G_DECLARE_FINAL_TYPE (BkAppProfile, bk_app_profile, BK, APP_PROFILE, AdwWindow)

void bk_app_profile_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPerson *person);

G_END_DECLS
