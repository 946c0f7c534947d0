/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows of a list are to be seen. GtkListView makes two hundred rows of anything, and nearly all of them are out
 * of sight: what is dear in a row can wait until somebody looks at it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @row: what the factory made. Called for all rows there are, whenever a place of the window has changed, before it is
 * drawn. Returns whether the row has another size now. */
typedef gboolean (*BkAppSightFunc) (GtkWidget *row, gboolean in_sight);

void bk_app_sight_watch (GtkListView *list, BkAppSightFunc func);

G_END_DECLS
