/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins a document with the same one on another machine, over a stream. */
#pragma once

#include "bk-board-document.h"

G_BEGIN_DECLS

typedef enum
{
  BK_BOARD_LINK_BROKE,    /* without a word */
  BK_BOARD_LINK_BYE,      /* the other program was closed */
  BK_BOARD_LINK_NONSENSE, /* what it sent keeps no rules */
} BkBoardLinkEnd;

typedef struct _BkBoardLink BkBoardLink;

typedef void (*BkBoardLinkReady) (BkBoardLink *link, gpointer user_data);
typedef void (*BkBoardLinkOver) (BkBoardLink *link, BkBoardLinkEnd end, gpointer user_data);

/* @socket is taken over. @ready: the other side has said hello. @over: nothing more comes or goes; not called after
 * bk_board_link_free (), which may be called in it. */
BkBoardLink *bk_board_link_new (BkBoardDocument *document, int socket, BkBoardLinkReady ready, BkBoardLinkOver over,
                                gpointer user_data);
void bk_board_link_free (BkBoardLink *self);
/* Says that the program is being closed. What has been drawn goes out first, as far as it can at once. */
void bk_board_link_bye (BkBoardLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkBoardLink, bk_board_link_free)

G_END_DECLS
