/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other side says that it is where somebody else is. */
#include "bk-test.h"

#include "bk-limits.h"
#include "ice-pair.h"
#include "net-stage.h"

#include <string.h>

#define PWD "abcdefghijklmnopqrstuv"

/* Somebody who has nothing to do with it, and counts what comes. */
typedef struct
{
  GSocket *socket;
  GSource *source;
  guint port;
  guint packets;
  guint bytes;
} Bystander;

static gboolean
on_input (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Bystander *self = user_data;
  char buffer[2048];
  gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  g_assert_cmpint (n, >, 0);
  self->packets++;
  self->bytes += (guint) n;
  return G_SOURCE_CONTINUE;
}

static void
stand_by (Bystander *self, const char *address)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GError) error = NULL;

  *self = (Bystander) { 0 };
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_bind (self->socket, any, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (self->socket, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_input), self, NULL);
  g_source_attach (self->source, NULL);
}

static void
leave (Bystander *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->socket);
}

static void
add (BkIce *ice, const char *address, guint port)
{
  g_autofree char *line = g_strdup_printf ("candidate:1 1 UDP 2013266431 %s %u typ host", address, port);
  const char *const lines[] = { line, NULL };

  bk_ice_add_remote (ice, lines, FALSE);
}

static void
ignore_packet (const guint8 *packet, gsize length, gpointer user_data)
{
}

static void
on_state (BkIce *ice, gboolean *down)
{
  *down = bk_ice_get_state (ice) == BECKON_CHANNEL_PATH_FAILED;
}

static BkIce *
start (BkClock *clock, gboolean *down)
{
  g_autoptr (GError) error = NULL;
  BkIce *ice = bk_ice_new (TRUE, NULL, clock, ignore_packet, NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (ice, "state", G_CALLBACK (on_state), down);
  bk_ice_set_remote (ice, "abcd", PWD);
  return ice;
}

/* All that can be said about one machine costs it a few packets of the size of a question. */
static void
test_bystander (void)
{
  g_autoptr (BkClock) clock = bk_clock_new_system ();
  Bystander here[BK_LIMIT_CANDIDATES_TOTAL];
  gboolean down = FALSE;
  guint packets = 0;
  guint bytes = 0;
  guint knocked = 0;

  net_stage_add_lan (2, FALSE);
  g_autoptr (BkIce) ice = start (clock, &down);
  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    {
      stand_by (&here[i], "10.77.0.2");
      add (ice, "10.77.0.2", here[i].port);
    }
  bk_ice_add_remote (ice, NULL, TRUE);
  bk_test_wait_for_flag_within (&down, 40);
  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    {
      packets += here[i].packets;
      bytes += here[i].bytes;
      knocked += here[i].packets > 0 ? 1 : 0;
      leave (&here[i]);
    }
  g_test_message ("%u packets, %u bytes, at %u ports", packets, bytes, knocked);
  g_assert_cmpuint (knocked, ==, 8);
  /* Two addresses of ours, three tries. */
  g_assert_cmpuint (packets, <=, 8 * 2 * 3);
  g_assert_cmpuint (bytes, <=, packets * 128);
  bk_ice_close (ice);
  net_stage_remove_lan ();
}

/* 10,000 candidates at many places: the first ones are tried, and the right one is found among them. */
static void
test_many (void)
{
  enum { ADDRESSES = 16, PORTS = 8 };
  Bystander there[ADDRESSES][PORTS];
  g_auto (IcePair) pair = { 0 };
  guint knocked = 0;
  gboolean down = FALSE;

  net_stage_add_lan (ADDRESSES + 1, FALSE);
  ice_pair_init (&pair, NULL);
  g_autoptr (BkIce) ice = start (pair.clock, &down);
  for (guint i = 0; i < 10000; i++)
    {
      Bystander *one = &there[i % ADDRESSES][i / ADDRESSES % PORTS];
      g_autofree char *address = g_strdup_printf ("10.77.0.%u", i % ADDRESSES + 2);

      if (i < ADDRESSES * PORTS)
        stand_by (one, address);
      if (i == 30)
        ice_pair_introduce (&pair);
      add (ice, address, one->port);
      add (pair.side[0].ice, address, one->port);
    }
  bk_ice_add_remote (ice, NULL, TRUE);
  bk_test_wait_for_flag_within (&down, 60);
  for (guint i = 0; i < ADDRESSES * PORTS; i++)
    {
      knocked += there[i % ADDRESSES][i / ADDRESSES].packets > 0 ? 1 : 0;
      leave (&there[i % ADDRESSES][i / ADDRESSES]);
    }
  g_test_message ("%u knocked", knocked);
  g_assert_cmpuint (knocked, <=, BK_LIMIT_CANDIDATES_TOTAL);
  g_assert_cmpuint (knocked, >=, 8);
  bk_ice_close (ice);
  ice_pair_clear (&pair);
  net_stage_remove_lan ();
}

static const char *const credentials[][2] = {
  { "", "" },
  { "abc", PWD },
  { "abcd", "short" },
  { "ab d", PWD },
  { "abcd", "abcdefghijklmnopqrstu\n" },
  { "ab\xc3\xa4", PWD },
};

/* What is no ufrag or pwd is passed over, and the right ones after it count; others after them do not. */
static void
test_credentials (void)
{
  g_autofree char *longest = g_strnfill (300, 'a');
  g_auto (IcePair) pair = { 0 };

  ice_pair_init (&pair, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (credentials); i++)
    bk_ice_set_remote (pair.side[0].ice, credentials[i][0], credentials[i][1]);
  bk_ice_set_remote (pair.side[0].ice, longest, PWD);
  bk_ice_set_remote (pair.side[0].ice, NULL, NULL);
  ice_pair_introduce (&pair);
  bk_ice_set_remote (pair.side[0].ice, "abcd", PWD);
  bk_test_wait_for_flag (&pair.side[0].up);
  bk_test_wait_for_flag (&pair.side[1].up);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice-hostile/bystander", test_bystander);
  g_test_add_func ("/ice-hostile/many", test_many);
  g_test_add_func ("/ice-hostile/credentials", test_credentials);
  return g_test_run ();
}
