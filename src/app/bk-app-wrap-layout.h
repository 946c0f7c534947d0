/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lays buttons out in a row, and in more of them where there is no room. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_WRAP_LAYOUT (bk_app_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (BkAppWrapLayout, bk_app_wrap_layout, BK, APP_WRAP_LAYOUT, GtkLayoutManager)

G_END_DECLS
