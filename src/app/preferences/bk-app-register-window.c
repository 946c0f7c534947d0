/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preferences/bk-app-register-window.h"

#include "bk-app-text.h"

#include <glib/gi18n.h>

/* The window and what is in it. Freed with the window. */
typedef struct
{
  GtkWindow *window;
  GtkEditable *name;
  GtkEditable *command;
  GtkEditable *guid;
  GtkEditable *url;
  GtkWidget *add;
  GtkLabel *problem;
  BeckonMessenger *messenger;
} Registering;

static void
registering_free (Registering *registering)
{
  g_object_unref (registering->messenger);
  g_free (registering);
}

static void
update (Registering *registering)
{
  gtk_widget_set_sensitive (registering->add, *gtk_editable_get_text (registering->name) != '\0'
                                                && *gtk_editable_get_text (registering->command) != '\0');
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  Registering *registering = g_object_get_data (G_OBJECT (window), "registering");
  g_autoptr (GError) error = NULL;
  gboolean registered
    = beckon_messenger_register_application_finish (BECKON_MESSENGER (source), result, &error);

  if (!gtk_widget_get_visible (GTK_WIDGET (window)))
    return; /* closed meanwhile */
  if (registered)
    {
      gtk_window_close (window);
      return;
    }
  gtk_label_set_label (registering->problem, bk_app_error_text (error));
  gtk_widget_set_visible (GTK_WIDGET (registering->problem), TRUE);
  update (registering);
}

static void
on_add (GtkWidget *widget, Registering *registering)
{
  const char *guid = gtk_editable_get_text (registering->guid);
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *made = g_strdup_printf ("{%s}", random);

  if (!gtk_widget_get_sensitive (registering->add))
    return;
  gtk_widget_set_sensitive (registering->add, FALSE);
  beckon_messenger_register_application_async (
    registering->messenger, *guid != '\0' ? guid : made, gtk_editable_get_text (registering->name),
    gtk_editable_get_text (registering->url), gtk_editable_get_text (registering->command), NULL, on_registered,
    g_object_ref (registering->window));
}

static void
on_changed (GtkEditable *editable, Registering *registering)
{
  gtk_widget_set_visible (GTK_WIDGET (registering->problem), FALSE);
  update (registering);
}

static GtkEditable *
get_row (GtkBuilder *builder, const char *id, Registering *registering)
{
  GtkEditable *row = GTK_EDITABLE (gtk_builder_get_object (builder, id));

  g_signal_connect (row, "changed", G_CALLBACK (on_changed), registering);
  g_signal_connect (row, "entry-activated", G_CALLBACK (on_add), registering);
  return row;
}

void
bk_app_register_window_show (GtkWindow *parent, BeckonMessenger *messenger)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/im/beckon/Beckon/preferences/register-window.ui");
  Registering *registering = g_new0 (Registering, 1);

  registering->messenger = g_object_ref (messenger);
  registering->window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  registering->problem = GTK_LABEL (gtk_builder_get_object (builder, "problem"));
  registering->add = GTK_WIDGET (gtk_builder_get_object (builder, "add"));
  registering->name = get_row (builder, "name", registering);
  registering->command = get_row (builder, "command", registering);
  registering->guid = get_row (builder, "guid", registering);
  registering->url = get_row (builder, "url", registering);
  g_signal_connect (registering->add, "clicked", G_CALLBACK (on_add), registering);
  g_object_set_data_full (G_OBJECT (registering->window), "registering", registering,
                          (GDestroyNotify) registering_free);
  update (registering);
  gtk_window_set_transient_for (registering->window, parent);
  gtk_window_present (registering->window);
}
