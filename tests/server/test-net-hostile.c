/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection engine with clients that break the rules: each is answered with the right code, counted by name, and
 * does not disturb the others. */
#include "net-fixture.h"

#include <string.h>

/* ---- requests ---- */

typedef struct
{
  const char *path;
  const char *subprotocol;
  const char *extra;
  const char *answer;
  BkServerRefused refused;
} Request;

static const Request requests[] = {
  { "/", NET_SUBPROTOCOL, NULL, "HTTP/1.1 404 ", BK_SERVER_REFUSED_PATH },
  { "/beckon/", NET_SUBPROTOCOL, NULL, "HTTP/1.1 404 ", BK_SERVER_REFUSED_PATH },
  { "/../../etc/passwd", NET_SUBPROTOCOL, NULL, "HTTP/1.1 404 ", BK_SERVER_REFUSED_PATH },
  { NET_PATH, NULL, NULL, "HTTP/1.1 400 ", BK_SERVER_REFUSED_SUBPROTOCOL },
  { NET_PATH, "beckon.2", NULL, "HTTP/1.1 400 ", BK_SERVER_REFUSED_SUBPROTOCOL },
  { NET_PATH, "xbeckon.1, beckon.12", NULL, "HTTP/1.1 400 ", BK_SERVER_REFUSED_SUBPROTOCOL },
  { NET_PATH, NET_SUBPROTOCOL, "Origin: https://evil.example\r\n", "HTTP/1.1 403 ", BK_SERVER_REFUSED_ORIGIN },
  { NET_PATH, NET_SUBPROTOCOL, "Origin: null\r\n", "HTTP/1.1 403 ", BK_SERVER_REFUSED_ORIGIN },
};

static void
test_requests (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      const Request *request = &requests[i];
      guint64 before = net_stats (&f)->refused[request->refused];
      g_autoptr (RawClient) raw = raw_connect (f.port);
      raw_send_request (raw, request->path, request->subprotocol, request->extra);
      g_autofree char *answer = raw_take_answer (raw);
      g_test_message ("%u: %s", i, answer);
      g_assert_true (g_str_has_prefix (answer, request->answer));
      raw_wait_eof (raw);
      bk_test_drain ();
      g_assert_cmpuint (net_stats (&f)->refused[request->refused], ==, before + 1);
    }
  g_assert_cmpuint (f.opened, ==, 0);
  g_assert_cmpuint (net_stats (&f)->connections, ==, 0);
  net_fixture_stop (&f);
}

static void
test_welcome_origin (void)
{
  static const char *const origins[] = { "https://app.example", NULL };
  BkServerNetConfig config;
  NetFixture f;

  net_fixture_config (&config);
  config.origins = origins;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) good = raw_connect (f.port);
  raw_send_request (good, NET_PATH, NET_SUBPROTOCOL, "Origin: https://app.example\r\n");
  g_autofree char *answer = raw_take_answer (good);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_autoptr (RawClient) bad = raw_connect (f.port);
  raw_send_request (bad, NET_PATH, NET_SUBPROTOCOL, "Origin: https://app.example.evil\r\n");
  g_autofree char *refusal = raw_take_answer (bad);
  g_assert_true (g_str_has_prefix (refusal, "HTTP/1.1 403 "));
  net_fixture_stop (&f);
}

#define WS_HEADERS                                                                                \
  "Host: localhost\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"     \
  "Sec-WebSocket-Protocol: beckon.1\r\n"

/* Whole requests; NULL: the connection just has to end. */
static const struct
{
  const char *request;
  const char *answer;
} texts[] = {
  { "GET /beckon HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 426 " },
  { "GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 404 " },
  { "POST /beckon HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 405 " },
  { "GET /beckon HTTP/1.1\r\nUpgrade: websocket\r\n" WS_HEADERS "Sec-WebSocket-Version: 8\r\n\r\n", "HTTP/1.1 426 " },
  { "GET /beckon HTTP/1.1\r\nUpgrade: websocket\r\n" WS_HEADERS "\r\n", "HTTP/1.1 426 " },
  { "GET /beckon HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n" WS_HEADERS "\r\n",
    "HTTP/1.1 426 " },
  { "GET /beckon HTTP/1.1\r\nUpgrade: telnet\r\n" WS_HEADERS "\r\n", NULL },
  { "GET /beckon HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Protocol: beckon.1\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "HTTP/1.1 400 " },
  { "CONNECT example.org:25 HTTP/1.1\r\nHost: example.org\r\n\r\n", NULL },
  { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NULL },
  { "\x16\x03\x01\x02\x01\x01\x02\xff\xff\xff\r\n\r\n", NULL },
  { "GET\r\n\r\n\r\n", NULL },
};

static void
test_texts (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (RawClient) raw = raw_connect (f.port);
      raw_send (raw, texts[i].request, strlen (texts[i].request));
      g_socket_shutdown (raw->socket, FALSE, TRUE, NULL);
      g_autofree char *answer = raw_take_answer (raw);
      g_test_message ("%u: %s", i, answer);
      if (texts[i].answer != NULL)
        g_assert_true (g_str_has_prefix (answer, texts[i].answer));
      else
        g_assert_false (g_str_has_prefix (answer, "HTTP/1.1 101 "));
      raw_wait_eof (raw);
    }
  bk_test_drain ();
  g_assert_cmpuint (f.opened, ==, 0);
  g_assert_cmpuint (net_stats (&f)->connections, ==, 0);
  net_fixture_stop (&f);
}

