/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window with one long list, as little as can be in each row: a picture of initials and a name, or a text that wraps.
 * usage: bare-list contacts|messages */
#include <adwaita.h>

#define N_ROWS 10000
#define WIDTH 300 /* of the list of contacts; messages have the rest of the window */

static gboolean messages;

static GListModel *
make_rows (void)
{
  static const char sentence[]
    = "The quick brown fox jumps over the lazy dog and is back before anybody has seen it go. ";
  GtkStringList *rows = gtk_string_list_new (NULL);

  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *name = messages ? g_strdup_printf ("%u %.*s", i, (int) (i * 37 % sizeof sentence), sentence)
                                       : g_strdup_printf ("Person %u", i);
      gtk_string_list_append (rows, name);
    }
  return G_LIST_MODEL (rows);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (NULL);

  if (messages)
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  else
    gtk_box_append (GTK_BOX (row), adw_avatar_new (40, NULL, TRUE));
  gtk_box_append (GTK_BOX (row), label);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  GtkWidget *row = gtk_list_item_get_child (item);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (row)), text);
  if (!messages)
    adw_avatar_set_text (ADW_AVATAR (gtk_widget_get_first_child (row)), text);
}

/* Messages are read from the newest on. */
static void
on_changed (GtkAdjustment *adjustment)
{
  g_signal_handlers_disconnect_by_func (adjustment, on_changed, NULL);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
on_activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (gtk_no_selection_new (make_rows ()));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), gtk_list_view_new (selection, factory));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  if (messages)
    {
      gtk_widget_set_margin_start (scrolled, WIDTH);
      gtk_widget_set_hexpand (scrolled, TRUE);
      g_signal_connect (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), "changed",
                        G_CALLBACK (on_changed), NULL);
    }
  else
    {
      gtk_widget_set_size_request (scrolled, WIDTH, -1);
    }
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 640);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new ("im.beckon.BareList", G_APPLICATION_DEFAULT_FLAGS);

  messages = argc > 1 && g_str_equal (argv[1], "messages");
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
