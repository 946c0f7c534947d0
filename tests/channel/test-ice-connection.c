/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Test my connection": the verdict as a table, and the whole against a real coturn behind what stands in for a
 * router. */
#include "bk-test.h"

#include "bk-ice-private.h"
#include "net-stage.h"

#include <string.h>

#define STUN { .kind = BK_RELAY_STUN, .host = "stun.example.org", .port = 3478 }
#define UDP { .kind = BK_RELAY_TURN_UDP, .host = "turn.example.org", .port = 3478 }
#define TCP { .kind = BK_RELAY_TURN_TCP, .host = "turn.example.org", .port = 443 }

static const struct
{
  const char *servers; /* S, U, T: one that answers; s, u, t: one that does not; L: u that answers but lets nobody in */
  const char *nat;
  const char *expected;
  const char *direct; /* nullable */
  guint problems;
} verdicts[] = {
  { "", "unknown", "nat unknown", NULL, 0 },
  { "S", "none", "nat none udp stun", "always", 0 },
  { "S", "unknown", "nat unknown udp stun", "usually", 0 },
  { "SU", "cone", "nat cone udp stun turn-udp relay", "usually", 0 },
  { "SUT", "symmetric", "nat symmetric udp stun turn-udp turn-tcp relay", "never", 0 },
  { "SL", "cone", "nat cone udp stun !turn-udp !relay", "usually", 1 },
  { "suT", "unknown", "nat blocked !udp !stun !turn-udp turn-tcp relay", "never", 2 },
  { "sut", "unknown", "nat unknown !udp !stun !turn-udp !turn-tcp !relay", NULL, 3 },
  { "T", "unknown", "nat unknown turn-tcp relay", NULL, 0 },
  { "sS", "cone", "nat cone udp stun", "usually", 1 },
  { "Uu", "cone", "nat cone udp stun turn-udp relay", "usually", 1 },
};

static char *
sum_up (GVariant *result)
{
  static const char *const keys[] = { "udp", "stun", "turn-udp", "turn-tcp", "relay" };
  g_autoptr (GString) text = g_string_new ("nat ");
  const char *nat = NULL;

  g_assert_true (g_variant_lookup (result, "nat", "&s", &nat));
  g_string_append (text, nat);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gboolean yes = FALSE;

      if (g_variant_lookup (result, keys[i], "b", &yes))
        g_string_append_printf (text, " %s%s", yes ? "" : "!", keys[i]);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_verdict (void)
{
  static const BkIceServer stun = { .relay = STUN, .ipv4 = (char *) "192.0.2.1" };
  static const BkIceServer udp = { .relay = UDP, .ipv4 = (char *) "192.0.2.1" };
  static const BkIceServer tcp = { .relay = TCP, .ipv6 = (char *) "2001:db8::1" };

  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      BkIceAnswer answers[4];
      guint n = (guint) strlen (verdicts[i].servers);
      const char *direct = NULL;
      const char *words = NULL;
      g_auto (GStrv) problems = NULL;

      for (guint j = 0; j < n; j++)
        {
          char c = verdicts[i].servers[j];

          answers[j].server = strchr ("Ss", c) != NULL ? &stun : strchr ("Tt", c) != NULL ? &tcp : &udp;
          answers[j].probed = strchr ("SUL", c) != NULL;
          answers[j].relays = strchr ("UT", c) != NULL;
        }
      g_autoptr (GVariant) result
        = g_variant_ref_sink (bk_ice_verdict (answers, n, verdicts[i].nat, n > 0 ? "192.0.2.9" : NULL));
      g_autofree char *sum = sum_up (result);
      g_assert_cmpstr (sum, ==, verdicts[i].expected);
      g_variant_lookup (result, "direct", "&s", &direct);
      g_assert_cmpstr (direct, ==, verdicts[i].direct);
      g_assert_true (g_variant_lookup (result, "text", "&s", &words) && strlen (words) > 20);
      g_assert_true (g_variant_lookup (result, "problems", "^as", &problems));
      g_assert_cmpuint (g_strv_length (problems), ==, verdicts[i].problems);
    }
}

/* @servers: with blanks between them. */
static GVariant *
run (const char *servers, const char *password)
{
  g_auto (GStrv) strv = g_strsplit (servers, " ", 0);
  g_autoptr (BkRelays) relays = bk_relays_new ((const char *const *) strv, "user", password, 0);
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *found = NULL;

  bk_ice_test_async (relays, clock, NULL, bk_test_store_result, &result);
  found = bk_ice_test_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (found, FALSE);
  g_test_message ("%s", text);
  return found;
}

