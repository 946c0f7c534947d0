/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine keeps for channels: its own keys and those of contacts, the user's servers; and the test of the
 * connection. */
#include "bk-engine-account-private.h"
#include "bk-limits.h"
#include "engine-world.h"
#include "fake-channel.h"

#include <string.h>

#define BOB "bob@example.org"
#define IDENTITY_KEY "account/alice@example.org/identity"
#define PASSWORD_KEY "connection/password"

static const char *const servers[] = { "stun:stun.example:3478", "turn:[2001:db8::1]:443?transport=tcp", NULL };

/* ---- keys ---- */

static void
test_own_key (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  g_autofree char *key = g_strdup (bk_identity_get_key (bk_engine_account_get_identity (account)));
  g_autofree char *secret = g_strdup (g_hash_table_lookup (world->secret_table, IDENTITY_KEY));
  g_autoptr (BkIdentity) kept = bk_identity_new_from_secret (secret);
  g_assert_cmpstr (bk_identity_get_key (kept), ==, key);
  engine_world_close (world);

  account = engine_world_reopen (world, &backend);
  g_assert_cmpstr (bk_identity_get_key (bk_engine_account_get_identity (account)), ==, key);
  g_assert_cmpstr (g_hash_table_lookup (world->secret_table, IDENTITY_KEY), ==, secret);
  engine_world_close (world);

  /* Something else took its place: a new one. */
  g_hash_table_replace (world->secret_table, g_strdup (IDENTITY_KEY), g_strdup ("nonsense"));
  account = engine_world_reopen (world, &backend);
  g_assert_cmpstr (bk_identity_get_key (bk_engine_account_get_identity (account)), !=, key);
  g_assert_cmpuint (strlen (g_hash_table_lookup (world->secret_table, IDENTITY_KEY)), ==, 64);
}

/* Who cannot get at the key has none, and takes no new one: the old one may be there again tomorrow. */
static void
test_locked_key (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) out = NULL;
  g_autoptr (GAsyncResult) in = NULL;
  HandBackend *backend;

  engine_world_open (world);
  engine_world_add_alice (world, &backend);
  g_autofree char *secret = g_strdup (g_hash_table_lookup (world->secret_table, IDENTITY_KEY));
  engine_world_close (world);

  *world->secrets_locked = TRUE;
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*key of this device could not be read*");
  engine_world_open (world);
  BkEngineAccount *account = bk_engine_get_primary_account (world->engine);
  bk_engine_account_sign_in_async (account, "sesame-open", NULL, bk_test_store_result, &in);
  backend = engine_world_backend (world, 0);
  engine_world_wait_sign_in (backend, 1);
  hand_backend_go_online (backend);
  g_assert_true (bk_engine_account_sign_in_finish (account, bk_test_await (&in), NULL));
  g_test_assert_expected_messages ();
  g_assert_null (bk_engine_account_get_identity (account));
  g_assert_cmpstr (g_hash_table_lookup (world->secret_table, IDENTITY_KEY), ==, secret);

  bk_engine_account_sign_out_async (account, NULL, bk_test_store_result, &out);
  bk_engine_account_sign_out_finish (account, bk_test_await (&out), NULL);
  *world->secrets_locked = FALSE;
  g_clear_object (&in);
  bk_engine_account_sign_in_async (account, NULL, NULL, bk_test_store_result, &in);
  engine_world_wait_sign_in (backend, 2);
  hand_backend_go_online (backend);
  g_assert_true (bk_engine_account_sign_in_finish (account, bk_test_await (&in), NULL));
  g_assert_nonnull (bk_engine_account_get_identity (account));
  g_assert_cmpstr (g_hash_table_lookup (world->secret_table, IDENTITY_KEY), ==, secret);
}

