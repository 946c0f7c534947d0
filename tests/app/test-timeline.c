/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation in the main window: where it opens, what it reads on, what counts as read. */
#include "app-world.h"
#include "bk-app-private.h"
#include "bk-test.h"
#include "conversation/bk-app-message-row.h"
#include "conversation/bk-app-timeline.h"

#include <stdio.h>
#include <string.h>

#define PAGE 50

typedef struct
{
  AppWorld *world;
  GtkWindow *window;
  gpointer timeline;
  GtkListView *list;
  GtkAdjustment *adjustment;
  BeckonConversation *conversation;
} Fixture;

/* ---- a history ---- */

static void
append_message (GString *page, gint64 id)
{
  g_string_append_printf (page,
                          "(int64 %" G_GINT64_FORMAT ", '{M%" G_GINT64_FORMAT "}', %s, 'Message %" G_GINT64_FORMAT
                          "%s', int64 %" G_GINT64_FORMAT ", uint32 2, '', @a{sv} {})",
                          id, id, id % 3 == 0 ? "true" : "false", id,
                          id % 4 == 0 ? ", and as many words more as it takes to go on in another line of it" : "",
                          id * 7 * G_TIME_SPAN_MINUTE);
}

static char *
dup_page (gint64 first, gint64 last)
{
  g_autoptr (GString) page = g_string_new ("(@a(xsbsxusa{sv}) [");

  for (gint64 id = first; id <= last; id++)
    {
      append_message (page, id);
      if (id < last)
        g_string_append (page, ", ");
    }
  g_string_append (page, "],)");
  return g_string_free (g_steal_pointer (&page), FALSE);
}

static void
answer (Fixture *fixture, const char *method, gint64 first, gint64 last)
{
  g_autofree char *page = dup_page (first, last);

  stand_in_answer (fixture->world->service, method, page);
}

/* ---- looking ---- */

typedef struct
{
  Fixture *fixture;
  const char *begins;
  float y;      /* of its row, within the list */
  float height;
} Sight;

static gboolean
measure (Sight *sight, GtkWidget *row)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (row)
      || !gtk_widget_compute_bounds (app_part (row, "bubble"), GTK_WIDGET (sight->fixture->list), &bounds))
    return FALSE;
  sight->y = bounds.origin.y;
  sight->height = bounds.size.height;
  return sight->height > 0 && sight->y >= 0
         && sight->y + sight->height <= (float) gtk_widget_get_height (GTK_WIDGET (sight->fixture->list));
}

/* The rows of the list are its children. */
static gboolean
is_in_sight (gpointer data)
{
  Sight *sight = data;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (sight->fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);

      if (row != NULL && g_str_has_prefix (gtk_label_get_text (app_part (row, "text")), sight->begins))
        return measure (sight, row);
    }
  return FALSE;
}

#define wait_in_sight(fixture, begins) wait_in_sight_at (G_STRLOC, fixture, begins)

static void
wait_in_sight_at (const char *where, Fixture *fixture, const char *begins)
{
  Sight sight = { fixture, begins, 0, 0 };

  bk_test_wait_until_at (where, begins, is_in_sight, &sight, BK_TEST_WAIT_SECONDS);
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer counter)
{
  ++*(guint *) counter;
  return G_SOURCE_CONTINUE;
}

/* All that was to be laid out, and what follows from that, is done. */
static void
wait_still (Fixture *fixture)
{
  guint frames = 0;
  guint id = gtk_widget_add_tick_callback (GTK_WIDGET (fixture->list), count_frame, &frames, NULL);

  app_world_settle (fixture->world);
  bk_test_wait_for_count (&frames, frames + 3);
  gtk_widget_remove_tick_callback (GTK_WIDGET (fixture->list), id);
  app_world_settle (fixture->world);
}

/* The uppermost message that is in sight as a whole. */
static Sight
first_in_sight (Fixture *fixture)
{
  Sight sight = { fixture, NULL, 0, 0 };

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);
      Sight here = { fixture, NULL, 0, 0 };

      if (row == NULL || !measure (&here, row) || (sight.begins != NULL && here.y >= sight.y))
        continue;
      here.begins = g_intern_string (gtk_label_get_text (app_part (row, "text")));
      sight = here;
    }
  g_assert_nonnull (sight.begins);
  return sight;
}

/* Id of the lowest message that is in sight as a whole. */
static gint64
last_in_sight (Fixture *fixture)
{
  gint64 last = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);
      Sight here = { fixture, NULL, 0, 0 };
      gint64 id = 0;

      if (row != NULL && measure (&here, row)
          && sscanf (gtk_label_get_text (app_part (row, "text")), "Message %" G_GINT64_FORMAT, &id) == 1)
        last = MAX (last, id);
    }
  return last;
}

static void
assert_same_place (const Sight *before)
{
  Sight after = *before;

  g_assert_true (is_in_sight (&after));
  g_assert_cmpfloat_with_epsilon (after.y, before->y, 0.5);
}

