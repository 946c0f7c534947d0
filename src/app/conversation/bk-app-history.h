/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with all that was said with somebody. */
#pragma once

#include "bk-app.h"
#include "contacts/bk-app-people.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks first. */
void bk_app_history_clear (GtkWindow *window, BeckonMessenger *messenger, BkAppPerson *person);
/* Asks where to, and writes a JSON file. */
void bk_app_history_export (GtkWindow *window, BkAppPerson *person);
void bk_app_history_export_to (BkApp *app, BkAppPerson *person, GFile *file);

G_END_DECLS
