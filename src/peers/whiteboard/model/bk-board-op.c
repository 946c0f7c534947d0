/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-op.h"

#define VERSION 1
#define HEAD 2

/* ---- marks ---- */

guint32
bk_board_marks_get (const BkBoardMarks *self, guint64 site)
{
  for (guint i = 0; i < self->n; i++)
    if (self->marks[i].site == site)
      return self->marks[i].number;
  return 0;
}

gboolean
bk_board_marks_raise (BkBoardMarks *self, guint64 site, guint32 number)
{
  guint place = 0;

  while (place < self->n && self->marks[place].site < site)
    place++;
  if (place < self->n && self->marks[place].site == site)
    {
      self->marks[place].number = MAX (self->marks[place].number, number);
      return TRUE;
    }
  if (self->n == BK_BOARD_MAX_SITES)
    return FALSE;
  for (guint i = self->n; i > place; i--)
    self->marks[i] = self->marks[i - 1];
  self->marks[place] = (BkBoardMark){ site, number };
  self->n++;
  return TRUE;
}

/* ---- writing ---- */

static void
put (GByteArray *out, guint64 value, guint bytes)
{
  while (bytes-- > 0)
    {
      guint8 byte = (guint8) (value >> (8 * bytes));
      g_byte_array_append (out, &byte, 1);
    }
}

static void
put_marks (GByteArray *out, const BkBoardMarks *marks)
{
  put (out, marks->n, 1);
  for (guint i = 0; i < marks->n; i++)
    {
      put (out, marks->marks[i].site, 8);
      put (out, marks->marks[i].number, 4);
    }
}

static void
put_points (GByteArray *out, const BkBoardOp *op)
{
  for (guint i = 0; i < op->n_points; i++)
    {
      put (out, op->points[i].x, 2);
      put (out, op->points[i].y, 2);
    }
}

/* Starts a frame and returns where; its length is known at the end. */
static guint
open_frame (GByteArray *out, BkBoardFrameType type)
{
  guint start = out->len;

  put (out, 0, HEAD);
  put (out, type, 1);
  return start;
}

static void
close_frame (GByteArray *out, guint start)
{
  guint length = out->len - start - HEAD;

  g_assert (length <= BK_BOARD_MAX_FRAME - HEAD);
  out->data[start] = (guint8) (length >> 8);
  out->data[start + 1] = (guint8) length;
}

void
bk_board_frame_write_hello (GByteArray *out, guint64 site, const BkBoardMarks *marks)
{
  guint start = open_frame (out, BK_BOARD_FRAME_HELLO);

  put (out, VERSION, 1);
  put (out, site, 8);
  put_marks (out, marks);
  close_frame (out, start);
}

void
bk_board_frame_write_bye (GByteArray *out)
{
  close_frame (out, open_frame (out, BK_BOARD_FRAME_BYE));
}

void
bk_board_frame_write_op (GByteArray *out, const BkBoardOp *op)
{
  guint start = open_frame (out, BK_BOARD_FRAME_OP);

  put (out, op->site, 8);
  put (out, op->number, 4);
  put (out, op->kind, 1);
  switch (op->kind)
    {
    case BK_BOARD_OP_BEGIN:
      put (out, op->clock, 4);
      put (out, op->colour, 1);
      put (out, op->pen, 1);
      put_points (out, op);
      break;
    case BK_BOARD_OP_POINTS:
      put (out, op->target, 4);
      put (out, op->n_points, 2);
      put_points (out, op);
      break;
    case BK_BOARD_OP_HIDE:
    case BK_BOARD_OP_SHOW:
      put (out, op->target, 4);
      break;
    case BK_BOARD_OP_CLEAR:
      put_marks (out, &op->marks);
      break;
    default:
      g_assert_not_reached ();
    }
  close_frame (out, start);
}

/* ---- reading ---- */

/* What is left of a frame. Once anything is wrong, @ok stays FALSE and all that is taken is 0. */
typedef struct
{
  const guint8 *data;
  gsize left;
  gboolean ok;
} Reader;

