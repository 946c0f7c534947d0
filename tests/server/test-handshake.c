/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The request with which a WebSocket begins (RFC 6455, 4.2): what may become one and what may not. Each is
 * sent in one piece and octet by octet, and answered the same. */
#include "net-fixture.h"

#include <string.h>

#define LINE "GET /beckon HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: beckon.1\r\n"
#define REST KEY VERSION PROTOCOL "\r\n"

typedef struct
{
  const char *name;
  const char *request;
  const char *status;
  const char *header; /* that is in the answer, too; nullable */
  BkServerRefused refused;
} Case;

/* ---- what may ---- */

static const Case welcome[] = {
  { "plain", LINE HOST UPGRADE REST, "101 " },
  { "names in any case", LINE "hOST: x\r\nUPGRADE: websocket\r\nconnection: Upgrade\r\nsec-websocket-KEY: "
    "dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: beckon.1\r\n\r\n", "101 " },
  { "values in any case", LINE HOST "Upgrade: WebSocket\r\nConnection: upgrade\r\n" REST, "101 " },
  { "lists", LINE HOST "Upgrade: h2c, websocket\r\nConnection: keep-alive, Upgrade\r\n" REST, "101 " },
  { "two headers are one list", LINE HOST "Connection: keep-alive\r\n" UPGRADE REST, "101 " },
  { "no space, much space", LINE "Host:x\r\nUpgrade:websocket\r\nConnection: \t Upgrade \t \r\n" REST, "101 " },
  { "one of several subprotocols", LINE HOST UPGRADE KEY VERSION "Sec-WebSocket-Protocol: a, beckon.1,b\r\n\r\n",
    "101 ", "Sec-WebSocket-Protocol: beckon.1\r\n" },
  { "in a second header", LINE HOST UPGRADE KEY VERSION "Sec-WebSocket-Protocol: a\r\n" PROTOCOL "\r\n", "101 " },
  { "extensions are declined", LINE HOST UPGRADE "Sec-WebSocket-Extensions: permessage-deflate; "
    "client_max_window_bits, x\r\n" REST, "101 " },
  { "a query", "GET /beckon?a=b HTTP/1.1\r\n" HOST UPGRADE REST, "101 " },
  { "a whole address", "GET http://localhost:5290/beckon HTTP/1.1\r\n" HOST UPGRADE REST, "101 " },
  { "other headers", LINE HOST "User-Agent: x (y; z)\r\nX-Empty:\r\nCookie: a=b\r\nCookie: c=d\r\n" UPGRADE REST,
    "101 " },
  { "an empty body", LINE HOST "Content-Length: 0\r\n" UPGRADE REST, "101 " },
  { "another key", LINE HOST UPGRADE "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" VERSION PROTOCOL "\r\n",
    "101 ", "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" },
  /* what libsoup overlooks: no proxy that reads it otherwise is before a connection that ends with it */
  { "two spaces", "GET  /beckon HTTP/1.1\r\n" HOST UPGRADE REST, "101 " },
  { "folded line", LINE HOST "X: a\r\n b\r\n" UPGRADE REST, "101 " },
  { "line feed alone", LINE HOST "X: a\nY: b\r\n" UPGRADE REST, "101 " },
  { "carriage return alone", LINE HOST "X: a\rY: b\r\n" UPGRADE REST, "101 " },
  { "no colon", LINE HOST "nonsense\r\n" UPGRADE REST, "101 " },
  { "no name", LINE HOST ": x\r\n" UPGRADE REST, "101 " },
};

/* ---- what may not ---- */

