/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-file-card.h"

#include "bk-app-autostart.h"
#include "bk-app-text.h"
#include "bk-app-wrap-layout.h"
#include "conversation/bk-app-card-subject.h"
#include "conversation/bk-app-transfer.h"
#include "portal/bk-app-files.h"

#include <glib/gi18n.h>

typedef enum
{
  BUTTON_ACCEPT,
  BUTTON_SAVE_IN,
  BUTTON_DECLINE,
  BUTTON_CANCEL,
  BUTTON_OPEN,
  BUTTON_SHOW,
  BUTTON_AGAIN,
  N_BUTTONS
} Button;

struct _BkAppFileCard
{
  AdwBin parent_instance;

  /* Template Widgets */
  GtkWidget *frame;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *state;
  GtkLabel *time;
  GtkProgressBar *progress;
  GtkWidget *buttons;
  GtkButton *button[N_BUTTONS];

  BkAppCardSubject subject;
  GtkNativeDialog *chooser; /* NULL unless it is open */
};

G_DEFINE_FINAL_TYPE (BkAppFileCard, bk_app_file_card, ADW_TYPE_BIN)

#define BIT(button) (1u << (button))

/* ---- how it stands ---- */

static gboolean
is_outgoing (BkAppFileCard *self)
{
  return beckon_message_get_outgoing (self->subject.message);
}

/* It is over: what is known is what the history has. */
static char *
dup_over (BkAppFileCard *self, guint *buttons)
{
  const char *text = beckon_message_get_result_text (self->subject.message);
  gboolean ended = beckon_message_get_result (self->subject.message) == BECKON_SESSION_RESULT_ENDED;

  if (is_outgoing (self) && !ended)
    *buttons = BIT (BUTTON_AGAIN);
  else if (*beckon_message_get_file_path (self->subject.message) != '\0')
    *buttons = BIT (BUTTON_OPEN) | BIT (BUTTON_SHOW);
  if (*buttons == (BIT (BUTTON_OPEN) | BIT (BUTTON_SHOW)) && !is_outgoing (self))
    return g_strdup (C_ ("file", "Received")); /* what it is called stands above */
  return g_strdup (text);
}

static char *
dup_invitation (BkAppFileCard *self, guint *buttons)
{
  if (is_outgoing (self))
    {
      *buttons = BIT (BUTTON_CANCEL);
      return bk_app_session_dup_waiting (self->subject.session);
    }
  *buttons = BIT (BUTTON_ACCEPT) | BIT (BUTTON_SAVE_IN) | BIT (BUTTON_DECLINE);
  return g_strdup (_("Waiting for your answer"));
}

static char *
dup_running (BkAppFileCard *self, const BkAppTransfer *transfer, guint *buttons)
{
  *buttons = BIT (BUTTON_CANCEL);
  switch (transfer->state)
    {
    case BK_APP_TRANSFER_RUNNING:
      return bk_app_transfer_dup_progress (transfer);
    case BK_APP_TRANSFER_STALLED:
      return g_strdup (_("Connection lost, looking for another way…"));
    case BK_APP_TRANSFER_DONE:
      *buttons = 0;
      return g_strdup (is_outgoing (self) ? C_ ("file", "Sent") : C_ ("file", "Received"));
    case BK_APP_TRANSFER_FAILED:
      return g_strdup (_("The file did not arrive completely."));
    case BK_APP_TRANSFER_NONE:
    case BK_APP_TRANSFER_OFFERED:
    case BK_APP_TRANSFER_WAITING:
      break;
    }
  return g_strdup (_("Connecting…"));
}

/* Returns what is going on in words, and which buttons there are for it. */
static char *
dup_state (BkAppFileCard *self, BkAppTransfer *transfer, guint *buttons)
{
  BeckonSessionState state = bk_app_card_subject_get_state (&self->subject);

  *buttons = 0;
  if (self->subject.session != NULL)
    {
      g_autoptr (GVariant) dictionary = beckon_session_dup_transfer (self->subject.session);
      bk_app_transfer_read (transfer, dictionary);
    }
  if (beckon_message_get_result (self->subject.message) != BECKON_SESSION_RESULT_NONE)
    return dup_over (self, buttons);
  if (state == BECKON_SESSION_STATE_INVITATION)
    return dup_invitation (self, buttons);
  if (state == BECKON_SESSION_STATE_ACCEPTED || state == BECKON_SESSION_STATE_CONNECTED)
    return dup_running (self, transfer, buttons);
  return g_strdup (self->subject.session != NULL ? beckon_session_get_result_text (self->subject.session) : "");
}

