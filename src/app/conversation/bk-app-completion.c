/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-completion.h"

#include "bk-app-accessible.h"
#include "bk-app-widgets.h"
#include "conversation/bk-app-emoji.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_SHOWN 8
#define LOOK_BACK 48 /* letters before the cursor in which a name may begin */

struct _BkAppCompletion
{
  GtkPopover parent_instance;

  /* Template Widgets */
  GtkListBox *list;

  GtkTextView *text_view; /* not owned: it goes with the same parent */
  GPtrArray *found;       /* owned, element-type BkAppEmoji; as in the list */
  guint name_length;      /* letters of the name, with the colon, that are before the cursor */
  gboolean inserting;
  guint end; /* source, once a colon was typed: not when it is undone or pasted */
};

G_DEFINE_FINAL_TYPE (BkAppCompletion, bk_app_completion, GTK_TYPE_POPOVER)

/* ---- what is being written ---- */

static char *
dup_before_cursor (BkAppCompletion *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter start;
  GtkTextIter cursor;

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  start = cursor;
  gtk_text_iter_backward_chars (&start, MIN (LOOK_BACK, gtk_text_iter_get_line_offset (&cursor)));
  return gtk_text_buffer_get_text (buffer, &start, &cursor, FALSE);
}

/* Puts an emoji in the place of the last @n_letters before the cursor. */
static void
insert (BkAppCompletion *self, guint n_letters, const char *emoji)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter start;
  GtkTextIter cursor;

  self->inserting = TRUE;
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  start = cursor;
  gtk_text_iter_backward_chars (&start, (int) n_letters);
  gtk_text_buffer_delete (buffer, &start, &cursor);
  gtk_text_buffer_insert (buffer, &start, emoji, -1);
  gtk_text_buffer_end_user_action (buffer);
  self->inserting = FALSE;
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* A name that was written to its end, with the second colon, needs no list. */
static void
replace_whole (BkAppCompletion *self)
{
  g_autofree char *text = dup_before_cursor (self);
  gsize length = strlen (text);
  gsize start;

  if (length == 0 || text[length - 1] != ':')
    return;
  text[length - 1] = '\0';
  g_autofree char *emoji
    = bk_app_emoji_find_shortcode (text, &start) ? bk_app_emoji_dup (text + start + 1) : NULL;
  if (emoji != NULL)
    insert (self, (guint) g_utf8_strlen (text + start, -1) + 1, emoji);
}

/* Not at once: whoever inserted the colon still has places in the text, and it is undone apart from that. */
static gboolean
on_end (gpointer user_data)
{
  BkAppCompletion *self = user_data;

  self->end = 0;
  replace_whole (self);
  return G_SOURCE_REMOVE;
}

static void
on_insert (GtkTextBuffer *buffer, GtkTextIter *place, const char *text, int length, BkAppCompletion *self)
{
  g_clear_handle_id (&self->end, g_source_remove);
  if (length == 1 && *text == ':')
    self->end = g_idle_add_full (G_PRIORITY_HIGH, on_end, self, NULL);
}

/* ---- the list ---- */

static void
fill (BkAppCompletion *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < self->found->len; i++)
    {
      BkAppEmoji *emoji = self->found->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s  :%s:", emoji->emoji, emoji->name);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
      gtk_list_box_append (self->list, label);
      bk_app_name_row (label, text);
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
point_at_name (BkAppCompletion *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GdkRectangle place;
  GtkTextIter iter;
  double x = 0;
  double y = 0;

  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  gtk_text_iter_backward_chars (&iter, (int) self->name_length);
  gtk_text_view_get_iter_location (self->text_view, &iter, &place);
  gtk_text_view_buffer_to_window_coords (self->text_view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &place.x, &place.y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->text_view), parent, place.x, place.y, &x, &y);
  place.x = (int) x;
  place.y = (int) y;
  place.width = MAX (place.width, 1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), &place);
}

void
bk_app_completion_update (BkAppCompletion *self)
{
  g_autofree char *text = NULL;
  gsize start = 0;

  if (self->inserting)
    return;
  text = dup_before_cursor (self);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  if (bk_app_emoji_find_shortcode (text, &start))
    self->found = bk_app_emoji_find (text + start + 1, MAX_SHOWN);
  if (self->found == NULL || self->found->len == 0)
    {
      gtk_popover_popdown (GTK_POPOVER (self));
      return;
    }
  self->name_length = (guint) g_utf8_strlen (text + start, -1);
  fill (self);
  point_at_name (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->text_view)))
    gtk_popover_popup (GTK_POPOVER (self));
}

static void
take_row (BkAppCompletion *self, GtkListBoxRow *row)
{
  guint i = row != NULL ? (guint) gtk_list_box_row_get_index (row) : G_MAXUINT;

  if (self->found == NULL || i >= self->found->len)
    return;
  g_autofree char *emoji = g_strdup (((BkAppEmoji *) self->found->pdata[i])->emoji);
  insert (self, self->name_length, emoji);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, BkAppCompletion *self)
{
  take_row (self, row);
}

/* The keyboard stays in the text. */
static void
announce_selected (BkAppCompletion *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  guint i = row != NULL ? (guint) gtk_list_box_row_get_index (row) : G_MAXUINT;

  if (i < self->found->len)
    bk_app_announce (GTK_WIDGET (self->text_view), ((BkAppEmoji *) self->found->pdata[i])->name);
}

static void
move (BkAppCompletion *self, int by)
{
  int n_rows = (int) self->found->len;
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int i = row != NULL ? gtk_list_box_row_get_index (row) : 0;

  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (i + by + n_rows) % n_rows));
  announce_selected (self);
}

gboolean
bk_app_completion_take_key (BkAppCompletion *self, guint key)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)) || self->found == NULL || self->found->len == 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move (self, -1);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move (self, 1);
      return TRUE;
    case GDK_KEY_Tab:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      take_row (self, gtk_list_box_get_selected_row (self->list));
      return TRUE;
    case GDK_KEY_Escape:
      gtk_popover_popdown (GTK_POPOVER (self));
      return TRUE;
    default:
      return FALSE;
    }
}

/* ---- the widget ---- */

static void
bk_app_completion_finalize (GObject *object)
{
  g_clear_handle_id (&BK_APP_COMPLETION (object)->end, g_source_remove);
  g_clear_pointer (&BK_APP_COMPLETION (object)->found, g_ptr_array_unref);
  G_OBJECT_CLASS (bk_app_completion_parent_class)->finalize (object);
}

static void
bk_app_completion_class_init (BkAppCompletionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_app_completion_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/completion.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppCompletion, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
bk_app_completion_init (BkAppCompletion *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

BkAppCompletion *
bk_app_completion_new (GtkWidget *parent, GtkTextView *text_view)
{
  BkAppCompletion *self = g_object_new (BK_TYPE_APP_COMPLETION, NULL);

  self->text_view = text_view;
  g_signal_connect_object (gtk_text_view_get_buffer (text_view), "insert-text", G_CALLBACK (on_insert), self, 0);
  gtk_widget_set_parent (GTK_WIDGET (self), parent);
  return self;
}