static guint64
take (Reader *reader, guint bytes)
{
  guint64 value = 0;

  if (reader->left < bytes)
    reader->ok = FALSE;
  if (!reader->ok)
    return 0;
  for (guint i = 0; i < bytes; i++)
    value = value << 8 | reader->data[i];
  reader->data += bytes;
  reader->left -= bytes;
  return value;
}

static guint32
take_within (Reader *reader, guint bytes, guint32 low, guint32 high)
{
  guint64 value = take (reader, bytes);

  if (value < low || value > high)
    reader->ok = FALSE;
  return reader->ok ? (guint32) value : low;
}

static guint32
take_number (Reader *reader)
{
  return take_within (reader, 4, 1, BK_BOARD_MAX_OPS);
}

static void
take_points (Reader *reader, BkBoardOp *op, guint n)
{
  op->n_points = n;
  for (guint i = 0; i < n; i++)
    {
      op->points[i].x = (guint16) take_within (reader, 2, 0, BK_BOARD_MAX_X);
      op->points[i].y = (guint16) take_within (reader, 2, 0, BK_BOARD_MAX_Y);
    }
}

static void
take_marks (Reader *reader, BkBoardMarks *marks)
{
  marks->n = take_within (reader, 1, 0, BK_BOARD_MAX_SITES);
  for (guint i = 0; i < marks->n; i++)
    {
      marks->marks[i].site = take (reader, 8);
      marks->marks[i].number = take_number (reader);
      if (i > 0 && marks->marks[i].site <= marks->marks[i - 1].site)
        reader->ok = FALSE;
    }
}

static void
take_op (Reader *reader, BkBoardOp *op)
{
  op->site = take (reader, 8);
  op->number = take_number (reader);
  op->kind = (BkBoardOpKind) take_within (reader, 1, BK_BOARD_OP_BEGIN, BK_BOARD_OP_CLEAR);
  switch (op->kind)
    {
    case BK_BOARD_OP_BEGIN:
      op->clock = take_within (reader, 4, 1, BK_BOARD_MAX_CLOCK);
      op->colour = (guint8) take_within (reader, 1, 0, BK_BOARD_N_COLOURS - 1);
      op->pen = (guint8) take_within (reader, 1, 0, BK_BOARD_N_PENS - 1);
      take_points (reader, op, 1);
      break;
    case BK_BOARD_OP_POINTS:
      op->target = take_number (reader);
      take_points (reader, op, take_within (reader, 2, 1, BK_BOARD_MAX_OP_POINTS));
      break;
    case BK_BOARD_OP_HIDE:
    case BK_BOARD_OP_SHOW:
      op->target = take_number (reader);
      break;
    case BK_BOARD_OP_CLEAR:
    default:
      take_marks (reader, &op->marks);
      break;
    }
}

gssize
bk_board_frame_read (const guint8 *data, gsize length, BkBoardFrame *frame, GError **error)
{
  if (length < HEAD)
    return 0;
  gsize size = (gsize) data[0] << 8 | data[1];
  Reader reader = { data + HEAD, size, size > 0 && size <= BK_BOARD_MAX_FRAME - HEAD };
  if (reader.ok && length < HEAD + size)
    return 0;

  *frame = (BkBoardFrame){ 0 };
  frame->type = (BkBoardFrameType) take_within (&reader, 1, BK_BOARD_FRAME_HELLO, BK_BOARD_FRAME_BYE);
  if (reader.ok && frame->type == BK_BOARD_FRAME_HELLO)
    {
      take_within (&reader, 1, VERSION, VERSION);
      frame->site = take (&reader, 8);
      take_marks (&reader, &frame->marks);
    }
  else if (reader.ok && frame->type == BK_BOARD_FRAME_OP)
    take_op (&reader, &frame->op);
  if (reader.ok && reader.left == 0)
    return (gssize) (HEAD + size);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A frame that makes no sense");
  return -1;
}
