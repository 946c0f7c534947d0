/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that do not know Beckon: their sockets, real ones, on both sides of a real channel. */
#include "bk-forward.h"
#include "bk-sockets.h"
#include "channel-pair.h"
#include "net-stage.h"

#include "beckon-error.h"
#include "bk-limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* ---- a program, which is this one ---- */

#define TYPE_SELF (self_get_type ())
G_DECLARE_FINAL_TYPE (Self, self, TEST, SELF, GObject)
struct _Self
{
  GObject parent_instance;
  guint pid;
};

static gboolean
self_owns_process (BkProgram *program, guint pid)
{
  return TEST_SELF (program)->pid == pid;
}

static void
self_iface_init (BkProgramInterface *iface)
{
  iface->owns_process = self_owns_process;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Self, self, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (BK_TYPE_PROGRAM, self_iface_init))

static void
self_class_init (SelfClass *klass)
{
}

static void
self_init (Self *self)
{
  self->pid = (guint) getpid ();
}

/* ---- sockets of programs ---- */

static struct sockaddr_in
at (const char *address, guint16 port)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons (port) };

  g_assert_cmpint (inet_pton (AF_INET, address, &in.sin_addr), ==, 1);
  return in;
}

static int
bind_at (int type, const char *address, guint16 port)
{
  struct sockaddr_in in = at (address, port);
  int fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &in, sizeof in), ==, 0);
  if (type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 8), ==, 0);
  return fd;
}

static int
connect_at (int type, const BkEndpoint *endpoint)
{
  struct sockaddr_in in = at (endpoint->address, endpoint->port);
  int fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_true (connect (fd, (struct sockaddr *) &in, sizeof in) == 0 || errno == EINPROGRESS);
  return fd;
}

static int
unix_socket (const char *path, gboolean listens)
{
  struct sockaddr_un un = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_strlcpy (un.sun_path, path, sizeof un.sun_path);
  if (listens)
    {
      g_assert_cmpint (bind (fd, (struct sockaddr *) &un, sizeof un), ==, 0);
      g_assert_cmpint (listen (fd, 8), ==, 0);
    }
  else
    g_assert_cmpint (connect (fd, (struct sockaddr *) &un, sizeof un), ==, 0);
  return fd;
}

typedef struct
{
  int listener;
  int fd;
} Accept;

static gboolean
try_accept (gpointer data)
{
  Accept *accepting = data;

  accepting->fd = accept4 (accepting->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return accepting->fd >= 0;
}

static int
accept_one (int listener)
{
  Accept accepting = { listener, -1 };

  bk_test_wait_until (try_accept, &accepting);
  return accepting.fd;
}

/* ---- the two sides ---- */

static void
reserve (ChannelPair *pair, BkCarries carries, guint16 port, BkEndpoint *endpoint)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_channel_reserve (pair->side[0].channel, carries, port, endpoint, &error));
  g_assert_no_error (error);
}

static gboolean
host (ChannelPair *pair, const BkEndpoint *endpoint, BkProgram *program, const char *const *ignored, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_channel_host_async (pair->side[0].channel, endpoint, program, ignored, NULL, bk_test_store_result, &result);
  return bk_channel_host_finish (pair->side[0].channel, bk_test_await (&result), error);
}

