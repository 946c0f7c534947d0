/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much one account can have. What does not fit is refused by name; what was taken is not lost for want of room. */
#include "net-fixture.h"
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-limits.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define SESSION "{00000000-0000-4000-8000-0000000000AA}"
#define DAY_MS (24 * 3600 * 1000)

static void
ten_messages (BkServerConfig *config)
{
  config->quota.messages = 10;
}

static void
few_bytes (BkServerConfig *config)
{
  config->quota.message_bytes = 2 * BK_LIMIT_MESSAGE;
  config->quota.envelope_bytes = 20000;
}

/* Returns the code of the error; NULL: it was taken. */
static char *
send_text (Client *from, const char *to, const char *text)
{
  g_autofree char *guid = bk_guid_new ();
  g_autoptr (BkFrame) reply = client_call (from, request_message (to, guid, text));

  return g_strdup (bk_frame_get_string (reply, "code"));
}

/* Writes until it is refused, at most @most times. Returns how many were taken. */
static guint
write_many (Client *from, const char *to, guint most)
{
  for (guint i = 0; i < most; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);
      g_autofree char *code = send_text (from, to, text);
      if (code == NULL)
        continue;
      g_assert_cmpstr (code, ==, "limit-exceeded");
      return i;
    }
  return most;
}

/* Signs a device in. Returns how many messages it was sent, which came in their order, without a gap. */
static guint
come_back (Fixture *f, Client *c, const char *name, const char *device, gint64 after, gint64 *last)
{
  guint n = 0;

  client_sign_in (c, name, device, after);
  for (;;)
    {
      bk_test_wait_for_count (&c->pushes.length, 1);
      g_autoptr (BkFrame) frame = g_queue_pop_head (&c->pushes);
      if (bk_frame_get_frame_type (frame) == BK_FRAME_CAUGHT_UP)
        {
          *last = bk_frame_get_int (frame, "seq");
          return n;
        }
      if (bk_frame_get_frame_type (frame) != BK_FRAME_MESSAGE)
        continue;
      g_autofree char *text = g_strdup_printf ("number %u", n++);
      g_assert_cmpstr (bk_frame_get_string (frame, "text"), ==, text);
    }
}

static void
leave (Client **c)
{
  client_close (*c);
  client_wait_closed (*c);
  g_clear_pointer (c, client_free);
}

/* Nobody has what is in the mailbox: it fills up, and nothing in it is lost. Once the device has it, it makes room. */
static void
test_away (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  Client *bob = sign_up (f, BOB);
  g_autofree char *device = g_strdup (bob->device);
  gint64 last;

  befriend (alice, bob);
  leave (&bob);
  g_assert_cmpuint (write_many (alice, BOB, 50), ==, 10);
  g_autoptr (Client) back = client_new (f);
  g_assert_cmpuint (come_back (f, back, BOB, device, 0, &last), ==, 10);
  g_assert_cmpuint (write_many (alice, BOB, 1), ==, 0); /* that it was sent says little */
  g_autoptr (Client) again = client_new (f);
  gint64 same;
  g_assert_cmpuint (come_back (f, again, BOB, device, last, &same), ==, 0);
  g_assert_cmpint (same, ==, last);
  g_assert_cmpuint (write_many (alice, BOB, 10), ==, 10);
}

/* Both devices are there and read: the mailboxes make room as they go. */
static void
test_there (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  g_assert_cmpuint (write_many (alice, BOB, 50), ==, 50);
}

static gboolean
both_online (gpointer f)
{
  return bk_server_get_online (((Fixture *) f)->server) == 2;
}

static gboolean
one_online (gpointer f)
{
  return bk_server_get_online (((Fixture *) f)->server) == 1;
}

/* Signs a device in that reads nothing. It has not got what the kernel holds for it. */
static RawClient *
sign_in_deaf (Fixture *f, const char *name, const char *token)
{
  RawClient *raw = raw_connect (f->port);
  g_autofree char *text = g_strdup_printf ("{\"type\":\"sign-in\",\"id\":1,\"name\":\"%s\",\"token\":\"%s\","
                                           "\"after\":0,\"status\":\"online\"}", name, token);

  raw_send_request (raw, NET_PATH, NET_SUBPROTOCOL, NULL);
  g_autofree char *answer = raw_take_answer (raw);
  raw_stop_reading (raw);
  raw_send_frame (raw, RAW_FIN | RAW_TEXT, text, strlen (text));
  bk_test_wait_until (both_online, f);
  return raw;
}

static void
test_deaf (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  Client *bob = sign_up (f, BOB);
  g_autofree char *device = g_strdup (bob->device);
  g_autofree char *token = g_strdup (bob->token);
  gint64 last;

  befriend (alice, bob);
  leave (&bob);
  bk_test_wait_until (one_online, f);
  g_autoptr (RawClient) raw = sign_in_deaf (f, BOB, token);
  g_assert_cmpuint (write_many (alice, BOB, 50), ==, 10);
  g_autoptr (Client) back = client_new (f);
  g_assert_cmpuint (come_back (f, back, BOB, device, 0, &last), ==, 10);
}

