/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the contact list shows: picture, name, what there is to say, buttons where somebody asks. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_CONTACT_LINE (bk_app_contact_line_get_type ())
G_DECLARE_FINAL_TYPE (BkAppContactLine, bk_app_contact_line, BK, APP_CONTACT_LINE, GtkBox)

GtkWidget *bk_app_contact_line_new (void);
/* @person: NULL for nobody, while the line waits to be used again. */
void bk_app_contact_line_set_person (BkAppContactLine *self, BkAppPerson *person);

G_END_DECLS
