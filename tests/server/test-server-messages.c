/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, and how a device that was away or slow gets all of them once. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "net-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define GUID_1 "{00000000-0000-4000-8000-000000000001}"
#define GUID_2 "{00000000-0000-4000-8000-000000000002}"

static gint64
expect_message (Client *c, const char *from, const char *to, const char *guid, const char *text)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_MESSAGE);

  g_assert_cmpstr (bk_frame_get_string (frame, "from"), ==, from);
  g_assert_cmpstr (bk_frame_get_string (frame, "to"), ==, to);
  g_assert_cmpstr (bk_frame_get_string (frame, "message"), ==, guid);
  g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, text);
  return bk_frame_get_int (frame, "seq");
}

static void
test_to_all_devices (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, BOB);
  client_forget_pushes (alice);
  client_forget_pushes (bob);

  bk_fake_clock_advance (f->clock, 5);
  g_autoptr (BkFrame) ok = client_call (alice, request_message (BOB, GUID_1, "two\nlines"));
  g_assert_cmpint (bk_frame_get_frame_type (ok), ==, BK_FRAME_OK);
  g_assert_cmpint (bk_frame_get_int (ok, "time"), ==, bk_clock_real (BK_CLOCK (f->clock)));
  g_assert_cmpint (expect_message (alice, ALICE, BOB, GUID_1, "two\nlines"), ==,
                   expect_message (laptop, ALICE, BOB, GUID_1, "two\nlines"));
  g_assert_cmpint (expect_message (bob, ALICE, BOB, GUID_1, "two\nlines"), ==,
                   expect_message (phone, ALICE, BOB, GUID_1, "two\nlines"));
}

static void
test_repeat (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  g_autoptr (BkFrame) first = client_call (alice, request_message (BOB, GUID_1, "once"));
  bk_fake_clock_advance (f->clock, 60000);
  g_autoptr (BkFrame) second = client_call (alice, request_message (BOB, GUID_1, "once"));
  g_assert_cmpint (bk_frame_get_frame_type (second), ==, BK_FRAME_OK);
  g_assert_cmpint (bk_frame_get_int (first, "time"), ==, bk_frame_get_int (second, "time"));
  expect_message (alice, ALICE, BOB, GUID_1, "once");
  expect_message (bob, ALICE, BOB, GUID_1, "once");
  client_quiet (alice);
  client_quiet (bob);

  /* An id is its author's own: another may use the same. */
  client_ok (bob, request_message (ALICE, GUID_1, "mine"));
  expect_message (alice, BOB, ALICE, GUID_1, "mine");
  expect_message (bob, BOB, ALICE, GUID_1, "mine");
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_error (alice, request_message (BOB, GUID_1, "stranger"), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_message (CAROL, GUID_1, "nobody"), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_message (ALICE, GUID_1, "myself"), BECKON_ERROR_NOT_FOUND);
  client_ok (alice, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));
  client_error (alice, request_message (BOB, GUID_1, "only asked"), BECKON_ERROR_NOT_FOUND);
  client_error (bob, request_message (ALICE, GUID_1, "only asked"), BECKON_ERROR_NOT_FOUND);
  client_ok (bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", ALICE));
  client_error (bob, request_message (ALICE, GUID_1, ""), BECKON_ERROR_INVALID_ARGUMENT);
  client_ok (bob, request_message (ALICE, GUID_1, "now"));
}

/* A device comes back with the last number it stored: it gets what is after it, in order, and not what was before. */
static void
test_resume (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  gint64 seen, last;

  befriend (alice, bob);
  client_ok (alice, request_message (BOB, GUID_1, "seen"));
  seen = expect_message (bob, ALICE, BOB, GUID_1, "seen");
  client_close (bob);
  client_ok (alice, request_message (BOB, GUID_2, "missed"));
  g_autoptr (Client) carol = sign_up (f, CAROL);
  client_ok (carol, request_who (BK_FRAME_CONTACT_ADD, "who", BOB));

  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, BOB, bob->device, seen);
  last = expect_message (again, ALICE, BOB, GUID_2, "missed");
  g_assert_cmpint (last, ==, seen + 1);
  g_autoptr (BkFrame) contact = client_push (again, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "who"), ==, CAROL);
  g_assert_cmpint (bk_frame_get_int (contact, "seq"), ==, seen + 2);
  g_autoptr (BkFrame) caught_up = client_push (again, BK_FRAME_CAUGHT_UP);
  g_assert_cmpint (bk_frame_get_int (caught_up, "seq"), ==, seen + 2);
}

