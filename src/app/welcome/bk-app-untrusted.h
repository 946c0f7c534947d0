/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a server is not trusted, for whoever wants to know. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @reason: a sentence, and after an empty line what the certificate says of itself. @server: who it should be. */
void bk_app_untrusted_show (GtkWindow *parent, const char *server, const char *reason);

G_END_DECLS
