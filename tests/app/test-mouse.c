/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mouse over the contact list: it chooses nobody by coming by, and one click opens. */
#include "contacts/bk-app-contact-row.h"
#include "conversation/bk-app-conversation.h"

#include "app-world.h"
#include "bk-app-private.h"
#include "bk-test.h"

typedef struct
{
  AppWorld *world;
  BkAppWindow *window;
  GtkWidget *list;
} Fixture;

static gboolean
is_active (gpointer window)
{
  return gtk_window_is_active (window);
}

static void
setup (Fixture *self, gconstpointer data)
{
  self->world = app_world_new (FALSE);
  self->window = bk_app_show_window (self->world->app);
  bk_app_window_open_conversation (self->window, "alice@b", "bob@b");
  app_world_settle (self->world);
  app_screen_focus (GTK_WINDOW (self->window));
  bk_test_wait_until (is_active, self->window);
  self->list = app_part (app_part (self->window, "contacts"), "list");
}

static void
teardown (Fixture *self, gconstpointer data)
{
  app_world_free (self->world);
}

static GtkWidget *
find_row (Fixture *self, const char *who)
{
  for (GtkWidget *item = gtk_widget_get_first_child (self->list); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      BkAppPerson *person = BK_IS_APP_CONTACT_ROW (row) ? bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (row)) : NULL;

      if (person != NULL && bk_app_person_is (person, "alice@b", who))
        return item;
    }
  g_assert_not_reached ();
}

static gboolean
has_place (gpointer item)
{
  return gtk_widget_get_mapped (item) && gtk_widget_get_height (item) > 20;
}

static gboolean
is_pointed_at (gpointer item)
{
  return (gtk_widget_get_state_flags (item) & GTK_STATE_FLAG_PRELIGHT) != 0;
}

static void
point_at (Fixture *self, const char *who)
{
  GtkWidget *item = find_row (self, who);

  bk_test_wait_until (has_place, item);
  app_screen_point (GTK_WINDOW (self->window), item, 8, 8); /* beside what is in it */
  bk_test_wait_until (is_pointed_at, item);
}

static gboolean
is_chosen (Fixture *self, const char *who)
{
  return (gtk_widget_get_state_flags (find_row (self, who)) & GTK_STATE_FLAG_SELECTED) != 0;
}

static gboolean
is_open_with_carol (gpointer fixture)
{
  BkAppConversation *conversation = app_part (((Fixture *) fixture)->window, "conversation");

  return bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "carol@b");
}

static gboolean
is_carol_chosen (gpointer fixture)
{
  return is_chosen (fixture, "carol@b");
}

static void
test_point (Fixture *self, gconstpointer data)
{
  g_assert_true (is_chosen (self, "bob@b"));
  point_at (self, "carol@b");
  app_world_settle (self->world);
  g_assert_true (is_chosen (self, "bob@b"));
  app_screen_click (GTK_WINDOW (self->window));
  bk_test_wait_until (is_open_with_carol, self);
  bk_test_wait_until (is_carol_chosen, self);
}

static GtkWidget *
find_button (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child);
  return found;
}

/* A button in a row does what it says, and no more. */
static void
test_button (Fixture *self, gconstpointer data)
{
  BkAppConversation *conversation = app_part (self->window, "conversation");

  bk_test_wait_until (has_place, find_row (self, "dora@b"));
  GtkWidget *accept = find_button (find_row (self, "dora@b"));
  bk_test_wait_until (has_place, accept);
  app_screen_point (GTK_WINDOW (self->window), accept, 9, 9);
  bk_test_wait_until (is_pointed_at, accept);
  app_screen_click (GTK_WINDOW (self->window));
  bk_test_wait_for_count (stand_in_count (self->world->service, "ApproveContact"), 1);
  app_world_settle (self->world);
  g_assert_true (bk_app_person_is (bk_app_conversation_get_person (conversation), "alice@b", "bob@b"));
}

/* The arrows choose on their way; whose conversation is open is chosen when the keyboard has gone. */
static void
test_arrows (Fixture *self, gconstpointer data)
{
  bk_test_wait_until (has_place, find_row (self, "bob@b"));
  gtk_widget_grab_focus (find_row (self, "bob@b"));
  app_screen_press (GTK_WINDOW (self->window), "Down");
  bk_test_wait_until (is_carol_chosen, self);
  g_assert_false (is_open_with_carol (self));
  bk_app_conversation_start_writing (app_part (self->window, "conversation"));
  g_assert_true (is_chosen (self, "bob@b"));
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add ("/app/mouse/point", Fixture, NULL, setup, test_point, teardown);
  g_test_add ("/app/mouse/button", Fixture, NULL, setup, test_button, teardown);
  g_test_add ("/app/mouse/arrows", Fixture, NULL, setup, test_arrows, teardown);
  return app_world_run ();
}
