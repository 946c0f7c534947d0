/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include "bk-relay.h"

static const struct
{
  const char *text;
  gboolean valid;
  BkRelayKind kind;
  const char *host;
  guint16 port;
} relays[] = {
  { "stun:stun.example.org", TRUE, BK_RELAY_STUN, "stun.example.org", 3478 },
  { "stun:192.0.2.1:19302", TRUE, BK_RELAY_STUN, "192.0.2.1", 19302 },
  { "turn:turn.example.org:443?transport=tcp", TRUE, BK_RELAY_TURN_TCP, "turn.example.org", 443 },
  { "turn:turn.example.org?transport=udp", TRUE, BK_RELAY_TURN_UDP, "turn.example.org", 3478 },
  { "turn:[2001:db8::1]:3479", TRUE, BK_RELAY_TURN_UDP, "2001:db8::1", 3479 },
  { "turn:[2001:db8::1]", TRUE, BK_RELAY_TURN_UDP, "2001:db8::1", 3478 },
  { NULL },
  { "" },
  { "stun:" },
  { "turns:example.org" },
  { "http://example.org" },
  { "stun:example.org?transport=udp" },
  { "turn:example.org?transport=sctp" },
  { "turn:example.org?" },
  { "turn:example.org:0" },
  { "turn:example.org:65536" },
  { "turn:example.org:80x" },
  { "turn:2001:db8::1" },
  { "turn:[example.org]" },
  { "turn:[2001:db8::1" },
  { "turn:[]:80" },
  { "turn:[2001:db8::1]80" },
  { "turn:user@example.org" },
  { "turn:exa mple.org" },
  { "turn:-example.org" },
  { "turn:ex\xc3\xa4mple.org" },
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (relays); i++)
    {
      BkRelay relay = { 0 };

      g_test_message ("%s", relays[i].text != NULL ? relays[i].text : "(null)");
      g_assert_cmpint (bk_relay_parse (relays[i].text, &relay), ==, relays[i].valid);
      g_assert_cmpint (bk_relay_parse (relays[i].text, NULL), ==, relays[i].valid);
      if (!relays[i].valid)
        continue;
      g_assert_cmpint (relay.kind, ==, relays[i].kind);
      g_assert_cmpstr (relay.host, ==, relays[i].host);
      g_assert_cmpuint (relay.port, ==, relays[i].port);
    }
}

static void
test_too_long (void)
{
  g_autofree char *name = g_strnfill (300, 'a');
  g_autofree char *text = g_strconcat ("stun:", name, NULL);

  g_assert_false (bk_relay_parse (text, NULL));
}

int
main (int argc, char *argv[])
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/relay/parse", test_parse);
  g_test_add_func ("/relay/too-long", test_too_long);
  return g_test_run ();
}
