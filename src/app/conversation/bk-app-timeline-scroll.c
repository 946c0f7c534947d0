/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the user is in the history, and what follows from that. */
#include "conversation/bk-app-grouping.h"
#include "conversation/bk-app-timeline-private.h"

#include <glib/gi18n.h>

#define PAGE 50          /* messages at once */
#define NEAR_BOTTOM 40.0 /* pixels that still count as being at the newest */
#define FLASH_MS 2000

static guint
n_messages (BkAppTimeline *self)
{
  return self->conversation != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->conversation)) : 0;
}

static gint64
id_at (BkAppTimeline *self, guint position)
{
  g_autoptr (BeckonMessage) message = g_list_model_get_item (G_LIST_MODEL (self->conversation), position);

  return message != NULL ? beckon_message_get_id (message) : 0;
}

/* Ids rise. Returns the number of messages where there is none of that id. */
static guint
find (BkAppTimeline *self, gint64 id)
{
  guint low = 0;
  guint high = n_messages (self);
  guint end = high;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (id_at (self, middle) < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low < end && id_at (self, low) == id ? low : end;
}

static gboolean
is_latest (BkAppTimeline *self)
{
  return self->conversation != NULL && beckon_conversation_get_latest (self->conversation);
}

/* ---- reading on ---- */

/* The ways to load have the same ending. Returns whether it is what is being waited for, and has come. */
static gboolean
take_loaded (BkAppTimeline *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_conversation_load_earlier_finish (BECKON_CONVERSATION (source), result, &error))
    g_debug ("Messages could not be read: %s", error->message);
  if (self->conversation != BECKON_CONVERSATION (source) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_clear_object (&self->loading);
  if (error != NULL)
    self->around = 0;
  else
    bk_app_timeline_queue_look (self);
  return error == NULL;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppTimeline) self = user_data;

  take_loaded (self, source, result);
}

/* Only near an end, and only while it is known where the user is. */
static void
load_on (BkAppTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  double below = gtk_adjustment_get_upper (adjustment) - page - value;

  if (self->loading != NULL || self->scrolling != 0 || self->target != 0 || n_messages (self) == 0 || page <= 0)
    return;
  if (value < page && !beckon_conversation_get_complete (self->conversation))
    {
      self->loading = g_cancellable_new ();
      beckon_conversation_load_earlier_async (self->conversation, PAGE, self->loading, on_loaded, g_object_ref (self));
    }
  else if (below < page && !is_latest (self))
    {
      self->loading = g_cancellable_new ();
      beckon_conversation_load_later_async (self->conversation, PAGE, self->loading, on_loaded, g_object_ref (self));
    }
}

/* ---- what is in sight ---- */

static void
on_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppTimeline) self = user_data;
  g_autoptr (GError) error = NULL;

  if (beckon_conversation_mark_read_finish (BECKON_CONVERSATION (source), result, &error))
    return;
  g_debug ("The conversation could not be marked read: %s", error->message);
  if (self->conversation == BECKON_CONVERSATION (source))
    self->told = 0;
}

/* Whether the end of it is in sight, or, of one that is taller than that, most of it. */
static gboolean
is_in_sight (BkAppTimeline *self, GtkWidget *row)
{
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self->scrolled));
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (row) || !gtk_widget_compute_bounds (row, GTK_WIDGET (self->scrolled), &bounds)
      || bounds.size.height <= 0)
    return FALSE;
  float bottom = bounds.origin.y + bounds.size.height;
  return (bottom > 0 && bottom <= height + 1) || (bounds.origin.y <= height / 2 && bottom > height);
}

BeckonMessage *
bk_app_timeline_newest_in_sight (BkAppTimeline *self)
{
  BeckonMessage *newest = NULL;

  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *item = self->bound->pdata[i];
      BeckonMessage *message = gtk_list_item_get_item (item);

      if (message != NULL && (newest == NULL || beckon_message_get_id (message) > beckon_message_get_id (newest))
          && is_in_sight (self, gtk_list_item_get_child (item)))
        newest = message;
    }
  return newest;
}

