/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-message-row.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "conversation/bk-app-emoji.h"
#include "conversation/bk-app-file-card.h"
#include "conversation/bk-app-links.h"
#include "conversation/bk-app-session-card.h"

#include <glib/gi18n.h>
#include <string.h>

#define INDENT 36 /* pixels at least that one side's messages leave to the other */
#define NARROWEST 10 /* letters that stay in one line however little room there is */
#define LINE_SEPARATOR 0x2028
#define PARAGRAPH_SEPARATOR 0x2029

struct _BkAppMessageRow
{
  GtkBox parent_instance;

  /* Template Widgets */
  GtkLabel *day;
  GtkWidget *new_line;
  GtkWidget *bubble;
  GtkLabel *text;
  GtkWidget *meta;
  GtkLabel *time;
  GtkImage *mark;
  GtkWidget *again;

  GtkWidget *card;      /* made when the row first shows a session; owned as a child */
  GtkWidget *file_card; /* the same of a file */

  BeckonMessage *message; /* owned */
  gulong handler;
  BkAppPlace place;
  char *state; /* how that what its card shows stands; NULL as long as nothing was told */
};

G_DEFINE_FINAL_TYPE (BkAppMessageRow, bk_app_message_row, GTK_TYPE_BOX)

/* ---- how far it has come ---- */

static const char *
delivery_word (BeckonDelivery delivery)
{
  switch (delivery)
    {
    case BECKON_DELIVERY_PENDING:
      return _("Not sent yet");
    case BECKON_DELIVERY_SENT:
      return C_ ("message", "Sent");
    case BECKON_DELIVERY_DELIVERED:
      return C_ ("message", "Delivered");
    case BECKON_DELIVERY_READ:
      return C_ ("message", "Read");
    case BECKON_DELIVERY_FAILED:
      return _("Not delivered");
    case BECKON_DELIVERY_RECEIVED:
      break;
    }
  return NULL;
}

static const char *
delivery_icon (BeckonDelivery delivery)
{
  switch (delivery)
    {
    case BECKON_DELIVERY_PENDING:
      return "document-open-recent-symbolic";
    case BECKON_DELIVERY_SENT:
      return "object-select-symbolic";
    case BECKON_DELIVERY_DELIVERED:
      return "beckon-delivered-symbolic";
    case BECKON_DELIVERY_READ:
      return "beckon-read-symbolic";
    case BECKON_DELIVERY_FAILED:
      return "dialog-warning-symbolic";
    case BECKON_DELIVERY_RECEIVED:
      break;
    }
  return NULL;
}

/* "10:12 · Read" */
static char *
dup_meta (BeckonMessage *message)
{
  g_autofree char *time = bk_app_dup_time (beckon_message_get_time (message));
  const char *word = delivery_word (beckon_message_get_delivery (message));
  const char *error = beckon_message_get_error (message);

  if (word == NULL)
    return g_steal_pointer (&time);
  if (beckon_message_get_delivery (message) == BECKON_DELIVERY_FAILED && *error != '\0')
    return g_strdup_printf (_("%s · Not delivered: %s"), time, error);
  return g_strdup_printf ("%s · %s", time, word);
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
show_meta (BkAppMessageRow *self, const char *meta)
{
  BeckonDelivery delivery = beckon_message_get_delivery (self->message);
  const char *word = delivery_word (delivery);
  gboolean failed = delivery == BECKON_DELIVERY_FAILED;
  g_autofree char *time = bk_app_dup_time (beckon_message_get_time (self->message));

  gtk_label_set_label (self->time, failed ? meta : time);
  gtk_widget_set_visible (self->meta, (self->place & BK_APP_PLACE_LAST) != 0 || delivery == BECKON_DELIVERY_PENDING
                                        || failed);
  gtk_widget_set_halign (self->meta, beckon_message_get_outgoing (self->message) ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self->mark), word != NULL);
  if (word != NULL && g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->mark)), word) != 0)
    {
      gtk_image_set_from_icon_name (self->mark, delivery_icon (delivery));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->mark), word); /* makes GTK ask where the pointer is */
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
    }
  gtk_widget_set_visible (self->again, failed);
  set_class (self->meta, "error", failed);
  set_class (GTK_WIDGET (self->mark), "accent", delivery == BECKON_DELIVERY_READ);
}

/* ---- what it says ---- */

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
append (GString *words, const char *more)
{
  if (words->len > 0)
    g_string_append (words, ", ");
  g_string_append (words, more);
}

