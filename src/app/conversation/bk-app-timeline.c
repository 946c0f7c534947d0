/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-timeline.h"

#include "conversation/bk-app-message-row.h"

#define EARLIER 50       /* messages at once */
#define NEAR_BOTTOM 40.0 /* pixels that still count as being at the newest */

struct _BkAppTimeline
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkListView *list;

  /* Owned References */
  BeckonMessenger *messenger;
  BeckonConversation *conversation;
  BeckonContact *contact;
  GPtrArray *bound; /* element-type GtkListItem, not owned: those that show a message now */
  GCancellable *loading; /* NULL unless older messages are on the way */

  gboolean sticks;
  guint scrolling; /* source that goes to the newest */
};

G_DEFINE_FINAL_TYPE (BkAppTimeline, bk_app_timeline, ADW_TYPE_BIN)

/* ---- rows ---- */

static BeckonMessage *
message_at (BkAppTimeline *self, guint position)
{
  return self->conversation != NULL ? g_list_model_get_item (G_LIST_MODEL (self->conversation), position) : NULL;
}

static void
bind (BkAppTimeline *self, GtkListItem *item)
{
  guint position = gtk_list_item_get_position (item);
  g_autoptr (BeckonMessage) before = position > 0 ? message_at (self, position - 1) : NULL;

  bk_app_message_row_set_message (BK_APP_MESSAGE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item),
                                  before, self->contact, self->messenger);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppTimeline *self)
{
  gtk_list_item_set_child (item, bk_app_message_row_new ());
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppTimeline *self)
{
  g_ptr_array_add (self->bound, item);
  bind (self, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, BkAppTimeline *self)
{
  if (self->bound != NULL)
    g_ptr_array_remove_fast (self->bound, item);
  bk_app_message_row_set_message (BK_APP_MESSAGE_ROW (gtk_list_item_get_child (item)), NULL, NULL, NULL, NULL);
}

/* ---- where the user is ---- */

static gboolean
on_scroll (gpointer user_data)
{
  BkAppTimeline *self = user_data;
  guint n_items = self->conversation != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->conversation)) : 0;

  self->scrolling = 0;
  if (n_items > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n_items - 1);
  return G_SOURCE_REMOVE;
}

/* The list knows its new item only after the change was handled by all, and where it is after the layout: this waits
 * until that is done. */
void
bk_app_timeline_stick (BkAppTimeline *self)
{
  self->sticks = TRUE;
  if (self->scrolling == 0 && self->conversation != NULL) /* while the widget goes, its adjustment still moves */
    self->scrolling = g_idle_add (on_scroll, self);
}

static void
on_earlier (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppTimeline) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_conversation_load_earlier_finish (BECKON_CONVERSATION (source), result, &error))
    g_debug ("Older messages could not be read: %s", error->message);
  if (self->conversation == BECKON_CONVERSATION (source))
    g_clear_object (&self->loading);
}

static void
load_earlier (BkAppTimeline *self)
{
  if (self->conversation == NULL || self->loading != NULL || beckon_conversation_get_complete (self->conversation))
    return;
  self->loading = g_cancellable_new ();
  beckon_conversation_load_earlier_async (self->conversation, EARLIER, self->loading, on_earlier, g_object_ref (self));
}

static void
on_moved (GtkAdjustment *adjustment, BkAppTimeline *self)
{
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);

  if (self->scrolling == 0)
    self->sticks = value + page >= gtk_adjustment_get_upper (adjustment) - NEAR_BOTTOM;
  if (page > 0 && value < page)
    load_earlier (self);
}

/* A card or a line that grew must not push the newest out of sight. */
static void
on_resized (GtkAdjustment *adjustment, BkAppTimeline *self)
{
  double bottom = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (self->sticks && gtk_adjustment_get_value (adjustment) + 1.0 < bottom)
    bk_app_timeline_stick (self);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, BkAppTimeline *self)
{
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (model) > 0 ? "list" : "empty");
  for (guint i = 0; i < self->bound->len; i++)
    bind (self, self->bound->pdata[i]);
  if (self->sticks)
    bk_app_timeline_stick (self);
}

/* ---- the widget ---- */

void
bk_app_timeline_set_messenger (BkAppTimeline *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
}

void
bk_app_timeline_set_conversation (BkAppTimeline *self, BeckonConversation *conversation, BeckonContact *contact)
{
  g_autoptr (GtkNoSelection) selection
    = conversation != NULL ? gtk_no_selection_new (G_LIST_MODEL (g_object_ref (conversation))) : NULL;

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_set_object (&self->contact, contact);
  g_set_object (&self->conversation, conversation);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  if (conversation == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "loading");
      return;
    }
  g_signal_connect_object (conversation, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_AFTER);
  self->sticks = TRUE;
  on_items_changed (G_LIST_MODEL (conversation), 0, 0, 0, self);
}

static void
bk_app_timeline_dispose (GObject *object)
{
  BkAppTimeline *self = BK_APP_TIMELINE (object);

  g_clear_handle_id (&self->scrolling, g_source_remove);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->conversation);
  g_clear_object (&self->contact);
  g_clear_object (&self->messenger);
  g_clear_pointer (&self->bound, g_ptr_array_unref);
  G_OBJECT_CLASS (bk_app_timeline_parent_class)->dispose (object);
}

static void
bk_app_timeline_class_init (BkAppTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_timeline_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, scrolled);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, list);
}

static void
bk_app_timeline_init (BkAppTimeline *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->bound = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list, factory);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_resized), self, 0);
}
