/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of the connection engine, where it listens, and TLS. */
#include "net-fixture.h"

#include "beckon-error.h"

#include <libsoup/soup.h>
#include <string.h>

/* ---- limits ---- */

static void
test_slow_consumer (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autofree char *text = g_strnfill (50000, 'x');
  g_autoptr (BkServerFrame) frame = bk_server_frame_new (text, -1);

  net_fixture_config (&config);
  config.max_outgoing = 200000;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) slow = raw_open (&f);
  g_autoptr (RawClient) good = raw_open (&f);
  raw_stop_reading (slow);
  guint sent = 0;
  while (bk_server_conn_send (net_first (&f), frame))
    {
      g_assert_cmpuint (net_stats (&f)->queued, <=, 200000);
      g_assert_cmpuint (++sent, <, 10000);
      bk_test_drain ();
    }
  g_assert_cmpuint (sent, >, 4); /* the kernel took some */
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_SLOW);
  g_assert_cmpuint (net_stats (&f)->queued, ==, 0);
  raw_send_frame (good, RAW_FIN | RAW_TEXT, "still here", 10);
  raw_expect_text (good, "still here");
  net_fixture_stop (&f);
}

static void
test_limits (void)
{
  NetFixture f;
  BkServerNetConfig config;

  net_fixture_config (&config);
  config.max_per_address = 2;
  net_fixture_start (&f, &config);
  RawClient *first = raw_open (&f);
  g_autoptr (RawClient) second = raw_open (&f);
  g_autoptr (RawClient) third = raw_connect (f.port);
  raw_wait_eof (third);
  g_assert_cmpuint (net_stats (&f)->refused[BK_SERVER_REFUSED_ADDRESS], ==, 1);
  raw_free (first);
  bk_test_wait_for_count (&f.closed, 1);
  bk_test_drain ();
  g_autoptr (RawClient) fourth = raw_open (&f);
  net_fixture_stop (&f);

  net_fixture_config (&config);
  config.max_connections = 1;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) only = raw_open (&f);
  g_autoptr (RawClient) more = raw_connect (f.port);
  raw_wait_eof (more);
  g_assert_cmpuint (net_stats (&f)->refused[BK_SERVER_REFUSED_TOTAL], ==, 1);
  net_fixture_stop (&f);
}

static gboolean
has_timed_out (gpointer data)
{
  return net_stats (data)->refused[BK_SERVER_REFUSED_TIMEOUT] == 2;
}

static void
test_handshake_timeout (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  config.handshake_ms = 3000;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) silent = raw_connect (f.port);
  g_autoptr (RawClient) half = raw_connect (f.port);
  g_autoptr (RawClient) done = raw_open (&f);
  raw_send (half, "GET /beckon HTTP/1.1\r\nHost: lo", 30);
  bk_test_drain ();
  g_assert_cmpuint (net_stats (&f)->connections, ==, 3);
  bk_fake_clock_advance (clock, 2999);
  bk_test_drain ();
  g_assert_cmpuint (net_stats (&f)->connections, ==, 3);
  bk_fake_clock_advance (clock, 1);
  bk_test_wait_until (has_timed_out, &f);
  raw_wait_eof (silent);
  raw_wait_eof (half);
  raw_send_frame (done, RAW_FIN | RAW_TEXT, "in time", 7);
  raw_expect_text (done, "in time");
  net_fixture_stop (&f);
  g_assert_cmpuint (bk_fake_clock_pending (clock), ==, 0);
}

static void
test_sign_in_timeout (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  g_autofree char *big = g_strnfill (200, 'x');

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  config.sign_in_ms = 5000;
  config.max_frame_signed_out = 100;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) signed_in = raw_open (&f);
  g_autoptr (RawClient) stranger = raw_open (&f);
  g_autoptr (RawClient) loud = raw_open (&f);
  bk_server_conn_set_signed_in (net_first (&f));
  raw_send_frame (loud, RAW_FIN | RAW_TEXT, big, 200);
  g_assert_cmpuint (raw_take_close (loud, NULL), ==, 1009);
  bk_fake_clock_advance (clock, 5000);
  g_assert_cmpuint (raw_take_close (stranger, NULL), ==, 1008);
  raw_wait_eof (stranger);
  bk_test_wait_for_count (&f.closed, 2);
  g_assert_cmpuint (net_stats (&f)->closed[BK_SERVER_CLOSED_SIGN_IN], ==, 1);
  raw_send_frame (signed_in, RAW_FIN | RAW_TEXT, big, 200);
  raw_expect_text (signed_in, big);
  net_fixture_stop (&f);
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* One end is silent, the other pings: the kernel's own clock tells them apart, so this takes real time. The ping comes
 * when that has passed, right before the server looks: then it does not matter for how long this program is held up. */
