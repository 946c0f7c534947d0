/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-launcher.h"

static guint ended_signal;

G_DEFINE_INTERFACE (BkProgram, bk_program, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (BkLauncher, bk_launcher, G_TYPE_OBJECT)

static void
bk_program_default_init (BkProgramInterface *iface)
{
  ended_signal = g_signal_new ("ended", BK_TYPE_PROGRAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                               G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
bk_launcher_default_init (BkLauncherInterface *iface)
{
}

void
bk_program_stop (BkProgram *self, gboolean at_once)
{
  BK_PROGRAM_GET_IFACE (self)->stop (self, at_once);
}

const char *
bk_program_get_log (BkProgram *self)
{
  return BK_PROGRAM_GET_IFACE (self)->get_log (self);
}

/* Whether process @pid belongs to this program: it is then allowed to fetch the session by its process id. */
gboolean
bk_program_owns_process (BkProgram *self, guint pid)
{
  return BK_PROGRAM_GET_IFACE (self)->owns_process (self, pid);
}

GHashTable *
bk_program_dup_sockets (BkProgram *self)
{
  BkProgramInterface *iface = BK_PROGRAM_GET_IFACE (self);

  return iface->dup_sockets != NULL ? iface->dup_sockets (self) : NULL;
}

/* For launchers. @reason is a sentence for people, NULL when the program ended well. */
void
bk_program_emit_ended (BkProgram *self, gboolean failed, const char *reason)
{
  g_signal_emit (self, ended_signal, 0, failed, reason);
}

void
bk_launcher_launch_async (BkLauncher *self, const BkLaunch *launch, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  BK_LAUNCHER_GET_IFACE (self)->launch_async (self, launch, cancellable, callback, user_data);
}

BkProgram *
bk_launcher_launch_finish (BkLauncher *self, GAsyncResult *result, GError **error)
{
  return BK_LAUNCHER_GET_IFACE (self)->launch_finish (self, result, error);
}
