/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-engine-typing.h"

/* What is told holds for 10 s at the other side. */
#define REPEAT_MS 5000
#define FORGET_MS 15000

#define US_PER_MS G_GINT64_CONSTANT (1000)

static void on_timer (gpointer user_data);

static guint
ms_until (BkTyping *self, gint64 time)
{
  gint64 left = time - bk_clock_now (self->clock);

  return left > 0 ? (guint) ((left + US_PER_MS - 1) / US_PER_MS) : 0;
}

/* Until it is told again, or forgotten. */
static void
wait (BkTyping *self)
{
  guint again = ms_until (self, self->told + REPEAT_MS * US_PER_MS);
  guint forget = ms_until (self, self->said + FORGET_MS * US_PER_MS);

  self->timer = bk_clock_add (self->clock, MIN (again, forget), on_timer, self);
}

static void
tell (BkTyping *self)
{
  self->told = bk_clock_now (self->clock);
  self->shown = TRUE;
  self->tell (TRUE, self->user_data);
}

static void
on_timer (gpointer user_data)
{
  BkTyping *self = user_data;

  self->timer = 0;
  if (ms_until (self, self->said + FORGET_MS * US_PER_MS) == 0)
    {
      bk_typing_set (self, FALSE);
      return;
    }
  tell (self);
  wait (self);
}

/* The user writes, or has stopped. However often it is said: the other side is told at most every 5 s. */
void
bk_typing_set (BkTyping *self, gboolean typing)
{
  gboolean began = typing && !self->writing;
  gboolean ended = !typing && self->shown;

  self->said = bk_clock_now (self->clock);
  self->writing = typing;
  if (!typing)
    bk_typing_reset (self);
  if (ended)
    self->tell (FALSE, self->user_data);
  if (!began)
    return;
  if (self->told == 0 || ms_until (self, self->told + REPEAT_MS * US_PER_MS) == 0)
    tell (self);
  wait (self);
}

/* The message was sent, or there is no connection any more: the other side knows without being told. */
void
bk_typing_reset (BkTyping *self)
{
  self->writing = FALSE;
  self->shown = FALSE;
  bk_clock_clear (self->clock, &self->timer);
}
