/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The bar at the foot of a window of preferences, with a button for each page: where their titles do not fit beside each
 * other there are icons alone, with the titles as tooltips. */

void bk_app_page_bar_fit (GtkWindow *window, int width);

G_END_DECLS
