/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-app.h"

#include "bk-board-window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

struct _BkBoardApp
{
  AdwApplication parent_instance;

  gboolean session; /* launched by Beckon */
};

G_DEFINE_FINAL_TYPE (BkBoardApp, bk_board_app, ADW_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *keys[3];
} shortcuts[] = {
  { "win.undo", { "<Control>z", NULL } },
  { "win.redo", { "<Control><Shift>z", "<Control>y", NULL } },
  { "win.clear", { "<Control>Delete", NULL } },
  { "win.export", { "<Control>s", NULL } },
  { "win.colour::black", { "1", NULL } },
  { "win.colour::red", { "2", NULL } },
  { "win.colour::orange", { "3", NULL } },
  { "win.colour::green", { "4", NULL } },
  { "win.colour::blue", { "5", NULL } },
  { "win.colour::purple", { "6", NULL } },
  { "win.colour::brown", { "7", NULL } },
  { "win.colour::white", { "8", NULL } },
  { "win.width::thin", { "q", NULL } },
  { "win.width::medium", { "w", NULL } },
  { "win.width::thick", { "e", NULL } },
  { "window.close", { "<Control>w", NULL } },
  { "app.quit", { "<Control>q", NULL } },
};

/* ---- actions ---- */

static void
on_quit (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  GtkApplication *self = user_data;
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (self));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
on_about (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);

  adw_show_about_window (window, "application-name", _ ("Whiteboard"), "application-icon", "im.beckon.Beckon.Whiteboard",
                         "developer-name", _ ("The Beckon developers"), "version", BECKON_PACKAGE_VERSION, "comments",
                         _ ("Draw with somebody on the same board. What is drawn is encrypted from one computer to"
                            " the other."),
                         "website", "https://beckon.im/whiteboard", "license-type", GTK_LICENSE_GPL_3_0, NULL);
}

static const GActionEntry entries[] = {
  { "quit", on_quit, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
};

/* ---- life ---- */

static void
bk_board_app_activate (GApplication *application)
{
  BkBoardApp *self = BK_BOARD_APP (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    {
      window = GTK_WINDOW (bk_board_window_new (GTK_APPLICATION (application)));
      if (self->session)
        bk_board_window_join (BK_BOARD_WINDOW (window));
    }
  gtk_window_present (window);
}

static gboolean
on_terminated (gpointer user_data)
{
  on_quit (NULL, NULL, user_data);
  return G_SOURCE_CONTINUE;
}

static void
bk_board_app_startup (GApplication *application)
{
  G_APPLICATION_CLASS (bk_board_app_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action, shortcuts[i].keys);
  g_unix_signal_add (SIGTERM, on_terminated, application);
  g_unix_signal_add (SIGINT, on_terminated, application);
}

static int
bk_board_app_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("beckon-whiteboard %s\n", BECKON_PACKAGE_VERSION);
      return 0;
    }
  BK_BOARD_APP (application)->session = g_variant_dict_contains (options, "session");
  return -1;
}

static void
bk_board_app_class_init (BkBoardAppClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = bk_board_app_activate;
  application_class->startup = bk_board_app_startup;
  application_class->handle_local_options = bk_board_app_handle_local_options;
}

static void
bk_board_app_init (BkBoardApp *self)
{
  g_application_add_main_option (G_APPLICATION (self), "session", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE,
                                 _ ("Launched by Beckon for a session"), NULL);
  g_application_add_main_option (G_APPLICATION (self), "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE,
                                 _ ("Print the version and exit"), NULL);
}

BkBoardApp *
bk_board_app_new (void)
{
  return g_object_new (BK_BOARD_TYPE_APP, "application-id", "im.beckon.Beckon.Whiteboard", "resource-base-path",
                       "/im/beckon/Beckon/Whiteboard", "flags", G_APPLICATION_NON_UNIQUE, NULL);
}
