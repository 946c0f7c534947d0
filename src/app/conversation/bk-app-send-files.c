/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation/bk-app-send-files.h"

#include "bk-app-text.h"
#include "contacts/bk-app-person-window.h"

#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>

#define MAX_FILES 20               /* at once */
#define PREVIEW 96                 /* pixels */
#define ICON 32                    /* pixels */
#define MAX_PREVIEW (32 << 20)     /* bytes of a picture that is looked into */
#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME "," G_FILE_ATTRIBUTE_STANDARD_SIZE \
  "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SYMBOLIC_ICON

struct _BkAppSendFiles
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkLabel *to;
  GtkListBox *list;
  GtkLabel *problem;
  GtkWidget *send;

  /* Owned References */
  BeckonMessenger *messenger;
  BkAppPerson *person;
  GListStore *files; /* element-type GFile: those that are still to be sent */
  GCancellable *cancellable;

  guint waiting; /* how many are being looked at or sent */
  gboolean temporary;
};

G_DEFINE_FINAL_TYPE (BkAppSendFiles, bk_app_send_files, ADW_TYPE_WINDOW)

/* One file on its way. */
typedef struct
{
  BkAppSendFiles *window;
  GFile *file;
  GtkWidget *row; /* owned */
} Sending;

static Sending *
sending_new (BkAppSendFiles *self, GFile *file, GtkWidget *row)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->window = g_object_ref (self);
  sending->file = g_object_ref (file);
  sending->row = g_object_ref (row);
  return sending;
}

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->window);
  g_object_unref (sending->file);
  g_object_unref (sending->row);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static void
tell (BkAppSendFiles *self, const char *problem)
{
  gtk_label_set_label (self->problem, problem);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
update (BkAppSendFiles *self)
{
  gboolean ready = self->waiting == 0 && g_list_model_get_n_items (G_LIST_MODEL (self->files)) > 0;
  gboolean was_ready = gtk_widget_get_sensitive (self->send);

  gtk_widget_set_sensitive (self->send, ready);
  /* While it could not be pressed, the keyboard went to Cancel. */
  if (ready && !was_ready)
    gtk_widget_grab_focus (self->send);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_file_delete_finish (G_FILE (source), result, NULL);
}

/* The file is not to be sent, or no more. */
static void
take_out (BkAppSendFiles *self, GFile *file, GtkWidget *row)
{
  guint position;

  if (g_list_store_find (self->files, file, &position))
    g_list_store_remove (self->files, position);
  if (gtk_widget_get_parent (row) == GTK_WIDGET (self->list))
    gtk_list_box_remove (self->list, row);
  if (self->temporary)
    g_file_delete_async (file, G_PRIORITY_DEFAULT, NULL, on_deleted, NULL);
  update (self);
}

/* ---- what they are ---- */

static void
on_preview (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkImage) image = user_data;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream_finish (result, NULL);

  if (pixbuf == NULL)
    return;
  g_autoptr (GdkTexture) texture = gdk_texture_new_for_pixbuf (pixbuf);
  gtk_image_set_from_paintable (image, GDK_PAINTABLE (texture));
  gtk_image_set_pixel_size (image, PREVIEW);
}

static void
on_preview_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkImage) image = user_data;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, NULL);

  if (stream != NULL)
    gdk_pixbuf_new_from_stream_at_scale_async (G_INPUT_STREAM (stream), PREVIEW, PREVIEW, TRUE, NULL, on_preview,
                                               g_steal_pointer (&image));
}

/* It is the user's own file: a picture can be looked into. */
static void
show_icon (Sending *sending, GFileInfo *info, GtkImage *image)
{
  const char *type = g_file_info_get_content_type (info);
  GIcon *icon = g_file_info_get_symbolic_icon (info);

  if (icon != NULL)
    gtk_image_set_from_gicon (image, icon);
  if (type != NULL && g_content_type_is_a (type, "image/*") && g_file_info_get_size (info) <= MAX_PREVIEW)
    g_file_read_async (sending->file, G_PRIORITY_LOW, sending->window->cancellable, on_preview_open,
                       g_object_ref (image));
}

static void
on_remove (GtkButton *button, BkAppSendFiles *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);
  g_autoptr (GFile) file = g_object_ref (g_object_get_data (G_OBJECT (row), "file"));

  take_out (self, file, row);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->files)) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  BkAppSendFiles *self = sending->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  GtkImage *image = g_object_get_data (G_OBJECT (sending->row), "image");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->waiting--;
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      tell (self, info == NULL ? error->message : _("Only files can be sent. Pack a folder into an archive first."));
      take_out (self, sending->file, sending->row);
      return;
    }
  g_autofree char *size = g_format_size ((guint64) g_file_info_get_size (info));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (sending->row), g_file_info_get_display_name (info));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (sending->row), size);
  show_icon (sending, info, image);
  update (self);
}

