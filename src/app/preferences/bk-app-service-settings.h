/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session service keeps for all accounts (the settings of BeckonMessenger), as properties to be bound to
 * widgets. */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

#define BK_TYPE_APP_SERVICE_SETTINGS (bk_app_service_settings_get_type ())
/* Properties "read-marks", "typing" (booleans), "idle-minutes" (a double, as a spin button has it), "download-folder" (a
 * string, empty: that of the desktop). One that is set shows the new value once the service has it; if that refuses,
 * the old value is notified again. Signal "failed" (const GError *). */
G_DECLARE_FINAL_TYPE (BkAppServiceSettings, bk_app_service_settings, BK, APP_SERVICE_SETTINGS, GObject)

BkAppServiceSettings *bk_app_service_settings_new (BeckonMessenger *messenger);

G_END_DECLS
