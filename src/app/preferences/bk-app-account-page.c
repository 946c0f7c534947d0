/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-account-page-private.h"

#include "bk-app-accessible.h"
#include "bk-app-avatar.h"
#include "bk-app-text.h"
#include "bk-app-widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_PASSWORD 6 /* of the contract, in bytes, as the next one */
#define MAX_PASSWORD 256

G_DEFINE_FINAL_TYPE (BkAppAccountPage, bk_app_account_page, ADW_TYPE_WINDOW)

void
bk_app_account_page_tell (BkAppAccountPage *self, const char *text)
{
  if (self->account != NULL && *text != '\0') /* else the window is closed */
    adw_toast_overlay_add_toast (self->toasts, bk_app_toast_new (text));
}

/* ---- the picture ---- */

static void
show_picture (BkAppAccountPage *self)
{
  const char *path = beckon_account_get_avatar (self->account);

  adw_avatar_set_text (self->avatar, beckon_account_get_display_name (self->account));
  bk_app_avatar_show (self->avatar, path);
  gtk_widget_set_visible (self->remove_picture, *path != '\0');
}

static void
on_account_notify (BeckonAccount *account, GParamSpec *pspec, BkAppAccountPage *self)
{
  show_picture (self);
}

static void
on_picture_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_set_avatar_finish (BECKON_ACCOUNT (source), result, &error))
    bk_app_account_page_tell (self, bk_app_error_text (error));
}

static void
on_picture_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) picture = bk_app_avatar_encode_finish (result, &error);

  if (self->account == NULL)
    return;
  if (picture != NULL)
    beckon_account_set_avatar_async (self->account, picture, NULL, on_picture_set, g_object_ref (self));
  else
    bk_app_account_page_tell (self, _("That file is not a picture that can be used."));
}

void
bk_app_account_page_set_picture (BkAppAccountPage *self, GFile *file)
{
  bk_app_avatar_encode_async (file, self->cancellable, on_picture_made, g_object_ref (self));
}

static void
on_picture_chosen (GtkNativeDialog *dialog, int response, BkAppAccountPage *self)
{
  g_autoptr (GFile) file
    = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    bk_app_account_page_set_picture (self, file);
  g_clear_object (&self->chooser);
}

static void
on_choose_picture (GtkButton *button, BkAppAccountPage *self)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Choose a Picture"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               NULL, NULL);
  gtk_file_filter_set_name (filter, _("Pictures"));
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_object_unref (filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_picture_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_remove_picture (GtkButton *button, BkAppAccountPage *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  beckon_account_set_avatar_async (self->account, nothing, NULL, on_picture_set, g_object_ref (self));
}

/* ---- the password ---- */

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
on_password_edited (GtkEditable *editable, BkAppAccountPage *self)
{
  gsize length = strlen (text_of (self->new_password));

  gtk_widget_remove_css_class (self->old_password, "error");
  gtk_widget_set_sensitive (self->change_password, *text_of (self->old_password) != '\0' && length >= MIN_PASSWORD
                                                     && length <= MAX_PASSWORD);
}

static void read_devices (BkAppAccountPage *self);

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean changed = beckon_account_change_password_finish (BECKON_ACCOUNT (source), result, &error);

  if (self->account == NULL)
    return;
  on_password_edited (NULL, self);
  if (changed)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->old_password), "");
      gtk_editable_set_text (GTK_EDITABLE (self->new_password), "");
      bk_app_account_page_tell (self, _("The password was changed."));
      read_devices (self);
    }
  else if (g_error_matches (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD))
    {
      gtk_widget_add_css_class (self->old_password, "error");
      gtk_widget_grab_focus (self->old_password);
      bk_app_account_page_tell (self, _("The current password is wrong."));
    }
  else
    {
      bk_app_account_page_tell (self, bk_app_error_text (error));
    }
}

static void
on_change_password (GtkWidget *widget, BkAppAccountPage *self)
{
  if (!gtk_widget_get_sensitive (self->change_password))
    return;
  gtk_widget_set_sensitive (self->change_password, FALSE);
  beckon_account_change_password_async (self->account, text_of (self->old_password), text_of (self->new_password), NULL,
                                        on_password_changed, g_object_ref (self));
}

/* ---- the devices ---- */

static void
on_device_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!beckon_account_remove_device_finish (BECKON_ACCOUNT (source), result, &error))
    bk_app_account_page_tell (self, bk_app_error_text (error));
  if (self->account != NULL)
    read_devices (self);
}

