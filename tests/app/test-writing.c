/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from writing in the main window: the other person may see it, the draft is kept, files are asked about. */
#include "app-world.h"
#include "bk-app-private.h"
#include "bk-test.h"
#include "conversation/bk-app-conversation.h"
#include "conversation/bk-app-composer.h"
#include "conversation/bk-app-send-files.h"

#include <string.h>

typedef struct
{
  AppWorld *world;
  GtkWindow *window;
  gpointer conversation;
  BkAppComposer *composer;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer draft)
{
  g_autofree char *facts = g_strdup_printf ("{'Draft': <'%s'>}", draft != NULL ? (const char *) draft : "");

  fixture->world = app_world_new (FALSE);
  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", facts);
  fixture->window = GTK_WINDOW (bk_app_show_window (fixture->world->app));
  bk_app_window_open_conversation (BK_APP_WINDOW (fixture->window), "alice@b", "bob@b");
  fixture->conversation = app_part (fixture->window, "conversation");
  fixture->composer = app_part (fixture->conversation, "composer");
}

static void
teardown (Fixture *fixture, gconstpointer draft)
{
  app_world_free (fixture->world);
}

static gboolean
is_ready (gpointer composer)
{
  return gtk_widget_is_sensitive (composer);
}

static void
write_text (Fixture *fixture, const char *text)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (app_part (fixture->composer, "text_view")), text, -1);
}

static const char *
last (Fixture *fixture, const char *method)
{
  return stand_in_last (fixture->world->service, method);
}

/* It is said once, and taken back by sending. */
static void
test_typing (Fixture *fixture, gconstpointer data)
{
  const guint *typing = stand_in_count (fixture->world->service, "SetTyping");

  bk_test_wait_until (is_ready, fixture->composer);
  g_assert_cmpuint (*typing, ==, 0);
  stand_in_answer (fixture->world->service, "SendMessage",
                   "((int64 9, '{M9}', true, 'abc', int64 8000000, uint32 0, '', @a{sv} {}),)");
  write_text (fixture, "a");
  write_text (fixture, "b");
  write_text (fixture, "c");
  bk_test_wait_for_count (typing, 1);
  g_assert_cmpstr (last (fixture, "SetTyping"), ==, "(true,)");
  app_world_settle (fixture->world);
  g_assert_cmpuint (*typing, ==, 1);
  g_signal_emit_by_name (app_part (fixture->composer, "button"), "clicked");
  bk_test_wait_for_count (typing, 2);
  g_assert_cmpstr (last (fixture, "SetTyping"), ==, "(false,)");
}

static void
test_draft_kept (Fixture *fixture, gconstpointer data)
{
  const guint *drafts = stand_in_count (fixture->world->service, "SetDraft");

  bk_test_wait_until (is_ready, fixture->composer);
  app_world_settle (fixture->world);
  guint before = *drafts;
  write_text (fixture, "half a");
  write_text (fixture, " thought");
  bk_test_wait_for_count (drafts, before + 1);
  g_assert_cmpstr (last (fixture, "SetDraft"), ==, "('half a thought',)");
  g_assert_cmpuint (*drafts, ==, before + 1);
  write_text (fixture, " more");
  gtk_window_destroy (fixture->window);
  bk_test_wait_for_count (drafts, before + 2);
  g_assert_cmpstr (last (fixture, "SetDraft"), ==, "('half a thought more',)");
}

/* What was pasted by mistake, such as a whole log, stays here. */
static void
test_draft_too_long (Fixture *fixture, gconstpointer data)
{
  const guint *drafts = stand_in_count (fixture->world->service, "SetDraft");
  const guint *typing = stand_in_count (fixture->world->service, "SetTyping");
  g_autofree char *text = g_strnfill (BK_APP_COMPOSER_MAX + 1, 'x');

  bk_test_wait_until (is_ready, fixture->composer);
  app_world_settle (fixture->world);
  guint before = *drafts;
  write_text (fixture, text);
  bk_test_wait_for_count (typing, 1);
  bk_app_conversation_keep_draft (fixture->conversation); /* as the window does when it closes */
  bk_test_wait_for_count (typing, 2);
  app_world_settle (fixture->world);
  g_assert_cmpuint (*drafts, ==, before);
}

static void
test_draft_restored (Fixture *fixture, gconstpointer draft)
{
  bk_test_wait_until (is_ready, fixture->composer);
  g_autofree char *text = bk_app_composer_dup_text (fixture->composer);
  g_assert_cmpstr (text, ==, draft);
  app_world_settle (fixture->world);
  g_assert_cmpuint (*stand_in_count (fixture->world->service, "SetTyping"), ==, 0);
}

