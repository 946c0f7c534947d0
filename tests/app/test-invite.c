/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom to invite to what: the user's own dialog, and what comes first in it. */
#include "invite/bk-app-application-list.h"
#include "invite/bk-app-invite-dialog.h"
#include "invite/bk-app-recents.h"

#include "app-screen.h"
#include "app-world.h"
#include "bk-test.h"
#include "conversation/bk-app-conversation.h"
#include "preferences/bk-app-preferences.h"

static void
reset_recents (void)
{
  g_autoptr (GSettings) settings = g_settings_new (BK_APP_ID);

  g_settings_reset (settings, "recent-invitations");
}

/* ---- what was invited to last ---- */

static void
assert_ranks (const char *who, const char *guid, guint application, guint person)
{
  g_autoptr (BkAppRecents) recents = bk_app_recents_new ();

  g_assert_cmpuint (bk_app_recents_rank_application (recents, who, guid), ==, application);
  g_assert_cmpuint (bk_app_recents_rank_person (recents, who, guid), ==, person);
}

static void
test_recents (void)
{
  reset_recents ();
  assert_ranks ("bob@b", "{A}", G_MAXUINT, G_MAXUINT);
  bk_app_recents_note ("bob@b", "{A}");
  bk_app_recents_note ("carol@b", "{B}");
  bk_app_recents_note ("bob@b", "{C}");
  assert_ranks ("bob@b", "{C}", 0, 0);
  assert_ranks ("bob@b", "{A}", 2, 2);
  assert_ranks ("bob@b", "{B}", BK_APP_RECENTS_MAX + 1, BK_APP_RECENTS_MAX);
  assert_ranks ("dora@b", "{B}", BK_APP_RECENTS_MAX + 1, G_MAXUINT);
  assert_ranks ("dora@b", "{Z}", G_MAXUINT, G_MAXUINT);
  bk_app_recents_note ("bob@b", "{A}");
  bk_app_recents_note ("", "{A}");
  bk_app_recents_note ("bob@b", "");
  assert_ranks ("bob@b", "{A}", 0, 0);
  assert_ranks ("carol@b", "{B}", 2, 2);
  for (guint i = 0; i < BK_APP_RECENTS_MAX - 1; i++)
    {
      g_autofree char *who = g_strdup_printf ("x%u@b", i);
      bk_app_recents_note (who, "{X}");
    }
  assert_ranks ("bob@b", "{A}", BK_APP_RECENTS_MAX - 1, BK_APP_RECENTS_MAX - 1);
  bk_app_recents_note ("last@b", "{X}");
  assert_ranks ("bob@b", "{A}", G_MAXUINT, G_MAXUINT);
  reset_recents ();
}

#define APPLICATION(guid, name) "('" guid "', '" name "', '', '', '', uint32 0, true, '', false)"

/* Near for one person, then near for anybody, then by name. */
static void
test_order (void)
{
  static const char *const expected[] = { "Draughts", "Chess", "Alpha", "Board" };
  StandIn *service = app_service_new (FALSE);

  reset_recents ();
  stand_in_answer (service, "ListApplications",
                   "([" APPLICATION ("{1}", "Board") ", " APPLICATION ("{2}", "Alpha") ", "
                   APPLICATION ("{3}", "Chess") ", " APPLICATION ("{4}", "Draughts") "],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  bk_app_recents_note ("bob@b", "{4}");
  bk_app_recents_note ("carol@b", "{3}");
  g_autoptr (GListModel) offered = bk_app_application_list_dup_offered (world->messenger, "bob@b");
  g_assert_cmpuint (g_list_model_get_n_items (offered), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (BeckonApplication) application = g_list_model_get_item (offered, i);
      g_assert_cmpstr (beckon_application_get_name (application), ==, expected[i]);
    }
  reset_recents ();
}

/* ---- the dialog ---- */

static GtkWindow *
find_dialog (void)
{
  return app_world_find_window (BK_TYPE_APP_INVITE_DIALOG);
}

static GListModel *
applications (void)
{
  return G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (find_dialog (), "applications"), "list")));
}

static GListModel *
people (void)
{
  return G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (find_dialog (), "recipients"), "list")));
}

