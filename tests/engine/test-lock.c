/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every state of a lock and every event. */
#include "lock-stage.h"

typedef enum
{
  REQUEST,
  RESPOND,
  RESPOND_OTHER, /* with a cookie that is none */
  SIGNED_OUT,
  LOST,
  LOCKS,
  LOCKS_NOT,
  RIGHT, /* the network answers what it was asked last */
  WRONG,
  BUSY,
  NONSENSE,
  DOUBT,
  DOUBT_OTHER, /* about another grant */
  REVOKED,
  REVOKED_OTHER,
  TIME_29,
  TIME_30,
  TIME_59,
  TIME_60,
  N_EVENTS
} Event;

static const BeckonLockStatus statuses[N_STATES] = {
  [OUT] = BECKON_LOCK_STATUS_NOT_INITIALIZED,
  [LOCKED] = BECKON_LOCK_STATUS_INITIALIZED,
  [ASKING] = BECKON_LOCK_STATUS_PENDING_RESULT,
  [ASKED] = BECKON_LOCK_STATUS_PENDING_RESULT,
  [CHECKING] = BECKON_LOCK_STATUS_PENDING_RESULT,
  [OPEN] = BECKON_LOCK_STATUS_UNLOCKED,
  [DOUBTED] = BECKON_LOCK_STATUS_UNLOCKED,
  [RECHECKING] = BECKON_LOCK_STATUS_UNLOCKED,
  [FAILED] = BECKON_LOCK_STATUS_UNLOCK_FAILED,
  [OFF] = BECKON_LOCK_STATUS_DISABLED,
};

