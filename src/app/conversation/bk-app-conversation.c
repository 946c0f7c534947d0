/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-conversation-private.h"

#include "bk-app-accessible.h"
#include "bk-app-text.h"
#include "contacts/bk-app-contact-menu.h"
#include "conversation/bk-app-history.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (BkAppConversation, bk_app_conversation, ADW_TYPE_BIN)

/* ---- who it is ---- */

static void
show_person (BkAppConversation *self)
{
  BeckonContact *contact = self->person != NULL ? bk_app_person_get_contact (self->person) : NULL;
  g_autofree char *line = contact != NULL ? bk_app_contact_dup_line (contact) : g_strdup ("");
  const char *name = contact != NULL ? beckon_contact_get_display_name (contact) : "";
  gboolean accepted = contact != NULL && beckon_contact_get_relation (contact) == BECKON_RELATION_ACCEPTED;

  adw_window_title_set_title (self->title, name);
  if (self->conversation != NULL && beckon_conversation_get_typing (self->conversation))
    adw_window_title_set_subtitle (self->title, _("Writing…"));
  else
    adw_window_title_set_subtitle (self->title, line);
  gtk_widget_set_visible (GTK_WIDGET (self->invite_button), contact != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->menu_button), contact != NULL);
  bk_app_composer_set_enabled (self->composer,
                               accepted && !beckon_contact_get_blocked (contact) && self->conversation != NULL);
  if (contact != NULL)
    bk_app_timeline_show_person (self->timeline, self->person);
  gtk_stack_set_visible_child_name (self->stack, contact != NULL ? "talk" : self->alone ? "alone" : "nobody");
}

static void
on_contact_notify (BeckonContact *contact, GParamSpec *pspec, BkAppConversation *self)
{
  show_person (self);
}

/* What is about the conversation comes before what is about the person. */
static GMenuModel *
make_menu (BkAppConversation *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenuModel) person = bk_app_contact_menu_new (self->person, self->messenger);

  g_menu_append (own, _("Send _Files…"), "win.send-file");
  g_menu_append (own, _("Fin_d in Conversation"), "win.find");
  g_menu_append (own, _("_Export History…"), "conversation.export");
  g_menu_append (own, _("Clear _History…"), "conversation.clear");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));
  g_menu_append_section (menu, NULL, person);
  return G_MENU_MODEL (menu);
}

static void
on_menu_opening (GtkMenuButton *button, gpointer user_data)
{
  BkAppConversation *self = user_data;
  g_autoptr (GMenuModel) menu = self->person != NULL && self->messenger != NULL ? make_menu (self) : NULL;

  gtk_menu_button_set_menu_model (button, menu);
}

static void
on_history (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppConversation *self = BK_APP_CONVERSATION (widget);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  if (self->person == NULL || window == NULL)
    return;
  if (g_str_equal (action, "conversation.clear"))
    bk_app_history_clear (window, self->messenger, self->person);
  else
    bk_app_history_export (window, self->person);
}

static void
on_found (BkAppFindBar *bar, gint64 id, BkAppConversation *self)
{
  bk_app_timeline_show_message (self->timeline, id);
}

void
bk_app_conversation_find (BkAppConversation *self)
{
  bk_app_find_bar_open (self->find_bar);
}

/* ---- what was said ---- */

static void
leave_conversation (BkAppConversation *self)
{
  g_clear_pointer (&self->writing, bk_app_writing_free);
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_clear_object (&self->conversation);
}

void
bk_app_conversation_set_seen (BkAppConversation *self, gboolean seen)
{
  bk_app_timeline_set_seen (self->timeline, seen);
}

void
bk_app_conversation_show_message (BkAppConversation *self, gint64 id)
{
  self->wanted = id;
  if (self->conversation == NULL)
    return;
  self->wanted = 0;
  bk_app_timeline_show_message (self->timeline, id);
}

static void
on_conversation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppConversation) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonConversation) conversation
    = beckon_account_get_conversation_finish (BECKON_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (conversation == NULL)
    {
      g_message ("The conversation cannot be read: %s", error->message);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", bk_app_error_text (error));
      return;
    }
  leave_conversation (self);
  self->conversation = g_object_ref (conversation);
  self->writing = bk_app_writing_new (conversation);
  g_signal_connect_object (conversation, "notify::typing", G_CALLBACK (show_person), self, G_CONNECT_SWAPPED);
  bk_app_conversation_restore_draft (self);
  bk_app_conversation_restore_place (self);
  bk_app_timeline_set_conversation (self->timeline, conversation, bk_app_person_get_contact (self->person));
  show_person (self);
  if (self->wanted != 0)
    bk_app_conversation_show_message (self, self->wanted);
  if (self->wants_focus)
    bk_app_conversation_start_writing (self);
}

