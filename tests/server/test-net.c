/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection engine with clients that keep the rules: messages, ends, and what it costs to wait. */
#include "net-fixture.h"

#include <string.h>

/* ---- messages ---- */

static void
test_echo (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, "hëllo", 6);
  raw_expect_text (raw, "hëllo");
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, "", 0);
  raw_expect_text (raw, "");
  g_assert_cmpuint (net_stats (&f)->open, ==, 1);
  g_assert_cmpuint (net_stats (&f)->frames_in, ==, 2);
  g_assert_cmpuint (net_stats (&f)->bytes_out, ==, 6);
  g_autofree char *address = bk_server_conn_dup_address (net_first (&f));
  g_assert_cmpstr (address, ==, "127.0.0.1");
  net_fixture_stop (&f);
}

/* The engine reads 2 KiB at a time: sizes around every boundary of its and of WebSocket's. */
static void
test_sizes (void)
{
  static const gsize sizes[] = { 1, 125, 126, 2047, 2048, 2049, 4096, 65535, 65536, 131072 };
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'a' + (char) i);
      raw_send_frame (raw, RAW_FIN | RAW_TEXT, text, sizes[i]);
      raw_expect_text (raw, text);
    }
  net_fixture_stop (&f);
}

static void
test_many_at_once (void)
{
  NetFixture f;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      raw_append_frame (bytes, RAW_FIN | RAW_TEXT, text, strlen (text));
    }
  raw_send (raw, bytes->data, bytes->len);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      raw_expect_text (raw, text);
    }
  g_assert_cmpuint (net_stats (&f)->queued, ==, 0);
  net_fixture_stop (&f);
}

/* A client does not have to wait for the answer before it speaks. */
static void
test_with_request (void)
{
  NetFixture f;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const char request[]
    = "GET /beckon HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Protocol: other, beckon.1\r\n\r\n";

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_connect (f.port);
  g_byte_array_append (bytes, (const guint8 *) request, sizeof request - 1);
  raw_append_frame (bytes, RAW_FIN | RAW_TEXT, "early", 5);
  raw_send (raw, bytes->data, bytes->len);
  g_autofree char *answer = raw_take_answer (raw);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  raw_expect_text (raw, "early");
  net_fixture_stop (&f);
}

/* Cuts through the middle of characters, and an empty end. */
static void
test_fragments (void)
{
  static const char text[] = "äöü€😀 in many pieces";
  NetFixture f;
  guint8 first;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_TEXT, text, 1);
  for (gsize i = 1; i < sizeof text - 1; i++)
    raw_send_frame (raw, RAW_CONTINUATION, text + i, 1);
  raw_send_frame (raw, RAW_FIN | RAW_PING, "in between", 10);
  raw_send_frame (raw, RAW_FIN | RAW_CONTINUATION, "", 0);
  /* The two answers come in either order. */
  for (guint i = 0, pongs = 0; i < 2; i++)
    {
      g_autoptr (GBytes) answer = raw_take_frame (raw, &first);
      gboolean is_pong = first == (RAW_FIN | RAW_PONG);
      const char *wanted = is_pong ? "in between" : text;
      g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), wanted, strlen (wanted));
      pongs += is_pong;
      g_assert_cmpuint (pongs, <=, 1);
      g_assert_true (is_pong || first == (RAW_FIN | RAW_TEXT));
      g_assert_true (i == 0 || pongs == 1);
    }
  g_assert_cmpuint (f.frames, ==, 1);
  net_fixture_stop (&f);
}

static void
test_ping (void)
{
  NetFixture f;
  guint8 first;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_FIN | RAW_PING, "are you there", 13);
  g_autoptr (GBytes) pong = raw_take_frame (raw, &first);
  g_assert_cmphex (first, ==, RAW_FIN | RAW_PONG);
  g_assert_cmpmem (g_bytes_get_data (pong, NULL), g_bytes_get_size (pong), "are you there", 13);
  g_assert_cmpuint (f.frames, ==, 0);
  net_fixture_stop (&f);
}

