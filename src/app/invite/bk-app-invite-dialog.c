/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invite-dialog.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-people.h"
#include "invite/bk-app-application-list.h"
#include "invite/bk-app-recipient-list.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_MESSAGE 512 /* bytes, as for beckon_messenger_invite_app_async () */

struct _BkAppInviteDialog
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkWidget *ok;
  GtkStack *stack;
  GtkEditable *search;
  BkAppApplicationList *applications;
  GtkLabel *question;
  BkAppRecipientList *recipients;
  GtkEditable *message;
  GtkLabel *problem;

  /* Owned References */
  BeckonMessenger *messenger;
  BeckonApplication *application;
  BeckonSession *session; /* of the program that asks whom to invite; nullable: the user invites */

  gboolean busy;     /* the invitation is on its way */
  gboolean answered; /* the program has its answer */
};

G_DEFINE_FINAL_TYPE (BkAppInviteDialog, bk_app_invite_dialog, ADW_TYPE_WINDOW)

static void
show_problem (BkAppInviteDialog *self, const char *text)
{
  gtk_label_set_label (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), *text != '\0');
}

/* ---- the recipient ---- */

static gboolean
is_message_too_long (BkAppInviteDialog *self)
{
  return strlen (gtk_editable_get_text (self->message)) > MAX_MESSAGE;
}

static void
update (BkAppInviteDialog *self)
{
  gtk_widget_set_sensitive (self->ok, bk_app_recipient_list_get_chosen (self->recipients) != NULL && !self->busy
                                        && !is_message_too_long (self));
}

/* A program invites from its session's account, and nobody without having been chosen. */
static void
make_people (BkAppInviteDialog *self)
{
  g_autoptr (BkAppPeople) people = bk_app_people_new (beckon_messenger_get_accounts (self->messenger));

  bk_app_recipient_list_set_people (self->recipients, people,
                                    self->session != NULL ? beckon_session_get_my_signin_name (self->session) : NULL,
                                    self->session != NULL);
  update (self);
}

static void
on_chosen (BkAppRecipientList *list, BkAppInviteDialog *self)
{
  update (self);
}

static void
on_message_changed (GtkEditable *editable, BkAppInviteDialog *self)
{
  show_problem (self, is_message_too_long (self) ? _("This message is too long.") : "");
  update (self);
}

/* ---- the steps ---- */

static void
go_to (BkAppInviteDialog *self, const char *page)
{
  gboolean people = g_str_equal (page, "people");

  gtk_stack_set_visible_child_name (self->stack, page);
  show_problem (self, "");
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (people ? GTK_WIDGET (self->recipients) : GTK_WIDGET (self->applications));
  gtk_widget_set_visible (self->back, people); /* without the keyboard: GTK 4.18 would keep it for ever */
  gtk_widget_set_visible (self->ok, people);
  adw_window_title_set_title (self->title, people ? _("Choose a Recipient") : _("Choose an Application"));
  adw_window_title_set_subtitle (self->title, people ? beckon_application_get_name (self->application) : "");
}

static void
on_picked (BkAppApplicationList *list, BeckonApplication *application, BkAppInviteDialog *self)
{
  g_set_object (&self->application, application);
  bk_app_recipient_list_set_application (self->recipients, beckon_application_get_guid (application));
  go_to (self, "people");
}

static void
on_back (GtkButton *button, BkAppInviteDialog *self)
{
  go_to (self, "applications");
}

/* ---- searching ---- */

static gboolean
is_choosing_people (BkAppInviteDialog *self)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->stack), "people");
}

static void
on_search (GtkEditable *editable, BkAppInviteDialog *self)
{
  bk_app_application_list_search (self->applications, gtk_editable_get_text (editable));
  bk_app_recipient_list_search (self->recipients, gtk_editable_get_text (editable));
}

/* ---- inviting ---- */

/* The invitation is on its way, or why it is not. */
static void
invited (BkAppInviteDialog *self, gboolean done, const GError *error)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  self->busy = FALSE;
  self->answered = done;
  if (done)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  update (self);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_problem (self, bk_app_error_text (error));
  else if (parent != NULL) /* closed meanwhile */
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.tell", "s", bk_app_error_text (error));
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppInviteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonSession) session
    = beckon_messenger_invite_app_finish (BECKON_MESSENGER (source), result, &error);

  invited (self, session != NULL, error);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppInviteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = beckon_messenger_answer_pick_finish (BECKON_MESSENGER (source), result, &error);

  invited (self, done, error);
}