static void
test_keys_of_contacts (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  g_autofree char *one = g_strnfill (64, '1');
  g_autofree char *two = g_strnfill (64, '2');
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  g_assert_false (bk_engine_account_has_keys (account, BOB));
  bk_engine_account_remember_key (account, BOB, one);
  bk_engine_account_remember_key (account, BOB, one);
  engine_world_close (world);

  account = engine_world_reopen (world, &backend);
  g_assert_true (bk_engine_account_has_keys (account, BOB));
  g_assert_true (bk_engine_account_knows_key (account, BOB, one));
  g_assert_false (bk_engine_account_knows_key (account, BOB, two));
  g_assert_false (bk_engine_account_has_keys (account, "carol@example.org"));
  bk_engine_account_remember_key (account, BOB, two);
  engine_world_close (world);

  account = engine_world_reopen (world, &backend);
  g_assert_true (bk_engine_account_knows_key (account, BOB, one));
  g_assert_true (bk_engine_account_knows_key (account, BOB, two));

  /* With the account goes everything that it knew. */
  bk_engine_remove_account_async (world->engine, account, NULL, bk_test_store_result, &removed);
  g_assert_true (bk_engine_remove_account_finish (world->engine, bk_test_await (&removed), NULL));
  g_clear_object (&removed);
  bk_test_drain ();
  g_assert_cmpuint (g_hash_table_size (world->secret_table), ==, 0);
  engine_world_close (world);
  engine_world_open (world);
  account = engine_world_add_alice (world, &backend);
  g_assert_false (bk_engine_account_has_keys (account, BOB));
}

/* ---- the user's own servers ---- */

static void
assert_not_set (EngineWorld *world, const char *const *list, const char *user, const char *password)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bk_engine_set_connection_servers (world->engine, list, user, password, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_null (bk_engine_get_connection_servers (world->engine)[0]);
}

static void
test_refused_servers (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *long_text = g_strnfill (300, 'x');
  g_autofree char *long_server = g_strconcat ("stun:", long_text, NULL);
  const char *const bad[] = { "", "stun.example", "http://stun.example", "turn:host:99999", "stun:a b", long_server };
  const char *many[BK_LIMIT_RELAYS + 2] = { NULL };

  engine_world_open (world);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_not_set (world, (const char *const[]){ servers[0], bad[i], NULL }, "", "");
  for (guint i = 0; i <= BK_LIMIT_RELAYS; i++)
    many[i] = servers[0];
  assert_not_set (world, many, "", "");
  assert_not_set (world, servers, "two\nlines", "");
  assert_not_set (world, servers, "u", long_text);
  assert_not_set (world, servers, "u", "\xff");
  many[BK_LIMIT_RELAYS] = NULL;
  g_assert_true (bk_engine_set_connection_servers (world->engine, many, NULL, NULL, NULL));
}

static void
count (BkEngine *engine, guint *n)
{
  (*n)++;
}

/* What the test of the connection was given. */
static const BkRelays *
try_relays (EngineWorld *world, FakeChannels *channels)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_test_connection_async (world->engine, NULL, NULL, bk_test_store_result, &result);
  g_autoptr (GVariant) outcome = bk_engine_test_connection_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (outcome, FALSE);
  g_assert_cmpstr (text, ==, "{'nat': <'cone'>}");
  return channels->test_relays;
}

static void
test_servers (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (FakeChannels) channels = fake_channels_new ();
  guint n_changes = 0;
  const BkRelays *relays;

  world->channels = BK_CHANNELS (channels);
  engine_world_open (world);
  g_assert_null (try_relays (world, channels));
  g_signal_connect (world->engine, "servers-changed", G_CALLBACK (count), &n_changes);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "alice", "pass", NULL));
  g_assert_cmpuint (n_changes, ==, 1);
  engine_world_close (world);

  for (guint i = 0; i < 2; i++)
    {
      engine_world_open (world);
      bk_test_drain ();
      g_assert_cmpstrv (bk_engine_get_connection_servers (world->engine), servers);
      g_assert_cmpstr (bk_engine_get_connection_user (world->engine), ==, "alice");
      relays = try_relays (world, channels);
      g_assert_cmpstrv (relays->servers, servers);
      g_assert_cmpstr (relays->user, ==, "alice");
      g_assert_cmpstr (relays->password, ==, "pass");
      engine_world_close (world);
    }

  engine_world_open (world);
  g_assert_true (bk_engine_set_connection_servers (world->engine, none, "", "", NULL));
  bk_test_drain ();
  g_assert_false (g_hash_table_contains (world->secret_table, PASSWORD_KEY));
  g_assert_null (try_relays (world, channels));
  engine_world_close (world);
  engine_world_open (world);
  g_assert_null (bk_engine_get_connection_servers (world->engine)[0]);
  g_assert_cmpstr (bk_engine_get_connection_user (world->engine), ==, "");
}

