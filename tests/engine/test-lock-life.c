/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What no table of states and events shows: arguments, time, late answers, leaving, handlers that call in. */
#include "lock-stage.h"

static void
test_arguments (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *longest = g_strnfill (BK_LIMIT_TOKEN, 'x');
  g_autofree char *too_long = g_strnfill (BK_LIMIT_TOKEN + 1, 'x');
  const char *bad[] = { "", "two words", "line\n", "\xc3\xa4", "\xff", too_long, NULL };

  stage_come_back (stage, TRUE);
  g_autoptr (GError) error = NULL;
  g_assert_false (bk_engine_lock_request_challenge (stage->lock, 0, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (stage->backend->requests->len, ==, 0);
  g_assert_true (bk_engine_lock_request_challenge (stage->lock, -1, NULL));
  stage_answer (stage, "c1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (guint second = 0; second < 2; second++)
      {
        g_clear_error (&error);
        g_assert_false (bk_engine_lock_send_response (stage->lock, second ? "id" : bad[i], second ? bad[i] : "answer",
                                                      -1, &error));
        g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
      }
  g_assert_true (bk_engine_lock_send_response (stage->lock, longest, longest, -1, NULL));
  stage_answer (stage, "g1");
  stage_assert_heard (stage, "initialized enable:1 pending-result challenge:-1:c1 unlocked result:-1:1");
}

/* From the request to the response it is 30 seconds in all, and from there 30 more. */
static void
test_time (void)
{
  g_autoptr (Stage) stage = stage_new ();

  stage_come_back (stage, TRUE);
  stage_request (stage);
  bk_fake_clock_advance (stage->world->clock, 20000);
  stage_answer (stage, "c1");
  bk_fake_clock_advance (stage->world->clock, 9999);
  stage_respond (stage, COOKIE);
  bk_fake_clock_advance (stage->world->clock, 29999);
  stage_assert_heard (stage, "initialized enable:1 pending-result challenge:7:c1");
  bk_fake_clock_advance (stage->world->clock, 1);
  stage_assert_heard (stage, "initialized result:7:0");

  stage_request (stage);
  bk_fake_clock_advance (stage->world->clock, 20000);
  stage_answer (stage, "c2");
  bk_fake_clock_advance (stage->world->clock, 9999);
  stage_assert_heard (stage, "pending-result challenge:7:c2");
  bk_fake_clock_advance (stage->world->clock, 1);
  stage_assert_heard (stage, "initialized result:7:0");
}

/* Answers to what nobody asks any more change nothing, and a grant is not kept from anybody. */
static void
test_late_answers (void)
{
  g_autoptr (Stage) stage = stage_new ();

  stage_come_back (stage, TRUE);
  stage_request (stage);
  HandRequest *old = stage_last_request (stage);
  bk_fake_clock_advance (stage->world->clock, 30000);
  stage_request (stage);
  stage_assert_heard (stage, "initialized enable:1 pending-result initialized result:7:0 pending-result");
  hand_request_answer_word (old, "old");
  stage_assert_heard (stage, "");

  stage_answer (stage, "c1");
  stage_respond (stage, COOKIE);
  old = stage_last_request (stage);
  bk_fake_clock_advance (stage->world->clock, 30000);
  stage_assert_heard (stage, "challenge:7:c1 initialized result:7:0");
  hand_request_answer_word (old, "g9");
  stage_assert_heard (stage, "");
  stage_assert_released (stage, "g9");

  stage_bring (stage, CHECKING);
  old = stage_last_request (stage);
  stage_lose (stage);
  stage_come_back (stage, TRUE);
  g_string_truncate (stage->log, 0);
  hand_request_answer (old, BECKON_ERROR_API_UNLOCK_FAILED);
  stage_assert_heard (stage, "");
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_INITIALIZED);
}

/* The network asks once more while it looks at the answer to the first question. */
static void
test_asked_again (void)
{
  g_autoptr (Stage) stage = stage_new ();

  stage_come_back (stage, TRUE);
  stage_bring (stage, RECHECKING);
  stage_tell (stage, BK_BACKEND_EVENT_LOCK_CHALLENGED, FALSE, "g1", "c4");
  g_string_truncate (stage->log, 0);
  stage_answer (stage, "g1");
  stage_assert_heard (stage, "result:0:1 challenge:0:c4");
  stage_respond (stage, 0);
  g_assert_cmpstr (stage_last_request (stage)->id, ==, "c4");
  stage_answer (stage, "g1");
  stage_assert_heard (stage, "result:0:1");
  stage_assert_released (stage, "");
}

static void
test_two_locks (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (BkEngineLock) other = NULL;

  stage_come_back (stage, TRUE);
  other = bk_engine_lock_new (stage->alice);
  g_assert_cmpint (bk_engine_lock_get_status (other), ==, BECKON_LOCK_STATUS_INITIALIZED);
  stage_bring (stage, OPEN);
  g_assert_cmpint (bk_engine_lock_get_status (other), ==, BECKON_LOCK_STATUS_INITIALIZED);
  g_assert_true (bk_engine_lock_request_challenge (other, COOKIE, NULL));
  stage_answer (stage, "c9");
  g_assert_true (bk_engine_lock_send_response (other, "license", "answer", COOKIE, NULL));
  stage_answer (stage, "g2");
  g_assert_cmpstr (bk_engine_lock_get_grant (stage->lock), ==, "g1");
  g_assert_cmpstr (bk_engine_lock_get_grant (other), ==, "g2");

  stage_tell (stage, BK_BACKEND_EVENT_LOCK_REVOKED, FALSE, "g1", NULL);
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_INITIALIZED);
  g_assert_cmpint (bk_engine_lock_get_status (other), ==, BECKON_LOCK_STATUS_UNLOCKED);
  bk_engine_lock_close (other);
  stage_assert_released (stage, "g2");
  stage_lose (stage);
  g_assert_null (bk_engine_lock_get_grant (other));
}

/* Of a lock that is closed nothing is heard, whatever it waited for; a grant that comes is given back. */
static void
test_close (void)
{
  for (State state = 0; state < N_STATES; state++)
    {
      g_autoptr (Stage) stage = stage_new ();
      gboolean open = state == OPEN || state == DOUBTED || state == RECHECKING;

      stage_come_back (stage, TRUE);
      stage_bring (stage, state);
      bk_test_drain ();
      g_string_truncate (stage->log, 0);
      bk_engine_lock_close (stage->lock);
      bk_engine_lock_close (stage->lock);
      stage_assert_released (stage, open ? "g1" : "");
      g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
      g_assert_false (bk_engine_lock_check (stage->lock, NULL));
      if (lock_is_asked (state))
        stage_answer (stage, "late");
      stage_assert_released (stage, state == CHECKING || state == RECHECKING ? "late" : "");
      stage_lose (stage);
      stage_come_back (stage, TRUE);
      bk_fake_clock_advance (stage->world->clock, 100000);
      stage_assert_heard (stage, "");
      g_assert_cmpint (stage_request_code (stage), ==, BECKON_ERROR_API_NOT_INITIALIZED);
    }
}

/* Who lets go without closing has closed. */
static void
test_dispose (void)
{
  g_autoptr (Stage) stage = stage_new ();

  stage_come_back (stage, TRUE);
  stage_bring (stage, OPEN);
  g_assert_finalize_object (stage->lock);
  stage_assert_released (stage, "g1");
  stage->lock = bk_engine_lock_new (stage->alice);
}

static void
test_sign_out (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GAsyncResult) result = NULL;

  stage_come_back (stage, TRUE);
  stage_bring (stage, OPEN);
  g_string_truncate (stage->log, 0);
  bk_engine_account_sign_out_async (stage->alice, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_account_sign_out_finish (stage->alice, bk_test_await (&result), NULL));
  stage_assert_heard (stage, "not-initialized");
  stage_assert_released (stage, "");
  g_assert_cmpint (stage_request_code (stage), ==, BECKON_ERROR_API_NOT_INITIALIZED);
  stage_come_back (stage, TRUE);
  stage_assert_heard (stage, "initialized enable:1");

  /* Where nothing was locked it is not known any more either. */
  stage_lose (stage);
  stage_come_back (stage, FALSE);
  stage_lose (stage);
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_DISABLED);
  g_autoptr (BkEngineLock) meanwhile = bk_engine_lock_new (stage->alice);
  g_assert_cmpint (bk_engine_lock_get_status (meanwhile), ==, BECKON_LOCK_STATUS_DISABLED);
  stage_assert_heard (stage, "not-initialized disabled enable:0");
  g_clear_object (&result);
  bk_engine_account_sign_out_async (stage->alice, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_account_sign_out_finish (stage->alice, bk_test_await (&result), NULL));
  stage_assert_heard (stage, "not-initialized");
  g_autoptr (BkEngineLock) late = bk_engine_lock_new (stage->alice);
  g_assert_cmpint (bk_engine_lock_get_status (late), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
}

