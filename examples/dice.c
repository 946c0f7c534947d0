/* SPDX-License-Identifier: CC0-1.0 */
/* Dice: both throw one, the higher throw wins. Plays with dice.py as well. */
#include <beckon.h>
#include <gtk/gtk.h>

typedef struct
{
  GtkWindow *window;
  GtkLabel *label;
  BeckonSessionManager *manager;
  BeckonSession *session;
  int mine;
} Dice;

static void
say (Dice *dice, const char *text)
{
  gtk_label_set_text (dice->label, text);
  g_print ("%s\n", text); /* into the session's log */
}

static void
on_data (BeckonSession *session, const char *data, Dice *dice)
{
  if (!g_regex_match_simple ("^throw [1-6]\\z", data, 0, 0)) /* somebody else's program wrote it */
    return;

  int theirs = data[strlen ("throw ")] - '0';
  const char *outcome = theirs == dice->mine ? "a draw" : dice->mine > theirs ? "you win" : "you lose";
  g_autofree char *text = g_strdup_printf ("You threw %d, %s threw %d: %s", dice->mine,
                                           beckon_session_get_user_name (session), theirs, outcome);
  say (dice, text);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_session_send_context_data_finish (BECKON_SESSION (source), result, &error))
    say (user_data, error->message);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dice *dice = user_data;
  g_autoptr (GError) error = NULL;

  dice->session = beckon_session_manager_get_launching_session_finish (dice->manager, result, &error);
  if (dice->session == NULL)
    {
      say (dice, error->message);
      return;
    }
  dice->mine = g_random_int_range (1, 7);
  g_autofree char *data = g_strdup_printf ("throw %d", dice->mine);
  g_autofree char *title = g_strdup_printf ("Dice with %s", beckon_session_get_user_name (dice->session));
  gtk_window_set_title (dice->window, title);
  g_signal_connect (dice->session, "context-data-received", G_CALLBACK (on_data), dice);
  g_object_bind_property (dice->session, "result-text", dice->window, "title", G_BINDING_DEFAULT); /* set at the end */
  beckon_session_send_context_data_async (dice->session, data, NULL, on_sent, dice);
  on_data (dice->session, beckon_session_get_context_data (dice->session), dice); /* what came before we were there */
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dice *dice = user_data;
  g_autoptr (GError) error = NULL;

  dice->manager = beckon_session_manager_new_finish (result, &error);
  if (dice->manager != NULL)
    beckon_session_manager_get_launching_session_async (dice->manager, NULL, NULL, on_session, dice);
  else
    say (dice, error->message);
}

static void
on_activate (GtkApplication *application, Dice *dice)
{
  dice->label = GTK_LABEL (gtk_label_new ("Waiting…"));
  dice->window = GTK_WINDOW (gtk_application_window_new (application));
  gtk_window_set_default_size (dice->window, 420, 120);
  gtk_window_set_child (dice->window, GTK_WIDGET (dice->label));
  gtk_window_present (dice->window);
  beckon_session_manager_new_async (NULL, NULL, on_manager, dice);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_DEFAULT_FLAGS);
  Dice dice = { NULL };

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &dice);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
