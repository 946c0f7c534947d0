/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of the keyboard through a window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Tab comes from one thing to the next as one reads, in the direction that is set, leaves out nothing that can be used,
 * stops nowhere that is not to be seen, and comes round. */
void app_focus_check (GtkWindow *window);
/* To be called before there are windows where some are from right to left. */
void app_focus_init (void);

G_END_DECLS
