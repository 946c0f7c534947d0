/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are dropped on somebody in the contact list. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* They are given to "win.send-files". */
void bk_app_contact_drops_add (GtkListView *list);

G_END_DECLS
