/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lock and Key as a program sees it. */
#include "beckon-error.h"
#include "beckon-session-manager.h"
#include "bk-test.h"
#include "stand-in.h"

/* The connection of an attachment is closed in a thread of GIO; nothing of the object itself is left then. */
#define assert_finalized(object) \
  G_STMT_START \
  { \
    bk_test_drain (); \
    g_assert_finalize_object (object); \
  } \
  G_STMT_END

static StandIn *
new_service (void)
{
  StandIn *service = stand_in_new ();

  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'alice@b'>}");
  return service;
}

static BeckonSessionManager *
new_manager (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_session_manager_new_async (NULL, NULL, bk_test_store_result, &result);
  BeckonSessionManager *manager = beckon_session_manager_new_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return manager;
}

static void
on_event (GString *log, const char *text)
{
  g_string_append_printf (log, "%s ", text);
}

static void
on_enable (BeckonLock *lock, gboolean enable, const char *account, GString *log)
{
  g_autofree char *text = g_strdup_printf ("enable:%d:%s", enable, account);
  on_event (log, text);
}

static void
on_challenge (BeckonLock *lock, int cookie, const char *challenge, const char *account, GString *log)
{
  g_autofree char *text = g_strdup_printf ("challenge:%d:%s:%s", cookie, challenge, account);
  on_event (log, text);
}

static void
on_result (BeckonLock *lock, int cookie, gboolean succeed, const char *account, GString *log)
{
  g_autofree char *text = g_strdup_printf ("result:%d:%d:%s", cookie, succeed, account);
  on_event (log, text);
}

static void
on_status (BeckonLock *lock, BeckonLockStatus status, const char *account, GString *log)
{
  g_autofree char *text = g_strdup_printf ("status:%s:%s", beckon_lock_status_to_nick (status), account);
  on_event (log, text);
}

static void
on_notify (BeckonLock *lock, GParamSpec *pspec, GString *log)
{
  BeckonLockStatus status;

  g_object_get (lock, "status", &status, NULL);
  g_autofree char *text = g_strdup_printf ("notify:%s", beckon_lock_status_to_nick (status));
  on_event (log, text);
}

static GString *
follow (BeckonLock *lock)
{
  GString *log = g_string_new (NULL);

  g_signal_connect (lock, "lock-enable", G_CALLBACK (on_enable), log);
  g_signal_connect (lock, "lock-challenge", G_CALLBACK (on_challenge), log);
  g_signal_connect (lock, "lock-result", G_CALLBACK (on_result), log);
  g_signal_connect (lock, "status-changed", G_CALLBACK (on_status), log);
  g_signal_connect (lock, "notify::status", G_CALLBACK (on_notify), log);
  return log;
}

/* A round trip: everything that the service said before has arrived. */
static void
settle (BeckonLock *lock, StandIn *service)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_lock_send_response_async (lock, "settle", "settle", 1, NULL, NULL, bk_test_store_result, &result);
  beckon_lock_send_response_finish (lock, bk_test_await (&result), NULL);
}

static void
say (BeckonLock *lock, StandIn *service, const char *path, const char *signal, const char *args)
{
  stand_in_signal (service, path, "Lock1", signal, args);
  settle (lock, service);
}

static gboolean
is_closed (gpointer lock)
{
  return beckon_lock_get_status (lock) == BECKON_LOCK_STATUS_NOT_INITIALIZED;
}

static void
assert_log (GString *log, const char *expected)
{
  g_assert_cmpstr (log->str, ==, expected);
  g_string_truncate (log, 0);
}

static void
test_response (void)
{
  g_autofree char *response = beckon_lock_compute_response ("15570131571988941333", "BK7Q2M4N9X3T", "Q1P7W2E4J9R8U3S5");

  g_assert_cmpstr (response, ==, "54234b7c25f939fc32a89f8c4573d2d41be6e69b097aa7391f92569f59cc8443");
}

