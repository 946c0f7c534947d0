/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The password, the devices, and the end of an account. */
#include "bk-ids.h"
#include "bk-limits.h"
#include "server-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define PASSWORD "correct horse"
#define NEW_PASSWORD "battery staple"

static void
expect_revoked (Client *c)
{
  g_autoptr (BkFrame) bye = client_push (c, BK_FRAME_BYE);

  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "revoked");
  client_wait_closed (c);
}

static void
expect_sign_in (Fixture *f, const char *password, const char *token, gboolean works)
{
  g_autoptr (Client) c = client_new (f);
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (ALICE, password, token, NULL, 0));

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, works ? BK_FRAME_SIGNED_IN : BK_FRAME_ERROR);
  if (!works)
    g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "invalid-password");
}

/* ---- the password ---- */

static BkFrame *
change_password (const char *password, const char *new_password)
{
  BkFrame *frame = request_who (BK_FRAME_PASSWORD_SET, "password", password);

  bk_frame_set_string (frame, "new_password", new_password);
  return frame;
}

static void
test_password (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);

  client_error (alice, change_password (PASSWORD, "short"), BECKON_ERROR_INVALID_ARGUMENT);
  client_error (alice, change_password ("wrong horse", NEW_PASSWORD), BECKON_ERROR_INVALID_PASSWORD);
  client_quiet (laptop);
  expect_sign_in (f, PASSWORD, NULL, TRUE);

  client_ok (alice, change_password (PASSWORD, NEW_PASSWORD));
  expect_revoked (laptop);
  client_quiet (alice);
  expect_sign_in (f, PASSWORD, NULL, FALSE);
  expect_sign_in (f, NULL, laptop->token, FALSE);
  expect_sign_in (f, NULL, alice->token, TRUE);
  expect_sign_in (f, NEW_PASSWORD, NULL, TRUE);
}

/* Runs @run on the file beside the server. Takes @job. Returns the code of the error, -1 for none. */
static int
run_job (Fixture *f, BkSqliteJob run, gpointer job, GDestroyNotify free_job)
{
  g_autoptr (BkSqlite) db = bk_sqlite_new (f->database, bk_store_migrations, bk_store_n_migrations);
  g_autoptr (GAsyncResult) opened = NULL, done = NULL, closed = NULL;
  g_autoptr (GError) error = NULL;

  bk_sqlite_open_async (db, NULL, bk_test_store_result, &opened);
  bk_sqlite_run_async (db, BK_SQLITE_WRITE, run, job, free_job, NULL, bk_test_store_result, &done);
  g_assert_true (bk_sqlite_open_finish (db, bk_test_await (&opened), NULL));
  job = bk_sqlite_run_finish (db, bk_test_await (&done), &error);
  g_clear_pointer (&job, free_job);
  bk_sqlite_close_async (db, bk_test_store_result, &closed);
  g_assert_true (bk_sqlite_close_finish (db, bk_test_await (&closed), NULL));
  return error != NULL ? error->code : -1;
}

