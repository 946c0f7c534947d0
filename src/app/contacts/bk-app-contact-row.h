/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of the contact list. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_CONTACT_ROW (bk_app_contact_row_get_type ())
G_DECLARE_FINAL_TYPE (BkAppContactRow, bk_app_contact_row, BK, APP_CONTACT_ROW, GtkBox)

GtkWidget *bk_app_contact_row_new (void);
/* @person: NULL for nobody, while the row waits to be used again. */
void bk_app_contact_row_set_person (BkAppContactRow *self, BkAppPerson *person);
BkAppPerson *bk_app_contact_row_get_person (BkAppContactRow *self);

/* Makes such rows for a list of BkAppPerson. */
GtkListItemFactory *bk_app_contact_row_factory_new (void);

G_END_DECLS
