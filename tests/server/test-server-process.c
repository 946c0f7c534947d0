/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program itself: start, kill -9, a clean end, and what the operator types. */
#include "process-fixture.h"

#include "bk-ids.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define ALICE "alice@localhost"
#define BOB "bob@localhost"

/* What was acknowledged is there after kill -9: the account, the contact, each message, once. */
static void
test_kill (Child *f, gconstpointer data)
{
  const int n_messages = 40;
  g_autoptr (GPtrArray) guids = g_ptr_array_new_with_free_func (g_free);

  child_start (f);
  g_autoptr (Client) alice = child_connect (f);
  g_autoptr (Client) bob = child_connect (f);
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
  g_autoptr (Client) again = child_connect (f);
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
  g_autoptr (Client) alice_2 = child_connect (f);
  g_autoptr (BkFrame) in = client_call (alice_2, request_sign_in (ALICE, NULL, alice->token, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (in), ==, BK_FRAME_SIGNED_IN);
  for (int i = 0; i < n_messages; i++)
    client_ok (alice_2, request_message (BOB, g_ptr_array_index (guids, i), text));
  g_autoptr (Client) phone = child_connect (f);
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
      g_autoptr (Client) idle = child_connect (f);
      g_autoptr (Client) alice = child_connect (f);
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

/* Who has just read that it runs may end it: that is as clean an end as any. */
static void
test_terminate_at_once (Child *f, gconstpointer data)
{
  child_start (f);
  g_subprocess_send_signal (f->process, SIGTERM);
  child_wait (f);
  g_assert_true (g_subprocess_get_if_exited (f->process));
  g_assert_cmpint (g_subprocess_get_exit_status (f->process), ==, 0);
  g_clear_object (&f->process);
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
  g_autofree char *none = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_cmpstr (none, ==, "");
  g_autofree char *added = child_operate (f, 0, "my password\n", "account", "add", "alice", "--password-stdin", NULL);
  g_assert_cmpstr (added, ==, ALICE "\n");
  g_autofree char *twice = child_operate (f, 1, "my password\n", "account", "add", ALICE, "--password-stdin", NULL);
  g_assert_nonnull (strstr (twice, "already"));
  g_autofree char *short_one = child_operate (f, 1, "short\n", "account", "add", "carol", "--password-stdin", NULL);
  g_autofree char *strange = child_operate (f, 1, NULL, "account", "add", "alice@elsewhere.example", NULL);
  g_autofree char *made_up = child_operate (f, 0, NULL, "account", "add", "bob", NULL);
  const char *password = strstr (made_up, "password: ");
  g_assert_nonnull (password);
  g_autofree char *bobs = g_strstrip (g_strdup (password + strlen ("password: ")));

  child_start (f);
  g_autoptr (Client) alice = child_connect (f);
  g_autoptr (BkFrame) reply = client_call (alice, request_sign_in (ALICE, "my password", NULL, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_autoptr (Client) bob = child_connect (f);
  g_autoptr (BkFrame) reply_2 = client_call (bob, request_sign_in (BOB, bobs, NULL, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply_2), ==, BK_FRAME_SIGNED_IN);

  /* beside a running server */
  client_ok (alice, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));
  client_ok (bob, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE));
  g_autofree char *list = child_operate (f, 0, NULL, "account", "list", NULL);
  g_assert_nonnull (strstr (list, "alice@localhost  “alice”  devices: 1  messages: 0  seen: 2"));
  g_autofree char *removed = child_operate (f, 0, NULL, "account", "remove", "bob", NULL);
  g_autofree char *missing = child_operate (f, 1, NULL, "account", "remove", "bob", NULL);
  g_autoptr (Client) thief = child_connect (f);
  client_error (thief, request_sign_in (BOB, bobs, NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "gone?"),
                BECKON_ERROR_NOT_FOUND);
  client_wait_closed (bob);
}

static void
test_tokens (Child *f, gconstpointer data)
{
  g_autofree char *token = child_operate (f, 0, NULL, "token", "create", "--uses", "3", "--days", "1", NULL);
  g_assert_cmpuint (strlen (token), ==, 65);
  g_autofree char *list = child_operate (f, 0, NULL, "token", "list", NULL);
  g_autofree char *start = g_strdup_printf ("%.8s…  uses left: 3  expires: 2", token);
  g_assert_true (g_str_has_prefix (list, start));
  g_autofree char *wrong = child_operate (f, 2, NULL, "token", "create", "--uses", "0", NULL);
  g_autofree char *unknown = child_operate (f, 2, NULL, "token", "burn", NULL);
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
    { "[serve]\ndomain=example.org\n", "There is no group [serve]" },
    { "[server]\nregistration=maybe\n", "open, token or closed" },
    { "[limits]\nframes-burst=0\n", "a number above 0" },
    { "[server]\nlock=maybe\n", "on or off" },
    { "[server]\ncloud=sky\n", "production or test" },
    { "[server]\nlisten=192.0.2.1:5290\n", "needs a domain" },
    { "[server]\nlisten=192.0.2.1:5290\ndomain=example.org\n", "needs a certificate" },
    { "[relays]\nturn-servers=stun:example.org\nturn-secret=x\n", "“turn-servers”, number 1" },
    { "[relays]\nstun-servers=stun:a;stun:b:x\n", "“stun-servers”, number 2" },
    { "[relays]\nturn-servers=turn:example.org\n", "need a “turn-secret”" },
    { "[relays]\nturn-ttl=soon\n", "a number above 0" },
    { "[server]\nlisten=nowhere\n", "is no address to listen on" },
    { "[server]\ndomain=not a domain\n", "is no domain" },
    { "[server]\ndomain=example.org\nd\xFFmain=example.org\n", "server.conf:3: This line is not text in UTF-8" },
    { "[server]\ndomain=a\\q.example\n", "“domain” is not written right" },
    { "[relays]\nstun-servers=stun:a\\q\n", "“stun-servers” is not written right" },
    { "nonsense", "" },
  };
  g_autofree char *path = g_build_filename (f->dir, "server.conf", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      g_autofree char *output = child_operate (f, 1, NULL, "run", "--config", path, NULL);
      if (strstr (output, files[i].complaint) == NULL)
        g_error ("“%s” is missing in: %s", files[i].complaint, output);
    }
  g_assert_true (g_file_set_contents (path, "[server]\ndomain=Example.ORG\n[limits]\nconnections=5\n", -1, NULL));
  g_autofree char *output = child_operate (f, 0, NULL, "account", "add", "alice", "--config", path, NULL);
  g_assert_true (g_str_has_prefix (output, "alice@example.org  password: "));
  g_autofree char *usage = child_operate (f, 2, NULL, "dance", NULL);
  g_autofree char *bytes = child_operate (f, 2, NULL, "account", "remove", "al\xFFice", NULL);
  g_assert_nonnull (strstr (bytes, "not text in UTF-8"));
}

/* The example of a configuration file that is installed is a valid one. */
static void
test_example (Child *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("BECKON_SRCDIR"), "src", "server", "beckon-server.conf", NULL);
  g_autofree char *output = child_operate (f, 0, NULL, "account", "list", "--config", path, NULL);

  g_assert_cmpstr (output, ==, "");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  CHILD_TEST ("/server/process/kill", test_kill);
  CHILD_TEST ("/server/process/terminate", test_terminate);
  CHILD_TEST ("/server/process/terminate-at-once", test_terminate_at_once);
  CHILD_TEST ("/server/process/notify", test_notify);
  CHILD_TEST ("/server/process/operator", test_operator);
  CHILD_TEST ("/server/process/tokens", test_tokens);
  CHILD_TEST ("/server/process/configuration", test_configuration);
  CHILD_TEST ("/server/process/example", test_example);
  return g_test_run ();
}
