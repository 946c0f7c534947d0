/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a connection begins, who may have one, and how it ends. */
#include "bk-quic-private.h"
#include "bk-test.h"
#include "quic-world.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define OTHER_SESSION "{00000000-0000-4000-8000-000000000001}"
#define NO_FINGERPRINT "0000000000000000000000000000000000000000000000000000000000000000"

static const FakeWireManners clean = { .delay_us = 20000 };

/* ----- begin ----- */

static void
test_handshake (void)
{
  g_autoptr (World) world = world_new (1, &clean, NULL);
  gint64 start = fake_wire_now (world->wire);
  BkQuicStatistics statistics;

  g_assert_false (bk_quic_is_confirmed (world->sides[0].quic));
  g_assert_cmpint (bk_quic_open_stream (world->sides[0].quic), ==, -1);
  g_assert_cmpint (bk_quic_get_last_heard (world->sides[0].quic), ==, 0);
  world_connect (world);
  g_assert_true (bk_quic_is_confirmed (world->sides[0].quic));
  g_assert_true (bk_quic_is_confirmed (world->sides[1].quic));
  /* Three ways of 20 ms until the client has the word of the server that all is well. */
  g_assert_cmpint (fake_wire_now (world->wire) - start, >=, 80000);
  g_assert_cmpint (fake_wire_now (world->wire) - start, <, 90000);
  bk_quic_get_statistics (world->sides[0].quic, &statistics);
  g_assert_cmpint (statistics.rtt_us, >, 30000);
  g_assert_cmpint (statistics.rtt_us, <, 80000);
}

/* The word of the server that it has taken the certificate does not arrive: the client must not believe it has. */
static void
test_unconfirmed (void)
{
  g_autoptr (World) world = world_new (4, &clean, NULL);

  world_run (world, 50000);
  g_assert_true (world->sides[0].quic->completed);
  g_assert_cmpuint (world->sides[0].confirmed, ==, 0);
  g_assert_cmpint (bk_quic_open_stream (world->sides[0].quic), ==, -1);
  fake_wire_cut (world->wire, 5 * SECOND);
  world_run (world, 5 * SECOND);
  g_assert_cmpuint (world->sides[0].confirmed, ==, 0);
  world_connect (world);
}

/* A packet broken on the way must not be what a server settles on. */
static void
test_first_packet_broken (void)
{
  g_autoptr (World) world = world_new (5, &clean, NULL);
  guint8 packet[BK_QUIC_MAX_PACKET];
  gsize size;
  gsize length
    = bk_quic_produce (world->sides[0].quic, packet, sizeof packet, &size, fake_wire_now (world->wire));

  g_assert_cmpuint (length, ==, BK_QUIC_MAX_PACKET);
  for (gsize i = 0; i < length; i += 7)
    {
      packet[i] ^= 4;
      bk_quic_receive (world->sides[1].quic, packet, length, fake_wire_now (world->wire));
      packet[i] ^= 4;
    }
  g_assert_cmpint (bk_quic_get_last_heard (world->sides[1].quic), ==, 0);
  world_connect (world);
}

static void
test_stream (void)
{
  g_autoptr (World) world = world_new (2, &clean, NULL);

  world->sides[1].answer = 300000;
  world_connect (world);
  Flow *flow = side_open (&world->sides[0], 3000000, TRUE);
  world_run_until (world, 60 * SECOND, world_are_flows_done);
  world_run (world, SECOND);
  g_assert_true (flow->closed);
  g_assert_true (side_flow (&world->sides[1], flow->id)->closed);
}

/* ----- who ----- */

