/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lock of a program that knows a key, on a network that verifies: in what order answers and facts come is theirs. */
#include "engine-world.h"

#include "bk-engine-lock.h"
#include "bk-fake-backend.h"

#include <string.h>

#define ALICE "alice@example.org"
#define LICENSE "BK7Q2M4N9X3T"
#define KEY "key"

typedef struct
{
  EngineWorld *world;
  BkFakeNetwork *network;
  BkFakeBackend *backend; /* borrowed */
  BkEngineAccount *alice; /* owned by the engine */
  BkEngineLock *lock;
  const char *key; /* with which the program answers */
  GString *log;
} Stage;

static BkBackend *
make_backend (gpointer data)
{
  Stage *stage = data;

  stage->backend = bk_fake_backend_new (stage->network);
  return BK_BACKEND (stage->backend);
}

static void
on_enable (BkEngineLock *lock, gboolean enabled, Stage *stage)
{
  g_string_append_printf (stage->log, "enable:%d ", enabled);
}

/* As a program would. */
static void
on_challenge (BkEngineLock *lock, int cookie, const char *challenge, Stage *stage)
{
  g_autofree char *text = g_strconcat (challenge, "\n" LICENSE, NULL);
  g_autofree char *response = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) stage->key,
                                                         strlen (stage->key), text, -1);

  g_assert_true (bk_engine_lock_send_response (lock, LICENSE, response, cookie, NULL));
}

static void
on_result (BkEngineLock *lock, int cookie, gboolean succeeded, Stage *stage)
{
  g_string_append_printf (stage->log, "%d:%d ", cookie, succeeded);
}

static void
on_status (BkEngineLock *lock, BeckonLockStatus status, Stage *stage)
{
  g_string_append_printf (stage->log, "%s ", beckon_lock_status_to_nick (status));
}

static Stage *
stage_new (void)
{
  Stage *stage = g_new0 (Stage, 1);
  BkEngineNewAccount fields = { .sign_in_name = ALICE, .password = "secret" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stage->world = engine_world_new ();
  stage->network = bk_fake_network_new (BK_CLOCK (stage->world->clock));
  bk_fake_network_set_locked (stage->network, TRUE);
  bk_fake_network_add_license (stage->network, LICENSE, KEY);
  g_assert_true (bk_fake_network_add_account (stage->network, ALICE, "secret", "Alice", NULL));
  stage->world->make_backend = make_backend;
  stage->world->make_backend_data = stage;
  engine_world_open (stage->world);
  bk_engine_add_account_async (stage->world->engine, &fields, NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineAccount) alice
    = bk_engine_add_account_finish (stage->world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  stage->alice = alice;
  stage->key = KEY;
  stage->log = g_string_new (NULL);
  stage->lock = bk_engine_lock_new (alice);
  g_signal_connect (stage->lock, "enable", G_CALLBACK (on_enable), stage);
  g_signal_connect (stage->lock, "challenge", G_CALLBACK (on_challenge), stage);
  g_signal_connect (stage->lock, "result", G_CALLBACK (on_result), stage);
  g_signal_connect (stage->lock, "status-changed", G_CALLBACK (on_status), stage);
  return stage;
}

static void
stage_free (Stage *stage)
{
  g_assert_finalize_object (stage->lock);
  engine_world_close (stage->world);
  g_assert_finalize_object (stage->network);
  engine_world_free (stage->world);
  g_string_free (stage->log, TRUE);
  g_free (stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static void
assert_heard (Stage *stage, const char *log)
{
  bk_test_drain ();
  g_assert_cmpstr (stage->log->str, ==, log);
  g_string_truncate (stage->log, 0);
}

static void
request (Stage *stage, int cookie)
{
  g_assert_true (bk_engine_lock_request_challenge (stage->lock, cookie, NULL));
}

static void
test_whole_life (void)
{
  g_autoptr (Stage) stage = stage_new ();

  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_INITIALIZED);
  request (stage, 1);
  assert_heard (stage, "pending-result unlocked 1:1 ");

  /* The network asks again, twice, and is answered. */
  bk_fake_network_ask_again (stage->network, LICENSE);
  assert_heard (stage, "0:1 ");
  g_autofree char *grant = g_strdup (bk_engine_lock_get_grant (stage->lock));
  bk_fake_network_ask_again (stage->network, LICENSE);
  assert_heard (stage, "0:1 ");
  g_assert_cmpstr (bk_engine_lock_get_grant (stage->lock), ==, grant);

  bk_fake_backend_disconnect (stage->backend);
  assert_heard (stage, "not-initialized ");
  bk_fake_clock_advance (stage->world->clock, 1000);
  assert_heard (stage, "initialized enable:1 ");
  request (stage, 2);
  assert_heard (stage, "pending-result unlocked 2:1 ");
  bk_fake_network_revoke_license (stage->network, LICENSE);
  assert_heard (stage, "initialized ");
  request (stage, 3);
  assert_heard (stage, "pending-result unlock-failed 3:0 ");

  bk_fake_network_set_locked (stage->network, FALSE);
  bk_fake_backend_disconnect (stage->backend);
  bk_fake_clock_advance (stage->world->clock, 1000);
  assert_heard (stage, "not-initialized disabled enable:0 ");
  bk_fake_backend_disconnect (stage->backend);
  assert_heard (stage, "");
  bk_fake_clock_advance (stage->world->clock, 1000);
  assert_heard (stage, "enable:0 ");
}

/* A wrong answer is a wrong answer, also to a question that the network had asked by itself. */
static void
test_wrong_answer (void)
{
  g_autoptr (Stage) stage = stage_new ();

  request (stage, 1);
  assert_heard (stage, "pending-result unlocked 1:1 ");
  stage->key = "another";
  bk_fake_network_ask_again (stage->network, LICENSE);
  assert_heard (stage, "unlock-failed 0:0 ");
  g_assert_false (bk_engine_lock_check (stage->lock, NULL));
  bk_fake_backend_disconnect (stage->backend);
  bk_fake_clock_advance (stage->world->clock, 1000);
  assert_heard (stage, "not-initialized initialized enable:1 ");
  request (stage, 2);
  assert_heard (stage, "pending-result unlock-failed 2:0 ");
}

/* The reply is lost with the connection: nobody holds what it carried. */
static void
test_lost_reply (void)
{
  g_autoptr (Stage) stage = stage_new ();

  bk_fake_backend_lose_next_reply (stage->backend);
  request (stage, 1);
  assert_heard (stage, "pending-result initialized 1:0 not-initialized ");
  bk_fake_clock_advance (stage->world->clock, 1000);
  assert_heard (stage, "initialized enable:1 ");
  request (stage, 2);
  assert_heard (stage, "pending-result unlocked 2:1 ");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/lock-network/whole-life", test_whole_life);
  g_test_add_func ("/lock-network/wrong-answer", test_wrong_answer);
  g_test_add_func ("/lock-network/lost-reply", test_lost_reply);
  return g_test_run ();
}
