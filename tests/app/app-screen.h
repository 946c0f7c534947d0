/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen in memory for the whole program, and the keys of its keyboard. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Also initialises GTK. The screen goes with the program, however that ends. */
void app_screen_up (void);
void app_screen_down (void);

/* Gives the keyboard to a window that is shown and waits until GTK knows. */
void app_screen_focus (GtkWindow *window);
/* Presses keys in the words of xdotool, e.g. "shift+Return", in that window. */
void app_screen_press (GtkWindow *window, const char *keys);
/* Moves the mouse to a place within @widget of that window; clicks. */
void app_screen_point (GtkWindow *window, GtkWidget *widget, int x, int y);
void app_screen_click (GtkWindow *window);

G_END_DECLS
