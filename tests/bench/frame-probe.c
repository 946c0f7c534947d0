/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Put before a program of GTK 4 with LD_PRELOAD, tells how it moves: how long each frame takes from the first that is
 * done for it to the end of painting, and for how long the main loop looks at nothing else, where that is longer than
 * a frame. SIGUSR1 prints what has been since the last time to the file of $FRAME_PROBE, a line each. SIGUSR2 scrolls
 * the first list of the window from its beginning to its end, SIGWINCH the last list upwards, a step each frame; a line
 * says when that is done, and how far it went. */
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS 300 /* of a way from end to end */
#define PIXELS 200 /* of a step upwards */
#define FRAME 16000 /* microseconds */
#define MAX_FRAMES 20000

static FILE *out;
static GArray *frames; /* element-type gint64 */
static GArray *busy;   /* element-type gint64: longer than a frame */
static gint64 frame_start;
static gint64 woken;
static GPtrArray *clocks; /* those that are heard */

static void
on_before (GdkFrameClock *clock, gpointer data)
{
  frame_start = g_get_monotonic_time ();
}

static void
on_after (GdkFrameClock *clock, gpointer data)
{
  gint64 took = g_get_monotonic_time () - frame_start;

  if (frames->len < MAX_FRAMES)
    g_array_append_val (frames, took);
}

static int
poll_and_count (GPollFD *fds, guint n_fds, int timeout)
{
  gint64 took = g_get_monotonic_time () - woken;

  if (woken != 0 && took > FRAME && busy->len < MAX_FRAMES)
    g_array_append_val (busy, took);
  int result = g_poll (fds, n_fds, timeout);
  woken = g_get_monotonic_time ();
  return result;
}

/* The clocks of the windows that there are by now. */
static void
hear_clocks (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

      if (clock == NULL || g_ptr_array_find (clocks, clock, NULL))
        continue;
      g_ptr_array_add (clocks, g_object_ref (clock)); /* for good: another one may not come to be at its place */
      g_signal_connect (clock, "before-paint", G_CALLBACK (on_before), NULL);
      g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after), NULL);
    }
}

/* ---- scrolling ---- */

static void
find_list (GtkWidget *widget, gboolean last, GtkWidget **found)
{
  if (!gtk_widget_get_mapped (widget) || (*found != NULL && !last))
    return;
  if (GTK_IS_LIST_VIEW (widget))
    *found = widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_list (child, last, found);
}

typedef struct
{
  GtkAdjustment *adjustment;
  guint step;
  gboolean up;
} Scroll;

static gboolean
on_tick (GtkWidget *window, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *scroll = user_data;
  GtkAdjustment *adjustment = scroll->adjustment;
  double way = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);

  gtk_adjustment_set_value (adjustment, scroll->up ? value - PIXELS : way * ++scroll->step / STEPS);
  if (scroll->up)
    scroll->step++;
  if (scroll->step < STEPS)
    return G_SOURCE_CONTINUE;
  fprintf (out, "scrolled %d\n", scroll->up ? PIXELS * STEPS : (int) way);
  fflush (out);
  return G_SOURCE_REMOVE;
}

static void
scroll (gboolean up)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  GtkWidget *list = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      find_list (window, up, &list);
    }
  if (list == NULL)
    return;
  Scroll *way = g_new0 (Scroll, 1);
  way->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  way->up = up;
  gtk_widget_add_tick_callback (list, on_tick, way, g_free);
}

static gboolean
on_scroll_down (gpointer data)
{
  scroll (FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_scroll_up (gpointer data)
{
  scroll (TRUE);
  return G_SOURCE_CONTINUE;
}

/* ---- telling ---- */

static void
print (const char *what, GArray *values)
{
  fprintf (out, "%s", what);
  for (guint i = 0; i < values->len; i++)
    fprintf (out, " %" G_GINT64_FORMAT, g_array_index (values, gint64, i));
  fprintf (out, "\n");
  g_array_set_size (values, 0);
}

static gboolean
on_print (gpointer data)
{
  print ("frames", frames);
  print ("busy", busy);
  fflush (out);
  hear_clocks ();
  return G_SOURCE_CONTINUE;
}

static gboolean
start (gpointer data)
{
  g_unix_signal_add (SIGUSR1, on_print, NULL);
  g_unix_signal_add (SIGUSR2, on_scroll_down, NULL);
  g_unix_signal_add (SIGWINCH, on_scroll_up, NULL);
  g_main_context_set_poll_func (NULL, poll_and_count);
  return G_SOURCE_REMOVE;
}

__attribute__ ((constructor)) static void
init (void)
{
  const char *path = getenv ("FRAME_PROBE");

  if (path == NULL || (out = fopen (path, "a")) == NULL)
    return;
  unsetenv ("LD_PRELOAD");
  frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  busy = g_array_new (FALSE, FALSE, sizeof (gint64));
  clocks = g_ptr_array_new ();
  g_idle_add_full (G_PRIORITY_HIGH, start, NULL, NULL);
}
