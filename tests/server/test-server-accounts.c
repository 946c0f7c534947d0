/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections, accounts, devices, tokens, limits of rate. */
#include "server-fixture.h"

#include "bk-ids.h"
#include "bk-server-private.h"
#include "bk-server-rate.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define PASSWORD "correct horse"

static void
test_before_sign_in (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  client_error (c, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "hi"), BECKON_ERROR_NOT_LOGGED_ON);
  client_error (c, request_presence ("online", NULL), BECKON_ERROR_NOT_LOGGED_ON);
  client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_NOT_LOGGED_ON);
  client_register (c, ALICE);
  client_sign_in (c, ALICE, NULL, 0);
  g_assert_cmpint (client_caught_up (c), ==, 0);
  client_error (c, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0), BECKON_ERROR_ALREADY_LOGGED_ON);
}

/* What makes no sense is answered, with the id where there is one, and forgiven a few times. */
static void
test_malformed (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = {
    "nonsense", "{}", "[]", "{\"type\":\"sign-in\"}", "{\"type\":\"hello\",\"id\":3}",
    "{\"type\":\"no-such\",\"id\":4}",
    "{\"type\":\"register\",\"id\":5}", "{\"id\":6}", "{\"type\":\"sign-out\",\"id\":7,\"forget\":1}",
    "{\"type\":\"sign-out\",\"id\":8,\"forget\":true,\"forget\":true}",
  };
  static const gint64 ids[] = { -1, -1, -1, -1, 3, 4, 5, -1, 7, -1 };
  g_autoptr (Client) c = client_new (f);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      client_send_text (c, texts[i]);
      g_autoptr (BkFrame) reply = client_reply (c, ids[i]);
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_ERROR);
    }
  client_send_text (c, "one more");
  client_wait_closed (c);
}

static void
test_register (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  BkFrame *frame;

  client_register (c, ALICE);
  frame = request_who (BK_FRAME_REGISTER, "name", ALICE);
  bk_frame_set_string (frame, "password", "something else");
  client_error (c, frame, BECKON_ERROR_ACCOUNT_EXISTS);

  frame = request_who (BK_FRAME_REGISTER, "name", "alice@elsewhere.example");
  bk_frame_set_string (frame, "password", PASSWORD);
  client_error (c, frame, BECKON_ERROR_INVALID_SERVER_NAME);

  frame = request_who (BK_FRAME_REGISTER, "name", BOB);
  bk_frame_set_string (frame, "password", "short");
  client_error (c, frame, BECKON_ERROR_INVALID_ARGUMENT);

  frame = request_who (BK_FRAME_REGISTER, "name", BOB);
  bk_frame_set_string (frame, "password", PASSWORD);
  bk_frame_set_string (frame, "display_name", "Bob B.");
  client_ok (c, frame);
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (BOB, PASSWORD, NULL, NULL, 0));
  g_assert_cmpstr (bk_frame_get_string (reply, "display_name"), ==, "Bob B.");
  g_assert_cmpint (bk_frame_get_int (reply, "time"), ==, bk_clock_real (BK_CLOCK (f->clock)));
}

static void
test_wrong_password (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  client_register (c, ALICE);
  g_autoptr (BkFrame) wrong = client_call (c, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0));
  g_autoptr (BkFrame) unknown = client_call (c, request_sign_in (BOB, "wrong horse", NULL, NULL, 0));
  g_autoptr (BkFrame) token = client_call (c, request_sign_in (ALICE, NULL, "0123456789", NULL, 0));

  g_assert_cmpstr (bk_frame_get_string (wrong, "code"), ==, "invalid-password");
  g_assert_cmpstr (bk_frame_get_string (wrong, "code"), ==, bk_frame_get_string (unknown, "code"));
  g_assert_cmpstr (bk_frame_get_string (wrong, "text"), ==, bk_frame_get_string (unknown, "text"));
  g_assert_cmpstr (bk_frame_get_string (wrong, "text"), ==, bk_frame_get_string (token, "text"));
  client_error (c, request_sign_in (ALICE, PASSWORD, "both", NULL, 0), BECKON_ERROR_INVALID_ARGUMENT);
  client_error (c, request_sign_in (ALICE, NULL, NULL, NULL, 0), BECKON_ERROR_INVALID_ARGUMENT);
  client_sign_in (c, ALICE, NULL, 0);
}

