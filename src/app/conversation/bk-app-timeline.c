/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-timeline-private.h"

#include "bk-app-accessible.h"
#include "conversation/bk-app-grouping.h"
#include "conversation/bk-app-message-row.h"

#include <glib/gi18n.h>

#define SPOKEN 300 /* letters of a new message that are read out */

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
  BkAppMessageRow *row = BK_APP_MESSAGE_ROW (gtk_list_item_get_child (item));
  BeckonMessage *message = gtk_list_item_get_item (item);
  guint position = gtk_list_item_get_position (item);
  g_autoptr (BeckonMessage) before = position > 0 ? message_at (self, position - 1) : NULL;
  g_autoptr (BeckonMessage) after = message_at (self, position + 1);

  bk_app_message_row_set_message (row, message, bk_app_grouping_place (before, message, after, self->first_new),
                                  self->contact, self->messenger);
  bk_app_message_row_set_flashing (row, beckon_message_get_id (message) == self->flashing);
}

void
bk_app_timeline_bind_again (BkAppTimeline *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    if (gtk_list_item_get_item (self->bound->pdata[i]) != NULL)
      bind (self, self->bound->pdata[i]);
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
  bk_app_message_row_set_message (BK_APP_MESSAGE_ROW (gtk_list_item_get_child (item)), NULL, BK_APP_PLACE_NONE, NULL,
                                  NULL);
}

/* ---- what comes in ---- */

static void
announce (BkAppTimeline *self, BeckonMessage *message)
{
  g_autofree char *text = g_utf8_substring (beckon_message_get_text (message), 0,
                                            MIN (SPOKEN, g_utf8_strlen (beckon_message_get_text (message), -1)));
  /* Translators: read out when a message comes in: who wrote it, and what */
  g_autofree char *news = *beckon_message_get_session (message) == '\0'
                            ? g_strdup_printf (_("%s says: %s"), beckon_contact_get_display_name (self->contact), text)
                            : g_strdup (text);

  bk_app_announce (GTK_WIDGET (self), news);
}

static void
hear (BkAppTimeline *self, guint position)
{
  g_autoptr (BeckonMessage) message = message_at (self, position);

  if (message == NULL)
    return;
  if (beckon_message_get_outgoing (message))
    {
      if (self->seen) /* it comes from here: the user wants to see it */
        bk_app_timeline_stick (self);
      return;
    }
  if (self->seen)
    announce (self, message);
  else if (self->first_new == 0)
    self->first_new = beckon_message_get_id (message);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, BkAppTimeline *self)
{
  guint n_items = g_list_model_get_n_items (model);

  if (removed == 0 && added == 1 && position + 1 == n_items && self->loading == NULL)
    hear (self, position);
  gtk_stack_set_visible_child_name (self->stack, n_items > 0 ? "list" : "empty");
  bk_app_timeline_bind_again (self);
  bk_app_timeline_update_jump (self);
  bk_app_timeline_queue_look (self);
}

static void
on_unread (BeckonConversation *conversation, GParamSpec *pspec, BkAppTimeline *self)
{
  bk_app_timeline_update_jump (self);
  bk_app_timeline_queue_look (self);
}

/* ---- the widget ---- */

void
bk_app_timeline_set_messenger (BkAppTimeline *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
}

void
bk_app_timeline_set_seen (BkAppTimeline *self, gboolean seen)
{
  self->seen = seen;
  bk_app_timeline_queue_look (self);
}

void
bk_app_timeline_set_conversation (BkAppTimeline *self, BeckonConversation *conversation, BeckonContact *contact)
{
  g_autoptr (GtkNoSelection) selection
    = conversation != NULL ? gtk_no_selection_new (G_LIST_MODEL (g_object_ref (conversation))) : NULL;

  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  bk_app_timeline_scroll_stop (self);
  g_set_object (&self->contact, contact);
  g_set_object (&self->conversation, conversation);
  self->sticks = TRUE;
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  bk_app_timeline_update_jump (self);
  if (conversation == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "loading");
      return;
    }
  g_signal_connect_object (conversation, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_AFTER);
  g_signal_connect_object (conversation, "notify::unread", G_CALLBACK (on_unread), self, 0);
  on_items_changed (G_LIST_MODEL (conversation), 0, 0, 0, self);
  bk_app_timeline_open (self);
}

void
bk_app_timeline_show_person (BkAppTimeline *self, BkAppPerson *person)
{
  bk_app_no_messages_show (self->nothing, person);
}

static void
on_newest (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_timeline_stick (BK_APP_TIMELINE (widget));
}

/* A row takes the keyboard; what can be done with it is in the menu of its text. */
static void
on_row_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (child != NULL && BK_IS_APP_MESSAGE_ROW (child))
    bk_app_message_row_open_menu (BK_APP_MESSAGE_ROW (child));
}

static void
bk_app_timeline_dispose (GObject *object)
{
  BkAppTimeline *self = BK_APP_TIMELINE (object);

  bk_app_timeline_scroll_stop (self);
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
  g_type_ensure (BK_TYPE_APP_NO_MESSAGES);
  widget_class->focus = bk_app_timeline_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, nothing);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, scrolled);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, list);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, jump);
  gtk_widget_class_bind_template_child (widget_class, BkAppTimeline, jump_count);
  gtk_widget_class_install_action (widget_class, "timeline.newest", NULL, on_newest);
  gtk_widget_class_install_action (widget_class, "timeline.row-menu", NULL, on_row_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "timeline.row-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "timeline.row-menu", NULL);
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
  bk_app_timeline_scroll_init (self);
}
