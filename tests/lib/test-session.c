/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "beckon-session-private.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#define PATH "/im/beckon/Beckon/Session/1"

static GDBusConnection *connection;

/* A call that does nothing: afterwards all that was sent before has been heard. */
static void
settle (BeckonSession *session)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_session_accept_async (session, NULL, NULL, bk_test_store_result, &result);
  beckon_session_accept_finish (session, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
on_state_changed (BeckonSession *session, BeckonSessionState previous, GString *log)
{
  g_string_append_printf (log, "%s>%s ", beckon_session_state_to_nick (previous),
                          beckon_session_state_to_nick (beckon_session_get_state (session)));
}

static void
on_notify_state (BeckonSession *session, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "=%s ", beckon_session_state_to_nick (beckon_session_get_state (session)));
}

static void
on_text (BeckonSession *session, const char *text, GString *log)
{
  g_string_append_printf (log, "“%s” ", text);
}

static void
on_two_texts (BeckonSession *session, const char *one, const char *two, GString *log)
{
  g_string_append_printf (log, "“%s,%s” ", one, two);
}

static void
on_nothing (BeckonSession *session, GString *log)
{
  g_string_append (log, "! ");
}

static void
on_termination (BeckonSession *session, BeckonSessionResult result, const char *text, GString *log)
{
  g_string_append_printf (log, "%s:%s:%s ", beckon_session_result_to_nick (result), text,
                          beckon_session_get_result_text (session));
}

static void
on_send_error (BeckonSession *session, BeckonError code, GString *log)
{
  g_string_append_printf (log, "%s ", beckon_error_to_nick (code));
}

static void
test_properties (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (
    service, connection, PATH,
    "{'SessionID': <'id'>, 'State': <uint32 4>, 'Flags': <uint32 5>, 'Application': <'app'>, "
    "'ApplicationName': <'name'>, "
    "'ApplicationURL': <'url'>, 'User': <'user'>, 'UserName': <'uname'>, 'MySigninName': <'me'>, 'LocalAddress': "
    "<'here'>, 'RemoteAddress': <'there'>, 'AppData': <'data'>, 'ContextData': <'context'>, 'Ringing': <true>, "
    "'Installing': <true>, 'Asking': <true>, 'Picking': <true>, 'PickWindow': <'x11:2a'>, 'Result': <uint32 8>, "
    "'ResultText': <'late'>, 'Log': <'/log'>, "
    "'Created': <int64 5>, "
    "'Deadline': <int64 6>, 'Timeline': <['one', 'two']>}");
  static const char *const texts[][2] = {
    { "id", "id" },          { "application", "app" },  { "application-name", "name" }, { "application-url", "url" },
    { "user", "user" },      { "user-name", "uname" },  { "my-signin-name", "me" },     { "local-address", "here" },
    { "app-data", "data" },  { "remote-address", "there" }, { "context-data", "context" }, { "result-text", "late" },
    { "log", "/log" },       { "pick-window", "x11:2a" },
  };
  gint64 created;
  gint64 deadline;
  gboolean ringing;
  BeckonSessionFlags flags;
  g_auto (GStrv) timeline = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;
      g_object_get (session, texts[i][0], &text, NULL);
      g_assert_cmpstr (text, ==, texts[i][1]);
    }
  g_object_get (session, "created", &created, "deadline", &deadline, "ringing", &ringing, "flags", &flags, "timeline",
                &timeline, NULL);
  g_assert_cmpint (created, ==, 5);
  g_assert_cmpint (deadline, ==, 6);
  g_assert_true (ringing && beckon_session_get_installing (session) && beckon_session_get_asking (session));
  g_assert_true (beckon_session_get_picking (session));
  g_assert_cmpstr (beckon_session_get_pick_window (session), ==, "x11:2a");
  g_assert_cmpint (flags, ==, BECKON_SESSION_FLAGS_INVITER | BECKON_SESSION_FLAGS_APP_INVITE_COMPATIBLE);
  g_assert_cmpint (beckon_session_get_result (session), ==, BECKON_SESSION_RESULT_TIMEOUT);
  g_assert_cmpstr (timeline[1], ==, "two");
  g_assert_cmpstr (beckon_session_get_timeline (session)[0], ==, "one");
  g_assert_null (beckon_session_get_timeline (session)[2]);
  g_assert_finalize_object (session);
}

