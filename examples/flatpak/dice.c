/* SPDX-License-Identifier: CC0-1.0 */
/* Dice, for a Flatpak: the bus starts it for a session, or to be told what it is. Plays with the other two as well. */
#include <beckon.h>
#include <gtk/gtk.h>

#define ID "org.example.Dice"
#define NAME "im.beckon.Beckon.Peer.Dice"
#define GUID "{5D0F3A4E-2B6C-4E1D-9C57-8A1B3E6F7D20}"

typedef struct
{
  GtkApplication *application;
  BeckonSessionManager *manager;
  gboolean busy;
} Dice;

typedef struct
{
  GtkLabel *label;
  BeckonSession *session;
  int mine;
} Game;

static void
say (Game *game, const char *text)
{
  gtk_label_set_text (game->label, text);
  g_print ("%s\n", text);
}

static void
on_data (BeckonSession *session, const char *data, Game *game)
{
  if (!g_regex_match_simple ("^throw [1-6]\\z", data, 0, 0)) /* somebody else's program wrote it */
    return;

  int theirs = data[strlen ("throw ")] - '0';
  const char *outcome = theirs == game->mine ? "a draw" : game->mine > theirs ? "you win" : "you lose";
  g_autofree char *text = g_strdup_printf ("You threw %d, %s threw %d: %s", game->mine,
                                           beckon_session_get_user_name (session), theirs, outcome);
  say (game, text);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!beckon_session_send_context_data_finish (BECKON_SESSION (source), result, &error))
    g_printerr ("The throw was not sent: %s\n", error->message);
}

static void
on_closed (GtkWidget *window, Game *game)
{
  g_signal_handlers_disconnect_by_data (game->session, game);
  beckon_session_cancel_async (game->session, BECKON_SESSION_RESULT_NONE, NULL, NULL, NULL, NULL);
  g_object_unref (game->session);
  g_free (game);
}

/* A window for a session that is CONNECTED. */
static void
play (Dice *dice, BeckonSession *session)
{
  GtkWidget *window = gtk_application_window_new (dice->application);
  Game *game = g_new0 (Game, 1);
  g_autofree char *title = g_strdup_printf ("Dice with %s", beckon_session_get_user_name (session));

  game->label = GTK_LABEL (gtk_label_new ("Waiting…"));
  game->session = g_object_ref (session);
  game->mine = g_random_int_range (1, 7);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), 420, 120);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (game->label));
  g_signal_connect (window, "destroy", G_CALLBACK (on_closed), game);
  g_signal_connect (session, "context-data-received", G_CALLBACK (on_data), game);
  g_object_bind_property (session, "result-text", window, "title", G_BINDING_DEFAULT); /* set at the end */
  gtk_window_present (GTK_WINDOW (window));

  g_autofree char *data = g_strdup_printf ("throw %d", game->mine);
  beckon_session_send_context_data_async (session, data, NULL, on_sent, NULL);
  on_data (session, beckon_session_get_context_data (session), game); /* what came before we were there */
}

/* ---- sessions ---- */

static void
on_launch_session (BeckonSessionManager *manager, BeckonSession *session, Dice *dice)
{
  play (dice, session);
}

static void
on_ready_to_launch (BeckonSession *session, Dice *dice)
{
  play (dice, session);
}

static void
on_picked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dice *dice = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BeckonSession) session =
    beckon_session_manager_invite_with_picker_finish (BECKON_SESSION_MANAGER (source), result, &error);

  if (session == NULL)
    g_printerr ("Nobody was invited: %s\n", error->message);
  else if (beckon_session_get_state (session) == BECKON_SESSION_STATE_CONNECTED)
    play (dice, session);
  else /* the manager keeps the session */
    g_signal_connect (session, "ready-to-launch", G_CALLBACK (on_ready_to_launch), dice);
}

static void
on_invite (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Dice *dice = user_data;

  beckon_session_manager_invite_with_picker_async (dice->manager, GUID, NULL, NULL, NULL, on_picked, dice);
}

/* ---- the program: it stays as long as somebody plays ---- */

static void
on_busy (Dice *dice)
{
  gboolean busy = beckon_session_manager_get_busy (dice->manager);

  if (busy == dice->busy)
    return;
  dice->busy = busy;
  if (busy)
    g_application_hold (G_APPLICATION (dice->application));
  else
    g_application_release (G_APPLICATION (dice->application));
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const GActionEntry actions[] = { { .name = "invite", .activate = on_invite } };
  Dice *dice = user_data;
  g_autoptr (GError) error = NULL;

  dice->manager = beckon_session_manager_new_for_bus_name_finish (result, &error);
  if (dice->manager == NULL)
    g_printerr ("Beckon: %s\n", error->message);
  else
    {
      g_action_map_add_action_entries (G_ACTION_MAP (dice->application), actions, G_N_ELEMENTS (actions), dice);
      g_signal_connect (dice->manager, "launch-session", G_CALLBACK (on_launch_session), dice);
      g_signal_connect_swapped (dice->manager, "notify::busy", G_CALLBACK (on_busy), dice);
      on_busy (dice);
    }
  g_application_release (G_APPLICATION (dice->application));
}

static void
on_startup (GtkApplication *application, Dice *dice)
{
  g_auto (GVariantDict) looks = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&looks, "name", "s", "Dice");
  g_variant_dict_insert (&looks, "url", "s", "https://example.org/dice");
  g_variant_dict_insert (&looks, "icon", "s", ID);
  g_variant_dict_insert (&looks, "comment", "s", "Both throw one, the higher throw wins");
  g_application_hold (G_APPLICATION (application));
  beckon_session_manager_new_for_bus_name_async (NAME, GUID, g_variant_dict_end (&looks), NULL, on_manager, dice);
}

static void
on_activate (GtkApplication *application, Dice *dice)
{
  GtkWidget *window = gtk_application_window_new (application);
  GtkWidget *button = gtk_button_new_with_label ("Invite somebody…");

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.invite");
  gtk_window_set_title (GTK_WINDOW (window), "Dice");
  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new (ID, G_APPLICATION_DEFAULT_FLAGS);
  Dice dice = { .application = application };

  g_application_set_inactivity_timeout (G_APPLICATION (application), 60000);
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), &dice);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &dice);
  int status = g_application_run (G_APPLICATION (application), argc, argv);
  g_clear_object (&dice.manager);
  return status;
}
