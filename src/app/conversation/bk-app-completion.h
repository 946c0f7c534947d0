/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emoji by their names, while ":name" is being written: a list under the cursor that leaves the keyboard where it is. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BK_TYPE_APP_COMPLETION (bk_app_completion_get_type ())
G_DECLARE_FINAL_TYPE (BkAppCompletion, bk_app_completion, BK, APP_COMPLETION, GtkPopover)

/* @parent: what the popover belongs to; it has to unparent it. */
BkAppCompletion *bk_app_completion_new (GtkWidget *parent, GtkTextView *text_view);
/* The text or the cursor changed. */
void bk_app_completion_update (BkAppCompletion *self);
/* Whether the key was for the list, which has done what it says. */
gboolean bk_app_completion_take_key (BkAppCompletion *self, guint key);

G_END_DECLS
