/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks somebody to become a contact. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_ADD_CONTACT (bk_app_add_contact_get_type ())
G_DECLARE_FINAL_TYPE (BkAppAddContact, bk_app_add_contact, BK, APP_ADD_CONTACT, AdwWindow)

/* Returns the window, which belongs to itself. */
BkAppAddContact *bk_app_add_contact_show (GtkWindow *parent, BeckonMessenger *messenger);
/* Writes who is to be asked by which account, unless the user has begun to write. */
void bk_app_add_contact_fill (BkAppAddContact *self, const char *account, const char *who);

G_END_DECLS
