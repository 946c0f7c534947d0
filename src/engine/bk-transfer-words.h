/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two sides say to each other about a file that is sent: the offer, which is the application data of the
 * invitation, and the words on the stream, which are JSON, one a line. See data/protocol/files.md. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BK_TRANSFER_WORD_MAX 256
#define BK_TRANSFER_HASH 64 /* hexadecimal digits of a SHA-256 */

typedef struct
{
  char *name; /* as the sender says it */
  guint64 size;
} BkTransferOffer;

void bk_transfer_offer_free (BkTransferOffer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BkTransferOffer, bk_transfer_offer_free)

char *bk_transfer_offer_write (const BkTransferOffer *offer);
BkTransferOffer *bk_transfer_offer_parse (const char *text, GError **error);

typedef enum
{
  BK_TRANSFER_WANT, /* of the receiver: from where on, and the hash of what it has */
  BK_TRANSFER_SEND, /* of the sender: from where on; the bytes follow */
  BK_TRANSFER_SUM,  /* of the sender, after the bytes: the hash of the whole file */
} BkTransferWordType;

typedef struct
{
  BkTransferWordType type;
  guint64 offset;                  /* WANT, SEND */
  char hash[BK_TRANSFER_HASH + 1]; /* WANT, SUM */
} BkTransferWord;

char *bk_transfer_word_write (const BkTransferWord *word);
gboolean bk_transfer_word_parse (const char *line, gsize length, BkTransferWord *word, GError **error);

G_END_DECLS
