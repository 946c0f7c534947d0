/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short way beside libnice: what takes it, and what must not. */
#include "bk-test.h"

#include "bk-ice-path.h"
#include "net-stage.h"

#include <string.h>
#include <sys/socket.h>

typedef struct
{
  GSocket *own;    /* stands in for libnice's */
  GSocket *other;  /* the other side */
  GSocket *third;  /* somebody else */
  BkIcePath *path;
  GPtrArray *taken;
  gboolean free_on_packet;
} Stage;

static GSocket *
open_socket (const char *address)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (any), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP,
                                  &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static void
on_packet (const guint8 *packet, gsize length, gpointer user_data)
{
  Stage *stage = user_data;

  g_ptr_array_add (stage->taken, g_bytes_new (packet, length));
  if (stage->free_on_packet)
    g_clear_pointer (&stage->path, bk_ice_path_free);
}

static void
open_path (Stage *stage)
{
  g_autoptr (GSocketAddress) where = g_socket_get_local_address (stage->other, NULL);
  guint8 native[128];
  NiceAddress remote;

  g_assert_true (g_socket_address_to_native (where, native, sizeof native, NULL));
  nice_address_init (&remote);
  nice_address_set_from_sockaddr (&remote, (struct sockaddr *) (gpointer) native);
  stage->path = bk_ice_path_new (stage->own, &remote, on_packet, stage);
  g_assert_true (bk_ice_path_receives (stage->path));
  g_assert_true (bk_ice_path_is (stage->path, stage->own, &remote));
  nice_address_set_port (&remote, 1);
  g_assert_false (bk_ice_path_is (stage->path, stage->own, &remote));
}

static void
stage_init (Stage *stage, const char *address)
{
  *stage = (Stage) { 0 };
  stage->own = open_socket (address);
  stage->other = open_socket (address);
  stage->third = open_socket (address);
  stage->taken = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  open_path (stage);
}

static void
stage_clear (Stage *stage)
{
  g_clear_pointer (&stage->path, bk_ice_path_free);
  g_clear_object (&stage->own);
  g_clear_object (&stage->other);
  g_clear_object (&stage->third);
  g_clear_pointer (&stage->taken, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

/* Loopback: what is sent has arrived. */
static void
send_to_own (Stage *stage, GSocket *from, const char *text)
{
  g_autoptr (GSocketAddress) where = g_socket_get_local_address (stage->own, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_send_to (from, where, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
}

static char *
read_from (GSocket *socket)
{
  char text[2048] = "";

  return g_socket_receive (socket, text, sizeof text - 1, NULL, NULL) > 0 ? g_strdup (text) : NULL;
}

#define assert_read(socket, expected) \
  G_STMT_START { g_autofree char *found = read_from (socket); g_assert_cmpstr (found, ==, expected); } G_STMT_END

static void
check_ways (const char *address)
{
  /* First bytes of STUN, of QUIC with a long and with a short header, of a channel of TURN. */
  static const char stun[] = "\x01\x01stun";
  static const char *const data[] = { "\xc0long", "\x40short", "\x7fshort" };
  g_auto (Stage) stage = { 0 };

  stage_init (&stage, address);
  send_to_own (&stage, stage.other, stun);
  for (gsize i = 0; i < G_N_ELEMENTS (data); i++)
    send_to_own (&stage, stage.other, data[i]);
  send_to_own (&stage, stage.third, data[1]);
  send_to_own (&stage, stage.third, stun);
  bk_test_wait_for_count (&stage.taken->len, 3);
  bk_test_drain ();
  g_assert_cmpuint (stage.taken->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      gsize length = 0;
      const char *packet = g_bytes_get_data (stage.taken->pdata[i], &length);

      g_assert_cmpmem (packet, length, data[i], strlen (data[i]));
    }
  /* The rest has stayed libnice's. */
  assert_read (stage.own, stun);
  assert_read (stage.own, data[1]);
  assert_read (stage.own, stun);
  assert_read (stage.own, NULL);
  g_clear_pointer (&stage.path, bk_ice_path_free);
  send_to_own (&stage, stage.other, data[1]);
  assert_read (stage.own, data[1]);
}

static void
test_ipv4 (void)
{
  check_ways ("127.0.0.1");
}

static void
test_ipv6 (void)
{
  check_ways ("::1");
}

/* More packets than one message holds, the last one shorter; each arrives as it was, from the right address. */
static void
test_send (void)
{
  enum { SIZE = 1200, PACKETS = 130, LAST = 11 };
  g_autofree guint8 *data = g_malloc (SIZE * PACKETS + LAST);
  g_auto (Stage) stage = { 0 };
  g_autoptr (GSocketAddress) own = NULL;

  for (guint i = 0; i < SIZE * PACKETS + LAST; i++)
    data[i] = (guint8) (i / SIZE + i);
  stage_init (&stage, "127.0.0.1");
  own = g_socket_get_local_address (stage.own, NULL);
  g_socket_set_option (stage.other, SOL_SOCKET, SO_RCVBUF, 1 << 20, NULL); /* they wait there all at once */
  g_assert_true (bk_ice_path_send (stage.path, data, SIZE * PACKETS + LAST, SIZE));
  for (guint i = 0; i <= PACKETS; i++)
    {
      g_autoptr (GSocketAddress) from = NULL;
      char packet[2048];
      gssize n = g_socket_receive_from (stage.other, &from, packet, sizeof packet, NULL, NULL);

      g_assert_cmpmem (packet, n, data + i * SIZE, i < PACKETS ? SIZE : LAST);
      g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)), ==,
                        g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own)));
    }
  assert_read (stage.other, NULL);
}

/* Where packets of this size cannot be cut out of a greater message, they go one by one. */
static void
test_cannot_cut (void)
{
  enum { SIZE = 1200 };
  g_autofree guint8 *data = g_malloc0 (SIZE * 3);
  g_auto (Stage) stage = { 0 };

  net_stage_run ("ip link set lo mtu 1100");
  stage_init (&stage, "127.0.0.1");
  g_assert_true (bk_ice_path_send (stage.path, data, SIZE * 3, SIZE));
  for (guint i = 0; i < 3; i++)
    {
      char packet[2048];
      g_assert_cmpint (g_socket_receive (stage.other, packet, sizeof packet, NULL, NULL), ==, SIZE);
    }
  net_stage_run ("ip link set lo mtu 65536");
}

static void
test_free_inside (void)
{
  g_auto (Stage) stage = { 0 };

  stage_init (&stage, "127.0.0.1");
  stage.free_on_packet = TRUE;
  for (guint i = 0; i < 10; i++)
    send_to_own (&stage, stage.other, "\x40packet");
  bk_test_wait_for_count (&stage.taken->len, 1);
  bk_test_drain ();
  g_assert_cmpuint (stage.taken->len, ==, 1);
  g_assert_null (stage.path);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/ice-path/ipv4", test_ipv4);
  g_test_add_func ("/ice-path/ipv6", test_ipv6);
  g_test_add_func ("/ice-path/send", test_send);
  g_test_add_func ("/ice-path/cannot-cut", test_cannot_cut);
  g_test_add_func ("/ice-path/free-inside", test_free_inside);
  return g_test_run ();
}
