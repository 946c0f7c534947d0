/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registered applications, to pick one from. Those of the user that cannot be started here are
 * greyed and say why. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_APPLICATION_LIST (bk_app_application_list_get_type ())
/* Signal "picked" (BeckonApplication *). */
G_DECLARE_FINAL_TYPE (BkAppApplicationList, bk_app_application_list, BK, APP_APPLICATION_LIST, AdwBin)

GListModel *bk_app_application_list_dup_offered (BeckonMessenger *messenger);
void bk_app_application_list_set_messenger (BkAppApplicationList *self, BeckonMessenger *messenger);

G_END_DECLS
