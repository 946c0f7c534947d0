/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door of the user: attaching, losing the service and having it again. */
#include "beckon-messenger.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#define GUID "{B2A7C1F4-6D0E-4E5B-A5D4-3C5E7F9A1B2C}"
#define ACCOUNT_1 STAND_IN_ROOT "/Account/1"
#define ACCOUNT_2 STAND_IN_ROOT "/Account/2"
#define SESSION_1 STAND_IN_ROOT "/Session/1"
#define PIPE "('" GUID "', 'Pipe', '', '', '', uint32 0, true, '', false)"

static BeckonMessenger *
new_messenger (GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_messenger_new_async (NULL, bk_test_store_result, &result);
  return beckon_messenger_new_finish (bk_test_await (&result), error);
}

static StandIn *
new_service (const char *primary)
{
  StandIn *service = stand_in_new ();
  g_autofree char *properties = g_strdup_printf ("{'PrimaryAccount': <objectpath '%s'>}", primary);

  stand_in_add (service, ACCOUNT_1, "Account1", "{'SignInName': <'alice@b'>}");
  stand_in_add (service, ACCOUNT_2, "Account1", "{'SignInName': <'bob@b'>}");
  stand_in_add (service, SESSION_1, "Session1", "{'SessionID': <'" GUID "'>, 'State': <uint32 2>}");
  stand_in_set (service, STAND_IN_ROOT, "Messenger1", properties);
  stand_in_set (service, STAND_IN_ROOT, "SessionManager1", "{'MySigninName': <'alice@b'>}");
  stand_in_answer (service, "ListAccounts", "([objectpath '" ACCOUNT_1 "'],)");
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

  g_assert_null (new_messenger (&error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
}

static void
test_refused (void)
{
  g_autoptr (StandIn) service = new_service (ACCOUNT_1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;

  stand_in_answer (service, "Attach", "!im.beckon.Error.InvalidArgument");
  g_assert_null (new_messenger (&error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  stand_in_answer (service, "Attach", NULL);
  stand_in_answer (service, "ListSessions", "!im.beckon.Error.Storage");
  g_assert_null (new_messenger (&other));
  g_assert_error (other, BECKON_ERROR, BECKON_ERROR_STORAGE);
}

static void
test_messenger (void)
{
  g_autoptr (StandIn) service = new_service (ACCOUNT_1);
  g_autoptr (GError) error = NULL;
  BeckonMessenger *messenger = new_messenger (&error);

  g_assert_no_error (error);
  g_assert_true (beckon_messenger_get_connected (messenger));
  g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 1);
  g_assert_cmpstr (stand_in_last (service, "Attach"), ==, "('/im/beckon/Peer', [], {})");
  g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 1);
  g_assert_cmpuint (count (beckon_messenger_get_sessions (messenger)), ==, 0);
  g_assert_cmpuint (count (beckon_messenger_get_applications (messenger)), ==, 1);
  g_assert_cmpstr (beckon_account_get_signin_name (beckon_messenger_get_primary_account (messenger)), ==, "alice@b");
  g_autoptr (BeckonApplication) pipe = beckon_messenger_find_application (messenger, GUID);
  g_assert_cmpstr (beckon_application_get_name (pipe), ==, "Pipe");
  assert_finalized (messenger);
}

static void
on_primary (BeckonMessenger *messenger, GParamSpec *pspec, GString *log)
{
  BeckonAccount *account = beckon_messenger_get_primary_account (messenger);

  g_string_append_printf (log, "%s ", account != NULL ? beckon_account_get_signin_name (account) : "-");
}

static gboolean
is_bob (gpointer messenger)
{
  BeckonAccount *account = beckon_messenger_get_primary_account (messenger);

  return account != NULL && g_str_equal (beckon_account_get_signin_name (account), "bob@b");
}

/* The primary account is told when it can be read, not only when its path is known. */
static void
test_primary_account (void)
{
  g_autoptr (StandIn) service = new_service ("/");
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonMessenger *messenger = new_messenger (NULL);

  g_assert_null (beckon_messenger_get_primary_account (messenger));
  g_signal_connect (messenger, "notify::primary-account", G_CALLBACK (on_primary), log);
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AccountsChanged",
                   "(uint32 1, uint32 0, [objectpath '" ACCOUNT_2 "'])");
  stand_in_set (service, STAND_IN_ROOT, "Messenger1", "{'PrimaryAccount': <objectpath '" ACCOUNT_2 "'>}");
  bk_test_wait_until (is_bob, messenger);
  g_assert_true (g_str_has_suffix (log->str, "bob@b "));
  assert_finalized (messenger);
}

static void
on_session (BeckonMessenger *messenger, BeckonSession *session, GString *log)
{
  g_string_append_printf (log, "%s ", beckon_session_get_id (session));
}

static void
on_notice (BeckonMessenger *messenger, const char *kind, const char *text, BeckonSession *session, gboolean *heard)
{
  g_assert_cmpstr (kind, ==, "installed");
  g_assert_cmpstr (text, ==, "It is there");
  *heard = TRUE;
}

static void
on_guid (GObject *source, const char *guid, GString *log)
{
  g_string_append_printf (log, "+%s ", guid);
}

/* The registry need not wait for a session to be read. */
static gboolean
has_heard_all (gpointer log)
{
  return g_str_equal (((GString *) log)->str, "+" GUID " " GUID " " GUID " ");
}

static void
test_messenger_signals (void)
{
  g_autoptr (StandIn) service = new_service (ACCOUNT_1);
  g_autoptr (GString) log = g_string_new (NULL);
  gboolean heard = FALSE;
  BeckonMessenger *messenger = new_messenger (NULL);

  g_signal_connect (messenger, "invitation", G_CALLBACK (on_session), log);
  g_signal_connect (messenger, "invitation-over", G_CALLBACK (on_session), log);
  g_signal_connect (messenger, "app-registered", G_CALLBACK (on_guid), log);
  g_signal_connect (messenger, "notice", G_CALLBACK (on_notice), &heard);
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "SessionsChanged",
                   "(uint32 0, uint32 0, [objectpath '" SESSION_1 "'])");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "Invitation", "(objectpath '" SESSION_1 "',)");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "InvitationOver", "(objectpath '" SESSION_1 "',)");
  /* About a session that is gone: nobody is asked. */
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "Invitation", "(objectpath '" STAND_IN_ROOT "/Session/9',)");
  stand_in_signal (service, STAND_IN_ROOT, "Registry1", "AppRegistered", "('" GUID "',)");
  stand_in_signal (service, STAND_IN_ROOT, "Registry1", "ApplicationsChanged",
                   "(uint32 0, uint32 1, @a(sssssubsb) [])");
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "Notice",
                   "('installed', 'It is there', objectpath '" STAND_IN_ROOT "/Session/9')");
  bk_test_wait_for_flag (&heard);
  bk_test_wait_until (has_heard_all, log);
  g_assert_cmpuint (count (beckon_messenger_get_sessions (messenger)), ==, 1);
  g_assert_cmpuint (count (beckon_messenger_get_applications (messenger)), ==, 0);
  g_autoptr (BeckonSession) session
    = beckon_messenger_find_session (messenger, "{b2a7c1f4-6d0e-4e5b-a5d4-3c5e7f9a1b2c}");
  g_assert_nonnull (session);
  g_clear_object (&session);
  assert_finalized (messenger);
}