static void
load (BkAppConversation *self)
{
  g_cancellable_cancel (self->loading);
  g_object_unref (self->loading);
  self->loading = g_cancellable_new ();
  beckon_account_get_conversation_async (bk_app_person_get_account (self->person),
                                         beckon_contact_get_signin_name (bk_app_person_get_contact (self->person)),
                                         self->loading, on_conversation, g_object_ref (self));
}

void
bk_app_conversation_start_writing (BkAppConversation *self)
{
  self->wants_focus = !gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

/* ---- the person ---- */

static void
follow_person (BkAppConversation *self, BkAppPerson *person)
{
  if (self->person != NULL)
    g_signal_handlers_disconnect_by_data (bk_app_person_get_contact (self->person), self);
  g_set_object (&self->person, person);
  bk_app_invite_menu_set_person (self->invite_menu, person);
  bk_app_find_bar_set_person (self->find_bar, self->messenger, person);
  if (person != NULL)
    g_signal_connect_object (bk_app_person_get_contact (person), "notify", G_CALLBACK (on_contact_notify), self, 0);
}

void
bk_app_conversation_reload (BkAppConversation *self, BkAppPerson *person)
{
  bk_app_conversation_keep_place (self);
  follow_person (self, person);
  load (self);
  show_person (self);
}

void
bk_app_conversation_set_person (BkAppConversation *self, BkAppPerson *person)
{
  if (person == self->person)
    return;
  self->wants_focus = FALSE;
  self->wanted = 0;
  bk_app_conversation_keep_draft (self);
  bk_app_conversation_keep_place (self);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->chooser); /* what is chosen there is for somebody else */
  leave_conversation (self);
  bk_app_timeline_set_conversation (self->timeline, NULL, NULL);
  follow_person (self, person);
  if (person != NULL)
    {
      bk_app_composer_set_text (self->composer, "");
      bk_app_conversation_restore_draft (self);
      load (self);
    }
  show_person (self);
}

void
bk_app_conversation_set_alone (BkAppConversation *self, gboolean alone)
{
  self->alone = alone;
  show_person (self);
}

BkAppPerson *
bk_app_conversation_get_person (BkAppConversation *self)
{
  return self->person;
}

/* ---- writing ---- */

typedef struct
{
  BkAppConversation *self;
  char *key;
  char *text;
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->self);
  g_free (sending->key);
  g_free (sending->text);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

/* Puts a text that could not be sent back to where it was written, before what was written there since. */
static void
give_back (BkAppConversation *self, const char *key, const char *text)
{
  g_autofree char *here = self->person != NULL ? bk_app_conversation_dup_key (self->person) : g_strdup ("");
  gboolean is_here = g_str_equal (here, key) && gtk_widget_get_root (GTK_WIDGET (self)) != NULL;
  g_autofree char *written = is_here ? bk_app_composer_dup_text (self->composer)
                                     : g_strdup (g_hash_table_lookup (self->drafts, key));
  g_autofree char *both
    = written != NULL && *written != '\0' ? g_strconcat (text, "\n", written, NULL) : g_strdup (text);

  if (is_here)
    bk_app_composer_set_text (self->composer, both);
  else
    g_hash_table_insert (self->drafts, g_strdup (key), g_steal_pointer (&both));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  BkAppConversation *self = sending->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonMessage) message
    = beckon_conversation_send_finish (BECKON_CONVERSATION (source), result, &error);

  if (message != NULL)
    return;
  give_back (self, sending->key, sending->text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", bk_app_error_text (error));
}

static void
send_text (BkAppConversation *self, const char *text)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->self = g_object_ref (self);
  sending->key = bk_app_conversation_dup_key (self->person);
  sending->text = g_strdup (text);
  bk_app_timeline_stick (self->timeline);
  beckon_conversation_send_async (self->conversation, text, NULL, on_sent, sending);
}

static void
on_send (BkAppComposer *composer, const char *text, BkAppConversation *self)
{
  if (self->conversation == NULL)
    return;
  send_text (self, text);
  bk_app_composer_set_text (self->composer, "");
  bk_app_writing_stop (self->writing, "");
}

static void
on_written (BkAppComposer *composer, BkAppConversation *self)
{
  g_autofree char *text = bk_app_composer_dup_text (composer);

  if (self->writing != NULL)
    bk_app_writing_note (self->writing, text);
}

