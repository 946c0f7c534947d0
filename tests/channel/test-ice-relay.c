/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By way of a real coturn. */
#include "bk-test.h"

#include "ice-pair.h"
#include "net-stage.h"

static BkRelays *
relays_of (const char *server)
{
  const char *servers[] = { server, NULL };

  return bk_relays_new (servers, "user", "secret", 0);
}

static void
converse (IcePair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      ice_side_send_text (&pair->side[i], "by way of it");
      bk_test_wait_for_count (&pair->side[1 - i].packets->len, 1);
    }
}

/* Both sides say nothing but their relayed candidates. */
static void
check_relay (const char *server, const char *network, const char *reason)
{
  g_autoptr (BkRelays) relays = relays_of (server);
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, relays);
  pair.side[0].only = pair.side[1].only = "typ relay";
  ice_pair_connect (&pair);
  converse (&pair);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (bk_ice_get_state (pair.side[i].ice), ==, BECKON_CHANNEL_PATH_RELAY);
      if (g_str_equal (bk_ice_get_local_kind (pair.side[i].ice), "relay"))
        {
          g_assert_cmpstr (bk_ice_get_network (pair.side[i].ice), ==, network);
          g_assert_cmpstr (bk_ice_get_reason (pair.side[i].ice), ==, reason);
        }
      else
        g_assert_cmpstr (bk_ice_get_reason (pair.side[i].ice), ==,
                         "Through the other side’s relay, because no direct way was found.");
    }
  g_assert_true (g_str_equal (bk_ice_get_local_kind (pair.side[0].ice), "relay")
                 || g_str_equal (bk_ice_get_local_kind (pair.side[1].ice), "relay"));
}

static void
test_udp (void)
{
  net_stage_add_lan (1, FALSE);
  {
    g_autoptr (NetTurn) turn = net_turn_new ("10.77.0.1", 3478, NULL);

    check_relay ("turn:10.77.0.1:3478", "turn-udp",
                 "Through the relay 10.77.0.1, because no direct way was found.");
  }
  net_stage_remove_lan ();
}

static void
test_tcp (void)
{
  net_stage_add_lan (1, FALSE);
  {
    g_autoptr (NetTurn) turn = net_turn_new ("10.77.0.1", 3478, "--no-udp");

    check_relay ("turn:10.77.0.1:3478?transport=tcp", "turn-tcp",
                 "Through the relay 10.77.0.1, because no direct way was found.");
  }
  net_stage_remove_lan ();
}

static gboolean
knows_that_udp_is_silent (gpointer ice)
{
  return g_str_equal (bk_ice_get_reason (ice),
                      "Through the relay 10.77.0.1 over TCP, because nothing came back over UDP.");
}

static void
test_udp_is_silent (void)
{
  const char *servers[] = { "turn:10.77.0.1:3478", "turn:10.77.0.1:3478?transport=tcp", NULL };
  g_autoptr (BkRelays) relays = bk_relays_new (servers, "user", "secret", 0);
  g_auto (IcePair) pair = { 0 };

  net_stage_add_lan (1, FALSE);
  net_stage_block_udp ();
  {
    g_autoptr (NetTurn) turn = net_turn_new ("10.77.0.1", 3478, NULL);

    ice_pair_init (&pair, relays);
    ice_pair_connect (&pair);
    bk_test_wait_until (knows_that_udp_is_silent, pair.side[0].ice);
    bk_test_wait_until (knows_that_udp_is_silent, pair.side[1].ice);
    g_assert_cmpstr (bk_ice_get_network (pair.side[0].ice), ==, "turn-tcp");
    converse (&pair);
    ice_pair_clear (&pair);
  }
  net_stage_unblock_udp ();
  net_stage_remove_lan ();
}

/* Found by its name, in the background. */
static void
test_name (void)
{
  g_autoptr (NetTurn) turn = net_turn_new ("127.0.0.1", 3478, NULL);

  check_relay ("turn:localhost:3478", "turn-udp", "Through the relay localhost, because no direct way was found.");
}

/* A server that wants another password is as good as none; the rest works. */
static void
test_refused (void)
{
  g_autoptr (NetTurn) turn = net_turn_new ("127.0.0.1", 3478, NULL);
  const char *servers[] = { "turn:127.0.0.1:3478", NULL };
  g_autoptr (BkRelays) relays = bk_relays_new (servers, "user", "wrong", 0);
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, relays);
  ice_pair_connect (&pair);
  g_assert_cmpint (bk_ice_get_state (pair.side[0].ice), ==, BECKON_CHANNEL_PATH_DIRECT);
  bk_test_wait_for_flag (&pair.side[0].done);
}

/* The second list brings words of its own; a place where both STUN and TURN are spoken is asked once. */
static void
test_two_hands (void)
{
  g_autoptr (NetTurn) turn = net_turn_new ("127.0.0.1", 3478, NULL);
  const char *servers[] = { "stun:127.0.0.1:3478", "turn:127.0.0.1:3479", NULL };
  g_autoptr (BkRelays) relays = bk_relays_new (servers, "nobody", "nothing", 0);
  g_auto (IcePair) pair = { 0 };

  relays->more = relays_of ("turn:127.0.0.1:3478");
  ice_pair_init (&pair, relays);
  pair.side[0].only = pair.side[1].only = "typ relay";
  ice_pair_connect (&pair);
  g_assert_cmpint (bk_ice_get_state (pair.side[0].ice), ==, BECKON_CHANNEL_PATH_RELAY);
  converse (&pair);
}

/* How this machine looks from outside is told to the other side, as a STUN server says it. */
static void
test_stun (void)
{
  const char *servers[] = { "stun:10.77.0.1:3478", NULL };
  g_autoptr (BkRelays) relays = bk_relays_new (servers, NULL, NULL, 0);

  net_stage_add_router ("");
  {
    g_autoptr (NetTurn) stun = net_turn_new ("10.77.0.1", 3478, NULL);
    g_auto (IcePair) pair = { 0 };

    ice_pair_init (&pair, relays);
    pair.side[0].only = "192.0.2.1 ";
    bk_test_wait_for_flag (&pair.side[0].done);
    g_assert_cmpuint (pair.side[0].lines, ==, 2);
    g_assert_cmpuint (pair.side[0].told, ==, 1);
  }
  net_stage_remove_router ();
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice-relay/udp", test_udp);
  g_test_add_func ("/ice-relay/tcp", test_tcp);
  g_test_add_func ("/ice-relay/udp-is-silent", test_udp_is_silent);
  g_test_add_func ("/ice-relay/name", test_name);
  g_test_add_func ("/ice-relay/stun", test_stun);
  g_test_add_func ("/ice-relay/refused", test_refused);
  g_test_add_func ("/ice-relay/two-hands", test_two_hands);
  return g_test_run ();
}
