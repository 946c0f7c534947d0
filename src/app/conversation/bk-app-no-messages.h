/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation in which nothing was said yet: what can be done about that depends on how one stands with somebody. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_NO_MESSAGES (bk_app_no_messages_get_type ())
G_DECLARE_FINAL_TYPE (BkAppNoMessages, bk_app_no_messages, BK, APP_NO_MESSAGES, AdwBin)

/* Says how one stands with @person now. Whoever calls it follows the contact. */
void bk_app_no_messages_show (BkAppNoMessages *self, BkAppPerson *person);

G_END_DECLS
