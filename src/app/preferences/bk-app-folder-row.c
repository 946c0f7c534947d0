/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-folder-row.h"

#include "bk-app-accessible.h"
#include "portal/bk-app-files.h"

#include <glib/gi18n.h>

struct _BkAppFolderRow
{
  AdwActionRow parent_instance;

  /* Template Widgets */
  GtkWidget *reset;
  GtkWidget *choose;

  char *folder;
  GtkFileChooserNative *chooser; /* owned; nullable */
};

enum
{
  PROP_0,
  PROP_FOLDER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BkAppFolderRow, bk_app_folder_row, ADW_TYPE_ACTION_ROW)

/* As the session service has it. */
static char *
dup_usual (void)
{
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  return folder != NULL ? g_strdup (folder) : g_build_filename (g_get_home_dir (), "Downloads", NULL);
}

static void
show (BkAppFolderRow *self)
{
  gboolean known = self->folder != NULL && *self->folder != '\0';
  g_autofree char *usual = dup_usual ();
  g_autofree char *shown = bk_app_files_dup_shown (known ? self->folder : usual);

  gtk_widget_set_visible (self->reset, known && !g_str_equal (self->folder, usual));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), shown);
}

static void
set_folder (BkAppFolderRow *self, const char *folder)
{
  if (g_strcmp0 (self->folder, folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDER]);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, BkAppFolderRow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  /* The path goes over the bus as text. */
  if (response == GTK_RESPONSE_ACCEPT && path != NULL && g_utf8_validate (path, -1, NULL))
    set_folder (self, path);
  g_clear_object (&self->chooser);
}

static void
on_choose (GtkButton *button, BkAppFolderRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Choose a Folder"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Ch_oose"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_reset (GtkButton *button, BkAppFolderRow *self)
{
  gtk_widget_grab_focus (self->choose); /* the button goes */
  set_folder (self, "");
}

static void
bk_app_folder_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_FOLDER)
    g_value_set_string (value, BK_APP_FOLDER_ROW (object)->folder);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_folder_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_FOLDER)
    set_folder (BK_APP_FOLDER_ROW (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bk_app_folder_row_finalize (GObject *object)
{
  BkAppFolderRow *self = BK_APP_FOLDER_ROW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_free (self->folder);
  G_OBJECT_CLASS (bk_app_folder_row_parent_class)->finalize (object);
}

static void
bk_app_folder_row_class_init (BkAppFolderRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = bk_app_folder_row_get_property;
  object_class->set_property = bk_app_folder_row_set_property;
  object_class->finalize = bk_app_folder_row_finalize;
  properties[PROP_FOLDER]
    = g_param_spec_string ("folder", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/folder-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppFolderRow, reset);
  gtk_widget_class_bind_template_child (widget_class, BkAppFolderRow, choose);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
}

static void
bk_app_folder_row_init (BkAppFolderRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bk_app_accessible_name (self->choose, _("Choose a folder"));
  show (self);
}
