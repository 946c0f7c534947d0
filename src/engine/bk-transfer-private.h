/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two directions of a transfer share. All of it but bk-transfer.c runs in the transfer's thread. */
#pragma once

#include "bk-transfer.h"
#include "bk-transfer-words.h"

#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>

G_BEGIN_DECLS

#define BK_TRANSFER_PIECE (256 * 1024)

struct _BkTransfer
{
  gatomicrefcount references;
  BkTransferFault (*run) (BkTransfer *self);
  guint64 size;
  int file;              /* of the sender; owned */
  BkTransferState state; /* of the sender's */
  BkTransferPart *part;  /* of the receiver; owned */
  gnutls_hash_hd_t hash; /* of what is done: several times as fast as GLib's */

  guint8 *piece;
  gsize begin, end; /* what was received and not used, in the piece */

  GMutex lock; /* for what follows: */
  int stream;  /* owned; -1: closed */
  guint64 done;
  gboolean whole;   /* everything is done but the last word */
  gboolean running;
  gboolean stopped;
  gboolean keep;    /* what was received, when it is stopped */
  gboolean told;    /* whoever started it knows how it went */
  char *path;       /* of the receiver's file, once it is there */
  BkTransferFault fault;

  GMainContext *context; /* of who started it, where these are looked at: */
  BkTransferFunc func;   /* NULL: nobody waits */
  gpointer user_data;
};

BkTransferFault _bk_transfer_run_send (BkTransfer *self);
BkTransferFault _bk_transfer_run_receive (BkTransfer *self);

gboolean _bk_transfer_is_stopped (BkTransfer *self);
void _bk_transfer_set_done (BkTransfer *self, guint64 done, gboolean whole);
BkTransferFault _bk_transfer_write_stream (BkTransfer *self, const guint8 *data, gsize length);
BkTransferFault _bk_transfer_fill (BkTransfer *self);
BkTransferFault _bk_transfer_say (BkTransfer *self, BkTransferWord *word);
BkTransferFault _bk_transfer_hear (BkTransfer *self, BkTransferWordType type, BkTransferWord *word);
void _bk_transfer_hash_begin (BkTransfer *self);
void _bk_transfer_hash_add (BkTransfer *self, const guint8 *data, gsize length);
void _bk_transfer_hash (BkTransfer *self, char *hash);
BkTransferFault _bk_transfer_hash_file (BkTransfer *self, int fd, guint64 length);

G_END_DECLS
