/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind the second lock, alerts and contacts, and the alerts that the user is told. */
#include "beckon-error.h"
#include "beckon-messenger-priv.h"
#include "beckon-messenger.h"
#include "bk-test.h"
#include "stand-in.h"

#define ALERT(id) "(uint32 7, '{A" id "}', 'Words', 'https://example.org/', int64 5, 'alice@b')"

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

static BeckonMessengerPrivate *
new_private (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_private_new_async (NULL, bk_test_store_result, &result);
  BeckonMessengerPrivate *private = beckon_messenger_private_new_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return private;
}

/* A round trip: everything that the service said before has arrived. */
static void
settle (BeckonLock *lock, StandIn *service)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_lock_send_response_async (lock, "settle", "settle", 1, NULL, NULL, bk_test_store_result, &result);
  beckon_lock_send_response_finish (lock, bk_test_await (&result), NULL);
}

static gboolean
is_closed (gpointer lock)
{
  return beckon_lock_get_status (lock) == BECKON_LOCK_STATUS_NOT_INITIALIZED;
}

static gboolean
is_disabled (gpointer lock)
{
  return beckon_lock_get_status (lock) == BECKON_LOCK_STATUS_DISABLED;
}

static gboolean
allow (BeckonMessengerPrivate *private, BeckonAlert *alert, GString *log)
{
  g_string_append_printf (log, "%u:%s:%s ", beckon_alert_get_site (alert), beckon_alert_get_text (alert),
                          beckon_alert_get_account (alert));
  return TRUE;
}

static gboolean
forbid (BeckonMessengerPrivate *private, BeckonAlert *alert, GString *log)
{
  g_string_append (log, "no ");
  return FALSE;
}

static void
assert_alert (StandIn *service, const char *expected)
{
  g_autofree char *answer = stand_in_ask_peer (service, "AlertReceived", "(" ALERT ("1") ", @a{sv} {})");

  g_assert_cmpstr (answer, ==, expected);
}

