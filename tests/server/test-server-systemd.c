/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As a service of systemd: sockets that outlive the server, signs of life, and settings that are read again. */
#include "process-fixture.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct
{
  Child child; /* first: the fixture is one */
  GSocket *notify;
  GSocket *listening;
  char *config;
} Service;

static void
set_up (Service *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  child_set_up (&f->child, data);
  f->child.notify = g_build_filename (f->child.dir, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (f->child.notify);
  f->notify = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_true (g_socket_bind (f->notify, address, FALSE, &error));
  g_socket_set_timeout (f->notify, 30);
  f->config = g_build_filename (f->child.dir, "server.conf", NULL);
}

static void
tear_down (Service *f, gconstpointer data)
{
  g_clear_object (&f->notify);
  g_clear_object (&f->listening);
  g_free (f->config);
  child_tear_down (&f->child, data);
}

static void
expect (Service *f, const char *expected)
{
  char buffer[64] = "";
  g_autoptr (GError) error = NULL;

  g_socket_receive (f->notify, buffer, sizeof buffer - 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, expected);
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* What the unit's filter keeps from the server, of what a process that is not root asks for. */
static void
filter_calls (gpointer data)
{
  struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, G_STRUCT_OFFSET (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setattr, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (steps), steps };

  die_with_parent (data);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit (125);
}

/* Starts the server from a shell, which can say for whom the socket is. */
static void
start (Service *f, const char *variables)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *script
    = g_strdup_printf ("%s exec %s/src/server/beckon-server run --config %s --database %s", variables,
                       g_getenv ("BECKON_BUILDDIR"), f->config, f->child.database);
  const char *argv[] = { "/bin/sh", "-c", script, NULL };

  g_subprocess_launcher_set_child_setup (launcher, filter_calls, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", f->child.notify, TRUE);
  if (f->listening != NULL)
    g_subprocess_launcher_take_fd (launcher, dup (g_socket_get_fd (f->listening)), 3);
  g_clear_object (&f->child.process);
  f->child.process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  f->child.out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->child.process));
  g_autofree char *line = g_data_input_stream_read_line (f->child.out, NULL, NULL, &error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on 127.0.0.1:"));
  f->child.port = (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
  expect (f, "READY=1");
}

static void
configure (Service *f, const char *text)
{
  g_assert_true (g_file_set_contents (f->config, text, -1, NULL));
}

static char *
hello (Service *f, const char *member)
{
  g_autoptr (Client) c = client_connect (f->child.soup, f->child.port);
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_HELLO);

  return g_strdup (bk_frame_get_string (frame, member));
}

static void
assert_hello (Service *f, const char *member, const char *expected)
{
  g_autofree char *word = hello (f, member);

  g_assert_cmpstr (word, ==, expected);
}

static guint16
listen_somewhere (Service *f)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;

  f->listening = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_true (g_socket_bind (f->listening, wanted, TRUE, &error));
  g_assert_true (g_socket_listen (f->listening, &error));
  g_autoptr (GSocketAddress) got = g_socket_get_local_address (f->listening, &error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
}

/* Who comes while nothing runs is not refused, and served as soon as something does. */
static void
test_sockets (Service *f, gconstpointer data)
{
  guint16 port = listen_somewhere (f);
  const char question[] = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const char expected[] = "HTTP/1.1 404 ";
  char answer[sizeof expected] = "";
  g_autoptr (GError) error = NULL;

  configure (f, "[server]\nlisten=[::1]:1;[::1]:2\n"); /* the socket counts */
  start (f, "LISTEN_PID=$$ LISTEN_FDS=1");
  g_assert_cmpuint (f->child.port, ==, port);
  assert_hello (f, "domain", "localhost");
  g_subprocess_send_signal (f->child.process, SIGTERM);
  expect (f, "STOPPING=1");
  child_wait (&f->child);
  g_assert_cmpint (g_subprocess_get_exit_status (f->child.process), ==, 0);

  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) early = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (early));
  g_assert_true (g_output_stream_write_all (out, question, strlen (question), NULL, NULL, &error));
  start (f, "LISTEN_PID=$$ LISTEN_FDS=1");
  g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (early)), answer,
                                          strlen (expected), NULL, NULL, &error));
  g_assert_cmpstr (answer, ==, expected);
}

/* Variables for another process are none for us. */
static void
test_not_for_us (Service *f, gconstpointer data)
{
  guint16 port = listen_somewhere (f);

  configure (f, "[server]\nlisten=127.0.0.1:0\n");
  start (f, "LISTEN_PID=1 LISTEN_FDS=1 WATCHDOG_PID=1 WATCHDOG_USEC=1000");
  g_assert_cmpuint (f->child.port, !=, port);
  assert_hello (f, "domain", "localhost");
  g_subprocess_send_signal (f->child.process, SIGTERM);
  expect (f, "STOPPING=1"); /* and no sign of life came before */
}

static void
test_watchdog (Service *f, gconstpointer data)
{
  configure (f, "[server]\nlisten=127.0.0.1:0\n");
  start (f, "WATCHDOG_PID=$$ WATCHDOG_USEC=3000");
  for (int i = 0; i < 3; i++)
    expect (f, "WATCHDOG=1");
}

static void
reload (Service *f)
{
  g_subprocess_send_signal (f->child.process, SIGHUP);
  expect (f, "RELOADING=1");
  expect (f, "READY=1");
}

static void
test_reload (Service *f, gconstpointer data)
{
  configure (f, "[server]\nlisten=127.0.0.1:0\nregistration=closed\n");
  start (f, "");
  assert_hello (f, "registration", "closed");
  configure (f, "[server]\nlisten=127.0.0.1:0\nregistration=open\ndomain=elsewhere.example\n");
  reload (f);
  assert_hello (f, "registration", "open");
  assert_hello (f, "domain", "localhost"); /* that needs a restart */
  configure (f, "[server]\nlisten=127.0.0.1:0\nregistration=perhaps\n");
  reload (f);
  assert_hello (f, "registration", "open");

  /* Each of them is a deed of the operator, also without a certificate. */
  g_subprocess_send_signal (f->child.process, SIGTERM);
  child_wait (&f->child);
  g_autofree char *audit = child_operate (&f->child, 0, NULL, "audit", "list", NULL);
  const char *done = strstr (audit, "  operator  reload  done\n");
  g_assert_nonnull (done);
  g_assert_nonnull (strstr (done, "  operator  reload  failed\n"));
}

#define SERVICE_TEST(path, function) g_test_add (path, Service, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVICE_TEST ("/server/systemd/sockets", test_sockets);
  SERVICE_TEST ("/server/systemd/not-for-us", test_not_for_us);
  SERVICE_TEST ("/server/systemd/watchdog", test_watchdog);
  SERVICE_TEST ("/server/systemd/reload", test_reload);
  return g_test_run ();
}
