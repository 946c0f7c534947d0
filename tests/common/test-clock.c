/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "bk-clock.h"

#define DAY_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)

typedef struct
{
  BkClock *clock;
  GString *log;
  const char *name;
  guint id;
  guint repeat_ms;
  guint left;
} Timer;

static void
on_timer (gpointer user_data)
{
  Timer *timer = user_data;

  timer->id = 0;
  g_string_append_printf (timer->log, "%s@%" G_GINT64_FORMAT " ", timer->name, bk_clock_now (timer->clock) / 1000);
  if (timer->left > 0)
    {
      timer->left--;
      timer->id = bk_clock_add (timer->clock, timer->repeat_ms, on_timer, timer);
    }
}

/* ---- the fake clock ---- */

static void
test_fake_stands_still (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  gint64 real = bk_clock_real (BK_CLOCK (fake));

  g_assert_cmpint (bk_clock_now (BK_CLOCK (fake)), ==, 0);
  bk_test_drain ();
  g_assert_cmpint (bk_clock_now (BK_CLOCK (fake)), ==, 0);
  bk_fake_clock_advance (fake, 1500);
  g_assert_cmpint (bk_clock_now (BK_CLOCK (fake)), ==, 1500000);
  g_assert_cmpint (bk_clock_real (BK_CLOCK (fake)) - real, ==, 1500000);
}

static void
test_fake_order (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  BkClock *clock = BK_CLOCK (fake);
  Timer late = { clock, log, "late", .repeat_ms = 0 };
  Timer early = { clock, log, "early", .repeat_ms = 0 };
  Timer twin = { clock, log, "twin", .repeat_ms = 0 };

  late.id = bk_clock_add (clock, 20, on_timer, &late);
  early.id = bk_clock_add (clock, 10, on_timer, &early);
  twin.id = bk_clock_add (clock, 20, on_timer, &twin);
  g_assert_cmpuint (late.id, !=, 0);
  g_assert_cmpuint (late.id, !=, early.id);
  g_assert_cmpuint (bk_fake_clock_pending (fake), ==, 3);

  bk_fake_clock_advance (fake, 9);
  g_assert_cmpstr (log->str, ==, "");
  bk_fake_clock_advance (fake, 1);
  g_assert_cmpstr (log->str, ==, "early@10 ");
  bk_fake_clock_advance (fake, 100);
  g_assert_cmpstr (log->str, ==, "early@10 late@20 twin@20 ");
  g_assert_cmpuint (bk_fake_clock_pending (fake), ==, 0);
}

static void
test_fake_timer_adds_timer (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Timer timer = { BK_CLOCK (fake), log, "t", .repeat_ms = 10, .left = 3 };

  timer.id = bk_clock_add (BK_CLOCK (fake), 10, on_timer, &timer);
  bk_fake_clock_advance (fake, 35);
  g_assert_cmpstr (log->str, ==, "t@10 t@20 t@30 ");
  g_assert_cmpuint (bk_fake_clock_pending (fake), ==, 1);
  bk_clock_clear (BK_CLOCK (fake), &timer.id);
}

static void
test_fake_clear (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  BkClock *clock = BK_CLOCK (fake);
  Timer stopped = { clock, log, "stopped", .repeat_ms = 0 };
  Timer other = { clock, log, "other", .repeat_ms = 0 };

  stopped.id = bk_clock_add (clock, 10, on_timer, &stopped);
  other.id = bk_clock_add (clock, 10, on_timer, &other);
  bk_clock_clear (clock, &stopped.id);
  g_assert_cmpuint (stopped.id, ==, 0);
  bk_clock_clear (clock, &stopped.id); /* a second time does nothing */
  bk_fake_clock_advance (fake, 10);
  g_assert_cmpstr (log->str, ==, "other@10 ");
}

static void
test_fake_zero (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Timer timer = { BK_CLOCK (fake), log, "t", .repeat_ms = 0 };

  timer.id = bk_clock_add (BK_CLOCK (fake), 0, on_timer, &timer);
  g_assert_cmpstr (log->str, ==, ""); /* never before bk_clock_add () returns */
  bk_fake_clock_advance (fake, 0);
  g_assert_cmpstr (log->str, ==, "t@0 ");
}

static void
test_fake_unknown_timer (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  guint id = 7;

  g_test_expect_message ("beckon", G_LOG_LEVEL_CRITICAL, "There is no timer 7");
  bk_clock_clear (BK_CLOCK (fake), &id);
  g_test_assert_expected_messages ();
}

static void
test_fake_far_future (void)
{
  g_autoptr (BkFakeClock) fake = bk_fake_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Timer timer = { BK_CLOCK (fake), log, "t", .repeat_ms = 0 };

  timer.id = bk_clock_add (BK_CLOCK (fake), G_MAXUINT, on_timer, &timer);
  bk_fake_clock_advance (fake, G_MAXUINT - 1);
  g_assert_cmpstr (log->str, ==, "");
  bk_fake_clock_advance (fake, 1);
  g_assert_cmpstr (log->str, ==, "t@4294967295 ");
}

/* ---- the system's clock ---- */

static void
test_system_time (void)
{
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  gint64 now = bk_clock_now (clock);

  g_assert_cmpint (bk_clock_now (clock), >=, now);
  g_assert_cmpint (ABS (bk_clock_real (clock) - g_get_real_time ()), <, DAY_US);
}

static void
test_system_timer (void)
{
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  g_autoptr (GString) log = g_string_new (NULL);
  Timer stopped = { clock, log, "stopped", .repeat_ms = 0 };
  Timer timer = { clock, log, "t", .repeat_ms = 1, .left = 2 };
  gint64 start = bk_clock_now (clock);

  stopped.id = bk_clock_add (clock, 1, on_timer, &stopped);
  timer.id = bk_clock_add (clock, 1, on_timer, &timer);
  bk_clock_clear (clock, &stopped.id);
  g_assert_cmpuint (stopped.id, ==, 0);
  while (timer.left > 0 || timer.id != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bk_clock_now (clock) - start, >=, 3000);
  g_assert_true (g_str_has_prefix (log->str, "t@"));
  g_assert_null (g_strstr_len (log->str, -1, "stopped"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/clock/fake/stands-still", test_fake_stands_still);
  g_test_add_func ("/clock/fake/order", test_fake_order);
  g_test_add_func ("/clock/fake/timer-adds-timer", test_fake_timer_adds_timer);
  g_test_add_func ("/clock/fake/clear", test_fake_clear);
  g_test_add_func ("/clock/fake/zero", test_fake_zero);
  g_test_add_func ("/clock/fake/unknown-timer", test_fake_unknown_timer);
  g_test_add_func ("/clock/fake/far-future", test_fake_far_future);
  g_test_add_func ("/clock/system/time", test_system_time);
  g_test_add_func ("/clock/system/timer", test_system_timer);
  return g_test_run ();
}
