/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desktop that shows notifications, as a line each of what it was told. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AppDesktop AppDesktop;

/* Takes org.gtk.Notifications on the private bus. */
AppDesktop *app_desktop_new (void);
/* Takes org.freedesktop.Notifications instead. @capabilities: what it can do, an `as`. */
AppDesktop *app_desktop_new_server (const char *capabilities);
void app_desktop_free (AppDesktop *self);

/* What was told since the last call by @application: "+ID: TITLE | BODY [BUTTON BUTTON]" and "-ID", a line each. */
char *app_desktop_take (AppDesktop *self, GApplication *application);

/* Waits until @words have been told. What was told since the last call. */
char *app_desktop_wait (AppDesktop *self, const char *words);

/* Of a server, which numbers what it shows from 1 on and tells "+NUMBER: TITLE | BODY [BUTTON ACTION]", with the number
 * that is replaced before a colon, "{hint value}" each, and "-NUMBER". */

/* Answers no call of Notify any more, or those that have come and will come. */
void app_desktop_hold (AppDesktop *self, gboolean hold);
/* Presses a button; "default" for the notification itself. */
void app_desktop_press (AppDesktop *self, guint32 number, const char *action);
void app_desktop_reply (AppDesktop *self, guint32 number, const char *text);
/* The user has wiped it away. */
void app_desktop_dismiss (AppDesktop *self, guint32 number);
/* Keeps notifications back, as KDE tells it, or does not any more. */
void app_desktop_inhibit (AppDesktop *self, gboolean inhibited);
/* Leaves the bus and comes back, able to do @capabilities. */
void app_desktop_restart (AppDesktop *self, const char *capabilities);

G_END_DECLS
