/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and pictures that are pasted. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @files: GFiles; @temporary: they were made for this, and go away with whoever takes them. */
typedef void (*BkAppPasted) (GListModel *files, gboolean temporary, gpointer user_data);

/* Whether there is something else than text, which is being read then. @owner: given to @pasted, and kept until then. */
gboolean bk_app_paste_begin (GdkClipboard *clipboard, GObject *owner, BkAppPasted pasted);

G_END_DECLS