static void
mark_read (BkAppTimeline *self)
{
  BeckonMessage *newest;

  if (!self->seen || self->conversation == NULL || beckon_conversation_get_unread (self->conversation) == 0)
    return;
  newest = bk_app_timeline_newest_in_sight (self);
  if (newest == NULL
      || beckon_message_get_id (newest) <= MAX (self->told, beckon_conversation_get_read_up_to (self->conversation)))
    return;
  self->told = beckon_message_get_id (newest);
  beckon_conversation_mark_read_async (self->conversation, newest, NULL, on_marked, g_object_ref (self));
}

GtkWidget *
bk_app_timeline_find_row (BkAppTimeline *self, gint64 id)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      BeckonMessage *message = gtk_list_item_get_item (self->bound->pdata[i]);

      if (message != NULL && beckon_message_get_id (message) == id)
        return gtk_list_item_get_child (self->bound->pdata[i]);
    }
  return NULL;
}

static void
scroll_to (BkAppTimeline *self, guint position)
{
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

/* The target is where the eye goes: a third from the top. A row that is new has no place before the next layout. The
 * list lays out what is in sight only, and heeds no wish for the rest as long as it has laid out nothing at all: so it
 * is told again. */
static void
align (BkAppTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  GtkWidget *row = bk_app_timeline_find_row (self, self->target);
  guint position = find (self, self->target);
  graphene_rect_t bounds;

  if ((row == NULL || gtk_widget_get_height (row) == 0) && position < n_messages (self))
    {
      scroll_to (self, position);
      return;
    }
  self->target = 0;
  if (row != NULL && gtk_widget_compute_bounds (row, GTK_WIDGET (self->scrolled), &bounds))
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + (double) bounds.origin.y
                                            - gtk_adjustment_get_page_size (adjustment) / 3);
}

/* Who is at the newest stays there. Where somebody is on the way to, nobody is yet. */
static void
note_place (BkAppTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double bottom = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment);

  if (self->scrolling == 0 && self->target == 0 && !self->sinks && self->loading == NULL)
    self->sticks = bottom >= gtk_adjustment_get_upper (adjustment) - NEAR_BOTTOM && is_latest (self);
  bk_app_timeline_update_jump (self);
}

/* The end of the newest is at the bottom: of one that is taller than the view GTK 4.18 has shown the beginning. */
static void
sink (BkAppTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double bottom = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  self->sinks = FALSE;
  if (self->sticks && is_latest (self) && gtk_adjustment_get_value (adjustment) + 1.0 < bottom)
    gtk_adjustment_set_value (adjustment, bottom);
  note_place (self);
}

/* The message that is where the eye goes, as above, or begins last before it: rows do not touch each other. */
static gint64
find_place (BkAppTimeline *self)
{
  float eye = (float) gtk_adjustment_get_page_size (gtk_scrolled_window_get_vadjustment (self->scrolled)) / 3;
  float top = -G_MAXFLOAT;
  graphene_rect_t bounds;
  gint64 place = self->place;

  for (guint i = 0; i < self->bound->len; i++)
    {
      BeckonMessage *message = gtk_list_item_get_item (self->bound->pdata[i]);
      GtkWidget *row = gtk_list_item_get_child (self->bound->pdata[i]);

      if (message == NULL || !gtk_widget_get_mapped (row)
          || !gtk_widget_compute_bounds (row, GTK_WIDGET (self->scrolled), &bounds)
          || bounds.origin.y > eye || bounds.origin.y <= top)
        continue;
      top = bounds.origin.y;
      place = beckon_message_get_id (message);
    }
  return place;
}