/* What is above the message, and what its card says. */
static void
describe_row (BkAppMessageRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autoptr (GString) words = g_string_new (NULL);

  if (row == NULL)
    return;
  if ((self->place & BK_APP_PLACE_DAY) != 0)
    append (words, gtk_label_get_label (self->day));
  if ((self->place & BK_APP_PLACE_NEW) != 0)
    append (words, _("New Messages"));
  if (self->state != NULL)
    append (words, self->state);
  bk_app_accessible_describe (row, words->len > 0 ? words->str : NULL);
}

/* A card says how it stands now. That there is more to say of the same is not worth to be heard. */
static void
on_tell (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (widget);
  const char *state = g_variant_get_string (parameter, NULL);

  if (*state == '\0') /* between one and the next there may be nothing to say */
    return;
  g_autofree char *before = g_steal_pointer (&self->state);
  self->state = g_strdup (state);
  describe_row (self);
  if (before != NULL && !g_str_has_prefix (state, before))
    bk_app_announce (widget, state);
}

/* How narrow a text may become. Where nothing is said of that, a label is laid out with each letter in its own line to
 * see it, which takes longer than all the rest. It must be less than what the text takes without being wrapped, or GTK
 * warns: a quarter of the letters of its first line is, with all left out that may be narrow or take no room. */
static int
least_chars (const char *text)
{
  int n_letters = 0;

  for (const char *p = text; *p != '\0' && n_letters < 4 * NARROWEST; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR)
        break;
      if (g_unichar_isalnum (c))
        n_letters++;
    }
  return n_letters / 4;
}

static void
show_text (BkAppMessageRow *self)
{
  const char *text = beckon_message_get_text (self->message);
  gsize start;
  gsize end;
  gboolean has_link = bk_app_links_find (text, 0, &start, &end);

  if (has_link)
    {
      g_autofree char *markup = bk_app_links_dup_markup (text);
      gtk_label_set_markup (self->text, markup);
    }
  else
    {
      gtk_label_set_text (self->text, text);
    }
  gtk_label_set_width_chars (self->text, least_chars (text));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.open-link", has_link);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.copy-link", has_link);
  set_class (self->bubble, "only-emoji", bk_app_emoji_is_all (text));
}

static void
show (BkAppMessageRow *self)
{
  gboolean outgoing = beckon_message_get_outgoing (self->message);
  g_autofree char *meta = dup_meta (self->message);

  name_row (self, meta);
  show_meta (self, meta);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.send-again",
                                 beckon_message_get_delivery (self->message) == BECKON_DELIVERY_FAILED);
  gtk_widget_set_halign (self->bubble, outgoing ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_margin_start (self->bubble, outgoing ? INDENT : 0);
  gtk_widget_set_margin_end (self->bubble, outgoing ? 0 : INDENT);
  set_class (self->bubble, "outgoing", outgoing);
}

static void
on_notify (BeckonMessage *message, GParamSpec *pspec, BkAppMessageRow *self)
{
  show (self);
}

static void
show_place (BkAppMessageRow *self, BeckonMessage *message)
{
  gboolean begins = (self->place & BK_APP_PLACE_DAY) != 0;
  g_autofree char *day = begins ? bk_app_dup_day (beckon_message_get_time (message)) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->day), begins);
  if (begins)
    gtk_label_set_label (self->day, day);
  gtk_widget_set_visible (self->new_line, (self->place & BK_APP_PLACE_NEW) != 0);
  set_class (GTK_WIDGET (self), "begins-group", (self->place & BK_APP_PLACE_FIRST) != 0);
}

/* Makes a card when it is first needed. */
static void
need_card (BkAppMessageRow *self, GtkWidget **card, gboolean wanted, GtkWidget *(*make) (void))
{
  if (wanted && *card == NULL)
    {
      *card = make ();
      gtk_box_append (GTK_BOX (self), *card);
      bk_app_accessible_complete (*card);
    }
  if (*card != NULL)
    gtk_widget_set_visible (*card, wanted);
}

static void
show_card (BkAppMessageRow *self, BeckonMessage *message, BeckonContact *contact, BeckonMessenger *messenger)
{
  gboolean is_session = message != NULL && *beckon_message_get_session (message) != '\0';
  gboolean is_file = is_session && *beckon_message_get_file_name (message) != '\0';

  need_card (self, &self->card, is_session && !is_file, bk_app_session_card_new);
  need_card (self, &self->file_card, is_file, bk_app_file_card_new);
  if (self->card != NULL)
    bk_app_session_card_set_message (BK_APP_SESSION_CARD (self->card), is_session && !is_file ? message : NULL,
                                     contact, messenger);
  if (self->file_card != NULL)
    bk_app_file_card_set_message (BK_APP_FILE_CARD (self->file_card), is_file ? message : NULL, contact, messenger);
  gtk_widget_set_visible (self->bubble, !is_session);
}

