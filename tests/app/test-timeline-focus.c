/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of the keyboard through a conversation. */
#include "app-timeline.h"
#include "bk-test.h"

#define TEN "\\n1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10"
#define TALL TEN TEN TEN TEN TEN TEN TEN TEN

static gboolean
is_taller_than_view (gpointer adjustment)
{
  return gtk_adjustment_get_page_size (adjustment) > 0
         && gtk_adjustment_get_upper (adjustment) > 2 * gtk_adjustment_get_page_size (adjustment);
}

static void
press (AppTimeline *fixture, GtkDirectionType direction)
{
  g_signal_emit_by_name (fixture->window, "move-focus", direction);
}

#define assert_at(fixture, text) \
  g_assert_true (gtk_window_get_focus ((fixture)->window) \
                 == gtk_widget_get_parent (app_timeline_find_row (fixture, text)))

static gpointer
composer_part (AppTimeline *fixture, const char *name)
{
  return app_part (app_part (app_part (fixture->window, "conversation"), "composer"), name);
}

/* From the composer to the newest, and to each before it: one of them is a card on which there is nothing to press. */
static void
test_arrows (AppTimeline *fixture, gconstpointer data)
{
  stand_in_answer (fixture->world->service, "ListMessages",
                   "(@a(xsbsxusa{sv}) [(int64 148, '{M148}', true, 'Message 148', int64 1, uint32 2, '', @a{sv} {}),"
                   "(int64 149, '{M149}', true, 'Card 149', int64 2, uint32 2, '', {'session': <'{S149}'>}),"
                   "(int64 150, '{M150}', true, 'Message 150', int64 3, uint32 2, '', @a{sv} {})],)");
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  gtk_widget_grab_focus (composer_part (fixture, "attach"));
  press (fixture, GTK_DIR_TAB_BACKWARD);
  assert_at (fixture, "Message 150");
  press (fixture, GTK_DIR_UP);
  assert_at (fixture, "Card 149");
  press (fixture, GTK_DIR_UP);
  assert_at (fixture, "Message 148");
  press (fixture, GTK_DIR_DOWN);
  press (fixture, GTK_DIR_DOWN);
  assert_at (fixture, "Message 150");
  press (fixture, GTK_DIR_TAB_FORWARD);
  g_assert_true (gtk_window_get_focus (fixture->window) == app_part (app_timeline_find_row (fixture, "Message 150"), "text"));
  press (fixture, GTK_DIR_TAB_BACKWARD);
  assert_at (fixture, "Message 150");
  press (fixture, GTK_DIR_DOWN);
  g_assert_null (gtk_widget_get_focus_child (GTK_WIDGET (fixture->list)));
}

/* Nobody is thrown out of the list by what has not been read yet; and from there it is one key to the newest. */
static void
test_arrows_at_oldest (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  app_timeline_go_to_earlier (fixture, 0);
  app_timeline_wait_in_sight (fixture, "Message 101");
  bk_test_wait_until (app_timeline_has_jump, fixture->timeline);
  gtk_widget_grab_focus (app_timeline_find_row (fixture, "Message 101"));
  press (fixture, GTK_DIR_UP);
  assert_at (fixture, "Message 101");
  app_timeline_come (fixture);
  assert_at (fixture, "Message 101");
  press (fixture, GTK_DIR_UP);
  assert_at (fixture, "Message 100, and as many words more as it takes to go on in another line of it");
  press (fixture, GTK_DIR_TAB_FORWARD);
  press (fixture, GTK_DIR_TAB_FORWARD);
  g_assert_true (gtk_window_get_focus (fixture->window) == app_part (fixture->timeline, "jump"));
  press (fixture, GTK_DIR_TAB_BACKWARD);
  g_assert_nonnull (gtk_widget_get_focus_child (GTK_WIDGET (fixture->list)));
}

/* The button that leads there goes; what comes next for who reads is to write. */
static void
test_after_jump (AppTimeline *fixture, gconstpointer data)
{
  app_timeline_open (fixture, 0, 150);
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  gtk_adjustment_set_value (fixture->adjustment, gtk_adjustment_get_value (fixture->adjustment) / 2);
  bk_test_wait_until (app_timeline_has_jump, fixture->timeline);
  app_timeline_wait_still (fixture);
  GtkWidget *jump = app_part (fixture->timeline, "jump");
  g_assert_true (gtk_widget_grab_focus (jump));
  g_signal_emit_by_name (jump, "clicked");
  app_timeline_wait_in_sight (fixture, "Message 150");
  app_timeline_wait_still (fixture);
  g_assert_true (gtk_window_get_focus (fixture->window) == composer_part (fixture, "text_view"));
}

/* One that is taller than the view is seen at its end, and gone through before the one above it. */
static void
test_arrows_in_tall (AppTimeline *fixture, gconstpointer data)
{
  guint presses = 0;

  stand_in_answer (fixture->world->service, "ListMessages",
                   "(@a(xsbsxusa{sv}) [(int64 149, '{M149}', true, 'Message 149', int64 1, uint32 2, '', @a{sv} {}),"
                   "(int64 150, '{M150}', true, 'Tall" TALL "', int64 2, uint32 2, '', @a{sv} {})],)");
  app_timeline_open (fixture, 0, 150);
  bk_test_wait_until (is_taller_than_view, fixture->adjustment);
  app_timeline_wait_still (fixture);
  double bottom = gtk_adjustment_get_upper (fixture->adjustment) - gtk_adjustment_get_page_size (fixture->adjustment);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment) + 1, >=, bottom);
  GtkWidget *tall = gtk_widget_get_last_child (GTK_WIDGET (fixture->list));
  gtk_widget_grab_focus (tall);
  app_timeline_wait_still (fixture);
  gtk_adjustment_set_value (fixture->adjustment, bottom);
  app_timeline_wait_still (fixture);
  bottom = gtk_adjustment_get_value (fixture->adjustment);
  for (; gtk_window_get_focus (fixture->window) == tall; presses++)
    {
      press (fixture, GTK_DIR_UP);
      app_timeline_wait_still (fixture);
    }
  g_assert_cmpuint (presses, >, 2);
  assert_at (fixture, "Message 149");
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), <, bottom);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (AppTimeline *fixture, gconstpointer data);
  } tests[] = {
    { "/app/timeline-focus/arrows", test_arrows },
    { "/app/timeline-focus/arrows-at-oldest", test_arrows_at_oldest },
    { "/app/timeline-focus/after-jump", test_after_jump },
    { "/app/timeline-focus/arrows-in-tall", test_arrows_in_tall },
  };

  app_world_init (&argc, &argv, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, AppTimeline, NULL, app_timeline_setup, tests[i].func, app_timeline_teardown);
  return app_world_run ();
}
