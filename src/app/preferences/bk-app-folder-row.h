/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of the user's to choose. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_FOLDER_ROW (bk_app_folder_row_get_type ())
/* Property "folder": a path, empty for the desktop's folder for downloads. */
G_DECLARE_FINAL_TYPE (BkAppFolderRow, bk_app_folder_row, BK, APP_FOLDER_ROW, AdwActionRow)

G_END_DECLS