static void
add_file (BkAppSendFiles *self, GFile *file)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = gtk_image_new_from_icon_name ("text-x-generic-symbolic");
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (image), ICON);
  gtk_widget_set_size_request (image, PREVIEW, PREVIEW); /* the window does not grow when the picture is there */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), " "); /* nor with the size */
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _("Do Not Send"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Do Not Send"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  g_object_set_data_full (G_OBJECT (row), "file", g_object_ref (file), g_object_unref);
  g_object_set_data (G_OBJECT (row), "image", image);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove), self, 0);
  gtk_list_box_append (self->list, row);
  self->waiting++;
  g_file_query_info_async (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_info,
                           sending_new (self, file, row));
}

/* ---- sending ---- */

static void
finish_one (Sending *sending, const char *problem)
{
  BkAppSendFiles *self = sending->window;

  self->waiting--;
  if (problem != NULL)
    tell (self, problem);
  else
    take_out (self, sending->file, sending->row);
  update (self);
  if (problem == NULL && g_list_model_get_n_items (G_LIST_MODEL (self->files)) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonSession) session = beckon_messenger_send_file_finish (BECKON_MESSENGER (source), result, &error);

  finish_one (sending, session != NULL ? NULL : bk_app_error_text (error));
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  BkAppSendFiles *self = sending->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  g_autofree char *name = g_file_get_basename (sending->file);

  if (stream == NULL)
    finish_one (sending, error->message);
  else if (!G_IS_FILE_DESCRIPTOR_BASED (stream))
    finish_one (sending, _("Only files on this computer can be sent. Copy the file here first."));
  else
    beckon_messenger_send_file_async (self->messenger, bk_app_person_get_account (self->person),
                                      beckon_contact_get_signin_name (bk_app_person_get_contact (self->person)),
                                      g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream)), name,
                                      self->cancellable, on_sent, g_steal_pointer (&sending));
}

static void
on_send (GtkButton *button, BkAppSendFiles *self)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      GFile *file = g_object_get_data (G_OBJECT (row), "file");

      self->waiting++;
      g_file_read_async (file, G_PRIORITY_DEFAULT, self->cancellable, on_open, sending_new (self, file, row));
    }
  update (self);
}

/* ---- the window ---- */

static gboolean
bk_app_send_files_close_request (GtkWindow *window)
{
  BkAppSendFiles *self = BK_APP_SEND_FILES (window);

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; self->temporary && i < g_list_model_get_n_items (G_LIST_MODEL (self->files)); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (G_LIST_MODEL (self->files), i);
      g_file_delete_async (file, G_PRIORITY_DEFAULT, NULL, on_deleted, NULL);
    }
  return GTK_WINDOW_CLASS (bk_app_send_files_parent_class)->close_request (window);
}

static void
bk_app_send_files_dispose (GObject *object)
{
  BkAppSendFiles *self = BK_APP_SEND_FILES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->messenger);
  g_clear_object (&self->person);
  g_clear_object (&self->files);
  G_OBJECT_CLASS (bk_app_send_files_parent_class)->dispose (object);
}

static void
bk_app_send_files_class_init (BkAppSendFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bk_app_send_files_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = bk_app_send_files_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/conversation/send-files.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppSendFiles, to);
  gtk_widget_class_bind_template_child (widget_class, BkAppSendFiles, list);
  gtk_widget_class_bind_template_child (widget_class, BkAppSendFiles, problem);
  gtk_widget_class_bind_template_child (widget_class, BkAppSendFiles, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_send_files_init (BkAppSendFiles *self)
{
  self->cancellable = g_cancellable_new ();
  self->files = g_list_store_new (G_TYPE_FILE);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bk_app_send_files_show (GtkWindow *parent, BeckonMessenger *messenger, BkAppPerson *person, GListModel *files,
                        gboolean temporary)
{
  BkAppSendFiles *self = g_object_new (BK_TYPE_APP_SEND_FILES, "transient-for", parent, NULL);
  guint n_files = g_list_model_get_n_items (files);
  g_autofree char *to
    = g_strdup_printf (_("To %s"), beckon_contact_get_display_name (bk_app_person_get_contact (person)));

  /* Not “destroy-with-parent”: what is under way may hold it for longer, and GTK 4.8 then looks at the parent again. */
  g_signal_connect_object (parent, "destroy", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  self->messenger = g_object_ref (messenger);
  self->person = g_object_ref (person);
  self->temporary = temporary;
  bk_app_close_without_person (GTK_WINDOW (self), messenger, person);
  gtk_label_set_label (self->to, to);
  for (guint i = 0; i < MIN (n_files, MAX_FILES); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      g_list_store_append (self->files, file);
      add_file (self, file);
    }
  if (n_files > MAX_FILES)
    {
      g_autofree char *problem = g_strdup_printf (
        ngettext ("No more than %u file can be sent at once.", "No more than %u files can be sent at once.", MAX_FILES),
        MAX_FILES);
      tell (self, problem);
    }
  update (self);
  gtk_window_present (GTK_WINDOW (self));
}
