/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-composer.h"

struct _BkAppComposer
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkTextView *text_view;
  GtkWidget *hint;
  GtkWidget *button;

  gboolean enabled;
};

enum
{
  SIGNAL_SEND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppComposer, bk_app_composer, ADW_TYPE_BIN)

static gboolean
is_blank (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

char *
bk_app_composer_dup_text (BkAppComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

void
bk_app_composer_set_text (BkAppComposer *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text_view), text, -1);
}

static void
update (BkAppComposer *self)
{
  g_autofree char *text = bk_app_composer_dup_text (self);

  gtk_widget_set_visible (self->hint, *text == '\0');
  gtk_widget_set_sensitive (self->button, self->enabled && !is_blank (text));
}

void
bk_app_composer_set_enabled (BkAppComposer *self, gboolean enabled)
{
  self->enabled = enabled;
  gtk_widget_set_sensitive (GTK_WIDGET (self), enabled);
  update (self);
}

static void
on_changed (GtkTextBuffer *buffer, BkAppComposer *self)
{
  update (self);
}

static void
send_text (BkAppComposer *self)
{
  g_autofree char *text = g_strchomp (bk_app_composer_dup_text (self));

  if (self->enabled && !is_blank (text))
    g_signal_emit (self, signals[SIGNAL_SEND], 0, text);
}

static void
on_clicked (GtkButton *button, BkAppComposer *self)
{
  send_text (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BkAppComposer *self)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  if (!enter || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  /* An input method may need the key to finish what it composes. */
  if (gtk_text_view_im_context_filter_keypress (self->text_view,
                                                gtk_event_controller_get_current_event (
                                                  GTK_EVENT_CONTROLLER (controller))))
    return GDK_EVENT_STOP;
  send_text (self);
  return GDK_EVENT_STOP;
}

static gboolean
bk_app_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BK_APP_COMPOSER (widget)->text_view));
}

static void
bk_app_composer_class_init (BkAppComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = bk_app_composer_grab_focus;
  signals[SIGNAL_SEND] = g_signal_new ("send", BK_TYPE_APP_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, text_view);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, hint);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
}

static void
bk_app_composer_init (BkAppComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text_view), "changed", G_CALLBACK (on_changed), self, 0);
}