static gboolean
is_connected (gpointer messenger)
{
  return beckon_messenger_get_connected (messenger);
}

static gboolean
is_lost (gpointer messenger)
{
  return !beckon_messenger_get_connected (messenger);
}

static void
on_host_programs (BeckonMessenger *messenger, GParamSpec *pspec, BeckonHostPrograms *told)
{
  g_object_get (messenger, "host-programs", told, NULL);
}

static gboolean
is_offered (gpointer told)
{
  return *(BeckonHostPrograms *) told == BECKON_HOST_PROGRAMS_OFFERED;
}

static gboolean
is_unneeded (gpointer told)
{
  return *(BeckonHostPrograms *) told == BECKON_HOST_PROGRAMS_UNNEEDED;
}

static void
test_host_programs (void)
{
  g_autoptr (StandIn) service = new_service (ACCOUNT_1);
  BeckonHostPrograms told = BECKON_HOST_PROGRAMS_MISSING;

  stand_in_set (service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 1>}");
  BeckonMessenger *messenger = new_messenger (NULL);
  g_assert_cmpint (beckon_messenger_get_host_programs (messenger), ==, BECKON_HOST_PROGRAMS_MISSING);
  g_signal_connect (messenger, "notify::host-programs", G_CALLBACK (on_host_programs), &told);
  stand_in_set (service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 2>}");
  bk_test_wait_until (is_offered, &told);
  /* What a later version may say: nothing is asked for. */
  stand_in_set (service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 7>}");
  bk_test_wait_until (is_unneeded, &told);
  assert_finalized (messenger);
}