/* Rows that are not there: nothing happens, a call excepted, which must have a row. */
static const struct
{
  State state;
  Event event;
  int error; /* of a call, -1: none */
  BeckonLockStatus status;
  const char *log;
  const char *released;
} rows[] = {
#define CALL(state, event, code) { state, event, BECKON_ERROR_##code, 0, "", "" }
#define STEP(state, event, status, log) { state, event, -1, BECKON_LOCK_STATUS_##status, log, "" }
#define DROP(state, event, status, log) { state, event, -1, BECKON_LOCK_STATUS_##status, log, "g1" }
  CALL (OUT, REQUEST, API_NOT_INITIALIZED),
  CALL (OUT, RESPOND, API_NOT_INITIALIZED),
  CALL (OUT, RESPOND_OTHER, API_NOT_INITIALIZED),
  STEP (OUT, LOCKS, INITIALIZED, "initialized enable:1"),
  STEP (OUT, LOCKS_NOT, DISABLED, "disabled enable:0"),

  STEP (LOCKED, REQUEST, PENDING_RESULT, "pending-result"),
  CALL (LOCKED, RESPOND, API_LOCKED),
  CALL (LOCKED, RESPOND_OTHER, API_LOCKED),
  STEP (LOCKED, SIGNED_OUT, NOT_INITIALIZED, "not-initialized"),
  STEP (LOCKED, LOST, NOT_INITIALIZED, "not-initialized"),
  STEP (LOCKED, LOCKS, INITIALIZED, "enable:1"),
  STEP (LOCKED, LOCKS_NOT, DISABLED, "disabled enable:0"),

  CALL (ASKING, REQUEST, API_PENDING_UNLOCK),
  CALL (ASKING, RESPOND, API_LOCKED),
  CALL (ASKING, RESPOND_OTHER, API_LOCKED),
  STEP (ASKING, SIGNED_OUT, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (ASKING, LOST, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (ASKING, LOCKS, INITIALIZED, "initialized result:7:0 enable:1"),
  STEP (ASKING, LOCKS_NOT, DISABLED, "disabled result:7:0 enable:0"),
  STEP (ASKING, RIGHT, PENDING_RESULT, "challenge:7:next"),
  STEP (ASKING, WRONG, INITIALIZED, "initialized result:7:0"),
  STEP (ASKING, BUSY, INITIALIZED, "initialized result:7:0"),
  STEP (ASKING, NONSENSE, INITIALIZED, "initialized result:7:0"),
  STEP (ASKING, TIME_30, INITIALIZED, "initialized result:7:0"),
  STEP (ASKING, TIME_59, INITIALIZED, "initialized result:7:0"),
  STEP (ASKING, TIME_60, INITIALIZED, "initialized result:7:0"),

  CALL (ASKED, REQUEST, API_PENDING_UNLOCK),
  STEP (ASKED, RESPOND, PENDING_RESULT, ""),
  CALL (ASKED, RESPOND_OTHER, INVALID_ARGUMENT),
  STEP (ASKED, SIGNED_OUT, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (ASKED, LOST, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (ASKED, LOCKS, INITIALIZED, "initialized result:7:0 enable:1"),
  STEP (ASKED, LOCKS_NOT, DISABLED, "disabled result:7:0 enable:0"),
  STEP (ASKED, TIME_30, INITIALIZED, "initialized result:7:0"),
  STEP (ASKED, TIME_59, INITIALIZED, "initialized result:7:0"),
  STEP (ASKED, TIME_60, INITIALIZED, "initialized result:7:0"),

  CALL (CHECKING, REQUEST, API_PENDING_UNLOCK),
  CALL (CHECKING, RESPOND, API_PENDING_UNLOCK),
  CALL (CHECKING, RESPOND_OTHER, API_PENDING_UNLOCK),
  STEP (CHECKING, SIGNED_OUT, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (CHECKING, LOST, NOT_INITIALIZED, "not-initialized result:7:0"),
  STEP (CHECKING, LOCKS, INITIALIZED, "initialized result:7:0 enable:1"),
  STEP (CHECKING, LOCKS_NOT, DISABLED, "disabled result:7:0 enable:0"),
  STEP (CHECKING, RIGHT, UNLOCKED, "unlocked result:7:1"),
  STEP (CHECKING, WRONG, UNLOCK_FAILED, "unlock-failed result:7:0"),
  STEP (CHECKING, BUSY, INITIALIZED, "initialized result:7:0"),
  STEP (CHECKING, NONSENSE, INITIALIZED, "initialized result:7:0"),
  STEP (CHECKING, TIME_30, INITIALIZED, "initialized result:7:0"),
  STEP (CHECKING, TIME_59, INITIALIZED, "initialized result:7:0"),
  STEP (CHECKING, TIME_60, INITIALIZED, "initialized result:7:0"),

  CALL (OPEN, REQUEST, API_ALREADY_UNLOCKED),
  CALL (OPEN, RESPOND, API_ALREADY_UNLOCKED),
  CALL (OPEN, RESPOND_OTHER, API_ALREADY_UNLOCKED),
  STEP (OPEN, SIGNED_OUT, NOT_INITIALIZED, "not-initialized"),
  STEP (OPEN, LOST, NOT_INITIALIZED, "not-initialized"),
  DROP (OPEN, LOCKS, INITIALIZED, "initialized enable:1"),
  DROP (OPEN, LOCKS_NOT, DISABLED, "disabled enable:0"),
  STEP (OPEN, DOUBT, UNLOCKED, "challenge:0:c3"),
  STEP (OPEN, REVOKED, INITIALIZED, "initialized"),

  CALL (DOUBTED, REQUEST, API_ALREADY_UNLOCKED),
  STEP (DOUBTED, RESPOND, UNLOCKED, ""),
  CALL (DOUBTED, RESPOND_OTHER, INVALID_ARGUMENT),
  STEP (DOUBTED, SIGNED_OUT, NOT_INITIALIZED, "not-initialized"),
  STEP (DOUBTED, LOST, NOT_INITIALIZED, "not-initialized"),
  DROP (DOUBTED, LOCKS, INITIALIZED, "initialized enable:1"),
  DROP (DOUBTED, LOCKS_NOT, DISABLED, "disabled enable:0"),
  STEP (DOUBTED, DOUBT, UNLOCKED, "challenge:0:c3"),
  STEP (DOUBTED, REVOKED, INITIALIZED, "initialized"),
  DROP (DOUBTED, TIME_60, INITIALIZED, "initialized"),

  CALL (RECHECKING, REQUEST, API_ALREADY_UNLOCKED),
  CALL (RECHECKING, RESPOND, API_PENDING_UNLOCK),
  CALL (RECHECKING, RESPOND_OTHER, API_PENDING_UNLOCK),
  STEP (RECHECKING, SIGNED_OUT, NOT_INITIALIZED, "not-initialized result:0:0"),
  STEP (RECHECKING, LOST, NOT_INITIALIZED, "not-initialized result:0:0"),
  DROP (RECHECKING, LOCKS, INITIALIZED, "initialized result:0:0 enable:1"),
  DROP (RECHECKING, LOCKS_NOT, DISABLED, "disabled result:0:0 enable:0"),
  STEP (RECHECKING, RIGHT, UNLOCKED, "result:0:1"),
  STEP (RECHECKING, WRONG, UNLOCK_FAILED, "unlock-failed result:0:0"),
  DROP (RECHECKING, BUSY, INITIALIZED, "initialized result:0:0"),
  DROP (RECHECKING, NONSENSE, INITIALIZED, "initialized result:0:0"),
  STEP (RECHECKING, REVOKED, INITIALIZED, "initialized result:0:0"),
  DROP (RECHECKING, TIME_30, INITIALIZED, "initialized result:0:0"),
  DROP (RECHECKING, TIME_59, INITIALIZED, "initialized result:0:0"),
  DROP (RECHECKING, TIME_60, INITIALIZED, "initialized result:0:0"),

  CALL (FAILED, REQUEST, API_UNLOCK_FAILED),
  CALL (FAILED, RESPOND, API_UNLOCK_FAILED),
  CALL (FAILED, RESPOND_OTHER, API_UNLOCK_FAILED),
  STEP (FAILED, SIGNED_OUT, NOT_INITIALIZED, "not-initialized"),
  STEP (FAILED, LOST, NOT_INITIALIZED, "not-initialized"),
  STEP (FAILED, LOCKS, INITIALIZED, "initialized enable:1"),
  STEP (FAILED, LOCKS_NOT, DISABLED, "disabled enable:0"),

  CALL (OFF, REQUEST, API_DISABLED),
  CALL (OFF, RESPOND, API_DISABLED),
  CALL (OFF, RESPOND_OTHER, API_DISABLED),
  STEP (OFF, SIGNED_OUT, NOT_INITIALIZED, "not-initialized"),
  STEP (OFF, LOCKS, INITIALIZED, "initialized enable:1"),
  STEP (OFF, LOCKS_NOT, DISABLED, "enable:0"),
};

static gboolean
is_call (Event event)
{
  return event <= RESPOND_OTHER;
}

static int
call (Stage *stage, State state, Event event)
{
  int cookie = state == DOUBTED || state == RECHECKING ? 0 : COOKIE;
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (event == RESPOND_OTHER)
    cookie++;
  if (event == REQUEST)
    done = bk_engine_lock_request_challenge (stage->lock, COOKIE, &error);
  else
    done = bk_engine_lock_send_response (stage->lock, "license", "answer", cookie, &error);
  g_assert_true (done == (error == NULL));
  g_assert_true (done || error->domain == BECKON_ERROR);
  return done ? -1 : error->code;
}

static void
happen (Stage *stage, Event event)
{
  switch (event)
    {
    case SIGNED_OUT:
      hand_backend_state (stage->backend, BK_BACKEND_OFFLINE, BECKON_ERROR_INVALID_PASSWORD);
      break;
    case LOST:
      stage_lose (stage);
      break;
    case LOCKS:
    case LOCKS_NOT:
      stage_tell (stage, BK_BACKEND_EVENT_LOCK, event == LOCKS, NULL, NULL);
      break;
    case RIGHT:
      hand_request_answer_word (stage_last_request (stage), "next");
      break;
    case WRONG:
      hand_request_answer (stage_last_request (stage), BECKON_ERROR_API_UNLOCK_FAILED);
      break;
    case BUSY:
      hand_request_answer (stage_last_request (stage), BECKON_ERROR_SERVER_TOO_BUSY);
      break;
    case NONSENSE:
      hand_request_answer_word (stage_last_request (stage), "no word");
      break;
    case DOUBT:
    case DOUBT_OTHER:
      stage_tell (stage, BK_BACKEND_EVENT_LOCK_CHALLENGED, FALSE, event == DOUBT ? "g1" : "g2", "c3");
      break;
    case REVOKED:
    case REVOKED_OTHER:
      stage_tell (stage, BK_BACKEND_EVENT_LOCK_REVOKED, FALSE, event == REVOKED ? "g1" : "g2", NULL);
      break;
    case TIME_29:
    case TIME_30:
    case TIME_59:
    case TIME_60:
      bk_fake_clock_advance (stage->world->clock,
                             1000 * (event == TIME_29 ? 29 : event == TIME_30 ? 30 : event == TIME_59 ? 59 : 60));
      break;
    case REQUEST:
    case RESPOND:
    case RESPOND_OTHER:
    case N_EVENTS:
      break;
    }
}

static int
find_row (State state, Event event)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].state == state && rows[i].event == event)
      return (int) i;
  return -1;
}

/* A locked call goes with the status, the grant with being unlocked. */
static void
assert_consistent (Stage *stage)
{
  BeckonLockStatus status = bk_engine_lock_get_status (stage->lock);
  gboolean open = status == BECKON_LOCK_STATUS_UNLOCKED || status == BECKON_LOCK_STATUS_DISABLED;
  g_autoptr (GError) error = NULL;

  g_assert_true (bk_engine_lock_check (stage->lock, &error) == open);
  if (!open)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_API_LOCKED);
  g_assert_true ((bk_engine_lock_get_grant (stage->lock) != NULL) == (status == BECKON_LOCK_STATUS_UNLOCKED));
}

static void
check_one (Stage *stage, State state, Event event)
{
  int row = find_row (state, event);
  int code = -1;

  g_test_message ("state %u, event %u", state, event);
  stage_bring (stage, state);
  bk_test_drain ();
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==, statuses[state]);
  assert_consistent (stage);
  g_string_truncate (stage->log, 0);
  if (is_call (event))
    code = call (stage, state, event);
  else
    happen (stage, event);
  g_assert_false (is_call (event) && row < 0);
  g_assert_cmpint (code, ==, row >= 0 ? rows[row].error : -1);
  stage_assert_heard (stage, row >= 0 ? rows[row].log : "");
  stage_assert_released (stage, row >= 0 ? rows[row].released : "");
  g_assert_cmpint (bk_engine_lock_get_status (stage->lock), ==,
                   row >= 0 && rows[row].status != 0 ? rows[row].status : statuses[state]);
  assert_consistent (stage);
}

static void
test_table (void)
{
  g_autoptr (Stage) stage = stage_new ();

  for (State state = 0; state < N_STATES; state++)
    for (Event event = 0; event < N_EVENTS; event++)
      {
        if (event >= RIGHT && event <= NONSENSE && !lock_is_asked (state))
          continue;
        stage_leave_lock (stage);
        stage_lose (stage);
        stage->lock = bk_engine_lock_new (stage->alice);
        stage_listen (stage, stage->lock);
        stage_come_back (stage, TRUE);
        g_ptr_array_set_size (stage->backend->released, 0);
        check_one (stage, state, event);
      }
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/lock/table", test_table);
  return g_test_run ();
}
