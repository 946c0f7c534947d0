/* SPDX-License-Identifier: GPL-3.0-or-later */
/* im.beckon.PeerHost1: what a session service in a sandbox may ask of this computer. */
#pragma once

#include "bk-host-registrations.h"
#include "bk-launcher.h"

G_BEGIN_DECLS

#define BK_TYPE_HOST (bk_host_get_type ())
/* Signal "quiet" (): no program is left, or there is no service any more. May come several times. */
G_DECLARE_FINAL_TYPE (BkHost, bk_host, BK, HOST, GObject)

BkHost *bk_host_new (GDBusConnection *connection, BkHostRegistrations *registrations, BkLauncher *launcher,
                     const char *runtime_dir);
gboolean bk_host_is_busy (BkHost *self); /* there are programs */
gboolean bk_host_is_served (BkHost *self); /* there is a service */
/* Answers from now on. Blocks for a moment: for main () alone. */
gboolean bk_host_open (BkHost *self, GError **error);

G_END_DECLS