static AppWorld *
start (void)
{
  AppWorld *world;

  reset_recents ();
  world = app_world_new (FALSE);
  bk_app_invite_dialog_show (GTK_WINDOW (bk_app_show_window (world->app)), world->messenger);
  app_world_wait_items (applications (), 2);
  app_world_wait_items (people (), 3);
  stand_in_answer (world->service, "InviteApp", "hold");
  return world;
}

static void
assert_invited (AppWorld *world, const char *with)
{
  bk_test_wait_for_count (stand_in_count (world->service, "InviteApp"), 1);
  g_autofree char *expected = g_strdup_printf ("('" APP_ACCOUNT "', 'bob@b', '" APP_BOARD "', '', %s)", with);
  g_assert_cmpstr (stand_in_last (world->service, "InviteApp"), ==, expected);
  stand_in_release (world->service, "InviteApp", "!im.beckon.Error.Disconnected");
  app_world_settle (world);
}

/* By keys alone: typing finds, Enter takes what was found, and writes to it. */
static void
test_keys (void)
{
  g_autoptr (AppWorld) world = start ();

  app_screen_focus (find_dialog ());
  app_screen_press (find_dialog (), "o");
  app_screen_press (find_dialog (), "a");
  app_world_wait_items (applications (), 1);
  app_screen_press (find_dialog (), "Return");
  app_world_wait_items (people (), 3);
  app_screen_press (find_dialog (), "b");
  app_screen_press (find_dialog (), "o");
  app_world_wait_items (people (), 1);
  gtk_widget_grab_focus (app_part (find_dialog (), "message"));
  app_screen_press (find_dialog (), "h");
  app_screen_press (find_dialog (), "i");
  app_screen_press (find_dialog (), "Return");
  assert_invited (world, "{'message': <'hi'>}");
  g_assert_cmpstr (gtk_label_get_label (app_part (find_dialog (), "problem")), ==, "The connection was lost.");
}

/* Down goes to what was found. */
static void
test_arrows (void)
{
  g_autoptr (AppWorld) world = start ();

  app_screen_focus (find_dialog ());
  app_screen_press (find_dialog (), "o");
  app_world_wait_items (applications (), 1);
  app_screen_press (find_dialog (), "Down");
  app_screen_press (find_dialog (), "Return");
  while (!g_str_equal (gtk_stack_get_visible_child_name (app_part (find_dialog (), "stack")), "people"))
    g_main_context_iteration (NULL, TRUE);
  gtk_editable_set_text (app_part (find_dialog (), "search"), "bob");
  app_world_wait_items (people (), 1);
  gtk_widget_grab_focus (app_part (find_dialog (), "search"));
  app_screen_press (find_dialog (), "Return");
  assert_invited (world, "{}");
}

static void
assert_chosen (const char *who)
{
  gpointer person = gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (people ()));

  g_assert_nonnull (person);
  g_assert_true (bk_app_person_is (person, "alice@b", who));
}

