/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invite/bk-app-invite-dialog.h"

#include "bk-app-text.h"
#include "contacts/bk-app-contact-row.h"
#include "contacts/bk-app-people.h"
#include "invite/bk-app-application-list.h"

#include <glib/gi18n.h>

struct _BkAppInviteDialog
{
  AdwWindow parent_instance;

  /* Template Widgets */
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkWidget *ok;
  GtkStack *stack;
  BkAppApplicationList *applications;
  GtkLabel *question;
  GtkStack *people_stack;
  GtkListView *people_list;
  GtkLabel *problem;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPeople *people;
  GtkSingleSelection *selection;
  BeckonApplication *application;
  BeckonSession *session; /* of the program that asks whom to invite; nullable: the user invites */

  gboolean busy;     /* the invitation is on its way */
  gboolean answered; /* the program has its answer */
};

G_DEFINE_FINAL_TYPE (BkAppInviteDialog, bk_app_invite_dialog, ADW_TYPE_WINDOW)

/* ---- the recipient ---- */

/* A program invites from its session's account. */
static gboolean
can_be_invited (gpointer item, gpointer user_data)
{
  BeckonSession *session = user_data;

  if (session != NULL && !g_str_equal (beckon_account_get_signin_name (bk_app_person_get_account (item)),
                                       beckon_session_get_my_signin_name (session)))
    return FALSE;
  return bk_app_contact_can_be_invited (bk_app_person_get_contact (item), NULL);
}

static BkAppPerson *
get_selected (BkAppInviteDialog *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  return item != NULL ? BK_APP_PERSON (item) : NULL;
}

static void
update (BkAppInviteDialog *self)
{
  if (self->selection == NULL)
    return;

  gboolean people = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0;

  gtk_stack_set_visible_child_name (self->people_stack, people ? "list" : "empty");
  gtk_widget_set_sensitive (self->ok, get_selected (self) != NULL && !self->busy);
}

static void
make_people (BkAppInviteDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = bk_app_contact_row_factory_new ();
  gpointer session = self->session != NULL ? g_object_ref (self->session) : NULL;
  GtkFilter *filter
    = GTK_FILTER (gtk_custom_filter_new (can_be_invited, session, session != NULL ? g_object_unref : NULL));
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (bk_app_person_compare, NULL, NULL));

  self->people = bk_app_people_new (beckon_messenger_get_accounts (self->messenger));
  GListModel *filtered
    = G_LIST_MODEL (gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->people)), filter));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (gtk_sort_list_model_new (filtered, sorter)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  if (self->session != NULL) /* nobody is invited without having been chosen */
    {
      gtk_single_selection_set_can_unselect (self->selection, TRUE);
      gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
    }
  gtk_list_view_set_factory (self->people_list, factory);
  gtk_list_view_set_model (self->people_list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* ---- the steps ---- */

static void
go_to (BkAppInviteDialog *self, const char *page)
{
  gboolean people = g_str_equal (page, "people");

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->back, people);
  gtk_widget_set_visible (self->ok, people);
  gtk_label_set_label (self->problem, "");
  adw_window_title_set_title (self->title, people ? _("Choose a Recipient") : _("Choose an Application"));
  adw_window_title_set_subtitle (self->title, people ? beckon_application_get_name (self->application) : "");
  gtk_widget_grab_focus (people ? GTK_WIDGET (self->people_list) : GTK_WIDGET (self->applications));
}

static void
on_picked (BkAppApplicationList *list, BeckonApplication *application, BkAppInviteDialog *self)
{
  g_set_object (&self->application, application);
  go_to (self, "people");
}

static void
on_back (GtkButton *button, BkAppInviteDialog *self)
{
  go_to (self, "applications");
}

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
    gtk_label_set_label (self->problem, bk_app_error_text (error));
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
  BkAppPerson *person = get_selected (self);

  if (person == NULL || !gtk_widget_get_sensitive (self->ok))
    return;

  const char *who = beckon_contact_get_signin_name (bk_app_person_get_contact (person));
  self->busy = TRUE;
  gtk_label_set_label (self->problem, "");
  update (self);
  if (self->session != NULL)
    beckon_messenger_answer_pick_async (self->messenger, self->session, who, NULL, on_answered, g_object_ref (self));
  else
    beckon_messenger_invite_app_async (self->messenger, bk_app_person_get_account (person), who,
                                       beckon_application_get_guid (self->application), NULL, NULL, NULL, on_invited,
                                       g_object_ref (self));
}

static void
on_ok (GtkButton *button, BkAppInviteDialog *self)
{
  invite (self);
}

static void
on_people_activate (GtkListView *list, guint position, BkAppInviteDialog *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  invite (self);
}

void
bk_app_invite_dialog_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  BkAppInviteDialog *self = g_object_new (BK_TYPE_APP_INVITE_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  self->messenger = g_object_ref (messenger);
  bk_app_application_list_set_messenger (self->applications, messenger);
  make_people (self);
  go_to (self, "applications");
  gtk_window_present (GTK_WINDOW (self));
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
  gtk_stack_set_visible_child_name (self->stack, "people");
  return self;
}

static void
bk_app_invite_dialog_dispose (GObject *object)
{
  BkAppInviteDialog *self = BK_APP_INVITE_DIALOG (object);

  g_clear_object (&self->selection);
  g_clear_object (&self->people);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/invite/invite-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, title);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, back);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, ok);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, applications);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, question);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, people_stack);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, people_list);
  gtk_widget_class_bind_template_child (widget_class, BkAppInviteDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_ok);
  gtk_widget_class_bind_template_callback (widget_class, on_people_activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_invite_dialog_init (BkAppInviteDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
