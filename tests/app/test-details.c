/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window about one session: what it says of the connection and of the other side, and what can be done there. */
#include "conversation/bk-app-session-details.h"

#include "app-world.h"
#include "bk-test.h"

#define RUNNING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 4>, 'Flags': <uint32 1>, 'UserName': <'Bob'>, 'User': <'bob@b'>, " \
  "'MySigninName': <'alice@b'>}"

#define ASKING \
  "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>, 'UserName': <'Bob'>, " \
  "'User': <'bob@b'>, 'MySigninName': <'alice@b'>, 'Identity': <uint32 3>, 'SafetyNumber': <'12345 67890'>}"

typedef struct
{
  AppWorld *world;
  char *path;
  BkAppSessionDetails *window;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->world = app_world_new (FALSE);
  stand_in_answer (self->world->service, "GetChannel",
                   "({'path': <uint32 2>, 'bytes-sent': <uint64 2000>, 'bytes-received': <uint64 1000000>, "
                   "'round-trip': <uint64 40500>},)");
  self->path = app_world_add_session (self->world, 1, RUNNING);
  g_autoptr (BeckonSession) session = beckon_messenger_find_session (self->world->messenger, "{S1}");
  bk_app_session_details_show (GTK_WINDOW (bk_app_show_window (self->world->app)), session);
  self->window = BK_APP_SESSION_DETAILS (app_world_find_window (BK_TYPE_APP_SESSION_DETAILS));
  bk_test_wait_for_count (stand_in_count (self->world->service, "GetChannel"), 1);
  app_world_settle (self->world);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->path);
  app_world_free (self->world);
}

static void
change (Fixture *self, const char *properties)
{
  stand_in_set (self->world->service, self->path, "Session1", properties);
  app_world_settle (self->world);
}

static void
assert_row (Fixture *self, const char *name, const char *text)
{
  AdwActionRow *row = app_part (self->window, name);

  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, text);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row)) == (*text != '\0'));
}

static void
assert_label (Fixture *self, const char *name, const char *text)
{
  g_assert_cmpstr (gtk_label_get_label (app_part (self->window, name)), ==, text);
}

static gboolean
is_shown (Fixture *self, const char *name)
{
  return gtk_widget_get_visible (app_part (self->window, name));
}

/* Nothing is headed that is not there, and the keyboard is at what harms nobody: Enter does not say that two numbers are
 * the same, and the number is not marked as if to be replaced. */
static void
test_asked (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = app_world_add_session (world, 1, ASKING);
  g_autoptr (BeckonSession) session = beckon_messenger_find_session (world->messenger, "{S1}");

  bk_app_session_details_show (GTK_WINDOW (bk_app_show_window (world->app)), session);
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_SESSION_DETAILS);
  app_world_settle (world);
  g_assert_false (gtk_widget_get_visible (app_part (window, "connection_group")));
  g_assert_true (gtk_widget_get_visible (app_part (window, "trust")));
  g_assert_true (gtk_window_get_focus (window) == app_part (window, "copy"));
  g_assert_false (gtk_label_get_selection_bounds (app_part (window, "number"), NULL, NULL));
  stand_in_set (world->service, path, "Session1", "{'ChannelPath': <uint32 2>}");
  app_world_settle (world);
  g_assert_true (gtk_widget_get_visible (app_part (window, "connection_group")));
}

static void
test_connection (Fixture *self, gconstpointer data)
{
  assert_row (self, "path", "");
  assert_row (self, "host", "");
  assert_row (self, "traffic", "2.0\302\240kB sent, 1.0\302\240MB received");
  assert_row (self, "round_trip", "40.5 ms");
  change (self, "{'ChannelPath': <uint32 3>, 'ChannelReason': <'Both networks <b>change</b> ports.'>}");
  assert_row (self, "path", "Through a relay, encrypted\nBoth networks <b>change</b> ports.");
  change (self, "{'ChannelPath': <uint32 2>, 'ChannelReason': <'Direct connection.'>, 'Host': <'alice@b'>}");
  assert_row (self, "path", "Direct connection, encrypted");
  assert_row (self, "host", "You");
  change (self, "{'Host': <'bob@b'>}");
  assert_row (self, "host", "Bob");
}

static void
test_program (Fixture *self, gconstpointer data)
{
  g_assert_false (is_shown (self, "program_group"));
  assert_label (self, "timeline", "");
  change (self, "{'Log': <'/nowhere/log'>, 'Timeline': <['+0 ms ready', '+7 ms connected']>}");
  g_assert_true (is_shown (self, "program_group"));
  assert_label (self, "timeline", "+0 ms ready\n+7 ms connected");
}

static void
test_identity (Fixture *self, gconstpointer data)
{
  g_assert_false (is_shown (self, "identity_group"));
  change (self, "{'Identity': <uint32 2>, 'SafetyNumber': <'12345 67890'>}");
  g_assert_true (is_shown (self, "identity_group"));
  assert_label (self, "number", "12345 67890");
  g_assert_false (is_shown (self, "changed"));
  change (self, "{'Identity': <uint32 3>}");
  g_assert_true (is_shown (self, "changed"));
  g_assert_true (is_shown (self, "trust"));
  assert_label (self, "changed_text", "Bob has a different key than before. It may be a new device, or somebody else.");
  change (self, "{'SafetyNumber': <''>}");
  g_assert_true (is_shown (self, "changed"));
  g_assert_false (is_shown (self, "trust"));
  g_assert_false (is_shown (self, "copy"));
}

static gboolean
has_problem (gpointer window)
{
  return gtk_widget_get_visible (app_part (window, "problem"));
}

static void
test_trust (Fixture *self, gconstpointer data)
{
  change (self, "{'Identity': <uint32 3>, 'SafetyNumber': <'12345 67890'>}");
  stand_in_answer (self->world->service, "TrustIdentity", "!im.beckon.Error.SessionStateInvalid");
  g_signal_emit_by_name (app_part (self->window, "trust"), "clicked");
  bk_test_wait_until (has_problem, self->window);
  g_assert_cmpuint (*stand_in_count (self->world->service, "TrustIdentity"), ==, 1);
  stand_in_answer (self->world->service, "TrustIdentity", "()");
  g_signal_emit_by_name (app_part (self->window, "trust"), "clicked");
  bk_test_wait_for_count (stand_in_count (self->world->service, "TrustIdentity"), 2);
  change (self, "{'Identity': <uint32 2>}");
  g_assert_false (is_shown (self, "changed"));
}

#define ADD(name, func) g_test_add ("/app/details/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/details/asked", test_asked);
  ADD ("connection", test_connection);
  ADD ("program", test_program);
  ADD ("identity", test_identity);
  ADD ("trust", test_trust);
  return app_world_run ();
}
