/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program itself: start, kill -9, a clean end, and what the operator types. */
#include "server-fixture.h"

#include "bk-ids.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"

typedef struct
{
  BkTestDir *dir;
  char *database;
  char *port_file;
  char *notify; /* nullable: socket that systemd would name */
  GSubprocess *process;
  GDataInputStream *out;
  guint16 port;
  SoupSession *soup;
} Child;

static char *
program (void)
{
  return g_build_filename (g_getenv ("BECKON_BUILDDIR"), "src", "server", "beckon-server", NULL);
}

static void
child_start (Child *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = program ();
  const char *argv[] = { path, "run", "--database", f->database, "--listen", "127.0.0.1:0", "--port-file",
                         f->port_file, NULL };

  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  if (f->notify != NULL)
    g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", f->notify, TRUE);
  f->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  f->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->process));
  g_autofree char *line = g_data_input_stream_read_line (f->out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on 127.0.0.1:"));
  f->port = (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
  g_assert_cmpuint (f->port, !=, 0);
}

static void
child_wait (Child *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_subprocess_wait_async (f->process, NULL, bk_test_store_result, &result);
  g_assert_true (g_subprocess_wait_finish (f->process, bk_test_await (&result), NULL));
  g_clear_object (&f->out);
}

static void
child_kill (Child *f)
{
  g_subprocess_force_exit (f->process);
  child_wait (f);
  g_clear_object (&f->process);
}

static void
set_up (Child *f, gconstpointer data)
{
  f->dir = bk_test_dir_new ();
  f->database = g_build_filename (f->dir, "server.db", NULL);
  f->port_file = g_build_filename (f->dir, "port", NULL);
  f->soup = soup_session_new ();
}

static void
tear_down (Child *f, gconstpointer data)
{
  if (f->process != NULL)
    child_kill (f);
  g_clear_object (&f->soup);
  g_free (f->notify);
  g_free (f->port_file);
  g_free (f->database);
  bk_test_dir_remove (f->dir);
}

static Client *
connect_to (Child *f)
{
  Client *c = client_connect (f->soup, f->port);
  g_autoptr (BkFrame) hello = client_push (c, BK_FRAME_HELLO);

  g_assert_cmpstr (bk_frame_get_string (hello, "registration"), ==, "open");
  return c;
}

/* Runs a command of the operator. Returns what it printed. */
static char *
operate (Child *f, int expected_status, const char *input, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = program ();
  char *output = NULL;
  va_list words;

  g_ptr_array_add (argv, path);
  va_start (words, first);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (words);
  g_ptr_array_add (argv, (gpointer) "--database");
  g_ptr_array_add (argv, f->database);
  g_ptr_array_add (argv, NULL);

  g_autoptr (GSubprocess) process
    = g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                           | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                         &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_exit_status (process) != expected_status)
    g_error ("%s: exit status %d: %s", first, g_subprocess_get_exit_status (process), output);
  return output;
}

