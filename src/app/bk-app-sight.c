/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-app-sight.h"

#define KEY "bk-app-sight"

typedef struct
{
  GtkWidget *list; /* not owned: it owns this */
  BkAppSightFunc func;
  GdkFrameClock *clock; /* owned, nullable */
  gulong handler;
} Sight;

/* After the rows have got their places. Whoever wants another size then gets it before anything is drawn: the clock
 * lays out again, a few times if need be. */
static void
on_layout (GdkFrameClock *clock, Sight *sight)
{
  float height = (float) gtk_widget_get_height (sight->list);
  gboolean resized = FALSE;

  if (!gtk_widget_get_mapped (sight->list))
    return;
  for (GtkWidget *item = gtk_widget_get_first_child (sight->list); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      graphene_rect_t bounds;

      if (row == NULL || !gtk_widget_compute_bounds (item, sight->list, &bounds)
          || !sight->func (row, bounds.origin.y < height && bounds.origin.y + bounds.size.height > 0))
        continue;
      gtk_widget_queue_resize (row);
      resized = TRUE;
    }
  /* The word of a row that never had a place does not get as far as here. */
  if (resized)
    gtk_widget_queue_resize (sight->list);
}

static void
stop (Sight *sight)
{
  if (sight->clock != NULL)
    g_clear_signal_handler (&sight->handler, sight->clock);
  g_clear_object (&sight->clock);
}

static void
on_realize (GtkWidget *list, Sight *sight)
{
  stop (sight);
  g_set_object (&sight->clock, gtk_widget_get_frame_clock (list));
  if (sight->clock != NULL)
    sight->handler = g_signal_connect_after (sight->clock, "layout", G_CALLBACK (on_layout), sight);
}

static void
on_unrealize (GtkWidget *list, Sight *sight)
{
  stop (sight);
}

static void
sight_free (gpointer data)
{
  stop (data);
  g_free (data);
}

void
bk_app_sight_watch (GtkListView *list, BkAppSightFunc func)
{
  Sight *sight = g_new0 (Sight, 1);

  sight->list = GTK_WIDGET (list);
  sight->func = func;
  g_object_set_data_full (G_OBJECT (list), KEY, sight, sight_free);
  g_signal_connect (list, "realize", G_CALLBACK (on_realize), sight);
  g_signal_connect (list, "unrealize", G_CALLBACK (on_unrealize), sight);
  if (gtk_widget_get_realized (sight->list))
    on_realize (sight->list, sight);
}
