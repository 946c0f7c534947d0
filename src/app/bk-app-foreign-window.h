/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows of other programs. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Has @window, which is not shown yet, belong to a window of another program: "x11:" and its XID in hexadecimal digits,
 * or "wayland:" and an exported handle, as desktop portals write it. What says nothing here is passed over. */
void bk_app_set_foreign_parent (GtkWindow *window, const char *handle);

G_END_DECLS
