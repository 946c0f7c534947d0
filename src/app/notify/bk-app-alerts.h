/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators tell the users of their server. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

/* Shows every one by a notification from now on, as long as both @app and its messenger are there. */
void bk_app_alerts_watch (BkApp *app);

G_END_DECLS
