/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Desktop notifications about people: messages that nobody sees, and contact requests. */
#pragma once

#include "bk-app.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_NOTIFIER (bk_app_notifier_get_type ())
G_DECLARE_FINAL_TYPE (BkAppNotifier, bk_app_notifier, BK, APP_NOTIFIER, GObject)

BkAppNotifier *bk_app_notifier_new (BkApp *app);

G_END_DECLS