static void
invite (BkAppInviteDialog *self)
{
  BkAppPerson *person = bk_app_recipient_list_get_chosen (self->recipients);

  if (person == NULL || !gtk_widget_get_sensitive (self->ok))
    return;

  const char *who = beckon_contact_get_signin_name (bk_app_person_get_contact (person));
  self->busy = TRUE;
  show_problem (self, "");
  update (self);
  if (self->session != NULL)
    beckon_messenger_answer_pick_async (self->messenger, self->session, who, NULL, on_answered, g_object_ref (self));
  else
    beckon_messenger_invite_app_async (self->messenger, bk_app_person_get_account (person), who,
                                       beckon_application_get_guid (self->application), NULL,
                                       gtk_editable_get_text (self->message), NULL, on_invited, g_object_ref (self));
}

static void
on_invite (GtkWidget *widget, BkAppInviteDialog *self)
{
  invite (self);
}

/* Enter, while something is being looked for: the first that was found. */
static void
on_search_activate (GtkEditable *editable, BkAppInviteDialog *self)
{
  if (is_choosing_people (self))
    invite (self);
  else
    bk_app_application_list_pick_first (self->applications);
}

void
bk_app_invite_dialog_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  BkAppInviteDialog *self = g_object_new (BK_TYPE_APP_INVITE_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  self->messenger = g_object_ref (messenger);
  bk_app_application_list_set_messenger (self->applications, messenger);
  make_people (self);
  bk_app_search_typed_at (GTK_SEARCH_ENTRY (self->search), GTK_WIDGET (self));
  gtk_window_present (GTK_WINDOW (self));
  go_to (self, "applications");
}

/* ---- a program asks ---- */

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_messenger_answer_pick_finish (BECKON_MESSENGER (source), result, &error))
    g_debug ("Nobody was to be chosen any more: %s", error->message);
}

/* Whoever closes the window invites nobody; the program does not wait for more. */
static gboolean
bk_app_invite_dialog_close_request (GtkWindow *window)
{
  BkAppInviteDialog *self = BK_APP_INVITE_DIALOG (window);

  if (self->session != NULL && !self->answered)
    {
      self->answered = TRUE;
      beckon_messenger_answer_pick_async (self->messenger, self->session, NULL, NULL, on_refused, NULL);
    }
  return GTK_WINDOW_CLASS (bk_app_invite_dialog_parent_class)->close_request (window);
}

/* It may come up while the user types elsewhere: no key that was not meant for it does anything but close it. */
static void
bk_app_invite_dialog_show_widget (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bk_app_invite_dialog_parent_class)->show (widget);
  if (BK_APP_INVITE_DIALOG (widget)->session != NULL)
    gtk_window_set_focus (GTK_WINDOW (widget), NULL);
}

BkAppInviteDialog *
bk_app_invite_dialog_new_for_program (GtkApplication *application, BeckonMessenger *messenger, BeckonSession *session)
{
  BkAppInviteDialog *self = g_object_new (BK_TYPE_APP_INVITE_DIALOG, "application", application, NULL);
  const char *name = bk_app_application_word (beckon_session_get_application_name (session));
  g_autofree char *question = g_strdup_printf (_("%s wants to invite somebody"), name);

  self->messenger = g_object_ref (messenger);
  self->session = g_object_ref (session);
  make_people (self);
  gtk_window_set_title (GTK_WINDOW (self), question);
  gtk_label_set_label (self->question, question);
  gtk_widget_set_visible (GTK_WIDGET (self->question), TRUE);
  adw_window_title_set_title (self->title, _("Choose a Recipient"));
  gtk_widget_set_visible (self->back, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->message), FALSE);
  gtk_stack_set_visible_child_name (self->stack, "people");
  return self;
}

static void
bk_app_invite_dialog_dispose (GObject *object)
{
  BkAppInviteDialog *self = BK_APP_INVITE_DIALOG (object);

  g_clear_object (&self->application);
  g_clear_object (&self->session);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_invite_dialog_parent_class)->dispose (object);
}

static void
bk_app_invite_dialog_class_init (BkAppInviteDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_invite_dialog_dispose;
  widget_class->show = bk_app_invite_dialog_show_widget;
  GTK_WINDOW_CLASS (klass)->close_request = bk_app_invite_dialog_close_request;
  g_type_ensure (BK_TYPE_APP_APPLICATION_LIST);
  g_type_ensure (BK_TYPE_APP_RECIPIENT_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/invite-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, back);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, ok);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, applications);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, question);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, recipients);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, search);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, message);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_invite);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_message_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_invite_dialog_init (BkAppInviteDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