static void
test_statuses (void)
{
  StandIn *service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = beckon_session_manager_get_lock (manager);
  g_autoptr (GString) log = follow (lock);

  g_assert_cmpint (beckon_lock_get_status (lock), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
  say (lock, service, STAND_IN_ROOT, "LockEnable", "(true, 'alice@b')");
  say (lock, service, STAND_IN_ROOT, "LockStatusChanged", "(uint32 2, 'alice@b')");
  assert_log (log, "enable:1:alice@b notify:initialized status:initialized:alice@b ");
  say (lock, service, STAND_IN_ROOT, "LockStatusChanged", "(uint32 4, 'bob@b')");
  assert_log (log, "status:unlocked:bob@b ");
  g_assert_cmpint (beckon_lock_get_status (lock), ==, BECKON_LOCK_STATUS_INITIALIZED);
  g_assert_cmpint (beckon_lock_get_account_status (lock, "bob@b"), ==, BECKON_LOCK_STATUS_UNLOCKED);
  g_assert_cmpint (beckon_lock_get_account_status (lock, "carol@b"), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
  /* Nothing new, nothing that makes sense, and nothing of another object. */
  say (lock, service, STAND_IN_ROOT, "LockStatusChanged", "(uint32 4, 'bob@b')");
  say (lock, service, STAND_IN_ROOT, "LockStatusChanged", "(uint32 7, 'bob@b')");
  say (lock, service, STAND_IN_ROOT, "LockStatusChanged", "('4', 'bob@b')");
  say (lock, service, STAND_IN_ROOT, "LockChallenge", "(5, 'c')");
  say (lock, service, STAND_IN_PRIVATE, "LockStatusChanged", "(uint32 6, 'alice@b')");
  assert_log (log, "");
  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'bob@b'>}");
  settle (lock, service);
  assert_log (log, "notify:unlocked ");
  /* Without a service nothing is open. */
  stand_in_free (service);
  bk_test_wait_until (is_closed, lock);
  g_assert_nonnull (strstr (log->str, "status:not-initialized:alice@b "));
  g_assert_nonnull (strstr (log->str, "notify:not-initialized status:not-initialized:bob@b "));
  g_signal_handlers_disconnect_by_data (lock, log);
  assert_finalized (manager);
}

static int
requested_cookie (StandIn *service, guint count, const char *account)
{
  g_autofree char *expected = NULL;
  gint32 cookie;

  bk_test_wait_for_count (stand_in_count (service, "RequestChallenge"), count);
  g_autoptr (GVariant) args
    = g_variant_parse (G_VARIANT_TYPE ("(ia{sv})"), stand_in_last (service, "RequestChallenge"), NULL, NULL, NULL);
  g_autoptr (GVariant) options = g_variant_get_child_value (args, 1);
  const char *named = NULL;
  g_variant_lookup (options, "account", "&s", &named);
  g_assert_cmpstr (named, ==, account);
  g_variant_get_child (args, 0, "i", &cookie);
  g_assert_cmpint (cookie, !=, 0);
  return cookie;
}

static void
signal_cookie (StandIn *service, const char *signal, int cookie, const char *rest)
{
  g_autofree char *args = g_strdup_printf ("(%d, %s, 'alice@b')", cookie, rest);

  stand_in_signal (service, STAND_IN_ROOT, "Lock1", signal, args);
}

static void
assert_responded (StandIn *service, guint count, const char *challenge, int cookie, const char *options)
{
  g_autofree char *response = beckon_lock_compute_response (challenge, "BK1", "key");
  g_autofree char *expected = g_strdup_printf ("('BK1', '%s', %d, %s)", response, cookie, options);

  bk_test_wait_for_count (stand_in_count (service, "SendResponse"), count);
  g_assert_cmpstr (stand_in_last (service, "SendResponse"), ==, expected);
}

static void
set_status (StandIn *service, guint status)
{
  g_autofree char *args = g_strdup_printf ("(uint32 %u, 'alice@b')", status);

  stand_in_signal (service, STAND_IN_ROOT, "Lock1", "LockStatusChanged", args);
}

static void
test_unlock (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = beckon_session_manager_get_lock (manager);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_lock_unlock_async (lock, "BK1", "key", NULL, NULL, bk_test_store_result, &result);
  int cookie = requested_cookie (service, 1, NULL);
  signal_cookie (service, "LockChallenge", cookie == 1 ? 2 : 1, "'foreign'");
  signal_cookie (service, "LockChallenge", cookie, "'c1'");
  assert_responded (service, 1, "c1", cookie, "{'account': <'alice@b'>}");
  g_assert_null (result);
  set_status (service, BECKON_LOCK_STATUS_UNLOCKED);
  signal_cookie (service, "LockResult", cookie, "true");
  g_assert_true (beckon_lock_unlock_finish (lock, bk_test_await (&result), &error));
  g_assert_no_error (error);
  /* Asked again, as long as it is open. */
  signal_cookie (service, "LockChallenge", 0, "'c2'");
  assert_responded (service, 2, "c2", 0, "{'account': <'alice@b'>}");
  set_status (service, BECKON_LOCK_STATUS_INITIALIZED);
  signal_cookie (service, "LockChallenge", 0, "'c3'");
  settle (lock, service);
  settle (lock, service); /* an answer would have been on its way when the first returned */
  g_assert_cmpuint (*stand_in_count (service, "SendResponse"), ==, 4);
  g_clear_object (&result);
  assert_finalized (manager);
}

/* What the service says to the request alone. */
static void
test_refused_requests (void)
{
  static const struct
  {
    const char *error;
    int code; /* -1: nothing to unlock */
  } cases[] = {
    { "!im.beckon.Error.ApiDisabled", -1 },
    { "!im.beckon.Error.ApiAlreadyUnlocked", -1 },
    { "!im.beckon.Error.ApiNotInitialized", BECKON_ERROR_API_NOT_INITIALIZED },
    { "!im.beckon.Error.ApiPendingUnlock", BECKON_ERROR_API_PENDING_UNLOCK },
    { "!im.beckon.Error.NotFound", BECKON_ERROR_NOT_FOUND },
  };
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = beckon_session_manager_get_lock (manager);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      stand_in_answer (service, "RequestChallenge", cases[i].error);
      beckon_lock_unlock_async (lock, "BK1", "key", "bob@b", NULL, bk_test_store_result, &result);
      gboolean done = beckon_lock_unlock_finish (lock, bk_test_await (&result), &error);
      g_assert_cmpint (done, ==, cases[i].code < 0);
      if (cases[i].code >= 0)
        g_assert_error (error, BECKON_ERROR, cases[i].code);
      requested_cookie (service, (guint) i + 1, "bob@b");
    }
  g_assert_cmpuint (*stand_in_count (service, "SendResponse"), ==, 0);
  assert_finalized (manager);
}

