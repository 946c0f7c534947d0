/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lock-stage.h"

HandRequest *
stage_last_request (Stage *stage)
{
  g_assert_cmpuint (stage->backend->requests->len, >, 0);
  return stage->backend->requests->pdata[stage->backend->requests->len - 1];
}

static void
heard (Stage *stage, const char *format, ...)
{
  va_list arguments;

  if (stage->log->len > 0)
    g_string_append_c (stage->log, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (stage->log, format, arguments);
  va_end (arguments);
}

static void
on_enable (BkEngineLock *lock, gboolean enabled, Stage *stage)
{
  heard (stage, "enable:%d", enabled);
}

static void
on_challenge (BkEngineLock *lock, int cookie, const char *challenge, Stage *stage)
{
  heard (stage, "challenge:%d:%s", cookie, challenge);
}

static void
on_result (BkEngineLock *lock, int cookie, gboolean succeeded, Stage *stage)
{
  heard (stage, "result:%d:%d", cookie, succeeded);
}

static void
on_status (BkEngineLock *lock, BeckonLockStatus status, Stage *stage)
{
  g_assert_cmpint (status, ==, bk_engine_lock_get_status (lock));
  heard (stage, "%s", beckon_lock_status_to_nick (status));
}

void
stage_listen (Stage *stage, BkEngineLock *lock)
{
  g_signal_connect (lock, "enable", G_CALLBACK (on_enable), stage);
  g_signal_connect (lock, "challenge", G_CALLBACK (on_challenge), stage);
  g_signal_connect (lock, "result", G_CALLBACK (on_result), stage);
  g_signal_connect (lock, "status-changed", G_CALLBACK (on_status), stage);
}

void
stage_tell (Stage *stage, BkBackendEventType type, gboolean locked, const char *grant, const char *challenge)
{
  BkBackendEvent event = { .type = type, .locked = locked, .grant = grant, .challenge = challenge };

  bk_backend_emit (BK_BACKEND (stage->backend), &event);
}

void
stage_come_back (Stage *stage, gboolean locked)
{
  if (bk_engine_account_get_state (stage->alice) == BK_BACKEND_OFFLINE)
    {
      guint n = stage->backend->n_sign_ins;
      bk_engine_account_sign_in_async (stage->alice, "sesame-open", NULL, NULL, NULL);
      engine_world_wait_sign_in (stage->backend, n + 1);
    }
  hand_backend_state (stage->backend, BK_BACKEND_SYNCHRONIZING, -1);
  stage_tell (stage, BK_BACKEND_EVENT_LOCK, locked, NULL, NULL);
  hand_backend_state (stage->backend, BK_BACKEND_ONLINE, -1);
}

void
stage_lose (Stage *stage)
{
  hand_backend_state (stage->backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
}

Stage *
stage_new (void)
{
  Stage *stage = g_new0 (Stage, 1);

  stage->world = engine_world_new ();
  engine_world_open (stage->world);
  stage->alice = engine_world_add_alice (stage->world, &stage->backend);
  stage->lock = bk_engine_lock_new (stage->alice);
  stage->log = g_string_new (NULL);
  stage_listen (stage, stage->lock);
  return stage;
}

void
stage_leave_lock (Stage *stage)
{
  bk_engine_lock_close (stage->lock);
  /* Whoever is still asked holds on to it. */
  g_ptr_array_set_size (stage->backend->requests, 0);
  bk_test_drain ();
  g_assert_finalize_object (g_steal_pointer (&stage->lock));
}

void
stage_free (Stage *stage)
{
  stage_leave_lock (stage);
  engine_world_free (stage->world);
  g_string_free (stage->log, TRUE);
  g_free (stage);
}
void
stage_assert_heard (Stage *stage, const char *log)
{
  bk_test_drain ();
  g_assert_cmpstr (stage->log->str, ==, log);
  g_string_truncate (stage->log, 0);
}

void
stage_assert_released (Stage *stage, const char *grants)
{
  g_autofree char *all = NULL;

  g_ptr_array_add (stage->backend->released, NULL);
  all = g_strjoinv (" ", (char **) stage->backend->released->pdata);
  g_assert_cmpstr (all, ==, grants);
  g_ptr_array_set_size (stage->backend->released, 0);
}

void
stage_request (Stage *stage)
{
  g_assert_true (bk_engine_lock_request_challenge (stage->lock, COOKIE, NULL));
}

int
stage_request_code (Stage *stage)
{
  g_autoptr (GError) error = NULL;

  if (bk_engine_lock_request_challenge (stage->lock, COOKIE, &error))
    return -1;
  g_assert_true (error->domain == BECKON_ERROR);
  return error->code;
}

void
stage_respond (Stage *stage, int cookie)
{
  g_assert_true (bk_engine_lock_send_response (stage->lock, "license", "answer", cookie, NULL));
  g_assert_cmpstr (stage_last_request (stage)->who, ==, "license");
  g_assert_cmpstr (stage_last_request (stage)->text, ==, "answer");
}

void
stage_answer (Stage *stage, const char *word)
{
  hand_request_answer_word (stage_last_request (stage), word);
  bk_test_drain ();
}

void
stage_bring (Stage *stage, State state)
{
  switch (state)
    {
    case OUT:
      stage_lose (stage);
      break;
    case OFF:
      stage_tell (stage, BK_BACKEND_EVENT_LOCK, FALSE, NULL, NULL);
      break;
    case LOCKED:
    case N_STATES:
      break;
    case ASKING:
      stage_request (stage);
      break;
    case ASKED:
      stage_bring (stage, ASKING);
      stage_answer (stage, "c1");
      break;
    case CHECKING:
      stage_bring (stage, ASKED);
      stage_respond (stage, COOKIE);
      g_assert_cmpstr (stage_last_request (stage)->id, ==, "c1");
      break;
    case OPEN:
      stage_bring (stage, CHECKING);
      stage_answer (stage, "g1");
      break;
    case DOUBTED:
      stage_bring (stage, OPEN);
      stage_tell (stage, BK_BACKEND_EVENT_LOCK_CHALLENGED, FALSE, "g1", "c2");
      break;
    case RECHECKING:
      stage_bring (stage, DOUBTED);
      stage_respond (stage, 0);
      g_assert_cmpstr (stage_last_request (stage)->id, ==, "c2");
      break;
    case FAILED:
      stage_bring (stage, CHECKING);
      hand_request_answer (stage_last_request (stage), BECKON_ERROR_API_UNLOCK_FAILED);
      bk_test_drain ();
      break;
    }
}

gboolean
lock_is_asked (State state)
{
  return state == ASKING || state == CHECKING || state == RECHECKING;
}
