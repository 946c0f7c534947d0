/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that starts again, and what is shown of it: nothing for a while, then everything as it is. */
#include "engine-world.h"

#include "bk-engine-account-private.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define WHILE_MS 10000

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
  guint n_changes;
  guint n_aways;
} Stage;

static void
on_changed (BkEngineAccount *account, Stage *stage)
{
  stage->n_changes++;
}

static void
on_away (BkEngineAccount *account, Stage *stage)
{
  stage->n_aways++;
}

static BeckonStatus
status_of (Stage *stage, const char *who)
{
  return bk_engine_contact_get_status (bk_engine_account_find_contact (stage->alice, who));
}

static void
stage_set_up (Stage *stage, gconstpointer data)
{
  stage->world = engine_world_new ();
  engine_world_open (stage->world);
  stage->alice = engine_world_add_alice (stage->world, &stage->backend);
  hand_backend_contact (stage->backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  hand_backend_contact (stage->backend, "2", CAROL, BECKON_RELATION_ACCEPTED);
  hand_backend_presence (stage->backend, BOB, BECKON_STATUS_BUSY);
  hand_backend_presence (stage->backend, CAROL, BECKON_STATUS_ONLINE);
  engine_world_settle (stage->world, stage->alice);
  g_signal_connect (stage->alice, "changed", G_CALLBACK (on_changed), stage);
  g_signal_connect (stage->alice, "away", G_CALLBACK (on_away), stage);
}

static void
stage_tear_down (Stage *stage, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (stage->alice, stage);
  engine_world_free (stage->world);
}

static void
go (Stage *stage)
{
  g_autoptr (GError) error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_SERVER_UNAVAILABLE, "It starts again");
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_STATE, .state = BK_BACKEND_WAITING, .error = error, .retry_ms = 250, .passing = TRUE,
  };

  bk_backend_emit (BK_BACKEND (stage->backend), &event);
}

static void
check_hidden (Stage *stage)
{
  g_assert_cmpint (bk_engine_account_get_state (stage->alice), ==, BK_BACKEND_ONLINE);
  g_assert_cmpint (bk_engine_account_get_status (stage->alice), ==, BECKON_STATUS_ONLINE);
  g_assert_null (bk_engine_account_get_error (stage->alice));
  g_assert_cmpint (status_of (stage, BOB), ==, BECKON_STATUS_BUSY);
  g_assert_cmpint (status_of (stage, CAROL), ==, BECKON_STATUS_ONLINE);
  g_assert_cmpuint (stage->n_changes, ==, 0);
  g_assert_cmpuint (stage->n_aways, ==, 0);
}

/* Who has come back, too, stays as they were; who has not is gone when the while is over. */
static void
test_back (Stage *stage, gconstpointer data)
{
  go (stage);
  check_hidden (stage);
  hand_backend_state (stage->backend, BK_BACKEND_FINDING, -1);
  hand_backend_state (stage->backend, BK_BACKEND_WAITING, BECKON_ERROR_CONNECT);
  check_hidden (stage);
  bk_fake_clock_advance (stage->world->clock, WHILE_MS / 2);
  hand_backend_go_online (stage->backend);
  check_hidden (stage);
  hand_backend_presence (stage->backend, BOB, BECKON_STATUS_BUSY);

  /* Once more: then all of them have to be heard of again. */
  go (stage);
  bk_fake_clock_advance (stage->world->clock, WHILE_MS - 1);
  hand_backend_go_online (stage->backend);
  check_hidden (stage);
  hand_backend_presence (stage->backend, CAROL, BECKON_STATUS_ONLINE);
  bk_fake_clock_advance (stage->world->clock, 1);
  g_assert_cmpint (status_of (stage, BOB), ==, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (status_of (stage, CAROL), ==, BECKON_STATUS_ONLINE);
  g_assert_cmpuint (stage->n_changes, ==, 0);
  g_assert_cmpuint (stage->n_aways, ==, 0);
}

static void
test_away (Stage *stage, gconstpointer data)
{
  go (stage);
  g_assert_false (bk_engine_account_is_connected (stage->alice));
  hand_backend_state (stage->backend, BK_BACKEND_CONNECTING, -1);
  bk_fake_clock_advance (stage->world->clock, WHILE_MS - 1);
  check_hidden (stage);
  bk_fake_clock_advance (stage->world->clock, 1);
  g_assert_cmpint (bk_engine_account_get_state (stage->alice), ==, BK_BACKEND_CONNECTING);
  g_assert_nonnull (bk_engine_account_get_error (stage->alice));
  g_assert_cmpint (status_of (stage, BOB), ==, BECKON_STATUS_OFFLINE);
  g_assert_cmpuint (stage->n_changes, ==, 1);
  g_assert_cmpuint (stage->n_aways, ==, 1);
}

/* What does not pass is shown at once. */
static void
test_over (Stage *stage, gconstpointer data)
{
  go (stage);
  hand_backend_state (stage->backend, BK_BACKEND_OFFLINE, BECKON_ERROR_ACCESS_DENIED);
  g_assert_cmpint (bk_engine_account_get_state (stage->alice), ==, BK_BACKEND_OFFLINE);
  g_assert_cmpint (status_of (stage, BOB), ==, BECKON_STATUS_OFFLINE);
  g_assert_cmpuint (stage->n_changes, >=, 1);
}

/* An ordinary loss hides nothing. */
static void
test_lost (Stage *stage, gconstpointer data)
{
  hand_backend_state (stage->backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (bk_engine_account_get_state (stage->alice), ==, BK_BACKEND_WAITING);
  g_assert_cmpint (status_of (stage, BOB), ==, BECKON_STATUS_OFFLINE);
  g_assert_cmpuint (stage->n_changes, >=, 1);
}

#define STAGE_TEST(path, function) g_test_add (path, Stage, NULL, stage_set_up, function, stage_tear_down)

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  STAGE_TEST ("/quiet/back", test_back);
  STAGE_TEST ("/quiet/away", test_away);
  STAGE_TEST ("/quiet/over", test_over);
  STAGE_TEST ("/quiet/lost", test_lost);
  return g_test_run ();
}
