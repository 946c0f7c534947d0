/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Launches programs. Those with a bus name are started by the bus, those outside of our sandbox by beckon-peer-host,
 * the others here: each in a systemd scope of its own where there is a user manager, else as a descendant of this
 * process, which then is the subreaper. */
#pragma once

#include "bk-clock.h"
#include "bk-service-spawn.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_LAUNCHER (bk_service_launcher_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceLauncher, bk_service_launcher, BK, SERVICE_LAUNCHER, GObject)
/* Prefers the scope, falls back on the subreaper. @activator: for those with a bus name; nullable. */
BkLauncher *bk_service_launcher_new (BkLauncher *scope, BkLauncher *subreaper, BkLauncher *activator,
                                     GDBusConnection *connection);
void bk_service_launcher_set_host (BkServiceLauncher *self, BkLauncher *host);

#define BK_TYPE_SERVICE_ACTIVATOR (bk_service_activator_get_type ())
/* Hands sessions to programs by their bus name, which starts them if they do not run. Such a program has ended when it
 * has left the bus. @connection: the one that owns the name which sandboxed programs may talk to. */
G_DECLARE_FINAL_TYPE (BkServiceActivator, bk_service_activator, BK, SERVICE_ACTIVATOR, GObject)
BkLauncher *bk_service_activator_new (GDBusConnection *connection);

#define BK_TYPE_SERVICE_SUBREAPER (bk_service_subreaper_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceSubreaper, bk_service_subreaper, BK, SERVICE_SUBREAPER, GObject)
BkLauncher *bk_service_subreaper_new (const BkServicePlaces *places);

#define BK_TYPE_SERVICE_SCOPER (bk_service_scoper_get_type ())
/* launch_finish () fails with G_IO_ERROR_NOT_SUPPORTED if there was no scope to be had: nothing has been started. */
G_DECLARE_FINAL_TYPE (BkServiceScoper, bk_service_scoper, BK, SERVICE_SCOPER, GObject)
BkLauncher *bk_service_scoper_new (const BkServicePlaces *places, BkClock *clock, GDBusConnection *connection);

#define BK_TYPE_SERVICE_HOST_LAUNCHER (bk_service_host_launcher_get_type ())
/* Has programs started outside of our sandbox. */
G_DECLARE_FINAL_TYPE (BkServiceHostLauncher, bk_service_host_launcher, BK, SERVICE_HOST_LAUNCHER, GObject)
BkLauncher *bk_service_host_launcher_new (const BkServicePlaces *places, GDBusConnection *connection);

#define BK_SERVICE_SYSTEMD "org.freedesktop.systemd1"

G_END_DECLS
