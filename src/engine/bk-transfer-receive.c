/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-transfer-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static BkTransferFault
judge_disk (void)
{
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? BK_TRANSFER_FULL : BK_TRANSFER_WRITE;
}

/* Says what is here already, and hears from where on it goes. */
static BkTransferFault
agree (BkTransfer *self, guint64 *offset)
{
  int fd = bk_transfer_part_get_fd (self->part);
  guint64 have = bk_transfer_part_get_have (self->part);
  BkTransferWord want = { .type = BK_TRANSFER_WANT, .offset = have }, begin;

  BkTransferFault fault = _bk_transfer_hash_file (self, fd, have);
  if (fault != BK_TRANSFER_OK)
    return fault == BK_TRANSFER_CUT ? fault : BK_TRANSFER_WRITE;
  _bk_transfer_hash (self, want.hash);
  fault = _bk_transfer_say (self, &want);
  if (fault == BK_TRANSFER_OK)
    fault = _bk_transfer_hear (self, BK_TRANSFER_SEND, &begin);
  if (fault != BK_TRANSFER_OK)
    return fault;
  if (begin.offset != have && begin.offset != 0)
    return BK_TRANSFER_PROTOCOL;
  if (begin.offset == 0)
    _bk_transfer_hash_begin (self);
  *offset = begin.offset;
  return ftruncate (fd, (off_t) begin.offset) == 0 ? BK_TRANSFER_OK : judge_disk ();
}

static BkTransferFault
store (BkTransfer *self, const guint8 *data, gsize length, guint64 place)
{
  int fd = bk_transfer_part_get_fd (self->part);

  for (gsize done = 0; done < length;)
    {
      gssize n = pwrite (fd, data + done, length - done, (off_t) (place + done));

      if (n > 0)
        done += (gsize) n;
      else if (n == 0 || errno != EINTR)
        return judge_disk ();
    }
  return BK_TRANSFER_OK;
}

static BkTransferFault
receive_piece (BkTransfer *self, guint64 *done)
{
  BkTransferFault fault = self->begin == self->end ? _bk_transfer_fill (self) : BK_TRANSFER_OK;

  if (fault != BK_TRANSFER_OK)
    return fault;
  gsize length = (gsize) MIN (self->size - *done, (guint64) (self->end - self->begin));
  const guint8 *data = self->piece + self->begin;
  fault = store (self, data, length, *done);
  if (fault != BK_TRANSFER_OK)
    return fault;
  _bk_transfer_hash_add (self, data, length);
  self->begin += length;
  *done += length;
  _bk_transfer_set_done (self, *done, FALSE);
  return BK_TRANSFER_OK;
}

static BkTransferFault
publish (BkTransfer *self)
{
  if (_bk_transfer_is_stopped (self))
    return BK_TRANSFER_CUT;
  char *path = bk_transfer_part_publish (self->part);

  if (path == NULL)
    return judge_disk ();
  g_mutex_lock (&self->lock);
  self->path = path;
  self->whole = TRUE;
  g_mutex_unlock (&self->lock);
  return BK_TRANSFER_OK;
}

BkTransferFault
_bk_transfer_run_receive (BkTransfer *self)
{
  BkTransferWord sum;
  char hash[BK_TRANSFER_HASH + 1];
  guint64 done = 0;
  BkTransferFault fault = agree (self, &done);

  _bk_transfer_set_done (self, done, FALSE);
  while (fault == BK_TRANSFER_OK && done < self->size)
    fault = receive_piece (self, &done);
  if (fault == BK_TRANSFER_OK)
    fault = _bk_transfer_hear (self, BK_TRANSFER_SUM, &sum);
  if (fault != BK_TRANSFER_OK)
    return fault;
  _bk_transfer_hash (self, hash);
  return g_str_equal (hash, sum.hash) ? publish (self) : BK_TRANSFER_DAMAGED;
}
