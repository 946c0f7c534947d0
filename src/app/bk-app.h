/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beckon, the application: one process a user, with or without a window. It is there in the background as well, so that
 * invitations and messages are shown when the window is closed. */
#pragma once

#include "contacts/bk-app-people.h"

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_APP_ID "im.beckon.Beckon"

#define BK_TYPE_APP (bk_app_get_type ())
/* Properties "messenger" and "failure" are notified. */
G_DECLARE_FINAL_TYPE (BkApp, bk_app, BK, APP, AdwApplication)

BkApp *bk_app_new (void);

/* NULL until the session service has been reached for the first time. */
BeckonMessenger *bk_app_get_messenger (BkApp *self);
/* nullable, as the messenger: everybody in its contact lists. Whoever needs them all uses these. */
BkAppPeople *bk_app_get_people (BkApp *self);
/* Why there is no messenger, or why the session service cannot be reached any more; NULL while all is well. */
const char *bk_app_get_failure (BkApp *self);
/* FALSE when the session bus itself is gone: then only a new start helps. */
gboolean bk_app_can_retry (BkApp *self);
GSettings *bk_app_get_settings (BkApp *self);
/* What was begun and not sent, by conversation: it outlives the window. */
GHashTable *bk_app_get_drafts (BkApp *self);

G_END_DECLS