static const Case refused[] = {
  { "method", "POST /beckon HTTP/1.1\r\n" HOST UPGRADE REST, "405 ", "Allow: GET\r\n", BK_SERVER_REFUSED_MALFORMED },
  { "HEAD", "HEAD /beckon HTTP/1.1\r\n" HOST UPGRADE REST, "405 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "method in small letters", "get /beckon HTTP/1.1\r\n" HOST UPGRADE REST, "405 ", NULL,
    BK_SERVER_REFUSED_MALFORMED },
  { "CONNECT", "CONNECT example.org:25 HTTP/1.1\r\n" HOST "\r\n", "405 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "HTTP/1.0", "GET /beckon HTTP/1.0\r\n" HOST UPGRADE REST, "505 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "HTTP/1.2", "GET /beckon HTTP/1.2\r\n" HOST UPGRADE REST, "505 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "HTTP/2.0", "PRI * HTTP/2.0\r\n\r\n", "505 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "no version", "GET /beckon\r\n" HOST UPGRADE REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "not HTTP", "GET /beckon HTTQ/1.1\r\n" HOST UPGRADE REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "path", "GET /admin HTTP/1.1\r\n" HOST UPGRADE REST, "404 ", NULL, BK_SERVER_REFUSED_PATH },
  { "path that begins alike", "GET /beckons HTTP/1.1\r\n" HOST UPGRADE REST, "404 ", NULL, BK_SERVER_REFUSED_PATH },
  { "path in other words", "GET /x/../beckon HTTP/1.1\r\n" HOST UPGRADE REST, "404 ", NULL, BK_SERVER_REFUSED_PATH },
  { "path in capitals", "GET /Beckon HTTP/1.1\r\n" HOST UPGRADE REST, "404 ", NULL, BK_SERVER_REFUSED_PATH },
  { "address without a path", "GET http://localhost HTTP/1.1\r\n" HOST UPGRADE REST, "404 ", NULL,
    BK_SERVER_REFUSED_PATH },
  { "plain HTTP", LINE HOST "\r\n", "426 ", "Upgrade: websocket\r\n", BK_SERVER_REFUSED_NO_UPGRADE },
  { "other upgrade", LINE HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n" REST, "426 ", NULL,
    BK_SERVER_REFUSED_NO_UPGRADE },
  { "no Connection", LINE HOST "Upgrade: websocket\r\n" REST, "426 ", NULL, BK_SERVER_REFUSED_NO_UPGRADE },
  { "Connection: close", LINE HOST "Upgrade: websocket\r\nConnection: close\r\n" REST, "426 ", NULL,
    BK_SERVER_REFUSED_NO_UPGRADE },
  { "no Version", LINE HOST UPGRADE KEY PROTOCOL "\r\n", "426 ", "Sec-WebSocket-Version: 13\r\n",
    BK_SERVER_REFUSED_VERSION },
  { "version 8", LINE HOST UPGRADE KEY PROTOCOL "Sec-WebSocket-Version: 8\r\n\r\n", "426 ",
    "Sec-WebSocket-Version: 13\r\n", BK_SERVER_REFUSED_VERSION },
  { "version 14", LINE HOST UPGRADE KEY PROTOCOL "Sec-WebSocket-Version: 14\r\n\r\n", "426 ", NULL,
    BK_SERVER_REFUSED_VERSION },
  { "version no number", LINE HOST UPGRADE KEY PROTOCOL "Sec-WebSocket-Version: 013\r\n\r\n", "426 ", NULL,
    BK_SERVER_REFUSED_VERSION },
  { "version twice", LINE HOST UPGRADE VERSION REST, "426 ", NULL, BK_SERVER_REFUSED_VERSION },
  { "no subprotocol", LINE HOST UPGRADE KEY VERSION "\r\n", "400 ", NULL, BK_SERVER_REFUSED_SUBPROTOCOL },
  { "subprotocol in capitals", LINE HOST UPGRADE KEY VERSION "Sec-WebSocket-Protocol: Beckon.1\r\n\r\n", "400 ",
    NULL, BK_SERVER_REFUSED_SUBPROTOCOL },
  { "other subprotocol", LINE HOST UPGRADE KEY VERSION "Sec-WebSocket-Protocol: beckon.2\r\n\r\n", "400 ", NULL,
    BK_SERVER_REFUSED_SUBPROTOCOL },
  { "web page", LINE HOST "Origin: http://localhost\r\n" UPGRADE REST, "403 ", NULL, BK_SERVER_REFUSED_ORIGIN },
  { "empty origin", LINE HOST "Origin:\r\n" UPGRADE REST, "403 ", NULL, BK_SERVER_REFUSED_ORIGIN },
  { "no key", LINE HOST UPGRADE VERSION PROTOCOL "\r\n", "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "empty key", LINE HOST UPGRADE VERSION PROTOCOL "Sec-WebSocket-Key:\r\n\r\n", "400 ", NULL,
    BK_SERVER_REFUSED_MALFORMED },
  { "key no base64", LINE HOST UPGRADE VERSION PROTOCOL "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n\r\n", "400 ",
    NULL, BK_SERVER_REFUSED_MALFORMED },
  { "key of 15 octets", LINE HOST UPGRADE VERSION PROTOCOL "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n\r\n", "400 ",
    NULL, BK_SERVER_REFUSED_MALFORMED },
  { "key of 17 octets", LINE HOST UPGRADE VERSION PROTOCOL "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "two keys", LINE HOST UPGRADE KEY REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "no host", LINE UPGRADE REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "two hosts", LINE HOST HOST UPGRADE REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "a body", LINE HOST "Content-Length: 5\r\n" UPGRADE REST "hello", "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "two lengths", LINE HOST "Content-Length: 0\r\nContent-Length: 5\r\n" UPGRADE REST, "400 ", NULL,
    BK_SERVER_REFUSED_MALFORMED },
  { "chunks", LINE HOST "Transfer-Encoding: chunked\r\n" UPGRADE REST "0\r\n\r\n", "400 ", NULL,
    BK_SERVER_REFUSED_MALFORMED },
  { "space before the colon", LINE "Host : x\r\n" UPGRADE REST, "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
  { "nothing", "\r\n\r\n", "400 ", NULL, BK_SERVER_REFUSED_MALFORMED },
};

static gboolean
has_counted (gpointer data)
{
  return net_stats (data)->connections == 0;
}

/* Answers "" if the server hung up without one. */
static char *
ask (NetFixture *f, const char *request, gsize length, gsize piece)
{
  g_autoptr (RawClient) raw = raw_connect (f->port);

  for (gsize i = 0; i < length && !raw->eof; i += piece)
    {
      raw_send (raw, request + i, MIN (piece, length - i));
      bk_test_drain ();
    }
  return raw_take_answer (raw);
}

static void
try_case (NetFixture *f, const Case *c, gsize piece)
{
  guint64 before = net_stats (f)->refused[c->refused];
  gboolean is_good = c->status[0] == '1';
  g_autofree char *answer = ask (f, c->request, strlen (c->request), piece);
  g_autofree char *wanted = g_strconcat ("HTTP/1.1 ", c->status, NULL);

  if (!g_str_has_prefix (answer, wanted) || (c->header != NULL && strstr (answer, c->header) == NULL))
    g_error ("%s: got %s", c->name, answer);
  g_assert_null (strstr (answer, "Extensions"));
  g_assert_true (is_good || strstr (answer, "\r\nConnection: close\r\n") != NULL);
  bk_test_wait_until (has_counted, f);
  g_assert_cmpuint (net_stats (f)->refused[c->refused], ==, before + (is_good ? 0 : 1));
}

static void
try_all (const Case *cases, gsize n)
{
  NetFixture f;

  net_fixture_start (&f, NULL);
  for (gsize i = 0; i < n; i++)
    {
      try_case (&f, &cases[i], G_MAXUINT16);
      try_case (&f, &cases[i], 1);
    }
  net_fixture_stop (&f);
}

static void
test_good (void)
{
  try_all (welcome, G_N_ELEMENTS (welcome));
}

static void
test_bad (void)
{
  try_all (refused, G_N_ELEMENTS (refused));
}

/* A NUL is no end of a text. */
static void
test_nul (void)
{
  static const char request[] = LINE HOST UPGRADE KEY VERSION PROTOCOL "X: \0\r\n\r\n";
  NetFixture f;

  net_fixture_start (&f, NULL);
  g_autofree char *answer = ask (&f, request, sizeof request - 1, G_MAXUINT16);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 400 "));
  net_fixture_stop (&f);
}

/* 8 KiB are enough for everybody. */
static void
test_long (void)
{
  NetFixture f;
  g_autofree char *filler = g_strnfill (8192 - strlen (LINE HOST UPGRADE "X: \r\n" REST), 'x');
  g_autofree char *longest = g_strconcat (LINE HOST UPGRADE "X: ", filler, "\r\n" REST, NULL);
  g_autofree char *longer = g_strconcat (LINE HOST UPGRADE "X: x", filler, "\r\n" REST, NULL);

  net_fixture_start (&f, NULL);
  for (gsize piece = 1; piece < 10000; piece += 4999)
    {
      g_autofree char *answer = ask (&f, longest, strlen (longest), piece);
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
      g_autofree char *refusal = ask (&f, longer, strlen (longer), piece);
      g_assert_true (g_str_has_prefix (refusal, "HTTP/1.1 431 "));
    }
  net_fixture_stop (&f);
}

/* A second request behind one that was refused is not looked at; behind a good one it is no frame. */
static void
test_pipelined (void)
{
  NetFixture f;
  static const char after_bad[] = "GET / HTTP/1.1\r\n" HOST "\r\n" LINE HOST UPGRADE REST;
  static const char after_good[] = LINE HOST UPGRADE REST LINE HOST UPGRADE REST;

  net_fixture_start (&f, NULL);
  g_autoptr (RawClient) bad = raw_connect (f.port);
  raw_send (bad, after_bad, strlen (after_bad));
  g_autofree char *refusal = raw_take_answer (bad);
  g_assert_true (g_str_has_prefix (refusal, "HTTP/1.1 404 "));
  raw_wait_eof (bad);
  g_assert_cmpuint (bad->in->len, ==, 0);
  g_assert_cmpuint (f.opened, ==, 0);

  g_autoptr (RawClient) good = raw_connect (f.port);
  raw_send (good, after_good, strlen (after_good));
  g_autofree char *answer = raw_take_answer (good);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_assert_cmpuint (raw_take_close (good, NULL), ==, 1002);
  g_assert_cmpuint (f.frames, ==, 0);
  net_fixture_stop (&f);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  g_test_add_func ("/server/handshake/good", test_good);
  g_test_add_func ("/server/handshake/bad", test_bad);
  g_test_add_func ("/server/handshake/nul", test_nul);
  g_test_add_func ("/server/handshake/long", test_long);
  g_test_add_func ("/server/handshake/pipelined", test_pipelined);
  return g_test_run ();
}
