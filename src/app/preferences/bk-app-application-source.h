/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "beckon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Below the name of @application in its @row: what it says of itself or why it is not there, and where it is from. */
void bk_app_application_source_show (AdwActionRow *row, BeckonMessenger *messenger, BeckonApplication *application);

G_END_DECLS
