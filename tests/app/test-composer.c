/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line to write in, with real keys. */
#include "conversation/bk-app-composer.h"

#include "app-world.h"
#include "bk-test.h"

typedef struct
{
  GtkWindow *window;
  BkAppComposer *composer;
  GString *sent;
} Fixture;

static void
on_send (BkAppComposer *composer, const char *text, GString *sent)
{
  g_string_append_printf (sent, "<%s>", text);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->sent = g_string_new (NULL);
  fixture->window = GTK_WINDOW (g_object_ref_sink (adw_window_new ()));
  fixture->composer = g_object_new (BK_TYPE_APP_COMPOSER, NULL);
  g_signal_connect (fixture->composer, "send", G_CALLBACK (on_send), fixture->sent);
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->composer));
  bk_app_composer_set_enabled (fixture->composer, TRUE);
  /* Large enough that nothing scrolls: where a scroll bar comes and goes, GTK 4.8 now and then warns of itself. */
  gtk_window_set_default_size (fixture->window, 600, 400);
  gtk_window_present (fixture->window);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->composer));
  app_screen_focus (fixture->window);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->composer), (gpointer *) &fixture->composer);
  gtk_window_destroy (fixture->window);
  bk_test_drain ();
  g_assert_finalize_object (fixture->window);
  g_assert_null (fixture->composer);
  g_string_free (fixture->sent, TRUE);
}

static gboolean
holds (gpointer data)
{
  gpointer *both = data;
  g_autofree char *text = bk_app_composer_dup_text (both[0]);

  return g_str_equal (text, both[1]);
}

/* Keys come in their order: when the last letter is there, those before have done what they do. */
static void
wait_text (Fixture *fixture, const char *text)
{
  gpointer both[] = { fixture->composer, (gpointer) text };

  bk_test_wait_until (holds, both);
}

static void
test_enter (Fixture *fixture, gconstpointer key)
{
  app_screen_press (fixture->window, "h");
  app_screen_press (fixture->window, key);
  app_screen_press (fixture->window, "i");
  wait_text (fixture, "hi"); /* whoever sends empties it */
  g_assert_cmpstr (fixture->sent->str, ==, "<h>");
}

static void
test_new_line (Fixture *fixture, gconstpointer key)
{
  app_screen_press (fixture->window, "h");
  app_screen_press (fixture->window, key);
  app_screen_press (fixture->window, "i");
  wait_text (fixture, "h\ni");
  g_assert_cmpstr (fixture->sent->str, ==, "");
  app_screen_press (fixture->window, "Return");
  app_screen_press (fixture->window, "x");
  wait_text (fixture, "h\nix");
  g_assert_cmpstr (fixture->sent->str, ==, "<h\ni>");
}

/* What is white all over is not sent, however it is white. */
static void
test_blank (Fixture *fixture, gconstpointer data)
{
  static const char *const blanks[] = { "", " ", "\n \t\n", "\u00a0\u2003" };
  GtkWidget *button = app_part (fixture->composer, "button");

  for (gsize i = 0; i < G_N_ELEMENTS (blanks); i++)
    {
      g_autofree char *after = g_strconcat (blanks[i], "x", NULL);
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (app_part (fixture->composer, "text_view"));
      GtkTextIter end;

      bk_app_composer_set_text (fixture->composer, blanks[i]);
      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_place_cursor (buffer, &end);
      g_assert_false (gtk_widget_get_sensitive (button));
      app_screen_press (fixture->window, "Return");
      app_screen_press (fixture->window, "x");
      wait_text (fixture, after);
      g_assert_true (gtk_widget_get_sensitive (button));
    }
  g_assert_cmpstr (fixture->sent->str, ==, "");
}

/* White at the end goes; what begins a line is what somebody wrote. */
static void
test_button (Fixture *fixture, gconstpointer data)
{
  bk_app_composer_set_text (fixture->composer, "  two\n words \n\n");
  g_signal_emit_by_name (app_part (fixture->composer, "button"), "clicked");
  g_assert_cmpstr (fixture->sent->str, ==, "<  two\n words>");
}

