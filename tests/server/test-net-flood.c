/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many of those who do not mean well, at the whole server: each attack is refused by name and counted, and what a round
 * of it cost is given back. The clock is a fake one, so nobody waits for a deadline. */
#include "counts.h"
#include "net-fixture.h"

#include "bk-limits.h"
#include "bk-server-private.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define PER_ROUND 100
#define CLOSING_MS 5000 /* from the server's goodbye to the end */
#define WARM_UP 2
#define ROUNDS 4
#define MANY 10000
#define MAX_WAITING 64 /* requests of one connection */
#define PER_ADDRESS 1000 /* the default of connections-per-address */

/* ---- attacks, each on a connection of its own ---- */

typedef struct
{
  const char *name;
  gboolean opens;               /* a WebSocket, before the attack */
  void (*attack) (RawClient *raw);
  guint wait_ms;                /* then */
  guint16 code;                 /* of the close frame; 0: the line is cut */
  const char *counted;          /* each time */
} Attack;

static void
attack_nothing (RawClient *raw)
{
}

static void
attack_slow_head (RawClient *raw)
{
  static const char head[] = "GET /beckon HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nX-Slow: ";

  for (gsize i = 0; i < strlen (head); i++)
    raw_send (raw, head + i, 1);
}

static void
attack_wrong_path (RawClient *raw)
{
  raw_send_request (raw, "/admin", NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 404 "));
}

static void
attack_too_long (RawClient *raw)
{
  g_autofree char *text = g_strnfill (20000, 'x');

  raw_send_frame (raw, RAW_FIN | RAW_TEXT, text, 20000);
}

static void
attack_fragments (RawClient *raw)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  for (guint i = 0; i < 20; i++)
    raw_send_frame (raw, i == 0 ? RAW_TEXT : RAW_CONTINUATION, text, 1000);
}

static void
attack_empty_fragments (RawClient *raw)
{
  for (guint i = 0; i < 500; i++)
    raw_send_frame (raw, i == 0 ? RAW_TEXT : RAW_CONTINUATION, "", 0);
}

static void
attack_slow_frame (RawClient *raw)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = g_strnfill (1000, 'x');

  raw_append_frame (bytes, RAW_FIN | RAW_TEXT, text, 1000);
  for (guint i = 0; i < 40; i++)
    raw_send (raw, bytes->data + i, 1);
}

static void
attack_bad_utf8 (RawClient *raw)
{
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, "\"\xC0\xAF\"", 4);
}

static void
attack_binary (RawClient *raw)
{
  raw_send_frame (raw, RAW_FIN | RAW_BINARY, "{}", 2);
}

static void
expect_error (RawClient *raw, const char *code)
{
  guint8 first;
  g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (BkFrame) frame = bk_frame_parse_from_server (text, length, NULL);

  g_assert_nonnull (frame);
  g_assert_cmpint (bk_frame_get_frame_type (frame), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (frame, "code"), ==, code);
}

static void
attack_not_masked (RawClient *raw)
{
  raw_send (raw, "\x81\x02{}", 4);
}

/* A client is told ten times what is wrong, and then to go. */
static void
attack_deep (RawClient *raw)
{
  g_autofree char *text = g_strnfill (2000, '[');

  for (guint i = 0; i < 11; i++)
    raw_send_frame (raw, RAW_FIN | RAW_TEXT, text, 2000);
  for (guint i = 0; i < 11; i++)
    expect_error (raw, "protocol");
}

static void
attack_strangers (RawClient *raw)
{
  static const char text[] = "{\"type\":\"devices\",\"id\":7}";

  for (guint i = 0; i < 11; i++)
    raw_send_frame (raw, RAW_FIN | RAW_TEXT, text, strlen (text));
  for (guint i = 0; i < 11; i++)
    expect_error (raw, "not-logged-on");
}