static void
test_account_removed (void)
{
  g_autoptr (Stage) stage = stage_new ();

  stage_come_back (stage, TRUE);
  stage_bring (stage, CHECKING);
  g_string_truncate (stage->log, 0);
  bk_engine_account_close (stage->alice);
  stage_assert_heard (stage, "not-initialized result:7:0");
}

/* ---- handlers that call in ---- */

static void
ask_at_once (BkEngineLock *lock, gboolean enabled, Stage *stage)
{
  stage_request (stage);
}

static void
ask_again (BkEngineLock *lock, int cookie, gboolean succeeded, Stage *stage)
{
  if (cookie == COOKIE && !succeeded)
    g_assert_true (bk_engine_lock_request_challenge (lock, COOKIE + 1, NULL));
}

static void
respond_at_once (BkEngineLock *lock, int cookie, const char *challenge, Stage *stage)
{
  g_assert_true (bk_engine_lock_send_response (lock, "license", challenge, cookie, NULL));
}

static void
test_handlers_call_in (void)
{
  g_autoptr (Stage) stage = stage_new ();

  g_signal_connect (stage->lock, "enable", G_CALLBACK (ask_at_once), stage);
  g_signal_connect (stage->lock, "result", G_CALLBACK (ask_again), stage);
  g_signal_connect (stage->lock, "challenge", G_CALLBACK (respond_at_once), stage);
  stage_come_back (stage, TRUE);
  stage_assert_heard (stage, "initialized enable:1 pending-result");
  hand_request_answer (stage_last_request (stage), BECKON_ERROR_SERVER_TOO_BUSY);
  stage_assert_heard (stage, "initialized result:7:0 pending-result");
  stage_answer (stage, "c1");
  stage_assert_heard (stage, "challenge:8:c1");
  g_assert_cmpstr (stage_last_request (stage)->text, ==, "c1");
  stage_answer (stage, "g1");
  stage_assert_heard (stage, "unlocked result:8:1");
  stage_tell (stage, BK_BACKEND_EVENT_LOCK_CHALLENGED, FALSE, "g1", "c2");
  stage_answer (stage, "g1");
  stage_assert_heard (stage, "challenge:0:c2 result:0:1");
}