/* What was acknowledged is there after kill -9: the account, the contact, each message, once. */
static void
test_kill (Child *f, gconstpointer data)
{
  const int n_messages = 40;
  g_autoptr (GPtrArray) guids = g_ptr_array_new_with_free_func (g_free);

  child_start (f);
  g_autoptr (Client) alice = connect_to (f);
  g_autoptr (Client) bob = connect_to (f);
  client_register (alice, ALICE);
  client_sign_in (alice, ALICE, NULL, 0);
  client_register (bob, BOB);
  client_sign_in (bob, BOB, NULL, 0);
  client_ok (alice, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));
  client_ok (bob, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE));
  g_autofree char *text = g_strnfill (2000, 'm');
  gint64 first = alice->last_id + 1;
  for (int i = 0; i < n_messages; i++)
    {
      g_ptr_array_add (guids, bk_guid_new ());
      client_post (alice, request_message (BOB, g_ptr_array_index (guids, i), text));
    }
  /* All of them are on their way; the last acknowledgement that is awaited is in the middle. */
  g_autoptr (GHashTable) acknowledged = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (BkFrame) middle = client_reply (alice, first + n_messages / 2);
  g_assert_cmpint (bk_frame_get_frame_type (middle), ==, BK_FRAME_OK);
  child_kill (f);
  client_wait_closed (alice);
  g_hash_table_add (acknowledged, g_ptr_array_index (guids, n_messages / 2));
  for (GList *link = alice->replies.head; link != NULL; link = link->next)
    if (bk_frame_get_frame_type (link->data) == BK_FRAME_OK)
      g_hash_table_add (acknowledged, g_ptr_array_index (guids, bk_frame_get_id (link->data) - first));
  g_assert_cmpuint (g_hash_table_size (acknowledged), >, (guint) n_messages / 2);

  child_start (f);
  g_autoptr (Client) again = connect_to (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (BOB, NULL, bob->token, bob->device, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_autoptr (BkFrame) contact = client_push (again, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "relation"), ==, "accepted");
  for (;;)
    {
      bk_test_wait_for_count (&again->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&again->pushes);
      if (bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP)
        break;
      g_hash_table_remove (acknowledged, bk_frame_get_string (frame, "message"));
    }
  g_assert_cmpuint (g_hash_table_size (acknowledged), ==, 0);

  /* What was not acknowledged is sent again; nothing arrives twice. */
  g_autoptr (Client) alice_2 = connect_to (f);
  g_autoptr (BkFrame) in = client_call (alice_2, request_sign_in (ALICE, NULL, alice->token, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (in), ==, BK_FRAME_SIGNED_IN);
  for (int i = 0; i < n_messages; i++)
    client_ok (alice_2, request_message (BOB, g_ptr_array_index (guids, i), text));
  g_autoptr (Client) phone = connect_to (f);
  client_sign_in (phone, BOB, NULL, 0);
  guint n = 0;
  for (;;)
    {
      bk_test_wait_for_count (&phone->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&phone->pushes);
      if (bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP)
        break;
      n += bk_frame_get_frame_type (frame) == BK_FRAME_MESSAGE;
    }
  g_assert_cmpuint (n, ==, (guint) n_messages);
}

static void
test_terminate (Child *f, gconstpointer data)
{
  static const int signals[] = { SIGTERM, SIGINT };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *log = g_strconcat (f->database, "-wal", NULL);
      child_start (f);
      g_autoptr (Client) idle = connect_to (f);
      g_autoptr (Client) alice = connect_to (f);
      if (i == 0)
        client_register (alice, ALICE);
      client_sign_in (alice, ALICE, NULL, 0);
      client_caught_up (alice);
      g_subprocess_send_signal (f->process, signals[i]);
      g_autoptr (BkFrame) bye = client_push (alice, BK_FRAME_BYE);
      g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "shutdown");
      client_wait_closed (alice);
      client_wait_closed (idle);
      child_wait (f);
      g_assert_true (g_subprocess_get_if_exited (f->process));
      g_assert_cmpint (g_subprocess_get_exit_status (f->process), ==, 0);
      g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS)); /* the file was closed */
      g_clear_object (&f->process);
    }
}

static void
test_notify (Child *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->notify = g_build_filename (f->dir, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (f->notify);
  g_autoptr (GSocket) socket
    = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  char buffer[32] = "";
  g_autofree char *port = NULL;

  g_assert_true (g_socket_bind (socket, address, FALSE, &error));
  child_start (f);
  g_socket_receive (socket, buffer, sizeof buffer - 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, "READY=1");
  g_assert_true (g_file_get_contents (f->port_file, &port, NULL, NULL));
  g_assert_cmpint (atoi (port), ==, f->port);
}

static void
test_operator (Child *f, gconstpointer data)
{
  g_autofree char *none = operate (f, 0, NULL, "account", "list", NULL);
  g_assert_cmpstr (none, ==, "");
  g_autofree char *added = operate (f, 0, "my password\n", "account", "add", "alice", "--password-stdin", NULL);
  g_assert_cmpstr (added, ==, ALICE "\n");
  g_autofree char *twice = operate (f, 1, "my password\n", "account", "add", ALICE, "--password-stdin", NULL);
  g_assert_nonnull (strstr (twice, "already"));
  g_autofree char *short_one = operate (f, 1, "short\n", "account", "add", "carol", "--password-stdin", NULL);
  g_autofree char *strange = operate (f, 1, NULL, "account", "add", "alice@elsewhere.example", NULL);
  g_autofree char *made_up = operate (f, 0, NULL, "account", "add", "bob", NULL);
  const char *password = strstr (made_up, "password: ");
  g_assert_nonnull (password);
  g_autofree char *bobs = g_strstrip (g_strdup (password + strlen ("password: ")));

  child_start (f);
  g_autoptr (Client) alice = connect_to (f);
  g_autoptr (BkFrame) reply = client_call (alice, request_sign_in (ALICE, "my password", NULL, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_autoptr (Client) bob = connect_to (f);
  g_autoptr (BkFrame) reply_2 = client_call (bob, request_sign_in (BOB, bobs, NULL, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply_2), ==, BK_FRAME_SIGNED_IN);

  /* beside a running server */
  client_ok (alice, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));
  client_ok (bob, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE));
  g_autofree char *list = operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (list, "alice@localhost  “alice”  devices: 1\n"));
  g_autofree char *removed = operate (f, 0, NULL, "account", "remove", "bob", NULL);
  g_autofree char *missing = operate (f, 1, NULL, "account", "remove", "bob", NULL);
  g_autoptr (Client) thief = connect_to (f);
  client_error (thief, request_sign_in (BOB, bobs, NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "gone?"),
                BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_message (ALICE, "{00000000-0000-4000-8000-000000000001}", "gone"),
                BECKON_ERROR_NOT_FOUND);
}