static void
show_progress (BkAppFileCard *self, const BkAppTransfer *transfer, guint buttons)
{
  gboolean moves = (buttons & BIT (BUTTON_CANCEL)) != 0
                   && (transfer->state == BK_APP_TRANSFER_RUNNING || transfer->state == BK_APP_TRANSFER_STALLED);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), moves);
  gtk_progress_bar_set_fraction (self->progress, bk_app_transfer_get_fraction (transfer));
}

static void
show (GtkWidget *card)
{
  BkAppFileCard *self = BK_APP_FILE_CARD (card);
  BkAppTransfer transfer = { 0 };
  guint buttons;
  g_autofree char *state = dup_state (self, &transfer, &buttons);
  g_autofree char *time = bk_app_dup_time (beckon_message_get_time (self->subject.message));
  g_autofree char *size = g_format_size (beckon_message_get_file_size (self->subject.message));
  g_autofree char *line = NULL;
  gboolean over = beckon_message_get_result (self->subject.message) != BECKON_SESSION_RESULT_NONE;

  if (beckon_contact_get_relation (self->subject.contact) != BECKON_RELATION_ACCEPTED)
    buttons &= ~BIT (BUTTON_AGAIN);
  line = transfer.state == BK_APP_TRANSFER_RUNNING && (buttons & BIT (BUTTON_CANCEL)) != 0
           ? g_steal_pointer (&state)
           /* Translators: size of a file, how it stands: "40.0 MB · Received" */
           : g_strdup_printf (_("%s · %s"), size, state);
  gtk_label_set_label (self->state, line);
  if (over || transfer.state != BK_APP_TRANSFER_RUNNING) /* the bar tells how far it is */
    gtk_widget_activate_action (GTK_WIDGET (self), "message.tell", "s", line);
  gtk_label_set_label (self->time, time);
  show_progress (self, &transfer, buttons);
  for (guint i = 0; i < N_BUTTONS; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->button[i]), (buttons & BIT (i)) != 0);
  gtk_widget_set_visible (self->buttons, buttons != 0);
  if ((buttons & BIT (BUTTON_ACCEPT)) != 0)
    gtk_widget_add_css_class (self->frame, "asking");
  else
    gtk_widget_remove_css_class (self->frame, "asking");
}

/* ---- what it shows ---- */

static void
let_go (BkAppFileCard *self)
{
  g_clear_object (&self->chooser);
  bk_app_card_subject_clear (&self->subject);
}

void
bk_app_file_card_set_message (BkAppFileCard *self, BeckonMessage *message, BeckonContact *contact,
                              BeckonMessenger *messenger)
{
  let_go (self);
  if (message == NULL)
    return;

  const char *name = beckon_message_get_file_name (message);
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (type);
  gtk_image_set_from_gicon (self->icon, icon);
  gtk_label_set_label (self->name, name);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button[BUTTON_DECLINE]), "s",
                                    beckon_message_get_session (message));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button[BUTTON_CANCEL]), "s",
                                    beckon_message_get_session (message));
  bk_app_card_subject_set (&self->subject, message, contact, messenger);
}

/* ---- what can be done ---- */

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppFileCard) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_session_accept_file_finish (BECKON_SESSION (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", bk_app_file_error_text (error));
}

static void
on_accept (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppFileCard *self = BK_APP_FILE_CARD (widget);

  if (self->subject.session != NULL)
    beckon_session_accept_file_async (self->subject.session, NULL, NULL, on_accepted, g_object_ref (self));
}

static void
on_folder (GtkNativeDialog *dialog, int response, BkAppFileCard *self)
{
  g_autoptr (GFile) folder
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  if (path != NULL && self->subject.session != NULL)
    beckon_session_accept_file_async (self->subject.session, path, NULL, on_accepted, g_object_ref (self));
  g_clear_object (&self->chooser);
}

static void
on_save_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppFileCard *self = BK_APP_FILE_CARD (widget);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (
    gtk_file_chooser_native_new (_("Save In"), window, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Save"), NULL));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_folder), self, 0);
  gtk_native_dialog_show (self->chooser);
}

/* ---- the file where it is, or was ---- */

typedef void (*Then) (BkAppFileCard *self, GFile *file);

typedef struct
{
  BkAppFileCard *card;
  BeckonMessage *message; /* that the card showed */
  Then then;      /* with a file that is there */
  Then otherwise; /* with one that is not */
} Looking;

static void
looking_free (Looking *looking)
{
  g_object_unref (looking->card);
  g_clear_object (&looking->message);
  g_free (looking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Looking, looking_free)

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Looking) looking = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  gboolean there = info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR;

  /* By now the row may show something else, in the conversation with somebody else. */
  if (gtk_widget_get_root (GTK_WIDGET (looking->card)) != NULL && looking->card->subject.message == looking->message)
    (there ? looking->then : looking->otherwise) (looking->card, G_FILE (source));
}

static void
look (BkAppFileCard *self, Then then, Then otherwise)
{
  g_autoptr (GFile) file = NULL;
  Looking *looking;

  if (self->subject.message == NULL)
    return;
  file = g_file_new_for_path (beckon_message_get_file_path (self->subject.message));
  looking = g_new0 (Looking, 1);
  looking->card = g_object_ref (self);
  looking->message = g_object_ref (self->subject.message);
  looking->then = then;
  looking->otherwise = otherwise;
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           on_looked, looking);
}