/* ---- the window ---- */

static gboolean
is_open (gpointer data)
{
  Fixture *fixture = data;

  g_object_get (gtk_list_view_get_model (fixture->list), "model", &fixture->conversation, NULL);
  if (fixture->conversation != NULL)
    g_object_unref (fixture->conversation);
  return fixture->conversation != NULL;
}

static gboolean
has_model (gpointer list)
{
  return gtk_list_view_get_model (list) != NULL;
}

static void
open_conversation (Fixture *fixture, guint unread, gint64 read_up_to)
{
  g_autofree char *facts
    = g_strdup_printf ("{'Unread': <uint32 %u>, 'ReadUpTo': <int64 %" G_GINT64_FORMAT ">}", unread, read_up_to);
  gpointer conversation;

  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", facts);
  fixture->window = GTK_WINDOW (bk_app_show_window (fixture->world->app));
  bk_app_window_open_conversation (BK_APP_WINDOW (fixture->window), "alice@b", "bob@b");
  conversation = app_part (fixture->window, "conversation");
  fixture->timeline = app_part (conversation, "timeline");
  fixture->list = app_part (fixture->timeline, "list");
  fixture->adjustment = gtk_scrolled_window_get_vadjustment (app_part (fixture->timeline, "scrolled"));
  bk_test_wait_until (has_model, fixture->list);
  bk_test_wait_until (is_open, fixture);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->world = app_world_new (FALSE);
  answer (fixture, "ListMessages", 101, 150);
  answer (fixture, "ListMessagesAfter", 1, 0);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  app_world_free (fixture->world);
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->conversation));
}

/* ---- the tests ---- */

static void
test_opens_at_newest (Fixture *fixture, gconstpointer data)
{
  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  g_assert_false (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
  g_assert_cmpuint (count (fixture), ==, PAGE);
}

/* What comes in before the first message that is there moves nothing. */
static void
test_keeps_place (Fixture *fixture, gconstpointer data)
{
  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  wait_still (fixture);
  stand_in_answer (fixture->world->service, "ListMessages", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessages");
  guint before = *asked;
  gtk_adjustment_set_value (fixture->adjustment, 200);
  bk_test_wait_for_count (asked, before + 1);
  wait_still (fixture);
  Sight sight = first_in_sight (fixture);
  g_autofree char *page = dup_page (51, 100);
  stand_in_release (fixture->world->service, "ListMessages", page);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 2 * PAGE);
  wait_still (fixture);
  assert_same_place (&sight);
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
}

/* A timeline alone, at which nobody looks yet. */
static void
open_apart (Fixture *fixture, guint unread, gint64 read_up_to)
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
  gtk_window_present (fixture->window);
}

/* Only what was in sight is read, and only while somebody is there. */
static void
test_unread (Fixture *fixture, gconstpointer data)
{
  const guint *marked = stand_in_count (fixture->world->service, "MarkRead");
  gint64 up_to = 0;

  open_apart (fixture, 27, 110);
  wait_in_sight (fixture, "Message 112");
  wait_still (fixture);
  g_assert_cmpuint (*marked, ==, 0);
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
  g_assert_cmpstr (gtk_label_get_label (app_part (fixture->timeline, "jump_count")), ==, "27");
  bk_app_timeline_set_seen (fixture->timeline, TRUE);
  bk_test_wait_for_count (marked, 1);
  sscanf (stand_in_last (fixture->world->service, "MarkRead"), "(%" G_GINT64_FORMAT, &up_to);
  g_assert_cmpint (up_to, ==, last_in_sight (fixture));
  gtk_widget_activate_action (fixture->timeline, "timeline.newest", NULL);
  bk_test_wait_for_count (marked, 2);
  wait_in_sight (fixture, "Message 150");
  g_assert_nonnull (strstr (stand_in_last (fixture->world->service, "MarkRead"), "150"));
  g_object_unref (fixture->conversation);
}

/* The newest of what is there is not the newest of all: it reads on, and does not run to the end. */
static void
test_reads_later (Fixture *fixture, gconstpointer data)
{
  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  answer (fixture, "ListMessages", 11, 60);
  answer (fixture, "ListMessagesAfter", 61, 110);
  bk_app_timeline_show_message (fixture->timeline, 60);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 2 * PAGE);
  wait_in_sight (fixture, "Message 60");
  wait_still (fixture);
  stand_in_answer (fixture->world->service, "ListMessagesAfter", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessagesAfter");
  guint before = *asked;
  gtk_adjustment_set_value (fixture->adjustment, gtk_adjustment_get_upper (fixture->adjustment));
  bk_test_wait_for_count (asked, before + 1);
  wait_in_sight (fixture, "Message 110");
  wait_still (fixture);
  Sight sight = first_in_sight (fixture);
  g_autofree char *page = dup_page (111, 150);
  stand_in_release (fixture->world->service, "ListMessagesAfter", page);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 140);
  wait_still (fixture);
  assert_same_place (&sight);
}