/* Who cannot be invited is there, behind the others, and is not chosen, however near. */
static void
test_greyed (void)
{
  g_autoptr (AppWorld) world = start ();
  GtkWidget *ok = app_part (find_dialog (), "ok");

  assert_chosen ("bob@b");
  g_assert_true (gtk_widget_get_sensitive (ok));
  gtk_editable_set_text (app_part (find_dialog (), "search"), "carol");
  app_world_wait_items (people (), 1);
  g_assert_false (gtk_widget_get_sensitive (ok));
  gtk_editable_set_text (app_part (find_dialog (), "search"), "nobody");
  app_world_wait_items (people (), 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (app_part (app_part (find_dialog (), "recipients"), "stack")), ==,
                   "nothing");
  gtk_editable_set_text (app_part (find_dialog (), "search"), "");
  app_world_wait_items (people (), 3);
  assert_chosen ("bob@b");
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 0, uint32 1, [('bob@b', 'Bob', uint32 3, false, uint32 1, '', '', uint32 0, "
                   "@a{sv} {})])");
  app_world_settle (world);
  g_assert_false (gtk_widget_get_sensitive (ok));
}

/* 512 bytes, not letters. */
static void
test_long_message (void)
{
  g_autoptr (AppWorld) world = start ();
  g_autofree char *letters = g_strnfill (510, 'x');
  g_autofree char *fits = g_strconcat (letters, "ä", NULL);
  g_autofree char *long_one = g_strconcat (letters, "xä", NULL);
  GtkWidget *ok = app_part (find_dialog (), "ok");
  GtkLabel *problem = app_part (find_dialog (), "problem");

  gtk_editable_set_text (app_part (find_dialog (), "message"), long_one);
  g_assert_false (gtk_widget_get_sensitive (ok));
  g_assert_cmpstr (gtk_label_get_label (problem), ==, "This message is too long.");
  gtk_editable_set_text (app_part (find_dialog (), "message"), fits);
  g_assert_true (gtk_widget_get_sensitive (ok));
  g_assert_cmpstr (gtk_label_get_label (problem), ==, "");
}

/* ---- the menu of a conversation ---- */

#define SEVERAL \
  APPLICATION ("{1}", "Board") ", " APPLICATION ("{2}", "Alpha") ", " APPLICATION ("{3}", "Chess") ", " \
  APPLICATION ("{4}", "Draughts") ", " APPLICATION ("{5}", "Echo") ", " APPLICATION ("{6}", "Fox")

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static GtkWidget *
open_menu_with (AppWorld *world, const char *who)
{
  BkAppWindow *window = bk_app_show_window (world->app);

  bk_app_window_open_conversation (window, "alice@b", who);
  bk_test_wait_for_count (stand_in_count (world->service, "ListMessages"), 1);
  app_world_settle (world);
  app_screen_focus (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.invite-menu", NULL);
  GtkWidget *menu = GTK_WIDGET (
    gtk_menu_button_get_popover (app_part (app_part (window, "conversation"), "invite_button")));
  bk_test_wait_until (is_mapped, menu);
  return menu;
}

static GtkWidget *
open_menu (AppWorld *world)
{
  return open_menu_with (world, "bob@b");
}

/* Where there are many, one looks for it; and a word can go along. */
static void
test_menu (void)
{
  StandIn *service = app_service_new (FALSE);

  reset_recents ();
  stand_in_answer (service, "ListApplications", "([" SEVERAL "],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  stand_in_answer (service, "InviteApp", "hold");
  GtkWidget *menu = open_menu (world);
  GListModel *found = G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (menu, "applications"), "list")));
  g_assert_true (gtk_widget_get_visible (app_part (menu, "search")));
  gtk_editable_set_text (app_part (menu, "message"), "Come & play");
  gtk_editable_set_text (app_part (menu, "search"), "chess");
  app_world_wait_items (found, 1);
  g_signal_emit_by_name (app_part (menu, "search"), "activate");
  bk_test_wait_for_count (stand_in_count (service, "InviteApp"), 1);
  g_assert_cmpstr (stand_in_last (service, "InviteApp"), ==,
                   "('" APP_ACCOUNT "', 'bob@b', '{3}', '', {'message': <'Come & play'>})");
  g_assert_cmpstr (gtk_editable_get_text (app_part (menu, "message")), ==, ""); /* it went */
  reset_recents ();
}

static void
test_menu_long_message (void)
{
  g_autofree char *letters = g_strnfill (300, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);

  reset_recents ();
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  GtkWidget *menu = open_menu (world);
  g_assert_false (gtk_widget_get_visible (app_part (menu, "search"))); /* two are seen at once */
  for (guint i = 0; i < 300; i++)
    g_string_append (wide, "ä");
  gtk_editable_set_text (app_part (menu, "message"), wide->str);
  g_assert_false (gtk_widget_get_sensitive (app_part (menu, "applications")));
  g_assert_cmpstr (gtk_label_get_label (app_part (menu, "reason")), ==, "This message is too long.");
  gtk_editable_set_text (app_part (menu, "message"), letters);
  g_assert_true (gtk_widget_get_sensitive (app_part (menu, "applications")));
}