static void
test_alerts (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonMessengerPrivate *private = new_private ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_private_enable_alert_events_async (private, (guint32[]){ 7, 4000000000u }, 2, "bob@b", NULL,
                                                      bk_test_store_result, &result);
  g_assert_true (beckon_messenger_private_enable_alert_events_finish (private, bk_test_await (&result), NULL));
  g_assert_cmpstr (stand_in_last (service, "EnableAlertEvents"), ==, "([7, 4000000000], {'account': <'bob@b'>})");
  g_clear_object (&result);
  stand_in_answer (service, "EnableAlertEvents", "!im.beckon.Error.ApiLocked");
  beckon_messenger_private_enable_alert_events_async (private, NULL, 0, NULL, NULL, bk_test_store_result, &result);
  g_assert_false (beckon_messenger_private_enable_alert_events_finish (private, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_API_LOCKED);
  g_assert_cmpstr (stand_in_last (service, "EnableAlertEvents"), ==, "([], {})");

  assert_alert (service, "(true,)"); /* nobody in the program cares */
  gulong id = g_signal_connect (private, "alert-received", G_CALLBACK (allow), log);
  assert_alert (service, "(true,)");
  g_signal_connect (private, "alert-received", G_CALLBACK (forbid), log);
  assert_alert (service, "(false,)");
  g_signal_handler_disconnect (private, id);
  g_signal_connect (private, "alert-received", G_CALLBACK (allow), log);
  assert_alert (service, "(false,)"); /* one no is enough */
  g_assert_cmpstr (log->str, ==, "7:Words:alice@b 7:Words:alice@b no no ");
  g_clear_object (&result);
  assert_finalized (private);
}

static gboolean
let_go (gpointer user_data)
{
  g_object_unref (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
forbid_and_leave (BeckonMessengerPrivate *private, BeckonAlert *alert, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_HIGH, let_go, private, NULL);
  return FALSE;
}

/* The answer of a program that leaves right behind it counts. */
static void
test_last_answer (void)
{
  for (int round = 0; round < 20; round++)
    {
      g_autoptr (StandIn) service = new_service ();
      BeckonMessengerPrivate *private = new_private ();

      g_signal_connect (private, "alert-received", G_CALLBACK (forbid_and_leave), NULL);
      assert_alert (service, "(false,)");
    }
}

static void
on_added (BeckonMessengerPrivate *private, const char *signin_name, const GError *error, GString *log)
{
  g_string_append_printf (log, "%s:%s ", signin_name,
                          error == NULL ? "" : beckon_error_to_nick ((BeckonError) error->code));
}

static void
test_contacts (void)
{
  StandIn *service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonMessengerPrivate *private = new_private ();
  BeckonLock *lock = beckon_messenger_private_get_lock (private);
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_connect (private, "contact-list-add", G_CALLBACK (on_added), log);
  beckon_messenger_private_add_contact_async (private, "bob@b", NULL, NULL, bk_test_store_result, &result);
  g_assert_true (beckon_messenger_private_add_contact_finish (private, bk_test_await (&result), NULL));
  g_assert_cmpstr (stand_in_last (service, "AddContact"), ==, "('bob@b', '', {})");
  stand_in_signal (service, STAND_IN_PRIVATE, "MessengerPrivate1", "ContactListAdd", "('', 'bob@b')");
  stand_in_signal (service, STAND_IN_PRIVATE, "MessengerPrivate1", "ContactListAdd",
                   "('im.beckon.Error.UserNotFound', 'zoe@b')");
  stand_in_signal (service, STAND_IN_PRIVATE, "MessengerPrivate1", "ContactListAdd", "(uint32 1, 'zoe@b')");
  settle (lock, service);
  g_assert_cmpstr (log->str, ==, "bob@b: zoe@b:user-not-found ");

  /* It has a lock of its own, and knows the service again when that came back. */
  stand_in_signal (service, STAND_IN_PRIVATE, "Lock1", "LockStatusChanged", "(uint32 4, 'alice@b')");
  settle (lock, service);
  g_assert_cmpint (beckon_lock_get_status (lock), ==, BECKON_LOCK_STATUS_UNLOCKED);
  stand_in_free (service);
  bk_test_wait_until (is_closed, lock);
  service = stand_in_new ();
  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'bob@b'>}");
  bk_test_wait_for_count (stand_in_count (service, "Attach"), 1);
  settle (lock, service);
  stand_in_signal (service, STAND_IN_PRIVATE, "Lock1", "LockStatusChanged", "(uint32 6, 'bob@b')");
  bk_test_wait_until (is_disabled, lock); /* whose account is the primary one now is read meanwhile */
  stand_in_signal (service, STAND_IN_PRIVATE, "MessengerPrivate1", "ContactListAdd", "('', 'carol@b')");
  settle (lock, service);
  g_assert_cmpstr (log->str, ==, "bob@b: zoe@b:user-not-found carol@b: ");
  g_clear_object (&result);
  assert_finalized (private);
  stand_in_free (service);
}

/* ---- what the user is told ---- */

static void
on_user_alert (BeckonMessenger *messenger, BeckonAlert *alert, GString *log)
{
  g_autofree char *id = NULL;
  g_autofree char *url = NULL;
  gint64 time;

  g_object_get (alert, "id", &id, "url", &url, "time", &time, NULL);
  g_string_append_printf (log, "%s:%s:%" G_GINT64_FORMAT " ", id, url, time);
}

static void
test_messenger (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) dismissed = NULL;

  stand_in_answer (service, "ListAlerts", "([" ALERT ("1") ", " ALERT ("2") "],)");
  beckon_messenger_new_async (NULL, bk_test_store_result, &result);
  BeckonMessenger *messenger = beckon_messenger_new_finish (bk_test_await (&result), NULL);
  g_signal_connect (messenger, "alert-received", G_CALLBACK (on_user_alert), log);
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AlertReceived", "('no alert',)");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AlertReceived", "(" ALERT ("3") ",)");
  beckon_messenger_dismiss_alert_async (messenger, "{A1}", NULL, bk_test_store_result, &dismissed);
  g_assert_true (beckon_messenger_dismiss_alert_finish (messenger, bk_test_await (&dismissed), NULL));
  g_assert_cmpstr (stand_in_last (service, "DismissAlert"), ==, "('{A1}',)");
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *one = g_strdup_printf ("{A%u}:https://example.org/:5 ", i);
      g_assert_nonnull (strstr (log->str, one));
    }
  g_clear_object (&result);
  g_clear_object (&dismissed);
  assert_finalized (messenger);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();

  g_test_add_func ("/lib/private/alerts", test_alerts);
  g_test_add_func ("/lib/private/last-answer", test_last_answer);
  g_test_add_func ("/lib/private/contacts", test_contacts);
  g_test_add_func ("/lib/private/messenger", test_messenger);
  int status = g_test_run ();
  stand_in_bus_down ();
  return status;
}
