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
  return app_world_run ();
}
