/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STUN and TURN servers: what clients are told, and the words that open them. */
#include "server-fixture.h"

#include "bk-server-relays.h"

#include <string.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define SECRET "north"
#define TTL 3600
#define UDP "turn:turn.example.org:3478?transport=udp"
#define TCP "turn:turn.example.org:3478?transport=tcp"
#define STUN "stun:stun.example.org"

/* Computed once by third parties: the digits by Python's hmac, the password by `openssl dgst -sha1 -hmac`. */
static void
test_vector (void)
{
  g_autofree char *user = bk_server_relays_make_user (SECRET, ALICE, 1767312000);
  g_autofree char *password = bk_server_relays_make_password (SECRET, user);

  g_assert_cmpstr (user, ==, "1767312000:2a3caf980f2d2e3253977f6d4dcb4da3");
  g_assert_cmpstr (password, ==, "+2GdDzPeTq77gE+xtwXXQGRAVf0=");
}

static char **
list (const char *first, const char *second)
{
  const char *words[] = { first, second, NULL };

  return g_strdupv ((char **) words);
}

static void
configure (BkServerConfig *config)
{
  config->turn_servers = list (UDP, TCP);
  config->stun_servers = list (STUN, NULL);
  config->turn_secret = g_strdup (SECRET);
  config->turn_ttl = TTL;
  config->relays = (BkServerRate){ 3, 10000 };
}

static BkFrame *
get_relays (Client *c)
{
  BkFrame *reply = client_call (c, request (BK_FRAME_RELAYS));

  g_assert_cmpint (bk_frame_get_frame_type (reply), ==, BK_FRAME_OK);
  return reply;
}

static void
test_all (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  gint64 expiry = bk_clock_real (BK_CLOCK (f->clock)) / G_USEC_PER_SEC + TTL;
  g_autoptr (BkFrame) reply = get_relays (alice);
  g_auto (GStrv) servers = bk_frame_dup_strings (reply, "servers");
  const char *const expected[] = { UDP, TCP, STUN, NULL };

  g_assert_cmpstrv (servers, expected);
  g_assert_cmpint (bk_frame_get_int (reply, "ttl"), ==, TTL);
  g_autofree char *user = bk_server_relays_make_user (SECRET, ALICE, expiry);
  g_autofree char *password = bk_server_relays_make_password (SECRET, user);
  g_assert_cmpstr (bk_frame_get_string (reply, "user"), ==, user);
  g_assert_cmpstr (bk_frame_get_string (reply, "password"), ==, password);
}

static char *
dup_account (const BkFrame *reply)
{
  const char *colon = strchr (bk_frame_get_string (reply, "user"), ':');

  g_assert_nonnull (colon);
  return g_strdup (colon + 1);
}

/* What the logs of a TURN server hold: the same word for an account on each device and day, another for each account,
 * and nothing of its name. */
static void
test_no_names (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (BkFrame) first = get_relays (alice);

  bk_fake_clock_advance (f->clock, 60 * 1000);
  g_autoptr (BkFrame) later = get_relays (laptop);
  g_autoptr (BkFrame) other = get_relays (bob);
  g_autofree char *a = dup_account (first);
  g_autofree char *b = dup_account (later);
  g_autofree char *c = dup_account (other);
  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
  g_assert_cmpuint (strspn (a, "0123456789abcdef"), ==, 32);
  g_assert_cmpstr (bk_frame_get_string (first, "user"), !=, bk_frame_get_string (later, "user"));
}

/* By account, on whatever connection. */
static void
test_rate (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  bk_frame_free (get_relays (alice));
  bk_frame_free (get_relays (laptop));
  bk_frame_free (get_relays (alice));
  g_autoptr (BkFrame) refused = client_call (laptop, request (BK_FRAME_RELAYS));
  g_assert_cmpint (bk_frame_get_frame_type (refused), ==, BK_FRAME_ERROR);
  g_assert_cmpstr (bk_frame_get_string (refused, "code"), ==, "server-too-busy");
  g_assert_cmpint (bk_frame_get_int (refused, "retry_ms"), ==, 10000);
  bk_frame_free (get_relays (bob));
  bk_fake_clock_advance (f->clock, 10000);
  bk_frame_free (get_relays (laptop));
}

static void
test_not_signed_in (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) c = client_new (f);

  client_error (c, request (BK_FRAME_RELAYS), BECKON_ERROR_NOT_LOGGED_ON);
}

static void
expect_servers (Client *c, const char *const *expected)
{
  g_autoptr (BkFrame) reply = get_relays (c);
  g_auto (GStrv) servers = bk_frame_dup_strings (reply, "servers");

  g_assert_cmpstrv (servers, expected);
  g_assert_null (bk_frame_get_string (reply, "user"));
  g_assert_null (bk_frame_get_string (reply, "password"));
  g_assert_cmpint (bk_frame_get_int (reply, "ttl"), ==, 0);
}

