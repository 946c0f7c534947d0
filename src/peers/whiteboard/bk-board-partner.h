/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other side of a session: from the cookie that the program was launched with to what becomes of the link. */
#pragma once

#include "bk-board-document.h"

G_BEGIN_DECLS

typedef enum
{
  BK_BOARD_PARTNER_NONE,       /* not launched by a session */
  BK_BOARD_PARTNER_CONNECTING,
  BK_BOARD_PARTNER_TOGETHER,
  BK_BOARD_PARTNER_LOST,       /* nothing comes through; a way is being looked for */
  BK_BOARD_PARTNER_GONE,       /* for good; the sentence says why */
} BkBoardPartnerState;

#define BK_BOARD_TYPE_PARTNER (bk_board_partner_get_type ())
/* Signals:
 *   changed ()  the state, the name or the sentence */
G_DECLARE_FINAL_TYPE (BkBoardPartner, bk_board_partner, BK_BOARD, PARTNER, GObject)

BkBoardPartner *bk_board_partner_new (BkBoardDocument *document);
/* Gets the session that launched the program, and opens the link to the other side. */
void bk_board_partner_start (BkBoardPartner *self);
/* The program is being closed: says so to the other side. */
void bk_board_partner_leave (BkBoardPartner *self);

BkBoardPartnerState bk_board_partner_get_state (BkBoardPartner *self);
/* NULL before it is known. */
const char *bk_board_partner_get_name (BkBoardPartner *self);
/* Why the partner is gone. */
const char *bk_board_partner_get_sentence (BkBoardPartner *self);

G_END_DECLS