static void
test_fan_out (void)
{
  NetFixture f;
  RawClient *raws[200];
  g_autofree char *text = g_strnfill (3000, 'x');
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, -1);

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = raw_open (&f);
  for (guint i = 0; i < f.conns->len; i++)
    g_assert_true (bk_server_conn_send (g_ptr_array_index (f.conns, i), frame));
  g_assert_cmpuint (net_stats (&f)->queued, ==, 200 * 3000);
  g_assert_cmpuint (bk_server_conn_get_queued (net_first (&f)), ==, 3000);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_expect_text (raws[i], text);
  g_assert_cmpuint (net_stats (&f)->frames_out, ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
  bk_test_wait_for_count (&f.closed, 200);
  g_assert_cmpuint (net_stats (&f)->closed[BK_SERVER_CLOSED_LOST], ==, 200);
  net_fixture_stop (&f);
}

/* What is queued in one go leaves in few pieces; of whatever lengths it is, it comes whole and in order, and again when
 * a good deal of it did not fit. */
static void
test_gathered (void)
{
  static const gsize sizes[] = {
    1, 125, 126, 127, 16000, 300, 16376, 16380, 16381, 2, 65535, 65536, 70000, 3, 200000, 4,
  };
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  for (guint round = 0; round < 3; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autofree char *text = g_strnfill (sizes[i], (char) ('a' + i));
        g_assert_true (bk_server_conn_send_text (net_first (&f), text, -1));
      }
  for (guint round = 0; round < 3; round++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autofree char *text = g_strnfill (sizes[i], (char) ('a' + i));
        raw_expect_text (raw, text);
      }
  g_assert_cmpuint (net_stats (&f)->frames_out, ==, 3 * G_N_ELEMENTS (sizes));
  g_assert_cmpuint (net_stats (&f)->queued, ==, 0);
  net_fixture_stop (&f);
}

/* ---- ends ---- */

static void
test_close_flushes (void)
{
  NetFixture f;
  g_autofree char *reason = NULL;

  net_fixture_start (&f, NULL);
  f.echo = FALSE;
  f.close_on_frame = TRUE;
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, "go", 2);
  raw_expect_text (raw, "first");
  raw_expect_text (raw, "second");
  g_assert_cmpuint (raw_take_close (raw, &reason), ==, 4001);
  g_assert_cmpstr (reason, ==, "enough");
  raw_wait_eof (raw);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_LOCAL);
  net_fixture_stop (&f);
}

/* Far more than the kernel takes at once: the close frame comes after all of it. */
static void
test_close_flushes_much (void)
{
  NetFixture f;
  g_autofree char *text = g_strnfill (100000, 'x');

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  bk_test_wait_for_count (&f.opened, 1);
  for (guint i = 0; i < 30; i++)
    g_assert_true (bk_server_conn_send_text (net_first (&f), text, -1));
  bk_server_net_close_all (f.net, BK_SERVER_CODE_GOING_AWAY, "the server stops");
  for (guint i = 0; i < 30; i++)
    raw_expect_text (raw, text);
  g_assert_cmpuint (raw_take_close (raw, NULL), ==, 1001);
  raw_wait_eof (raw);
  net_fixture_stop (&f);
}

static void
test_peer_closes (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_FIN | RAW_CLOSE, "\x03\xe8", 2);
  g_assert_cmpuint (raw_take_close (raw, NULL), ==, 1000);
  raw_wait_eof (raw);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_PEER);
  net_fixture_stop (&f);
}

/* Connections in every phase are there when the engine goes. */
static void
test_free_open (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) fresh = raw_connect (f.port);
  g_autoptr (RawClient) half = raw_connect (f.port);
  g_autoptr (RawClient) open = raw_open (&f);
  g_autoptr (RawClient) closing = raw_open (&f);
  raw_send (half, "GET /beck", 9);
  raw_send_frame (open, RAW_TEXT, "unfinished", 10);
  bk_test_drain ();
  bk_server_conn_close (g_ptr_array_index (f.conns, 1), BK_SERVER_CODE_NORMAL, "bye");
  g_assert_true (bk_server_conn_send_text (net_first (&f), "never sent", -1));
  g_assert_cmpuint (net_stats (&f)->connections, ==, 4);
  net_fixture_stop (&f);
  g_assert_cmpint (f.closed, ==, 2);
}

