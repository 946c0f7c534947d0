/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window does for each of many contacts, counted: nothing, as long as nobody sees them. Time is no matter of
 * a test; how often something is done is. */
#include "contacts/bk-app-contact-line.h"
#include "contacts/bk-app-contact-row.h"

#include "app-world.h"
#include "bk-test.h"

#include <string.h>

#define FEW 300 /* more than GtkListView makes rows for, which is 200 */
#define MANY 3000
/* How many rows down other ones are in sight. GTK 4.8 loses its way where it has to go beyond the rows that it has. */
#define FURTHER 25
#define IN_SIGHT 40 /* more than a window of the usual size has room for */

typedef struct
{
  GtkWidget *window;
  GtkWidget *list;
  guint rows;
  guint lines;
  const char *last; /* who is in the last of the lines */
  double upper;     /* how long the list has to be */
} Seen;

static AppWorld *
make_world (guint n_contacts)
{
  StandIn *service = app_service_new (FALSE);
  g_autoptr (GString) answer = g_string_new ("([");

  for (guint i = 0; i < n_contacts; i++)
    g_string_append_printf (answer, "%s('p%05u@b', 'Person %05u', uint32 3, false, uint32 1, '', '', uint32 0, "
                            "@a{sv} {})", i > 0 ? ", " : "", i, i);
  g_string_append (answer, "],)");
  stand_in_answer (service, "ListContacts", answer->str);
  return app_world_start (service);
}

static void
look_at (GtkWidget *widget, Seen *seen)
{
  if (BK_IS_APP_CONTACT_ROW (widget))
    {
      seen->rows++;
      seen->list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);
    }
  if (BK_IS_APP_CONTACT_LINE (widget) && gtk_widget_get_child_visible (widget))
    {
      BkAppPerson *person = bk_app_contact_row_get_person (BK_APP_CONTACT_ROW (gtk_widget_get_parent (widget)));

      seen->lines++;
      seen->last = beckon_contact_get_signin_name (bk_app_person_get_contact (person));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    look_at (child, seen);
}

static void
look (Seen *seen)
{
  seen->rows = seen->lines = 0;
  seen->last = "";
  look_at (seen->window, seen);
}

static gboolean
is_drawn (gpointer data)
{
  look (data);
  return ((Seen *) data)->lines > 0;
}

static GtkAdjustment *
adjustment_of (Seen *seen)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (seen->list));
}

/* All rows have the place of those that are to be seen. */
static gboolean
is_even (gpointer data)
{
  Seen *seen = data;
  GtkWidget *row = gtk_widget_get_first_child (seen->list);
  graphene_rect_t one;
  graphene_rect_t next;

  if (!gtk_widget_compute_bounds (row, seen->list, &one)
      || !gtk_widget_compute_bounds (gtk_widget_get_next_sibling (row), seen->list, &next))
    return FALSE;
  seen->upper = gtk_adjustment_get_upper (adjustment_of (seen));
  return next.origin.y > one.origin.y && ABS (seen->upper - (next.origin.y - one.origin.y) * MANY) < 1;
}

static gboolean
is_further (gpointer data)
{
  look (data);
  return strcmp (((Seen *) data)->last, "p00030") > 0;
}

static void
show (AppWorld *world, Seen *seen)
{
  *seen = (Seen) { .window = GTK_WIDGET (bk_app_show_window (world->app)) };
  bk_test_wait_until (is_drawn, seen);
  app_world_settle (world);
}

/* Of two hundred rows a dozen is filled; further down others are. None is higher than was thought: the list does not
 * get longer while somebody moves in it. */
static void
test_sight (void)
{
  g_autoptr (AppWorld) world = make_world (MANY);
  Seen seen;

  show (world, &seen);
  look (&seen);
  g_assert_cmpuint (seen.rows, >, 2 * IN_SIGHT);
  g_assert_cmpuint (seen.lines, <, IN_SIGHT);
  bk_test_wait_until (is_even, &seen);
  gtk_adjustment_set_value (adjustment_of (&seen), seen.upper * FURTHER / MANY);
  bk_test_wait_until (is_further, &seen);
  g_assert_cmpuint (seen.lines, <, 2 * IN_SIGHT);
  bk_test_wait_until (is_even, &seen);
}

/* What is asked of the service before the first picture, and what nobody asks for before it is wanted. */
static void
test_calls (void)
{
  static const char *const once[] = { "ListAccounts", "ListContacts", "ListGroups", "ListSessions",
                                      "ListApplications" };
  static const char *const never[] = { "GetConversation", "ListMessages", "SearchMessages", "ListAllowed",
                                       "GetChannel" };
  g_autoptr (AppWorld) world = make_world (FEW);
  Seen seen;

  show (world, &seen);
  for (gsize i = 0; i < G_N_ELEMENTS (once); i++)
    g_assert_cmpuint (*stand_in_count (world->service, once[i]), ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_cmpuint (*stand_in_count (world->service, never[i]), ==, 0);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  g_test_add_func ("/app/crowd/sight", test_sight);
  g_test_add_func ("/app/crowd/calls", test_calls);
  return app_world_run ();
}
