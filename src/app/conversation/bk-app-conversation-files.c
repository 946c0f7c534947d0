/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways by which files come into a conversation. */
#include "conversation/bk-app-conversation-private.h"

#include "conversation/bk-app-send-files.h"

#include <glib/gi18n.h>

static gboolean
can_send (BkAppConversation *self)
{
  return self->conversation != NULL && self->messenger != NULL && gtk_widget_is_sensitive (GTK_WIDGET (self->composer));
}

static void
send_files (BkAppConversation *self, GListModel *files, gboolean temporary)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL && can_send (self) && g_list_model_get_n_items (files) > 0)
    bk_app_send_files_show (GTK_WINDOW (root), self->messenger, self->person, files, temporary);
}

void
bk_app_conversation_attach (BkAppComposer *composer, GListModel *files, gboolean temporary, BkAppConversation *self)
{
  send_files (self, files, temporary);
}

void
bk_app_conversation_send_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  g_list_store_append (files, file);
  send_files (BK_APP_CONVERSATION (widget), G_LIST_MODEL (files), FALSE);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, BkAppConversation *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  if (!can_send (self))
    return FALSE;
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    g_list_store_append (files, l->data);
  send_files (self, G_LIST_MODEL (files), FALSE);
  return TRUE;
}

static void
on_chosen (GtkNativeDialog *dialog, int response, BkAppConversation *self)
{
  g_autoptr (GListModel) files
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (files != NULL)
    send_files (self, files, FALSE);
  g_clear_object (&self->chooser);
}

void
bk_app_conversation_choose_files (BkAppConversation *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!can_send (self) || root == NULL)
    return;
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (
    gtk_file_chooser_native_new (_("Send Files"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Send"), NULL));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (self->chooser);
}

void
bk_app_conversation_take_drops (BkAppConversation *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
