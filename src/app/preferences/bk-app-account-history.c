/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of an account: written to a file, and removed. */
#include "preferences/bk-app-account-page-private.h"

#include "bk-app-export.h"
#include "bk-app-private.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <glib/gi18n.h>

/* ---- into a file ---- */

/* Where the page has gone meanwhile, the application says it. */
static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *place = user_data;
  g_autoptr (BkAppAccountPage) self = g_weak_ref_get (place);
  g_autofree char *text = bk_app_export_finish (result);

  g_weak_ref_clear (place);
  g_free (place);
  if (self == NULL || self->account == NULL)
    {
      bk_app_tell (BK_APP (g_application_get_default ()), "export", text);
      return;
    }
  self->exporting = FALSE;
  gtk_widget_set_sensitive (self->clear, TRUE);
  bk_app_account_page_tell (self, text);
}

void
bk_app_account_page_export (BkAppAccountPage *self, GFile *file)
{
  GWeakRef *place = g_new0 (GWeakRef, 1);

  g_weak_ref_init (place, self);
  self->exporting = TRUE;
  gtk_widget_set_sensitive (self->clear, FALSE);
  bk_app_export_async (self->account, NULL, file, on_exported, place);
}

static void
on_export_chosen (GtkNativeDialog *dialog, int response, BkAppAccountPage *self)
{
  g_autoptr (GFile) file
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    bk_app_account_page_export (self, file);
  g_clear_object (&self->chooser);
}

/* The button can be pressed while a file is written, or the keyboard would be taken from it. */
void
bk_app_account_page_choose_export (BkAppAccountPage *self)
{
  if (self->exporting)
    return;
  g_autofree char *name = g_strdup_printf ("beckon-%s.json", beckon_account_get_signin_name (self->account));
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Export History"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("_Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), g_strdelimit (name, "/", '-'));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_export_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- away ---- */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean cleared = beckon_account_clear_history_finish (BECKON_ACCOUNT (source), result, &error);

  bk_app_account_page_tell (self, cleared ? _("The history was cleared on this computer.")
                                          : bk_app_error_text (error));
}

static void
on_clear_answer (AdwMessageDialog *dialog, const char *response, BkAppAccountPage *self)
{
  if (g_str_equal (response, "clear") && self->account != NULL)
    beckon_account_clear_history_async (self->account, NULL, NULL, on_cleared, g_object_ref (self));
}

void
bk_app_account_page_ask_clearing (BkAppAccountPage *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Clear the History?"), NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("All messages of %s will be removed from this computer for good. Other people "
                                    "keep theirs."),
                                  beckon_account_get_signin_name (self->account));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "clear", _("C_lear"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "clear", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_clear_answer), self, 0);
  bk_app_close_without (GTK_WINDOW (dialog), self->accounts, self->account);
  bk_app_present_question (dialog);
}