/* Where few are seen at once one may look for one nevertheless: what is typed is seen, and Enter is for what was found. */
static void
test_menu_typing (void)
{
  reset_recents ();
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  stand_in_answer (world->service, "InviteApp", "hold");
  GtkWidget *menu = open_menu (world);
  GListModel *found = G_LIST_MODEL (gtk_list_view_get_model (app_part (app_part (menu, "applications"), "list")));
  GtkWindow *window = GTK_WINDOW (bk_app_get_window (world->app));
  app_screen_press (window, "b");
  app_screen_press (window, "o");
  app_world_wait_items (found, 1);
  g_assert_true (gtk_widget_get_visible (app_part (menu, "search")));
  g_assert_cmpstr (gtk_editable_get_text (app_part (menu, "search")), ==, "bo");
  app_screen_press (window, "Return");
  bk_test_wait_for_count (stand_in_count (world->service, "InviteApp"), 1);
  reset_recents ();
}

static gboolean
is_hidden (gpointer widget)
{
  return !gtk_widget_get_visible (widget);
}

static gboolean
is_closed (gpointer popover)
{
  return !gtk_widget_get_mapped (popover);
}

/* Where there is nothing to invite to, the keyboard is at what leads to something, and Escape goes back. */
static void
test_menu_empty (gconstpointer who)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListApplications", "(@a(sssssubsb) [],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  GtkWidget *menu = open_menu_with (world, who);
  GtkWindow *window = GTK_WINDOW (bk_app_get_window (world->app));
  app_screen_press (window, "Escape");
  bk_test_wait_until (is_closed, menu);
  gtk_popover_popup (GTK_POPOVER (menu));
  app_world_settle (world);
  app_screen_press (window, "Return");
  bk_test_wait_until (is_closed, menu);
  GtkWindow *preferences = app_world_find_window (BK_TYPE_APP_PREFERENCES);
  g_assert_nonnull (preferences);
  g_assert_cmpstr (adw_preferences_window_get_visible_page_name (ADW_PREFERENCES_WINDOW (preferences)), ==,
                   "applications");
}

/* In a sandbox more could be offered than is: that stands at the end, or instead of all, and leads to where it is said. */
static void
test_menu_sandboxed (gconstpointer applications)
{
  gboolean none = g_str_equal (applications, "(@a(sssssubsb) [],)");
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListApplications", applications);
  stand_in_set (service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 1>}");
  g_autoptr (AppWorld) world = app_world_start (service);
  GtkWidget *menu = open_menu (world);
  gpointer list = app_part (menu, "applications");
  g_assert_true (gtk_widget_get_mapped (app_part (list, "outside")) == !none);
  g_assert_true (!none || strstr (adw_status_page_get_description (app_part (list, "nothing_offered")), "sandbox"));
  g_signal_emit_by_name (app_part (list, none ? "preferences" : "outside"), "clicked");
  GtkWindow *preferences = app_world_find_window (BK_TYPE_APP_PREFERENCES);
  g_assert_cmpstr (adw_preferences_window_get_visible_page_name (ADW_PREFERENCES_WINDOW (preferences)), ==,
                   "applications");
  stand_in_set (service, STAND_IN_ROOT, "Registry1", "{'HostPrograms': <uint32 2>}");
  bk_test_wait_until (is_hidden, app_part (list, "outside"));
  g_assert_null (strstr (adw_status_page_get_description (app_part (list, "nothing_offered")), "sandbox"));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/invite/recents", test_recents);
  g_test_add_func ("/app/invite/order", test_order);
  g_test_add_func ("/app/invite/keys", test_keys);
  g_test_add_func ("/app/invite/arrows", test_arrows);
  g_test_add_func ("/app/invite/greyed", test_greyed);
  g_test_add_func ("/app/invite/long-message", test_long_message);
  g_test_add_func ("/app/invite/menu", test_menu);
  g_test_add_func ("/app/invite/menu/typing", test_menu_typing);
  g_test_add_data_func ("/app/invite/menu/empty", "bob@b", test_menu_empty);
  g_test_add_data_func ("/app/invite/menu/empty-offline", "carol@b", test_menu_empty);
  g_test_add_data_func ("/app/invite/menu/sandboxed", "([" SEVERAL "],)", test_menu_sandboxed);
  g_test_add_data_func ("/app/invite/menu/sandboxed-empty", "(@a(sssssubsb) [],)", test_menu_sandboxed);
  g_test_add_func ("/app/invite/menu/long-message", test_menu_long_message);
  return app_world_run ();
}