static void
close_then (BkEngineLock *lock, BeckonLockStatus status, BeckonLockStatus *when)
{
  if (status == *when)
    bk_engine_lock_close (lock);
}

static void
lose_then (BkEngineLock *lock, BeckonLockStatus status, Stage *stage)
{
  if (status == BECKON_LOCK_STATUS_UNLOCKED)
    stage_lose (stage);
}

/* From a handler the program leaves, or the connection breaks: what comes after is not told as if nothing happened. */
static void
test_handlers_end_it (void)
{
  BeckonLockStatus all[] = { BECKON_LOCK_STATUS_INITIALIZED, BECKON_LOCK_STATUS_PENDING_RESULT,
                             BECKON_LOCK_STATUS_UNLOCKED };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (Stage) stage = stage_new ();

      g_signal_connect (stage->lock, "status-changed", G_CALLBACK (close_then), &all[i]);
      stage_come_back (stage, TRUE);
      if (i > 0)
        stage_request (stage);
      g_assert_cmpuint (stage->backend->requests->len, ==, i > 1);
      if (i > 1)
        {
          stage_answer (stage, "c1");
          stage_respond (stage, COOKIE);
          stage_answer (stage, "g1");
        }
      stage_assert_heard (stage, i == 0 ? "initialized"
                           : i == 1 ? "initialized enable:1 pending-result"
                                    : "initialized enable:1 pending-result challenge:7:c1 unlocked");
      stage_assert_released (stage, i > 1 ? "g1" : "");
    }

  g_autoptr (Stage) stage = stage_new ();
  g_signal_connect (stage->lock, "status-changed", G_CALLBACK (lose_then), stage);
  stage_come_back (stage, TRUE);
  stage_bring (stage, OPEN);
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
  g_assert_null (bk_engine_lock_get_grant (stage->lock));
  stage_assert_heard (stage, "initialized enable:1 pending-result challenge:7:c1 unlocked not-initialized result:7:0");
}

/* ---- a network without the ability ---- */

