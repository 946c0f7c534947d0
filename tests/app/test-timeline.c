/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation in the main window: where it opens, what it reads on, what counts as read. */
#include "app-timeline.h"
#include "bk-app-private.h"
#include "bk-test.h"
#include "conversation/bk-app-message-row.h"

#include <stdio.h>
#include <string.h>

/* The uppermost message that is in sight as a whole. */
static AppSight
first_in_sight (AppTimeline *fixture)
{
  AppSight sight = { fixture, NULL, 0, 0 };

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);
      AppSight here = { fixture, NULL, 0, 0 };

      if (row == NULL || !app_sight_measure (&here, row) || (sight.begins != NULL && here.y >= sight.y))
        continue;
      here.begins = g_intern_string (gtk_label_get_text (app_part (row, "text")));
      sight = here;
    }
  g_assert_nonnull (sight.begins);
  return sight;
}

/* Id of the lowest message that is in sight as a whole. */
static gint64
last_in_sight (AppTimeline *fixture)
{
  gint64 last = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);
      AppSight here = { fixture, NULL, 0, 0 };
      gint64 id = 0;

      if (row != NULL && app_sight_measure (&here, row)
          && sscanf (gtk_label_get_text (app_part (row, "text")), "Message %" G_GINT64_FORMAT, &id) == 1)
        last = MAX (last, id);
    }
  return last;
}

static void
assert_same_place (const AppSight *before)
{
  AppSight after = *before;

  g_assert_true (app_sight_is_in_sight (&after));
  g_assert_cmpfloat_with_epsilon (after.y, before->y, 0.5);
}

static guint
count (AppTimeline *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->conversation));
}

/* ---- the tests ---- */

static void
test_opens_at_newest (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  g_assert_false (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
  g_assert_cmpuint (count (fixture), ==, APP_TIMELINE_PAGE);
}

/* What comes in before the first message that is there moves nothing. */
static void
test_keeps_place (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  app_timeline_go_to_earlier (fixture, 200);
  app_timeline_wait_still (fixture);
  AppSight sight = first_in_sight (fixture);
  app_timeline_come (fixture);
  assert_same_place (&sight);
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
}

/* A timeline alone, which is not on the screen yet. */
static void
make_apart (AppTimeline *fixture, guint unread, gint64 read_up_to)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonContact) contact = beckon_account_find_contact (fixture->world->account, "bob@b");
  g_autofree char *facts
    = g_strdup_printf ("{'Unread': <uint32 %u>, 'ReadUpTo': <int64 %" G_GINT64_FORMAT ">}", unread, read_up_to);

  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", facts);
  beckon_account_get_conversation_async (fixture->world->account, "bob@b", NULL, bk_test_store_result, &result);
  fixture->conversation
    = beckon_account_get_conversation_finish (fixture->world->account, bk_test_await (&result), &error);
  g_assert_no_error (error);
  fixture->window = GTK_WINDOW (adw_window_new ());
  gtk_window_set_default_size (fixture->window, 500, 500);
  fixture->timeline = g_object_new (BK_TYPE_APP_TIMELINE, NULL);
  fixture->list = app_part (fixture->timeline, "list");
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->timeline);
  bk_app_timeline_set_messenger (fixture->timeline, fixture->world->messenger);
  bk_app_timeline_set_conversation (fixture->timeline, fixture->conversation, contact);
}

/* The same, at which nobody looks yet. */
static void
open_apart (AppTimeline *fixture, guint unread, gint64 read_up_to)
{
  make_apart (fixture, unread, read_up_to);
  gtk_window_present (fixture->window);
}

/* Only what was in sight is read, and only while somebody is there. */
static void
test_unread (AppTimeline *fixture, gconstpointer data)
{
  const guint *marked = stand_in_count (fixture->world->service, "MarkRead");
  gint64 up_to = 0;

  open_apart (fixture, 27, 110);
  app_timeline_wait_in_sight (fixture, "Message 112");
  app_timeline_wait_still (fixture);
  g_assert_cmpuint (*marked, ==, 0);
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
  g_assert_cmpstr (gtk_label_get_label (app_part (fixture->timeline, "jump_count")), ==, "27");
  bk_app_timeline_set_seen (fixture->timeline, TRUE);
  bk_test_wait_for_count (marked, 1);
  sscanf (stand_in_last (fixture->world->service, "MarkRead"), "(%" G_GINT64_FORMAT, &up_to);
  g_assert_cmpint (up_to, ==, last_in_sight (fixture));
  gtk_widget_activate_action (fixture->timeline, "timeline.newest", NULL);
  bk_test_wait_for_count (marked, 2);
  app_timeline_wait_in_sight (fixture, "Message 150");
  g_assert_nonnull (strstr (stand_in_last (fixture->world->service, "MarkRead"), "150"));
  g_object_unref (fixture->conversation);
}

