/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_FOLDER_WATCH (bk_folder_watch_get_type ())
/* Watches the files of one folder, also while it does not exist yet. Signals: "file" (const char *name,
 * GFileMonitorEvent event): something happened to that file; "folder" (): the folder came, went or was replaced. */
G_DECLARE_FINAL_TYPE (BkFolderWatch, bk_folder_watch, BK, FOLDER_WATCH, GObject)

/* @path is absolute and canonical. */
BkFolderWatch *bk_folder_watch_new (const char *path);
/* Looks whether it is still the right folder that is watched. Returns whether it was another one, or none, until now. */
gboolean bk_folder_watch_check (BkFolderWatch *self);

/* Reads a file of at most @max bytes, or the first @max + 1 of a longer one. Symbolic links are followed (that is how
 * Flatpak exports files); whatever is behind them, opening does not block. */
GBytes *bk_folder_read_file (const char *path, gsize max, GError **error);

G_END_DECLS