/* The other end is gone from one moment to the next. */
static void
vanish (RawClient *raw)
{
  struct linger linger = { 1, 0 };

  setsockopt (g_socket_get_fd (raw->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_source_destroy (raw->source);
  g_socket_close (raw->socket, NULL);
  raw->eof = TRUE;
}

static void
attack_vanish (RawClient *raw)
{
  raw_send (raw, "GET /beckon HTTP/1.1\r\n", 22);
  bk_test_drain ();
  vanish (raw);
}

static void
attack_vanish_in_frame (RawClient *raw)
{
  raw_send_frame (raw, RAW_TEXT, "{\"type\":", 8);
  bk_test_drain ();
  vanish (raw);
}

static const Attack attacks[] = {
  { "half-open", FALSE, attack_nothing, 10000, 0, "refused/handshake-timeout +100" },
  { "slow-head", FALSE, attack_slow_head, 10000, 0, "refused/handshake-timeout +100" },
  { "wrong-path", FALSE, attack_wrong_path, 0, 0, "refused/wrong-path +100" },
  { "vanish", FALSE, attack_vanish, 0, 0, "refused/gone-in-handshake +100" },
  { "silent", TRUE, attack_nothing, 20000, 1008, "closed/no-sign-in +100" },
  { "slow-frame", TRUE, attack_slow_frame, 20000, 1008, "closed/no-sign-in +100" },
  { "empty-fragments", TRUE, attack_empty_fragments, 20000, 1008, "closed/no-sign-in +100" },
  { "fragments-without-end", TRUE, attack_fragments, 0, 1009, "closed/message-too-long +100" },
  { "too-long", TRUE, attack_too_long, 0, 1009, "closed/message-too-long +100" },
  { "bad-utf8", TRUE, attack_bad_utf8, 0, 1007, "closed/bad-utf8 +100" },
  { "binary", TRUE, attack_binary, 0, 1003, "closed/binary-message +100" },
  { "not-masked", TRUE, attack_not_masked, 0, 1002, "closed/protocol-breach +100" },
  { "deep", TRUE, attack_deep, 0, 1008,
    "byes/too-many-errors +100 closed/by-server +100 errors/protocol +1100 faults/malformed-frame +1100" },
  { "strangers", TRUE, attack_strangers, 0, 1008,
    "byes/too-many-errors +100 closed/by-server +100 errors/not-logged-on +1100 faults/not-signed-in +1100" },
  { "vanish-in-frame", TRUE, attack_vanish_in_frame, 0, 0, "closed/lost +100" },
};

static void
open_websocket (RawClient *raw)
{
  guint8 first;

  raw_send_request (raw, NET_PATH, NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  g_autoptr (GBytes) hello = raw_take_frame (raw, &first);
}

static gboolean
is_alone (gpointer data)
{
  return bk_server_get_net_stats (((Fixture *) data)->server)->connections == 0;
}

/* All at the same time. */
static void
attack_once (Fixture *f, const Attack *attack)
{
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  GHashTable *before = counts_snapshot (f);

  for (guint i = 0; i < PER_ROUND; i++)
    {
      g_ptr_array_add (raws, raw_connect (f->port));
      if (attack->opens)
        open_websocket (raws->pdata[i]);
    }
  for (guint i = 0; i < PER_ROUND; i++)
    attack->attack (raws->pdata[i]);
  bk_test_drain ();
  if (attack->wait_ms > 0)
    bk_fake_clock_advance (f->clock, attack->wait_ms);
  for (guint i = 0; i < PER_ROUND && attack->code != 0; i++)
    g_assert_cmpuint (raw_take_close (raws->pdata[i], NULL), ==, attack->code);
  bk_test_drain ();
  /* Who does not hang up after a breach is not waited for long. */
  if (attack->wait_ms > 0 || attack->code != 0)
    bk_fake_clock_advance (f->clock, CLOSING_MS);
  for (guint i = 0; i < PER_ROUND; i++)
    raw_wait_eof (raws->pdata[i]);
  bk_test_wait_until (is_alone, f);
  counts_expect_since (f, before, attack->counted);
}

static void
attack_set_up (Fixture *f, gconstpointer data)
{
  fixture_set_up (f, NULL);
}

static void
test_attack (Fixture *f, gconstpointer data)
{
  const Attack *attack = data;
  CountsMemory before = { 0 };

  for (guint i = 0; i < ROUNDS; i++)
    {
      if (i == WARM_UP)
        before = counts_measure ();
      attack_once (f, attack);
    }
  counts_expect_flat (before, (ROUNDS - WARM_UP) * PER_ROUND);
}

/* ---- 10,000 connections from one address ---- */

/* Connects from @address, which is one of loopback. The kernel takes the connection: nobody waits for the server. */
static int
connect_from (const char *address, guint16 port)
{
  struct sockaddr_in here = { .sin_family = AF_INET };
  struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  inet_pton (AF_INET, address, &here.sin_addr);
  inet_pton (AF_INET, "127.0.0.1", &there.sin_addr);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &here, sizeof here), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &there, sizeof there), ==, 0);
  return fd;
}

typedef struct
{
  Fixture *f;
  guint64 accepted;
} Wanted;

static gboolean
has_accepted (gpointer data)
{
  Wanted *wanted = data;

  return bk_server_get_net_stats (wanted->f->server)->accepted >= wanted->accepted;
}

/* The server takes some at a time, lest its queue be full. */
static void
connect_many (Fixture *f, int *fds)
{
  Wanted wanted = { f, bk_server_get_net_stats (f->server)->accepted };

  for (guint i = 0; i < MANY; i++)
    {
      fds[i] = connect_from ("127.0.0.9", f->port);
      wanted.accepted++;
      if (i % 100 == 99)
        bk_test_wait_until (has_accepted, &wanted);
    }
}

static gboolean
raise_limit (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  return limit.rlim_max >= MANY + PER_ADDRESS + 200 && setrlimit (RLIMIT_NOFILE, &limit) == 0;
}

