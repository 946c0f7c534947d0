/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-timeline.h"

#include "bk-test.h"

#define ROUNDING 1 /* pixels that may be missing of what is in sight */

/* ---- a history ---- */

void
app_timeline_append_message (GString *page, gint64 id)
{
  g_string_append_printf (page,
                          "(int64 %" G_GINT64_FORMAT ", '{M%" G_GINT64_FORMAT "}', %s, 'Message %" G_GINT64_FORMAT
                          "%s', int64 %" G_GINT64_FORMAT ", uint32 2, '', @a{sv} {})",
                          id, id, id % 3 == 0 ? "true" : "false", id,
                          id % 4 == 0 ? ", and as many words more as it takes to go on in another line of it" : "",
                          id * 7 * G_TIME_SPAN_MINUTE);
}

char *
app_timeline_dup_page (gint64 first, gint64 last)
{
  g_autoptr (GString) page = g_string_new ("(@a(xsbsxusa{sv}) [");

  for (gint64 id = first; id <= last; id++)
    {
      app_timeline_append_message (page, id);
      if (id < last)
        g_string_append (page, ", ");
    }
  g_string_append (page, "],)");
  return g_string_free (g_steal_pointer (&page), FALSE);
}

void
app_timeline_answer (AppTimeline *fixture, const char *method, gint64 first, gint64 last)
{
  g_autofree char *page = app_timeline_dup_page (first, last);

  stand_in_answer (fixture->world->service, method, page);
}

/* ---- looking ---- */

/* What is around the list is in sight too: its own height would leave out the space above and below the rows. */
gboolean
app_sight_measure (AppSight *sight, GtkWidget *row)
{
  GtkWidget *view = app_part (sight->fixture->timeline, "scrolled");
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (row) || !gtk_widget_compute_bounds (app_part (row, "bubble"), view, &bounds))
    return FALSE;
  sight->y = bounds.origin.y;
  sight->height = bounds.size.height;
  return sight->height > 0 && sight->y >= 0
         && sight->y + sight->height <= (float) gtk_widget_get_height (view) + ROUNDING;
}

/* The rows of the list are its children. */
gboolean
app_sight_is_in_sight (gpointer data)
{
  AppSight *sight = data;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (sight->fixture->list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = gtk_widget_get_first_child (child);

      if (row != NULL && g_str_has_prefix (gtk_label_get_text (app_part (row, "text")), sight->begins))
        return app_sight_measure (sight, row);
    }
  return FALSE;
}

void
app_timeline_wait_in_sight_at (const char *where, AppTimeline *fixture, const char *begins)
{
  AppSight sight = { fixture, begins, 0, 0 };

  bk_test_wait_until_at (where, begins, app_sight_is_in_sight, &sight, BK_TEST_WAIT_SECONDS);
}

void
app_timeline_wait_still (AppTimeline *fixture)
{
  app_world_wait_still (fixture->world, GTK_WIDGET (fixture->list));
}

void
app_timeline_go_to_earlier (AppTimeline *fixture, double value)
{
  stand_in_answer (fixture->world->service, "ListMessages", "hold");
  const guint *asked = stand_in_count (fixture->world->service, "ListMessages");
  guint before = *asked;

  gtk_adjustment_set_value (fixture->adjustment, value);
  bk_test_wait_for_count (asked, before + 1);
}

void
app_timeline_come (AppTimeline *fixture)
{
  g_autofree char *page = app_timeline_dup_page (51, 100);

  stand_in_release (fixture->world->service, "ListMessages", page);
  app_world_wait_items (G_LIST_MODEL (fixture->conversation), 2 * APP_TIMELINE_PAGE);
  app_timeline_wait_still (fixture);
}

/* ---- the window ---- */

static gboolean
is_open (gpointer data)
{
  AppTimeline *fixture = data;

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

void
app_timeline_open (AppTimeline *fixture, guint unread, gint64 read_up_to)
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

void
app_timeline_setup (AppTimeline *fixture, gconstpointer data)
{
  fixture->world = app_world_new (FALSE);
  app_timeline_answer (fixture, "ListMessages", 101, 150);
  app_timeline_answer (fixture, "ListMessagesAfter", 1, 0);
}

void
app_timeline_teardown (AppTimeline *fixture, gconstpointer data)
{
  app_world_free (fixture->world);
}

GtkWidget *
app_timeline_find_row (AppTimeline *fixture, const char *text)
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

gboolean
app_timeline_has_no_jump (gpointer timeline)
{
  return !gtk_widget_get_visible (app_part (timeline, "jump"));
}

gboolean
app_timeline_has_jump (gpointer timeline)
{
  return !app_timeline_has_no_jump (timeline);
}