static void
test_disabled (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = app_part (fixture->composer, "button");

  bk_app_composer_set_text (fixture->composer, "words");
  bk_app_composer_set_enabled (fixture->composer, FALSE);
  g_assert_false (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (fixture->sent->str, ==, "");
  wait_text (fixture, "words");
  bk_app_composer_set_enabled (fixture->composer, TRUE);
  g_assert_true (gtk_widget_is_sensitive (button));
}

/* The other way round. */
static void
test_swapped (Fixture *fixture, gconstpointer data)
{
  g_object_set (fixture->composer, "enter-sends", FALSE, NULL);
  app_screen_press (fixture->window, "h");
  app_screen_press (fixture->window, "Return");
  app_screen_press (fixture->window, "i");
  wait_text (fixture, "h\ni");
  g_assert_cmpstr (fixture->sent->str, ==, "");
  app_screen_press (fixture->window, "shift+Return");
  app_screen_press (fixture->window, "x");
  wait_text (fixture, "h\nix");
  g_assert_cmpstr (fixture->sent->str, ==, "<h\ni>");
}

static void
test_length (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint length;
    const char *counter; /* NULL: none */
    gboolean fits;
  } rows[] = {
    { 1, NULL, TRUE },
    { 15384, NULL, TRUE },
    { 15385, "999 bytes left", TRUE },
    { 16383, "1 byte left", TRUE },
    { 16384, "0 bytes left", TRUE },
    { 16385, "1 byte too long", FALSE },
    { 40000, "23616 bytes too long", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strnfill (rows[i].length, 'a');
      GtkLabel *counter = app_part (fixture->composer, "counter");

      bk_app_composer_set_text (fixture->composer, text);
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (counter)) == (rows[i].counter != NULL));
      if (rows[i].counter != NULL)
        g_assert_cmpstr (gtk_label_get_label (counter), ==, rows[i].counter);
      g_assert_true (gtk_widget_get_sensitive (app_part (fixture->composer, "button")) == rows[i].fits);
      g_signal_emit_by_name (app_part (fixture->composer, "button"), "clicked");
      g_assert_true ((fixture->sent->len > 0) == rows[i].fits);
      g_string_truncate (fixture->sent, 0);
    }
}

static void
press_all (Fixture *fixture, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    app_screen_press (fixture->window, *keys);
}

/* The list takes the keys that are for it, and no other. */
static void
test_completion (Fixture *fixture, gconstpointer data)
{
  static const char *const first[] = { "h", "space", "colon", "t", "h", "u", "m", "Return", NULL };
  static const char *const third[] = { "colon", "t", "h", "u", "m", "Down", "Down", "Up", "Tab", NULL };
  static const char *const none[] = { "colon", "t", "h", "u", "m", "Escape", "Return", NULL };

  press_all (fixture, first);
  wait_text (fixture, "h 👍");
  bk_app_composer_set_text (fixture->composer, "");
  press_all (fixture, third);
  wait_text (fixture, "👎");
  g_assert_cmpstr (fixture->sent->str, ==, "");
  bk_app_composer_set_text (fixture->composer, "");
  press_all (fixture, none);
  app_screen_press (fixture->window, "x");
  wait_text (fixture, ":thumx");
  g_assert_cmpstr (fixture->sent->str, ==, "<:thum>");
}

/* A name that is written to its end is replaced without a list, and that can be undone. */
static void
test_shortcode (Fixture *fixture, gconstpointer data)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (app_part (fixture->composer, "text_view"));

  gtk_text_buffer_insert_at_cursor (buffer, "so :thumbs_up", -1);
  app_screen_press (fixture->window, "colon");
  wait_text (fixture, "so 👍");
  gtk_text_buffer_undo (buffer);
  wait_text (fixture, "so :thumbs_up:");
  gtk_text_buffer_set_text (buffer, "at 12:30", -1);
  app_screen_press (fixture->window, "colon");
  wait_text (fixture, "at 12:30:");
}

static void
on_written (BkAppComposer *composer, guint *count)
{
  ++*count;
}

