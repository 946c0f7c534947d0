/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks somebody to become a contact. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_ADD_CONTACT (bk_app_add_contact_get_type ())
G_DECLARE_FINAL_TYPE (BkAppAddContact, bk_app_add_contact, BK, APP_ADD_CONTACT, AdwWindow)

void bk_app_add_contact_show (GtkWindow *parent, BeckonMessenger *messenger);

G_END_DECLS