static void
test_messenger_restart (void)
{
  StandIn *service = new_service (ACCOUNT_1);
  BeckonMessenger *messenger = new_messenger (NULL);
  g_autoptr (BeckonAccount) old = g_object_ref (beckon_messenger_get_primary_account (messenger));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      stand_in_free (service);
      bk_test_wait_until (is_lost, messenger);
      g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 0);
      g_assert_cmpuint (count (beckon_messenger_get_applications (messenger)), ==, 0);
      g_assert_null (beckon_messenger_get_primary_account (messenger));
      service = new_service (ACCOUNT_2);
      stand_in_answer (service, "ListAccounts", "([objectpath '" ACCOUNT_1 "', '" ACCOUNT_2 "'],)");
      bk_test_wait_until (is_connected, messenger);
      g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 1);
      g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 2);
      g_assert_cmpuint (count (beckon_messenger_get_applications (messenger)), ==, 1);
      g_assert_true (is_bob (messenger));
    }

  /* Each change is heard once, although the service came back three times. */
  stand_in_signal (service, STAND_IN_ROOT, "Messenger1", "AccountsChanged", "(uint32 0, uint32 1, @ao [])");
  beckon_messenger_invite_app_async (messenger, NULL, "bob@b", GUID, NULL, NULL, NULL, bk_test_store_result, &result);
  stand_in_answer (service, "InviteApp", "!im.beckon.Error.NotLoggedOn");
  g_assert_null (beckon_messenger_invite_app_finish (messenger, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 1);
  g_clear_object (&result);
  assert_finalized (messenger);
  stand_in_free (service);
}

/* Leaves and comes back in the middle of being read again. */
static void
test_messenger_restart_while_loading (void)
{
  StandIn *service = new_service (ACCOUNT_1);
  BeckonMessenger *messenger = new_messenger (NULL);

  stand_in_free (service);
  bk_test_wait_until (is_lost, messenger);
  service = new_service (ACCOUNT_1);
  stand_in_answer (service, "ListSessions", "hold");
  bk_test_wait_for_count (stand_in_count (service, "ListSessions"), 1);
  g_assert_false (beckon_messenger_get_connected (messenger));
  stand_in_free (service);
  service = new_service (ACCOUNT_2);
  stand_in_answer (service, "ListAccounts", "([objectpath '" ACCOUNT_2 "'],)");
  bk_test_wait_until (is_connected, messenger);
  g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 1);
  g_assert_true (is_bob (messenger));
  assert_finalized (messenger);
  stand_in_free (service);
}

static void
assert_reconnect (BeckonMessenger *messenger, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_messenger_reconnect_async (messenger, NULL, bk_test_store_result, &result);
  gboolean done = beckon_messenger_reconnect_finish (messenger, bk_test_await (&result), &error);
  if (code == -1)
    g_assert_no_error (error);
  else
    g_assert_error (error, BECKON_ERROR, code);
  g_assert_cmpint (done, ==, code == -1);
  g_assert_cmpint (beckon_messenger_get_connected (messenger), ==, code == -1);
}

