/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboard comes in at the newest message in sight. The arrows go from one entry to the next, Tab goes to what can
 * be used in an entry, and then on. GTK would come in at the oldest, and Tab would have to go through all. */
#include "conversation/bk-app-timeline-private.h"

#include "bk-app-widgets.h"

#define PART 0.8 /* of the view: what is scrolled at once leaves something of what was there to be seen */

/* Returns: (nullable): the row of the list that has the keyboard, or something in which has it */
static GtkWidget *
get_entry (BkAppTimeline *self)
{
  return gtk_widget_get_focus_child (GTK_WIDGET (self->list));
}

static gboolean
enter (BkAppTimeline *self)
{
  BeckonMessage *message = self->conversation != NULL ? bk_app_timeline_newest_in_sight (self) : NULL;
  GtkWidget *row = message != NULL ? bk_app_timeline_find_row (self, beckon_message_get_id (message)) : NULL;

  return row != NULL && gtk_widget_grab_focus (row);
}

static gboolean
go_to_jump (BkAppTimeline *self, GtkDirectionType direction)
{
  return gtk_widget_get_visible (self->jump) && gtk_widget_child_focus (self->jump, direction);
}

static GtkListItem *
find_item (BkAppTimeline *self, GtkWidget *entry)
{
  for (guint i = 0; i < self->bound->len; i++)
    if (gtk_widget_get_parent (gtk_list_item_get_child (self->bound->pdata[i])) == entry)
      return self->bound->pdata[i];
  return NULL;
}

/* Beyond what is there, more may be on the way: the keyboard waits for it. */
static gboolean
is_end (BkAppTimeline *self, int step)
{
  return step < 0 ? beckon_conversation_get_complete (self->conversation)
                  : beckon_conversation_get_latest (self->conversation);
}

/* To the entry after or before. */
static gboolean
go_on (BkAppTimeline *self, GtkWidget *entry, int step)
{
  GtkListItem *here = find_item (self, entry);
  guint wanted = here != NULL ? gtk_list_item_get_position (here) + (guint) step : GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < self->bound->len; i++)
    if (gtk_list_item_get_position (self->bound->pdata[i]) == wanted)
      return gtk_widget_grab_focus (gtk_list_item_get_child (self->bound->pdata[i]));
  return !is_end (self, step);
}

/* One that is taller than the view is read before the keyboard leaves it. */
static gboolean
read_on (BkAppTimeline *self, GtkWidget *entry, int step)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double page = gtk_adjustment_get_page_size (adjustment);
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (entry, GTK_WIDGET (self->scrolled), &bounds) || (double) bounds.size.height <= page)
    return FALSE;
  double hidden = step < 0 ? -(double) bounds.origin.y : (double) (bounds.origin.y + bounds.size.height) - page;
  if (hidden < 1.0)
    return FALSE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + step * MIN (hidden, page * PART));
  return TRUE;
}

static gboolean
move (BkAppTimeline *self, GtkWidget *entry, GtkDirectionType direction)
{
  gboolean inside = !gtk_widget_has_focus (entry);
  GtkWidget *row = gtk_widget_get_first_child (entry);

  if ((inside || direction == GTK_DIR_TAB_FORWARD) && row != NULL && gtk_widget_child_focus (row, direction))
    return TRUE;
  switch (direction)
    {
    case GTK_DIR_TAB_FORWARD:
      return go_to_jump (self, direction);
    case GTK_DIR_TAB_BACKWARD:
      return inside && row != NULL && gtk_widget_grab_focus (row);
    case GTK_DIR_UP:
      return read_on (self, entry, -1) || go_on (self, entry, -1);
    case GTK_DIR_DOWN:
      return read_on (self, entry, 1) || go_on (self, entry, 1);
    case GTK_DIR_LEFT:
    case GTK_DIR_RIGHT:
      break;
    }
  return FALSE;
}

gboolean
bk_app_timeline_focus (GtkWidget *widget, GtkDirectionType direction)
{
  BkAppTimeline *self = BK_APP_TIMELINE (widget);
  GtkWidget *entry = get_entry (self);
  gboolean on_jump = gtk_widget_has_focus (self->jump);
  GtkWidget *popover = bk_app_focused_popover (widget);

  if (popover != NULL)
    return gtk_widget_child_focus (popover, direction);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->nothing)))
    return gtk_widget_child_focus (GTK_WIDGET (self->nothing), direction); /* a request is answered there */
  if (entry != NULL)
    return move (self, entry, direction);
  if (on_jump && (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_DOWN))
    return FALSE;
  if (!on_jump && direction == GTK_DIR_TAB_BACKWARD && go_to_jump (self, direction))
    return TRUE;
  return enter (self);
}
