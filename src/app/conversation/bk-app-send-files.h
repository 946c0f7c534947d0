/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question before files go: which they are, to whom. */
#pragma once

#include "contacts/bk-app-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_SEND_FILES (bk_app_send_files_get_type ())
G_DECLARE_FINAL_TYPE (BkAppSendFiles, bk_app_send_files, BK, APP_SEND_FILES, AdwWindow)

/* @files: GFiles. @temporary: they are removed when they have been sent or are not wanted. */
void bk_app_send_files_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPerson *person, GListModel *files,
                             gboolean temporary);

G_END_DECLS
