/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of an account: written to a file, and removed. */
#include "preferences/bk-app-account-page-private.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>

/* ---- into a file ---- */

typedef struct
{
  BkAppAccountPage *page;
  GFileOutputStream *stream;
  char *problem; /* why it has failed; nullable */
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->page);
  g_clear_object (&export->stream);
  g_free (export->problem);
  g_free (export);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;
  gboolean closed = g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error);

  gtk_widget_set_sensitive (export->page->history, TRUE);
  if (export->problem != NULL)
    bk_app_account_page_tell (export->page, export->problem);
  else
    bk_app_account_page_tell (export->page, closed ? _("The history was exported.") : error->message);
  export_free (export);
}

/* What is only half there must not take the place of an older file. */
static void
finish_export (Export *export)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  if (export->problem != NULL)
    g_cancellable_cancel (cancelled);
  g_output_stream_close_async (G_OUTPUT_STREAM (export->stream), G_PRIORITY_DEFAULT, cancelled, on_closed, export);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_export_history_finish (BECKON_ACCOUNT (source), result, &error))
    export->problem = g_strdup (bk_app_error_text (error));
  finish_export (export);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;

  export->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (export->stream == NULL || export->page->account == NULL)
    {
      gtk_widget_set_sensitive (export->page->history, TRUE);
      bk_app_account_page_tell (export->page, error != NULL ? error->message : "");
      export_free (export);
      return;
    }
  if (!G_IS_FILE_DESCRIPTOR_BASED (export->stream))
    {
      export->problem = g_strdup (_("The history can only be exported to a folder on this computer."));
      finish_export (export);
      return;
    }
  beckon_account_export_history_async (export->page->account, NULL,
                                       g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (export->stream)), NULL,
                                       on_exported, export);
}

void
bk_app_account_page_export (BkAppAccountPage *self, GFile *file)
{
  Export *export = g_new0 (Export, 1);

  export->page = g_object_ref (self);
  gtk_widget_set_sensitive (self->history, FALSE);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                        G_PRIORITY_DEFAULT, NULL, on_opened, export);
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

void
bk_app_account_page_choose_export (BkAppAccountPage *self)
{
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
  gtk_window_present (GTK_WINDOW (dialog));
}
