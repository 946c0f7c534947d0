/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launcher port: starts the program of a session, each in a scope of its own, and says when that scope is empty. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is to be started. Built from the registration: of what comes from the network there is nothing but a display name,
 * of which nothing is left that could mean anything to a program. */
typedef struct
{
  const char *session;      /* SessionID: names the scope, the log and the private directory */
  gboolean invitee;         /* two sides of one session may be on this machine: tells them apart */
  const char *name;         /* for people */
  const char *const *argv;  /* nullable; argv[0] is absolute or found in PATH; never a shell */
  const char *cookie;       /* goes into BECKON_COOKIE of the environment; nullable: it does not know Beckon */
  const char *bus_name;     /* instead of argv: started by the bus, the cookie is handed over in a call; nullable */
} BkLaunch;

#define BK_TYPE_PROGRAM (bk_program_get_type ())
/* A program that was started. Signal "ended" (gboolean failed, const char *reason): its scope is empty; comes once. */
G_DECLARE_INTERFACE (BkProgram, bk_program, BK, PROGRAM, GObject)
struct _BkProgramInterface
{
  GTypeInterface parent_iface;
  void (*stop) (BkProgram *self, gboolean at_once); /* SIGTERM, or SIGKILL, to all of it; nothing once it has ended */
  const char *(*get_log) (BkProgram *self);  /* path of its log, nullable */
  gboolean (*owns_process) (BkProgram *self, guint pid);
};

void bk_program_stop (BkProgram *self, gboolean at_once);
const char *bk_program_get_log (BkProgram *self);
gboolean bk_program_owns_process (BkProgram *self, guint pid);
void bk_program_emit_ended (BkProgram *self, gboolean failed, const char *reason);

#define BK_TYPE_LAUNCHER (bk_launcher_get_type ())
G_DECLARE_INTERFACE (BkLauncher, bk_launcher, BK, LAUNCHER, GObject)
struct _BkLauncherInterface
{
  GTypeInterface parent_iface;
  void (*launch_async) (BkLauncher *self, const BkLaunch *launch, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
  BkProgram *(*launch_finish) (BkLauncher *self, GAsyncResult *result, GError **error);
};

void bk_launcher_launch_async (BkLauncher *self, const BkLaunch *launch, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
BkProgram *bk_launcher_launch_finish (BkLauncher *self, GAsyncResult *result, GError **error);

G_END_DECLS
