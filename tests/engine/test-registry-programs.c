/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registrations of programs that do not know Beckon, and their command lines. */
#include "registry-world.h"

#include <string.h>

#define PATH_A "/usr/share/beckon/peers/" GUID_A ".peer"
#define HEAD "[Beckon Peer]\nGUID=" GUID_A "\nName=Pipe\n"

static BkEngineApplication *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BkEngineApplication *application = bk_engine_application_parse (PATH_A, text, strlen (text), FALSE, &error);

  g_assert_no_error (error);
  return application;
}

static void
test_programs_present (void)
{
  g_autoptr (BkEngineApplication) both = parse (HEAD "HostExec=sh\nJoinExec=/bin/sh\nTransport=tcp\n");
  g_autoptr (BkEngineApplication) no_host = parse (HEAD "HostExec=/nonexistent/host\nJoinExec=sh\nTransport=tcp\n");
  g_autoptr (BkEngineApplication) no_join = parse (HEAD "HostExec=sh\nJoinExec=/nonexistent/join\nTransport=tcp\n");
  g_autoptr (BkEngineApplication) no_third
    = parse (HEAD "HostExec=sh\nJoinExec=sh\nTransport=tcp\nTryExec=/nonexistent/game\n");
  const char *reason = NULL;

  g_assert_true (bk_engine_application_is_present (both, &reason));
  g_assert_null (reason);
  g_assert_false (bk_engine_application_is_present (no_host, &reason));
  g_assert_nonnull (strstr (reason, "/nonexistent/host"));
  g_assert_false (bk_engine_application_is_present (no_join, &reason));
  g_assert_nonnull (strstr (reason, "/nonexistent/join"));
  g_assert_false (bk_engine_application_is_present (no_third, &reason));
  g_assert_nonnull (strstr (reason, "/nonexistent/game"));
}

static void
test_hosting (void)
{
  g_autoptr (BkEngineApplication) full
    = parse (HEAD "HostExec=d 100%% --at=%h:%p\nJoinExec=g %n\nTransport=tcp+udp\nPort=6112\nHost=invitee\n"
                  "IgnorePorts=5556/udp; 80/tcp;\n");
  g_autoptr (BkEngineApplication) least = parse (HEAD "HostExec=d %s\nJoinExec=g %s\nTransport=unix\n");
  g_autoptr (BkEngineApplication) other = parse (HEAD "Exec=pipe\n");

  g_assert_cmpint (bk_engine_application_get_carries (full), ==, BK_CARRY_TCP | BK_CARRY_UDP);
  g_assert_cmpint (bk_engine_application_get_port (full), ==, 6112);
  g_assert_false (bk_engine_application_get_inviter_hosts (full));
  g_assert_cmpstr (bk_engine_application_get_ignored_ports (full)[0], ==, "5556/udp");
  g_assert_cmpstr (bk_engine_application_get_ignored_ports (full)[1], ==, "80/tcp");
  g_assert_null (bk_engine_application_get_ignored_ports (full)[2]);
  g_assert_cmpstr (bk_engine_application_get_host_argv (full)[0], ==, "d");
  g_assert_cmpstr (bk_engine_application_get_join_argv (full)[1], ==, "%n");

  g_assert_cmpint (bk_engine_application_get_carries (least), ==, BK_CARRY_UNIX);
  g_assert_cmpint (bk_engine_application_get_port (least), ==, 0);
  g_assert_true (bk_engine_application_get_inviter_hosts (least));
  g_assert_null (bk_engine_application_get_ignored_ports (least));
  g_assert_null (bk_engine_application_get_host_argv (other));
  g_assert_null (bk_engine_application_get_join_argv (other));
}

#define LONG_NAME "Abcdefghijabcdefghijabcdefghijabcdefghij"

static const struct
{
  const char *word;
  const char *name;
  const char *expanded;
} words[] = {
  { "plain", "Bob", "plain" },
  { "%p", "Bob", "6112" },
  { "%h:%p", "Bob", "127.3.4.5:6112" },
  { "--at=%h --port=%p", "Bob", "--at=127.3.4.5 --port=6112" },
  { "%m@%h", "Bob", "Me@127.3.4.5" },
  { "100%%", "Bob", "100%" },
  { "%%p", "Bob", "%p" },
  { "%%%p", "Bob", "%6112" },
  { "%n", "Bob", "Bob" },
  { "%n", "Bob B. Bobbins-2", "Bob B. Bobbins-2" },
  { "%n", "J\303\274rgen", "J\303\274rgen" },
  { "%n", "$(touch x); `y` | z > a & 'b' \"c\" \\d", "touch x y z a b c d" },
  { "%n", "%p%h%n", "phn" },
  { "%n", "--help", "help" },
  { "%n", " - -x", "x" },
  { "-%n", "-x", "-x" },
  { "%n", "a\nb\tc\033[31m", "abc31m" },
  { "%n", "\342\200\256evil", "evil" },
  { "%n", "../../etc/passwd", "....etcpasswd" },
  { "%n", "Bob   ", "Bob" },
  { "%n", LONG_NAME, "Abcdefghijabcdefghijabcdefghijab" },
  { "%n", "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
          "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
          "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
          "\303\274\303\274\303\274\303\274",
    "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
    "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
    "\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274"
    "\303\274\303\274" },
  { "%n", "", "Player" },
  { "%n", "---", "Player" },
  { "%n", NULL, "Player" },
  { "%n", "ok\377bad", "ok" },
};

static void
test_expand (void)
{
  BkEndpoint place = { .carries = BK_CARRY_TCP, .address = (char *) "127.3.4.5", .port = 6112 };
  BkEndpoint socket = { .carries = BK_CARRY_UNIX, .path = (char *) "/run/a b/s" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const char *const argv[] = { "/opt/100%p", words[i].word, "last", NULL };
      g_auto (GStrv) expanded = bk_engine_application_expand (argv, &place, "Me", words[i].name);

      g_test_message ("%s", words[i].word);
      g_assert_cmpuint (g_strv_length (expanded), ==, 3);
      g_assert_cmpstr (expanded[0], ==, "/opt/100%p");
      g_assert_cmpstr (expanded[1], ==, words[i].expanded);
      g_assert_cmpstr (expanded[2], ==, "last");
    }
  const char *const argv[] = { "x", "-unixsock", "%s", "-n%n", NULL };
  g_auto (GStrv) expanded = bk_engine_application_expand (argv, &socket, NULL, "Bob");
  g_assert_cmpstr (expanded[2], ==, "/run/a b/s");
  g_assert_cmpstr (expanded[3], ==, "-nBob");
}

static void
test_percent (void)
{
  BkEndpoint place = { .carries = BK_CARRY_TCP, .address = (char *) "127.3.4.5", .port = 6112 };
  g_autoptr (BkEngineApplication) written = parse (HEAD "HostExec=d '100%% %%p' %p\nJoinExec=g\nTransport=tcp\n");
  g_auto (GStrv) expanded
    = bk_engine_application_expand (bk_engine_application_get_host_argv (written), &place, NULL, NULL);

  g_assert_cmpstr (expanded[1], ==, "100% %p");
  g_assert_cmpstr (expanded[2], ==, "6112");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/registry-programs/present", test_programs_present);
  g_test_add_func ("/registry-programs/hosting", test_hosting);
  g_test_add_func ("/registry-programs/expand", test_expand);
  g_test_add_func ("/registry-programs/percent", test_percent);
  return g_test_run ();
}
