/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the contact list. A list makes two hundred of them: until it comes into sight for the first time, a row is
 * nothing but a name for assistive technology and a place. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_CONTACT_ROW (bk_app_contact_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppContactRow, bk_app_contact_row, BK, APP_CONTACT_ROW, GtkWidget)

GtkWidget *bk_app_contact_row_new (void);
/* @person: NULL for nobody, while the row waits to be used again. */
void bk_app_contact_row_set_person (BkAppContactRow *self, BkAppPerson *person);
BkAppPerson *bk_app_contact_row_get_person (BkAppContactRow *self);

/* @in_sight: whether some of it is to be seen; then it shows the person. Returns whether it has another size now. */
gboolean bk_app_contact_row_set_in_sight (BkAppContactRow *self, gboolean in_sight);

/* Makes such rows for a list of BkAppPerson. */
GtkListItemFactory *bk_app_contact_row_factory_new (void);
/* Has rows of a list, from this factory or another, show whom they are about as they come into sight. */
void bk_app_contact_row_watch (GtkListView *list);

G_END_DECLS
