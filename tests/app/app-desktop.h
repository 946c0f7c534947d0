/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desktop that shows notifications, as a line each of what it was told. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AppDesktop AppDesktop;

/* Takes org.gtk.Notifications on the private bus. */
AppDesktop *app_desktop_new (void);
void app_desktop_free (AppDesktop *self);

/* What was told since the last call by @application: "+ID: TITLE | BODY [BUTTON BUTTON]" and "-ID", a line each. */
char *app_desktop_take (AppDesktop *self, GApplication *application);

G_END_DECLS