/* What nobody wrote just now is not told as such. */
static void
test_written (Fixture *fixture, gconstpointer data)
{
  guint count = 0;

  g_signal_connect (fixture->composer, "written", G_CALLBACK (on_written), &count);
  bk_app_composer_set_text (fixture->composer, "a draft");
  g_assert_cmpuint (count, ==, 0);
  app_screen_press (fixture->window, "x");
  wait_text (fixture, "a draftx");
  g_assert_cmpuint (count, ==, 1);
}

static void
on_attach (BkAppComposer *composer, GListModel *files, gboolean temporary, GListModel **attached)
{
  g_assert_false (temporary);
  g_set_object (attached, files);
}

static void
test_paste_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/a.txt");
  GSList *list = g_slist_append (NULL, file);
  GListModel *attached = NULL;

  g_signal_connect (fixture->composer, "attach", G_CALLBACK (on_attach), &attached);
  gdk_clipboard_set (gtk_widget_get_clipboard (GTK_WIDGET (fixture->composer)), GDK_TYPE_FILE_LIST, list);
  g_signal_emit_by_name (app_part (fixture->composer, "text_view"), "paste-clipboard");
  bk_test_wait_for_pointer (&attached);
  g_assert_cmpuint (g_list_model_get_n_items (attached), ==, 1);
  g_object_unref (attached);
  g_slist_free (list);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (fixture->composer)), "words");
  g_signal_emit_by_name (app_part (fixture->composer, "text_view"), "paste-clipboard");
  wait_text (fixture, "words");
}

static void
on_attach_temporary (BkAppComposer *composer, GListModel *files, gboolean temporary, GListModel **attached)
{
  g_assert_true (temporary);
  g_set_object (attached, files);
}

/* A picture becomes a file that is one. The window goes on meanwhile: it is there long before the file. */
static void
test_paste_picture (Fixture *fixture, gconstpointer data)
{
  static guint8 pixels[64 * 64 * 4];
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (64, 64, GDK_MEMORY_R8G8B8A8, bytes, 64 * 4);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->composer));
  GListModel *attached = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (fixture->composer, "attach", G_CALLBACK (on_attach_temporary), &attached);
  gdk_clipboard_set_texture (clipboard, texture);
  g_signal_emit_by_name (app_part (fixture->composer, "text_view"), "paste-clipboard");
  g_assert_null (attached);
  bk_test_wait_for_pointer (&attached);
  g_assert_cmpuint (g_list_model_get_n_items (attached), ==, 1);
  g_autoptr (GFile) file = g_list_model_get_item (attached, 0);
  g_autoptr (GdkTexture) read = gdk_texture_new_from_file (file, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (read), ==, 64);
  g_file_delete (file, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (attached);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);
  adw_init ();

  g_test_add ("/app/composer/enter", Fixture, "Return", setup, test_enter, teardown);
  g_test_add ("/app/composer/keypad-enter", Fixture, "KP_Enter", setup, test_enter, teardown);
  g_test_add ("/app/composer/shift-enter", Fixture, "shift+Return", setup, test_new_line, teardown);
  g_test_add ("/app/composer/blank", Fixture, NULL, setup, test_blank, teardown);
  g_test_add ("/app/composer/button", Fixture, NULL, setup, test_button, teardown);
  g_test_add ("/app/composer/disabled", Fixture, NULL, setup, test_disabled, teardown);
  g_test_add ("/app/composer/swapped", Fixture, NULL, setup, test_swapped, teardown);
  g_test_add ("/app/composer/length", Fixture, NULL, setup, test_length, teardown);
  g_test_add ("/app/composer/completion", Fixture, NULL, setup, test_completion, teardown);
  g_test_add ("/app/composer/shortcode", Fixture, NULL, setup, test_shortcode, teardown);
  g_test_add ("/app/composer/written", Fixture, NULL, setup, test_written, teardown);
  g_test_add ("/app/composer/paste-files", Fixture, NULL, setup, test_paste_files, teardown);
  g_test_add ("/app/composer/paste-picture", Fixture, NULL, setup, test_paste_picture, teardown);
  return app_world_run ();
}