/* The same over a restart of the server. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (alice, request_message (BOB, GUID_1, "kept"));
  gint64 seq = expect_message (bob, ALICE, BOB, GUID_1, "kept");
  client_forget_pushes (alice);
  fixture_stop (f);
  g_autoptr (BkFrame) bye = client_push (alice, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "shutdown");
  client_wait_closed (alice);
  client_wait_closed (bob);

  fixture_start (f);
  g_autoptr (Client) again = client_new (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (BOB, NULL, bob->token, bob->device, seq - 1));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_assert_cmpint (expect_message (again, ALICE, BOB, GUID_1, "kept"), ==, seq);
  g_autoptr (BkFrame) caught_up = client_push (again, BK_FRAME_CAUGHT_UP);
  g_assert_cmpint (bk_frame_get_int (caught_up, "seq"), ==, seq);
}

/* Many messages while a device catches up with many: each arrives once, in order, the new ones after the old ones. */
static void
test_no_gap (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  const int n_before = 150, n_during = 150;
  gint64 last = 0;

  befriend (alice, bob);
  client_close (bob);
  for (int i = 0; i < n_before + n_during; i++)
    {
      g_autofree char *guid = bk_guid_new ();
      if (i == n_before)
        {
          g_assert_null (bob->pushes.head);
          client_free (g_steal_pointer (&bob));
          bob = client_new (f);
          client_post (bob, request_sign_in (BOB, "correct horse", NULL, NULL, 0));
        }
      gint64 id = client_post (alice, request_message (BOB, guid, "many"));
      if (i % 32 == 31)
        {
          g_autoptr (BkFrame) reply = client_reply (alice, id);
          g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
          bk_fake_clock_advance (f->clock, 1000);
        }
    }
  for (int n = 0; n < n_before + n_during;)
    {
      bk_test_wait_for_count (&bob->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&bob->pushes);
      BkFrameType type = bk_frame_get_frame_type (frame);
      if (type == BK_FRAME_MESSAGE)
        n++;
      if (type == BK_FRAME_MESSAGE || type == BK_FRAME_CONTACT)
        {
          g_assert_cmpint (bk_frame_get_int (frame, "seq"), >, last);
          last = bk_frame_get_int (frame, "seq");
        }
    }
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RawClient *raw = user_data;
  guint8 buffer[65536];
  gssize size = g_socket_receive (socket, (char *) buffer, sizeof buffer, NULL, NULL);

  g_assert_cmpint (size, >, 0);
  g_byte_array_append (raw->in, buffer, (guint) size);
  return G_SOURCE_CONTINUE;
}

static BkFrame *
raw_take (RawClient *raw)
{
  g_autoptr (GError) error = NULL;
  guint8 first;
  g_autoptr (GBytes) bytes = raw_take_frame (raw, &first);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  BkFrame *frame = bk_frame_parse_from_server (text, length, &error);

  g_assert_no_error (error);
  return frame;
}