static void
tell_gone (BkAppFileCard *self, GFile *file)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.tell", "s", _("The file is not there any more."));
}

static void
open_uri (BkAppFileCard *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), uri, GDK_CURRENT_TIME);
}

static void
on_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  look (BK_APP_FILE_CARD (widget), open_uri, tell_gone);
}

static void
send_again (BkAppFileCard *self, GFile *file)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "conversation.send-file", "s", g_file_peek_path (file));
}

/* Else it has to be looked for. */
static void
choose_again (BkAppFileCard *self, GFile *file)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.send-file", NULL);
}

static void
on_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppFileCard *self = BK_APP_FILE_CARD (widget);

  if (self->subject.message != NULL && *beckon_message_get_file_path (self->subject.message) != '\0')
    look (self, send_again, choose_again);
  else
    choose_again (self, NULL);
}

/* Where no file manager can point at the file, its folder has to do. */
static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppFileCard) self = user_data;
  gboolean shown = bk_app_files_show_finish (result, NULL);

  if (shown || self->subject.message == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  g_autoptr (GFile) file = g_file_new_for_path (beckon_message_get_file_path (self->subject.message));
  g_autoptr (GFile) folder = g_file_get_parent (file);
  if (folder != NULL)
    open_uri (self, folder);
}

static void
show_in_folder (BkAppFileCard *self, GFile *file)
{
  GApplication *application = g_application_get_default ();
  GDBusConnection *bus = application != NULL ? g_application_get_dbus_connection (application) : NULL;

  if (bus != NULL)
    bk_app_files_show_async (bus, file, bk_app_is_sandboxed (), on_shown, g_object_ref (self));
}

static void
on_show (GtkWidget *widget, const char *action, GVariant *parameter)
{
  look (BK_APP_FILE_CARD (widget), show_in_folder, tell_gone);
}

/* ---- the widget ---- */

static void
bk_app_file_card_dispose (GObject *object)
{
  let_go (BK_APP_FILE_CARD (object));
  G_OBJECT_CLASS (bk_app_file_card_parent_class)->dispose (object);
}

static void
bind_button (GtkWidgetClass *widget_class, const char *name, Button button)
{
  gtk_widget_class_bind_template_child_full (widget_class, name, FALSE,
                                             (gssize) (G_STRUCT_OFFSET (BkAppFileCard, button)
                                                       + button * sizeof (GtkButton *)));
}

static void
bk_app_file_card_class_init (BkAppFileCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_file_card_dispose;
  g_type_ensure (BK_TYPE_APP_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/file-card.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, frame);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, icon);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, state);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, time);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, progress);
  gtk_widget_class_bind_template_child (widget_class, BkAppFileCard, buttons);
  bind_button (widget_class, "accept", BUTTON_ACCEPT);
  bind_button (widget_class, "save_in", BUTTON_SAVE_IN);
  bind_button (widget_class, "decline", BUTTON_DECLINE);
  bind_button (widget_class, "cancel", BUTTON_CANCEL);
  bind_button (widget_class, "open", BUTTON_OPEN);
  bind_button (widget_class, "show", BUTTON_SHOW);
  bind_button (widget_class, "again", BUTTON_AGAIN);
  gtk_widget_class_install_action (widget_class, "file.accept", NULL, on_accept);
  gtk_widget_class_install_action (widget_class, "file.save-in", NULL, on_save_in);
  gtk_widget_class_install_action (widget_class, "file.open", NULL, on_open);
  gtk_widget_class_install_action (widget_class, "file.show", NULL, on_show);
  gtk_widget_class_install_action (widget_class, "file.again", NULL, on_again);
}

static void
bk_app_file_card_init (BkAppFileCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_card_subject_init (&self->subject, GTK_WIDGET (self), show);
}

GtkWidget *
bk_app_file_card_new (void)
{
  return g_object_new (BK_TYPE_APP_FILE_CARD, NULL);
}
