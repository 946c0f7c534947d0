/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "board-world.h"

#include <string.h>

static void
greet (World *self, guint from, guint to)
{
  WorldLink *link = &self->links[from][to];

  g_byte_array_set_size (link->bytes, 0);
  link->open = FALSE;
  bk_board_frame_write_hello (link->bytes, bk_board_document_get_site (self->boards[from]),
                              bk_board_document_get_marks (self->boards[from]));
}

void
world_break (World *self, guint one, guint other)
{
  greet (self, one, other);
  greet (self, other, one);
}

World *
world_new (guint n, guint32 seed)
{
  World *self = g_new0 (World, 1);

  self->n = n;
  self->rand = g_rand_new_with_seed (seed);
  for (guint i = 0; i < n; i++)
    {
      /* Whose number is greater differs from one run to the next. */
      self->boards[i] = bk_board_document_new ((guint64) g_rand_int (self->rand) << 8 | i);
      for (guint j = 0; j < n; j++)
        self->links[i][j].bytes = g_byte_array_new ();
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      world_break (self, i, j);
  return self;
}

void
world_free (World *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      for (guint j = 0; j < self->n; j++)
        g_byte_array_unref (self->links[i][j].bytes);
      g_object_unref (self->boards[i]);
    }
  g_rand_free (self->rand);
  g_free (self);
}

/* ---- sending and receiving ---- */

static void
fill (World *self, guint from, guint to)
{
  WorldLink *link = &self->links[from][to];

  while (link->open && bk_board_document_next (self->boards[from], &link->seen, link->bytes))
    ;
}

static void
receive (World *self, guint from, guint to, const BkBoardFrame *frame)
{
  WorldLink *back = &self->links[to][from];
  g_autoptr (GError) error = NULL;

  if (frame->type == BK_BOARD_FRAME_HELLO)
    {
      back->seen = frame->marks;
      back->open = TRUE;
      return;
    }
  g_assert_cmpint (frame->type, ==, BK_BOARD_FRAME_OP);
  bk_board_document_apply (self->boards[to], &frame->op, &error);
  g_assert_no_error (error);
  bk_board_marks_raise (&back->seen, frame->op.site, frame->op.number);
}

/* Lets the whole frames among the first @length bytes through. */
void
world_deliver (World *self, guint from, guint to, gsize length)
{
  WorldLink *link = &self->links[from][to];
  BkBoardFrame frame;
  gssize n;
  gsize done = 0;

  fill (self, from, to);
  length = MIN (length, link->bytes->len);
  if (length == 0)
    return;
  while ((n = bk_board_frame_read (link->bytes->data + done, length - done, &frame, NULL)) > 0)
    {
      done += (gsize) n;
      receive (self, from, to, &frame);
    }
  g_assert_cmpint (n, ==, 0);
  g_byte_array_remove_range (link->bytes, 0, (guint) done);
}

void
world_settle (World *self)
{
  for (gboolean moved = TRUE; moved;)
    {
      moved = FALSE;
      for (guint i = 0; i < self->n * self->n; i++)
        {
          guint from = i / self->n, to = i % self->n;

          if (from == to)
            continue;
          fill (self, from, to);
          moved = moved || self->links[from][to].bytes->len > 0;
          world_deliver (self, from, to, G_MAXUINT32);
        }
    }
}

/* ---- what happens ---- */

static void
draw (World *self, BkBoardDocument *board)
{
  double x = g_rand_double_range (self->rand, -20, BK_BOARD_WIDTH + 20);
  double y = g_rand_double_range (self->rand, -20, BK_BOARD_HEIGHT + 20);

  switch (g_rand_int_range (self->rand, 0, 12))
    {
    case 0:
    case 1:
    case 2:
      bk_board_document_begin (board, (BkBoardColour) g_rand_int_range (self->rand, 0, BK_BOARD_N_COLOURS),
                               (BkBoardPen) g_rand_int_range (self->rand, 0, BK_BOARD_N_PENS), x, y);
      break;
    case 3:
    case 4:
      bk_board_document_undo (board);
      break;
    case 5:
      bk_board_document_redo (board);
      break;
    case 6:
      if (g_rand_int_range (self->rand, 0, 3) == 0)
        bk_board_document_clear (board);
      break;
    default:
      bk_board_document_extend (board, x, y);
      break;
    }
}

void
world_step (World *self)
{
  guint one = (guint) g_rand_int_range (self->rand, 0, (int) self->n);
  guint other = (one + (guint) g_rand_int_range (self->rand, 1, (int) self->n)) % self->n;
  int kind = g_rand_int_range (self->rand, 0, 100);

  if (kind < 50)
    draw (self, self->boards[one]);
  else if (kind < 99)
    world_deliver (self, one, other, (gsize) g_rand_int_range (self->rand, 0, 400));
  else
    world_break (self, one, other);
}