static void
host_and_join (ChannelPair *pair, const BkEndpoint *endpoint, BkEndpoint *joined)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (host (pair, endpoint, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (bk_channel_join (pair->side[1].channel, endpoint->carries, endpoint->port, joined, &error));
  g_assert_no_error (error);
}

static void
check_endpoint (const BkEndpoint *endpoint)
{
  struct sockaddr_in in = at (endpoint->address, endpoint->port);
  guint32 address = ntohl (in.sin_addr.s_addr);

  g_assert_cmpuint (address & 0xFFC00000u, ==, 0x7F400000u);
  g_assert_cmpuint (endpoint->port, !=, 0);
}

static void
exchange (int a, int b)
{
  fd_write (a, "from the one", 12);
  fd_expect (b, "from the one");
  fd_write (b, "from the other", 14);
  fd_expect (a, "from the other");
}

static void
test_tcp (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  int clients[3];
  int servers[3];
  int listener;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  check_endpoint (&place);
  listener = bind_at (SOCK_STREAM, place.address, place.port);
  host_and_join (&pair, &place, &joined);
  check_endpoint (&joined);
  g_assert_cmpuint (joined.port, ==, place.port);
  g_assert_cmpstr (joined.address, !=, place.address);
  for (guint i = 0; i < 3; i++)
    {
      clients[i] = connect_at (SOCK_STREAM, &joined);
      servers[i] = accept_one (listener);
      exchange (clients[i], servers[i]);
    }
  shutdown (clients[0], SHUT_WR);
  fd_expect_end (servers[0]);
  exchange (clients[1], servers[1]);
  fd_write (servers[0], "after the end", 13);
  fd_expect (clients[0], "after the end");
  for (guint i = 0; i < 3; i++)
    {
      close (servers[i]);
      fd_expect_end (clients[i]);
      close (clients[i]);
    }
  close (listener);
}

static gboolean
is_reset (gpointer data)
{
  char byte;

  return recv (GPOINTER_TO_INT (data), &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET;
}

/* Nobody listens any more: the program that joins is told so. */
static void
test_refused (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  int fd;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  fd = bind_at (SOCK_STREAM, place.address, place.port);
  host_and_join (&pair, &place, &joined);
  close (fd);
  fd = connect_at (SOCK_STREAM, &joined);
  bk_test_wait_until (is_reset, GINT_TO_POINTER (fd));
  close (fd);
}

static gboolean
is_readable (gpointer data)
{
  struct pollfd look = { GPOINTER_TO_INT (data), POLLIN, 0 };

  return poll (&look, 1, 0) > 0;
}

static void
expect_packet (int fd, const char *text, struct sockaddr_in *from)
{
  char buffer[1024] = { 0 };
  socklen_t length = sizeof *from;

  bk_test_wait_until (is_readable, GINT_TO_POINTER (fd));
  g_assert_cmpint (recvfrom (fd, buffer, sizeof buffer - 1, 0, (struct sockaddr *) from, from != NULL ? &length : NULL),
                   ==, strlen (text));
  g_assert_cmpstr (buffer, ==, text);
}

static void
test_udp (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  struct sockaddr_in from[3];
  int clients[3];
  int server;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_UDP, 0, &place);
  server = bind_at (SOCK_DGRAM, "127.0.0.1", place.port); /* not where it was asked to, as some programs do */
  host_and_join (&pair, &place, &joined);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("player %u", i);

      clients[i] = connect_at (SOCK_DGRAM, &joined);
      g_assert_cmpint (send (clients[i], text, strlen (text), 0), ==, strlen (text));
      expect_packet (server, text, &from[i]);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("for player %u", i);

      sendto (server, text, strlen (text), 0, (struct sockaddr *) &from[i], sizeof from[i]);
      expect_packet (clients[i], text, NULL);
      close (clients[i]);
    }
  g_assert_cmpuint (from[0].sin_port, !=, from[1].sin_port);
  close (server);
}

static void
test_both (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  int listener, udp, client, server, packets;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_TCP | BK_CARRY_UDP, 0, &place);
  listener = bind_at (SOCK_STREAM, place.address, place.port);
  udp = bind_at (SOCK_DGRAM, place.address, place.port);
  host_and_join (&pair, &place, &joined);
  client = connect_at (SOCK_STREAM, &joined);
  server = accept_one (listener);
  exchange (client, server);
  packets = connect_at (SOCK_DGRAM, &joined);
  g_assert_cmpint (send (packets, "hi", 2, 0), ==, 2);
  expect_packet (udp, "hi", NULL);
  close (listener);
  close (udp);
  close (client);
  close (server);
  close (packets);
}

