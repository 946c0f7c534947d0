/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the desktop keeps notifications back, because its user is not to be disturbed: what KDE tells as the property
 * Inhibited of org.freedesktop.Notifications. Elsewhere it is FALSE. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_INHIBITED (bk_app_inhibited_get_type ())
/* Signal "changed" (): ask again. */
G_DECLARE_FINAL_TYPE (BkAppInhibited, bk_app_inhibited, BK, APP_INHIBITED, GObject)

/* @bus: nullable. */
BkAppInhibited *bk_app_inhibited_new (GDBusConnection *bus);
gboolean bk_app_inhibited_get (BkAppInhibited *self);

G_END_DECLS
