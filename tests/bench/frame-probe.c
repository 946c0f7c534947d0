/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Put before a program of GTK 4 with LD_PRELOAD, tells how it moves: how long each frame takes from the first that is
 * done for it to the end of painting, how much of the processor that is, and how much of it the main loop took where it
 * looked at nothing else for longer than a frame. SIGUSR1 prints what has been since the last time to the file of
 * $FRAME_PROBE, a line each. SIGUSR2 scrolls the list at the left of the window from its beginning to its end, SIGHUP
 * the same a few rows a frame, SIGWINCH the list at the right upwards; a line says when that is done, and how far. */
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define STEPS 300 /* of a way from end to end */
#define PIXELS 200 /* of a step up or down */
#define FRAME 16000 /* microseconds */
#define MAX_FRAMES 20000

static FILE *out;
static GArray *frames; /* element-type gint64 */
static GArray *cpu;    /* the same, of the processor */
static GArray *busy;   /* element-type gint64: of the processor, where the loop was away for longer than a frame */
static gint64 frame_start;
static gint64 cpu_start;
static gint64 woken;
static gint64 cpu_woken;
static GPtrArray *clocks; /* those that are heard */

/* Microseconds for which this thread had the processor. */
static gint64
read_cpu (void)
{
  struct timespec used;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
on_before (GdkFrameClock *clock, gpointer data)
{
  frame_start = g_get_monotonic_time ();
  cpu_start = read_cpu ();
}

static void
on_after (GdkFrameClock *clock, gpointer data)
{
  gint64 took = g_get_monotonic_time () - frame_start;
  gint64 used = read_cpu () - cpu_start;

  if (frames->len >= MAX_FRAMES)
    return;
  g_array_append_val (frames, took);
  g_array_append_val (cpu, used);
}

static int
poll_and_count (GPollFD *fds, guint n_fds, int timeout)
{
  gint64 took = g_get_monotonic_time () - woken;
  gint64 used = read_cpu () - cpu_woken;

  if (woken != 0 && took > FRAME && busy->len < MAX_FRAMES)
    g_array_append_val (busy, used);
  int result = g_poll (fds, n_fds, timeout);
  woken = g_get_monotonic_time ();
  cpu_woken = read_cpu ();
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

/* The list at the left or at the right: which of two widgets is the child before tells nothing. */
static void
find_list (GtkWidget *widget, gboolean at_right, GtkWidget **found, float *found_at)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LIST_VIEW (widget)
      && gtk_widget_compute_bounds (widget, GTK_WIDGET (gtk_widget_get_root (widget)), &bounds)
      && (*found == NULL || (at_right ? bounds.origin.x > *found_at : bounds.origin.x < *found_at)))
    {
      *found = widget;
      *found_at = bounds.origin.x;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_list (child, at_right, found, found_at);
}

typedef enum
{
  WAY_WHOLE,
  WAY_DOWN,
  WAY_UP
} Way;

typedef struct
{
  GtkAdjustment *adjustment;
  Way way;
  guint step;
} Scroll;

static double
place_after (Scroll *scroll, double whole)
{
  double value = gtk_adjustment_get_value (scroll->adjustment);

  switch (scroll->way)
    {
    case WAY_WHOLE:
      return whole * scroll->step / STEPS;
    case WAY_DOWN:
      return value + PIXELS;
    case WAY_UP:
      break;
    }
  return value - PIXELS;
}

static gboolean
on_tick (GtkWidget *window, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *scroll = user_data;
  GtkAdjustment *adjustment = scroll->adjustment;
  double whole = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  scroll->step++;
  gtk_adjustment_set_value (adjustment, place_after (scroll, whole));
  if (scroll->step < STEPS)
    return G_SOURCE_CONTINUE;
  fprintf (out, "scrolled %d\n", scroll->way == WAY_WHOLE ? (int) whole : PIXELS * STEPS);
  fflush (out);
  return G_SOURCE_REMOVE;
}

static void
scroll (Way way)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  GtkWidget *list = NULL;
  float place = 0;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      find_list (window, way == WAY_UP, &list, &place);
    }
  if (list == NULL)
    return;
  Scroll *scroll = g_new0 (Scroll, 1);
  scroll->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  scroll->way = way;
  if (way == WAY_DOWN)
    gtk_adjustment_set_value (scroll->adjustment, 0);
  gtk_widget_add_tick_callback (list, on_tick, scroll, g_free);
}

static gboolean
on_scroll (gpointer way)
{
  scroll ((Way) GPOINTER_TO_INT (way));
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
  print ("cpu", cpu);
  print ("busy", busy);
  fflush (out);
  hear_clocks ();
  return G_SOURCE_CONTINUE;
}

static gboolean
start (gpointer data)
{
  g_unix_signal_add (SIGUSR1, on_print, NULL);
  g_unix_signal_add (SIGUSR2, on_scroll, GINT_TO_POINTER (WAY_WHOLE));
  g_unix_signal_add (SIGHUP, on_scroll, GINT_TO_POINTER (WAY_DOWN));
  g_unix_signal_add (SIGWINCH, on_scroll, GINT_TO_POINTER (WAY_UP));
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
  cpu = g_array_new (FALSE, FALSE, sizeof (gint64));
  busy = g_array_new (FALSE, FALSE, sizeof (gint64));
  clocks = g_ptr_array_new ();
  g_idle_add_full (G_PRIORITY_HIGH, start, NULL, NULL);
}
