/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door for applications: what the service asks, the cookie, and a service that comes back. */
#include "beckon-session-manager.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#define GUID "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}"
#define SESSION_1 STAND_IN_ROOT "/Session/1"
#define PIPE "('" GUID "', 'Pipe', '', '', '', uint32 0, true, '', false)"


static BeckonSessionManager *
new_manager (const char *const *guids, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_manager_new_async (guids, NULL, bk_test_store_result, &result);
  return beckon_session_manager_new_finish (bk_test_await (&result), error);
}

static StandIn *
new_service (void)
{
  StandIn *service = stand_in_new ();

  stand_in_add (service, SESSION_1, "Session1", "{'SessionID': <'" GUID "'>, 'State': <uint32 2>}");
  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'alice@b'>}");
  stand_in_answer (service, "ListApplications", "([" PIPE "],)");
  return service;
}

static guint
count (GListModel *model)
{
  return g_list_model_get_n_items (model);
}

/* The connection of an attachment is closed in a thread of GIO; nothing of the object itself is left then. */
#define assert_finalized(object) \
  G_STMT_START \
  { \
    bk_test_drain (); \
    g_assert_finalize_object (object); \
  } \
  G_STMT_END

static void
test_no_service (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (new_manager (NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
}

static gboolean
take_invitation (BeckonSessionManager *manager, BeckonSession *session, const char *app_data, GString *log)
{
  g_string_append_printf (log, "%s:%s ", beckon_session_get_id (session), app_data);
  return TRUE;
}

static gboolean
pass_invitation (BeckonSessionManager *manager, BeckonSession *session, const char *app_data, GString *log)
{
  g_string_append (log, "passed ");
  return FALSE;
}

static gboolean
stop_launch (BeckonSessionManager *manager, BeckonSession *session, GString *log)
{
  g_string_append (log, "stopped ");
  return FALSE;
}

static gboolean
allow_launch (BeckonSessionManager *manager, BeckonSession *session, GString *log)
{
  g_string_append (log, "allowed ");
  return TRUE;
}

static void
take_session (BeckonSessionManager *manager, BeckonSession *session, GString *log)
{
  g_string_append_printf (log, "%s ", beckon_session_get_id (session));
}

static void
assert_peer (StandIn *service, const char *method, const char *args, const char *expected)
{
  g_autofree char *answer = stand_in_ask_peer (service, method, args);

  g_assert_cmpstr (answer, ==, expected);
}

static void
test_peer_defaults (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager ((const char *[]){ GUID, NULL }, NULL);

  g_assert_cmpstr (stand_in_last (service, "Attach"), ==, "('/im/beckon/Peer', ['" GUID "'], {})");
  assert_peer (service, "Get", "('im.beckon.Peer1', 'version')", "(<uint32 1>,)");
  assert_peer (service, "Describe", "()", "('" GUID "', {})");
  assert_peer (service, "Invitation", "(objectpath '" SESSION_1 "', 'hi', @a{sv} {})", "(false,)");
  assert_peer (service, "BeforeAppLaunch", "(objectpath '" SESSION_1 "', @a{sv} {})", "(true,)");
  assert_peer (service, "AlertReceived", "((uint32 0, '{A}', 'hi', '', int64 1, 'alice@b'), @a{sv} {})", "(true,)");
  assert_peer (service, "LaunchSession", "('cookie', @a{sv} {})", "!im.beckon.Error.NotSupported");
  g_assert_cmpuint (*stand_in_count (service, "GetLaunchingSession"), ==, 0);
  assert_finalized (manager);
}

static void
test_peer_answers (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonSessionManager *manager = new_manager ((const char *[]){ GUID, NULL }, NULL);

  /* The first that takes it ends the question. */
  g_signal_connect (manager, "invitation", G_CALLBACK (pass_invitation), log);
  gulong taking = g_signal_connect (manager, "invitation", G_CALLBACK (take_invitation), log);
  g_signal_connect (manager, "invitation", G_CALLBACK (pass_invitation), log);
  assert_peer (service, "Invitation", "(objectpath '" SESSION_1 "', 'hi', @a{sv} {})", "(true,)");
  g_assert_cmpstr (log->str, ==, "passed " GUID ":hi ");
  g_signal_handler_disconnect (manager, taking);
  assert_peer (service, "Invitation", "(objectpath '" SESSION_1 "', 'hi', @a{sv} {})", "(false,)");

  g_string_truncate (log, 0);
  g_signal_connect (manager, "before-app-launch", G_CALLBACK (allow_launch), log);
  gulong stopping = g_signal_connect (manager, "before-app-launch", G_CALLBACK (stop_launch), log);
  g_signal_connect (manager, "before-app-launch", G_CALLBACK (allow_launch), log);
  assert_peer (service, "BeforeAppLaunch", "(objectpath '" SESSION_1 "', @a{sv} {})", "(false,)");
  g_assert_cmpstr (log->str, ==, "allowed stopped ");
  g_signal_handler_disconnect (manager, stopping);
  assert_peer (service, "BeforeAppLaunch", "(objectpath '" SESSION_1 "', @a{sv} {})", "(true,)");

  /* About a session that is gone there is nothing to answer. */
  g_autofree char *gone
    = stand_in_ask_peer (service, "Invitation", "(objectpath '" STAND_IN_ROOT "/Session/9', '', @a{sv} {})");
  g_assert_true (*gone == '!');
  assert_finalized (manager);
}

static void
test_launch_session (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonSessionManager *manager = new_manager ((const char *[]){ GUID, NULL }, NULL);

  g_signal_connect (manager, "launch-session", G_CALLBACK (take_session), log);
  stand_in_answer (service, "GetLaunchingSession", "(objectpath '" SESSION_1 "',)");
  assert_peer (service, "LaunchSession", "('c00kie', @a{sv} {})", "()");
  g_assert_cmpstr (stand_in_last (service, "GetLaunchingSession"), ==, "('c00kie', {})");
  g_assert_cmpstr (log->str, ==, GUID " ");
  stand_in_answer (service, "GetLaunchingSession", "!im.beckon.Error.NotFound");
  assert_peer (service, "LaunchSession", "('used', @a{sv} {})", "!im.beckon.Error.NotFound");
  g_assert_cmpstr (log->str, ==, GUID " ");
  assert_finalized (manager);
}

/* Another program on the bus may not ask, whatever it asks. */
static void
test_stranger (void)
{
  static const char *const questions[][2] = {
    { "Describe", "()" },
    { "LaunchSession", "('cookie', @a{sv} {})" },
    { "Invitation", "(objectpath '" SESSION_1 "', '', @a{sv} {})" },
    { "BeforeAppLaunch", "(objectpath '" SESSION_1 "', @a{sv} {})" },
  };
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonSessionManager *manager = new_manager ((const char *[]){ GUID, NULL }, NULL);
  GDBusConnection *stranger = stand_in_connect ();

  g_signal_connect (manager, "invitation", G_CALLBACK (take_invitation), log);
  g_signal_connect (manager, "launch-session", G_CALLBACK (take_session), log);
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      g_dbus_connection_call (stranger, stand_in_last_sender (service, "Attach"), "/im/beckon/Peer", "im.beckon.Peer1",
                              questions[i][0], g_variant_new_parsed (questions[i][1]), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                              NULL, bk_test_store_result, &result);
      g_assert_null (g_dbus_connection_call_finish (stranger, bk_test_await (&result), &error));
      g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
    }
  g_assert_cmpstr (log->str, ==, "");
  g_assert_cmpuint (*stand_in_count (service, "GetLaunchingSession"), ==, 0);
  stand_in_disconnect (stranger);
  assert_finalized (manager);
}

static BeckonSession *
get_launching_session (BeckonSessionManager *manager, const char *cookie, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_manager_get_launching_session_async (manager, cookie, NULL, bk_test_store_result, &result);
  return beckon_session_manager_get_launching_session_finish (manager, bk_test_await (&result), error);
}

/* A cookie in the environment is not handed on to the program's own children. */
static void
test_cookie (void)
{
  g_autoptr (StandIn) service = new_service ();
  BeckonSessionManager *manager = new_manager (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_setenv ("BECKON_COOKIE", "from-environment", TRUE);
  stand_in_answer (service, "GetLaunchingSession", "(objectpath '" SESSION_1 "',)");
  BeckonSession *session = get_launching_session (manager, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stand_in_last (service, "GetLaunchingSession"), ==, "('from-environment', {})");
  g_assert_null (g_getenv ("BECKON_COOKIE"));

  g_autoptr (BeckonSession) same = get_launching_session (manager, "given", &error);
  g_assert_cmpstr (stand_in_last (service, "GetLaunchingSession"), ==, "('given', {})");
  g_assert_true (same == session);
  stand_in_answer (service, "GetLaunchingSession", "!im.beckon.Error.NotFound");
  g_assert_null (get_launching_session (manager, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpstr (stand_in_last (service, "GetLaunchingSession"), ==, "('', {})");
  g_clear_object (&same);
  assert_finalized (manager);
  g_assert_finalize_object (session);
}

static void
on_shutdown (BeckonSessionManager *manager, guint *n_shutdowns)
{
  ++*n_shutdowns;
}

static gboolean
has_two_applications (gpointer manager)
{
  return count (beckon_session_manager_get_applications (manager)) == 2;
}

static void
test_manager_restart (void)
{
  StandIn *service = new_service ();
  BeckonSessionManager *manager = new_manager ((const char *[]){ GUID, NULL }, NULL);
  guint n_shutdowns = 0;

  g_signal_connect (manager, "app-shutdown", G_CALLBACK (on_shutdown), &n_shutdowns);
  g_assert_cmpstr (beckon_session_manager_get_my_signin_name (manager), ==, "alice@b");
  stand_in_free (service);
  bk_test_wait_for_count (&n_shutdowns, 1);
  g_assert_cmpuint (count (beckon_session_manager_get_applications (manager)), ==, 0);

  service = new_service ();
  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'bob@b'>}");
  stand_in_answer (service, "ListApplications", "([" PIPE ", " PIPE "],)");
  bk_test_wait_until (has_two_applications, manager);
  g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 1);
  g_assert_cmpstr (beckon_session_manager_get_my_signin_name (manager), ==, "bob@b");
  /* The new one may ask. */
  assert_peer (service, "Describe", "()", "('" GUID "', {})");
  assert_peer (service, "Invitation", "(objectpath '" SESSION_1 "', 'hi', @a{sv} {})", "(false,)");
  assert_finalized (manager);
  stand_in_free (service);
}

/* ---- programs that the bus starts ---- */

#define PEER_NAME "im.beckon.Beckon.Peer.Chess-Club"
#define LOOKS "{'name': <'Chess'>, 'url': <'https://example.org/'>}"

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer gone)
{
  *(gboolean *) gone = TRUE;
}

/* A connection is closed in a thread of GIO, and the bus hears of it some time later: only then the next one can have
 * the name. */
static void
wait_until_free (const char *name)
{
  GDBusConnection *connection = stand_in_connect ();
  gboolean gone = FALSE;
  guint watch = g_bus_watch_name_on_connection (connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished,
                                                &gone, NULL);

  bk_test_wait_for_flag (&gone);
  g_bus_unwatch_name (watch);
  stand_in_disconnect (connection);
}

static BeckonSessionManager *
new_peer (const char *name, const char *looks, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_session_manager_new_for_bus_name_async (name, GUID, g_variant_new_parsed (looks), NULL, bk_test_store_result,
                                                 &result);
  return beckon_session_manager_new_for_bus_name_finish (bk_test_await (&result), error);
}

static void
assert_no_peer (const char *name, const char *looks, BeckonError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (new_peer (name, looks, &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
}

static void
test_bus_name (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GError) error = NULL;

  assert_no_peer ("im.beckon.Beckon.Client.Chess", LOOKS, BECKON_ERROR_INVALID_ARGUMENT);
  assert_no_peer ("im.beckon.Beckon.Peer.", LOOKS, BECKON_ERROR_INVALID_ARGUMENT);
  assert_no_peer ("im.beckon.Beckon.Peer.a/b", LOOKS, BECKON_ERROR_INVALID_ARGUMENT);
  assert_no_peer (PEER_NAME, "@a{sv} {}", BECKON_ERROR_INVALID_ARGUMENT);
  assert_no_peer (PEER_NAME, "{'name': <7>}", BECKON_ERROR_INVALID_ARGUMENT);
  assert_no_peer (PEER_NAME, "{'name': <'Chess'>, 'icon': <7>}", BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 0);

  BeckonSessionManager *manager = new_peer (PEER_NAME, LOOKS, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stand_in_last (service, "Attach"), ==, "('/im/beckon/Beckon/Peer/Chess_Club', ['" GUID "'], {})");
  assert_peer (service, "Describe", "()", "('" GUID "', " LOOKS ")");
  assert_no_peer (PEER_NAME, LOOKS, BECKON_ERROR_ACCESS_DENIED);
  assert_finalized (manager);
  wait_until_free (PEER_NAME);
}

typedef struct
{
  StandIn *service;
  BeckonSessionManager *manager;
  GString *log;
} Early;

static void
on_early_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Early *early = user_data;

  early->manager = beckon_session_manager_new_for_bus_name_finish (result, NULL);
  g_signal_connect (early->manager, "launch-session", G_CALLBACK (take_session), early->log);
}

static gboolean
is_attaching (gpointer service)
{
  return *stand_in_count (service, "Attach") == 1;
}

static gboolean
let_attach (gpointer service)
{
  stand_in_release (service, "Attach", "()");
  return G_SOURCE_REMOVE;
}

static void
count_busy (BeckonSessionManager *manager, GParamSpec *pspec, GString *log)
{
  g_string_append (log, beckon_session_manager_get_busy (manager) ? "busy " : "idle ");
}

static gboolean
is_idle (gpointer manager)
{
  return !beckon_session_manager_get_busy (manager);
}

/* The call for which the bus started the program is there before the program listens. */
static void
test_early_session (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  Early early = { service, NULL, log };

  stand_in_answer (service, "Attach", "hold");
  stand_in_answer (service, "GetLaunchingSession", "(objectpath '" SESSION_1 "',)");
  beckon_session_manager_new_for_bus_name_async (PEER_NAME, GUID, g_variant_new_parsed (LOOKS), NULL, on_early_manager,
                                                 &early);
  bk_test_wait_until (is_attaching, service);
  assert_peer (service, "Describe", "()", "('" GUID "', " LOOKS ")");
  g_assert_null (early.manager);
  g_idle_add_full (G_PRIORITY_LOW, let_attach, service, NULL);
  assert_peer (service, "LaunchSession", "('c00kie', @a{sv} {})", "()");
  g_assert_cmpstr (log->str, ==, GUID " ");

  g_assert_true (beckon_session_manager_get_busy (early.manager));
  g_signal_connect (early.manager, "notify::busy", G_CALLBACK (count_busy), log);
  stand_in_set (service, SESSION_1, "Session1", "{'State': <uint32 7>}");
  stand_in_signal (service, SESSION_1, "Session1", "Termination", "(uint32 14, '')");
  bk_test_wait_until (is_idle, early.manager);
  g_assert_cmpstr (log->str, ==, GUID " idle ");
  assert_finalized (early.manager);
  wait_until_free (PEER_NAME);
}

/* Who calls before it is known who the service is has to wait for an answer, and then hears no. */
static void
test_early_stranger (void)
{
  g_autoptr (StandIn) service = new_service ();
  g_autoptr (GString) log = g_string_new (NULL);
  Early early = { service, NULL, log };
  GDBusConnection *stranger = stand_in_connect ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_answer (service, "Attach", "hold");
  beckon_session_manager_new_for_bus_name_async (PEER_NAME, GUID, g_variant_new_parsed (LOOKS), NULL, on_early_manager,
                                                 &early);
  bk_test_wait_until (is_attaching, service);
  g_dbus_connection_call (stranger, PEER_NAME, "/im/beckon/Beckon/Peer/Chess_Club", "im.beckon.Peer1", "LaunchSession",
                          g_variant_new_parsed ("('cookie', @a{sv} {})"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          bk_test_store_result, &result);
  g_idle_add_full (G_PRIORITY_LOW, let_attach, service, NULL);
  g_assert_null (g_dbus_connection_call_finish (stranger, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCESS_DENIED);
  bk_test_wait_for_pointer (&early.manager);
  g_assert_cmpuint (*stand_in_count (service, "GetLaunchingSession"), ==, 0);
  stand_in_disconnect (stranger);
  assert_finalized (early.manager);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  g_test_add_func ("/manager/no-service", test_no_service);
  g_test_add_func ("/manager/peer/defaults", test_peer_defaults);
  g_test_add_func ("/manager/peer/answers", test_peer_answers);
  g_test_add_func ("/manager/peer/launch-session", test_launch_session);
  g_test_add_func ("/manager/peer/stranger", test_stranger);
  g_test_add_func ("/manager/cookie", test_cookie);
  g_test_add_func ("/manager/restart", test_manager_restart);
  g_test_add_func ("/manager/bus-name", test_bus_name);
  g_test_add_func ("/manager/bus-name/early-session", test_early_session);
  g_test_add_func ("/manager/bus-name/early-stranger", test_early_stranger);
  int outcome = g_test_run ();
  stand_in_bus_down ();
  return outcome;
}
