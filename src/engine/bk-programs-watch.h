/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BK_TYPE_PROGRAMS_WATCH (bk_programs_watch_get_type ())
/* Watches the folders in which programs are, or would be. Signal "changed" (const char *name): something happened to
 * the file of that name in one of them; NULL: to a whole folder. */
G_DECLARE_FINAL_TYPE (BkProgramsWatch, bk_programs_watch, BK, PROGRAMS_WATCH, GObject)

BkProgramsWatch *bk_programs_watch_new (void);
/* @programs: element-type utf8, absolute, or without a slash to be found in PATH. Of very many folders only some are
 * watched. */
void bk_programs_watch_set (BkProgramsWatch *self, GPtrArray *programs);

G_END_DECLS
