/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-transfer-private.h"

#include <errno.h>
#include <unistd.h>

/* Whoever wrote into it while it was sent has made something of it that never was. */
static gboolean
is_unchanged (BkTransfer *self)
{
  BkTransferState now;

  return bk_transfer_state_read (&now, self->file) && now.size == self->state.size
         && now.modified == self->state.modified;
}

/* From where on the receiver needs it: what it has counts only if it is what is in the file. */
static BkTransferFault
agree (BkTransfer *self, guint64 *offset)
{
  BkTransferWord want, begin = { .type = BK_TRANSFER_SEND };
  char hash[BK_TRANSFER_HASH + 1];

  BkTransferFault fault = _bk_transfer_hear (self, BK_TRANSFER_WANT, &want);
  if (fault != BK_TRANSFER_OK)
    return fault;
  if (want.offset > self->size || self->begin != self->end)
    return BK_TRANSFER_PROTOCOL;
  if (!is_unchanged (self)) /* since it was offered */
    return BK_TRANSFER_CHANGED;
  fault = _bk_transfer_hash_file (self, self->file, want.offset);
  if (fault != BK_TRANSFER_OK)
    return fault;
  _bk_transfer_hash (self, hash);
  begin.offset = g_str_equal (hash, want.hash) ? want.offset : 0;
  if (begin.offset == 0)
    _bk_transfer_hash_begin (self);
  *offset = begin.offset;
  return _bk_transfer_say (self, &begin);
}

static BkTransferFault
send_piece (BkTransfer *self, guint64 *done)
{
  gssize n;

  do
    n = pread (self->file, self->piece, MIN (self->size - *done, BK_TRANSFER_PIECE), (off_t) *done);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return n == 0 ? BK_TRANSFER_CHANGED : BK_TRANSFER_READ;
  _bk_transfer_hash_add (self, self->piece, (gsize) n);
  *done += (guint64) n;
  return _bk_transfer_write_stream (self, self->piece, (gsize) n);
}

BkTransferFault
_bk_transfer_run_send (BkTransfer *self)
{
  BkTransferWord sum = { .type = BK_TRANSFER_SUM };
  guint64 done = 0;
  BkTransferFault fault = agree (self, &done);

  _bk_transfer_set_done (self, done, FALSE);
  while (fault == BK_TRANSFER_OK && done < self->size)
    {
      fault = send_piece (self, &done);
      if (fault == BK_TRANSFER_OK)
        _bk_transfer_set_done (self, done, FALSE);
    }
  if (fault != BK_TRANSFER_OK)
    return fault;
  if (!is_unchanged (self))
    return BK_TRANSFER_CHANGED;
  _bk_transfer_set_done (self, done, TRUE);
  _bk_transfer_hash (self, sum.hash);
  return _bk_transfer_say (self, &sum);
}