static void
test_idle (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  gboolean passed = FALSE;
  guint8 first;

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  config.idle_ms = 1500;
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) lively = raw_open (&f);
  g_autoptr (RawClient) silent = raw_open (&f);
  g_timeout_add (config.idle_ms + 100, set_flag, &passed);
  bk_test_wait_for_flag (&passed);
  raw_send_frame (lively, RAW_FIN | RAW_PING, "", 0);
  g_autoptr (GBytes) pong = raw_take_frame (lively, &first);
  g_assert_cmphex (first, ==, RAW_FIN | RAW_PONG);
  bk_fake_clock_advance (clock, config.idle_ms);
  g_assert_cmpuint (raw_take_close (silent, NULL), ==, 1001);
  raw_wait_eof (silent);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_IDLE);
  g_assert_cmpuint (net_stats (&f)->open, ==, 1);
  raw_send_frame (lively, RAW_FIN | RAW_TEXT, "still here", 10);
  raw_expect_text (lively, "still here");
  net_fixture_stop (&f);
}

/* A client that neither reads nor answers cannot keep a connection that is closing. */
/* A message that comes octet by octet holds memory: it may not take longer than one may be silent. */
static void
test_slow_message (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) slow = raw_open (&f);
  g_autoptr (RawClient) done = raw_open (&f);
  raw_send_frame (slow, RAW_TEXT, "a", 1);
  raw_send_frame (done, RAW_TEXT, "a", 1);
  raw_send_frame (done, RAW_FIN | RAW_CONTINUATION, "b", 1);
  raw_expect_text (done, "ab");
  bk_fake_clock_advance (clock, config.idle_ms - 1);
  raw_send_frame (slow, RAW_CONTINUATION, "b", 1);
  raw_send_frame (slow, RAW_FIN | RAW_PING, "", 0);
  bk_test_drain ();
  g_assert_cmpuint (f.closed, ==, 0);
  bk_fake_clock_advance (clock, 1);
  guint8 first;
  g_autoptr (GBytes) pong = raw_take_frame (slow, &first);
  g_assert_cmphex (first, ==, RAW_FIN | RAW_PONG);
  g_assert_cmpuint (raw_take_close (slow, NULL), ==, BK_SERVER_CODE_POLICY);
  raw_wait_eof (slow);
  raw_send_frame (done, RAW_FIN | RAW_TEXT, "here", 4);
  raw_expect_text (done, "here");
  net_fixture_stop (&f);
}

static void
test_closing_timeout (void)
{
  NetFixture f;
  BkServerNetConfig config;
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  g_autofree char *text = g_strnfill (130000, 'x');

  net_fixture_config (&config);
  config.clock = BK_CLOCK (clock);
  net_fixture_start (&f, &config);
  g_autoptr (RawClient) raw = raw_open (&f);
  raw_stop_reading (raw);
  for (guint i = 0; i < 30; i++)
    g_assert_true (bk_server_conn_send_text (net_first (&f), text, -1));
  bk_server_conn_close (net_first (&f), BK_SERVER_CODE_NORMAL, "bye");
  bk_test_drain ();
  g_assert_cmpuint (f.closed, ==, 0);
  bk_fake_clock_advance (clock, config.closing_ms);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_LOCAL);
  net_fixture_stop (&f);
}

/* ---- addresses and TLS ---- */

static void
expect_no_net (const BkServerNetConfig *config, int code, const char *what)
{
  static const BkServerNetHandler none = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (BkServerNet) net = bk_server_net_new (config, &none, NULL, &error);

  g_assert_null (net);
  g_assert_error (error, BECKON_ERROR, code);
  g_assert_nonnull (strstr (error->message, what));
}

static void
test_addresses (void)
{
  NetFixture f;
  BkServerNetConfig config;
  BkServerNetAddress both[] = { { "localhost", 0, 0 }, { "::1", 0, 0 } };

  net_fixture_config (&config);
  config.addresses = both;
  config.n_addresses = 2;
  net_fixture_start (&f, &config);
  g_assert_cmpuint (bk_server_net_get_port (f.net, 1), !=, 0);
  g_assert_cmpuint (bk_server_net_get_port (f.net, 2), ==, 0);

  BkServerNetConfig wrong = config;
  BkServerNetAddress address = { "127.0.0.1", f.port };
  wrong.addresses = &address;
  wrong.n_addresses = 1;
  expect_no_net (&wrong, BECKON_ERROR_FAILED, "Address already in use");
  address.host = "0.0.0.0";
  expect_no_net (&wrong, BECKON_ERROR_INVALID_ARGUMENT, "loopback");
  address.host = "example.org";
  expect_no_net (&wrong, BECKON_ERROR_INVALID_ARGUMENT, "not an IP address");
  address.host = "127.0.0.1";
  wrong.certificate = "/nonexistent/cert.pem";
  expect_no_net (&wrong, BECKON_ERROR_INVALID_ARGUMENT, "Cannot read the certificate");
  net_fixture_stop (&f);
}