static void
test_thousand (void)
{
  NetFixture f;
  RawClient *raws[1000];

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      raws[i] = raw_connect (f.port);
      raw_send_request (raws[i], NET_PATH, NET_SUBPROTOCOL, NULL);
    }
  bk_test_wait_for_count (&f.opened, 1000);
  g_assert_cmpuint (net_stats (&f)->open, ==, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
  bk_test_wait_for_count (&f.closed, 1000);
  bk_test_drain ();
  g_assert_cmpuint (net_stats (&f)->connections, ==, 0);
  net_fixture_stop (&f);
}

/* ---- waiting ---- */

/* In how many milliseconds the loop would wake up by itself; -1: never. 0: something has become ready since the last
 * look. */
static int
next_wakeup (GMainContext *context)
{
  int timeout = 0, priority = 0;

  bk_test_drain ();
  g_assert_true (g_main_context_acquire (context));
  if (!g_main_context_prepare (context, &priority))
    g_main_context_query (context, G_MAXINT, &timeout, NULL, 0);
  g_main_context_release (context);
  return timeout;
}

/* Connections that are idle cost nothing: we do not tick, and libwebsockets only looks at its pool of request heads
 * every 30 s. */
static void
test_no_polling (void)
{
  NetFixture f;
  BkServerNetConfig config;
  RawClient *raws[100];
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  GMainContext *context = g_main_context_default ();
  int timeout = 0;

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  net_fixture_start (&f, &config);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = raw_open (&f);
  /* libwebsockets may have a few things to put away first; what comes back again and again never gets to rest. */
  for (guint wakeups = 0; wakeups < 5; wakeups++)
    {
      timeout = next_wakeup (context);
      g_test_message ("the next wake-up is in %d ms", timeout);
      if (timeout < 0 || timeout > 5000)
        break;
      g_main_context_iteration (context, TRUE);
    }
  g_assert_true (timeout < 0 || timeout > 5000);
  g_assert_cmpuint (bk_fake_clock_pending (clock), ==, 1); /* one for all, not one for each */
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
  net_fixture_stop (&f);
}

/* Nobody is read from who does not read, and to wait for that costs nothing, however much such a one says. */
static void
test_slow_and_loud (void)
{
  NetFixture f;
  g_autofree char *text = g_strnfill (100000, 'x');
  GMainContext *context = g_main_context_default ();
  guint frames = 0;
  int timeout = 0;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_open (&f);
  bk_test_wait_for_count (&f.opened, 1);
  f.echo = FALSE;
  for (; frames < 30; frames++)
    g_assert_true (bk_server_conn_send_text (net_first (&f), text, -1));
  raw_stop_reading (raw);
  bk_test_drain ();
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, "are you there", 13);
  for (guint wakeups = 0; wakeups < 20 && (timeout >= 0 && timeout < 1000); wakeups++)
    {
      timeout = next_wakeup (context);
      g_test_message ("the next wake-up is in %d ms", timeout);
      if (timeout >= 0 && timeout <= 1000) /* what libwebsockets has to do once is waited for */
        g_main_context_iteration (context, TRUE);
    }
  g_assert_true (timeout < 0 || timeout > 1000);
  g_assert_cmpuint (f.frames, ==, 0);

  raw_read_again (raw);
  for (; frames > 0; frames--)
    raw_expect_text (raw, text);
  bk_test_wait_for_count (&f.frames, 1);
  net_fixture_stop (&f);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/server/net/echo", test_echo);
  g_test_add_func ("/server/net/sizes", test_sizes);
  g_test_add_func ("/server/net/many-at-once", test_many_at_once);
  g_test_add_func ("/server/net/with-request", test_with_request);
  g_test_add_func ("/server/net/fragments", test_fragments);
  g_test_add_func ("/server/net/ping", test_ping);
  g_test_add_func ("/server/net/fan-out", test_fan_out);
  g_test_add_func ("/server/net/gathered", test_gathered);
  g_test_add_func ("/server/net/close-flushes", test_close_flushes);
  g_test_add_func ("/server/net/close-flushes-much", test_close_flushes_much);
  g_test_add_func ("/server/net/peer-closes", test_peer_closes);
  g_test_add_func ("/server/net/free-open", test_free_open);
  g_test_add_func ("/server/net/thousand", test_thousand);
  g_test_add_func ("/server/net/no-polling", test_no_polling);
  g_test_add_func ("/server/net/slow-and-loud", test_slow_and_loud);
  return g_test_run ();
}
