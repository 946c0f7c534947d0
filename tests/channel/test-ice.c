/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"
#include "ice-pair.h"
#include "net-stage.h"

#include <string.h>

static void
check_conversation (IcePair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = NULL;
      guint before = pair->side[1 - i].packets->len;

      ice_side_send_text (&pair->side[i], "hello");
      bk_test_wait_for_count (&pair->side[1 - i].packets->len, before + 1);
      text = ice_side_get_text (&pair->side[1 - i], before);
      g_assert_cmpstr (text, ==, "hello");
    }
}

static void
check_direct (IcePair *pair, const char *network)
{
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (bk_ice_get_state (pair->side[i].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
      g_assert_cmpstr (bk_ice_get_reason (pair->side[i].ice), ==, "Direct connection.");
      g_assert_cmpstr (bk_ice_get_local_kind (pair->side[i].ice), ==, "host");
      g_assert_cmpstr (bk_ice_get_network (pair->side[i].ice), ==, network);
    }
}

/* Two sides on a machine without any network. */
static void
test_loopback (void)
{
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_conversation (&pair);
  g_assert_cmpint (bk_ice_get_state (pair.side[0].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
}

static void
test_lan (void)
{
  g_auto (IcePair) pair = { 0 };

  net_stage_add_lan (1, FALSE);
  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_direct (&pair, "udp");
  check_conversation (&pair);
  ice_pair_clear (&pair);
  net_stage_remove_lan ();
}

static void
test_ipv6 (void)
{
  g_auto (IcePair) pair = { 0 };

  net_stage_add_lan (0, TRUE);
  ice_pair_init (&pair, NULL);
  ice_pair_connect (&pair);
  check_direct (&pair, "udp6");
  check_conversation (&pair);
  ice_pair_clear (&pair);
  net_stage_remove_lan ();
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice/loopback", test_loopback);
  g_test_add_func ("/ice/lan", test_lan);
  g_test_add_func ("/ice/ipv6", test_ipv6);
  return g_test_run ();
}
