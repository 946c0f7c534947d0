/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Waiting for Bob…" with Cancel: for invitations that were not sent from a conversation, where a card would show
 * it. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_WAITING_WINDOW (bk_app_waiting_window_get_type ())
G_DECLARE_FINAL_TYPE (BkAppWaitingWindow, bk_app_waiting_window, BK, APP_WAITING_WINDOW, AdwWindow)

BkAppWaitingWindow *bk_app_waiting_window_new (GtkApplication *application, BeckonSession *session);
/* Nothing more will be heard of the session: what is still waited for does not come. */
void bk_app_waiting_window_forget (BkAppWaitingWindow *self);

G_END_DECLS
