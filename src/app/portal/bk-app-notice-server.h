/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications by org.freedesktop.Notifications, for desktops that have nothing else. GLib could send them, too, but
 * hands on text as markup where the desktop takes it for that, knows no reply, and loses hold of a notification that is
 * replaced or withdrawn while the first is on its way. */
#pragma once

#include "portal/bk-app-notice.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_NOTICE_SERVER (bk_app_notice_server_get_type ())
G_DECLARE_FINAL_TYPE (BkAppNoticeServer, bk_app_notice_server, BK, APP_NOTICE_SERVER, GObject)

/* @application: whose actions the buttons activate. Messages and invitations that are still shown go with the
 * object: nobody would hear their buttons. */
BkAppNoticeServer *bk_app_notice_server_new (GDBusConnection *bus, GApplication *application);
/* Takes @notice. One of the same @id is replaced. @silent: without a sound. */
void bk_app_notice_server_send (BkAppNoticeServer *self, const char *id, BkAppNotice *notice, gboolean silent);
void bk_app_notice_server_withdraw (BkAppNoticeServer *self, const char *id);

G_END_DECLS