/* The newest of what is there is not the newest of all: it reads on, and does not run to the end. */
static void
test_reads_later (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_answer (fixture, "ListMessages", 11, 60);
  app_timeline_answer (fixture, "ListMessagesAfter", 61, 110);
  bk_app_timeline_show_message (fixture->timeline, 60);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 2 * APP_TIMELINE_PAGE);
  app_timeline_wait_in_sight (fixture, "Message 60");
  app_timeline_wait_still (fixture);
  stand_in_answer (fixture->world->service, "ListMessagesAfter", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessagesAfter");
  guint before = *asked;
  gtk_adjustment_set_value (fixture->adjustment, gtk_adjustment_get_upper (fixture->adjustment));
  bk_test_wait_for_count (asked, before + 1);
  app_timeline_wait_in_sight (fixture, "Message 110");
  app_timeline_wait_still (fixture);
  AppSight sight = first_in_sight (fixture);
  g_autofree char *page = app_timeline_dup_page (111, 150);
  stand_in_release (fixture->world->service, "ListMessagesAfter", page);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 140);
  app_timeline_wait_still (fixture);
  assert_same_place (&sight);
}

/* All is in sight, the newest with it: there is nowhere to jump to. */
static void
test_little_unread (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_answer (fixture, "ListMessages", 1, 3);
  app_timeline_open (fixture, 1, 1);
  app_timeline_wait_in_sight (fixture, "Message 2");
  app_timeline_wait_still (fixture);
  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", "{'Unread': <uint32 0>}");
  app_timeline_wait_still (fixture);
  g_assert_true (app_timeline_has_no_jump (fixture->timeline));
}

/* More is unread than a page holds. */
static void
test_much_unread (AppTimeline *fixture, gconstpointer data)
{
  stand_in_answer (fixture->world->service, "ListMessagesAfter", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessagesAfter");
  guint before = *asked;
  app_timeline_open (fixture, 90, 60);
  app_timeline_answer (fixture, "ListMessages", 1, 0);
  bk_test_wait_for_count (asked, before + 1);
  g_autofree char *page = app_timeline_dup_page (61, 110);
  stand_in_answer (fixture->world->service, "ListMessagesAfter", page);
  stand_in_release (fixture->world->service, "ListMessagesAfter", page);
  app_timeline_wait_in_sight (fixture, "Message 61");
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
}

static void
test_goes_to_message (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-message", "(ssx)", "alice@b", "bob@b",
                              (gint64) 120);
  app_timeline_wait_in_sight (fixture, "Message 120");
}

/* The way there was asked for before anything was laid out. */
static void
test_goes_before_layout (AppTimeline *fixture, gconstpointer data)
{
  make_apart (fixture, 27, 110);
  bk_app_timeline_show_message (fixture->timeline, 140);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_window_present (fixture->window);
  app_timeline_wait_in_sight (fixture, "Message 140");
  g_object_unref (fixture->conversation);
}

/* A window that was closed opens where it was being read, unless something is new. */
static void
test_returns (AppTimeline *fixture, gconstpointer data)
{
  GSettings *settings = bk_app_get_settings (fixture->world->app);

  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  stand_in_answer (fixture->world->service, "ListMessages", "hold"); /* what is earlier is not there yet */
  gtk_adjustment_set_value (fixture->adjustment, 600);
  bk_test_wait_until (app_timeline_has_jump, fixture->timeline);
  app_timeline_wait_still (fixture);
  gtk_window_destroy (fixture->window);
  gint64 place = g_settings_get_int64 (settings, "last-place");
  g_assert_cmpint (place, >, 101);
  g_assert_cmpint (place, <, 140);
  app_timeline_answer (fixture, "ListMessages", 101, 150);
  app_timeline_open (fixture, 0, 150);
  g_autofree char *words = g_strdup_printf ("Message %" G_GINT64_FORMAT, place);
  app_timeline_wait_in_sight (fixture, words);
  bk_test_wait_until (app_timeline_has_jump, fixture->timeline);
  app_timeline_wait_still (fixture);
  gtk_widget_activate_action (fixture->timeline, "timeline.newest", NULL);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  gtk_window_destroy (fixture->window);
  g_assert_cmpint (g_settings_get_int64 (settings, "last-place"), ==, 0);
}

/* New ones are followed by who is at the newest, and told with their number to who is not. */
static void
test_follows (AppTimeline *fixture, gconstpointer data)
{
  g_autoptr (GString) message = g_string_new ("(");

  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_append_message (message, 151);
  g_string_append (message, ",)");
  stand_in_signal (fixture->world->service, APP_CONVERSATION, "Conversation1", "MessageAdded", message->str);
  app_timeline_wait_in_sight (fixture, "Message 151");
}

