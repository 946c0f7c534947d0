/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "beckon.h"

G_BEGIN_DECLS

/* Writes what @account has said with @who, NULL for everybody, into @file. That can take a while: the application stays
 * for it, whatever becomes of its windows. What is only half there does not take the place of an older file. */
void bk_app_export_async (BeckonAccount *account, const char *who, GFile *file, GAsyncReadyCallback callback,
                          gpointer user_data);
/* Returns (transfer full) a sentence for the user, who wants to know that it is done, or why it is not. */
char *bk_app_export_finish (GAsyncResult *result);

G_END_DECLS