static void
assert_unlock_fails (BeckonLock *lock, StandIn *service, guint status, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint before = *stand_in_count (service, "RequestChallenge");

  beckon_lock_unlock_async (lock, "BK1", "key", NULL, NULL, bk_test_store_result, &result);
  int cookie = requested_cookie (service, before + 1, NULL);
  set_status (service, BECKON_LOCK_STATUS_PENDING_RESULT);
  set_status (service, status);
  signal_cookie (service, "LockResult", cookie, "false");
  g_assert_false (beckon_lock_unlock_finish (lock, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, code);
}

static void
test_failed_unlocks (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = beckon_session_manager_get_lock (manager);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  assert_unlock_fails (lock, service, BECKON_LOCK_STATUS_UNLOCK_FAILED, BECKON_ERROR_API_UNLOCK_FAILED);
  assert_unlock_fails (lock, service, BECKON_LOCK_STATUS_INITIALIZED, BECKON_ERROR_API_LOCKED);
  assert_unlock_fails (lock, service, BECKON_LOCK_STATUS_NOT_INITIALIZED, BECKON_ERROR_API_NOT_INITIALIZED);

  stand_in_answer (service, "SendResponse", "!im.beckon.Error.ApiLocked");
  beckon_lock_unlock_async (lock, "BK1", "key", NULL, NULL, bk_test_store_result, &result);
  signal_cookie (service, "LockChallenge", requested_cookie (service, 4, NULL), "'late'");
  g_assert_false (beckon_lock_unlock_finish (lock, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_API_LOCKED);
  g_clear_object (&result);
  assert_finalized (manager);
}

static void
test_given_up (void)
{
  StandIn *service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = beckon_session_manager_get_lock (manager);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) lost = NULL;
  g_autoptr (GError) error = NULL;

  beckon_lock_unlock_async (lock, "BK1", "key", NULL, cancellable, bk_test_store_result, &cancelled);
  beckon_lock_unlock_async (lock, "BK1", "key", NULL, NULL, bk_test_store_result, &lost);
  bk_test_wait_for_count (stand_in_count (service, "RequestChallenge"), 2);
  settle (lock, service);
  g_cancellable_cancel (cancellable);
  g_assert_false (beckon_lock_unlock_finish (lock, bk_test_await (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (lost);
  stand_in_free (service);
  g_assert_false (beckon_lock_unlock_finish (lock, bk_test_await (&lost), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_clear_object (&cancelled);
  g_clear_object (&lost);
  assert_finalized (manager);
}

/* The lock may be kept longer than what it belongs to, and waits for nothing then. */
static void
test_outlives_manager (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  BeckonLock *lock = g_object_ref (beckon_session_manager_get_lock (manager));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_status (service, BECKON_LOCK_STATUS_UNLOCKED);
  settle (lock, service);
  beckon_lock_unlock_async (lock, "BK1", "key", NULL, NULL, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "RequestChallenge"), 1);
  settle (lock, service);
  assert_finalized (manager);
  g_assert_false (beckon_lock_unlock_finish (lock, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (beckon_lock_get_status (lock), ==, BECKON_LOCK_STATUS_NOT_INITIALIZED);
  g_clear_object (&result);
  g_assert_finalize_object (lock);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();

  g_test_add_func ("/lib/lock/response", test_response);
  g_test_add_func ("/lib/lock/statuses", test_statuses);
  g_test_add_func ("/lib/lock/unlock", test_unlock);
  g_test_add_func ("/lib/lock/refused-requests", test_refused_requests);
  g_test_add_func ("/lib/lock/failed-unlocks", test_failed_unlocks);
  g_test_add_func ("/lib/lock/given-up", test_given_up);
  g_test_add_func ("/lib/lock/outlives-manager", test_outlives_manager);
  int status = g_test_run ();
  stand_in_bus_down ();
  return status;
}
