/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-server-config.h"

G_BEGIN_DECLS

/* Reads the settings, from the file and the command line. */
typedef BkServerConfig *(*BkRunRead) (GError **error);

int bk_run (BkServerConfig *config, const char *port_file, BkRunRead read_again);

G_END_DECLS
