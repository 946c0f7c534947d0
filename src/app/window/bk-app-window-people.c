/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done in the main window about the people on the contact list. */
#include "window/bk-app-window-private.h"

#include "bk-app-private.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-add-contact.h"
#include "contacts/bk-app-groups-window.h"
#include "contacts/bk-app-link.h"
#include "contacts/bk-app-person-window.h"
#include "contacts/bk-app-profile.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_ALIAS 128 /* of the contract, in bytes */

/* The parameter is (account, who), as of all that is about one person. NULL if that person is there no more. */
static BkAppPerson *
find_person (BkAppWindow *self, GVariant *parameter)
{
  const char *account;
  const char *who;

  g_variant_get (parameter, "(&s&s)", &account, &who);
  return self->people != NULL ? bk_app_people_find (self->people, account, who) : NULL;
}

static const char *
name_of (BkAppPerson *person)
{
  return beckon_contact_get_signin_name (bk_app_person_get_contact (person));
}

/* The window may have been closed meanwhile. */
static void
tell_problem (BkAppWindow *self, GError *error)
{
  if (self->app != NULL)
    bk_app_tell (self->app, "contact", bk_app_error_text (error));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  /* The verbs about contacts have the same ending. */
  if (!beckon_account_approve_contact_finish (BECKON_ACCOUNT (source), result, &error))
    tell_problem (self, error);
}

/* ---- a question before something is done ---- */

typedef struct
{
  BkAppWindow *window;
  BkAppPerson *person;
  GtkEditable *entry; /* nullable; belongs to the dialog */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->window);
  g_object_unref (question->person);
  g_free (question);
}

static Question *
question_new (BkAppWindow *window, BkAppPerson *person)
{
  Question *question = g_new0 (Question, 1);

  question->window = g_object_ref (window);
  question->person = g_object_ref (person);
  return question;
}

static void
ask (AdwMessageDialog *dialog, Question *question, GCallback on_answer)
{
  g_signal_connect_data (dialog, "response", on_answer, question,
                         (GClosureNotify) (void (*) (void)) question_free, 0);
  bk_app_close_without_person (GTK_WINDOW (dialog), bk_app_get_messenger (question->window->app), question->person);
  bk_app_present_question (dialog);
}

/* ---- adding and removing ---- */

static void
on_add_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BeckonMessenger *messenger = bk_app_get_messenger (BK_APP_WINDOW (widget)->app);

  if (messenger != NULL && g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) > 0)
    bk_app_add_contact_show (GTK_WINDOW (widget), messenger);
}

static void
on_remove_answer (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "remove"))
    beckon_account_remove_contact_async (bk_app_person_get_account (question->person), name_of (question->person), NULL,
                                         on_done, g_object_ref (question->window));
}

static void
on_remove_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = find_person (self, parameter);

  if (person == NULL)
    return;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Remove %s?"),
                                     beckon_contact_get_display_name (bk_app_person_get_contact (person)));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("You will no longer be on each other’s contact lists. Your messages are kept."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  ask (ADW_MESSAGE_DIALOG (dialog), question_new (self, person), G_CALLBACK (on_remove_answer));
}

/* (account, who), who may be about to appear in the list. */
static void
on_open_conversation (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *account;
  const char *who;

  g_variant_get (parameter, "(&s&s)", &account, &who);
  bk_app_window_open_conversation (BK_APP_WINDOW (widget), account, who);
}

/* ---- the name that the user gives ---- */

static void
on_rename_answer (AdwMessageDialog *dialog, const char *response, Question *question)
{
  BeckonContact *contact = bk_app_person_get_contact (question->person);
  g_autofree char *alias = g_strstrip (g_strdup (gtk_editable_get_text (question->entry)));

  if (g_str_equal (response, "rename"))
    beckon_account_set_contact_async (bk_app_person_get_account (question->person), name_of (question->person), alias,
                                      beckon_contact_get_pinned (contact), beckon_contact_get_muted (contact), NULL,
                                      on_done, g_object_ref (question->window));
}

static void
on_alias_changed (GtkEditable *editable, AdwMessageDialog *dialog)
{
  gboolean fits = strlen (gtk_editable_get_text (editable)) <= MAX_ALIAS;

  adw_message_dialog_set_response_enabled (dialog, "rename", fits);
  if (fits)
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
}

