/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the window: bk-board-window.c shows, bk-board-window-actions.c does. */
#pragma once

#include "bk-board-canvas.h"
#include "bk-board-partner.h"
#include "bk-board-window.h"

G_BEGIN_DECLS

struct _BkBoardWindow
{
  AdwApplicationWindow parent_instance;

  /* Template */
  AdwWindowTitle *title;
  AdwToastOverlay *toasts;
  GtkRevealer *banner;
  GtkLabel *banner_label;
  BkBoardCanvas *canvas;

  BkBoardDocument *document;
  BkBoardPartner *partner;
  GtkFileChooserNative *chooser; /* while a file is being chosen */
  gboolean exporting;
  AdwToast *problem; /* weak: one that stays until it is taken away */
};

/* Shows a sentence. @important: until it is taken away. */
void bk_board_window_tell (BkBoardWindow *self, const char *sentence, gboolean important);

void bk_board_window_init_actions (BkBoardWindow *self);
/* What can be done now. */
void bk_board_window_update_actions (BkBoardWindow *self);

G_END_DECLS
