/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application in this process, with a session service that says what the test tells it. alice has an account, and
 * everybody there can be on her list: bob can be invited, carol is offline, dora asks, erin was asked, frank is
 * blocked. */
#pragma once

#include "app-desktop.h"
#include "app-screen.h"
#include "bk-app-private.h"
#include "stand-in.h"

G_BEGIN_DECLS

#define APP_ACCOUNT STAND_IN_ROOT "/Account/1"
#define APP_CONVERSATION STAND_IN_ROOT "/Conversation/1"
#define APP_BOARD "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}"
#define APP_CHESS "{0F4B2F1C-9A43-4C8B-8D5E-2C1B6A7E9D10}"

typedef struct
{
  StandIn *service;
  AppDesktop *desktop;
  BkApp *app;
  BeckonMessenger *messenger; /* of the application */
  BeckonAccount *account;     /* the first; NULL without accounts */
} AppWorld;

/* Instead of bk_test_init () and g_test_run (): brings a bus and, unless @screen is FALSE, a screen. */
void app_world_init (int *argc, char ***argv, gboolean screen);
int app_world_run (void);

/* A service with alice's account and all that is said above; with @empty, one without accounts. */
StandIn *app_service_new (gboolean empty);

/* Starts the application. No window is shown. @service: taken. */
AppWorld *app_world_launch (StandIn *service);
/* The same where the desktop is a server of org.freedesktop.Notifications with those @capabilities. */
AppWorld *app_world_launch_with_server (StandIn *service, const char *capabilities);
/* The application has reached the service, or has lost it. */
void app_world_wait (AppWorld *self);
gboolean app_world_is_away (gpointer world);
/* Launches and waits. */
AppWorld *app_world_start (StandIn *service);
/* The same with a service as above. */
AppWorld *app_world_new (gboolean empty);
/* Takes all windows away and ends the application, of which nothing may be left. */
void app_world_free (AppWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppWorld, app_world_free)

/* All that the service has said so far has been heard, and what follows from it is done. */
void app_world_settle (AppWorld *self);
/* All that @widget was to lay out, and what follows from that, is done. */
void app_world_wait_still (AppWorld *self, GtkWidget *widget);
/* What has to be read first takes longer than to settle. */
void app_world_wait_items (GListModel *model, guint n_items);
/* The session appears; @properties as `a{sv}`. Its object path. */
char *app_world_add_session (AppWorld *self, guint number, const char *properties);
/* The first window of that type which is not being taken away; NULL if there is none. */
GtkWindow *app_world_find_window (GType type);
/* What g_variant_print() would give as @text. */
GVariant *app_parse (const char *text);
/* What the part of a template with that name is; its place in the class has to be bound. */
gpointer app_part (gpointer widget, const char *name);

G_END_DECLS
