/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a desktop has on its buses, as far as the seat asks it: screen savers, an idle monitor, logind. One private bus
 * stands for both. Everything is there only once its name is taken. */
#pragma once

#include "bk-test.h"

G_BEGIN_DECLS

#define MUTTER "org.gnome.Mutter.IdleMonitor"
#define LOGIND "org.freedesktop.login1"
#define GNOME_SAVER "org.gnome.ScreenSaver"
#define SAVER "org.freedesktop.ScreenSaver"
#define PORTAL "org.freedesktop.portal.Desktop"

typedef struct
{
  GTestDBus *dbus;
  GDBusConnection *connection;
  GHashTable *owned; /* char *name → guint */

  gboolean active;     /* GetActive of both screen savers */
  gint64 session_idle; /* GetSessionIdleTime in milliseconds; -1: there is no such method */
  guint n_looks;       /* how often it was asked */
  guint64 monitor_idle;
  guint32 last_watch;
  guint32 idle_watch; /* as they are; 0: none */
  guint32 active_watch;
  guint64 idle_watch_ms;
  char *monitor; /* handle of what watches the screen through the portal; nullable */
  guint n_consents; /* to the end of the session */
  gboolean locked_hint;
  gboolean idle_hint;
  guint64 idle_since;
} FakeDesktop;

FakeDesktop *fake_desktop_new (void);
void fake_desktop_free (FakeDesktop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeDesktop, fake_desktop_free)

GDBusConnection *fake_desktop_connect (FakeDesktop *self);
void fake_desktop_disconnect (GDBusConnection *connection);
void fake_desktop_take (FakeDesktop *self, const char *name);
void fake_desktop_drop (FakeDesktop *self, const char *name);
/* @arguments: consumed if floating, nullable. */
void fake_desktop_signal (FakeDesktop *self, const char *path, const char *interface, const char *name,
                          GVariant *arguments);
void fake_desktop_set_active (FakeDesktop *self, const char *saver, gboolean active);
void fake_desktop_fire (FakeDesktop *self, guint32 watch);
/* What the portal tells of the screen. */
void fake_desktop_set_screen (FakeDesktop *self, const char *monitor, gboolean active, guint32 phase);
/* Tells that a property of the session is another. */
void fake_desktop_tell (FakeDesktop *self, const char *property, GVariant *value);

G_END_DECLS
