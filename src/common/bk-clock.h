/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BK_TYPE_CLOCK (bk_clock_get_type ())
/* Where time comes from. Nothing above common asks the system: tests hand in a fake clock and advance it. */
G_DECLARE_DERIVABLE_TYPE (BkClock, bk_clock, BK, CLOCK, GObject)

typedef void (*BkClockFunc) (gpointer user_data);

struct _BkClockClass
{
  GObjectClass parent_class;

  gint64 (*now) (BkClock *self);  /* monotonic, microseconds */
  gint64 (*real) (BkClock *self); /* microseconds since 1970 */
  guint (*add) (BkClock *self, guint milliseconds, BkClockFunc func, gpointer user_data);
  void (*remove) (BkClock *self, guint id);
};

gint64 bk_clock_now (BkClock *self);
gint64 bk_clock_real (BkClock *self);
guint bk_clock_add (BkClock *self, guint milliseconds, BkClockFunc func, gpointer user_data);
void bk_clock_clear (BkClock *self, guint *id);

BkClock *bk_clock_new_system (void);

#define BK_TYPE_FAKE_CLOCK (bk_fake_clock_get_type ())
G_DECLARE_FINAL_TYPE (BkFakeClock, bk_fake_clock, BK, FAKE_CLOCK, BkClock)

BkFakeClock *bk_fake_clock_new (void);
void bk_fake_clock_advance (BkFakeClock *self, guint milliseconds);
guint bk_fake_clock_pending (BkFakeClock *self);
gint64 bk_fake_clock_next (BkFakeClock *self);

G_END_DECLS
