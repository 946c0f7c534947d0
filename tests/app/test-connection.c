/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of the preferences about connections: the test of what works, and servers of one's own. */
#include "preferences/bk-app-connection-page.h"

#include "app-world.h"
#include "bk-test.h"
#include "preferences/bk-app-preferences.h"

typedef struct
{
  AppWorld *world;
  GtkWindow *window;
  BkAppConnectionPage *page;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  StandIn *service = app_service_new (data != NULL);

  stand_in_set (service, STAND_IN_ROOT, "Messenger1",
                "{'ConnectionServers': <['stun:a.example.org', 'turn:b.example.org']>, 'ConnectionUser': <'alice'>}");
  self->world = app_world_start (service);
  bk_app_preferences_show (GTK_WINDOW (bk_app_show_window (self->world->app)), self->world->app);
  self->window = app_world_find_window (BK_TYPE_APP_PREFERENCES);
  self->page = app_part (self->window, "connection");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  app_world_free (self->world);
}

static void
press (Fixture *self, const char *button)
{
  g_signal_emit_by_name (app_part (self->page, button), "clicked");
}

static gboolean
is_sensitive (Fixture *self, const char *name)
{
  return gtk_widget_get_sensitive (app_part (self->page, name));
}

static gboolean
has_results (gpointer page)
{
  return gtk_widget_get_visible (app_part (page, "results"));
}

static gboolean
has_problem (gpointer page)
{
  return gtk_widget_get_visible (app_part (page, "problem"));
}

static void
assert_row (Fixture *self, const char *name, const char *text)
{
  AdwActionRow *row = app_part (self->page, name);

  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, text != NULL ? text : "");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row)) == (text != NULL));
}

static void
test_works (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "TestConnection", "hold");
  g_assert_false (has_results (self->page));
  press (self, "test");
  g_assert_false (is_sensitive (self, "test"));
  bk_test_wait_for_count (stand_in_count (self->world->service, "TestConnection"), 1);
  stand_in_release (self->world->service, "TestConnection",
                    "({'nat': <'symmetric'>, 'stun': <true>, 'turn-udp': <false>, 'text': <'By way of a relay.'>, "
                    "'problems': <['b <does> not answer.']>},)");
  bk_test_wait_until (has_results, self->page);
  g_assert_true (is_sensitive (self, "test"));
  assert_row (self, "verdict", "By way of a relay.\nb <does> not answer.");
  assert_row (self, "nat", "Your router uses a different port for each connection, so direct connections rarely "
                           "work.");
  assert_row (self, "stun", "The server answers.");
  assert_row (self, "turn_udp", "The server does not answer.");
  assert_row (self, "turn_tcp", NULL);
}

static void
test_fails (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "TestConnection", "!im.beckon.Error.LimitExceeded");
  press (self, "test");
  bk_test_wait_until (has_problem, self->page);
  g_assert_true (is_sensitive (self, "test"));
  g_assert_false (has_results (self->page));
}

static void
test_nobody (Fixture *self, gconstpointer data)
{
  press (self, "test");
  g_assert_true (has_problem (self->page));
  g_assert_cmpuint (*stand_in_count (self->world->service, "TestConnection"), ==, 0);
}

/* The window goes while the test is under way. */
static void
test_leave (Fixture *self, gconstpointer data)
{
  stand_in_answer (self->world->service, "TestConnection", "hold");
  press (self, "test");
  bk_test_wait_for_count (stand_in_count (self->world->service, "TestConnection"), 1);
  gtk_window_destroy (self->window);
  stand_in_release (self->world->service, "TestConnection", "({'text': <'Too late.'>},)");
  app_world_settle (self->world);
}

static void
test_servers (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;
  GtkEditable *servers = app_part (self->page, "servers");

  g_assert_cmpstr (gtk_editable_get_text (servers), ==, "stun:a.example.org turn:b.example.org");
  g_assert_cmpstr (gtk_editable_get_text (app_part (self->page, "user")), ==, "alice");
  g_assert_false (is_sensitive (self, "save"));
  gtk_editable_set_text (servers, " turn:c.example.org,  stun:d.example.org ");
  gtk_editable_set_text (app_part (self->page, "password"), "s3cret");
  g_assert_true (is_sensitive (self, "save"));
  press (self, "save");
  bk_test_wait_for_count (stand_in_count (service, "SetConnectionServers"), 1);
  app_world_settle (self->world);
  g_assert_cmpstr (stand_in_last (service, "SetConnectionServers"), ==,
                   "(['turn:c.example.org', 'stun:d.example.org'], 'alice', 's3cret')");
  g_assert_false (is_sensitive (self, "save"));
  g_assert_false (has_problem (self->page));
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  StandIn *service = self->world->service;

  stand_in_answer (service, "SetConnectionServers", "!im.beckon.Error.InvalidArgument");
  gtk_editable_set_text (app_part (self->page, "servers"), "http://nonsense");
  press (self, "save");
  bk_test_wait_until (has_problem, self->page);
  g_assert_true (is_sensitive (self, "save"));
  g_assert_cmpstr (gtk_editable_get_text (app_part (self->page, "servers")), ==, "http://nonsense");
}

#define ADD(name, empty, func) g_test_add ("/app/connection/" name, Fixture, empty, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  ADD ("works", NULL, test_works);
  ADD ("fails", NULL, test_fails);
  ADD ("nobody", "empty", test_nobody);
  ADD ("leave", NULL, test_leave);
  ADD ("servers", NULL, test_servers);
  ADD ("refused", NULL, test_refused);
  return app_world_run ();
}
