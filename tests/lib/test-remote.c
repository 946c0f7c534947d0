/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "beckon-remote-private.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#include <string.h>

#define PATH "/im/beckon/Beckon/Session/1"

static GDBusConnection *connection;

typedef struct
{
  GString *log;
  guint n_events;
} Heard;

static void
on_changed (BeckonRemote *remote, const char *const *names, Heard *heard)
{
  g_autofree char *joined = g_strjoinv (",", (char **) names);

  g_string_append_printf (heard->log, "%s:%u ", joined, beckon_remote_get_uint (remote, "State"));
  heard->n_events++;
}

static void
on_signal (BeckonRemote *remote, const char *name, GVariant *args, Heard *heard)
{
  g_autofree char *text = g_variant_print (args, FALSE);

  g_string_append_printf (heard->log, "%s%s:%u ", name, text, beckon_remote_get_uint (remote, "State"));
  heard->n_events++;
}

static void
listen (BeckonRemote *remote, Heard *heard)
{
  heard->log = g_string_new (NULL);
  heard->n_events = 0;
  g_signal_connect (remote, "changed", G_CALLBACK (on_changed), heard);
  g_signal_connect (remote, "signal", G_CALLBACK (on_signal), heard);
}

static BeckonRemote *
load_as (const char *path, const char *interface, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_remote_new_async (connection, BECKON_BUS_SERVICE, path, interface, NULL, bk_test_store_result, &result);
  return beckon_remote_new_finish (bk_test_await (&result), error);
}

static BeckonRemote *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  BeckonRemote *remote = load_as (path, "im.beckon.Session1", &error);

  g_assert_no_error (error);
  return remote;
}

static GVariant *
call (BeckonRemote *remote, const char *method, GVariant *args, const char *type, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  beckon_remote_call_async (remote, method, args, type, NULL, bk_test_store_result, &result);
  return beckon_remote_call_finish (remote, bk_test_await (&result), error);
}

/* Whatever the service has sent until now has been heard. */
static void
settle (StandIn *service, BeckonRemote *remote)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (remote, "Accept", g_variant_new ("(s)", ""), "()", &error);

  g_assert_no_error (error);
}

static void
test_values (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  stand_in_add (service, PATH, "Session1",
                "{'SessionID': <'{X}'>, 'State': <uint32 4>, 'Ringing': <true>, 'Created': <int64 -5>, "
                "'Timeline': <['one', 'two']>}");
  BeckonRemote *remote = load (PATH);
  g_autofree const char *const *lines = beckon_remote_get_strv (remote, "Timeline");
  g_autofree const char *const *none = beckon_remote_get_strv (remote, "State");

  g_assert_cmpstr (beckon_remote_get_string (remote, "SessionID"), ==, "{X}");
  g_assert_cmpuint (beckon_remote_get_uint (remote, "State"), ==, 4);
  g_assert_true (beckon_remote_get_boolean (remote, "Ringing"));
  g_assert_cmpint (beckon_remote_get_int64 (remote, "Created"), ==, -5);
  g_assert_cmpstr (lines[0], ==, "one");
  g_assert_cmpstr (lines[1], ==, "two");
  g_assert_null (lines[2]);
  g_assert_cmpstr (beckon_remote_get_path (remote), ==, PATH);
  /* What is missing or of another type is empty. */
  g_assert_null (none[0]);
  g_assert_cmpstr (beckon_remote_get_string (remote, "State"), ==, "");
  g_assert_cmpstr (beckon_remote_get_string (remote, "Nonsense"), ==, "");
  g_assert_cmpuint (beckon_remote_get_uint (remote, "SessionID"), ==, 0);
  g_assert_cmpint (beckon_remote_get_int64 (remote, "State"), ==, 0);
  g_assert_false (beckon_remote_get_boolean (remote, "State"));
  g_assert_finalize_object (remote);
}