static void
test_none (Fixture *f, gconstpointer data)
{
  const char *const none[] = { NULL };
  g_autoptr (Client) c = sign_up (f, ALICE);

  expect_servers (c, none);
}

static void
configure_stun (BkServerConfig *config)
{
  config->stun_servers = list (STUN, NULL);
  config->turn_secret = g_strdup (SECRET); /* opens nothing here */
}

static void
test_stun_only (Fixture *f, gconstpointer data)
{
  const char *const stun[] = { STUN, NULL };
  g_autoptr (Client) c = sign_up (f, ALICE);

  expect_servers (c, stun);
}

/* ---- what is no configuration ---- */

static void
expect_complaint (BkServerConfig *config, const char *complaint)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_server_relays_complete (config, &error));
  if (strstr (error->message, complaint) == NULL)
    g_error ("“%s” is missing in: %s", complaint, error->message);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *turn, *stun, *complaint;
  } cases[] = {
    { "turn.example.org", NULL, "“turn-servers”, number 1," },
    { STUN, NULL, "“turn-servers”, number 1," },
    { "turn:host:0", NULL, "“turn-servers”, number 1," },
    { "turn:host?transport=sctp", NULL, "“turn-servers”, number 1," },
    { NULL, UDP, "“stun-servers”, number 1," },
    { NULL, "stun:", "“stun-servers”, number 1," },
    { NULL, "stun:-x", "“stun-servers”, number 1," },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BkServerConfig) config = bk_server_config_new ();
      config->turn_secret = g_strdup (SECRET);
      config->turn_servers = cases[i].turn != NULL ? list (cases[i].turn, NULL) : NULL;
      config->stun_servers = cases[i].stun != NULL ? list (cases[i].stun, NULL) : NULL;
      expect_complaint (config, cases[i].complaint);
    }
}

static void
test_too_many (void)
{
  g_autoptr (BkServerConfig) config = bk_server_config_new ();
  g_autoptr (GError) error = NULL;

  config->stun_servers = g_strsplit ("stun:a stun:b stun:c stun:d stun:e stun:f stun:g stun:h", " ", -1);
  bk_server_relays_complete (config, &error);
  g_assert_no_error (error);
  config->turn_servers = list (UDP, NULL);
  config->turn_secret = g_strdup (SECRET);
  expect_complaint (config, "more than 8 together");
}

static BkServerConfig *
config_with_turn (void)
{
  BkServerConfig *config = bk_server_config_new ();

  config->turn_servers = list (" " UDP " ", NULL);
  return config;
}

static void
test_secret (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *path = g_build_filename (dir, "secret", NULL);
  g_autoptr (BkServerConfig) none = config_with_turn ();
  g_autoptr (BkServerConfig) two = config_with_turn ();
  g_autoptr (BkServerConfig) missing = config_with_turn ();
  g_autoptr (BkServerConfig) empty = config_with_turn ();
  g_autoptr (BkServerConfig) good = config_with_turn ();
  g_autoptr (GError) error = NULL;

  expect_complaint (none, "need a “turn-secret”");
  two->turn_secret = g_strdup (SECRET);
  two->turn_secret_file = g_strdup (path);
  expect_complaint (two, "Only one of");
  missing->turn_secret_file = g_strdup (path);
  expect_complaint (missing, "“turn-secret-file” cannot be read");
  g_autofree char *long_line = g_strnfill (2 * 1024 * 1024, 'x');
  g_assert_true (g_file_set_contents (path, long_line, -1, NULL));
  expect_complaint (missing, "secret is much too long");
  g_assert_true (g_file_set_contents (path, "\n", -1, NULL));
  empty->turn_secret_file = g_strdup (path);
  expect_complaint (empty, "need a “turn-secret”");
  g_assert_true (g_file_set_contents (path, SECRET "\n", -1, NULL));
  good->turn_secret_file = g_strdup (path);
  bk_server_relays_complete (good, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (good->turn_secret, ==, SECRET);
  g_assert_cmpstr (good->turn_servers[0], ==, UDP);
}

#define RELAYS_TEST(path, configure, function) \
  g_test_add (path, Fixture, configure, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/server/relays/vector", test_vector);
  RELAYS_TEST ("/server/relays/all", configure, test_all);
  RELAYS_TEST ("/server/relays/no-names", configure, test_no_names);
  RELAYS_TEST ("/server/relays/rate", configure, test_rate);
  RELAYS_TEST ("/server/relays/not-signed-in", configure, test_not_signed_in);
  RELAYS_TEST ("/server/relays/none", NULL, test_none);
  RELAYS_TEST ("/server/relays/stun-only", configure_stun, test_stun_only);
  g_test_add_func ("/server/relays/addresses", test_addresses);
  g_test_add_func ("/server/relays/too-many", test_too_many);
  g_test_add_func ("/server/relays/secret", test_secret);
  return g_test_run ();
}
