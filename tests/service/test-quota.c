/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often programs may have people asked: alone, one after the other under new names, and all together. */
#include "bk-service-quota.h"
#include "bk-test.h"

static guint
take_all (BkServiceQuota *quota, const char *name)
{
  guint taken = 0;

  while (bk_service_quota_take (quota, name))
    taken++;
  return taken;
}

static void
advance (BkClock *clock, guint seconds)
{
  bk_fake_clock_advance (BK_FAKE_CLOCK (clock), seconds * 1000);
}

static void
test_alone (void)
{
  g_autoptr (BkClock) clock = BK_CLOCK (bk_fake_clock_new ());
  BkServiceQuota *quota = bk_service_quota_new (clock);

  g_assert_cmpuint (take_all (quota, ":1"), ==, 10);
  advance (clock, 59);
  g_assert_cmpuint (take_all (quota, ":1"), ==, 0);
  advance (clock, 1);
  g_assert_cmpuint (take_all (quota, ":1"), ==, 1);
  advance (clock, 3 * 60);
  g_assert_cmpuint (take_all (quota, ":1"), ==, 3);
  advance (clock, 24 * 3600);
  g_assert_cmpuint (take_all (quota, ":1"), ==, 10);
  bk_service_quota_free (quota);
}

static void
test_new_name (void)
{
  g_autoptr (BkClock) clock = BK_CLOCK (bk_fake_clock_new ());
  BkServiceQuota *quota = bk_service_quota_new (clock);

  g_assert_cmpuint (take_all (quota, ":1"), ==, 10);
  g_assert_true (bk_service_quota_take (quota, ":2")); /* there while :1 is */
  bk_service_quota_forget (quota, ":1");
  g_assert_cmpuint (take_all (quota, ":3"), ==, 0);
  bk_service_quota_forget (quota, ":3");
  g_assert_cmpuint (take_all (quota, ":2"), ==, 9);
  advance (clock, 2 * 60);
  g_assert_cmpuint (take_all (quota, ":4"), ==, 2);
  bk_service_quota_forget (quota, "nobody");
  bk_service_quota_free (quota);
}

static void
test_together (void)
{
  g_autoptr (BkClock) clock = BK_CLOCK (bk_fake_clock_new ());
  BkServiceQuota *quota = bk_service_quota_new (clock);
  guint taken = 0;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf (":%u", i);
      taken += take_all (quota, name);
    }
  g_assert_cmpuint (taken, ==, 40);
  advance (clock, 15);
  g_assert_true (bk_service_quota_take (quota, ":9"));
  g_assert_false (bk_service_quota_take (quota, ":9"));
  bk_service_quota_free (quota);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/service/quota/alone", test_alone);
  g_test_add_func ("/service/quota/new-name", test_new_name);
  g_test_add_func ("/service/quota/together", test_together);
  return g_test_run ();
}
