/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files that somebody else has chosen. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is made of a name leaves room for a number and for what a hidden file is marked by. */
#define BK_FILE_NAME_MAX 232

char *bk_file_name_clean (const char *name);
char *bk_file_name_number (const char *name, guint number);
char *bk_file_name_part (const char *name);

G_END_DECLS
