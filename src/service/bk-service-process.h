/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be known about the processes of this machine. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The process that @sender belongs to, as the bus knows it: where this service is sandboxed, none that it can see. 0 on
 * error. */
void bk_service_caller_pid_async (GDBusConnection *connection, const char *sender, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
guint bk_service_caller_pid_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* Whether @pid, a number that the bus told, lives in a Flatpak; also if that cannot be told. */
gboolean bk_service_process_is_sandboxed (guint pid);

typedef struct
{
  guint pid;
  guint parent;
  guint session;
} BkServiceProcess;

/* All processes there are, element-type BkServiceProcess. */
GArray *bk_service_processes_list (void);
guint bk_service_process_get_parent (guint pid);
/* The value of @name in the environment that @pid was started with; NULL if that cannot be read. */
char *bk_service_process_get_environment (guint pid, const char *name);

G_END_DECLS
