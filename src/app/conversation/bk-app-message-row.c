/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-message-row.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "conversation/bk-app-session-card.h"

#include <glib/gi18n.h>

struct _BkAppMessageRow
{
  GtkBox parent_instance;

  /* Template Widgets */
  GtkLabel *day;
  GtkWidget *bubble;
  GtkLabel *text;
  GtkLabel *meta;

  GtkWidget *card; /* made when the row first shows a session; owned as a child */

  BeckonMessage *message; /* owned */
  gulong handler;
};

G_DEFINE_FINAL_TYPE (BkAppMessageRow, bk_app_message_row, GTK_TYPE_BOX)

static char *
dup_meta (BeckonMessage *message)
{
  g_autofree char *time = bk_app_dup_time (beckon_message_get_time (message));

  switch (beckon_message_get_delivery (message))
    {
    case BECKON_DELIVERY_PENDING:
      return g_strdup_printf (_("%s · Not sent yet"), time);
    case BECKON_DELIVERY_SENT:
      return g_strdup_printf (_("%s · Sent"), time);
    case BECKON_DELIVERY_DELIVERED:
      return g_strdup_printf (_("%s · Delivered"), time);
    case BECKON_DELIVERY_READ:
      return g_strdup_printf (_("%s · Read"), time);
    case BECKON_DELIVERY_FAILED:
      return g_strdup_printf (_("%s · Not delivered: %s"), time, beckon_message_get_error (message));
    case BECKON_DELIVERY_RECEIVED:
      break;
    }
  return g_steal_pointer (&time);
}

static void
set_class (GtkWidget *widget, const char *css_class, gboolean wanted)
{
  if (wanted)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

static void
name_row (BkAppMessageRow *self, const char *meta)
{
  const char *text = beckon_message_get_text (self->message);
  g_autofree char *label = NULL;

  if (beckon_message_get_outgoing (self->message) && *beckon_message_get_session (self->message) == '\0')
    /* Translators: what assistive technology says of a message: its text, when it was sent */
    label = g_strdup_printf (_("You: %s, %s"), text, meta);
  else
    label = g_strdup_printf ("%s, %s", text, meta);
  bk_app_name_row (GTK_WIDGET (self), label);
}

static void
show (BkAppMessageRow *self)
{
  gboolean outgoing = beckon_message_get_outgoing (self->message);
  g_autofree char *meta = dup_meta (self->message);

  name_row (self, meta);
  gtk_label_set_label (self->text, beckon_message_get_text (self->message));
  gtk_label_set_label (self->meta, meta);
  gtk_widget_set_halign (self->bubble, outgoing ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_label_set_xalign (self->meta, outgoing ? 1.0f : 0.0f);
  set_class (self->bubble, "outgoing", outgoing);
  set_class (GTK_WIDGET (self->meta), "error", beckon_message_get_delivery (self->message) == BECKON_DELIVERY_FAILED);
}

static void
on_notify (BeckonMessage *message, GParamSpec *pspec, BkAppMessageRow *self)
{
  show (self);
}

static void
show_day (BkAppMessageRow *self, BeckonMessage *message, BeckonMessage *before)
{
  gint64 time = beckon_message_get_time (message);
  gboolean begins = before == NULL || !bk_app_is_same_day (beckon_message_get_time (before), time);
  g_autofree char *day = begins ? bk_app_dup_day (time) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->day), begins);
  if (begins)
    gtk_label_set_label (self->day, day);
}

static void
show_card (BkAppMessageRow *self, BeckonMessage *message, BeckonContact *contact, BeckonMessenger *messenger)
{
  gboolean is_session = message != NULL && *beckon_message_get_session (message) != '\0';

  if (is_session && self->card == NULL)
    {
      self->card = bk_app_session_card_new ();
      gtk_box_append (GTK_BOX (self), self->card);
    }
  if (self->card != NULL)
    {
      bk_app_session_card_set_message (BK_APP_SESSION_CARD (self->card), is_session ? message : NULL, contact,
                                       messenger);
      gtk_widget_set_visible (self->card, is_session);
    }
  gtk_widget_set_visible (self->bubble, !is_session);
}

void
bk_app_message_row_set_message (BkAppMessageRow *self, BeckonMessage *message, BeckonMessage *before,
                                BeckonContact *contact, BeckonMessenger *messenger)
{
  if (message != NULL)
    show_day (self, message, before);
  if (self->message == message)
    return;
  if (self->message != NULL)
    g_clear_signal_handler (&self->handler, self->message);
  g_set_object (&self->message, message);
  show_card (self, message, contact, messenger);
  if (message == NULL)
    return;
  self->handler = g_signal_connect (message, "notify", G_CALLBACK (on_notify), self);
  show (self);
}

static void
bk_app_message_row_dispose (GObject *object)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (object);

  if (self->message != NULL)
    g_clear_signal_handler (&self->handler, self->message);
  g_clear_object (&self->message);
  G_OBJECT_CLASS (bk_app_message_row_parent_class)->dispose (object);
}

static void
bk_app_message_row_class_init (BkAppMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, day);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, meta);
}

static void
bk_app_message_row_init (BkAppMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bk_app_message_row_new (void)
{
  return g_object_new (BK_TYPE_APP_MESSAGE_ROW, NULL);
}
