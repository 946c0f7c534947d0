/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-focus.h"

#include "bk-test.h"

#include <adwaita.h>

#define MAX_STOPS 200
#define OVERLAP 2 /* pixels by which borders may lie on each other */

static char *
dup_place (GtkWidget *widget)
{
  g_autoptr (GString) place = g_string_new (NULL);

  if (gtk_widget_get_tooltip_text (widget) != NULL)
    g_string_append_printf (place, "“%s”: ", gtk_widget_get_tooltip_text (widget));
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    g_string_append_printf (place, "%s%s", place->len > 0 ? " in " : "", G_OBJECT_TYPE_NAME (widget));
  return g_string_free (g_steal_pointer (&place), FALSE);
}

static graphene_rect_t
get_bounds (GtkWidget *widget, GtkWindow *window)
{
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (widget, GTK_WIDGET (window), &bounds))
    bounds = *graphene_rect_zero ();
  return bounds;
}

static GtkWidget *
press_tab (GtkWindow *window)
{
  g_signal_emit_by_name (window, "move-focus", GTK_DIR_TAB_FORWARD);
  return gtk_window_get_focus (window);
}

static gboolean
has_place (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

/* Whether Tab goes along a line as one reads. That of GTK 4.18 goes from left to right in any window. */
static gboolean goes_along_lines = TRUE;

void
app_focus_init (void)
{
  gtk_init ();
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);

  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *first = gtk_button_new ();
  GtkWidget *second = gtk_button_new ();

  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_window_set_child (window, box);
  gtk_window_present (window);
  bk_test_wait_until (has_place, second);
  gtk_window_set_focus (window, NULL);
  goes_along_lines = press_tab (window) == first && press_tab (window) == second;
  gtk_window_destroy (window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* Whether one who reads has seen @b before coming to @a: above it, or before it in the same line. */
static gboolean
is_before (GtkWidget *b, GtkWidget *a, GtkWindow *window)
{
  graphene_rect_t place_a = get_bounds (a, window);
  graphene_rect_t place_b = get_bounds (b, window);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (window)) == GTK_TEXT_DIR_RTL;
  gboolean along = goes_along_lines || !rtl;
  float top_a = place_a.origin.y + OVERLAP;
  float bottom_b = place_b.origin.y + place_b.size.height;
  float behind = place_b.origin.x + OVERLAP - (place_a.origin.x + place_a.size.width);
  float ahead = place_a.origin.x + OVERLAP - (place_b.origin.x + place_b.size.width);

  if (bottom_b <= top_a) /* another column begins at its top */
    return (rtl ? ahead : behind) < 0 && (along || (rtl ? behind : ahead) < 0);
  if (place_b.origin.y + OVERLAP >= place_a.origin.y + place_a.size.height)
    return FALSE;
  return along && (rtl ? behind : ahead) > 0;
}

static void
check_stop (GtkWidget *stop, GtkWindow *window)
{
  graphene_rect_t place = get_bounds (stop, window);
  g_autofree char *what = dup_place (stop);

  if (!gtk_widget_get_mapped (stop) || place.size.width < 1 || place.size.height < 1)
    g_error ("The keyboard stops at what is not to be seen: %s", what);
  if (!gtk_widget_is_sensitive (stop))
    g_error ("The keyboard stops at what cannot be used: %s", what);
}

/* Returns: (element-type GtkWidget): where it stops, once round; nothing, where nothing can have the keyboard */
static GPtrArray *
walk (GtkWindow *window)
{
  GPtrArray *stops = g_ptr_array_new ();
  GtkWidget *stop = gtk_window_get_focus (window);

  /* At the beginning, where everything comes round. */
  gtk_window_set_focus (window, NULL);
  for (stop = press_tab (window); stop != NULL && stop != (stops->len > 0 ? stops->pdata[0] : NULL);
       stop = press_tab (window))
    {
      g_autofree char *what = dup_place (stop);

      check_stop (stop, window);
      if (g_ptr_array_find (stops, stop, NULL) || stops->len == MAX_STOPS)
        g_error ("The keyboard does not come round, and is at %s", what);
      g_ptr_array_add (stops, stop);
    }
  return stops;
}

/* In a list the arrows go from row to row; so they do from page to page, to which Tab does not go in libadwaita 1.7. */
static gboolean
is_in_list (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW) != NULL
         || gtk_widget_get_ancestor (widget, ADW_TYPE_VIEW_SWITCHER) != NULL
         || gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX) != NULL;
}

static gboolean
can_use (GtkWidget *widget)
{
  for (GtkWidget *w = widget; w != NULL; w = gtk_widget_get_parent (w))
    if (!gtk_widget_get_can_focus (w))
      return FALSE;
  return gtk_widget_get_focusable (widget) && gtk_widget_get_mapped (widget) && gtk_widget_is_sensitive (widget)
         && gtk_widget_get_width (widget) > 0 && gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) == NULL;
}

static void
check_all_reached (GtkWidget *widget, GPtrArray *stops)
{
  gboolean control = GTK_IS_BUTTON (widget) || GTK_IS_TEXT (widget) || GTK_IS_TEXT_VIEW (widget)
                     || GTK_IS_SWITCH (widget) || GTK_IS_CHECK_BUTTON (widget);

  if (control && can_use (widget) && !is_in_list (widget) && !g_ptr_array_find (stops, widget, NULL))
    {
      g_autofree char *what = dup_place (widget);
      g_error ("The keyboard does not come to %s", what);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_all_reached (child, stops);
}

void
app_focus_check (GtkWindow *window)
{
  GtkWidget *before = gtk_window_get_focus (window);
  g_autoptr (GPtrArray) stops = walk (window);

  for (guint i = 1; i < stops->len; i++)
    if (is_before (stops->pdata[i], stops->pdata[i - 1], window))
      {
        g_autofree char *from = dup_place (stops->pdata[i - 1]);
        g_autofree char *to = dup_place (stops->pdata[i]);
        g_error ("The keyboard goes back from %s to %s", from, to);
      }
  check_all_reached (GTK_WIDGET (window), stops);
  gtk_window_set_focus (window, before);
}