/* Whoever hears of a change reads the new state, in each of the passing states too. */
static void
test_states (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{'State': <uint32 2>}");
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), log);
  g_signal_connect (session, "notify::state", G_CALLBACK (on_notify_state), log);
  g_signal_connect (session, "declined", G_CALLBACK (on_text), log);
  g_signal_connect (session, "termination", G_CALLBACK (on_termination), log);
  stand_in_set (service, PATH, "Session1", "{'State': <uint32 6>}");
  stand_in_signal (service, PATH, "Session1", "StateChanged", "(uint32 2,)");
  stand_in_signal (service, PATH, "Session1", "Declined", "('no',)");
  stand_in_set (service, PATH, "Session1", "{'State': <uint32 7>, 'Result': <uint32 2>, 'ResultText': <'Declined.'>}");
  stand_in_signal (service, PATH, "Session1", "StateChanged", "(uint32 6,)");
  stand_in_signal (service, PATH, "Session1", "Termination", "(uint32 2, 'no')");
  settle (session);
  g_assert_cmpstr (log->str, ==,
                   "=declined invitation>declined “no” =terminated declined>terminated "
                   "invitation-declined:no:Declined. ");
  g_assert_finalize_object (session);
}

static void
test_signals (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (session, "accepted", G_CALLBACK (on_text), log);
  g_signal_connect (session, "cancelled", G_CALLBACK (on_text), log);
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_text), log);
  g_signal_connect (session, "app-not-present", G_CALLBACK (on_two_texts), log);
  g_signal_connect (session, "ready-to-launch", G_CALLBACK (on_nothing), log);
  g_signal_connect (session, "send-error", G_CALLBACK (on_send_error), log);
  stand_in_signal (service, PATH, "Session1", "Accepted", "('a',)");
  stand_in_signal (service, PATH, "Session1", "Cancelled", "('b',)");
  stand_in_signal (service, PATH, "Session1", "ContextDataReceived", "('c',)");
  stand_in_signal (service, PATH, "Session1", "AppNotPresent", "('d', 'e')");
  stand_in_signal (service, PATH, "Session1", "ReadyToLaunch", "()");
  stand_in_signal (service, PATH, "Session1", "SendError", "('im.beckon.Error.CancelSendFailure',)");
  stand_in_signal (service, PATH, "Session1", "SendError", "('org.example.Strange',)");
  /* Not as the contract says: passed over. */
  stand_in_signal (service, PATH, "Session1", "Accepted", "(uint32 1,)");
  stand_in_signal (service, PATH, "Session1", "StateChanged", "('ready',)");
  stand_in_signal (service, PATH, "Session1", "Termination", "('x',)");
  stand_in_signal (service, PATH, "Session1", "Invented", "('x',)");
  settle (session);
  g_assert_cmpstr (log->str, ==, "“a” “b” “c” “d,e” ! cancel-send-failure failed ");
  g_assert_finalize_object (session);
}

typedef gboolean (*Finish) (BeckonSession *, GAsyncResult *, GError **);

static void
check_verb (StandIn *service, BeckonSession *session, GAsyncResult **result, Finish finish, const char *method,
            const char *args)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (finish (session, bk_test_await (result), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (stand_in_last (service, method), ==, args);
  g_clear_object (result);
}

static void
test_verbs (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonSession *session = stand_in_load_session (service, connection, PATH, "{}");
  GAsyncResult *r = NULL;
  g_autoptr (GError) error = NULL;

  beckon_session_set_application_async (session, "{X}", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_set_application_finish, "Set", "('Application', <'{X}'>)");
  beckon_session_set_local_address_async (session, "here", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_set_local_address_finish, "Set", "('LocalAddress', <'here'>)");
  beckon_session_invite_async (session, "bob@b", "come", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_invite_finish, "Invite", "('bob@b', 'come', {})");
  beckon_session_accept_async (session, NULL, NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_accept_finish, "Accept", "('',)");
  beckon_session_decline_async (session, "no", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_decline_finish, "Decline", "('no',)");
  beckon_session_cancel_async (session, BECKON_SESSION_RESULT_TIMEOUT, "x", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_cancel_finish, "Cancel", "(8, 'x')");
  beckon_session_send_context_data_async (session, "ä", NULL, bk_test_store_result, &r);
  check_verb (service, session, &r, beckon_session_send_context_data_finish, "SendContextData", "('ä',)");

  stand_in_answer (service, "Accept", "!im.beckon.Error.SessionStateInvalid");
  beckon_session_accept_async (session, NULL, NULL, bk_test_store_result, &r);
  g_assert_false (beckon_session_accept_finish (session, bk_test_await (&r), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_SESSION_STATE_INVALID);
  g_clear_object (&r);
  g_assert_finalize_object (session);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();
  g_test_add_func ("/session/properties", test_properties);
  g_test_add_func ("/session/states", test_states);
  g_test_add_func ("/session/signals", test_signals);
  g_test_add_func ("/session/verbs", test_verbs);
  int outcome = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return outcome;
}
