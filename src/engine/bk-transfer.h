/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way over one stream, in a thread of its own: disks and streams may both let it wait. */
#pragma once

#include "bk-transfer-part.h"

G_BEGIN_DECLS

typedef enum
{
  BK_TRANSFER_OK,
  BK_TRANSFER_CUT,      /* the stream is over: why, the session says */
  BK_TRANSFER_PROTOCOL, /* the other side says what makes no sense */
  BK_TRANSFER_CHANGED,  /* the file is not what it was when it was offered */
  BK_TRANSFER_READ,     /* it cannot be read */
  BK_TRANSFER_FULL,     /* there is no room for it */
  BK_TRANSFER_WRITE,    /* it cannot be written */
  BK_TRANSFER_DAMAGED,  /* what arrived is not what was sent */
} BkTransferFault;
#define BK_N_TRANSFER_FAULTS 8

const char *bk_transfer_fault_to_word (BkTransferFault fault);
BkTransferFault bk_transfer_fault_from_word (const char *word);

/* A file that is offered, as it was then. */
typedef struct
{
  guint64 size;
  gint64 modified; /* nanoseconds */
} BkTransferState;

gboolean bk_transfer_state_read (BkTransferState *state, int file);
char *bk_transfer_dup_source (int file);

typedef struct _BkTransfer BkTransfer;
/* Told once, in the main context in which it was started, unless it was stopped before. */
typedef void (*BkTransferFunc) (BkTransferFault fault, gpointer user_data);

BkTransfer *bk_transfer_send (int stream, int file, const BkTransferState *state, BkTransferFunc func,
                              gpointer user_data);
BkTransfer *bk_transfer_receive (int stream, BkTransferPart *part, guint64 size, BkTransferFunc func,
                                 gpointer user_data);
void bk_transfer_stop (BkTransfer *self, gboolean keep);
guint64 bk_transfer_get_done (BkTransfer *self);
gboolean bk_transfer_get_whole (BkTransfer *self);
const char *bk_transfer_get_path (BkTransfer *self);

G_END_DECLS
