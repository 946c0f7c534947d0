/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-board-window-private.h"

#include "bk-board-export.h"

#include <glib/gi18n.h>

static const char *const colour_names[BK_BOARD_N_COLOURS] = {
  [BK_BOARD_COLOUR_BLACK] = "black",   [BK_BOARD_COLOUR_RED] = "red",       [BK_BOARD_COLOUR_ORANGE] = "orange",
  [BK_BOARD_COLOUR_GREEN] = "green",   [BK_BOARD_COLOUR_BLUE] = "blue",     [BK_BOARD_COLOUR_PURPLE] = "purple",
  [BK_BOARD_COLOUR_BROWN] = "brown",   [BK_BOARD_COLOUR_WHITE] = "white",
};

static const char *const pen_names[BK_BOARD_N_PENS] = {
  [BK_BOARD_PEN_THIN] = "thin",
  [BK_BOARD_PEN_MEDIUM] = "medium",
  [BK_BOARD_PEN_THICK] = "thick",
};

static int
find_name (const char *const *names, int n, const char *name)
{
  for (int i = 0; i < n; i++)
    if (g_str_equal (names[i], name))
      return i;
  return -1;
}

/* ---- what to draw with ---- */

static void
on_colour (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  BkBoardWindow *self = user_data;
  int colour = find_name (colour_names, BK_BOARD_N_COLOURS, g_variant_get_string (value, NULL));

  if (colour < 0)
    return;
  g_simple_action_set_state (action, value);
  bk_board_canvas_set_colour (self->canvas, (BkBoardColour) colour);
}

static void
on_pen (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  BkBoardWindow *self = user_data;
  int pen = find_name (pen_names, BK_BOARD_N_PENS, g_variant_get_string (value, NULL));

  if (pen < 0)
    return;
  g_simple_action_set_state (action, value);
  bk_board_canvas_set_pen (self->canvas, (BkBoardPen) pen);
}

/* ---- what was drawn ---- */

static void
on_undo (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  bk_board_document_undo (((BkBoardWindow *) user_data)->document);
}

static void
on_redo (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  bk_board_document_redo (((BkBoardWindow *) user_data)->document);
}

static void
on_clear (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  bk_board_document_clear (((BkBoardWindow *) user_data)->document);
}

/* ---- the picture ---- */

/* The program does not end before the file is written. */
typedef struct
{
  BkBoardWindow *window;
  GApplication *application;
  GFile *file;
} Exporting;

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exporting *exporting = user_data;
  BkBoardWindow *self = exporting->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (exporting->file);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  self->exporting = FALSE;
  if (bk_board_export_finish (result, &error))
    {
      g_autofree char *sentence = g_strdup_printf (_ ("The picture was saved as %s."), valid);
      bk_board_window_tell (self, sentence, FALSE);
    }
  else
    bk_board_window_tell (self, error->message, TRUE);
  bk_board_window_update_actions (self);
  g_application_release (exporting->application);
  g_object_unref (exporting->application);
  g_object_unref (exporting->file);
  g_object_unref (self);
  g_free (exporting);
}

static void
export_to (BkBoardWindow *self, GFile *file)
{
  Exporting *exporting = g_new0 (Exporting, 1);

  exporting->window = g_object_ref (self);
  exporting->application = g_object_ref (G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))));
  exporting->file = g_object_ref (file);
  g_application_hold (exporting->application);
  self->exporting = TRUE;
  bk_board_window_update_actions (self);
  bk_board_export_async (self->document, file, NULL, on_exported, exporting);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, BkBoardWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    export_to (self, file);
}

/* Whoever draws all day finds the pictures of the day apart. */
static char *
make_name (BkBoardWindow *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");

  return g_strdup_printf (_ ("Whiteboard %s.png"), time);
}

static void
set_folder (GtkFileChooser *chooser)
{
  const char *path = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);
  g_autoptr (GFile) folder = path != NULL ? g_file_new_for_path (path) : NULL;

  if (folder != NULL && g_file_query_exists (folder, NULL))
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

static void
on_export (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  BkBoardWindow *self = user_data;
  g_autofree char *name = make_name (self);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Export Picture"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), _ ("_Cancel"));
  gtk_file_filter_set_name (filter, _ ("PNG pictures"));
  gtk_file_filter_add_mime_type (filter, "image/png");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  set_folder (GTK_FILE_CHOOSER (self->chooser));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- all of them ---- */

static const GActionEntry entries[] = {
  { "colour", NULL, "s", "'black'", on_colour, { 0 } },
  { "width", NULL, "s", "'medium'", on_pen, { 0 } },
  { "undo", on_undo, NULL, NULL, NULL, { 0 } },
  { "redo", on_redo, NULL, NULL, NULL, { 0 } },
  { "clear", on_clear, NULL, NULL, NULL, { 0 } },
  { "export", on_export, NULL, NULL, NULL, { 0 } },
};

static void
set_enabled (BkBoardWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
bk_board_window_update_actions (BkBoardWindow *self)
{
  set_enabled (self, "undo", bk_board_document_can_undo (self->document));
  set_enabled (self, "redo", bk_board_document_can_redo (self->document));
  set_enabled (self, "clear", bk_board_document_get_n_visible (self->document) > 0);
  set_enabled (self, "export", !self->exporting);
}

void
bk_board_window_init_actions (BkBoardWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  bk_board_window_update_actions (self);
}