void
bk_app_message_row_set_message (BkAppMessageRow *self, BeckonMessage *message, BkAppPlace place,
                                BeckonContact *contact, BeckonMessenger *messenger)
{
  if (self->message == message && self->place == place)
    return;
  self->place = place;
  if (message != NULL)
    show_place (self, message);
  if (self->message != message)
    {
      if (self->message != NULL)
        g_clear_signal_handler (&self->handler, self->message);
      g_set_object (&self->message, message);
      g_clear_pointer (&self->state, g_free);
      show_card (self, message, contact, messenger);
      if (message == NULL)
        return;
      self->handler = g_signal_connect (message, "notify", G_CALLBACK (on_notify), self);
      show_text (self);
    }
  describe_row (self);
  show (self);
}

void
bk_app_message_row_set_flashing (BkAppMessageRow *self, gboolean flashing)
{
  set_class (GTK_WIDGET (self), "flashing", flashing);
}

/* ---- what can be done with it ---- */

gboolean
bk_app_message_row_open_menu (BkAppMessageRow *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self->text))) /* a card: what can be done with it is on its buttons */
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self->text), "menu.popup", NULL);
}

/* Before the text takes the finger for one that selects. */
static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, BkAppMessageRow *self)
{
  if (bk_app_message_row_open_menu (self))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* Nothing but what was found to be an address is followed. */
static gboolean
on_link (GtkLabel *label, const char *uri, BkAppMessageRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL && bk_app_links_is_address (uri))
    gtk_show_uri (GTK_WINDOW (root), uri, GDK_CURRENT_TIME);
  return TRUE;
}

/* With the keyboard alone, Enter follows a link only when the cursor has been put into it. */
static void
on_open_link (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (widget);
  const char *text = self->message != NULL ? beckon_message_get_text (self->message) : "";
  gsize start;
  gsize end;

  if (!bk_app_links_find (text, 0, &start, &end))
    return;
  g_autofree char *uri = g_strndup (text + start, end - start);
  on_link (self->text, uri, self);
}

static void
on_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (widget);
  const char *text = self->message != NULL ? beckon_message_get_text (self->message) : "";
  gsize start = 0;
  gsize end = strlen (text);

  if (g_str_equal (action, "message.copy-link") && !bk_app_links_find (text, 0, &start, &end))
    return;
  g_autofree char *copy = g_strndup (text + start, end - start);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), copy);
}

static void
on_send_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (widget);

  if (self->message != NULL)
    gtk_widget_activate_action (widget, "conversation.send", "s", beckon_message_get_text (self->message));
}

static void
on_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (widget);

  if (self->message == NULL)
    return;
  g_autofree char *day = bk_app_dup_day (beckon_message_get_time (self->message));
  g_autofree char *meta = dup_meta (self->message);
  g_autofree char *body = g_strdup_printf ("%s\n%s", day, meta);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Message Details"), body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the widget ---- */

/* The keyboard is with the entry as a whole, whatever there is in it: else it could not go through those in which there
 * is nothing to press. */
static gboolean
bk_app_message_row_grab_focus (GtkWidget *widget)
{
  GtkWidget *entry = gtk_widget_get_parent (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (entry == NULL || root == NULL)
    return FALSE;
  gtk_root_set_focus (root, entry);
  return TRUE;
}

static void
bk_app_message_row_dispose (GObject *object)
{
  BkAppMessageRow *self = BK_APP_MESSAGE_ROW (object);

  if (self->message != NULL)
    g_clear_signal_handler (&self->handler, self->message);
  g_clear_object (&self->message);
  g_clear_pointer (&self->state, g_free);
  G_OBJECT_CLASS (bk_app_message_row_parent_class)->dispose (object);
}

static void
bk_app_message_row_class_init (BkAppMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_message_row_dispose;
  widget_class->grab_focus = bk_app_message_row_grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, day);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, new_line);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, meta);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, time);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, mark);
  gtk_widget_class_bind_template_child (widget_class, BkAppMessageRow, again);
  gtk_widget_class_bind_template_callback (widget_class, on_link);
  gtk_widget_class_bind_template_callback (widget_class, on_long_press);
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "message.copy-link", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "message.open-link", NULL, on_open_link);
  gtk_widget_class_install_action (widget_class, "message.send-again", NULL, on_send_again);
  gtk_widget_class_install_action (widget_class, "message.tell", "s", on_tell);
  gtk_widget_class_install_action (widget_class, "message.details", NULL, on_details);
}

static void
bk_app_message_row_init (BkAppMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_accessible_complete (GTK_WIDGET (self));
}

GtkWidget *
bk_app_message_row_new (void)
{
  return g_object_new (BK_TYPE_APP_MESSAGE_ROW, NULL);
}