/* A head without end must not fill the memory. */
static void
test_endless_request (void)
{
  NetFixture f;
  g_autofree char *junk = g_strnfill (4000, 'x');

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) raw = raw_connect (f.port);
  raw_send (raw, "GET /beckon HTTP/1.1\r\nX-Junk: ", 30);
  for (guint i = 0; i < 1000 && !raw->eof; i++)
    raw_send (raw, junk, 4000);
  raw_send (raw, "\r\nCookie: ", 10);
  for (guint i = 0; i < 1000 && !raw->eof; i++)
    raw_send (raw, junk, 4000);
  raw_wait_eof (raw);
  g_assert_cmpuint (f.opened, ==, 0);
  net_fixture_stop (&f);
}

/* ---- frames ---- */

/* Sends @bytes on a fresh connection beside one that behaves, and expects a close frame with @code, and that the
 * server waits for the other end to hang up, but not for ever. */
static void
expect_close (const char *bytes, gsize size, guint16 code, BkServerClosed closed)
{
  BkServerNetConfig config;
  NetFixture f;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) good = raw_open (&f);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send (raw, bytes, size);
  g_assert_cmpuint (raw_take_close (raw, NULL), ==, code);
  raw_wait_eof (raw);
  bk_test_drain ();
  g_assert_cmpuint (f.closed, ==, 0);
  bk_fake_clock_advance (clock, config.closing_ms);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, closed);
  g_assert_cmpuint (net_stats (&f)->closed[closed], ==, 1);
  g_assert_cmpuint (f.frames, ==, 0);
  raw_send_frame (good, RAW_FIN | RAW_TEXT, "undisturbed", 11);
  raw_expect_text (good, "undisturbed");
  net_fixture_stop (&f);
}

static void
expect_frame_close (guint8 first, gconstpointer payload, gsize size, guint16 code, BkServerClosed closed)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  raw_append_frame (bytes, first, payload, size);
  expect_close ((const char *) bytes->data, bytes->len, code, closed);
}

static void
test_binary (void)
{
  expect_frame_close (RAW_FIN | RAW_BINARY, "abc", 3, 1003, BK_SERVER_CLOSED_BINARY);
  expect_frame_close (RAW_FIN | RAW_BINARY, "", 0, 1003, BK_SERVER_CLOSED_BINARY);
  expect_frame_close (RAW_BINARY, "abc", 3, 1003, BK_SERVER_CLOSED_BINARY);
}

static void
test_bad_utf8 (void)
{
  expect_frame_close (RAW_FIN | RAW_TEXT, "ab\xff", 3, 1007, BK_SERVER_CLOSED_BAD_UTF8);
  expect_frame_close (RAW_FIN | RAW_TEXT, "\xed\xa0\x80", 3, 1007, BK_SERVER_CLOSED_BAD_UTF8);
  expect_frame_close (RAW_FIN | RAW_TEXT, "cut \xe2\x82", 6, 1007, BK_SERVER_CLOSED_BAD_UTF8);
  expect_frame_close (RAW_FIN | RAW_TEXT, "a\0b", 3, 1007, BK_SERVER_CLOSED_BAD_UTF8);
}

static void
test_too_big (void)
{
  g_autofree char *text = g_strnfill (131073, 'x');
  /* Announced only: refused before the bytes come. */
  static const char huge[] = "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x12\x34\x56\x78zz";

  expect_frame_close (RAW_FIN | RAW_TEXT, text, 131073, 1009, BK_SERVER_CLOSED_TOO_BIG);
  expect_close (huge, sizeof huge - 1, 1009, BK_SERVER_CLOSED_TOO_BIG);
}

/* No fragment is too long, and there is no end. */
static void
test_too_big_in_fragments (void)
{
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  raw_append_frame (bytes, RAW_TEXT, text, 1000);
  for (guint i = 1; i < 132; i++)
    raw_append_frame (bytes, RAW_CONTINUATION, text, 1000);
  expect_close ((const char *) bytes->data, bytes->len, 1009, BK_SERVER_CLOSED_TOO_BIG);
}