static gboolean
says_writing (gpointer title)
{
  return g_str_equal (adw_window_title_get_subtitle (title), "Writing…");
}

static void
test_other_writes (Fixture *fixture, gconstpointer data)
{
  AdwWindowTitle *title = app_part (fixture->conversation, "title");

  bk_test_wait_until (is_ready, fixture->composer);
  g_assert_cmpstr (adw_window_title_get_subtitle (title), ==, "Online, at home");
  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", "{'Typing': <true>}");
  bk_test_wait_until (says_writing, title);
  stand_in_set (fixture->world->service, APP_CONVERSATION, "Conversation1", "{'Typing': <false>}");
  app_world_settle (fixture->world);
  g_assert_cmpstr (adw_window_title_get_subtitle (title), ==, "Online, at home");
}

/* ---- files ---- */

static gboolean
can_send (gpointer window)
{
  return gtk_widget_is_sensitive (app_part (window, "send"));
}

static gboolean
is_gone (gpointer world)
{
  return app_world_find_window (BK_TYPE_APP_SEND_FILES) == NULL;
}

static GtkWindow *
attach (Fixture *fixture, GListModel *files)
{
  bk_test_wait_until (is_ready, fixture->composer);
  g_signal_emit_by_name (fixture->composer, "attach", files, FALSE);
  GtkWindow *window = app_world_find_window (BK_TYPE_APP_SEND_FILES);
  g_assert_nonnull (window);
  return window;
}

static void
test_send_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autofree char *path = g_build_filename (dir, "no<te>.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder = g_file_new_for_path (dir);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  const guint *sent = stand_in_count (fixture->world->service, "SendFile");

  g_assert_true (g_file_set_contents (path, "hello", -1, NULL));
  g_list_store_append (files, file);
  g_list_store_append (files, folder); /* which cannot be sent */
  GtkWindow *window = attach (fixture, G_LIST_MODEL (files));
  bk_test_wait_until (can_send, window);
  GtkWidget *row = gtk_widget_get_first_child (app_part (window, "list"));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "no<te>.txt");
  g_assert_null (gtk_widget_get_next_sibling (row));
  g_assert_true (gtk_widget_get_visible (app_part (window, "problem")));
  stand_in_answer (fixture->world->service, "SendFile", "!im.beckon.Error.NotLoggedOn");
  g_signal_emit_by_name (app_part (window, "send"), "clicked");
  bk_test_wait_for_count (sent, 1);
  bk_test_wait_until (can_send, window);
  g_assert_true (gtk_widget_get_visible (app_part (window, "problem")));
  g_autofree char *session
    = app_world_add_session (fixture->world, 1, "{'SessionID': <'{S9}'>, 'State': <uint32 2>, 'Flags': <uint32 1>}");
  g_autofree char *answer = g_strdup_printf ("(objectpath '%s',)", session);
  stand_in_answer (fixture->world->service, "SendFile", answer);
  g_signal_emit_by_name (app_part (window, "send"), "clicked");
  bk_test_wait_for_count (sent, 2);
  g_assert_nonnull (strstr (last (fixture, "SendFile"), "'bob@b', 0, 'no<te>.txt'"));
  bk_test_wait_until (is_gone, fixture->world);
}

/* ---- finding ---- */

#define HIT(id) \
  "(objectpath '" APP_ACCOUNT "', 'bob@b', (int64 " #id ", '{M" #id "}', false, 'Good', int64 7000000, uint32 2, '', " \
  "@a{sv} {}))"