static gboolean
on_look (gpointer user_data)
{
  BkAppTimeline *self = user_data;

  self->looking = 0;
  if (self->conversation == NULL)
    return G_SOURCE_REMOVE;
  if (self->target != 0 && self->scrolling == 0)
    {
      align (self);
      note_place (self);
      bk_app_timeline_queue_look (self);
      return G_SOURCE_REMOVE;
    }
  if (self->scrolling == 0 && self->sinks)
    sink (self);
  if (self->scrolling == 0)
    self->place = self->sticks ? 0 : find_place (self);
  mark_read (self);
  load_on (self);
  return G_SOURCE_REMOVE;
}

/* What a frame lays out is laid out when it is over. */
static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  BkAppTimeline *self = BK_APP_TIMELINE (widget);

  self->frame = 0;
  if (self->looking == 0)
    self->looking = g_idle_add (on_look, self);
  return G_SOURCE_REMOVE;
}

void
bk_app_timeline_queue_look (BkAppTimeline *self)
{
  if (self->conversation != NULL && self->frame == 0)
    self->frame = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame, NULL, NULL);
}

/* ---- going somewhere ---- */

static gboolean
on_scroll (gpointer user_data)
{
  BkAppTimeline *self = user_data;
  guint count = n_messages (self);
  guint position = self->target != 0 ? find (self, self->target) : count;

  self->scrolling = 0;
  if (position == count)
    self->target = 0;
  self->sinks = self->target == 0 && self->sticks;
  if (count > 0)
    scroll_to (self, MIN (position, count - 1));
  g_clear_handle_id (&self->looking, g_source_remove); /* that frame was before */
  bk_app_timeline_queue_look (self);
  return G_SOURCE_REMOVE;
}

/* The list knows its new item only after the change was handled by all, and where it is after the layout: this waits
 * until that is done. */
static void
queue_scroll (BkAppTimeline *self)
{
  if (self->scrolling == 0 && self->conversation != NULL) /* while the widget goes, its adjustment still moves */
    self->scrolling = g_idle_add (on_scroll, self);
}

static void
on_latest (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppTimeline) self = user_data;

  if (take_loaded (self, source, result) && self->sticks)
    queue_scroll (self);
}

void
bk_app_timeline_stick (BkAppTimeline *self)
{
  if (self->conversation == NULL)
    return;
  self->sticks = TRUE;
  self->target = self->around = 0;
  if (is_latest (self))
    {
      queue_scroll (self);
    }
  else
    {
      g_cancellable_cancel (self->loading);
      g_clear_object (&self->loading);
      self->loading = g_cancellable_new ();
      beckon_conversation_load_latest_async (self->conversation, PAGE, self->loading, on_latest, g_object_ref (self));
    }
  bk_app_timeline_update_jump (self);
}

static gboolean
on_unflash (gpointer user_data)
{
  BkAppTimeline *self = user_data;

  self->unflash = 0;
  self->flashing = 0;
  bk_app_timeline_bind_again (self);
  return G_SOURCE_REMOVE;
}

gboolean
bk_app_timeline_go_to (BkAppTimeline *self, gint64 id, gboolean flash)
{
  if (find (self, id) == n_messages (self))
    return FALSE;
  self->sticks = FALSE;
  self->around = 0;
  self->target = id;
  queue_scroll (self);
  if (flash)
    {
      g_clear_handle_id (&self->unflash, g_source_remove);
      self->flashing = id;
      self->unflash = g_timeout_add (FLASH_MS, on_unflash, self);
      bk_app_timeline_bind_again (self);
    }
  return TRUE;
}

static void open_at_new (BkAppTimeline *self, gboolean may_load);

static void
on_around (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppTimeline) self = user_data;
  gint64 id = self->around;

  if (!take_loaded (self, source, result) || id == 0)
    return;
  self->around = 0;
  if (id != self->flashing || !bk_app_timeline_go_to (self, id, TRUE))
    open_at_new (self, FALSE);
}

static void
load_around (BkAppTimeline *self, gint64 id)
{
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  self->sticks = FALSE;
  self->target = 0;
  self->around = id;
  beckon_conversation_load_around_async (self->conversation, id, PAGE, self->loading, on_around, g_object_ref (self));
}

