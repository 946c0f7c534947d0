/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bk-clock.h"

G_DEFINE_ABSTRACT_TYPE (BkClock, bk_clock, G_TYPE_OBJECT)

static void
bk_clock_class_init (BkClockClass *klass)
{
}

static void
bk_clock_init (BkClock *self)
{
}

/* Returns monotonic time in microseconds. */
gint64
bk_clock_now (BkClock *self)
{
  return BK_CLOCK_GET_CLASS (self)->now (self);
}

/* Returns the time of day in microseconds since 1970. */
gint64
bk_clock_real (BkClock *self)
{
  return BK_CLOCK_GET_CLASS (self)->real (self);
}

/* Runs @func once, @milliseconds from now, on the main loop. Returns an id for bk_clock_clear (), never 0.
 * The id is spent when @func starts: @func sets the variable that held it to 0 first thing. */
guint
bk_clock_add (BkClock *self, guint milliseconds, BkClockFunc func, gpointer user_data)
{
  return BK_CLOCK_GET_CLASS (self)->add (self, milliseconds, func, user_data);
}

/* Stops the timer *@id if there is one and sets *@id to 0. */
void
bk_clock_clear (BkClock *self, guint *id)
{
  if (*id != 0)
    BK_CLOCK_GET_CLASS (self)->remove (self, *id);
  *id = 0;
}

/* ---- the system's clock ---- */

#define BK_TYPE_SYSTEM_CLOCK (bk_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (BkSystemClock, bk_system_clock, BK, SYSTEM_CLOCK, BkClock)

struct _BkSystemClock
{
  BkClock parent_instance;
};

G_DEFINE_FINAL_TYPE (BkSystemClock, bk_system_clock, BK_TYPE_CLOCK)

static gint64
system_now (BkClock *self)
{
  return g_get_monotonic_time ();
}

static gint64
system_real (BkClock *self)
{
  return g_get_real_time ();
}

static guint
system_add (BkClock *self, guint milliseconds, BkClockFunc func, gpointer user_data)
{
  return g_timeout_add_once (milliseconds, func, user_data);
}

static void
system_remove (BkClock *self, guint id)
{
  g_source_remove (id);
}

static void
bk_system_clock_class_init (BkSystemClockClass *klass)
{
  BkClockClass *clock_class = BK_CLOCK_CLASS (klass);

  clock_class->now = system_now;
  clock_class->real = system_real;
  clock_class->add = system_add;
  clock_class->remove = system_remove;
}

static void
bk_system_clock_init (BkSystemClock *self)
{
}

BkClock *
bk_clock_new_system (void)
{
  return g_object_new (BK_TYPE_SYSTEM_CLOCK, NULL);
}

/* ---- a clock that stands still until it is told ---- */

typedef struct
{
  guint id;
  gint64 due;
  BkClockFunc func;
  gpointer user_data;
} FakeTimer;

struct _BkFakeClock
{
  BkClock parent_instance;

  gint64 now;
  guint last_id;
  GArray *timers; /* element-type FakeTimer */
};

G_DEFINE_FINAL_TYPE (BkFakeClock, bk_fake_clock, BK_TYPE_CLOCK)

static gint64
fake_now (BkClock *clock)
{
  return BK_FAKE_CLOCK (clock)->now;
}

static gint64
fake_real (BkClock *clock)
{
  /* A fixed day, so that texts with dates are the same in every run: 2026-01-01 00:00 UTC. */
  return G_GINT64_CONSTANT (1767225600000000) + BK_FAKE_CLOCK (clock)->now;
}

static guint
fake_add (BkClock *clock, guint milliseconds, BkClockFunc func, gpointer user_data)
{
  BkFakeClock *self = BK_FAKE_CLOCK (clock);
  FakeTimer timer = { ++self->last_id, self->now + (gint64) milliseconds * 1000, func, user_data };

  g_array_append_val (self->timers, timer);
  return timer.id;
}

static void
fake_remove (BkClock *clock, guint id)
{
  BkFakeClock *self = BK_FAKE_CLOCK (clock);

  for (guint i = 0; i < self->timers->len; i++)
    if (g_array_index (self->timers, FakeTimer, i).id == id)
      {
        g_array_remove_index (self->timers, i);
        return;
      }
  g_critical ("There is no timer %u", id);
}

/* Returns the index of the timer that is due first and not after @limit, or -1. */
static int
fake_next (BkFakeClock *self, gint64 limit)
{
  int found = -1;

  for (guint i = 0; i < self->timers->len; i++)
    {
      gint64 due = g_array_index (self->timers, FakeTimer, i).due;
      if (due <= limit && (found < 0 || due < g_array_index (self->timers, FakeTimer, found).due))
        found = (int) i;
    }
  return found;
}

/* Lets @milliseconds pass: runs every timer that falls due on the way, in order, also those that they add. */
void
bk_fake_clock_advance (BkFakeClock *self, guint milliseconds)
{
  gint64 end = self->now + (gint64) milliseconds * 1000;
  int index;

  while ((index = fake_next (self, end)) >= 0)
    {
      FakeTimer timer = g_array_index (self->timers, FakeTimer, index);
      g_array_remove_index (self->timers, index);
      self->now = MAX (self->now, timer.due);
      timer.func (timer.user_data);
    }
  self->now = end;
}

/* Returns how many timers are waiting: a test that ends with one has a leak. */
guint
bk_fake_clock_pending (BkFakeClock *self)
{
  return self->timers->len;
}

/* Returns how long it is until something wakes up, in microseconds; -1: nothing does. */
gint64
bk_fake_clock_next (BkFakeClock *self)
{
  int index = fake_next (self, G_MAXINT64);

  return index >= 0 ? g_array_index (self->timers, FakeTimer, index).due - self->now : -1;
}

static void
bk_fake_clock_finalize (GObject *object)
{
  g_array_unref (BK_FAKE_CLOCK (object)->timers);
  G_OBJECT_CLASS (bk_fake_clock_parent_class)->finalize (object);
}

static void
bk_fake_clock_class_init (BkFakeClockClass *klass)
{
  BkClockClass *clock_class = BK_CLOCK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_fake_clock_finalize;
  clock_class->now = fake_now;
  clock_class->real = fake_real;
  clock_class->add = fake_add;
  clock_class->remove = fake_remove;
}

static void
bk_fake_clock_init (BkFakeClock *self)
{
  self->timers = g_array_new (FALSE, FALSE, sizeof (FakeTimer));
}

BkFakeClock *
bk_fake_clock_new (void)
{
  return g_object_new (BK_TYPE_FAKE_CLOCK, NULL);
}
