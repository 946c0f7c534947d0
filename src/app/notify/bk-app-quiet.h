/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the user is not to be disturbed: they said so here, by their status, or to the desktop. */
#pragma once

#include "beckon.h"
#include "portal/bk-app-inhibited.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_QUIET (bk_app_quiet_get_type ())
/* Signal "changed" (): ask again. */
G_DECLARE_FINAL_TYPE (BkAppQuiet, bk_app_quiet, BK, APP_QUIET, GObject)

BkAppQuiet *bk_app_quiet_new (GSettings *settings, BeckonMessenger *messenger, BkAppInhibited *inhibited);
/* Whether nothing is told of what comes to that account. @account: its sign-in name. */
gboolean bk_app_quiet_has_silence (BkAppQuiet *self, const char *account);
/* Whether no window comes up by itself. Notifications can be left to a desktop that keeps them for later. */
gboolean bk_app_quiet_has_no_windows (BkAppQuiet *self, const char *account);

G_END_DECLS
