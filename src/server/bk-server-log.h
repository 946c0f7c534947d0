/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server says about itself. Accounts and devices go by their numbers, frames by their types: what people say to
 * each other, names, addresses, passwords and tokens are in no line, whatever the level. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Installs the writer: to the journal with fields, where the journal listens, else lines to standard error. Once. */
void bk_server_log_start (GLogLevelFlags level);
void bk_server_log_set_level (GLogLevelFlags level);
gboolean bk_server_log_level_from_string (const char *text, GLogLevelFlags *level);

/* One line about device @device (0: none yet) of account @account (0: of none). @what is a constant or the type of a
 * frame. */
void bk_server_log_event (GLogLevelFlags level, const char *what, const char *detail, gint64 account, gint64 device);

G_END_DECLS
