/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beckon starts, without a window, when the user logs in: the setting start-at-login. In a sandbox the desktop portal
 * is asked; elsewhere it is a file in the user's autostart folder, and what is there counts: the user may have other
 * ways to change it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_AUTOSTART (bk_app_autostart_get_type ())
/* Signal "failed" (const char *): it could not be changed, and why: a sentence for people. The setting is as it was. */
G_DECLARE_FINAL_TYPE (BkAppAutostart, bk_app_autostart, BK, APP_AUTOSTART, GObject)

/* @bus nullable: then there is no portal. */
BkAppAutostart *bk_app_autostart_new (GSettings *settings, GDBusConnection *bus, gboolean sandboxed);
gboolean bk_app_is_sandboxed (void);

G_END_DECLS