static void
test_unix (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  g_autofree char *path = NULL;
  struct stat info;
  int listener, client, server;

  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_UNIX, 0, &place);
  g_assert_cmpuint (strlen (place.path), <=, 100);
  g_autofree char *folder = g_path_get_dirname (place.path);
  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  listener = unix_socket (place.path, TRUE);
  host_and_join (&pair, &place, &joined);
  client = unix_socket (joined.path, FALSE);
  server = accept_one (listener);
  exchange (client, server);
  close (client);
  fd_expect_end (server);
  close (server);
  close (listener);
  path = g_strdup (joined.path);
  for (guint i = 0; i < 2; i++)
    bk_channel_close (pair.side[i].channel);
  g_assert_cmpint (access (path, F_OK), ==, -1);
  g_assert_cmpint (access (place.path, F_OK), ==, -1);
}

/* ---- who may ---- */

/* Another user's program connects, and tries to read: what it comes to is its exit status. */
static pid_t
start_stranger (int type, const BkEndpoint *endpoint)
{
  struct sockaddr_in in = at (endpoint->address, endpoint->port);
  pid_t pid = fork ();

  if (pid != 0)
    return pid;
  char byte = 'x';
  if (setresgid (NOBODY, NOBODY, NOBODY) < 0 || setresuid (NOBODY, NOBODY, NOBODY) < 0)
    _exit (77);
  int fd = socket (AF_INET, type, 0);
  if (connect (fd, (struct sockaddr *) &in, sizeof in) < 0)
    _exit (2);
  if (type == SOCK_DGRAM)
    _exit (send (fd, "intruder", 8, 0) == 8 ? 0 : 3);
  _exit (send (fd, "intruder", 8, MSG_NOSIGNAL) == 8 && recv (fd, &byte, 1, 0) <= 0 ? 0 : 4);
}

typedef struct
{
  gboolean ended;
  int status;
} Child;

static void
on_ended (pid_t pid, int status, gpointer data)
{
  Child *child = data;

  child->status = status;
  child->ended = TRUE;
}

static void
test_another_user (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) joined = { 0 };
  int listener, udp, client, server, packets;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can be somebody else");
      return;
    }
  channel_pair_init (&pair, NULL);
  channel_pair_connect (&pair);
  reserve (&pair, BK_CARRY_TCP | BK_CARRY_UDP, 0, &place);
  listener = bind_at (SOCK_STREAM, place.address, place.port);
  udp = bind_at (SOCK_DGRAM, place.address, place.port);
  host_and_join (&pair, &place, &joined);
  for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++)
    {
      Child child = { FALSE, 0 };

      g_child_watch_add (start_stranger (type, &joined), on_ended, &child);
      bk_test_wait_for_flag (&child.ended);
      g_assert_true (WIFEXITED (child.status));
      g_assert_cmpint (WEXITSTATUS (child.status), ==, 0);
    }
  /* Whatever got through would have come before this. */
  client = connect_at (SOCK_STREAM, &joined);
  server = accept_one (listener);
  exchange (client, server);
  packets = connect_at (SOCK_DGRAM, &joined);
  g_assert_cmpint (send (packets, "own", 3, 0), ==, 3);
  expect_packet (udp, "own", NULL);
  g_assert_cmpint (accept4 (listener, NULL, NULL, SOCK_NONBLOCK), ==, -1);
  close (listener);
  close (udp);
  close (client);
  close (server);
  close (packets);
}

/* ---- who hosts ---- */

static void
expect_sentence (int type, const char *address, BkCarries carries, const char *const *ignored, const char *kind)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_autoptr (BkProgram) program = g_object_new (TYPE_SELF, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *wanted = g_strdup_printf (
    "The program opens port 5556 (%s), which is not in its registration.", kind);
  int right, wrong;

  channel_pair_init (&pair, NULL);
  reserve (&pair, carries, 0, &place);
  right = bind_at (carries == BK_CARRY_TCP ? SOCK_STREAM : SOCK_DGRAM, place.address, place.port);
  wrong = bind_at (type, address, 5556);
  gboolean found = host (&pair, &place, program, ignored, &error);
  g_assert_cmpint (found, ==, ignored != NULL);
  if (ignored == NULL)
    g_assert_cmpstr (error->message, ==, wanted);
  else
    g_assert_no_error (error);
  close (right);
  close (wrong);
}