static gboolean
has_no_jump (gpointer timeline)
{
  return !gtk_widget_get_visible (app_part (timeline, "jump"));
}

/* All is in sight, the newest with it: there is nowhere to jump to. */
static void
test_little_unread (Fixture *fixture, gconstpointer data)
{
  answer (fixture, "ListMessages", 1, 3);
  open_conversation (fixture, 1, 1);
  wait_in_sight (fixture, "Message 2");
  wait_still (fixture);
  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", "{'Unread': <uint32 0>}");
  wait_still (fixture);
  g_assert_true (has_no_jump (fixture->timeline));
}

/* More is unread than a page holds. */
static void
test_much_unread (Fixture *fixture, gconstpointer data)
{
  stand_in_answer (fixture->world->service, "ListMessagesAfter", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessagesAfter");
  guint before = *asked;
  open_conversation (fixture, 90, 60);
  answer (fixture, "ListMessages", 1, 0);
  bk_test_wait_for_count (asked, before + 1);
  g_autofree char *page = dup_page (61, 110);
  stand_in_answer (fixture->world->service, "ListMessagesAfter", page);
  stand_in_release (fixture->world->service, "ListMessagesAfter", page);
  wait_in_sight (fixture, "Message 61");
  g_assert_true (gtk_widget_get_visible (app_part (fixture->timeline, "jump")));
}

static void
test_goes_to_message (Fixture *fixture, gconstpointer data)
{
  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-message", "(ssx)", "alice@b", "bob@b",
                              (gint64) 120);
  wait_in_sight (fixture, "Message 120");
}

static gboolean
has_jump (gpointer timeline)
{
  return !has_no_jump (timeline);
}

/* A window that was closed opens where it was being read, unless something is new. */
static void
test_returns (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = bk_app_get_settings (fixture->world->app);

  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  wait_still (fixture);
  stand_in_answer (fixture->world->service, "ListMessages", "hold"); /* what is earlier is not there yet */
  gtk_adjustment_set_value (fixture->adjustment, 600);
  bk_test_wait_until (has_jump, fixture->timeline);
  wait_still (fixture);
  gtk_window_destroy (fixture->window);
  gint64 place = g_settings_get_int64 (settings, "last-place");
  g_assert_cmpint (place, >, 101);
  g_assert_cmpint (place, <, 140);
  answer (fixture, "ListMessages", 101, 150);
  open_conversation (fixture, 0, 150);
  g_autofree char *words = g_strdup_printf ("Message %" G_GINT64_FORMAT, place);
  wait_in_sight (fixture, words);
  bk_test_wait_until (has_jump, fixture->timeline);
  wait_still (fixture);
  gtk_widget_activate_action (fixture->timeline, "timeline.newest", NULL);
  wait_in_sight (fixture, "Message 150");
  wait_still (fixture);
  gtk_window_destroy (fixture->window);
  g_assert_cmpint (g_settings_get_int64 (settings, "last-place"), ==, 0);
}

/* New ones are followed by who is at the newest, and told with their number to who is not. */
static void
test_follows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) message = g_string_new ("(");

  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  append_message (message, 151);
  g_string_append (message, ",)");
  stand_in_signal (fixture->world->service, APP_CONVERSATION, "Conversation1", "MessageAdded", message->str);
  wait_in_sight (fixture, "Message 151");
}

static GtkWidget *
find_row (Fixture *fixture, const char *text)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);

      if (row != NULL && g_str_equal (gtk_label_get_text (app_part (row, "text")), text))
        return row;
    }
  return NULL;
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
test_long_press (Fixture *fixture, gconstpointer data)
{
  open_conversation (fixture, 0, 150);
  wait_in_sight (fixture, "Message 150");
  GtkWidget *row = find_row (fixture, "Message 150");
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
  app_world_init (&argc, &argv, TRUE);

  g_test_add ("/app/timeline/opens-at-newest", Fixture, NULL, setup, test_opens_at_newest, teardown);
  g_test_add ("/app/timeline/keeps-place", Fixture, NULL, setup, test_keeps_place, teardown);
  g_test_add ("/app/timeline/unread", Fixture, NULL, setup, test_unread, teardown);
  g_test_add ("/app/timeline/reads-later", Fixture, NULL, setup, test_reads_later, teardown);
  g_test_add ("/app/timeline/little-unread", Fixture, NULL, setup, test_little_unread, teardown);
  g_test_add ("/app/timeline/much-unread", Fixture, NULL, setup, test_much_unread, teardown);
  g_test_add ("/app/timeline/goes-to-message", Fixture, NULL, setup, test_goes_to_message, teardown);
  g_test_add ("/app/timeline/returns", Fixture, NULL, setup, test_returns, teardown);
  g_test_add ("/app/timeline/long-press", Fixture, NULL, setup, test_long_press, teardown);
  g_test_add ("/app/timeline/follows", Fixture, NULL, setup, test_follows, teardown);
  return app_world_run ();
}