/* What is set while the old password is still being looked for is not mixed with it. */
static void
test_servers_at_once (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (FakeChannels) channels = fake_channels_new ();

  world->channels = BK_CHANNELS (channels);
  engine_world_open (world);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "alice", "pass", NULL));
  engine_world_close (world);
  engine_world_open (world);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "bob", "word", NULL));
  bk_test_drain ();
  g_assert_cmpstr (try_relays (world, channels)->password, ==, "word");
}

/* Whoever changes the servers alone need not know the password, also while it is still being looked for. */
static void
test_servers_same_user (void)
{
  static const char *const others[] = { "turn:other.example", NULL };
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (FakeChannels) channels = fake_channels_new ();

  world->channels = BK_CHANNELS (channels);
  engine_world_open (world);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "alice", "pass", NULL));
  g_assert_true (bk_engine_set_connection_servers (world->engine, others, "alice", "", NULL));
  g_assert_cmpstr (try_relays (world, channels)->password, ==, "pass");
  engine_world_close (world);
  engine_world_open (world);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "alice", "", NULL));
  bk_test_drain ();
  g_assert_cmpstr (try_relays (world, channels)->password, ==, "pass");
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "bob", "", NULL));
  bk_test_drain ();
  g_assert_cmpstr (try_relays (world, channels)->password, ==, "");
  g_assert_false (g_hash_table_contains (world->secret_table, PASSWORD_KEY));
}

/* ---- the test of the connection ---- */

static void
test_with_network (void)
{
  static const char *const turn[] = { "turn:net.example", NULL };
  g_autoptr (BkRelays) of_network = bk_relays_new (turn, "n", "w", 60);
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (FakeChannels) channels = fake_channels_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  world->channels = BK_CHANNELS (channels);
  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  g_assert_true (bk_engine_set_connection_servers (world->engine, servers, "", "", NULL));
  bk_engine_test_connection_async (world->engine, account, NULL, bk_test_store_result, &result);
  bk_engine_test_connection_async (world->engine, account, NULL, bk_test_store_result, &second);
  g_assert_null (bk_engine_test_connection_finish (world->engine, bk_test_await (&second), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
  hand_request_answer_relays (hand_backend_request (backend, 0), of_network);
  g_autoptr (GVariant) outcome = bk_engine_test_connection_finish (world->engine, bk_test_await (&result), NULL);
  g_assert_nonnull (outcome);
  g_assert_cmpstrv (channels->test_relays->servers, servers);
  g_assert_cmpstrv (channels->test_relays->more->servers, turn);
  g_assert_cmpstr (channels->test_relays->more->password, ==, "w");
}

static void
test_slow_network (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (FakeChannels) channels = fake_channels_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  world->channels = BK_CHANNELS (channels);
  channels->refusal = "There is no network.";
  engine_world_open (world);
  BkEngineAccount *account = engine_world_add_alice (world, &backend);
  bk_engine_test_connection_async (world->engine, account, NULL, bk_test_store_result, &result);
  bk_fake_clock_advance (world->clock, 3000);
  g_assert_null (bk_engine_test_connection_finish (world->engine, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
  g_assert_null (channels->test_relays);
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_DISCONNECTED);
  bk_test_drain ();
}

static void
test_no_channels (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  engine_world_open (world);
  bk_engine_test_connection_async (world->engine, NULL, NULL, bk_test_store_result, &result);
  g_assert_null (bk_engine_test_connection_finish (world->engine, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_SUPPORTED);
  bk_engine_nudge (world->engine);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/connection/own-key", test_own_key);
  g_test_add_func ("/connection/locked-key", test_locked_key);
  g_test_add_func ("/connection/keys-of-contacts", test_keys_of_contacts);
  g_test_add_func ("/connection/refused-servers", test_refused_servers);
  g_test_add_func ("/connection/servers", test_servers);
  g_test_add_func ("/connection/servers-at-once", test_servers_at_once);
  g_test_add_func ("/connection/servers-same-user", test_servers_same_user);
  g_test_add_func ("/connection/with-network", test_with_network);
  g_test_add_func ("/connection/slow-network", test_slow_network);
  g_test_add_func ("/connection/no-channels", test_no_channels);
  return g_test_run ();
}
