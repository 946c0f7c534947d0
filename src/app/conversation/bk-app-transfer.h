/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a file is doing, in words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BK_APP_TRANSFER_NONE, /* there is none */
  BK_APP_TRANSFER_OFFERED,
  BK_APP_TRANSFER_WAITING,
  BK_APP_TRANSFER_RUNNING,
  BK_APP_TRANSFER_STALLED,
  BK_APP_TRANSFER_DONE,
  BK_APP_TRANSFER_FAILED,
} BkAppTransferState;

typedef struct
{
  BkAppTransferState state;
  guint64 size;
  guint64 done;
  guint64 rate;
} BkAppTransfer;

/* @dictionary: the property Transfer of a session. */
void bk_app_transfer_read (BkAppTransfer *self, GVariant *dictionary);
double bk_app_transfer_get_fraction (const BkAppTransfer *self);
/* "3.1 MB of 40.0 MB (7%), 1.5 MB/s, 25 seconds left" */
char *bk_app_transfer_dup_progress (const BkAppTransfer *self);

G_END_DECLS
