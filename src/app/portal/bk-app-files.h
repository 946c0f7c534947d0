/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of the file manager, and what files are called that come from it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Shows a file where it is, among its neighbours. FALSE where there is no file manager that can. @sandboxed: the portal
 * is asked instead. */
void bk_app_files_show_async (GDBusConnection *bus, GFile *file, gboolean sandboxed, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean bk_app_files_show_finish (GAsyncResult *result, GError **error);

/* How @path is told to people: of what somebody chose in a portal, only the name is not made up. */
char *bk_app_files_dup_shown (const char *path);

G_END_DECLS
