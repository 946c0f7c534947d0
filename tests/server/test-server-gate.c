/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets in: the audit of it, and guessing from one place and from many. */
#include "server-fixture.h"

#include "bk-server-rate.h"

#include <glib/gstdio.h>
#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define PASSWORD "correct horse"
#define DAY_MS (24 * 3600 * 1000)

/* ---- audit ---- */

static char *
list_audit (Fixture *f, const char *name)
{
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);

  job->name = g_strdup (name);
  return fixture_administer (f, BK_SQLITE_READ, bk_store_list_audit, job);
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = strstr (text, part); p != NULL; p = strstr (p + strlen (part), part))
    n++;
  return n;
}

static void
expect_row (const char *list, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
expect_row (const char *list, const char *format, ...)
{
  va_list words;

  va_start (words, format);
  g_autofree char *row = g_strdup_vprintf (format, words);
  va_end (words);
  if (count (list, row) != 1)
    g_error ("“%s” is not once in: %s", row, list);
}

static BkFrame *
request_password (const char *password, const char *new_password)
{
  BkFrame *frame = request_who (BK_FRAME_PASSWORD_SET, "password", password);

  bk_frame_set_string (frame, "new_password", new_password);
  return frame;
}

static void
test_audit (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, ALICE);
  g_autoptr (Client) stranger = client_new (f);

  client_ok (alice, request_who (BK_FRAME_DEVICE_REMOVE, "device", phone->device));
  client_error (stranger, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (stranger, request_sign_in (ALICE, "wrong horse", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (stranger, request_sign_in (ALICE, NULL, "made-up", NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (alice, request_password ("wrong horse", "battery staple"), BECKON_ERROR_INVALID_PASSWORD);
  client_ok (alice, request_password (PASSWORD, "battery staple"));
  client_error (alice, request_who (BK_FRAME_ACCOUNT_REMOVE, "password", PASSWORD), BECKON_ERROR_INVALID_PASSWORD);
  client_ok (alice, request_who (BK_FRAME_ACCOUNT_REMOVE, "password", "battery staple"));

  g_autofree char *list = list_audit (f, NULL);
  expect_row (list, "somebody  register  " ALICE "  from 127.0.0.1  done");
  expect_row (list, "account  device add  " ALICE "  from 127.0.0.1  %s  done", alice->device);
  expect_row (list, "account  device add  " ALICE "  from 127.0.0.1  %s  done", laptop->device);
  expect_row (list, "account  device remove  " ALICE "  from 127.0.0.1  %s  done", phone->device);
  expect_row (list, "somebody  sign in  " ALICE "  from 127.0.0.1  invalid-password  2 times");
  expect_row (list, "somebody  sign in by token  from 127.0.0.1  invalid-password");
  expect_row (list, "account  password  " ALICE "  from 127.0.0.1  invalid-password");
  expect_row (list, "account  password  " ALICE "  from 127.0.0.1  done");
  expect_row (list, "account  account remove  " ALICE "  from 127.0.0.1  invalid-password");
  expect_row (list, "account  account remove  " ALICE "  from 127.0.0.1  done");
  g_assert_cmpuint (count (list, "\n"), ==, 11);
  g_assert_null (strstr (list, "horse"));
  g_assert_null (strstr (list, "staple"));
  g_assert_null (strstr (list, "made-up"));
  g_autofree char *about = list_audit (f, ALICE);
  g_assert_cmpuint (count (about, "\n"), ==, 10);
}

/* What the worker was given before is written, and the row of a refusal: that is handed in after its answer. */
static void
settle (Fixture *f)
{
  g_autoptr (Client) c = client_new (f);

  client_error (c, request_sign_in (BOB, NULL, "made-up", NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
  client_error (c, request_sign_in (BOB, NULL, "made-up", NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
}

static void
keep_two_days (BkServerConfig *config)
{
  config->audit_days = 2;
  config->failures.burst = 1000;
}

static void
test_audit_retention (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  bk_fake_clock_advance (f->clock, DAY_MS);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autofree char *both = list_audit (f, NULL);
  expect_row (both, "register  " ALICE);
  bk_fake_clock_advance (f->clock, DAY_MS + DAY_MS / 2);
  settle (f);
  g_autofree char *one = list_audit (f, NULL);
  g_assert_null (strstr (one, ALICE));
  expect_row (one, "register  " BOB);
}

/* However many are refused, few rows come of it, and not every one is even written. */
static void
test_audit_flood (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  for (int i = 0; i < 150; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%d@example.org", i);
      client_error (c, request_sign_in (name, "wrong horse", NULL, NULL, 0), BECKON_ERROR_INVALID_PASSWORD);
    }
  settle (f);
  g_autofree char *list = list_audit (f, NULL);
  g_assert_cmpuint (count (list, "\n"), ==, 20);
}

static void
test_audit_bounded (Fixture *f, gconstpointer data)
{
  sqlite3 *db;
  g_autoptr (Client) alice = sign_up (f, ALICE);

  client_forget_pushes (alice);
  g_assert_cmpint (sqlite3_open (f->database, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db,
                                 "INSERT INTO audit (time, last, actor, act, about, origin, detail, result)"
                                 " SELECT time, time, 0, 'device remove', about, '', '', 'done' FROM audit LIMIT 1;"
                                 "UPDATE sqlite_sequence SET seq = seq + 100000 WHERE name = 'audit'",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  settle (f);
  g_autofree char *list = list_audit (f, NULL);
  g_assert_null (strstr (list, "register"));
  expect_row (list, "operator  device remove  " ALICE "  done");
  expect_row (list, "somebody  sign in by token");
}

/* ---- what lies in the file ---- */

static gboolean
file_has (const char *path, const char *suffix, const char *text)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  g_autofree char *contents = NULL;
  gsize length;

  return g_file_get_contents (name, &contents, &length, NULL) && memmem (contents, length, text, strlen (text)) != NULL;
}

static gboolean
lies_there (Fixture *f, const char *text)
{
  return file_has (f->database, "", text) || file_has (f->database, "-wal", text);
}

/* No password and nothing that opens an account can be read there. What people write can. */
static void
test_at_rest (Fixture *f, gconstpointer data)
{
  const char *const suffixes[] = { "", "-wal", "-shm", "-operator" };
  BkStoreAdmin *job = g_new0 (BkStoreAdmin, 1);
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  job->token = g_strdup ("5f2b9c0d-this-is-a-token-to-register-with");
  job->uses = 1;
  g_free (fixture_administer (f, BK_SQLITE_WRITE, bk_store_create_token, job));
  befriend (alice, bob);
  g_autoptr (BkFrame) sent = client_call (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}",
                                                                  "what people write"));
  client_ok (alice, request_password (PASSWORD, "battery staple"));

  g_assert_true (lies_there (f, ALICE));
  g_assert_true (lies_there (f, "what people write"));
  g_assert_true (lies_there (f, "$argon2id$"));
  g_assert_false (lies_there (f, PASSWORD));
  g_assert_false (lies_there (f, "battery staple"));
  g_assert_false (lies_there (f, alice->token));
  g_assert_false (lies_there (f, "this-is-a-token"));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (f->database, suffixes[i], NULL);
      GStatBuf status;
      g_assert_cmpint (g_stat (name, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 077, ==, 0);
    }
}

/* ---- who may make an account ---- */

/* As long as nobody says otherwise: everybody where only this machine can reach the server, else who has a token. */
static void
test_registration_default (void)
{
  const struct
  {
    const char *listen[3];
    BkServerRegistration expected;
  } cases[] = {
    { { "127.0.0.1:0" }, BK_SERVER_REGISTRATION_OPEN },
    { { "[::1]:0", "localhost:0" }, BK_SERVER_REGISTRATION_OPEN },
    { { "0.0.0.0:0" }, BK_SERVER_REGISTRATION_TOKEN },
    { { "127.0.0.1:0", "192.0.2.1:0" }, BK_SERVER_REGISTRATION_TOKEN },
    { { "127.0.0.1:0", "[::]:0" }, BK_SERVER_REGISTRATION_TOKEN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BkServerConfig) config = bk_server_config_new ();
      g_autoptr (GError) error = NULL;
      config->listen = g_strdupv ((char **) cases[i].listen);
      config->domain = g_strdup ("example.org");
      config->database = g_strdup ("server.db");
      config->certificate = g_strdup ("cert.pem");
      config->key = g_strdup ("key.pem");
      g_assert_true (bk_server_config_complete (config, &error));
      g_assert_cmpint (config->registration, ==, cases[i].expected);
    }
}

/* ---- guessing ---- */

/* A client that comes from another address. */
static Client *
connect_from (Fixture *f, const char *address)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (SoupSession) soup
    = soup_session_new_with_options ("local-address", local, NULL);
  Client *c = client_connect (soup, f->port);
  g_autoptr (BkFrame) hello = client_push (c, BK_FRAME_HELLO);

  return c;
}

/* Returns the error, or -1. */
static int
try_password (Client *c, const char *name, const char *password)
{
  g_autoptr (BkFrame) reply = client_call (c, request_sign_in (name, password, NULL, NULL, 0));
  g_autoptr (GError) error = NULL;

  if (bk_frame_get_frame_type (reply) != BK_FRAME_ERROR)
    return -1;
  error = bk_frame_dup_error (reply);
  return error->code;
}

/* Guesses @name from ten addresses, until the name itself is slowed. */
static void
guess_from_many (Fixture *f, const char *name)
{
  for (int host = 2; host < 12; host++)
    {
      g_autofree char *address = g_strdup_printf ("127.0.0.%d", host);
      g_autoptr (Client) c = connect_from (f, address);
      for (int i = 0; i < 10; i++)
        g_assert_cmpint (try_password (c, name, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
      g_assert_cmpint (try_password (c, name, "wrong horse"), ==, BECKON_ERROR_SERVER_TOO_BUSY);
    }
}

/* While many guess, each of them is slowed, further ones more so, and the right one still gets in. */
static void
guess (Fixture *f, const char *name)
{
  guess_from_many (f, name);
  g_autoptr (Client) further = connect_from (f, "127.0.0.50");
  g_assert_cmpint (try_password (further, name, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_password (further, name, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_password (further, name, "wrong horse"), ==, BECKON_ERROR_SERVER_TOO_BUSY);
}

static void
test_guess_real (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  guess (f, ALICE);
  g_autoptr (Client) right = connect_from (f, "127.0.0.60");
  g_assert_cmpint (try_password (right, ALICE, "a typing error"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_password (right, ALICE, PASSWORD), ==, -1);
  g_autoptr (Client) again = connect_from (f, "127.0.0.60");
  g_assert_cmpint (try_password (again, ALICE, PASSWORD), ==, -1);
  client_quiet (alice);
}

/* Who gets in although a name is guessed gives nobody else an attempt more. */
static void
test_guess_after (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);

  guess_from_many (f, ALICE);
  g_autoptr (Client) right = connect_from (f, "127.0.0.60");
  g_assert_cmpint (try_password (right, ALICE, PASSWORD), ==, -1);
  g_autoptr (Client) further = connect_from (f, "127.0.0.50");
  g_assert_cmpint (try_password (further, ALICE, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_password (further, ALICE, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpint (try_password (further, ALICE, "wrong horse"), ==, BECKON_ERROR_SERVER_TOO_BUSY);
}

/* A name that does not exist is slowed in the same way. */
static void
test_guess_nobody (Fixture *f, gconstpointer data)
{
  guess (f, BOB);
}

/* An address is slowed over all names; others are not. */
static void
test_guess_address (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);
  g_autoptr (Client) other = connect_from (f, "127.0.0.2");

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%d@example.org", i);
      g_assert_cmpint (try_password (c, name, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
    }
  g_assert_cmpint (try_password (c, "nobody-50@example.org", "wrong horse"), ==, BECKON_ERROR_SERVER_TOO_BUSY);
  g_assert_cmpint (try_password (other, "nobody-50@example.org", "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
}

/* Who is refused because of others at the same address has not tried: there is no second fine on top. */
static void
test_guess_neighbour (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) c = client_new (f);

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%d@example.org", i);
      g_assert_cmpint (try_password (c, name, "wrong horse"), ==, BECKON_ERROR_INVALID_PASSWORD);
    }
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (try_password (c, ALICE, PASSWORD), ==, BECKON_ERROR_SERVER_TOO_BUSY);
  bk_fake_clock_advance (f->clock, 6000);
  g_assert_cmpint (try_password (c, ALICE, PASSWORD), ==, -1);
  client_quiet (alice);
}

/* Many small offenders do not make the server forget a great one. */
static void
test_buckets (void)
{
  const BkServerRate rate = { 10, 1000 };
  g_autoptr (BkServerBuckets) buckets = bk_server_buckets_new (100);
  guint retry_ms;

  while (bk_server_buckets_take (buckets, "great", rate, 5000000, &retry_ms))
    ;
  for (int i = 0; i < 5000; i++)
    {
      g_autofree char *key = g_strdup_printf ("small %d", i);
      g_assert_true (bk_server_buckets_take (buckets, key, rate, 5000000, &retry_ms));
    }
  g_assert_false (bk_server_buckets_take (buckets, "great", rate, 5000000, &retry_ms));
  g_assert_cmpuint (bk_server_buckets_get_size (buckets), ==, 100);
}

/* What counts as one address: of IPv6 what one subscriber gets. */
static void
test_networks (void)
{
  const char *const same[][2] = {
    { "192.0.2.1", "192.0.2.1" },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
    { "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::" },
    { "2001:db8:1:3::1", "2001:db8:1:3::" },
    { "::1", "::" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *network = bk_server_dup_network (same[i][0]);
      g_assert_cmpstr (network, ==, same[i][1]);
    }
}

#define CONFIGURED_TEST(path, configure, function) \
  g_test_add (path, Fixture, configure, fixture_set_up, function, fixture_tear_down)

static void
many_per_address (BkServerConfig *config)
{
  config->failures.burst = 1000;
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/gate/audit", test_audit);
  CONFIGURED_TEST ("/server/gate/audit-retention", keep_two_days, test_audit_retention);
  CONFIGURED_TEST ("/server/gate/audit-flood", many_per_address, test_audit_flood);
  SERVER_TEST ("/server/gate/audit-bounded", test_audit_bounded);
  SERVER_TEST ("/server/gate/at-rest", test_at_rest);
  g_test_add_func ("/server/gate/registration-default", test_registration_default);
  SERVER_TEST ("/server/gate/guess-real", test_guess_real);
  SERVER_TEST ("/server/gate/guess-after", test_guess_after);
  SERVER_TEST ("/server/gate/guess-nobody", test_guess_nobody);
  SERVER_TEST ("/server/gate/guess-address", test_guess_address);
  SERVER_TEST ("/server/gate/guess-neighbour", test_guess_neighbour);
  g_test_add_func ("/server/gate/buckets", test_buckets);
  g_test_add_func ("/server/gate/networks", test_networks);
  return g_test_run ();
}
