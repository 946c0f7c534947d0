/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs an account in again whose password the server does not take any more. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

void bk_app_password_dialog_show (GtkWindow *parent, BeckonMessenger *messenger, BeckonAccount *account);

G_END_DECLS