/* @refusing refuses, and the other side is told. */
static void
expect_refusal (World *world, guint refusing)
{
  world_run_until (world, 5 * SECOND, world_are_both_closed);
  g_assert_cmpint (world->sides[0].result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
  g_assert_cmpuint (world->sides[0].confirmed, ==, 0);
  g_assert_cmpuint (world->sides[1].confirmed, ==, 0);
  g_assert_true (world->sides[refusing].quic->refused);
  world_run (world, 60 * SECOND);
}

static void
test_wrong_fingerprint (gconstpointer side)
{
  WorldOptions options = { 0 };
  options.fingerprints[GPOINTER_TO_UINT (side)] = NO_FINGERPRINT;
  g_autoptr (World) world = world_new (10, &clean, &options);

  expect_refusal (world, GPOINTER_TO_UINT (side));
}

static void
test_wrong_session_in_certificate (gconstpointer side)
{
  WorldOptions options = { 0 };
  options.names[1 - GPOINTER_TO_UINT (side)] = OTHER_SESSION;
  g_autoptr (World) world = world_new (11, &clean, &options);

  expect_refusal (world, GPOINTER_TO_UINT (side));
}

/* The client means another session, and has a certificate for this one. */
static void
test_wrong_server_name (void)
{
  WorldOptions options = { 0 };
  g_autoptr (World) world = world_new (12, &clean, &options);
  const char *other = "00000000-0000-4000-8000-000000000001";

  g_assert_cmpint (gnutls_server_name_set (world->sides[0].quic->tls, GNUTLS_NAME_DNS, other, strlen (other)), ==, 0);
  expect_refusal (world, 1);
}

static void
test_no_server_name (void)
{
  g_autoptr (World) world = world_new (13, &clean, NULL);

  g_assert_cmpint (gnutls_server_name_set (world->sides[0].quic->tls, GNUTLS_NAME_DNS, "", 0), ==, 0);
  expect_refusal (world, 1);
}

static void
test_no_client_certificate (void)
{
  g_autoptr (World) world = world_new (14, &clean, NULL);
  gnutls_certificate_credentials_t empty;

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&empty), ==, 0);
  gnutls_credentials_set (world->sides[0].quic->tls, GNUTLS_CRD_CERTIFICATE, empty);
  world_run_until (world, 5 * SECOND, world_are_both_closed);
  g_assert_cmpint (world->sides[0].result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_AUTHENTICATION_FAILED);
  g_assert_cmpuint (world->sides[0].confirmed + world->sides[1].confirmed, ==, 0);
  gnutls_credentials_clear (world->sides[0].quic->tls);
  gnutls_certificate_free_credentials (empty);
}

static void
test_wrong_protocol (void)
{
  g_autoptr (World) world = world_new (15, &clean, NULL);
  const gnutls_datum_t other = { (unsigned char *) "h3", 2 };

  g_assert_cmpint (gnutls_alpn_set_protocols (world->sides[0].quic->tls, &other, 1, 0), ==, 0);
  world_run_until (world, 5 * SECOND, world_are_both_closed);
  g_assert_cmpint (world->sides[0].result, ==, BECKON_SESSION_RESULT_PROTOCOL_ERROR);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_PROTOCOL_ERROR);
  g_assert_cmpuint (world->sides[0].confirmed + world->sides[1].confirmed, ==, 0);
}

static void
test_negotiated (void)
{
  g_autoptr (World) world = world_new (16, &clean, NULL);

  world_connect (world);
  for (guint i = 0; i < 2; i++)
    {
      gnutls_session_t tls = world->sides[i].quic->tls;
      g_assert_cmpint (gnutls_cipher_get (tls), ==, GNUTLS_CIPHER_AES_128_GCM);
      g_assert_cmpint (gnutls_protocol_get_version (tls), ==, GNUTLS_TLS1_3);
      g_assert_false (gnutls_session_is_resumed (tls));
    }
}

/* ----- end ----- */

static void
test_close (gconstpointer closing)
{
  g_autoptr (World) world = world_new (20, &clean, NULL);
  guint who = GPOINTER_TO_UINT (closing);

  world_connect (world);
  side_open (&world->sides[0], 100000, FALSE);
  world_run (world, 10000);
  bk_quic_close (world->sides[who].quic);
  world_run (world, 2 * SECOND);
  g_assert_cmpuint (world->sides[who].closed, ==, 0);
  g_assert_cmpuint (world->sides[1 - who].closed, ==, 1);
  g_assert_cmpint (world->sides[1 - who].result, ==, BECKON_SESSION_RESULT_NONE);
  g_assert_cmpint (bk_quic_get_deadline (world->sides[0].quic), ==, G_MAXINT64);
  g_assert_cmpint (bk_quic_get_deadline (world->sides[1].quic), ==, G_MAXINT64);
}

/* The word that it is over is lost: who goes on hears it again. */
static void
test_close_lost (void)
{
  g_autoptr (World) world = world_new (21, &clean, NULL);

  world_connect (world);
  side_open (&world->sides[1], 3000000, FALSE);
  world_run (world, 10000);
  fake_wire_cut (world->wire, SECOND / 2);
  bk_quic_close (world->sides[0].quic);
  world_run (world, 10 * SECOND);
  g_assert_cmpuint (world->sides[1].closed, ==, 1);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_NONE);
}