static void
test_breaches (void)
{
  /* a continuation of nothing, a reserved opcode, a reserved bit, a ping in fragments */
  expect_frame_close (RAW_FIN | RAW_CONTINUATION, "abc", 3, 1002, BK_SERVER_CLOSED_PROTOCOL);
  expect_frame_close (RAW_FIN | 0x3, "abc", 3, 1002, BK_SERVER_CLOSED_PROTOCOL);
  expect_frame_close (RAW_FIN | 0x40 | RAW_TEXT, "abc", 3, 1002, BK_SERVER_CLOSED_PROTOCOL);
  expect_frame_close (RAW_PING, "abc", 3, 1002, BK_SERVER_CLOSED_PROTOCOL);

  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  raw_append_frame (bytes, RAW_TEXT, "abc", 3);
  raw_append_frame (bytes, RAW_FIN | RAW_TEXT, "abc", 3);
  expect_close ((const char *) bytes->data, bytes->len, 1002, BK_SERVER_CLOSED_PROTOCOL);
}

/* After a breach the client goes on talking: nothing of it is handed up, and the connection ends in time. */
static void
test_talks_on (void)
{
  BkServerNetConfig config;
  NetFixture f;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_send_frame (raw, RAW_FIN | RAW_BINARY, "abc", 3);
  for (guint i = 0; i < 100; i++)
    raw_send_frame (raw, RAW_FIN | RAW_TEXT, "ignored", 7);
  bk_test_drain ();
  g_assert_cmpuint (f.frames, ==, 0);
  g_assert_cmpuint (f.closed, ==, 0);
  bk_fake_clock_advance (clock, config.closing_ms);
  bk_test_wait_for_count (&f.closed, 1);
  raw_wait_eof (raw);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_BINARY);
  net_fixture_stop (&f);
}

static gboolean
is_empty (gpointer data)
{
  return net_stats (data)->connections == 0;
}

/* Says that it has nothing more to say, in the middle of whatever: that is the end of the connection, and what was
 * queued for it is given back. */
static void
test_half_closed (void)
{
  static const char *const said[] = { "", "\x81", "\x81\x85\x12", "\x81\x85\x12\x34\x56\x78" "ab",
                                       "\x01\x81\x12\x34\x56\x78" "a" };
  NetFixture f;
  g_autofree char *text = g_strnfill (100000, 'x');

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (said); i++)
    {
      g_autoptr (RawClient) raw = raw_open (&f);
      const char *bytes = said[i / 2];
      bk_test_wait_for_count (&f.opened, i + 1);
      if (i % 2 == 1)
        raw_stop_reading (raw);
      for (guint j = 0; j < 20 && i % 2 == 1; j++)
        bk_server_conn_send_text (net_first (&f), text, -1);
      raw_send (raw, bytes, strlen (bytes));
      g_socket_shutdown (raw->socket, FALSE, TRUE, NULL);
      if (i % 2 == 0)
        raw_wait_eof (raw);
      else
        raw_read_again (raw);
      bk_test_wait_for_count (&f.closed, i + 1);
      g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_LOST);
      bk_test_wait_until (is_empty, &f);
      g_assert_cmpuint (net_stats (&f)->queued, ==, 0);
    }
  g_assert_cmpuint (f.frames, ==, 0);
  net_fixture_stop (&f);
}

/* Random bytes after a good handshake: whatever they mean, the server lives on. */
static void
test_noise (void)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  for (guint i = 0; i < 200; i++)
    {
      guint8 noise[400];
      g_autoptr (RawClient) raw = raw_open (&f);
      for (guint j = 0; j < sizeof noise; j++)
        noise[j] = (guint8) g_test_rand_int ();
      noise[0] = (guint8) (i % 3 == 0 ? RAW_FIN | RAW_TEXT : noise[0]);
      raw_send (raw, noise, sizeof noise);
      bk_test_drain ();
    }
  g_autoptr (RawClient) good = raw_open (&f);
  raw_send_frame (good, RAW_FIN | RAW_TEXT, "alive", 5);
  raw_expect_text (good, "alive");
  net_fixture_stop (&f);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/server/net/hostile/requests", test_requests);
  g_test_add_func ("/server/net/hostile/welcome-origin", test_welcome_origin);
  g_test_add_func ("/server/net/hostile/texts", test_texts);
  g_test_add_func ("/server/net/hostile/endless-request", test_endless_request);
  g_test_add_func ("/server/net/hostile/binary", test_binary);
  g_test_add_func ("/server/net/hostile/bad-utf8", test_bad_utf8);
  g_test_add_func ("/server/net/hostile/too-big", test_too_big);
  g_test_add_func ("/server/net/hostile/too-big-in-fragments", test_too_big_in_fragments);
  g_test_add_func ("/server/net/hostile/breaches", test_breaches);
  g_test_add_func ("/server/net/hostile/talks-on", test_talks_on);
  g_test_add_func ("/server/net/hostile/half-closed", test_half_closed);
  g_test_add_func ("/server/net/hostile/noise", test_noise);
  return g_test_run ();
}
