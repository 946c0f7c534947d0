/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the board as a picture, PNG, one pixel for each of its own. The file is there as a whole or not at all. */
#pragma once

#include "bk-board-document.h"

G_BEGIN_DECLS

void bk_board_export_async (BkBoardDocument *document, GFile *file, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/* The error's message is a sentence for people. */
gboolean bk_board_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