static void
on_rename_contact (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = find_person (self, parameter);

  if (person == NULL)
    return;
  BeckonContact *contact = bk_app_person_get_contact (person);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/contacts/rename-dialog.ui");
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (gtk_builder_get_object (builder, "dialog"));
  Question *question = question_new (self, person);

  question->entry = GTK_EDITABLE (gtk_builder_get_object (builder, "alias"));
  adw_message_dialog_format_body (dialog,
                                  _("Your own name for %s. Nobody else sees it. Leave it empty to use the name that "
                                    "the person has chosen."),
                                  name_of (person));
  gtk_editable_set_text (question->entry, beckon_contact_get_alias (contact));
  g_signal_connect_object (question->entry, "changed", G_CALLBACK (on_alias_changed), dialog, 0);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), GTK_WINDOW (self));
  ask (dialog, question, G_CALLBACK (on_rename_answer));
  gtk_widget_grab_focus (GTK_WIDGET (question->entry));
}

/* ---- what needs no question ---- */

static void
on_verb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = find_person (self, parameter);

  if (person == NULL)
    return;
  BeckonAccount *account = bk_app_person_get_account (person);
  if (g_str_equal (action, "win.approve-contact"))
    beckon_account_approve_contact_async (account, name_of (person), NULL, on_done, g_object_ref (self));
  else if (g_str_equal (action, "win.decline-contact"))
    beckon_account_decline_contact_async (account, name_of (person), NULL, on_done, g_object_ref (self));
  else
    beckon_account_block_contact_async (account, name_of (person), g_str_equal (action, "win.block-contact"), NULL,
                                        on_done, g_object_ref (self));
}

/* Pins or unpins, mutes or unmutes. */
static void
on_switch (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = find_person (self, parameter);

  if (person == NULL)
    return;
  BeckonContact *contact = bk_app_person_get_contact (person);
  gboolean pinned = beckon_contact_get_pinned (contact);
  gboolean muted = beckon_contact_get_muted (contact);
  if (g_str_equal (action, "win.pin-contact"))
    pinned = !pinned;
  else
    muted = !muted;
  beckon_account_set_contact_async (bk_app_person_get_account (person), name_of (person),
                                    beckon_contact_get_alias (contact), pinned, muted, NULL, on_done,
                                    g_object_ref (self));
}

static void
on_copy_name (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppPerson *person = find_person (BK_APP_WINDOW (widget), parameter);

  if (person == NULL)
    return;
  gboolean link = g_str_equal (action, "win.copy-link");
  g_autofree char *text = link ? bk_app_link_new (name_of (person)) : g_strdup (name_of (person));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  bk_app_window_tell (BK_APP_WINDOW (widget), link ? _("The link was copied.") : _("The sign-in name was copied."),
                      NULL, NULL, NULL);
}

/* For somebody to add the user: the link to the primary account. */
static void
on_copy_own_link (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);
  BeckonAccount *account = messenger != NULL ? beckon_messenger_get_primary_account (messenger) : NULL;

  if (account == NULL)
    return;
  g_autofree char *link = bk_app_link_new (beckon_account_get_signin_name (account));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), link);
  bk_app_window_tell (self, _("The link was copied."), NULL, NULL, NULL);
}

static void
on_show_profile (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppPerson *person = find_person (BK_APP_WINDOW (widget), parameter);

  if (person != NULL)
    bk_app_profile_show (GTK_WINDOW (widget), bk_app_get_messenger (BK_APP_WINDOW (widget)->app), person);
}

/* @parameter: as above; NULL for all groups. */
static void
on_groups (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BkAppWindow *self = BK_APP_WINDOW (widget);
  BkAppPerson *person = parameter != NULL ? find_person (self, parameter) : NULL;
  BeckonMessenger *messenger = bk_app_get_messenger (self->app);

  if (messenger != NULL && self->people != NULL && (parameter == NULL || person != NULL)
      && g_list_model_get_n_items (beckon_messenger_get_accounts (messenger)) > 0)
    bk_app_groups_window_show (GTK_WINDOW (self), messenger, self->people, person);
}

void
bk_app_window_install_people_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    const char *parameter;
    GtkWidgetActionActivateFunc func;
  } actions[] = {
    { "win.add-contact", NULL, on_add_contact },
    { "win.open-conversation", "(ss)", on_open_conversation },
    { "win.groups", NULL, on_groups },
    { "win.groups-of-contact", "(ss)", on_groups },
    { "win.approve-contact", "(ss)", on_verb },
    { "win.decline-contact", "(ss)", on_verb },
    { "win.block-contact", "(ss)", on_verb },
    { "win.unblock-contact", "(ss)", on_verb },
    { "win.remove-contact", "(ss)", on_remove_contact },
    { "win.rename-contact", "(ss)", on_rename_contact },
    { "win.pin-contact", "(ss)", on_switch },
    { "win.mute-contact", "(ss)", on_switch },
    { "win.copy-name", "(ss)", on_copy_name },
    { "win.copy-link", "(ss)", on_copy_name },
    { "win.copy-own-link", NULL, on_copy_own_link },
    { "win.show-profile", "(ss)", on_show_profile },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter, actions[i].func);
}
