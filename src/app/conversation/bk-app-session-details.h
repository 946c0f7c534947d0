/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All about one session: how it is connected, with whom, what its program wrote, what happened when. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_SESSION_DETAILS (bk_app_session_details_get_type ())
G_DECLARE_FINAL_TYPE (BkAppSessionDetails, bk_app_session_details, BK, APP_SESSION_DETAILS, AdwWindow)

void bk_app_session_details_show (GtkWindow *parent, BeckonSession *session);

G_END_DECLS
