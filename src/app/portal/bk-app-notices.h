/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the user's desktop for every notification there is: by GLib where the desktop has its own interface for
 * applications (GNOME; in a sandbox the portal, where that is all there is), else by org.freedesktop.Notifications.
 * Nothing goes out while the user does not want to be disturbed. */
#pragma once

#include "portal/bk-app-notice.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_NOTICES (bk_app_notices_get_type ())
G_DECLARE_FINAL_TYPE (BkAppNotices, bk_app_notices, BK, APP_NOTICES, GObject)

/* @application: has been registered, and outlives this. @settings: "do-not-disturb" and "notify-sounds" are obeyed.
 * @sandboxed: the desktop's own interface is out of reach, and GLib's way is the portal, which can do less. */
BkAppNotices *bk_app_notices_new (GApplication *application, GSettings *settings, gboolean sandboxed);
/* Takes @notice. One of the same @id is replaced. */
void bk_app_notices_send (BkAppNotices *self, const char *id, BkAppNotice *notice);
void bk_app_notices_withdraw (BkAppNotices *self, const char *id);

G_END_DECLS
