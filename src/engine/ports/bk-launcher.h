/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launcher port: starts the program of a session, each in a scope of its own, and says when that scope is empty. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Which of its programs a registration is to start. The values travel. */
typedef enum
{
  BK_COMMAND_EXEC = 0,
  BK_COMMAND_HOST = 1,
  BK_COMMAND_JOIN = 2,
  BK_N_COMMANDS,
} BkCommand;

/* A program outside of our sandbox: whoever starts it there takes the command line from the registration itself. */
typedef struct
{
  const char *registration; /* path of its file, there */
  BkCommand command;
  const char *address; /* the endpoint, as in bk-channel.h; each nullable, port 0 */
  guint16 port;
  const char *path;
  const char *own_name; /* display names as they are, nullable */
  const char *other_name;
} BkHostLaunch;

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
  const BkHostLaunch *host; /* instead of argv: outside of our sandbox; nullable */
  int output;               /* a descriptor for what it says, instead of a log of the launcher's own; 0: none */
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
  /* Inodes of the sockets that it has, a set of guint64, as far as they are known; transfer full. NULL: to be found by
   * owns_process (). */
  GHashTable *(*dup_sockets) (BkProgram *self);
};

void bk_program_stop (BkProgram *self, gboolean at_once);
const char *bk_program_get_log (BkProgram *self);
gboolean bk_program_owns_process (BkProgram *self, guint pid);
GHashTable *bk_program_dup_sockets (BkProgram *self); /* nullable: its processes can be looked at */
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