static void
on_soup_message (SoupWebsocketConnection *websocket, int type, GBytes *message, GString *got)
{
  g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_TEXT);
  g_string_append_len (got, g_bytes_get_data (message, NULL), (gssize) g_bytes_get_size (message));
}

static gboolean
accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

static gboolean
has_pong (gpointer got)
{
  return ((GString *) got)->len == 131072;
}

/* A WebSocket client that others wrote, over @url. */
static void
talk_with_soup (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autofree char *text = g_strnfill (131072, 'q');
  char *protocols[] = { (char *) NET_SUBPROTOCOL, NULL };
  GString *got = g_string_new (NULL);

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
  soup_session_websocket_connect_async (session, message, NULL, protocols, G_PRIORITY_DEFAULT, NULL,
                                        bk_test_store_result, &result);
  g_autoptr (SoupWebsocketConnection) websocket
    = soup_session_websocket_connect_finish (session, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (soup_websocket_connection_get_protocol (websocket), ==, NET_SUBPROTOCOL);
  g_assert_null (soup_websocket_connection_get_extensions (websocket));
  g_signal_connect (websocket, "message", G_CALLBACK (on_soup_message), got);
  soup_websocket_connection_send_text (websocket, text);
  bk_test_wait_until (has_pong, got);
  g_assert_cmpstr (got->str, ==, text);
  soup_websocket_connection_close (websocket, 1000, NULL);
  g_string_free (got, TRUE);
}

static void
test_soup (void)
{
  NetFixture f;
  BkServerNetConfig config;
  BkServerNetAddress six = { "::1", 0 };

  net_fixture_config (&config);
  config.addresses = &six;
  net_fixture_start (&f, &config);
  g_autofree char *url = g_strdup_printf ("ws://[::1]:%u" NET_PATH, f.port);
  talk_with_soup (url);
  bk_test_wait_for_count (&f.closed, 1);
  g_assert_cmpint (f.last_closed, ==, BK_SERVER_CLOSED_PEER);
  net_fixture_stop (&f);
}

static gboolean
make_certificate (const char *certificate, const char *key)
{
  const char *argv[] = { "openssl", "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "200",
                         "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                         "-keyout", key, "-out", certificate, NULL };
  int status = -1;

  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL)
         && status == 0;
}

static gboolean
has_lost_one (gpointer data)
{
  return net_stats (data)->refused[BK_SERVER_REFUSED_GONE] == 1;
}

static void
test_tls (void)
{
  NetFixture f;
  BkServerNetConfig config;
  BkServerNetAddress anywhere = { "0.0.0.0", 0 };
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *certificate = g_build_filename (dir, "cert.pem", NULL);
  g_autofree char *key = g_build_filename (dir, "key.pem", NULL);
  g_autofree char *other = g_build_filename (dir, "other.pem", NULL);
  g_autofree char *other_key = g_build_filename (dir, "other-key.pem", NULL);

  if (!make_certificate (certificate, key) || !make_certificate (other, other_key))
    {
      g_test_skip ("no openssl to make a certificate with");
      return;
    }
  net_fixture_config (&config);
  config.addresses = &anywhere;
  config.certificate = certificate;
  config.key = other_key;
  expect_no_net (&config, BECKON_ERROR_INVALID_CERTIFICATE, "do not belong together");
  config.key = NULL;
  expect_no_net (&config, BECKON_ERROR_INVALID_ARGUMENT, "key is missing");
  config.key = key;
  net_fixture_start (&f, &config);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u" NET_PATH, f.port);
  talk_with_soup (url);
  bk_test_wait_for_count (&f.closed, 1);

  g_autoptr (RawClient) plain = raw_connect (f.port);
  raw_send_request (plain, NET_PATH, NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (plain);
  g_assert_false (g_str_has_prefix (answer, "HTTP"));
  bk_test_wait_until (has_lost_one, &f);
  g_autoptr (RawClient) half = raw_connect (f.port);
  bk_test_drain ();
  net_fixture_stop (&f);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/server/net/slow-consumer", test_slow_consumer);
  g_test_add_func ("/server/net/limits", test_limits);
  g_test_add_func ("/server/net/handshake-timeout", test_handshake_timeout);
  g_test_add_func ("/server/net/sign-in-timeout", test_sign_in_timeout);
  g_test_add_func ("/server/net/idle", test_idle);
  g_test_add_func ("/server/net/slow-message", test_slow_message);
  g_test_add_func ("/server/net/closing-timeout", test_closing_timeout);
  g_test_add_func ("/server/net/addresses", test_addresses);
  g_test_add_func ("/server/net/soup", test_soup);
  g_test_add_func ("/server/net/tls", test_tls);
  return g_test_run ();
}