static void
test_other_ports (void)
{
  const char *const ignored[] = { "5556/udp", NULL };

  expect_sentence (SOCK_DGRAM, "0.0.0.0", BK_CARRY_TCP, NULL, "UDP");
  expect_sentence (SOCK_STREAM, "127.0.0.1", BK_CARRY_UDP, NULL, "TCP");
  expect_sentence (SOCK_DGRAM, "0.0.0.0", BK_CARRY_TCP, ignored, "UDP");
}

/* It is waited for as long as may be, on a clock that stands still otherwise, and never listens. */
static void
host_in_vain (ChannelPair *pair, const BkEndpoint *endpoint, BkProgram *program, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_channel_host_async (pair->side[0].channel, endpoint, program, NULL, NULL, bk_test_store_result, &result);
  bk_fake_clock_advance (BK_FAKE_CLOCK (pair->clock), BK_TIMEOUT_HOST_S * 1000 - 1);
  bk_test_drain ();
  g_assert_null (result);
  bk_fake_clock_advance (BK_FAKE_CLOCK (pair->clock), 1000);
  g_assert_false (bk_channel_host_finish (pair->side[0].channel, bk_test_await (&result), error));
}

/* A listener of somebody else's on the right port is not the program. */
static void
test_not_the_program (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_autoptr (BkProgram) program = g_object_new (TYPE_SELF, NULL);
  g_autoptr (GError) error = NULL;
  int listener;

  TEST_SELF (program)->pid = 1;
  channel_pair_init (&pair, BK_CLOCK (bk_fake_clock_new ()));
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  listener = bind_at (SOCK_STREAM, place.address, place.port);
  host_in_vain (&pair, &place, program, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_EXPIRED);
  close (listener);
}

static void
test_never (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_auto (BkEndpoint) path = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *wanted = NULL;

  channel_pair_init (&pair, BK_CLOCK (bk_fake_clock_new ()));
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  wanted = g_strdup_printf ("The program does not listen on port %u.", place.port);
  host_in_vain (&pair, &place, NULL, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_EXPIRED);
  g_assert_cmpstr (error->message, ==, wanted);
  g_clear_error (&error);
  reserve (&pair, BK_CARRY_UNIX, 0, &path);
  host_in_vain (&pair, &path, NULL, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_EXPIRED);
}

typedef struct
{
  const BkEndpoint *place;
  int listener;
} Late;

static void
listen_now (gpointer data)
{
  Late *late = data;

  late->listener = bind_at (SOCK_STREAM, "0.0.0.0", late->place->port);
}

static void
test_late (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_autoptr (GError) error = NULL;
  Late late = { &place, -1 };

  channel_pair_init (&pair, NULL);
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  bk_clock_add (pair.clock, 300, listen_now, &late);
  g_assert_true (host (&pair, &place, NULL, NULL, &error));
  g_assert_cmpint (late.listener, >=, 0);
  close (late.listener);
}

