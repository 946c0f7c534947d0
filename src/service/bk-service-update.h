/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the program that runs here has been replaced by an update, and when it is in nobody's way to give room to the
 * new one. */
#pragma once

#include "bk-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_SERVICE_UPDATE_STATUS 75 /* EX_TEMPFAIL: has systemd start the unit again */

/* Nothing is open, and the bus can start another program instead of this one, which is to end with that status. Called
 * once. */
typedef void (*BkServiceUpdateFunc) (gpointer user_data, int status);

typedef struct _BkServiceUpdate BkServiceUpdate;

/* For the program that runs here: after an update there is another file in its place; in a Flatpak, whose files never
 * change, a mark is put beside them. @bus: what is asked whether it can start the service. @sessions: element-type
 * BkEngineSession. */
BkServiceUpdate *bk_service_update_new (BkClock *clock, GDBusConnection *bus, GListModel *sessions,
                                        BkServiceUpdateFunc func, gpointer user_data);
void bk_service_update_free (BkServiceUpdate *self);

/* Has the bus start the service anew; for one that has given up its names and its data. */
void bk_service_start_next (void);

G_END_DECLS