static void
test_close_before_anything (void)
{
  g_autoptr (World) world = world_new (22, &clean, NULL);

  BkQuicStatistics statistics;

  bk_quic_close (world->sides[1].quic);
  world_run (world, 5 * SECOND);
  bk_quic_get_statistics (world->sides[1].quic, &statistics);
  g_assert_cmpuint (statistics.packets_sent, ==, 0);
  bk_quic_close (world->sides[0].quic);
  world_run (world, 60 * SECOND);
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
}

static void
test_silence (void)
{
  g_autoptr (World) world = world_new (23, &clean, NULL);

  world_connect (world);
  side_open (&world->sides[0], 100000, FALSE);
  world_run (world, 3 * SECOND);
  gint64 heard = bk_quic_get_last_heard (world->sides[0].quic);
  fake_wire_cut (world->wire, G_MAXINT64 / 2);
  world_run (world, 20 * SECOND);
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
  g_assert_cmpint (bk_quic_get_last_heard (world->sides[0].quic) - heard, <, SECOND);
  world_run_until (world, 16 * SECOND, world_are_both_closed);
  g_assert_cmpint (world->sides[0].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
}

static void
test_nobody_there (void)
{
  g_autoptr (World) world = world_new (24, &clean, NULL);

  fake_wire_cut (world->wire, G_MAXINT64 / 2);
  world_run (world, 34 * SECOND);
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
  world_run_until (world, 2 * SECOND, world_are_both_closed);
  g_assert_cmpint (world->sides[0].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
  g_assert_cmpint (world->sides[1].result, ==, BECKON_SESSION_RESULT_CONNECTION_FAILURE);
}

/* Nothing to say for an hour: the connection lives, and costs next to nothing. */
static void
test_idle (void)
{
  g_autoptr (World) world = world_new (25, &clean, NULL);
  BkQuicStatistics statistics;

  world_connect (world);
  world_run (world, 3600 * SECOND);
  g_assert_cmpuint (world->sides[0].closed + world->sides[1].closed, ==, 0);
  g_assert_cmpint (fake_wire_now (world->wire) - bk_quic_get_last_heard (world->sides[0].quic), <, 3 * SECOND);
  bk_quic_get_statistics (world->sides[0].quic, &statistics);
  g_assert_cmpuint (statistics.packets_sent, >, 1000);
  g_assert_cmpuint (statistics.packets_sent, <, 6000);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/quic/handshake", test_handshake);
  g_test_add_func ("/quic/unconfirmed", test_unconfirmed);
  g_test_add_func ("/quic/first-packet-broken", test_first_packet_broken);
  g_test_add_func ("/quic/stream", test_stream);
  g_test_add_data_func ("/quic/identity/client-expects-another", GUINT_TO_POINTER (0), test_wrong_fingerprint);
  g_test_add_data_func ("/quic/identity/server-expects-another", GUINT_TO_POINTER (1), test_wrong_fingerprint);
  g_test_add_data_func ("/quic/identity/server-of-another-session", GUINT_TO_POINTER (0),
                        test_wrong_session_in_certificate);
  g_test_add_data_func ("/quic/identity/client-of-another-session", GUINT_TO_POINTER (1),
                        test_wrong_session_in_certificate);
  g_test_add_func ("/quic/identity/wrong-server-name", test_wrong_server_name);
  g_test_add_func ("/quic/identity/no-server-name", test_no_server_name);
  g_test_add_func ("/quic/identity/no-client-certificate", test_no_client_certificate);
  g_test_add_func ("/quic/identity/wrong-protocol", test_wrong_protocol);
  g_test_add_func ("/quic/identity/negotiated", test_negotiated);
  g_test_add_data_func ("/quic/end/close-by-client", GUINT_TO_POINTER (0), test_close);
  g_test_add_data_func ("/quic/end/close-by-server", GUINT_TO_POINTER (1), test_close);
  g_test_add_func ("/quic/end/close-lost", test_close_lost);
  g_test_add_func ("/quic/end/close-before-anything", test_close_before_anything);
  g_test_add_func ("/quic/end/silence", test_silence);
  g_test_add_func ("/quic/end/nobody-there", test_nobody_there);
  g_test_add_func ("/quic/end/idle", test_idle);
  return g_test_run ();
}
