/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-password-dialog.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <glib/gi18n.h>

typedef struct
{
  BeckonAccount *account;
  GtkWindow *parent;
  GtkEditable *entry; /* belongs to the dialog */
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->account);
  g_object_unref (asking->parent);
  g_free (asking);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) parent = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_signin_finish (BECKON_ACCOUNT (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.tell", "s", bk_app_error_text (error));
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Asking *asking)
{
  if (g_str_equal (response, "sign-in"))
    beckon_account_signin_async (asking->account, gtk_editable_get_text (asking->entry), NULL, on_signed_in,
                                 g_object_ref (asking->parent));
}

static void
on_changed (GtkEditable *editable, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "sign-in", *gtk_editable_get_text (editable) != '\0');
}

/* GTK 4.8 tells a password entry that it loses the keyboard after having freed it, unless it has lost it before. */
static void
on_unmap (GtkWidget *dialog, gpointer user_data)
{
  gtk_window_set_focus (GTK_WINDOW (dialog), NULL);
}

void
bk_app_password_dialog_show (GtkWindow *parent, BeckonMessenger *messenger, BeckonAccount *account)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/preferences/password-dialog.ui");
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (gtk_builder_get_object (builder, "dialog"));
  Asking *asking = g_new0 (Asking, 1);

  asking->account = g_object_ref (account);
  asking->parent = g_object_ref (parent);
  asking->entry = GTK_EDITABLE (gtk_builder_get_object (builder, "password"));
  adw_message_dialog_format_body (dialog, _("The server did not accept the password of %s."),
                                  beckon_account_get_signin_name (account));
  g_signal_connect_object (asking->entry, "changed", G_CALLBACK (on_changed), dialog, 0);
  g_signal_connect (dialog, "unmap", G_CALLBACK (on_unmap), NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), asking,
                         (GClosureNotify) (void (*) (void)) asking_free, 0);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  bk_app_close_without (GTK_WINDOW (dialog), beckon_messenger_get_accounts (messenger), account);
  bk_app_present_question (dialog);
}
