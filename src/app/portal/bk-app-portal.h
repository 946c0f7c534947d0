/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program in a sandbox asks of the desktop. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* org.freedesktop.portal.Background. @command: what is started at login if @autostart. Finishes when the user or the
 * desktop has answered, FALSE with CANCELLED or PERMISSION_DENIED of GIOErrorEnum if the answer is no. */
void bk_app_portal_set_autostart_async (GDBusConnection *bus, gboolean autostart, const char *const *command,
                                        const char *reason, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean bk_app_portal_set_autostart_finish (GAsyncResult *result, GError **error);

G_END_DECLS