/* In every handler all properties of one message are the new ones, and signals come in their order among them. */
static void
test_order (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{'State': <uint32 1>, 'User': <'bob@b'>}");
  BeckonRemote *remote = load (PATH);
  Heard heard;

  listen (remote, &heard);
  stand_in_set (service, PATH, "Session1", "{'State': <uint32 2>, 'User': <'bob@b'>}");
  stand_in_signal (service, PATH, "Session1", "StateChanged", "(uint32 1,)");
  stand_in_set (service, PATH, "Session1", "{'User': <'bob@b'>}");
  stand_in_set (service, PATH, "Session1", "{'State': <uint32 3>, 'Ringing': <true>}");
  stand_in_signal (service, PATH, "Session1", "Accepted", "('hi',)");
  settle (service, remote);
  g_assert_cmpstr (heard.log->str, ==, "State:2 StateChanged(1,):2 State,Ringing:3 Accepted('hi',):3 ");
  g_string_free (heard.log, TRUE);
  g_assert_finalize_object (remote);
}

static void
test_other_objects (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{}");
  stand_in_add (service, PATH "2", "Session1", "{}");
  BeckonRemote *remote = load (PATH);
  Heard heard;

  listen (remote, &heard);
  stand_in_set (service, PATH "2", "Session1", "{'State': <uint32 2>}");
  stand_in_signal (service, PATH "2", "Session1", "Accepted", "('hi',)");
  settle (service, remote);
  g_assert_cmpuint (heard.n_events, ==, 0);
  g_string_free (heard.log, TRUE);
  g_assert_finalize_object (remote);
}

static void
test_calls (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{}");
  BeckonRemote *remote = load (PATH);
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) strange = NULL;
  g_autoptr (GError) missing = NULL;

  settle (service, remote);
  g_assert_cmpuint (*stand_in_count (service, "Accept"), ==, 1);

  stand_in_answer (service, "Decline", "!im.beckon.Error.NotInvitee");
  g_assert_null (call (remote, "Decline", g_variant_new ("(s)", "x"), "()", &refused));
  g_assert_error (refused, BECKON_ERROR, BECKON_ERROR_NOT_INVITEE);
  g_assert_cmpstr (refused->message, ==, "No");
  g_assert_cmpstr (stand_in_last (service, "Decline"), ==, "('x',)");

  g_assert_null (call (remote, "Accept", g_variant_new ("(s)", ""), "(o)", &strange));
  g_assert_error (strange, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_null (load_as (PATH "3", "im.beckon.Session1", &missing));
  g_assert_nonnull (missing);
  g_assert_finalize_object (remote);
}

static void
finish_boolean (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **slot = data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    error = g_error_new_literal (BECKON_ERROR, BECKON_ERROR_FAILED, "success");
  *slot = error;
}

static void
test_tasks (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{}");
  BeckonRemote *remote = load (PATH);
  GError *outcome = NULL;

  beckon_remote_call_task (remote, "Accept", g_variant_new ("(s)", ""),
                           g_task_new (NULL, NULL, finish_boolean, &outcome));
  bk_test_wait_for_pointer (&outcome);
  g_assert_cmpstr (outcome->message, ==, "success");
  g_clear_error (&outcome);

  beckon_remote_set_task (remote, "Application", g_variant_new_string ("{X}"),
                          g_task_new (NULL, NULL, finish_boolean, &outcome));
  bk_test_wait_for_pointer (&outcome);
  g_assert_cmpstr (outcome->message, ==, "success");
  g_assert_cmpstr (stand_in_last (service, "Set"), ==, "('Application', <'{X}'>)");
  g_clear_error (&outcome);

  stand_in_answer (service, "Set", "!im.beckon.Error.AppNotRegistered");
  beckon_remote_set_task (remote, "Application", g_variant_new_string ("{X}"),
                          g_task_new (NULL, NULL, finish_boolean, &outcome));
  bk_test_wait_for_pointer (&outcome);
  g_assert_error (outcome, BECKON_ERROR, BECKON_ERROR_APP_NOT_REGISTERED);
  g_clear_error (&outcome);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stand_in_answer (service, "Accept", "hold");
  beckon_remote_call_task (remote, "Accept", g_variant_new ("(s)", ""),
                           g_task_new (NULL, cancellable, finish_boolean, &outcome));
  g_cancellable_cancel (cancellable);
  bk_test_wait_for_pointer (&outcome);
  g_assert_error (outcome, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome);
  g_assert_finalize_object (remote);
}

