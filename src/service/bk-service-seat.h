/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seat as the desktop tells of it: the screen is locked (logind, or a screen saver), nobody is there (see
 * bk-service-idle.h). What is not there, or not to be reached from a sandbox, tells nothing. */
#pragma once

#include "bk-clock.h"
#include "bk-desktop.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_SEAT (bk_service_seat_get_type ())
G_DECLARE_FINAL_TYPE (BkServiceSeat, bk_service_seat, BK, SERVICE_SEAT, GObject)

/* @sandboxed: the desktop portal is asked, too. */
BkServiceSeat *bk_service_seat_new (BkClock *clock, GDBusConnection *session, gboolean sandboxed);
/* The system bus, which may come later, or never. */
void bk_service_seat_set_system (BkServiceSeat *self, GDBusConnection *system);
/* Nothing is listened to any more. */
void bk_service_seat_stop (BkServiceSeat *self);

G_END_DECLS
