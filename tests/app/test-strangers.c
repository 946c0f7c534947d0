/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations in which nothing was said: what can be done depends on how one stands with somebody. */
#include "conversation/bk-app-conversation.h"
#include "conversation/bk-app-no-messages.h"

#include "app-focus.h"
#include "app-world.h"
#include "bk-test.h"

#include <string.h>

static AppWorld *
start (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListMessages", "(@a(xsbsxusa{sv}) [],)");
  return app_world_start (service);
}

typedef struct
{
  BkAppWindow *window;
  const char *title;
} Opening;

static BkAppNoMessages *
get_nothing (BkAppWindow *window)
{
  return app_part (app_part (app_part (window, "conversation"), "timeline"), "nothing");
}

/* The conversation is read some time after it was opened. */
static gboolean
is_open (gpointer data)
{
  Opening *opening = data;
  GtkWidget *composer = app_part (app_part (opening->window, "conversation"), "composer");
  const char *title = adw_status_page_get_title (app_part (get_nothing (opening->window), "page"));

  return g_strcmp0 (title, opening->title) == 0
         && gtk_widget_get_sensitive (composer) == g_str_equal (title, "No Messages Yet");
}

/* What is shown with @who, and whether an answer can be given there. */
static BkAppNoMessages *
open_with (AppWorld *world, const char *who, const char *title, const char *word, gboolean answers)
{
  BkAppWindow *window = bk_app_show_window (world->app);

  bk_app_window_open_conversation (window, "alice@b", who);
  Opening opening = { window, title };
  bk_test_wait_until (is_open, &opening);
  app_world_settle (world);
  BkAppNoMessages *nothing = get_nothing (window);
  AdwStatusPage *page = app_part (nothing, "page");
  g_assert_true (is_open (&opening));
  g_assert_nonnull (strstr (adw_status_page_get_description (page), word));
  g_assert_cmpint (gtk_widget_get_visible (app_part (nothing, "answers")), ==, answers);
  return nothing;
}

static void
test_standing (void)
{
  g_autoptr (AppWorld) world = start ();

  open_with (world, "bob@b", "No Messages Yet", "Write", FALSE);
  open_with (world, "erin@b", "No Answer Yet", "Once Erin accepts", FALSE);
  open_with (world, "frank@b", "Blocked", "from Frank", FALSE);
  open_with (world, "dora@b", "Contact Request", "Dora would like", TRUE);
}

static GtkWidget *
find_button (GtkWidget *parent, const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0)
      return child;
  g_assert_not_reached ();
}

static gboolean
has_place (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

/* A request is answered there, too, and what is said follows. */
static void
test_answer (void)
{
  g_autoptr (AppWorld) world = start ();
  BkAppNoMessages *nothing = open_with (world, "dora@b", "Contact Request", "Dora would like", TRUE);

  bk_test_wait_until (has_place, app_part (nothing, "answers"));
  app_focus_check (GTK_WINDOW (bk_app_get_window (world->app)));
  g_signal_emit_by_name (find_button (app_part (nothing, "answers"), "Accept"), "clicked");
  bk_test_wait_for_count (stand_in_count (world->service, "ApproveContact"), 1);
  g_assert_cmpstr (stand_in_last (world->service, "ApproveContact"), ==, "('dora@b',)");
  g_signal_emit_by_name (find_button (app_part (nothing, "answers"), "Decline"), "clicked");
  bk_test_wait_for_count (stand_in_count (world->service, "DeclineContact"), 1);
  stand_in_signal (world->service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 2, uint32 1, [('dora@b', 'Dora', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})])");
  app_world_settle (world);
  open_with (world, "dora@b", "No Messages Yet", "Write", FALSE);
}

/* Whoever wants to be added gives the link away. */
static gboolean
has_link (gpointer text)
{
  return g_strcmp0 (*(char **) text, "beckon:alice@b") == 0;
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer text)
{
  *(char **) text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_own_link (void)
{
  g_autoptr (AppWorld) world = start ();
  GtkWidget *window = GTK_WIDGET (bk_app_show_window (world->app));
  g_autofree char *text = NULL;

  gtk_widget_activate_action (window, "win.copy-own-link", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (window), NULL, on_text, &text);
  bk_test_wait_until (has_link, &text);
}

/* Nobody is to be chosen where there is nobody. */
static void
test_alone (void)
{
  StandIn *service = app_service_new (FALSE);

  stand_in_answer (service, "ListContacts", "(@a(ssubussua{sv}) [],)");
  g_autoptr (AppWorld) world = app_world_start (service);
  GtkStack *stack = app_part (app_part (bk_app_show_window (world->app), "conversation"), "stack");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "alone");
  stand_in_signal (service, APP_ACCOUNT, "Account1", "ContactsChanged",
                   "(uint32 0, uint32 0, [('dora@b', 'Dora', uint32 3, false, uint32 2, '', '', uint32 0, @a{sv} {})])");
  app_world_settle (world);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "nobody");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/strangers/standing", test_standing);
  g_test_add_func ("/app/strangers/answer", test_answer);
  g_test_add_func ("/app/strangers/alone", test_alone);
  g_test_add_func ("/app/strangers/own-link", test_own_link);
  return app_world_run ();
}
