/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-history.h"

#include "bk-app-export.h"
#include "bk-app-private.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "contacts/bk-app-person-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  GtkWindow *window;
  BkAppPerson *person;
} Job;

static Job *
job_new (GtkWindow *window, BkAppPerson *person)
{
  Job *job = g_new0 (Job, 1);

  job->window = g_object_ref (window);
  job->person = g_object_ref (person);
  return job;
}

static void
job_free (Job *job)
{
  g_object_unref (job->window);
  g_object_unref (job->person);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static const char *
name_of (BkAppPerson *person)
{
  return beckon_contact_get_signin_name (bk_app_person_get_contact (person));
}

static void
tell (Job *job, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (job->window), "win.tell", "s", text);
}

/* ---- clearing ---- */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_clear_history_finish (BECKON_ACCOUNT (source), result, &error))
    tell (job, bk_app_error_text (error));
}

static void
on_answer (AdwMessageDialog *dialog, const char *response, Job *job)
{
  if (g_str_equal (response, "clear"))
    beckon_account_clear_history_async (bk_app_person_get_account (job->person), name_of (job->person), NULL, on_cleared,
                                        job_new (job->window, job->person));
}

void
bk_app_history_clear (GtkWindow *window, BeckonMessenger *messenger, BkAppPerson *person)
{
  GtkWidget *dialog = adw_message_dialog_new (window, NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Clear the History With %s?"),
                                     beckon_contact_get_display_name (bk_app_person_get_contact (person)));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("Your messages with this person are removed from this computer. The other person "
                                 "keeps them."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "clear", _("C_lear"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "clear", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), job_new (window, person),
                         (GClosureNotify) (void (*) (void)) job_free, 0);
  bk_app_close_without_person (GTK_WINDOW (dialog), messenger, person);
  bk_app_present_question (dialog);
}

/* ---- exporting ---- */

/* Whether the window is still there or not. */
static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkApp) app = user_data;
  g_autofree char *text = bk_app_export_finish (result);

  bk_app_tell (app, "export", text);
}

void
bk_app_history_export_to (BkApp *app, BkAppPerson *person, GFile *file)
{
  bk_app_export_async (bk_app_person_get_account (person), name_of (person), file, on_exported, g_object_ref (app));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, Job *job)
{
  g_autoptr (GFile) file
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    bk_app_history_export_to (BK_APP (gtk_window_get_application (job->window)), job->person, file);
  g_object_unref (dialog);
}

void
bk_app_history_export (GtkWindow *window, BkAppPerson *person)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Export History"), window, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              _("_Export"), NULL);
  g_autofree char *name = g_strconcat (name_of (person), ".json", NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_chosen), job_new (window, person),
                         (GClosureNotify) (void (*) (void)) job_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