/* A second device of Bob, at the level of bytes, so that it can stop to read. */
static RawClient *
open_raw (Fixture *f)
{
  RawClient *raw = raw_connect (f->port);
  g_autoptr (BkFrame) frame = bk_frame_new (BK_FRAME_SIGN_IN, 1);

  raw_send_request (raw, BK_FRAME_PATH, BK_FRAME_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  bk_frame_set_string (frame, "name", BOB);
  bk_frame_set_string (frame, "password", "correct horse");
  bk_frame_set_string (frame, "status", "online");
  bk_frame_set_int (frame, "after", 0);
  g_autoptr (GBytes) bytes = bk_frame_to_bytes (frame);
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  for (gboolean done = FALSE; !done;)
    {
      g_autoptr (BkFrame) got = raw_take (raw);
      done = bk_frame_get_frame_type (got) == BK_FRAME_CAUGHT_UP;
    }
  return raw;
}

static void
send_many (Fixture *f, Client *alice, int n_messages)
{
  g_autofree char *text = g_strnfill (16000, 'x');

  for (int i = 0; i < n_messages; i++)
    {
      g_autofree char *guid = bk_guid_new ();
      gint64 id = client_post (alice, request_message (BOB, guid, text));
      if (i % 20 == 19)
        {
          g_autoptr (BkFrame) reply = client_reply (alice, id);
          g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
          bk_fake_clock_advance (f->clock, 1000);
        }
    }
}

/* A device that does not read is neither buffered without bound nor dropped: when it reads again, it goes on from the
 * file, and gets each message once. Three times as much is sent as may wait for one connection. */
static void
test_slow_device (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (RawClient) raw = NULL;
  const int n_messages = 800;
  gint64 last = 0;

  befriend (alice, bob);
  client_close (bob);
  raw = open_raw (f);
  raw_stop_reading (raw);
  send_many (f, alice, n_messages);
  for (int i = 0; i < 5; i++)
    client_ok (alice, request_presence (i % 2 == 0 ? "busy" : "away", NULL));

  g_source_unref (raw->source);
  raw->source = g_socket_create_source (raw->socket, G_IO_IN, NULL);
  g_source_set_callback (raw->source, G_SOURCE_FUNC (on_readable), raw, NULL);
  g_source_attach (raw->source, NULL);
  for (int n = 0; n < n_messages;)
    {
      g_autoptr (BkFrame) frame = raw_take (raw);
      if (bk_frame_get_frame_type (frame) != BK_FRAME_MESSAGE)
        continue;
      g_assert_true (last == 0 || bk_frame_get_int (frame, "seq") == last + 1);
      last = bk_frame_get_int (frame, "seq");
      n++;
    }
  /* of five changes of presence in the meantime, only the last is told */
  g_autoptr (BkFrame) presence = raw_take (raw);
  g_assert_cmpint (bk_frame_get_frame_type (presence), ==, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (presence, "status"), ==, "busy");
}

static void
configure_small (BkServerConfig *config)
{
  config->quota.messages = 10;
}

static void
test_quota (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  guint n = 0;

  befriend (alice, bob);
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *guid = bk_guid_new ();
      client_ok (alice, request_message (BOB, guid, "one of many"));
    }
  g_autoptr (Client) phone = client_new (f);
  client_sign_in (phone, BOB, NULL, 0);
  for (;;)
    {
      bk_test_wait_for_count (&phone->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&phone->pushes);
      if (bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP)
        break;
      n += bk_frame_get_frame_type (frame) == BK_FRAME_MESSAGE;
    }
  g_assert_cmpuint (n, >=, 9);
  g_assert_cmpuint (n, <=, 10);
}

/* ---- a disk that fails ---- */

static void
change_file (Fixture *f, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* What a device missed cannot be read: it is sent away, told when to come back, and gets it then. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) phone = client_new (f);

  change_file (f, "ALTER TABLE marks RENAME TO marks_away");
  g_test_expect_message ("beckon-server", G_LOG_LEVEL_WARNING, "Could not read what a device has missed: *");
  client_sign_in (phone, ALICE, NULL, 0);
  g_autoptr (BkFrame) bye = client_push (phone, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "slow");
  g_assert_cmpint (bk_frame_get_int (bye, "retry_ms"), >=, 5000);
  g_assert_cmpint (bk_frame_get_int (bye, "retry_ms"), <=, 10000);
  client_wait_closed (phone);
  g_test_assert_expected_messages ();

  change_file (f, "ALTER TABLE marks_away RENAME TO marks");
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, phone->device, 0);
  client_caught_up (again);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/messages/to-all-devices", test_to_all_devices);
  SERVER_TEST ("/server/messages/repeat", test_repeat);
  SERVER_TEST ("/server/messages/refusals", test_refusals);
  SERVER_TEST ("/server/messages/resume", test_resume);
  SERVER_TEST ("/server/messages/restart", test_restart);
  SERVER_TEST ("/server/messages/no-gap", test_no_gap);
  SERVER_TEST ("/server/messages/slow-device", test_slow_device);
  g_test_add ("/server/messages/quota", Fixture, configure_small, fixture_set_up, test_quota, fixture_tear_down);
  SERVER_TEST ("/server/messages/unreadable", test_unreadable);
  return g_test_run ();
}