/* A text that is not being written, such as that of a message which did not arrive. */
static void
on_send_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppConversation *self = BK_APP_CONVERSATION (widget);

  if (self->conversation != NULL)
    send_text (self, g_variant_get_string (parameter, NULL));
}

/* ---- the widget ---- */

void
bk_app_conversation_set_settings (BkAppConversation *self, GSettings *settings)
{
  g_settings_bind (settings, "enter-sends", self->composer, "enter-sends", G_SETTINGS_BIND_GET);
}

void
bk_app_conversation_set_drafts (BkAppConversation *self, GHashTable *drafts)
{
  g_hash_table_unref (self->drafts);
  self->drafts = g_hash_table_ref (drafts);
}

void
bk_app_conversation_set_messenger (BkAppConversation *self, BeckonMessenger *messenger)
{
  g_set_object (&self->messenger, messenger);
  bk_app_timeline_set_messenger (self->timeline, messenger);
  bk_app_invite_menu_set_messenger (self->invite_menu, messenger);
}

/* Where there is little room, other languages have none for the word. */
static void
show_invite_button (BkAppConversation *self, gboolean folded)
{
  g_auto (GStrv) parts = g_strsplit (_("_Invite"), "_", -1);
  g_autofree char *name = g_strjoinv ("", parts);

  if (folded)
    gtk_menu_button_set_icon_name (self->invite_button, "beckon-invite-symbolic");
  else
    gtk_menu_button_set_label (self->invite_button, _("_Invite"));
  bk_app_accessible_name (GTK_WIDGET (self->invite_button), name);
}

void
bk_app_conversation_set_folded (BkAppConversation *self, gboolean folded)
{
  gtk_widget_set_visible (self->back, folded);
  show_invite_button (self, folded);
  adw_header_bar_set_show_start_title_buttons (self->header, folded);
}

void
bk_app_conversation_open_invite_menu (BkAppConversation *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->invite_button)))
    gtk_menu_button_popup (self->invite_button);
}

static void
on_newest (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_timeline_stick (BK_APP_CONVERSATION (widget)->timeline);
}

static void
on_write (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bk_app_conversation_start_writing (BK_APP_CONVERSATION (widget));
}

static void
bk_app_conversation_dispose (GObject *object)
{
  BkAppConversation *self = BK_APP_CONVERSATION (object);

  g_cancellable_cancel (self->loading);
  leave_conversation (self);
  g_clear_object (&self->chooser);
  g_clear_object (&self->person);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_conversation_parent_class)->dispose (object);
}

static void
bk_app_conversation_finalize (GObject *object)
{
  BkAppConversation *self = BK_APP_CONVERSATION (object);

  g_object_unref (self->loading);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->places);
  G_OBJECT_CLASS (bk_app_conversation_parent_class)->finalize (object);
}

static void
bk_app_conversation_class_init (BkAppConversationClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_conversation_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_conversation_finalize;
  g_type_ensure (BK_TYPE_APP_FIND_BAR);
  g_type_ensure (BK_TYPE_APP_TIMELINE);
  g_type_ensure (BK_TYPE_APP_COMPOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, header);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, back);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, invite_button);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, find_bar);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, timeline);
  gtk_widget_class_bind_template_child (widget_class, BkAppConversation, composer);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_written);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_attach", G_CALLBACK (bk_app_conversation_attach));
  gtk_widget_class_bind_template_callback (widget_class, on_found);
  gtk_widget_class_install_action (widget_class, "conversation.send", "s", on_send_text);
  gtk_widget_class_install_action (widget_class, "conversation.send-file", "s", bk_app_conversation_send_file);
  gtk_widget_class_install_action (widget_class, "conversation.newest", NULL, on_newest);
  gtk_widget_class_install_action (widget_class, "conversation.write", NULL, on_write);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, GDK_CONTROL_MASK, "conversation.newest", NULL);
  gtk_widget_class_install_action (widget_class, "conversation.clear", NULL, on_history);
  gtk_widget_class_install_action (widget_class, "conversation.export", NULL, on_history);
}

static void
bk_app_conversation_init (BkAppConversation *self)
{
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->loading = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_conversation_take_drops (self);
  self->invite_menu = BK_APP_INVITE_MENU (bk_app_invite_menu_new ());
  gtk_menu_button_set_popover (self->invite_button, GTK_WIDGET (self->invite_menu));
  gtk_menu_button_set_create_popup_func (self->menu_button, on_menu_opening, self, NULL);
  show_person (self);
}
