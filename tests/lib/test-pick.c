/* SPDX-License-Identifier: GPL-3.0-or-later */
/* InviteWithPicker, from the side of the program that asks and of the window that answers. */
#include "beckon-error.h"
#include "beckon-messenger.h"
#include "beckon-session-manager.h"
#include "bk-test.h"
#include "stand-in.h"

#define GUID "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}"
#define SESSION_1 STAND_IN_ROOT "/Session/1"

static StandIn *
new_service (void)
{
  StandIn *service = stand_in_new ();

  stand_in_add (service, SESSION_1, "Session1",
                "{'SessionID': <'" GUID "'>, 'State': <uint32 1>, 'Picking': <true>}");
  stand_in_answer (service, "ListApplications", "(@a(sssssubsb) [],)");
  stand_in_answer (service, "CreateSession", "(objectpath '" SESSION_1 "',)");
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
drop (gpointer object)
{
  bk_test_drain ();
  g_assert_finalize_object (object);
}

static void
assert_last (StandIn *service, const char *method, const char *args)
{
  g_assert_cmpstr (stand_in_last (service, method), ==, args);
}

static void
test_shortest_way (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_session_manager_invite_with_picker_async (manager, GUID, "x11:2a", "hi", NULL, bk_test_store_result, &result);
  g_autoptr (BeckonSession) session
    = beckon_session_manager_invite_with_picker_finish (manager, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (beckon_session_get_id (session), ==, GUID);
  assert_last (service, "CreateSession", "({'picker': <true>},)");
  assert_last (service, "Set", "('Application', <'" GUID "'>)");
  assert_last (service, "InviteWithPicker", "('x11:2a', 'hi', {'once': <true>})");
  g_clear_object (&session);
  g_clear_object (&result);
  drop (manager);
}

static void
assert_fails (BeckonSessionManager *manager, BeckonError code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_session_manager_invite_with_picker_async (manager, GUID, NULL, NULL, NULL, bk_test_store_result, &result);
  g_assert_null (beckon_session_manager_invite_with_picker_finish (manager, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
}

/* Whatever goes wrong is what the program is told, and no session is left behind. */
static void
test_failures (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();

  stand_in_answer (service, "InviteWithPicker", "!im.beckon.Error.Cancelled");
  assert_fails (manager, BECKON_ERROR_CANCELLED);
  assert_last (service, "InviteWithPicker", "('', '', {'once': <true>})");
  stand_in_answer (service, "InviteWithPicker", "!im.beckon.Error.AppNotSpecified");
  stand_in_answer (service, "Set", "!im.beckon.Error.AppNotRegistered");
  assert_fails (manager, BECKON_ERROR_APP_NOT_REGISTERED);
  g_assert_cmpuint (*stand_in_count (service, "InviteWithPicker"), ==, 2);
  stand_in_answer (service, "CreateSession", "!im.beckon.Error.LimitExceeded");
  assert_fails (manager, BECKON_ERROR_LIMIT_EXCEEDED);
  g_assert_cmpuint (*stand_in_count (service, "InviteWithPicker"), ==, 2);
  drop (manager);
}

static BeckonSession *
create (BeckonSessionManager *manager)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_manager_create_session_async (manager, NULL, NULL, bk_test_store_result, &result);
  return beckon_session_manager_create_session_finish (manager, bk_test_await (&result), NULL);
}

/* A program that loses interest takes its question off the user's screen. */
static void
test_cancelled (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ();
  g_autoptr (BeckonSession) session = create (manager);

  stand_in_answer (service, "InviteWithPicker", "hold");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 1) /* before it began */
        g_cancellable_cancel (cancellable);
      beckon_session_invite_with_picker_async (session, "wayland:x", "hi", cancellable, bk_test_store_result, &result);
      bk_test_wait_for_count (stand_in_count (service, "InviteWithPicker"), i + 1);
      if (i == 0)
        g_assert_cmpuint (*stand_in_count (service, "Cancel"), ==, 0);
      g_cancellable_cancel (cancellable);
      bk_test_wait_for_count (stand_in_count (service, "Cancel"), i + 1);
      assert_last (service, "Cancel", "(0, '')");
      stand_in_release (service, "InviteWithPicker", "!im.beckon.Error.Cancelled");
      g_assert_false (beckon_session_invite_with_picker_finish (session, bk_test_await (&result), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  assert_last (service, "InviteWithPicker", "('wayland:x', 'hi', {})");
  g_clear_object (&session);
  drop (manager);
}

/* ---- the window ---- */

static void
on_requested (BeckonMessenger *messenger, BeckonSession *session, GString *log)
{
  g_string_append_printf (log, "%s:%d ", beckon_session_get_id (session), beckon_session_get_picking (session));
}

static void
on_over (BeckonMessenger *messenger, BeckonSession *session, GString *log)
{
  g_string_append (log, "over ");
}

static gboolean
is_over (gpointer log)
{
  return g_str_has_suffix (((GString *) log)->str, "over ");
}

static void
test_window (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) log = g_string_new (NULL);

  stand_in_answer (service, "ListAccounts", "(@ao [],)");
  stand_in_answer (service, "ListSessions", "([objectpath '" SESSION_1 "'],)");
  beckon_messenger_new_async (NULL, bk_test_store_result, &result);
  BeckonMessenger *messenger = beckon_messenger_new_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_signal_connect (messenger, "pick-requested", G_CALLBACK (on_requested), log);
  g_signal_connect (messenger, "pick-over", G_CALLBACK (on_over), log);
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "PickRequested", "(objectpath '" SESSION_1 "', 'x11:2a')");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "PickOver", "(objectpath '" SESSION_1 "',)");
  bk_test_wait_until (is_over, log);
  g_assert_cmpstr (log->str, ==, GUID ":1 over ");

  g_autoptr (BeckonSession) session = beckon_messenger_find_session (messenger, GUID);
  g_clear_object (&result);
  beckon_messenger_answer_pick_async (messenger, session, "bob@b", NULL, bk_test_store_result, &result);
  g_assert_true (beckon_messenger_answer_pick_finish (messenger, bk_test_await (&result), &error));
  assert_last (service, "AnswerPick", "('" SESSION_1 "', 'bob@b')");
  stand_in_answer (service, "AnswerPick", "!im.beckon.Error.NotLoggedOn");
  g_clear_object (&result);
  beckon_messenger_answer_pick_async (messenger, session, NULL, NULL, bk_test_store_result, &result);
  g_assert_false (beckon_messenger_answer_pick_finish (messenger, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON);
  assert_last (service, "AnswerPick", "('" SESSION_1 "', '')");
  g_clear_object (&session);
  g_clear_object (&result);
  drop (messenger);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  g_test_add_func ("/pick/shortest-way", test_shortest_way);
  g_test_add_func ("/pick/failures", test_failures);
  g_test_add_func ("/pick/cancelled", test_cancelled);
  g_test_add_func ("/pick/window", test_window);
  int outcome = g_test_run ();
  stand_in_bus_down ();
  return outcome;
}
