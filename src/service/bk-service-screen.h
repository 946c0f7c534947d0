/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the screen is locked, as the desktop portal tells it to programs in a sandbox, which reach nobody else who
 * knows. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BkServiceScreen BkServiceScreen;
typedef void (*BkServiceScreenFunc) (gpointer user_data);

/* @func is called when bk_service_screen_get_locked () has another answer. */
BkServiceScreen *bk_service_screen_new (GDBusConnection *session, BkServiceScreenFunc func, gpointer user_data);
void bk_service_screen_free (BkServiceScreen *self);
gboolean bk_service_screen_get_locked (BkServiceScreen *self);

G_END_DECLS
