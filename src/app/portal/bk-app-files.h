/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of the file manager. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Shows a file where it is, among its neighbours. FALSE where there is no file manager that can. */
void bk_app_files_show_async (GDBusConnection *bus, GFile *file, GAsyncReadyCallback callback, gpointer user_data);
gboolean bk_app_files_show_finish (GAsyncResult *result, GError **error);

G_END_DECLS