#define BARE_TYPE_BACKEND (bare_backend_get_type ())
G_DECLARE_FINAL_TYPE (BareBackend, bare_backend, BARE, BACKEND, GObject)

struct _BareBackend
{
  GObject parent_instance;
};

static void
bare_state (gpointer backend, BkBackendState state)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_STATE, .state = state };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

static void
on_bare_in (gpointer backend)
{
  bare_state (backend, BK_BACKEND_SYNCHRONIZING);
  bare_state (backend, BK_BACKEND_ONLINE);
  g_object_unref (backend);
}

static void
bare_sign_in (BkBackend *backend, const BkSignIn *sign_in)
{
  g_idle_add_once (on_bare_in, g_object_ref (backend));
}

static void
on_bare_out (gpointer backend)
{
  bare_state (backend, BK_BACKEND_OFFLINE);
  g_object_unref (backend);
}

static void
bare_sign_out (BkBackend *backend, gboolean forget)
{
  g_idle_add_once (on_bare_out, g_object_ref (backend));
}

static void
bare_backend_init_backend (BkBackendInterface *iface)
{
  iface->sign_in = bare_sign_in;
  iface->sign_out = bare_sign_out;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BareBackend, bare_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BK_TYPE_BACKEND, bare_backend_init_backend))

static void
bare_backend_class_init (BareBackendClass *klass)
{
}

static void
bare_backend_init (BareBackend *self)
{
}

static BkBackend *
make_bare (gpointer user_data)
{
  return g_object_new (BARE_TYPE_BACKEND, NULL);
}

static void
test_no_ability (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  BkEngineNewAccount fields = { .sign_in_name = "alice@example.org", .password = "sesame-open" };
  Stage stage = { .log = g_string_new (NULL) };
  guint32 site = 7;

  world->make_backend = make_bare;
  engine_world_open (world);
  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &result);
  BkEngineAccount *alice = bk_engine_add_account_finish (world->engine, bk_test_await (&result), NULL);
  BkEngineLock *lock = bk_engine_lock_new (alice);
  stage_listen (&stage, lock);
  g_assert_cmpint (bk_engine_lock_get_status (lock), ==, BECKON_LOCK_STATUS_DISABLED);
  g_assert_true (bk_engine_lock_check (lock, NULL));
  bk_engine_account_set_alert_sites (alice, &site, 1);

  bk_engine_account_sign_out_async (alice, NULL, NULL, NULL);
  engine_world_wait_state (alice, BK_BACKEND_OFFLINE);
  g_assert_cmpint (bk_engine_lock_get_status (lock), ==, BECKON_LOCK_STATUS_DISABLED);
  g_assert_cmpstr (stage.log->str, ==, "");
  bk_engine_account_sign_in_async (alice, "sesame-open", NULL, NULL, NULL);
  engine_world_wait_state (alice, BK_BACKEND_ONLINE);
  g_assert_cmpstr (stage.log->str, ==, "enable:0");
  g_clear_object (&result);
  bk_engine_account_sign_out_async (alice, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_account_sign_out_finish (alice, bk_test_await (&result), NULL));
  g_assert_finalize_object (lock);
  g_object_unref (alice);

  /* Also before it was ever online. */
  engine_world_close (world);
  engine_world_open (world);
  lock = bk_engine_lock_new (bk_engine_get_primary_account (world->engine));
  g_assert_cmpint (bk_engine_lock_get_status (lock), ==, BECKON_LOCK_STATUS_DISABLED);
  g_assert_finalize_object (lock);
  g_string_free (stage.log, TRUE);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/lock-life/arguments", test_arguments);
  g_test_add_func ("/lock-life/time", test_time);
  g_test_add_func ("/lock-life/late-answers", test_late_answers);
  g_test_add_func ("/lock-life/asked-again", test_asked_again);
  g_test_add_func ("/lock-life/two-locks", test_two_locks);
  g_test_add_func ("/lock-life/close", test_close);
  g_test_add_func ("/lock-life/dispose", test_dispose);
  g_test_add_func ("/lock-life/sign-out", test_sign_out);
  g_test_add_func ("/lock-life/account-removed", test_account_removed);
  g_test_add_func ("/lock-life/handlers-call-in", test_handlers_call_in);
  g_test_add_func ("/lock-life/handlers-end-it", test_handlers_end_it);
  g_test_add_func ("/lock-life/no-ability", test_no_ability);
  return g_test_run ();
}
