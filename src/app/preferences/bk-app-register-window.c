/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-register-window.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BkAppRegisterWindow
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkEditable *name;
  GtkEditable *program;
  GtkEditable *arguments;
  GtkEditable *guid;
  GtkEditable *url;
  GtkButton *add;
  GtkLabel *problem;

  BeckonMessenger *messenger; /* owned */
  GtkFileChooserNative *chooser; /* owned; nullable */
  gboolean change;               /* of what is registered already */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (BkAppRegisterWindow, bk_app_register_window, ADW_TYPE_WINDOW)

static void
update (BkAppRegisterWindow *self)
{
  /* One that is started by its name on the bus has no program to be named. */
  gboolean complete = *gtk_editable_get_text (self->name) != '\0'
                      && (*gtk_editable_get_text (self->program) != '\0'
                          || !gtk_widget_get_visible (GTK_WIDGET (self->program)));

  gtk_widget_set_sensitive (GTK_WIDGET (self->add), !self->busy && complete);
}

/* ---- the program and its arguments ---- */

static char *
quote (const char *word)
{
  gboolean plain = *word != '\0' && strpbrk (word, " \t\n'\"\\$`|&;<>()*?#~=%") == NULL;

  return plain ? g_strdup (word) : g_shell_quote (word);
}

static char *
dup_command (BkAppRegisterWindow *self)
{
  const char *program = gtk_editable_get_text (self->program);
  const char *arguments = gtk_editable_get_text (self->arguments);
  g_autofree char *quoted = *program != '\0' ? quote (program) : g_strdup ("");

  return *arguments != '\0' ? g_strconcat (quoted, " ", arguments, NULL) : g_steal_pointer (&quoted);
}

static void
show_command (BkAppRegisterWindow *self, const char *command)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) arguments = g_string_new (NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->program), *command != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->arguments), *command != '\0');
  if (!g_shell_parse_argv (command, NULL, &words, NULL))
    return;
  gtk_editable_set_text (self->program, words[0]);
  for (char **word = words + 1; *word != NULL; word++)
    {
      g_autofree char *quoted = quote (*word);
      g_string_append_printf (arguments, "%s%s", arguments->len > 0 ? " " : "", quoted);
    }
  gtk_editable_set_text (self->arguments, arguments->str);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, BkAppRegisterWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL && g_utf8_validate (path, -1, NULL))
    gtk_editable_set_text (self->program, path);
  g_clear_object (&self->chooser);
}

static void
on_choose (GtkButton *button, BkAppRegisterWindow *self)
{
  const char *program = gtk_editable_get_text (self->program);

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Choose a Program"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("Ch_oose"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (g_path_is_absolute (program))
    {
      g_autoptr (GFile) file = g_file_new_for_path (program);
      gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), file, NULL);
    }
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- registering ---- */

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppRegisterWindow) self = user_data;
  BeckonMessenger *messenger = BECKON_MESSENGER (source);
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (self->change ? beckon_messenger_update_application_finish (messenger, result, &error)
                   : beckon_messenger_register_application_finish (messenger, result, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  gtk_label_set_label (self->problem, bk_app_error_text (error));
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  update (self);
}

static void
on_add (GtkWidget *widget, BkAppRegisterWindow *self)
{
  const char *guid = gtk_editable_get_text (self->guid);
  const char *name = gtk_editable_get_text (self->name);
  const char *url = gtk_editable_get_text (self->url);
  g_autofree char *command = dup_command (self);

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->add)))
    return;
  self->busy = TRUE;
  update (self);
  if (self->change)
    beckon_messenger_update_application_async (self->messenger, guid, name, url, command, NULL, on_registered,
                                               g_object_ref (self));
  else
    beckon_messenger_register_application_async (self->messenger, guid, name, url, command, NULL, on_registered,
                                                 g_object_ref (self));
}

static void
on_changed (GtkEditable *editable, BkAppRegisterWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update (self);
}

void
bk_app_register_window_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  BkAppRegisterWindow *self = g_object_new (BK_TYPE_APP_REGISTER_WINDOW, "transient-for", parent, NULL);
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *upper = g_ascii_strup (random, -1);
  g_autofree char *guid = g_strdup_printf ("{%s}", upper);

  self->messenger = g_object_ref (messenger);
  gtk_editable_set_text (self->guid, guid);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static const char *
text_of (GVariant *registration, const char *key)
{
  const char *text = "";

  g_variant_lookup (registration, key, "&s", &text);
  return text;
}

void
bk_app_register_window_show_for (GtkWindow *parent, BeckonMessenger *messenger, GVariant *registration)
{
  BkAppRegisterWindow *self = g_object_new (BK_TYPE_APP_REGISTER_WINDOW, "transient-for", parent, NULL);

  self->messenger = g_object_ref (messenger);
  self->change = TRUE;
  gtk_window_set_title (GTK_WINDOW (self), _("Change an Application"));
  gtk_button_set_label (self->add, _("_Save"));
  gtk_editable_set_text (self->guid, text_of (registration, "guid"));
  gtk_editable_set_editable (self->guid, FALSE);
  gtk_editable_set_text (self->url, text_of (registration, "url"));
  show_command (self, text_of (registration, "path"));
  gtk_editable_set_text (self->name, text_of (registration, "name"));
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
bk_app_register_window_finalize (GObject *object)
{
  BkAppRegisterWindow *self = BK_APP_REGISTER_WINDOW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->messenger);
  G_OBJECT_CLASS (bk_app_register_window_parent_class)->finalize (object);
}

static void
bk_app_register_window_class_init (BkAppRegisterWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_app_register_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/register-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, program);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, arguments);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, guid);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, url);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, add);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_register_window_init (BkAppRegisterWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}
