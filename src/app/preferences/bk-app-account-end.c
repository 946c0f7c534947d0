/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting an account on its server: with what only its owner knows, and typed out so that it is no slip. */
#include "preferences/bk-app-account-page-private.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <glib/gi18n.h>

typedef struct
{
  BkAppAccountPage *page; /* owned */
  GtkEditable *name;      /* these belong to the dialog */
  GtkEditable *password;
  AdwMessageDialog *dialog;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->page);
  g_free (question);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (beckon_account_delete_finish (BECKON_ACCOUNT (source), result, &error))
    gtk_window_close (GTK_WINDOW (self));
  else if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD))
    bk_app_account_page_tell (self, _("The password is wrong. Nothing was deleted."));
  else
    bk_app_account_page_tell (self, bk_app_error_text (error));
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "delete") && question->page->account != NULL)
    beckon_account_delete_async (question->page->account, gtk_editable_get_text (question->password), NULL, on_deleted,
                                 g_object_ref (question->page));
}

static void
on_changed (GtkEditable *editable, Question *question)
{
  gboolean sure = question->page->account != NULL
                  && g_ascii_strcasecmp (gtk_editable_get_text (question->name),
                                         beckon_account_get_signin_name (question->page->account)) == 0
                  && *gtk_editable_get_text (question->password) != '\0';

  adw_message_dialog_set_response_enabled (question->dialog, "delete", sure);
}

/* GTK 4.8 tells a password entry that it loses the keyboard after having freed it, unless it has lost it before. */
static void
on_unmap (GtkWidget *dialog, gpointer user_data)
{
  gtk_window_set_focus (GTK_WINDOW (dialog), NULL);
}

void
bk_app_account_page_ask_deletion (BkAppAccountPage *self)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/preferences/delete-dialog.ui");
  Question *question = g_new0 (Question, 1);

  question->page = g_object_ref (self);
  question->dialog = ADW_MESSAGE_DIALOG (gtk_builder_get_object (builder, "dialog"));
  question->name = GTK_EDITABLE (gtk_builder_get_object (builder, "name"));
  question->password = GTK_EDITABLE (gtk_builder_get_object (builder, "password"));
  adw_message_dialog_format_body (question->dialog,
                                  _("You will disappear from your contacts’ lists, all your devices will be signed "
                                    "out, and the history of this account will be removed from this computer. This "
                                    "cannot be undone.\n\nEnter %s and the password to continue."),
                                  beckon_account_get_signin_name (self->account));
  g_signal_connect (question->name, "changed", G_CALLBACK (on_changed), question);
  g_signal_connect (question->password, "changed", G_CALLBACK (on_changed), question);
  g_signal_connect (question->dialog, "unmap", G_CALLBACK (on_unmap), NULL);
  g_signal_connect (question->dialog, "response", G_CALLBACK (on_response), question);
  g_object_set_data_full (G_OBJECT (question->dialog), "bk-question", question, (GDestroyNotify) question_free);
  gtk_window_set_transient_for (GTK_WINDOW (question->dialog), GTK_WINDOW (self));
  bk_app_close_without (GTK_WINDOW (question->dialog), self->accounts, self->account);
  bk_app_present_question (question->dialog);
}
