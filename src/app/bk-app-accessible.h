/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What assistive technology is told beyond what GTK tells it by itself. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* From now on whatever is in a window says all that it shows: buttons have one name, a button with a picture alone that
 * of its tooltip; rows say their second line as well, and so does the switch that a row stands for; and what has the
 * role of an alert or of a status is announced when it appears. */
void bk_app_accessible_init (void);

/* The same for what comes into a window later, such as a row. */
void bk_app_accessible_complete (GtkWidget *widget);

/* The one name of a control, whatever else it has on it. */
void bk_app_accessible_name (GtkWidget *widget, const char *name);

/* What is to be heard after the name; NULL for nothing. */
void bk_app_accessible_describe (GtkWidget *widget, const char *description);

/* Has a screen reader say @text, if the user is at the window of @widget and @widget is on the screen. Whoever is
 * elsewhere gets a notification from others. */
void bk_app_announce (GtkWidget *widget, const char *text);

G_END_DECLS
