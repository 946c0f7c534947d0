/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an account, or signs in with one that exists. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_ACCOUNT_FORM (bk_app_account_form_get_type ())
/* Signal "done" (): there is an account more. */
G_DECLARE_FINAL_TYPE (BkAppAccountForm, bk_app_account_form, BK, APP_ACCOUNT_FORM, AdwBin)

void bk_app_account_form_set_messenger (BkAppAccountForm *self, BeckonMessenger *messenger);

/* The form in a window of its own, for another account. */
void bk_app_account_form_show (GtkWindow *parent, BeckonMessenger *messenger);

G_END_DECLS
