/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_HOST_GROUP (bk_app_host_group_get_type ())
/* Says how a Beckon in a sandbox comes to the programs of this computer; to be seen only where it does not yet. Property
 * "registering": whether the session service can start what somebody registers by hand. */
G_DECLARE_FINAL_TYPE (BkAppHostGroup, bk_app_host_group, BK, APP_HOST_GROUP, AdwPreferencesGroup)

void bk_app_host_group_set_messenger (BkAppHostGroup *self, BeckonMessenger *messenger); /* nullable */

G_END_DECLS