void
bk_app_timeline_show_message (BkAppTimeline *self, gint64 id)
{
  if (self->conversation == NULL || bk_app_timeline_go_to (self, id, TRUE))
    return;
  self->flashing = id;
  load_around (self, id);
}

static void
open_at_new (BkAppTimeline *self, gboolean may_load)
{
  GListModel *messages = G_LIST_MODEL (self->conversation);
  gint64 read_up_to = beckon_conversation_get_read_up_to (self->conversation);
  gint64 first = beckon_conversation_get_unread (self->conversation) > 0
                   ? bk_app_grouping_first_new (messages, read_up_to)
                   : 0;
  gboolean begins_before = first != 0 && id_at (self, 0) > read_up_to && read_up_to != 0
                           && !beckon_conversation_get_complete (self->conversation);

  gint64 wanted = first != 0 ? first : self->returning;

  self->first_new = first;
  bk_app_timeline_bind_again (self);
  if (may_load && begins_before)
    {
      load_around (self, read_up_to);
      return;
    }
  if (may_load && first == 0 && wanted != 0 && find (self, wanted) == n_messages (self))
    {
      load_around (self, wanted);
      return;
    }
  self->returning = 0;
  if (wanted == 0 || !bk_app_timeline_go_to (self, wanted, FALSE))
    bk_app_timeline_stick (self);
}

gint64
bk_app_timeline_get_place (BkAppTimeline *self)
{
  return self->place;
}

void
bk_app_timeline_set_place (BkAppTimeline *self, gint64 id)
{
  self->returning = id;
}

void
bk_app_timeline_open (BkAppTimeline *self)
{
  open_at_new (self, TRUE);
}

/* ---- where the user is ---- */

void
bk_app_timeline_update_jump (BkAppTimeline *self)
{
  guint unread = self->conversation != NULL ? beckon_conversation_get_unread (self->conversation) : 0;
  g_autofree char *count = g_strdup_printf ("%u", unread);
  g_autofree char *label = NULL;

  gboolean shown = self->conversation != NULL && n_messages (self) > 0 && !self->sticks;
  /* GTK would give the keyboard to whatever comes next. */
  if (!shown && self->conversation != NULL && gtk_widget_has_focus (self->jump))
    gtk_widget_activate_action (GTK_WIDGET (self), "conversation.write", NULL);
  gtk_widget_set_visible (self->jump, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->jump_count), unread > 0);
  gtk_label_set_label (self->jump_count, count);
  if (unread > 0)
    /* Translators: the button that goes to the newest message; how many are new */
    label = g_strdup_printf (ngettext ("Jump to Newest, %u New Message", "Jump to Newest, %u New Messages", unread),
                             unread);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jump), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label != NULL ? label : _("Jump to Newest"), -1);
}

static void
on_moved (GtkAdjustment *adjustment, BkAppTimeline *self)
{
  note_place (self);
  bk_app_timeline_queue_look (self);
}

/* A card or a line that grew must not push the newest out of sight. */
static void
on_resized (GtkAdjustment *adjustment, BkAppTimeline *self)
{
  double bottom = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (self->sticks && is_latest (self) && gtk_adjustment_get_value (adjustment) + 1.0 < bottom)
    queue_scroll (self);
  bk_app_timeline_queue_look (self);
}

void
bk_app_timeline_scroll_init (BkAppTimeline *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_resized), self, 0);
}

void
bk_app_timeline_scroll_stop (BkAppTimeline *self)
{
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_handle_id (&self->scrolling, g_source_remove);
  g_clear_handle_id (&self->looking, g_source_remove);
  g_clear_handle_id (&self->unflash, g_source_remove);
  if (self->frame != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->frame);
  self->frame = 0;
  self->sinks = FALSE;
  self->first_new = self->target = self->around = self->flashing = self->place = self->told = 0;
}