/* To who is blocked, a full mailbox looks like that of anybody. */
static void
test_blocked (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  Client *carol = sign_up (f, CAROL);

  befriend (alice, carol);
  befriend (bob, carol);
  client_ok (carol, request_block (BOB, TRUE));
  leave (&carol);
  g_assert_cmpuint (write_many (bob, CAROL, 1), ==, 1);
  g_assert_cmpuint (write_many (alice, CAROL, 50), ==, 10);
  g_assert_cmpuint (write_many (bob, CAROL, 1), ==, 0);
}

/* The device says that it has everything. */
static Client *
refresh (Fixture *f, const char *name, const char *device)
{
  g_autoptr (Client) back = client_new (f);
  Client *again = client_new (f);
  gint64 last;

  come_back (f, back, name, device, 0, &last);
  come_back (f, again, name, device, last, &last);
  return again;
}

/* A device that was not there for a month holds nothing up. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  Client *bob = sign_up (f, BOB);
  Client *old = sign_in (f, BOB);

  befriend (alice, bob);
  g_autofree char *device = g_strdup (bob->device);
  leave (&old);
  leave (&bob);
  g_assert_cmpuint (write_many (alice, BOB, 50), ==, 10);
  bk_fake_clock_advance (f->clock, 29U * DAY_MS); /* cuts the lines, for their silence */
  g_autoptr (Client) bob_2 = refresh (f, BOB, device);
  g_autoptr (Client) alice_2 = refresh (f, ALICE, alice->device);
  g_assert_cmpuint (write_many (alice_2, BOB, 1), ==, 0);
  bk_fake_clock_advance (f->clock, 2U * DAY_MS);
  g_autoptr (Client) alice_3 = refresh (f, ALICE, alice->device);
  g_assert_cmpuint (write_many (alice_3, BOB, 1), ==, 1);
}

static void
test_bytes (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (BK_LIMIT_MESSAGE, 'x');
  g_autoptr (Client) alice = sign_up (f, ALICE);
  Client *bob = sign_up (f, BOB);

  befriend (alice, bob);
  leave (&bob);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *code = send_text (alice, BOB, text);
      g_assert_null (code);
    }
  g_autofree char *code = send_text (alice, BOB, "x");
  g_assert_cmpstr (code, ==, "limit-exceeded");
}

/* ---- envelopes ---- */

static BkFrame *
request_envelope (const char *to, BkEnvelopeKind kind, const char *data)
{
  BkEnvelope *e = bk_envelope_new (kind, SESSION);

  if (kind == BK_ENVELOPE_INVITE)
    {
      e->app_guid = g_strdup (SESSION);
      e->app_name = g_strdup ("Pipe");
      e->ttl = BK_TIMEOUT_ANSWER_S;
    }
  if (kind == BK_ENVELOPE_ACCEPT)
    e->address = g_strdup ("192.0.2.1");
  if (data != NULL)
    e->data = g_strdup (data);
  e->reason = BECKON_SESSION_RESULT_CANCELLED_REMOTE;
  return request_session (to, e);
}

static gint64
read_bytes (Fixture *f, const char *name)
{
  sqlite3 *db;
  sqlite3_stmt *query;

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT envelope_bytes FROM accounts WHERE name = ?", -1, &query, NULL), ==,
                   SQLITE_OK);
  sqlite3_bind_text (query, 1, name, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  gint64 bytes = sqlite3_column_int64 (query, 0);
  sqlite3_finalize (query);
  sqlite3_close (db);
  return bytes;
}

/* What is said in sessions fills the mailbox of the other; that it is over can be said all the same. When it is over
 * for a day, the room is there again. */
static void
test_envelopes (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (BK_LIMIT_CONTEXT_DATA, 'x');
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (alice, request_envelope (BOB, BK_ENVELOPE_INVITE, NULL));
  client_ok (bob, request_envelope (ALICE, BK_ENVELOPE_ACCEPT, NULL));
  for (int i = 0; i < 3; i++)
    client_ok (alice, request_envelope (BOB, BK_ENVELOPE_CONTEXT, text));
  client_error (alice, request_envelope (BOB, BK_ENVELOPE_CONTEXT, "x"), BECKON_ERROR_LIMIT_EXCEEDED);
  client_ok (bob, request_envelope (ALICE, BK_ENVELOPE_CONTEXT, "x")); /* of Alice's there is room */
  g_assert_cmpint (read_bytes (f, BOB), >, 3 * BK_LIMIT_CONTEXT_DATA);
  client_ok (alice, request_envelope (BOB, BK_ENVELOPE_END, NULL));
  bk_fake_clock_advance (f->clock, DAY_MS + 1000);
  g_autoptr (Client) carol = sign_up (f, CAROL); /* each write throws some of what is over away */
  g_assert_cmpint (read_bytes (f, BOB), ==, 0);
  g_assert_cmpint (read_bytes (f, ALICE), ==, 0);
}

#define QUOTA_TEST(path, configure, function) \
  g_test_add ("/server/quota/" path, Fixture, configure, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  QUOTA_TEST ("away", ten_messages, test_away);
  QUOTA_TEST ("there", ten_messages, test_there);
  QUOTA_TEST ("deaf", ten_messages, test_deaf);
  QUOTA_TEST ("blocked", ten_messages, test_blocked);
  QUOTA_TEST ("stale", ten_messages, test_stale);
  QUOTA_TEST ("bytes", few_bytes, test_bytes);
  QUOTA_TEST ("envelopes", few_bytes, test_envelopes);
  return g_test_run ();
}