static void
test_tokens (Child *f, gconstpointer data)
{
  g_autofree char *token = operate (f, 0, NULL, "token", "create", "--uses", "3", "--days", "1", NULL);
  g_assert_cmpuint (strlen (token), ==, 65);
  g_autofree char *list = operate (f, 0, NULL, "token", "list", NULL);
  g_autofree char *start = g_strdup_printf ("%.8s…  uses left: 3  expires: 2", token);
  g_assert_true (g_str_has_prefix (list, start));
  g_autofree char *wrong = operate (f, 2, NULL, "token", "create", "--uses", "0", NULL);
  g_autofree char *unknown = operate (f, 2, NULL, "token", "burn", NULL);
}

static char *
find_line (const char *text, const char *prefix)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, prefix))
      return g_strdup (*line + strlen (prefix));
  g_error ("“%s” is missing in: %s", prefix, text);
}

static void
check_word (const char *word, const char *prefix, gsize length, gboolean small)
{
  g_assert_true (g_str_has_prefix (word, prefix));
  g_assert_cmpuint (strlen (word), ==, length);
  for (const char *p = word; *p != '\0'; p++)
    g_assert_true (g_ascii_isdigit (*p) || g_ascii_isupper (*p) || (small && g_ascii_islower (*p)));
}

static void
test_licenses (Child *f, gconstpointer data)
{
  g_autofree char *none = operate (f, 0, NULL, "license", "list", NULL);
  g_assert_cmpstr (none, ==, "");
  g_autofree char *issued = operate (f, 0, NULL, "license", "issue", "--name", "Chess & Co", NULL);
  g_autofree char *id = find_line (issued, "id: ");
  g_autofree char *key = find_line (issued, "key: ");
  check_word (id, "BK", 14, FALSE);
  check_word (key, "", 32, TRUE);
  g_autofree char *again = operate (f, 0, NULL, "license", "issue", "--name", "Chess & Co", "--cloud", "test", NULL);
  g_autofree char *second_id = find_line (again, "id: ");
  g_autofree char *second_key = find_line (again, "key: ");
  g_assert_cmpstr (id, !=, second_id);
  g_assert_cmpstr (key, !=, second_key);

  g_autofree char *revoked = operate (f, 0, NULL, "license", "revoke", second_id, NULL);
  g_autofree char *twice = operate (f, 0, NULL, "license", "revoke", second_id, NULL);
  g_autofree char *unknown = operate (f, 1, NULL, "license", "revoke", "BKNONE", NULL);
  g_assert_nonnull (strstr (unknown, "There is no license “BKNONE”"));
  g_autofree char *list = operate (f, 0, NULL, "license", "list", NULL);
  g_autofree char *first = g_strconcat (id, "  “Chess & Co”  cloud: production  issued: 2", NULL);
  g_autofree char *second = g_strconcat (second_id, "  “Chess & Co”  cloud: test  issued: 2", NULL);
  g_autofree char *first_rest = find_line (list, first);
  g_autofree char *second_rest = find_line (list, second);
  g_assert_null (strstr (first_rest, "revoked"));
  g_assert_nonnull (strstr (second_rest, "revoked: 2"));
  g_assert_null (strstr (list, key));
}

