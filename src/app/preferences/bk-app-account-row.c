/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-account-row.h"

#include "bk-app-text.h"
#include "bk-app-widgets.h"
#include "preferences/bk-app-account-page.h"

#include <glib/gi18n.h>

struct _BkAppAccountRow
{
  AdwExpanderRow parent_instance;

  /* Template Widgets */
  GtkEditable *display_name;
  GtkEditable *personal_message;
  AdwActionRow *server;
  GtkButton *connection;

  /* Owned References */
  BeckonMessenger *messenger;
  BeckonAccount *account;
};

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BkAppAccountRow, bk_app_account_row, ADW_TYPE_EXPANDER_ROW)

/* What the user is just writing is left alone. */
static void
show_text (GtkEditable *row, const char *text)
{
  if (!g_str_equal (gtk_editable_get_text (row), text) && gtk_widget_get_focus_child (GTK_WIDGET (row)) == NULL)
    gtk_editable_set_text (row, text);
}

static void
show (BkAppAccountRow *self)
{
  g_autofree char *trouble = bk_app_account_dup_trouble (self->account);
  const char *server = beckon_account_get_server (self->account);
  gboolean offline = g_str_equal (beckon_account_get_state (self->account), "offline");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), beckon_account_get_signin_name (self->account));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self),
                                 trouble != NULL ? trouble
                                                 : bk_app_status_word (beckon_account_get_status (self->account)));
  show_text (self->display_name, beckon_account_get_display_name (self->account));
  show_text (self->personal_message, beckon_account_get_personal_message (self->account));
  adw_action_row_set_subtitle (self->server, *server != '\0' ? server : _("Found from the sign-in name"));
  gtk_button_set_label (self->connection, offline ? _("_Sign In") : _("Sign _Out"));
}

static void
on_notify (BeckonAccount *account, GParamSpec *pspec, BkAppAccountRow *self)
{
  show (self);
}

static void
tell (BkAppAccountRow *self, const char *text)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL)
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), bk_app_toast_new (text));
}

static void
on_named (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_display_name_finish (BECKON_ACCOUNT (source), result, &error))
    tell (self, bk_app_error_text (error));
}

static void
on_name_apply (AdwEntryRow *row, BkAppAccountRow *self)
{
  beckon_account_set_display_name_async (self->account, gtk_editable_get_text (self->display_name), NULL, on_named,
                                         g_object_ref (self));
}

static void
on_message_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_status_finish (BECKON_ACCOUNT (source), result, &error))
    tell (self, bk_app_error_text (error));
}

static void
on_message_apply (AdwEntryRow *row, BkAppAccountRow *self)
{
  beckon_account_set_status_async (self->account, beckon_account_get_wanted_status (self->account),
                                   gtk_editable_get_text (self->personal_message), NULL, on_message_set,
                                   g_object_ref (self));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountRow) self = user_data;
  g_autoptr (GError) error = NULL;

  /* Signing in and out have the same ending. */
  if (!beckon_account_signin_finish (BECKON_ACCOUNT (source), result, &error))
    tell (self, bk_app_error_text (error));
}

static void
on_connection (GtkButton *button, BkAppAccountRow *self)
{
  if (g_str_equal (beckon_account_get_state (self->account), "offline"))
    beckon_account_signin_async (self->account, "", NULL, on_connected, g_object_ref (self));
  else
    beckon_account_signout_async (self->account, NULL, on_connected, g_object_ref (self));
}

static void
on_page (AdwActionRow *row, BkAppAccountRow *self)
{
  bk_app_account_page_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->messenger,
                            self->account);
}

static void
on_remove (GtkButton *button, BkAppAccountRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

BeckonAccount *
bk_app_account_row_get_account (BkAppAccountRow *self)
{
  return self->account;
}

static void
bk_app_account_row_dispose (GObject *object)
{
  BkAppAccountRow *self = BK_APP_ACCOUNT_ROW (object);

  if (self->account != NULL)
    g_signal_handlers_disconnect_by_data (self->account, self);
  g_clear_object (&self->account);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_account_row_parent_class)->dispose (object);
}

static void
bk_app_account_row_class_init (BkAppAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_account_row_dispose;
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", BK_TYPE_APP_ACCOUNT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountRow, display_name);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountRow, personal_message);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountRow, server);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountRow, connection);
  gtk_widget_class_bind_template_callback (widget_class, on_name_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_message_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_connection);
  gtk_widget_class_bind_template_callback (widget_class, on_page);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
bk_app_account_row_init (BkAppAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bk_app_account_row_new (BeckonMessenger *messenger, BeckonAccount *account)
{
  BkAppAccountRow *self = g_object_new (BK_TYPE_APP_ACCOUNT_ROW, NULL);

  self->messenger = g_object_ref (messenger);
  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify", G_CALLBACK (on_notify), self, 0);
  show (self);
  return GTK_WIDGET (self);
}
