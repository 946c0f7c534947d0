/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bk-engine-registry.h"

G_BEGIN_DECLS

#define BK_TYPE_HOST_REGISTRATIONS (bk_host_registrations_get_type ())
/* The registration files of this computer, watched, as they travel. Signal "changed" (): the list is another one. */
G_DECLARE_FINAL_TYPE (BkHostRegistrations, bk_host_registrations, BK, HOST_REGISTRATIONS, GObject)

/* The user's own folder comes first. */
BkHostRegistrations *bk_host_registrations_new (const char *user_dir, const char *const *system_dirs);
/* What ListRegistrations answers; transfer none. */
GVariant *bk_host_registrations_list (BkHostRegistrations *self);
/* What the file at @path registers, if it is one of the list; transfer full, nullable. */
BkEngineApplication *bk_host_registrations_find (BkHostRegistrations *self, const char *path);

G_END_DECLS