/* A password that was right when it was verified, and is none any more when it comes to writing. */
static void
test_overtaken (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  BkStoreSignIn *sign_in = g_new0 (BkStoreSignIn, 1);
  BkStoreKeeping *change = g_new0 (BkStoreKeeping, 1);
  BkStoreKeeping *leave = g_new0 (BkStoreKeeping, 1);

  sign_in->account = change->account = leave->account = 1;
  sign_in->token = bk_token_new ();
  sign_in->device_name = g_strdup ("");
  sign_in->verified = g_strdup ("what was verified");
  change->verified = g_strdup ("what was verified");
  change->password = g_strdup ("another");
  leave->verified = g_strdup ("what was verified");
  g_assert_cmpint (run_job (f, bk_store_sign_in, sign_in, bk_store_sign_in_free), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (run_job (f, bk_store_password, change, bk_store_keeping_free), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (run_job (f, bk_store_leave, leave, bk_store_keeping_free), ==, BECKON_ERROR_INVALID_PASSWORD);
  expect_sign_in (f, PASSWORD, NULL, TRUE);
}

/* Guesses of a device that is signed in count as any others do. */
static void
test_guesses (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  for (int i = 0; i < 5; i++)
    client_error (alice, change_password ("wrong horse", NEW_PASSWORD), BECKON_ERROR_INVALID_PASSWORD);
  for (int i = 0; i < 5; i++)
    client_error (alice, request_who (BK_FRAME_ACCOUNT_REMOVE, "password", "wrong horse"),
                  BECKON_ERROR_INVALID_PASSWORD);
  client_error (alice, change_password (PASSWORD, NEW_PASSWORD), BECKON_ERROR_SERVER_TOO_BUSY);
  bk_fake_clock_advance (f->clock, 30000);
  g_autoptr (Client) again = client_new (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (ALICE, NULL, alice->token, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  client_ok (again, change_password (PASSWORD, NEW_PASSWORD));
  client_ok (again, change_password (NEW_PASSWORD, PASSWORD)); /* what was right does not count */
}

/* ---- devices ---- */

typedef struct
{
  char **devices;
  char **names;
  GArray *seen;
} Devices;

static void
devices_clear (Devices *devices)
{
  g_strfreev (devices->devices);
  g_strfreev (devices->names);
  g_array_unref (devices->seen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Devices, devices_clear)

static Devices
list_devices (Client *c, guint n_expected)
{
  g_autoptr (BkFrame) reply = client_call (c, request (BK_FRAME_DEVICES));
  Devices list = {
    .devices = bk_frame_dup_strings (reply, "devices"),
    .names = bk_frame_dup_strings (reply, "names"),
    .seen = bk_frame_dup_ints (reply, "seen"),
  };

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
  g_assert_cmpuint (g_strv_length (list.devices), ==, n_expected);
  g_assert_cmpuint (g_strv_length (list.names), ==, n_expected);
  g_assert_cmpuint (list.seen->len, ==, n_expected);
  return list;
}

static gint64
now_s (Fixture *f)
{
  return bk_clock_real (BK_CLOCK (f->clock)) / G_USEC_PER_SEC;
}

static void
test_devices (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = client_new (f);
  BkFrame *frame = request_sign_in (ALICE, PASSWORD, NULL, NULL, 0);
  bk_frame_set_string (frame, "device_name", "laptop");
  g_autoptr (BkFrame) reply = client_call (laptop, frame);
  const char *device = bk_frame_get_string (reply, "device");

  bk_fake_clock_advance (f->clock, 5000000);
  client_close (laptop);
  gint64 left = now_s (f);
  bk_test_drain ();
  client_quiet (alice);
  bk_fake_clock_advance (f->clock, 7000000);

  g_auto (Devices) list = list_devices (alice, 2);
  g_assert_cmpstr (list.devices[0], ==, alice->device);
  g_assert_cmpstr (list.names[0], ==, "");
  g_assert_cmpint (g_array_index (list.seen, gint64, 0), ==, now_s (f));
  g_assert_cmpstr (list.devices[1], ==, device);
  g_assert_cmpstr (list.names[1], ==, "laptop");
  g_assert_cmpint (g_array_index (list.seen, gint64, 1), ==, left);
}

static void
test_device_removed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_error (alice, request_who (BK_FRAME_DEVICE_REMOVE, "device", bob->device), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_who (BK_FRAME_DEVICE_REMOVE, "device", alice->device), BECKON_ERROR_INVALID_ARGUMENT);
  client_ok (alice, request_who (BK_FRAME_DEVICE_REMOVE, "device", laptop->device));
  expect_revoked (laptop);
  client_quiet (phone);
  client_quiet (bob);
  expect_sign_in (f, NULL, laptop->token, FALSE);
  client_error (alice, request_who (BK_FRAME_DEVICE_REMOVE, "device", laptop->device), BECKON_ERROR_NOT_FOUND);
  g_auto (Devices) list = list_devices (alice, 2);
  g_assert_cmpstr (list.devices[1], ==, phone->device);
}

/* ---- the account ---- */

static void
expect_contact (Client *c, const char *who, const char *relation)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "relation"), ==, relation);
}

static void
expect_session (Client *c, BkEnvelopeKind kind)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_SESSION);

  g_assert_cmpint (bk_frame_get_envelope (frame)->kind, ==, kind);
  if (kind == BK_ENVELOPE_END)
    g_assert_cmpint (bk_frame_get_envelope (frame)->reason, ==, BECKON_SESSION_RESULT_SIGNED_OUT);
}

static void
invite (Client *from, Client *to)
{
  g_autofree char *session = bk_guid_new ();
  BkEnvelope *invite = bk_envelope_new (BK_ENVELOPE_INVITE, session);

  invite->app_guid = g_strdup ("{00000000-0000-4000-8000-0000000000AA}");
  invite->app_name = g_strdup ("Pipe");
  invite->ttl = BK_TIMEOUT_ANSWER_S;
  client_ok (from, request_session (to->name, invite));
  expect_session (to, BK_ENVELOPE_INVITE);
}

/* Contacts see whoever goes leave and vanish, and the sessions with it end; who only was asked sees it vanish. */
static void
test_account_removed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  befriend (alice, bob);
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "hello"));
  client_ok (alice, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL));
  client_forget_pushes (alice);
  client_forget_pushes (bob);
  client_forget_pushes (carol);
  client_forget_pushes (laptop);
  invite (alice, bob);
  invite (bob, alice);
  expect_session (laptop, BK_ENVELOPE_INVITE);

  client_error (alice, request_who (BK_FRAME_ACCOUNT_REMOVE, "password", "wrong horse"),
                BECKON_ERROR_INVALID_PASSWORD);
  client_forget_pushes (alice);
  client_ok (alice, request_who (BK_FRAME_ACCOUNT_REMOVE, "password", PASSWORD));
  expect_revoked (alice);
  expect_revoked (laptop);
  g_autoptr (BkFrame) offline = client_push (bob, BK_FRAME_PRESENCE);
  g_assert_cmpstr (bk_frame_get_string (offline, "status"), ==, "offline");
  expect_session (bob, BK_ENVELOPE_END);
  expect_session (bob, BK_ENVELOPE_END);
  expect_contact (bob, ALICE, "none");
  expect_contact (carol, ALICE, "none");
  client_quiet (bob);
  client_quiet (carol);
  g_assert_cmpuint (bk_server_get_online (f->server), ==, 2);

  /* The name is free, and whoever takes it finds nothing of what was. */
  expect_sign_in (f, NULL, alice->token, FALSE);
  g_autoptr (Client) other = sign_up (f, ALICE);
  g_assert_true (g_queue_is_empty (&other->pushes));
  client_error (other, request_message (BOB, "{00000000-0000-4000-8000-000000000002}", "hello"),
                BECKON_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/keeping/password", test_password);
  SERVER_TEST ("/server/keeping/overtaken", test_overtaken);
  SERVER_TEST ("/server/keeping/guesses", test_guesses);
  SERVER_TEST ("/server/keeping/devices", test_devices);
  SERVER_TEST ("/server/keeping/device-removed", test_device_removed);
  SERVER_TEST ("/server/keeping/account-removed", test_account_removed);
  return g_test_run ();
}
