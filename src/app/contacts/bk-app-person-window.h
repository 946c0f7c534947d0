/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contacts/bk-app-people.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Closes @window, which is about @person, once that contact or its account is gone: bk_app_close_without(). */
void bk_app_close_without_person (GtkWindow *window, BeckonMessenger *messenger, BkAppPerson *person);

G_END_DECLS
