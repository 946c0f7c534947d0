/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long nobody has touched anything, as far as a desktop tells it. The first of these that answers counts: the idle
 * monitor of the compositor, which tells by itself; the session idle time of org.freedesktop.ScreenSaver, which has to
 * be asked, but not more often than it can matter; and the hint of logind. */
#pragma once

#include "bk-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BkServiceIdle BkServiceIdle;
typedef void (*BkServiceIdleFunc) (gpointer user_data);

/* @func is called when bk_service_idle_get () has another answer. */
BkServiceIdle *bk_service_idle_new (BkClock *clock, GDBusConnection *session, BkServiceIdleFunc func,
                                    gpointer user_data);
void bk_service_idle_free (BkServiceIdle *self);
gboolean bk_service_idle_get (BkServiceIdle *self);
/* 0: never. */
void bk_service_idle_set_after (BkServiceIdle *self, guint ms);
/* What logind says: since when, in microseconds since 1970, if @idle. */
void bk_service_idle_set_hint (BkServiceIdle *self, gboolean idle, gint64 since);
/* Somebody may have come back. */
void bk_service_idle_look (BkServiceIdle *self);

G_END_DECLS
