/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers a program of this computer as an application to invite to, or changes how one is registered. */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_REGISTER_WINDOW (bk_app_register_window_get_type ())
G_DECLARE_FINAL_TYPE (BkAppRegisterWindow, bk_app_register_window, BK, APP_REGISTER_WINDOW, AdwWindow)

void bk_app_register_window_show (GtkWindow *parent, BeckonMessenger *messenger);
/* @registration: see beckon_messenger_get_registration_finish (). */
void bk_app_register_window_show_for (GtkWindow *parent, BeckonMessenger *messenger, GVariant *registration);

G_END_DECLS