/* The session ends while a program is waited for. */
static void
test_given_up (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  channel_pair_init (&pair, NULL);
  reserve (&pair, BK_CARRY_TCP, 0, &place);
  bk_channel_host_async (pair.side[0].channel, &place, NULL, NULL, NULL, bk_test_store_result, &result);
  bk_channel_close (pair.side[0].channel);
  g_assert_false (bk_channel_host_finish (pair.side[0].channel, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_CANCELLED);
}

static void
test_taken_port (void)
{
  g_auto (ChannelPair) pair = { 0 };
  g_auto (BkEndpoint) place = { 0 };
  g_autoptr (GError) error = NULL;
  int taken = bind_at (SOCK_STREAM, "0.0.0.0", 5557);

  channel_pair_init (&pair, NULL);
  g_assert_false (bk_channel_reserve (pair.side[0].channel, BK_CARRY_TCP, 5557, &place, &error));
  g_assert_cmpstr (error->message, ==, "Port 5557 is in use by another program.");
  g_clear_error (&error);
  close (taken);
  reserve (&pair, BK_CARRY_TCP, 5557, &place);
  g_assert_cmpuint (place.port, ==, 5557);
}

/* ---- what the kernel says ---- */

static const char tcp_file[]
  = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n"
    "   1: 0200407F:1F90 0100007F:9C40 01 00000000:00000000 02:00000000 00000000     0        0 4712 2 0 20 4 30 10 -1\n"
    "nonsense\n"
    "   2: 0100007F:99999 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0\n";
static const char tcp6_file[]
  = "   0: 0000000000000000FFFF00000100007F:15B3 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
    "00000000  1000        0 4713 1 0 100 0 0 10 0\n"
    "   1: 00000000000000000000000001000000:15B4 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
    "00000000  1000        0 4714 1 0 100 0 0 10 0\n";

static void
test_parse_unix (void)
{
  const char *text = "Num       RefCount Protocol Flags    Type St Inode Path\n"
                     "0000000000000000: 00000002 00000000 00010000 0001 01 815 /run/a socket\n"
                     "0000000000000000: 00000003 00000000 00000000 0001 03 816 /run/connected\n"
                     "0000000000000000: 00000002 00000000 00000000 0002 01 817\n";

  g_assert_true (bk_sockets_listens_unix (text, "/run/a socket"));
  g_assert_false (bk_sockets_listens_unix (text, "/run/a"));
  g_assert_false (bk_sockets_listens_unix (text, "/run/connected"));
  g_assert_false (bk_sockets_listens_unix ("", "/run/a"));
  /* Outside of a sandbox the folders above have other names, and the two last ones are the same. */
  g_assert_true (bk_sockets_listens_unix (text, "/elsewhere/run/a socket"));
  g_assert_false (bk_sockets_listens_unix (text, "/run/another/a socket"));
  g_assert_false (bk_sockets_listens_unix (text, "/xrun/a socket"));
}

static void
test_parse (void)
{
  const guint8 loopback[16] = { 127, 0, 0, 1 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (BkSocketRow));

#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_test_skip ("these are from a little-endian machine");
  return;
#endif
  bk_sockets_parse (tcp_file, FALSE, FALSE, rows);
  bk_sockets_parse (tcp6_file, FALSE, TRUE, rows);
  g_assert_cmpuint (rows->len, ==, 4);
  for (guint i = 0; i < 3; i += 2)
    {
      const BkSocketRow *row = &g_array_index (rows, BkSocketRow, i);
      g_assert_cmpmem (row->address, 16, loopback, 16);
      g_assert_false (row->v6);
      g_assert_cmpuint (row->port, ==, 5555);
      g_assert_cmpuint (row->state, ==, BK_SOCKET_LISTENS);
      g_assert_cmpuint (row->uid, ==, 1000);
      g_assert_cmpuint (row->inode, ==, i == 0 ? 4711 : 4713);
    }
  g_assert_cmpuint (g_array_index (rows, BkSocketRow, 1).remote_port, ==, 40000);
  g_assert_true (g_array_index (rows, BkSocketRow, 3).v6);
}

int
main (int argc, char *argv[])
{
  if (!net_stage_enter ())
    return 0;
  bk_test_init (&argc, &argv);
  g_test_add_func ("/forward/parse", test_parse);
  g_test_add_func ("/forward/parse-unix", test_parse_unix);
  g_test_add_func ("/forward/tcp", test_tcp);
  g_test_add_func ("/forward/refused", test_refused);
  g_test_add_func ("/forward/udp", test_udp);
  g_test_add_func ("/forward/both", test_both);
  g_test_add_func ("/forward/unix", test_unix);
  g_test_add_func ("/forward/another-user", test_another_user);
  g_test_add_func ("/forward/other-ports", test_other_ports);
  g_test_add_func ("/forward/not-the-program", test_not_the_program);
  g_test_add_func ("/forward/never", test_never);
  g_test_add_func ("/forward/late", test_late);
  g_test_add_func ("/forward/given-up", test_given_up);
  g_test_add_func ("/forward/taken-port", test_taken_port);
  return g_test_run ();
}