static void
on_remove_device (GtkButton *button, BkAppAccountPage *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  beckon_account_remove_device_async (self->account, g_object_get_data (G_OBJECT (button), "bk-device"), NULL,
                                      on_device_removed, g_object_ref (self));
}

static void
add_device (BkAppAccountPage *self, const char *id, const char *name, gint64 time, gboolean own)
{
  GtkWidget *row = adw_action_row_new ();
  const char *title = *name != '\0' ? name : _("Unnamed device");
  g_autofree char *day = bk_app_dup_day (time);
  g_autofree char *when = time > 0 ? g_strdup_printf (_("Last signed in: %s"), day) : g_strdup ("");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), own ? _("This computer") : when);
  if (!own)
    {
      GtkWidget *button = gtk_button_new_with_mnemonic (C_ ("device", "Sign _Out"));
      g_autofree char *label = g_strdup_printf (_("Sign out %s"), title);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      bk_app_accessible_name (button, label);
      g_object_set_data_full (G_OBJECT (button), "bk-device", g_strdup (id), g_free);
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove_device), self, 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  gtk_list_box_append (self->devices, row);
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppAccountPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) devices = beckon_account_list_devices_finish (BECKON_ACCOUNT (source), result, &error);

  if (self->account == NULL)
    return;
  for (GtkListBoxRow *row; (row = gtk_list_box_get_row_at_index (self->devices, 0)) != NULL;)
    gtk_list_box_remove (self->devices, GTK_WIDGET (row));
  gtk_label_set_label (self->no_devices, error != NULL ? bk_app_error_text (error) : "");
  for (gsize i = 0; devices != NULL && i < g_variant_n_children (devices); i++)
    {
      const char *id;
      const char *name;
      gint64 time;
      gboolean own;

      g_variant_get_child (devices, i, "(&s&sxb)", &id, &name, &time, &own);
      add_device (self, id, name, time, own);
    }
}

static void
read_devices (BkAppAccountPage *self)
{
  beckon_account_list_devices_async (self->account, self->cancellable, on_devices, g_object_ref (self));
}

/* ---- history and end ---- */

static void
on_export (GtkButton *button, BkAppAccountPage *self)
{
  bk_app_account_page_choose_export (self);
}

static void
on_clear (GtkButton *button, BkAppAccountPage *self)
{
  bk_app_account_page_ask_clearing (self);
}

static void
on_delete (GtkButton *button, BkAppAccountPage *self)
{
  bk_app_account_page_ask_deletion (self);
}

/* ---- the window ---- */

/* GTK 4.8 tells a password entry that it loses the keyboard after having freed it, unless it has lost it before. */
static void
bk_app_account_page_unmap (GtkWidget *widget)
{
  gtk_window_set_focus (GTK_WINDOW (widget), NULL);
  GTK_WIDGET_CLASS (bk_app_account_page_parent_class)->unmap (widget);
}

void
bk_app_account_page_show (GtkWindow *parent, BeckonMessenger *messenger, BeckonAccount *account)
{
  BkAppAccountPage *self = g_object_new (BK_TYPE_APP_ACCOUNT_PAGE, "transient-for", parent, NULL);

  self->account = g_object_ref (account);
  self->accounts = g_object_ref (beckon_messenger_get_accounts (messenger));
  bk_app_close_without (GTK_WINDOW (self), self->accounts, account);
  gtk_window_set_title (GTK_WINDOW (self), beckon_account_get_signin_name (account));
  g_signal_connect_object (account, "notify", G_CALLBACK (on_account_notify), self, 0);
  show_picture (self);
  read_devices (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
bk_app_account_page_dispose (GObject *object)
{
  BkAppAccountPage *self = BK_APP_ACCOUNT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->account);
  g_clear_object (&self->accounts);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (bk_app_account_page_parent_class)->dispose (object);
}

static void
bk_app_account_page_finalize (GObject *object)
{
  g_object_unref (BK_APP_ACCOUNT_PAGE (object)->cancellable);
  G_OBJECT_CLASS (bk_app_account_page_parent_class)->finalize (object);
}

static void
bk_app_account_page_class_init (BkAppAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_account_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bk_app_account_page_finalize;
  widget_class->unmap = bk_app_account_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, remove_picture);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, old_password);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, new_password);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, change_password);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, devices);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, no_devices);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, export);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, clear);
  gtk_widget_class_bind_template_child (widget_class, BkAppAccountPage, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_picture);
  gtk_widget_class_bind_template_callback (widget_class, on_password_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_change_password);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_delete);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_account_page_init (BkAppAccountPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
