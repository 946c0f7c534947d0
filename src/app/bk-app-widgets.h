/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several screens do to their widgets. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A sentence in passing. It is never markup, and is wrapped where it is too long for one line. */
AdwToast *bk_app_toast_new (const char *text);

/* Colours the dot of somebody's presence. */
void bk_app_set_status_dot (GtkWidget *dot, BeckonStatus status);

/* The icon of an application, by the name in its registration. */
void bk_app_set_application_icon (GtkImage *image, const char *icon);

/* Gives the row of a list, of which @child is what it shows, an accessible name: it has none of its own in GTK 4.8. */
void bk_app_name_row (GtkWidget *child, const char *name);

/* Closes @window once @item has left @model: there is nothing left that it could do. After a restart of the session
 * service all objects are new, so that is what becomes of windows about the old ones, too. */
void bk_app_close_without (GtkWindow *window, GListModel *model, gpointer item);

/* Does what an action of the window does about somebody. Returns whether there is that action. */
gboolean bk_app_activate_about (gpointer widget, const char *action, BkAppPerson *person);

/* Returns: (nullable): the first of a type in @widget, itself included */
GtkWidget *bk_app_find_inside (GtkWidget *widget, GType type);

/* Has the usual key close whatever window is made from now on; the accelerators of an application are for its main
 * windows alone. */
void bk_app_close_by_key (void);

/* Shows an AdwMessageDialog. */
void bk_app_present_question (gpointer dialog);

/* What is typed at @place is looked for by @search, which comes to sight then and has the keyboard from there on: Enter
 * is for what was found. */
void bk_app_search_typed_at (GtkSearchEntry *search, GtkWidget *place);

/* For a class that takes the keyboard for something in it: else GTK would go there with every Tab, and stay. */
gboolean bk_app_focus_child (GtkWidget *widget, GtkDirectionType direction);
/* Returns: (nullable): the menu, or the like, over something in @widget which has the keyboard: one that decides where the
 * keyboard goes leaves it in there */
GtkWidget *bk_app_focused_popover (GtkWidget *widget);

G_END_DECLS
