/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sessions reach the other side: a test of what works from here, and servers of the user's own. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_CONNECTION_PAGE (bk_app_connection_page_get_type ())
G_DECLARE_FINAL_TYPE (BkAppConnectionPage, bk_app_connection_page, BK, APP_CONNECTION_PAGE, AdwPreferencesPage)

/* NULL: lets go of it. */
void bk_app_connection_page_set_messenger (BkAppConnectionPage *self, BeckonMessenger *messenger);

G_END_DECLS