static void
test_license_mistakes (Child *f, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (129, 'x');
  g_autofree char *without = operate (f, 2, NULL, "license", "issue", NULL);
  g_autofree char *extra = operate (f, 2, NULL, "license", "issue", "Chess", "--name", "Chess", NULL);
  g_autofree char *empty = operate (f, 1, NULL, "license", "issue", "--name", "", NULL);
  g_autofree char *two_lines = operate (f, 1, NULL, "license", "issue", "--name", "a\nb", NULL);
  g_autofree char *too_long = operate (f, 1, NULL, "license", "issue", "--name", long_name, NULL);
  g_autofree char *cloud = operate (f, 1, NULL, "license", "issue", "--name", "Chess", "--cloud", "sky", NULL);
  g_assert_nonnull (strstr (cloud, "production or test"));
  g_autofree char *lock = operate (f, 1, NULL, "run", "--lock", "maybe", NULL);
  g_assert_nonnull (strstr (lock, "on or off"));
  g_autofree char *nothing = operate (f, 2, NULL, "license", "revoke", NULL);
  g_autofree char *verb = operate (f, 2, NULL, "license", "lend", NULL);
  g_autofree char *list = operate (f, 0, NULL, "license", "list", NULL);
  g_assert_cmpstr (list, ==, "");
}

static void
test_configuration (Child *f, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *complaint;
  } files[] = {
    { "[server]\ncolour=blue\n", "There is no setting “colour” in [server]" },
    { "[serve]\ndomain=example.org\n", "There is no setting “domain” in [serve]" },
    { "[server]\nregistration=maybe\n", "open, token or closed" },
    { "[limits]\nframes-burst=0\n", "a number above 0" },
    { "[server]\nlock=maybe\n", "on or off" },
    { "[server]\ncloud=sky\n", "production or test" },
    { "[server]\nlisten=192.0.2.1:5290\n", "needs a domain" },
    { "[server]\nlisten=192.0.2.1:5290\ndomain=example.org\n", "needs a certificate" },
    { "[server]\nlisten=nowhere\n", "is no address to listen on" },
    { "[server]\ndomain=not a domain\n", "is no domain" },
    { "nonsense", "" },
  };
  g_autofree char *path = g_build_filename (f->dir, "server.conf", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      g_autofree char *output = operate (f, 1, NULL, "run", "--config", path, NULL);
      if (strstr (output, files[i].complaint) == NULL)
        g_error ("“%s” is missing in: %s", files[i].complaint, output);
    }
  g_assert_true (g_file_set_contents (path, "[server]\ndomain=Example.ORG\n[limits]\nconnections=5\n", -1, NULL));
  g_autofree char *output = operate (f, 0, NULL, "account", "add", "alice", "--config", path, NULL);
  g_assert_true (g_str_has_prefix (output, "alice@example.org  password: "));
  g_autofree char *usage = operate (f, 2, NULL, "dance", NULL);
}

/* The example of a configuration file that is installed is a valid one. */
static void
test_example (Child *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("BECKON_SRCDIR"), "src", "server", "beckon-server.conf", NULL);
  g_autofree char *output = operate (f, 0, NULL, "account", "list", "--config", path, NULL);

  g_assert_cmpstr (output, ==, "");
}

#define CHILD_TEST(path, function) g_test_add (path, Child, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/process/kill", test_kill);
  CHILD_TEST ("/server/process/terminate", test_terminate);
  CHILD_TEST ("/server/process/notify", test_notify);
  CHILD_TEST ("/server/process/operator", test_operator);
  CHILD_TEST ("/server/process/tokens", test_tokens);
  CHILD_TEST ("/server/process/licenses", test_licenses);
  CHILD_TEST ("/server/process/license-mistakes", test_license_mistakes);
  CHILD_TEST ("/server/process/configuration", test_configuration);
  CHILD_TEST ("/server/process/example", test_example);
  return g_test_run ();
}