static void
flood_from_one_address (Fixture *f, int *fds)
{
  GHashTable *before = counts_snapshot (f);

  connect_many (f, fds);
  g_assert_cmpuint (bk_server_get_net_stats (f->server)->connections, ==, PER_ADDRESS);
  counts_expect_since (f, before, "refused/too-many-from-address +9000");

  /* Others are served. */
  g_autoptr (Client) alice = client_new (f);
  client_close (alice);
  for (guint i = 0; i < MANY; i++)
    close (fds[i]);
  bk_test_wait_until (is_alone, f);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_autofree int *fds = g_new (int, MANY);

  if (!raise_limit ())
    {
      g_test_skip ("so many descriptors are not allowed here");
      return;
    }
  flood_from_one_address (f, fds);
  CountsMemory before = counts_measure ();
  flood_from_one_address (f, fds);
  counts_expect_flat (before, PER_ADDRESS);
}

/* ---- who is signed in ---- */

/* 400 at once, of which two are spent; then 500 times "too fast"; then that is enough. */
static void
test_requests (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  GHashTable *before = counts_snapshot (f);

  for (guint i = 0; i < 1000; i++)
    client_post (c, request_presence ("busy", NULL));
  client_wait_closed (c);
  counts_expect_since (f, before,
                       "byes/too-many-errors +1 closed/by-server +1 errors/server-too-busy +501"
                       " faults/too-many-frames +501");
}

/* A job before which all others wait until it is told to end. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean open;
} Gate;

static gboolean
wait_at_gate (BkSqlite *db, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  while (!gate->open)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return TRUE;
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->open = TRUE;
  g_cond_signal (&gate->changed);
  g_mutex_unlock (&gate->lock);
}

/* Of what waits for the database there is so much and no more. */
static void
test_waiting_requests (Fixture *f, gconstpointer data)
{
  static Gate gate;
  g_autoptr (GAsyncResult) passed = NULL;
  g_autoptr (Client) c = sign_up (f, ALICE);
  GHashTable *before = counts_snapshot (f);

  bk_sqlite_run_async (f->server->db, BK_SQLITE_READ, wait_at_gate, &gate, NULL, NULL, bk_test_store_result, &passed);
  for (guint i = 0; i < 200; i++)
    client_post (c, request_who (BK_FRAME_CONTACT_APPROVE, "who", "nobody@example.org"));
  for (gint64 id = c->last_id - 199 + MAX_WAITING; id <= c->last_id; id++)
    {
      g_autoptr (BkFrame) reply = client_reply (c, id);
      g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "server-too-busy");
    }
  open_gate (&gate);
  for (gint64 id = c->last_id - 199; id <= c->last_id - 200 + MAX_WAITING; id++)
    {
      g_autoptr (BkFrame) reply = client_reply (c, id);
      g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "user-not-found");
    }
  g_assert_true (bk_sqlite_run_finish (f->server->db, bk_test_await (&passed), NULL) == &gate);
  counts_expect_since (f, before,
                       "errors/server-too-busy +136 errors/user-not-found +64 faults/too-many-requests +136");
}

/* The same bytes again and again are one message. */
static void
test_replayed_frames (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autofree char *text = g_strdup ("{\"type\":\"message-send\",\"id\":777,\"to\":\"" BOB "\",\"message\":"
                                    "\"{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}\",\"text\":\"Tea?\"}");

  befriend (alice, bob);
  GHashTable *before = counts_snapshot (f);
  for (guint i = 0; i < 50; i++)
    client_send_text (alice, text);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (BkFrame) reply = client_reply (alice, 777);
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
    }
  g_autoptr (BkFrame) message = client_push (bob, BK_FRAME_MESSAGE);
  g_autoptr (BkFrame) copy = client_push (alice, BK_FRAME_MESSAGE);
  client_quiet (bob);
  client_quiet (alice);
  counts_expect_since (f, before, "errors/user-not-found +2"); /* of client_quiet () */
}

/* Who guesses a password waits, whatever the connection. */
static void
test_guesses (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  GHashTable *before = counts_snapshot (f);

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (Client) c = client_new (f);
      g_autoptr (BkFrame) reply = client_call (c, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0));
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
    }
  counts_expect_since (f, before,
                       "closed/by-peer +40 errors/invalid-password +10 errors/server-too-busy +30"
                       " faults/wrong-password +10 limits/fail +30");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *path = g_strconcat ("/server/flood/", attacks[i].name, NULL);
      g_test_add (path, Fixture, &attacks[i], attack_set_up, test_attack, fixture_tear_down);
    }
  SERVER_TEST ("/server/flood/many", test_many);
  SERVER_TEST ("/server/flood/requests", test_requests);
  SERVER_TEST ("/server/flood/waiting-requests", test_waiting_requests);
  SERVER_TEST ("/server/flood/replayed-frames", test_replayed_frames);
  SERVER_TEST ("/server/flood/guesses", test_guesses);

  return g_test_run ();
}
