/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-composer.h"

#include "bk-app-accessible.h"
#include "bk-app-widgets.h"
#include "conversation/bk-app-completion.h"
#include "conversation/bk-app-paste.h"

#include <glib/gi18n.h>
#include <string.h>

#define NEAR_END 1000 /* bytes that are left when the counter appears */

struct _BkAppComposer
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkTextView *text_view;
  GtkWidget *hint;
  GtkLabel *counter;
  GtkWidget *attach;
  GtkWidget *emoji;
  GtkWidget *button;

  BkAppCompletion *completion; /* child of this widget */
  gboolean enabled;
  gboolean enter_sends;
  gboolean setting; /* the text, from elsewhere */
};

enum
{
  SIGNAL_SEND,
  SIGNAL_WRITTEN,
  SIGNAL_ATTACH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

enum
{
  PROP_0,
  PROP_ENTER_SENDS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

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
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter end;

  self->setting = TRUE;
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  self->setting = FALSE;
}

static void
show_counter (BkAppComposer *self, gsize length)
{
  gboolean too_long = length > BK_APP_COMPOSER_MAX;
  gboolean near = length + NEAR_END > BK_APP_COMPOSER_MAX;
  gboolean news = near && (!gtk_widget_get_visible (GTK_WIDGET (self->counter))
                           || too_long != gtk_widget_has_css_class (GTK_WIDGET (self->counter), "error"));
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->counter), near);
  if (too_long)
    text = g_strdup_printf (ngettext ("%u byte too long", "%u bytes too long", (gulong) (length - BK_APP_COMPOSER_MAX)),
                            (guint) (length - BK_APP_COMPOSER_MAX));
  else
    text = g_strdup_printf (ngettext ("%u byte left", "%u bytes left", (gulong) (BK_APP_COMPOSER_MAX - length)),
                            (guint) (BK_APP_COMPOSER_MAX - length));
  gtk_label_set_label (self->counter, text);
  if (news) /* not with every letter */
    bk_app_announce (GTK_WIDGET (self->counter), text);
  if (too_long)
    gtk_widget_add_css_class (GTK_WIDGET (self->counter), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->counter), "error");
}

static gboolean
can_send (BkAppComposer *self, const char *text)
{
  return self->enabled && !is_blank (text) && strlen (text) <= BK_APP_COMPOSER_MAX;
}

/* What stands in the way of sending, for those who do not see it. */
static const char *
what_lacks (BkAppComposer *self, const char *text)
{
  if (can_send (self, text))
    return "";
  return gtk_label_get_label (is_blank (text) ? GTK_LABEL (self->hint) : self->counter);
}

static void
update (BkAppComposer *self)
{
  g_autofree char *text = bk_app_composer_dup_text (self);
  gboolean could = gtk_widget_get_sensitive (self->button);

  gtk_widget_set_visible (self->hint, *text == '\0');
  gtk_widget_set_sensitive (self->button, can_send (self, text));
  show_counter (self, strlen (text));
  if (!could || !can_send (self, text))
    bk_app_accessible_describe (self->button, what_lacks (self, text));
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
  if (self->setting)
    return;
  bk_app_completion_update (self->completion);
  g_signal_emit (self, signals[SIGNAL_WRITTEN], 0);
}

static void
send_text (BkAppComposer *self)
{
  g_autofree char *text = g_strchomp (bk_app_composer_dup_text (self));

  if (can_send (self, text))
    g_signal_emit (self, signals[SIGNAL_SEND], 0, text);
}