/* How narrow it may be at least makes a label no wider than what it says. GTK warns where it would. */
static void
assert_natural (GtkLabel *label)
{
  int width;
  int free_width;
  int least;

  g_assert_cmpint (gtk_label_get_width_chars (label), >=, 0);
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
  for (int height = least; height < 300; height += 20)
    gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, height, NULL, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_label_set_width_chars (label, -1);
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &free_width, NULL, NULL);
  g_assert_cmpint (width, ==, free_width);
}

static void
test_as_wide_as_text (AppTimeline *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "i",
    "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii",
    "''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''",
    "a\rb\rc\rd\re\rf\rg\rh\ri\rj\rk\rl",
    "a\u2028b\u2028c\u2028d\u2028e\u2028f\u2028g\u2028h",
    "a\u2029b\u2029c\u2029d\u2029e\u2029f\u2029g\u2029h",
    "\u200a\u200a\u200a\u200a\u200a\u200a\u200a\u200a\u200a\u200a\u200a\u200a",
    "A text that goes on for longer than a line is, and then for longer than another, to see how narrow it may become, "
    "and on for longer still, for a text without an end must not need a window as wide: it is only so many of its first "
    "letters that stay together, and not a part of all those that there are in it.",
    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "No\nother line is the first",
    "\u0645\u0631\u062d\u0628\u0627",
    "\U0001F469\U0001F3FD\u200D\u2764\uFE0F\u200D\U0001F48B\u200D\U0001F468\U0001F3FD",
  };
  g_autoptr (GVariantBuilder) page = g_variant_builder_new (G_VARIANT_TYPE ("a(xsbsxusa{sv})"));

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_variant_builder_add (page, "(xsbsxus@a{sv})", (gint64) i + 1, "", FALSE, texts[i], (gint64) i, 2, "",
                           g_variant_new ("a{sv}", NULL));
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(a(xsbsxusa{sv}))", page));
  g_autofree char *words = g_variant_print (answer, TRUE);
  stand_in_answer (fixture->world->service, "ListMessages", words);
  app_timeline_open (fixture, 0, 0);
  app_timeline_wait_in_sight (fixture, texts[G_N_ELEMENTS (texts) - 1]);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *row = app_timeline_find_row (fixture, texts[i]);
      g_assert_nonnull (row);
      assert_natural (app_part (row, "text"));
      assert_natural (app_part (row, "time"));
    }
}

static GtkEventController *
find_long_press (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_GESTURE_LONG_PRESS (controller))
        return controller;
    }
  return NULL;
}

static gboolean
has_menu (gpointer label)
{
  GtkWidget *child = gtk_widget_get_first_child (label);

  return child != NULL && GTK_IS_POPOVER_MENU (child) && gtk_widget_get_mapped (child);
}

/* A finger that stays opens the menu; it is not the text that takes it, to select something. */
static void
test_long_press (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  GtkWidget *row = app_timeline_find_row (fixture, "Message 150");
  g_assert_nonnull (row);
  GtkEventController *gesture = find_long_press (row);
  g_assert_nonnull (gesture);
  g_assert_true (gtk_gesture_single_get_touch_only (GTK_GESTURE_SINGLE (gesture)));
  g_assert_cmpint (gtk_event_controller_get_propagation_phase (gesture), ==, GTK_PHASE_CAPTURE);
  g_signal_emit_by_name (gesture, "pressed", 10.0, 10.0);
  bk_test_wait_until (has_menu, app_part (row, "text"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (AppTimeline *fixture, gconstpointer data);
  } tests[] = {
    { "/app/timeline/opens-at-newest", test_opens_at_newest },
    { "/app/timeline/keeps-place", test_keeps_place },
    { "/app/timeline/unread", test_unread },
    { "/app/timeline/reads-later", test_reads_later },
    { "/app/timeline/little-unread", test_little_unread },
    { "/app/timeline/much-unread", test_much_unread },
    { "/app/timeline/goes-to-message", test_goes_to_message },
    { "/app/timeline/goes-before-layout", test_goes_before_layout },
    { "/app/timeline/returns", test_returns },
    { "/app/timeline/as-wide-as-text", test_as_wide_as_text },
    { "/app/timeline/long-press", test_long_press },
    { "/app/timeline/follows", test_follows },
  };

  app_world_init (&argc, &argv, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, AppTimeline, NULL, app_timeline_setup, tests[i].func, app_timeline_teardown);
  return app_world_run ();
}
