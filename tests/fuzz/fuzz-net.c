/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real connection engine, libwebsockets and all, with any bytes. The first byte of an input says how the rest is
 * meant:
 *   R   bytes from the very beginning of a connection
 *   W   bytes after a good upgrade
 *   F   after a good upgrade, frames that are masked properly: a byte for FIN and opcode, one for the length (times
 *       8), so many bytes
 * The second one says in pieces of what length they are sent (0: in one), and whether the server sends something itself.
 *
 * What is handed up is text of a bounded length from a connection that is open; each that was opened is closed; at the
 * end nothing is left and everything is counted. */
#include "bk-server-net.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/beckon"
#define SUBPROTOCOL "beckon.1"
#define MAX_FRAME 1024
#define MAX_SIGNED_OUT 256
#define MAX_OUTGOING 4096
#define MAX_TURNS 20000
#define LONG_MS (60 * 60 * 1000)

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char upgrade[] = "GET " PATH " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Protocol: " SUBPROTOCOL "\r\n\r\n";

static BkServerNet *net;
static BkFakeClock *the_clock;
static BkServerConn *current; /* that is open */
static gboolean echo;
static guint n_frames;

static void
check (gboolean kept, const char *promise)
{
  if (!kept)
    g_error ("Broken: %s", promise);
}

/* ---- the server ---- */

static void
on_opened (BkServerConn *conn, gpointer user_data)
{
  check (current == NULL, "one connection is opened once");
  current = conn;
}

/* Signs in with the first message, answers the next ones, and has enough after some. */
static void
on_frame (BkServerConn *conn, const char *text, gsize length, gpointer user_data)
{
  check (conn == current, "frames come from what is open");
  g_debug ("frame of %zu", length);
  check (length <= (n_frames == 0 ? MAX_SIGNED_OUT : MAX_FRAME), "messages are bounded");
  check (strlen (text) == length && g_utf8_validate (text, (gssize) length, NULL), "messages are text");
  if (n_frames == 0)
    bk_server_conn_set_signed_in (conn);
  if (echo)
    bk_server_conn_send_text (conn, text, (gssize) length);
  if (++n_frames == 30)
    bk_server_conn_close (conn, BK_SERVER_CODE_POLICY, "enough");
}

static void
on_closed (BkServerConn *conn, BkServerClosed reason, gpointer user_data)
{
  check (conn == current, "what is closed was open");
  check (reason < BK_SERVER_N_CLOSED, "there is a reason");
  current = NULL;
}

static void
on_drained (BkServerConn *conn, gpointer user_data)
{
  check (conn == current, "what is drained is open");
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  static const BkServerNetHandler handler = { on_opened, on_frame, on_closed, on_drained };
  static const BkServerNetAddress address = { "127.0.0.1", 0 };
  BkServerNetConfig config;
  g_autoptr (GError) error = NULL;

  the_clock = bk_fake_clock_new ();
  bk_server_net_config_init (&config);
  config.addresses = &address;
  config.n_addresses = 1;
  config.path = PATH;
  config.subprotocol = SUBPROTOCOL;
  config.max_frame = MAX_FRAME;
  config.max_frame_signed_out = MAX_SIGNED_OUT;
  config.max_outgoing = MAX_OUTGOING;
  config.idle_ms = 0;
  config.clock = BK_CLOCK (the_clock);
  net = bk_server_net_new (&config, &handler, NULL, &error);
  if (net == NULL)
    g_error ("%s", error->message);
  return 0;
}

/* ---- the client ---- */

static int
connect_to_server (void)
{
  struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons (bk_server_net_get_port (net, 0)) };
  struct linger linger = { 1, 0 }; /* no waiting for ports */
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  inet_pton (AF_INET, "127.0.0.1", &there.sin_addr);
  check (fd >= 0 && connect (fd, (struct sockaddr *) &there, sizeof there) == 0, "the server listens");
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int)); /* each piece by itself, now */
  return fd;
}

static void
settle (void)
{
  for (guint turns = 0; g_main_context_iteration (NULL, FALSE); turns++)
    check (turns < MAX_TURNS, "the server comes to rest");
}

/* Takes what the server says, lest it wait. */
static void
drink (int fd)
{
  char buffer[4096];

  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0)
    continue;
}

static void
send_pieces (int fd, const uint8_t *data, size_t size, size_t piece)
{
  while (size > 0)
    {
      size_t length = piece == 0 ? size : MIN (piece, size);
      ssize_t sent = send (fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      settle ();
      if (sent <= 0)
        return;
      data += sent;
      size -= (size_t) sent;
    }
}

static void
append_frame (GByteArray *bytes, guint8 first, const uint8_t *payload, gsize size)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
  guint8 head[4] = { first, 0x80 | (guint8) size };
  guint n = 2;

  if (size > 125)
    {
      head[1] = 0x80 | 126;
      head[2] = (guint8) (size >> 8);
      head[3] = (guint8) size;
      n = 4;
    }
  g_byte_array_append (bytes, head, n);
  g_byte_array_append (bytes, mask, sizeof mask);
  for (gsize i = 0; i < size; i++)
    {
      guint8 byte = payload[i] ^ mask[i & 3];
      g_byte_array_append (bytes, &byte, 1);
    }
}

/* Returns (transfer full) what goes over the line. */
static GByteArray *
make_bytes (guint8 kind, const uint8_t *data, size_t size)
{
  GByteArray *bytes = g_byte_array_new ();

  if (kind != 'F')
    g_byte_array_append (bytes, data, (guint) size);
  while (kind == 'F' && size >= 2)
    {
      gsize length = MIN ((gsize) data[1] * 8, size - 2);
      append_frame (bytes, data[0], data + 2, length);
      data += 2 + length;
      size -= 2 + length;
    }
  return bytes;
}

/* ---- the end ---- */

static guint64
sum (const guint64 *values, guint n_values)
{
  guint64 all = 0;

  for (guint i = 0; i < n_values; i++)
    all += values[i];
  return all;
}

static void
check_end (void)
{
  const BkServerNetStats *stats = bk_server_net_get_stats (net);

  check (current == NULL && stats->connections == 0 && stats->open == 0, "nobody is left");
  check (stats->queued == 0, "nothing waits for nobody");
  check (stats->opened == sum (stats->closed, BK_SERVER_N_CLOSED), "what is opened is closed once");
  check (stats->accepted == stats->opened + sum (stats->refused, BK_SERVER_N_REFUSED), "others are refused by name");
  /* The one timer of all is not moved for each that goes: it runs out, and is not set again. */
  bk_fake_clock_advance (the_clock, LONG_MS);
  check (bk_fake_clock_pending (the_clock) == 0, "nothing wakes up any more");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;

  int fd = connect_to_server ();
  g_autoptr (GByteArray) bytes = make_bytes (data[0], data + 2, size - 2);
  n_frames = 0;
  echo = (data[1] & 1) != 0;
  if (data[0] != 'R')
    send_pieces (fd, (const uint8_t *) upgrade, sizeof upgrade - 1, 0);
  send_pieces (fd, bytes->data, bytes->len, data[1] / 2);
  drink (fd);
  settle ();
  if ((data[1] & 2) != 0) /* everything takes too long */
    bk_fake_clock_advance (the_clock, LONG_MS);
  settle ();
  close (fd);
  settle ();
  for (guint i = 0; bk_server_net_get_stats (net)->connections > 0 && i < 100; i++)
    {
      bk_fake_clock_advance (the_clock, LONG_MS);
      g_main_context_iteration (NULL, FALSE);
      settle ();
    }
  check_end ();
  return 0;
}