static void
on_clicked (GtkButton *button, BkAppComposer *self)
{
  send_text (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

static void
on_emoji (GtkButton *button, BkAppComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
  g_signal_emit_by_name (self->text_view, "insert-emoji");
}

/* ---- keys ---- */

/* Where the text has no more end to go to, that of the conversation is meant. */
static gboolean
is_at_end (BkAppComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter cursor;

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  return gtk_text_iter_is_end (&cursor) && !gtk_text_buffer_get_has_selection (buffer);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BkAppComposer *self)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
  GdkModifierType held = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK);

  if (held == 0 && bk_app_completion_take_key (self->completion, key))
    return GDK_EVENT_STOP;
  if ((key == GDK_KEY_End || key == GDK_KEY_KP_End) && held == GDK_CONTROL_MASK && is_at_end (self))
    return gtk_widget_activate_action (GTK_WIDGET (self), "conversation.newest", NULL);
  if (!enter || held != (self->enter_sends ? 0 : GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  /* An input method may need the key to finish what it composes. */
  if (gtk_text_view_im_context_filter_keypress (self->text_view,
                                                gtk_event_controller_get_current_event (
                                                  GTK_EVENT_CONTROLLER (controller))))
    return GDK_EVENT_STOP;
  send_text (self);
  return GDK_EVENT_STOP;
}

/* ---- files ---- */

static void
on_pasted (GListModel *files, gboolean temporary, gpointer user_data)
{
  BkAppComposer *self = user_data;

  g_signal_emit (self, signals[SIGNAL_ATTACH], 0, files, temporary);
}

/* Text is pasted by the text view; files and pictures are not. */
static void
on_paste (GtkTextView *text_view, BkAppComposer *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (text_view));

  if (self->enabled && bk_app_paste_begin (clipboard, G_OBJECT (self), on_pasted))
    g_signal_stop_emission_by_name (text_view, "paste-clipboard");
}

/* ---- the widget ---- */

static gboolean
bk_app_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BK_APP_COMPOSER (widget)->text_view));
}

static void
bk_app_composer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ENTER_SENDS)
    g_value_set_boolean (value, BK_APP_COMPOSER (object)->enter_sends);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_composer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ENTER_SENDS)
    BK_APP_COMPOSER (object)->enter_sends = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_composer_dispose (GObject *object)
{
  BkAppComposer *self = BK_APP_COMPOSER (object);

  if (self->completion != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->completion));
  self->completion = NULL;
  G_OBJECT_CLASS (bk_app_composer_parent_class)->dispose (object);
}

/* As one reads: GTK would go by the middle of each, and that of the text moves with its lines. */
static gboolean
bk_app_composer_focus (GtkWidget *widget, GtkDirectionType direction)
{
  BkAppComposer *self = BK_APP_COMPOSER (widget);
  GtkWidget *stops[] = { self->attach, GTK_WIDGET (self->text_view), self->emoji, self->button };
  int n_stops = G_N_ELEMENTS (stops);
  int step = direction == GTK_DIR_TAB_BACKWARD ? -1 : 1;
  int i = step > 0 ? 0 : n_stops - 1;
  GtkWidget *popover = bk_app_focused_popover (widget);

  if (popover != NULL)
    return gtk_widget_child_focus (popover, direction);
  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (bk_app_composer_parent_class)->focus (widget, direction);
  for (int j = 0; j < n_stops; j++)
    if (gtk_widget_has_focus (stops[j]))
      i = j + step;
  for (; i >= 0 && i < n_stops; i += step)
    if (gtk_widget_child_focus (stops[i], direction))
      return TRUE;
  return FALSE;
}

static void
bk_app_composer_class_init (BkAppComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = bk_app_composer_get_property;
  object_class->set_property = bk_app_composer_set_property;
  object_class->dispose = bk_app_composer_dispose;
  widget_class->grab_focus = bk_app_composer_grab_focus;
  widget_class->focus = bk_app_composer_focus;
  properties[PROP_ENTER_SENDS]
    = g_param_spec_boolean ("enter-sends", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_SEND] = g_signal_new ("send", BK_TYPE_APP_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_WRITTEN] = g_signal_new ("written", BK_TYPE_APP_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[SIGNAL_ATTACH] = g_signal_new ("attach", BK_TYPE_APP_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, text_view);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, hint);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, counter);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, attach);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, emoji);
  gtk_widget_class_bind_template_child (widget_class, BkAppComposer, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_emoji);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_paste);
}

static void
bk_app_composer_init (BkAppComposer *self)
{
  self->enter_sends = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->completion = bk_app_completion_new (GTK_WIDGET (self), self->text_view);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text_view), "changed", G_CALLBACK (on_changed), self, 0);
}