/* From the newest hit to older ones and back; what is behind them all is nothing. */
static void
test_find (Fixture *fixture, gconstpointer data)
{
  gpointer bar = app_part (fixture->conversation, "find_bar");
  GtkLabel *outcome = app_part (bar, "outcome");
  const guint *searched = stand_in_count (fixture->world->service, "SearchMessages");

  bk_test_wait_until (is_ready, fixture->composer);
  stand_in_answer (fixture->world->service, "SearchMessages", "([" HIT (3) ", " HIT (1) "],)");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.find", NULL);
  g_assert_true (gtk_search_bar_get_search_mode (app_part (bar, "bar")));
  gtk_editable_set_text (app_part (bar, "entry"), "good");
  bk_test_wait_for_count (searched, 1);
  g_assert_cmpstr (last (fixture, "SearchMessages"), ==, "('good', '" APP_ACCOUNT "', 'bob@b', 0, 100)");
  app_world_settle (fixture->world);
  g_assert_cmpstr (gtk_label_get_label (outcome), ==, "1 of 2");
  g_assert_false (gtk_widget_get_sensitive (app_part (bar, "newer")));
  g_signal_emit_by_name (app_part (bar, "older"), "clicked");
  g_assert_cmpstr (gtk_label_get_label (outcome), ==, "2 of 2");
  g_assert_false (gtk_widget_get_sensitive (app_part (bar, "older")));
  g_signal_emit_by_name (app_part (bar, "newer"), "clicked");
  g_assert_cmpstr (gtk_label_get_label (outcome), ==, "1 of 2");
  stand_in_answer (fixture->world->service, "SearchMessages", "(@a(os(xsbsxusa{sv})) [],)");
  gtk_editable_set_text (app_part (bar, "entry"), "goodness");
  bk_test_wait_for_count (searched, 2);
  app_world_settle (fixture->world);
  g_assert_cmpstr (gtk_label_get_label (outcome), ==, "Nothing found");
}

/* ---- keys ---- */

static gboolean
has_ab (gpointer composer)
{
  g_autofree char *text = bk_app_composer_dup_text (composer);

  return g_str_equal (text, "ab");
}

static gboolean
jump_is_hidden (gpointer jump)
{
  return !gtk_widget_get_visible (jump);
}

/* Ctrl+End goes to the end of the text first, and then to that of the conversation. */
static void
test_newest (Fixture *fixture, gconstpointer data)
{
  GtkTextView *text_view = app_part (fixture->composer, "text_view");
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (text_view);
  gpointer timeline = app_part (fixture->conversation, "timeline");
  GtkWidget *jump = app_part (timeline, "jump");
  GtkTextIter start;

  bk_test_wait_until (is_ready, fixture->composer);
  app_world_wait_still (fixture->world, timeline); /* it looks itself where it is, and the button with it */
  app_screen_focus (fixture->window);
  gtk_widget_grab_focus (GTK_WIDGET (text_view));
  write_text (fixture, "a");
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  gtk_widget_set_visible (jump, TRUE); /* as where something newer is out of sight */
  app_screen_press (fixture->window, "ctrl+End");
  app_screen_press (fixture->window, "b");
  bk_test_wait_until (has_ab, fixture->composer);
  g_assert_true (gtk_widget_get_visible (jump));
  app_screen_press (fixture->window, "ctrl+End");
  bk_test_wait_until (jump_is_hidden, jump);
}

/* ---- the history as a whole ---- */

static void
test_clear (Fixture *fixture, gconstpointer data)
{
  const guint *cleared = stand_in_count (fixture->world->service, "ClearHistory");

  bk_test_wait_until (is_ready, fixture->composer);
  for (int i = 0; i < 2; i++)
    {
      gtk_widget_activate_action (fixture->conversation, "conversation.clear", NULL);
      GtkWindow *dialog = app_world_find_window (ADW_TYPE_MESSAGE_DIALOG);
      g_assert_nonnull (dialog);
      g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==,
                       "Clear the History With Bob?");
      adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), i == 0 ? "cancel" : "clear");
      app_world_settle (fixture->world);
      g_assert_cmpuint (*cleared, ==, (guint) i);
    }
  g_assert_cmpstr (last (fixture, "ClearHistory"), ==, "('bob@b',)");
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add ("/app/writing/typing", Fixture, NULL, setup, test_typing, teardown);
  g_test_add ("/app/writing/draft-kept", Fixture, NULL, setup, test_draft_kept, teardown);
  g_test_add ("/app/writing/draft-too-long", Fixture, NULL, setup, test_draft_too_long, teardown);
  g_test_add ("/app/writing/draft-restored", Fixture, "half a thought", setup, test_draft_restored, teardown);
  g_test_add ("/app/writing/other-writes", Fixture, NULL, setup, test_other_writes, teardown);
  g_test_add ("/app/writing/send-file", Fixture, NULL, setup, test_send_file, teardown);
  g_test_add ("/app/writing/find", Fixture, NULL, setup, test_find, teardown);
  g_test_add ("/app/writing/newest", Fixture, NULL, setup, test_newest, teardown);
  g_test_add ("/app/writing/clear", Fixture, NULL, setup, test_clear, teardown);
  return app_world_run ();
}