static void
test_reconnect (void)
{
  StandIn *service = new_service (ACCOUNT_1);
  BeckonMessenger *messenger = new_messenger (NULL);
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;

  assert_reconnect (messenger, -1); /* nothing to do */
  g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 1);
  stand_in_free (service);
  bk_test_wait_until (is_lost, messenger);
  assert_reconnect (messenger, BECKON_ERROR_NOT_FOUND);

  /* However many ask, and although its name is seen to come back at the same time: once. */
  service = new_service (ACCOUNT_1);
  beckon_messenger_reconnect_async (messenger, NULL, bk_test_store_result, &one);
  beckon_messenger_reconnect_async (messenger, NULL, bk_test_store_result, &two);
  g_assert_true (beckon_messenger_reconnect_finish (messenger, bk_test_await (&one), NULL));
  g_assert_true (beckon_messenger_reconnect_finish (messenger, bk_test_await (&two), NULL));
  g_assert_cmpuint (*stand_in_count (service, "Attach"), ==, 1);
  g_assert_cmpuint (count (beckon_messenger_get_accounts (messenger)), ==, 1);
  g_clear_object (&one);
  g_clear_object (&two);
  assert_finalized (messenger);
  stand_in_free (service);
}

/* The service is there, but cannot be read: to ask again helps. */
static void
test_reconnect_fails (void)
{
  StandIn *service = new_service (ACCOUNT_1);
  BeckonMessenger *messenger = new_messenger (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_free (service);
  bk_test_wait_until (is_lost, messenger);
  service = new_service (ACCOUNT_1);
  stand_in_answer (service, "ListSessions", "!im.beckon.Error.Storage");
  assert_reconnect (messenger, BECKON_ERROR_STORAGE);
  stand_in_answer (service, "ListSessions", "hold");
  beckon_messenger_reconnect_async (messenger, cancellable, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "ListSessions"), 2);
  g_cancellable_cancel (cancellable);
  g_assert_false (beckon_messenger_reconnect_finish (messenger, bk_test_await (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (beckon_messenger_get_connected (messenger));
  stand_in_release (service, "ListSessions", "(@ao [],)");
  bk_test_wait_until (is_connected, messenger);
  g_clear_object (&result);
  assert_finalized (messenger);
  stand_in_free (service);
}

static void
test_invite_app (void)
{
  g_autoptr (StandIn) service = new_service (ACCOUNT_1);
  BeckonMessenger *messenger = new_messenger (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_answer (service, "InviteApp", "(objectpath '" SESSION_1 "',)");
  beckon_messenger_invite_app_async (messenger, beckon_messenger_get_primary_account (messenger), "bob@b", GUID, "hi",
                                     "Play?", NULL, bk_test_store_result, &result);
  BeckonSession *session = beckon_messenger_invite_app_finish (messenger, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stand_in_last (service, "InviteApp"), ==, "('" ACCOUNT_1 "', 'bob@b', '" GUID "', 'hi', {'message': <'Play?'>})");
  g_assert_cmpstr (beckon_session_get_id (session), ==, GUID);
  g_clear_object (&result);
  assert_finalized (messenger);
  g_assert_finalize_object (session);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  g_test_add_func ("/messenger/no-service", test_no_service);
  g_test_add_func ("/messenger/refused", test_refused);
  g_test_add_func ("/messenger/values", test_messenger);
  g_test_add_func ("/messenger/primary-account", test_primary_account);
  g_test_add_func ("/messenger/signals", test_messenger_signals);
  g_test_add_func ("/messenger/host-programs", test_host_programs);
  g_test_add_func ("/messenger/restart", test_messenger_restart);
  g_test_add_func ("/messenger/restart-while-loading", test_messenger_restart_while_loading);
  g_test_add_func ("/messenger/reconnect", test_reconnect);
  g_test_add_func ("/messenger/reconnect-fails", test_reconnect_fails);
  g_test_add_func ("/messenger/invite-app", test_invite_app);
  int outcome = g_test_run ();
  stand_in_bus_down ();
  return outcome;
}
