/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-register-window.h"

#include "bk-app-text.h"

struct _BkAppRegisterWindow
{
  AdwWindow parent_instance;

  /* Template Widgets */
  GtkEditable *name;
  GtkEditable *command;
  GtkEditable *guid;
  GtkEditable *url;
  GtkWidget *add;
  GtkLabel *problem;

  BeckonMessenger *messenger; /* owned */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (BkAppRegisterWindow, bk_app_register_window, ADW_TYPE_WINDOW)

static void
update (BkAppRegisterWindow *self)
{
  gtk_widget_set_sensitive (self->add, !self->busy && *gtk_editable_get_text (self->name) != '\0'
                                         && *gtk_editable_get_text (self->command) != '\0');
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BkAppRegisterWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (beckon_messenger_register_application_finish (BECKON_MESSENGER (source), result, &error))
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
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *made = g_strdup_printf ("{%s}", random);

  if (!gtk_widget_get_sensitive (self->add))
    return;
  self->busy = TRUE;
  update (self);
  beckon_messenger_register_application_async (self->messenger, *guid != '\0' ? guid : made,
                                               gtk_editable_get_text (self->name), gtk_editable_get_text (self->url),
                                               gtk_editable_get_text (self->command), NULL, on_registered,
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

  self->messenger = g_object_ref (messenger);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
bk_app_register_window_finalize (GObject *object)
{
  g_clear_object (&BK_APP_REGISTER_WINDOW (object)->messenger);
  G_OBJECT_CLASS (bk_app_register_window_parent_class)->finalize (object);
}

static void
bk_app_register_window_class_init (BkAppRegisterWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bk_app_register_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/im/beckon/Beckon/preferences/register-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, name);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, command);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, guid);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, url);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, add);
  gtk_widget_class_bind_template_child (widget_class, BkAppRegisterWindow, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bk_app_register_window_init (BkAppRegisterWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}