static void
check (const char *servers, const char *password, const char *expected, const char *problem)
{
  g_autoptr (GVariant) found = run (servers, password);
  g_autofree char *sum = sum_up (found);
  g_auto (GStrv) problems = NULL;

  g_assert_cmpstr (sum, ==, expected);
  g_variant_lookup (found, "problems", "^as", &problems);
  g_assert_cmpstr (problems[0], ==, problem);
}

static void
test_loopback (void)
{
  g_autoptr (NetTurn) turn = net_turn_new ("127.0.0.1", 3478, NULL);

  check ("turn:127.0.0.1 turn:127.0.0.1?transport=tcp stun:127.0.0.1", "secret",
         "nat none udp stun turn-udp turn-tcp relay", NULL);
  check ("turn:127.0.0.1", "wrong", "nat none udp stun !turn-udp !relay",
         "The relay 127.0.0.1 answers, but does not let this account in.");
  check ("turn:127.0.0.1?transport=tcp", "wrong", "nat unknown !turn-tcp !relay",
         "The relay 127.0.0.1 did not answer over TCP, or did not let this account in.");
}

static void
test_silent (void)
{
  check ("stun:127.0.0.1:3999", "secret", "nat unknown !udp !stun", "The STUN server 127.0.0.1 did not answer.");
  check ("turn:127.0.0.1:3999", "secret", "nat unknown !udp !stun !turn-udp !relay",
         "The relay 127.0.0.1 did not answer over UDP.");
  check ("turn:nowhere.invalid", "secret", "nat unknown !udp !stun !turn-udp !relay",
         "There is no server named nowhere.invalid.");
}

static void
check_router (const char *how, const char *nat)
{
  g_autofree char *by_stun = g_strdup_printf ("nat %s udp stun", nat);
  g_autofree char *by_turn = g_strdup_printf ("nat %s udp stun turn-udp relay", nat);

  net_stage_add_router (how);
  {
    g_autoptr (NetTurn) one = net_turn_new ("10.77.0.1", 3478, NULL);
    g_autoptr (NetTurn) two = net_turn_new ("10.77.0.1", 3479, NULL);

    check ("stun:10.77.0.1:3478 stun:10.77.0.1:3479", "secret", by_stun, NULL);
    check ("stun:10.77.0.1:3478", "secret", "nat unknown udp stun", NULL);
    check ("turn:10.77.0.1:3478", "secret", by_turn, NULL);
  }
  net_stage_remove_router ();
}

static void
test_cone (void)
{
  check_router ("", "cone");
}

static void
test_symmetric (void)
{
  check_router (":40000-50000 random", "symmetric");
}

static void
test_blocked (void)
{
  net_stage_add_lan (1, FALSE);
  net_stage_block_udp ();
  {
    g_autoptr (NetTurn) turn = net_turn_new ("10.77.0.1", 3478, NULL);

    check ("turn:10.77.0.1 turn:10.77.0.1?transport=tcp", "secret",
           "nat blocked !udp !stun !turn-udp turn-tcp relay", "The relay 10.77.0.1 did not answer over UDP.");
  }
  net_stage_unblock_udp ();
  net_stage_remove_lan ();
}

/* Given up at any moment, with a name that is still being looked up too; without servers it is over at once. */
static void
test_cancel (void)
{
  const char *servers[] = { "stun:127.0.0.1:3999", "turn:127.0.0.1:3999", "turn:nowhere.invalid", NULL };
  g_autoptr (BkRelays) relays = bk_relays_new (servers, "user", "secret", 0);

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (BkClock) clock = bk_clock_new_system ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      bk_ice_test_async (relays, clock, cancellable, bk_test_store_result, &result);
      for (guint j = 0; j < i; j++)
        g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (cancellable);
      g_assert_null (bk_ice_test_finish (bk_test_await (&result), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  check ("", "secret", "nat unknown", NULL);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice-connection/verdict", test_verdict);
  g_test_add_func ("/ice-connection/loopback", test_loopback);
  g_test_add_func ("/ice-connection/silent", test_silent);
  g_test_add_func ("/ice-connection/cone", test_cone);
  g_test_add_func ("/ice-connection/symmetric", test_symmetric);
  g_test_add_func ("/ice-connection/blocked", test_blocked);
  g_test_add_func ("/ice-connection/cancel", test_cancel);
  return g_test_run ();
}