/* Ten failures, then a pause, whose length is told; the right password is not even tried in it. */
static void
test_throttled (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  client_register (c, ALICE);
  for (int i = 0; i < 10; i++)
    client_error (c, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0));
  g_assert_cmpstr (bk_frame_get_string (reply, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (reply, "retry_ms"), ==, 30000);

  bk_fake_clock_advance (f->clock, 15000);
  g_autoptr (Client) other = client_new (f);
  client_error (other, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0), BECKON_ERROR_SERVER_TOO_BUSY);
  bk_fake_clock_advance (f->clock, 15000);
  g_autoptr (Client) third = client_new (f);
  client_sign_in (third, ALICE, NULL, 0);
}

static void
test_resumption_token (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autofree char *token = g_strdup (c->token);
  g_autofree char *device = g_strdup (c->device);

  client_close (c);
  g_autoptr (Client) again = client_new (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (ALICE, NULL, token, device, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  g_assert_cmpstr (bk_frame_get_string (reply, "token"), ==, token);
  g_assert_cmpstr (bk_frame_get_string (reply, "device"), ==, device);

  /* of another account, of another device */
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) thief = client_new (f);
  client_error (thief, request_sign_in (BOB, NULL, token, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (thief, request_sign_in (ALICE, NULL, token, bob->device, 0), BECKON_ERROR_INVALID_PASSWORD);

  BkFrame *frame = request (BK_FRAME_SIGN_OUT);
  bk_frame_set_bool (frame, "forget", TRUE);
  client_ok (again, frame);
  client_wait_closed (again);
  client_error (thief, request_sign_in (ALICE, NULL, token, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
}

static void
test_sign_out (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  BkFrame *frame = request (BK_FRAME_SIGN_OUT);

  bk_frame_set_bool (frame, "forget", FALSE);
  client_ok (c, frame);
  client_wait_closed (c);
  g_assert_cmpuint (bk_server_get_online (f->server), ==, 0);
  g_autoptr (Client) again = client_new (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (ALICE, NULL, c->token, NULL, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
}

static void
test_device_replaced (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = sign_up (f, ALICE);
  g_autoptr (Client) again = client_new (f);

  client_sign_in (again, ALICE, c->device, 0);
  g_assert_cmpstr (again->device, ==, c->device);
  g_assert_cmpstr (again->token, !=, c->token);
  g_autoptr (BkFrame) bye = client_push (c, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "replaced");
  client_wait_closed (c);
  g_autoptr (Client) old = client_new (f);
  client_error (old, request_sign_in (ALICE, NULL, c->token, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
}

/* A sign-in that was on its way for long, and came after the device had given up and connected anew. */
static void
test_overtaken (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) first = sign_up (f, ALICE);
  client_close (first);
  g_autoptr (Client) late = client_new (f);
  g_autoptr (Client) c = client_new (f);
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (ALICE, NULL, first->token, first->device, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
  client_caught_up (c);

  client_post (late, request_sign_in (ALICE, NULL, first->token, first->device, 0));
  g_autoptr (BkFrame) bye = client_push (late, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "replaced");
  client_wait_closed (late);
  client_quiet (c);
  client_ok (c, request_presence ("busy", NULL));
}

/* The same by password: what it would have changed stays as it is, the token first of all. */
static void
test_overtaken_by_password (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) first = sign_up (f, ALICE);
  client_close (first);
  g_autoptr (Client) late = client_new (f);
  g_autoptr (Client) c = client_new (f);
  client_sign_in (c, ALICE, first->device, 0);
  client_caught_up (c);

  client_post (late, request_sign_in (ALICE, PASSWORD, NULL, first->device, 0));
  g_autoptr (BkFrame) bye = client_push (late, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "replaced");
  client_wait_closed (late);
  client_quiet (c);
  g_autoptr (Client) again = client_new (f);
  g_autoptr (BkFrame) reply = client_call (again, request_sign_in (ALICE, NULL, c->token, c->device, 0));
  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
}

/* Both at once, in whatever order the server comes to them: the newer connection is the one that stays, and its token the
 * one that is good. */
static void
test_overtaken_meanwhile (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) first = sign_up (f, ALICE);

  for (int i = 0; i < 50; i++)
    {
      g_autoptr (Client) late = client_new (f);
      g_autoptr (Client) c = client_new (f);
      g_autoptr (Client) again = client_new (f);
      client_post (late, request_sign_in (ALICE, PASSWORD, NULL, first->device, 0));
      g_autoptr (BkFrame) reply = client_call (c, request_sign_in (ALICE, PASSWORD, NULL, first->device, 0));
      g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_SIGNED_IN);
      client_wait_closed (late);
      const char *token = bk_frame_get_string (reply, "token");
      g_autoptr (BkFrame) good = client_call (again, request_sign_in (ALICE, NULL, token, first->device, 0));
      g_assert_cmpint (bk_frame_get_frame_type (good), ==, BK_FRAME_SIGNED_IN);
    }
}

static void
test_too_many_devices (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);

  g_ptr_array_add (devices, sign_up (f, ALICE));
  for (int i = 1; i < BK_STORE_MAX_DEVICES; i++)
    {
      bk_fake_clock_advance (f->clock, 1000);
      g_ptr_array_add (devices, sign_in (f, ALICE));
    }
  client_quiet (g_ptr_array_index (devices, 0));
  g_ptr_array_add (devices, sign_in (f, ALICE));
  g_autoptr (BkFrame) bye = client_push (g_ptr_array_index (devices, 0), BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "too-many-devices");
  client_quiet (g_ptr_array_index (devices, 1));
}

static gboolean
is_signing_in (gpointer data)
{
  Fixture *f = data;

  return f->server->sign_ins.length == 1;
}

static void
few_devices (BkServerConfig *config)
{
  config->quota.devices = 2;
}

/* Who took the place left before it was told so: the place is taken all the same. */
static void
test_evicted_by_absent (Fixture *f, gconstpointer data)
{
  sqlite3 *db;
  g_autoptr (Client) first = sign_up (f, ALICE);
  bk_fake_clock_advance (f->clock, 1000);
  g_autoptr (Client) second = sign_in (f, ALICE);
  g_autoptr (Client) third = client_new (f);

  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  client_post (third, request_sign_in (ALICE, PASSWORD, NULL, NULL, 0));
  bk_test_wait_until (is_signing_in, f); /* and waits for the file */
  client_close (third);
  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_autoptr (BkFrame) bye = client_push (first, BK_FRAME_BYE);
  g_assert_cmpstr (bk_frame_get_string (bye, "reason"), ==, "too-many-devices");
  client_quiet (second);
}

/* ---- registration ---- */

static void
configure_token (BkServerConfig *config)
{
  config->registration = BK_SERVER_REGISTRATION_TOKEN;
}

static void
configure_closed (BkServerConfig *config)
{
  config->registration = BK_SERVER_REGISTRATION_CLOSED;
}

static void
make_token (Fixture *f, const char *token, guint uses, gint64 expires)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->token = g_strdup (token);
  job->uses = uses;
  job->expires = expires;
  g_free (fixture_administer (f, BK_SQLITE_WRITE, bk_store_create_token, job));
}

static BkFrame *
request_register (const char *name, const char *token)
{
  BkFrame *frame = request_who (BK_FRAME_REGISTER, "name", name);

  bk_frame_set_string (frame, "password", PASSWORD);
  bk_frame_set_string (frame, "token", token);
  return frame;
}

static void
test_registration_token (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  gint64 now = bk_clock_real (BK_CLOCK (f->clock));

  make_token (f, "good", 1, now + 10000000);
  make_token (f, "late", 5, now + 10000000);
  client_error (c, request_register (ALICE, NULL), BECKON_ERROR_ACCESS_DENIED);
  client_error (c, request_register (ALICE, "guess"), BECKON_ERROR_ACCESS_DENIED);
  client_ok (c, request_register (ALICE, "good"));
  client_error (c, request_register (BOB, "good"), BECKON_ERROR_ACCESS_DENIED);
  bk_fake_clock_advance (f->clock, 11000);
  client_error (c, request_register (BOB, "late"), BECKON_ERROR_ACCESS_DENIED);
}

static void
test_registration_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  client_error (c, request_register (ALICE, NULL), BECKON_ERROR_NOT_ALLOWING_NEW_USERS);
}

/* ---- rates ---- */

static void
configure_slow (BkServerConfig *config)
{
  config->frames = (BkServerRate){ 20, 1000 };
  config->contact_adds = (BkServerRate){ 3, 10000 };
  config->registrations = (BkServerRate){ 2, 10000 };
}

static void
test_rates (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  g_autoptr (Client) other = client_new (f);

  client_register (c, ALICE);
  client_register (c, BOB);
  client_error (other, request_register ("carol@example.org", NULL), BECKON_ERROR_SERVER_TOO_BUSY);

  client_sign_in (c, ALICE, NULL, 0);
  client_caught_up (c);
  for (int i = 0; i < 3; i++)
    client_error (c, request_who (BK_FRAME_CONTACT_ADD, "who", "nobody@example.org"), BECKON_ERROR_USER_NOT_FOUND);
  g_autoptr (BkFrame) add = client_call (c, request_who (BK_FRAME_CONTACT_ADD, "who", "nobody@example.org"));
  g_assert_cmpstr (bk_frame_get_string (add, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (add, "retry_ms"), ==, 10000);

  for (int i = 0; i < 13; i++)
    client_ok (c, request_presence ("online", NULL));
  g_autoptr (BkFrame) set = client_call (c, request_presence ("busy", NULL));
  g_assert_cmpstr (bk_frame_get_string (set, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (set, "retry_ms"), ==, 1000);
  bk_fake_clock_advance (f->clock, 1000);
  client_ok (c, request_presence ("busy", NULL));
}

static void
test_bucket (void)
{
  BkServerRate rate = { 2, 1000 };
  BkServerBucket bucket = 0;
  guint retry_ms = 0;

  g_assert_true (bk_server_bucket_take (&bucket, rate, 1, 5000000, &retry_ms));
  g_assert_true (bk_server_bucket_take (&bucket, rate, 1, 5000000, &retry_ms));
  g_assert_false (bk_server_bucket_take (&bucket, rate, 1, 5400000, &retry_ms));
  g_assert_cmpuint (retry_ms, ==, 600);
  g_assert_true (bk_server_bucket_take (&bucket, rate, 1, 6000000, &retry_ms));

  /* bounded, however many names come */
  g_autoptr (BkServerBuckets) buckets = bk_server_buckets_new (10);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);
      g_assert_true (bk_server_buckets_take (buckets, key, rate, 5000000, &retry_ms));
    }
  g_assert_cmpuint (bk_server_buckets_get_size (buckets), <=, 10);
}

/* Those who hold a number of a file that was lost are told everything again. */
static void
test_number_from_nowhere (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) a = sign_up (f, ALICE);
  g_autoptr (Client) b = sign_up (f, BOB);

  befriend (a, b);
  client_close (a);
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, a->device, 1000);
  g_autoptr (BkFrame) contact = client_push (again, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (contact, "who"), ==, BOB);
  g_assert_cmpint (client_caught_up (again), ==, bk_frame_get_int (contact, "seq"));
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/server/accounts/bucket", test_bucket);
  SERVER_TEST ("/server/accounts/before-sign-in", test_before_sign_in);
  SERVER_TEST ("/server/accounts/malformed", test_malformed);
  SERVER_TEST ("/server/accounts/register", test_register);
  SERVER_TEST ("/server/accounts/wrong-password", test_wrong_password);
  SERVER_TEST ("/server/accounts/throttled", test_throttled);
  SERVER_TEST ("/server/accounts/resumption-token", test_resumption_token);
  SERVER_TEST ("/server/accounts/sign-out", test_sign_out);
  SERVER_TEST ("/server/accounts/device-replaced", test_device_replaced);
  SERVER_TEST ("/server/accounts/overtaken", test_overtaken);
  g_test_add ("/server/accounts/evicted-by-absent", Fixture, few_devices, fixture_set_up, test_evicted_by_absent,
              fixture_tear_down);
  SERVER_TEST ("/server/accounts/overtaken-by-password", test_overtaken_by_password);
  SERVER_TEST ("/server/accounts/overtaken-meanwhile", test_overtaken_meanwhile);
  SERVER_TEST ("/server/accounts/too-many-devices", test_too_many_devices);
  SERVER_TEST ("/server/accounts/number-from-nowhere", test_number_from_nowhere);
  g_test_add ("/server/accounts/registration-token", Fixture, configure_token, fixture_set_up, test_registration_token,
              fixture_tear_down);
  g_test_add ("/server/accounts/registration-closed", Fixture, configure_closed, fixture_set_up,
              test_registration_closed, fixture_tear_down);
  g_test_add ("/server/accounts/rates", Fixture, configure_slow, fixture_set_up, test_rates, fixture_tear_down);
  return g_test_run ();
}