static void
test_service_dies (void)
{
  StandIn *service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{'User': <'bob@b'>}");
  BeckonRemote *remote = load (PATH);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) later = NULL;

  stand_in_answer (service, "Accept", "hold");
  beckon_remote_call_async (remote, "Accept", g_variant_new ("(s)", ""), "()", NULL, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "Accept"), 1);
  stand_in_free (service);
  g_assert_null (beckon_remote_call_finish (remote, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_null (call (remote, "Accept", g_variant_new ("(s)", ""), "()", &later));
  g_assert_error (later, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpstr (beckon_remote_get_string (remote, "User"), ==, "bob@b");
  g_clear_object (&result);
  g_assert_finalize_object (remote);
}

/* Numbers begin anew with every run: an old object must not become somebody else's session. */
static void
test_another_run (void)
{
  StandIn *service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{'User': <'bob@b'>}");
  BeckonRemote *remote = load (PATH);
  Heard heard;
  g_autoptr (GError) error = NULL;

  listen (remote, &heard);
  stand_in_free (service);
  service = stand_in_new ();
  stand_in_add (service, PATH, "Session1", "{'User': <'carol@b'>}");
  BeckonRemote *other = load (PATH);
  stand_in_set (service, PATH, "Session1", "{'User': <'dora@b'>}");
  stand_in_signal (service, PATH, "Session1", "Accepted", "('hi',)");
  settle (service, other);
  g_assert_cmpstr (beckon_remote_get_string (other, "User"), ==, "dora@b");
  g_assert_cmpstr (beckon_remote_get_string (remote, "User"), ==, "bob@b");
  g_assert_cmpuint (heard.n_events, ==, 0);

  g_assert_null (call (remote, "Cancel", g_variant_new ("(us)", 0, ""), "()", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (*stand_in_count (service, "Cancel"), ==, 0);
  g_string_free (heard.log, TRUE);
  g_assert_finalize_object (remote);
  g_assert_finalize_object (other);
  stand_in_free (service);
}

/* The root is the same in every run. */
static void
test_root_of_another_run (void)
{
  StandIn *service = stand_in_new ();
  g_autoptr (GError) error = NULL;
  BeckonRemote *remote = load_as (STAND_IN_ROOT, "im.beckon.Messenger1", &error);

  g_assert_no_error (error);
  stand_in_free (service);
  service = stand_in_new ();
  g_autoptr (GVariant) reply = call (remote, "ListAccounts", NULL, "(ao)", &error);
  g_assert_no_error (error);
  g_assert_finalize_object (remote);
  stand_in_free (service);
}

static void
test_no_service (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load_as (PATH, "im.beckon.Session1", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();
  g_test_add_func ("/remote/values", test_values);
  g_test_add_func ("/remote/order", test_order);
  g_test_add_func ("/remote/other-objects", test_other_objects);
  g_test_add_func ("/remote/calls", test_calls);
  g_test_add_func ("/remote/tasks", test_tasks);
  g_test_add_func ("/remote/service-dies", test_service_dies);
  g_test_add_func ("/remote/another-run", test_another_run);
  g_test_add_func ("/remote/root-of-another-run", test_root_of_another_run);
  g_test_add_func ("/remote/no-service", test_no_service);
  int outcome = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return outcome;
}
