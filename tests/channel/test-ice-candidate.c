/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "bk-ice.h"
#include "bk-limits.h"

#include <string.h>

#define REACH_ALL (BK_ICE_REACH_LOOPBACK | BK_ICE_REACH_LINK_LOCAL)
#define AT(address) "candidate:1 1 UDP 2013266431 " address " 50000 typ host"

static const char *const fair[] = {
  AT ("192.0.2.1"),
  AT ("10.0.0.1"),
  AT ("1.0.0.1"),
  AT ("126.255.255.255"),
  AT ("128.0.0.1"),
  AT ("169.253.255.255"),
  AT ("169.255.0.1"),
  AT ("223.255.255.254"),
  AT ("2001:db8::1"),
  AT ("fd00::1"),
  AT ("fe80::1"), /* only tried from one that is link-local too, and stays on the link */
  "candidate:abc+/9 1 udp 1 192.0.2.1 1 typ host",
  "candidate:1 1 UDP 2147483647 192.0.2.1 65535 typ srflx raddr 10.0.0.1 rport 9",
  "candidate:1 1 UDP 1 192.0.2.1 9 typ relay raddr 2001:db8::1 rport 0 generation 0 network-cost 50",
  "candidate:12345678901234567890123456789012 1 UDP 1 192.0.2.1 9 typ relay",
};

static const struct
{
  const char *line;
  BkIceReach needed; /* 0: never */
} unfair[] = {
  /* this machine */
  { AT ("127.0.0.1"), BK_ICE_REACH_LOOPBACK },
  { AT ("127.255.255.254"), BK_ICE_REACH_LOOPBACK },
  { AT ("::1"), BK_ICE_REACH_LOOPBACK },
  /* nobody, everybody */
  { AT ("0.0.0.0") },
  { AT ("0.1.2.3") },
  { AT ("::") },
  { AT ("224.0.0.1") },
  { AT ("239.255.255.250") },
  { AT ("ff02::1") },
  { AT ("ff0e::1") },
  { AT ("255.255.255.255") },
  { AT ("240.0.0.1") },
  { AT ("fec0::1") },
  /* where clouds answer questions about themselves */
  { AT ("169.254.169.254"), BK_ICE_REACH_LINK_LOCAL },
  { AT ("169.254.0.1"), BK_ICE_REACH_LINK_LOCAL },
  /* other forms of the above, which resolvers understand */
  { AT ("127.1") },
  { AT ("2130706433") },
  { AT ("0x7f.0.0.1") },
  { AT ("0177.0.0.1") },
  { AT ("::ffff:127.0.0.1") },
  { AT ("::ffff:192.0.2.1") },
  { AT ("::FFFF:7f00:1") },
  { AT ("::127.0.0.1") },
  { AT ("::7f00:1") },
  { AT ("64:ff9b::127.0.0.1") },
  { AT ("64:ff9b:1::1") },
  { AT ("2002:7f00:1::1") },
  { AT ("fe80::1%eth0") },
  { AT ("[2001:db8::1]") },
  { AT ("localhost") },
  { AT ("b2a7c1f4-6d0e-4e5b-a5d4-3c5e7f9a1b2c.local") },
  { AT ("192.0.2.1.") },
  { AT ("192.0.2.256") },
  { AT ("") },
  /* not UDP */
  { "candidate:1 1 TCP 1 192.0.2.1 9 typ host tcptype active" },
  { "candidate:1 1 TCP-ACT 1 192.0.2.1 9 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host tcptype passive" },
  { "candidate:1 1  1 192.0.2.1 9 typ host" },
  /* numbers */
  { "candidate:1 1 UDP 1 192.0.2.1 0 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 65536 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 -1 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 +9 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 9x typ host" },
  { "candidate:1 1 UDP 0 192.0.2.1 9 typ host" },
  { "candidate:1 1 UDP 2147483648 192.0.2.1 9 typ host" },
  { "candidate:1 2 UDP 1 192.0.2.1 9 typ host" },
  { "candidate:1 0 UDP 1 192.0.2.1 9 typ host" },
  { "candidate:1 01 UDP 1 192.0.2.1 9 typ host" },
  /* form */
  { NULL },
  { "" },
  { "candidate:" },
  { "candidate" },
  { "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host" },
  { " candidate:1 1 UDP 1 192.0.2.1 9 typ host" },
  { "candidate: 1 UDP 1 192.0.2.1 9 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ prflx" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ HOST" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 kind host" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host " },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host raddr" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ srflx raddr example.org rport 9" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host typ relay" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host a  b" },
  { "candidate:1 1 UDP  1 192.0.2.1 9 typ host" },
  { "candidate:1\t1 UDP 1 192.0.2.1 9 typ host" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host\n" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=x" },
  { "candidate:1 1 UDP 1 192.0.2.1 9 typ host x \xc3\xa4" },
  { "candidate:- 1 UDP 1 192.0.2.1 9 typ host" },
  { "candidate:123456789012345678901234567890123 1 UDP 1 192.0.2.1 9 typ relay" },
};

static void
test_fair (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fair); i++)
    {
      g_test_message ("%s", fair[i]);
      g_assert_true (bk_ice_candidate_is_fair (fair[i], 0));
      g_assert_true (bk_ice_candidate_is_fair (fair[i], REACH_ALL));
    }
}

static void
test_unfair (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (unfair); i++)
    {
      g_test_message ("%s", unfair[i].line != NULL ? unfair[i].line : "(null)");
      g_assert_false (bk_ice_candidate_is_fair (unfair[i].line, 0));
      g_assert_false (bk_ice_candidate_is_fair (unfair[i].line, REACH_ALL & ~unfair[i].needed));
      g_assert_cmpint (bk_ice_candidate_is_fair (unfair[i].line, REACH_ALL), ==, unfair[i].needed != 0);
    }
}

static void
test_too_long (void)
{
  g_autofree char *rest = g_strnfill (BK_LIMIT_CANDIDATE - strlen (AT ("192.0.2.1") " x "), 'x');
  g_autofree char *longest = g_strconcat (AT ("192.0.2.1") " x ", rest, NULL);
  g_autofree char *longer = g_strconcat (longest, "x", NULL);

  g_assert_true (bk_ice_candidate_is_fair (longest, 0));
  g_assert_false (bk_ice_candidate_is_fair (longer, 0));
}

int
main (int argc, char *argv[])
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice-candidate/fair", test_fair);
  g_test_add_func ("/ice-candidate/unfair", test_unfair);
  g_test_add_func ("/ice-candidate/too-long", test_too_long);
  return g_test_run ();
}
