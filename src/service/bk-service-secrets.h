/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in the desktop's keyring; where none answers, in a file that only this user can read, and a warning. */
#pragma once

#include "bk-clock.h"
#include "bk-desktop.h"

G_BEGIN_DECLS

#define BK_TYPE_SERVICE_SECRETS (bk_service_secrets_get_type ())
/* Signals: "changed" (): the warning came or went. */
G_DECLARE_FINAL_TYPE (BkServiceSecrets, bk_service_secrets, BK, SERVICE_SECRETS, GObject)

/* @file: where secrets go when no keyring answers. @file_only: no keyring is asked. */
BkSecrets *bk_service_secrets_new (BkClock *clock, const char *file, gboolean file_only);

G_END_DECLS
