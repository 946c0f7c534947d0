/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --check-config: every mistake of a file with its line, and what the machine lacks of what it names. */
#include "process-fixture.h"

#include <string.h>

#define FOLDER "@" /* stands for the test's own */

/* Writes @lines, checks them, and compares what is said with @expected, in which "N: " begins each line. */
static void
check (Child *f, int status, const char *lines, const char *expected)
{
  g_autofree char *folder = g_path_get_dirname (f->database);
  g_autofree char *path = g_build_filename (folder, "server.conf", NULL);
  g_autoptr (GString) text = g_string_new (lines);
  g_autoptr (GString) said = NULL;
  g_autofree char *prefix = g_strconcat (path, ":", NULL);
  g_autofree char *option = g_strconcat ("--check-config=", path, NULL);

  g_string_replace (text, FOLDER, folder, 0);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  g_autofree char *output = child_operate (f, status, NULL, option, NULL);
  said = g_string_new (output);
  g_string_replace (said, prefix, "", 0);
  g_string_replace (said, folder, FOLDER, 0);
  g_assert_cmpstr (said->str, ==, expected);
}

static void
test_lines (Child *f, gconstpointer data)
{
  check (f, 0, "", " good\n");
  check (f, 0, "# a comment\n\n[server]\r\nlisten = 127.0.0.1:0\nlock=off\n[limits]\n connections=5 \n", " good\n");
  check (f, 1, "domain=example.org\n[server]\nlocks=on\nturn-ttl=5\nzzzzzzzz=1\nhello\n[limit]\nconnections=4\n[limits]\n"
               "connection=4\nconnections=-1\nconnections=4\n[server]\nregistration=maybe\ncloud=sky\nlock=perhaps\n",
         "1: “domain” stands in no group: a line [server] belongs before it\n"
         "3: There is no setting “locks” in [server]: did you mean “lock”?\n"
         "4: There is no setting “turn-ttl” in [server]: did you mean “turn-ttl” in [relays]?\n"
         "5: There is no setting “zzzzzzzz” in [server]\n"
         "6: This is neither a setting (NAME=VALUE) nor a [group] nor a # comment\n"
         "7: There is no group [limit]; the groups are [server], [relays] and [limits]\n"
         "10: There is no setting “connection” in [limits]: did you mean “connections”?\n"
         "11: The value of “connections” is not a number above 0\n"
         "12: “connections” was given before, in line 11\n"
         "14: The value of “registration” is not open, token or closed\n"
         "15: The value of “cloud” is not production or test\n"
         "16: The value of “lock” is not on or off\n"
         "beckon-server: 12 mistakes\n");
  check (f, 1, "[server]\ndomain=\xff\n", "2: This line is not text in UTF-8\nbeckon-server: 1 mistake\n");
}

static void
test_addresses (Child *f, gconstpointer data)
{
  check (f, 1, "[server]\nlisten=localhost;127.0.0.1:99999;example.org:0\n",
         "2: “localhost” is no address to listen on: write HOST:PORT, for example 127.0.0.1:5290 or [::1]:5290\n"
         "2: “127.0.0.1:99999” is no address to listen on: write HOST:PORT, for example 127.0.0.1:5290 or [::1]:5290\n"
         "2: “example.org” is not an IP address to listen on\n"
         "beckon-server: 3 mistakes\n");
  check (f, 1, "[server]\n\nlisten=0.0.0.0:0\n",
         "3: A server that others can reach needs a domain: the part of its sign-in names after the @\n"
         "3: Others can reach the server here: it needs “tls-certificate” and “tls-key”\n"
         "beckon-server: 2 mistakes\n");
  check (f, 1, "[server]\ndomain=exa mple\n", "2: “exa mple” is no domain\nbeckon-server: 1 mistake\n");
  check (f, 1, "[server]\nlisten=192.0.2.1:0\ndomain=example.org\ntls-certificate=@/none.pem\n",
         "2: 192.0.2.1:0 cannot be had now: Error binding to address 192.0.2.1:0: Cannot assign requested address\n"
         "4: “tls-certificate” and “tls-key” belong together: only one is given\n"
         "4: @/none.pem cannot be read: No such file or directory\n"
         "beckon-server: 3 mistakes\n");

  /* A port that a server has is its own affair if it is this one, and worth a word if it is not. */
  child_start (f);
  g_autofree char *own = g_strdup_printf ("[server]\ndatabase=@/server.db\nlisten=127.0.0.1:%u\n", f->port);
  check (f, 0, own, " good\n");
  g_autofree char *other = g_strdup_printf ("[server]\ndatabase=@/other.db\nlisten=127.0.0.1:%u\n", f->port);
  g_autofree char *taken
    = g_strdup_printf ("3: note: 127.0.0.1:%u cannot be had now: Error binding to address 127.0.0.1:%u: Address already in "
                       "use\n good\n", f->port, f->port);
  check (f, 0, other, taken);
}

static void
test_files (Child *f, gconstpointer data)
{
  check (f, 1, "[server]\ndatabase=@/none/server.db\n", "2: The folder @/none is not there\nbeckon-server: 1 mistake\n");
  check (f, 1, "[server]\ndatabase=@\n", "2: @ is a folder\nbeckon-server: 1 mistake\n");
  check (f, 1, "[relays]\nturn-secret-file=@/none\nturn-ttl=60\n",
         "2: The file of “turn-secret-file” cannot be read: Failed to open file “@/none”: No such file or directory\n"
         "beckon-server: 1 mistake\n");
  check (f, 1, "[relays]\nturn-servers=turn:turn.example.org:3478?transport=udp\n",
         "2: “turn-servers” need a “turn-secret” or “turn-secret-file”: the static-auth-secret of coturn\n"
         "beckon-server: 1 mistake\n");
  check (f, 1, "[relays]\n\nstun-servers=turn:example.org\n",
         "3: The value of “stun-servers”, number 1, is not an address: write stun:HOST:PORT\nbeckon-server: 1 mistake\n");
}

/* The server itself says the first of them and does not start. */
static void
test_run (Child *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->database);
  g_autofree char *path = g_build_filename (folder, "server.conf", NULL);

  g_assert_true (g_file_set_contents (path, "[server]\nlock=on\ndomian=x\nlock=off\n", -1, NULL));
  g_autofree char *output = child_operate (f, 1, NULL, "run", "--config", path, NULL);
  g_assert_nonnull (strstr (output, "server.conf:3: There is no setting “domian” in [server]: did you mean “domain”?\n"));
  g_autofree char *missing = child_operate (f, 1, NULL, "--check-config", "/nonexistent/server.conf", NULL);
  g_assert_nonnull (strstr (missing, "“/nonexistent/server.conf”"));
}

/* The example that is installed says nothing wrong, also with everything in it that is commented out as an example. */
static void
test_example (Child *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("BECKON_SRCDIR"), "src", "server", "beckon-server.conf", NULL);
  g_autofree char *output = child_operate (f, 0, NULL, "--check-config", path, NULL);

  g_assert_true (g_str_has_suffix (output, "beckon-server.conf: good\n"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/check/lines", test_lines);
  CHILD_TEST ("/server/check/addresses", test_addresses);
  CHILD_TEST ("/server/check/files", test_files);
  CHILD_TEST ("/server/check/run", test_run);
  CHILD_TEST ("/server/check/example", test_example);
  return g_test_run ();
}
