/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card of a file: what it says and which buttons it has, in every state. */
#include "conversation/bk-app-file-card.h"
#include "conversation/bk-app-transfer.h"

#include "app-world.h"
#include "beckon-values-private.h"
#include "bk-test.h"

#include <glib/gstdio.h>

#define MB 1000000
#define NBSP "\u00a0"
#define TRANSFER(state, done, rate) \
  ", 'Transfer': <{'name': <'a'>, 'size': <uint64 40000000>, 'done': <uint64 " done ">, 'rate': <uint64 " rate \
  ">, 'state': <'" state "'>}>"

static BeckonMessage *
make_message (guint number, gboolean outgoing, guint result, const char *path)
{
  g_autofree char *text = g_strdup_printf (
    "(int64 1, '{S%u}', %s, 'A file', int64 54300000000, uint32 1, '', {'session': <'{S%u}'>, 'application': <'{F}'>, "
    "'application-name': <'File'>, 'result': <uint32 %u>, 'result-text': <'%s'>, 'file-name': <'<b>.png'>, "
    "'file-size': <uint64 40000000>, 'file-path': <'%s'>})",
    number, outgoing ? "true" : "false", number, result, result != 0 ? "Over." : "", path);
  g_autoptr (GVariant) value = app_parse (text);

  return beckon_message_new (value);
}

static void
assert_card (BkAppFileCard *card, const char *state, const char *buttons, int percent)
{
  static const char *const names[] = { "accept", "save_in", "decline", "cancel", "open", "show", "again" };
  g_autoptr (GString) visible = g_string_new (NULL);
  GtkProgressBar *progress = app_part (card, "progress");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (gtk_widget_get_visible (app_part (card, names[i])))
      g_string_append_printf (visible, "%s%s", visible->len > 0 ? " " : "", names[i]);
  g_assert_cmpstr (gtk_label_get_label (app_part (card, "state")), ==, state);
  g_assert_cmpstr (visible->str, ==, buttons);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (progress)) == (percent >= 0));
  if (percent >= 0)
    g_assert_cmpint ((int) (gtk_progress_bar_get_fraction (progress) * 100), ==, percent);
}

static const struct
{
  gboolean outgoing;
  const char *session; /* properties; NULL: the service knows none */
  guint result;
  const char *path;
  const char *state;
  const char *buttons;
  int percent; /* -1: no bar */
} rows[] = {
  { TRUE, "'State': <uint32 2>" TRANSFER ("offered", "0", "0"), 0, "", "40.0" NBSP "MB · Waiting for Bob…", "cancel", -1 },
  { FALSE, "'State': <uint32 2>, 'Asking': <true>" TRANSFER ("offered", "0", "0"), 0, "",
    "40.0" NBSP "MB · Waiting for your answer", "accept save_in decline", -1 },
  { FALSE, "'State': <uint32 3>" TRANSFER ("waiting", "0", "0"), 0, "", "40.0" NBSP "MB · Connecting…", "cancel", -1 },
  { TRUE, "'State': <uint32 4>" TRANSFER ("running", "10000000", "3000000"), 0, "",
    "10.0" NBSP "MB of 40.0" NBSP "MB (25%), 3.0" NBSP "MB/s, 10 seconds left", "cancel", 25 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("running", "10000000", "0"), 0, "",
    "10.0" NBSP "MB of 40.0" NBSP "MB (25%)", "cancel", 25 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("running", "90000000", "1"), 0, "",
    "40.0" NBSP "MB of 40.0" NBSP "MB (100%), 1 byte/s, 0 seconds left", "cancel", 100 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("stalled", "10000000", "3000000"), 0, "",
    "40.0" NBSP "MB · Connection lost, looking for another way…", "cancel", 25 },
  { TRUE, "'State': <uint32 4>" TRANSFER ("done", "40000000", "3000000"), 0, "", "40.0" NBSP "MB · Sent", "", -1 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("done", "40000000", "3000000"), 0, "", "40.0" NBSP "MB · Received", "", -1 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("failed", "1", "0"), 0, "", "40.0" NBSP "MB · The file did not arrive completely.",
    "cancel", -1 },
  { FALSE, "'State': <uint32 4>" TRANSFER ("dancing", "1", "0"), 0, "", "40.0" NBSP "MB · Connecting…", "cancel", -1 },
  { TRUE, "'State': <uint32 4>", 0, "", "40.0" NBSP "MB · Connecting…", "cancel", -1 },
  { TRUE, NULL, 14, "/home/a/b.png", "40.0" NBSP "MB · Over.", "open show", -1 },
  { TRUE, NULL, 2, "/home/a/b.png", "40.0" NBSP "MB · Over.", "again", -1 },
  { FALSE, NULL, 14, "/home/a/b.png", "40.0" NBSP "MB · Received", "open show", -1 },
  { TRUE, NULL, 14, "", "40.0" NBSP "MB · Over.", "", -1 },
  { TRUE, NULL, 2, "", "40.0" NBSP "MB · Over.", "again", -1 },
  { FALSE, NULL, 2, "", "40.0" NBSP "MB · Over.", "", -1 },
  { TRUE, "'State': <uint32 7>" TRANSFER ("running", "10000000", "3000000"), 3, "", "40.0" NBSP "MB · Over.", "again",
    -1 },
};

static BkAppFileCard *
make_card (AppWorld *world, BeckonMessage *message)
{
  g_autoptr (BeckonContact) bob = beckon_account_find_contact (world->account, "bob@b");
  BkAppFileCard *card = BK_APP_FILE_CARD (g_object_ref_sink (bk_app_file_card_new ()));

  bk_app_file_card_set_message (card, message, bob, world->messenger);
  return card;
}

static void
test_states (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BeckonMessage) message = make_message (i, rows[i].outgoing, rows[i].result, rows[i].path);
      g_autofree char *properties
        = g_strdup_printf ("{'SessionID': <'{S%u}'>, 'UserName': <'Bob'>, 'Flags': <uint32 %d>, %s}", i,
                           rows[i].outgoing ? 1 : 2, rows[i].session != NULL ? rows[i].session : "");
      g_autofree char *path = rows[i].session != NULL ? app_world_add_session (world, i, properties) : NULL;
      BkAppFileCard *card = make_card (world, message);

      g_test_message ("row %u", i);
      assert_card (card, rows[i].state, rows[i].buttons, rows[i].percent);
      g_assert_cmpstr (gtk_label_get_text (app_part (card, "name")), ==, "<b>.png");
      g_assert_finalize_object (card);
    }
}

static gboolean
is_asking (gpointer card)
{
  return gtk_widget_get_visible (app_part (card, "accept"));
}

static gboolean
is_moving (gpointer card)
{
  return gtk_widget_get_visible (app_part (card, "progress"));
}

/* It follows its session, and accepts by the door for files. */
static void
test_life (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonMessage) message = make_message (1, FALSE, 0, "");
  BkAppFileCard *card = make_card (world, message);
  g_autofree char *path = app_world_add_session (
    world, 1, "{'SessionID': <'{S1}'>, 'State': <uint32 2>, 'Flags': <uint32 2>, 'Asking': <true>}");
  const guint *accepted = stand_in_count (world->service, "AcceptFile");

  bk_test_wait_until (is_asking, card);
  gtk_widget_activate_action (GTK_WIDGET (card), "file.accept", NULL);
  bk_test_wait_for_count (accepted, 1);
  g_assert_cmpstr (stand_in_last (world->service, "AcceptFile"), ==, "('',)");
  stand_in_set (world->service, path, "Session1",
                "{'State': <uint32 4>, 'Transfer': <{'state': <'running'>, 'size': <uint64 4>, 'done': <uint64 1>}>}");
  bk_test_wait_until (is_moving, card);
  bk_app_file_card_set_message (card, NULL, NULL, NULL);
  app_world_settle (world);
  g_assert_finalize_object (card);
}

/* ---- sending again ---- */

/* What is asked of the window around a card: "send-file PATH", without one to choose, or what it is told. */
static void
on_asked (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *text = parameter != NULL ? g_variant_get_string (parameter, NULL) : "";

  g_string_append_printf (user_data, "%s %s\n", g_action_get_name (G_ACTION (action)), text);
}

static void
add_group (GtkWidget *widget, const char *name, GString *asked)
{
  static const GActionEntry entries[] = {
    { "send-file", on_asked, "s", NULL, NULL, { 0 } },
    { "tell", on_asked, "s", NULL, NULL, { 0 } },
  };
  static const GActionEntry choose[] = { { "send-file", on_asked, NULL, NULL, NULL, { 0 } }, entries[1] };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  gboolean win = g_str_equal (name, "win");

  g_action_map_add_action_entries (G_ACTION_MAP (group), win ? choose : entries, 2, asked);
  gtk_widget_insert_action_group (widget, name, G_ACTION_GROUP (group));
}

static gboolean
is_asked (gpointer asked)
{
  return ((GString *) asked)->len > 0;
}

static void
assert_asked (AppWorld *world, const char *action, const char *path, const char *expected)
{
  g_autoptr (BeckonMessage) message = make_message (1, TRUE, 2, path);
  BkAppFileCard *card = make_card (world, message);
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GString) asked = g_string_new (NULL);

  add_group (window, "win", asked);
  add_group (window, "conversation", asked);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (card));
  gtk_widget_activate_action (GTK_WIDGET (card), action, NULL);
  bk_test_wait_until (is_asked, asked);
  g_assert_cmpstr (asked->str, ==, expected);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (card);
}

/* The same file is offered once more, and looked for where it is not there any more. */
static void
test_again (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "again.png", NULL);
  g_autofree char *expected = g_strdup_printf ("send-file %s\n", path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  g_file_set_contents (path, "x", 1, &error);
  g_assert_no_error (error);
  assert_asked (world, "file.again", path, expected);
  g_remove (path);
  assert_asked (world, "file.again", path, "send-file \n");
  assert_asked (world, "file.again", g_get_user_cache_dir (), "send-file \n"); /* a folder is no file */
  assert_asked (world, "file.again", "", "send-file \n");
  assert_asked (world, "file.open", path, "tell The file is not there any more.\n");
  assert_asked (world, "file.show", path, "tell The file is not there any more.\n");
}

typedef struct
{
  gpointer card;
  guint n_references;
} Idle;

static gboolean
is_idle (gpointer idle)
{
  return G_OBJECT (((Idle *) idle)->card)->ref_count == ((Idle *) idle)->n_references;
}

/* While the file is looked for, the row may come to show that of somebody else. */
static void
test_again_elsewhere (void)
{
  g_autoptr (AppWorld) world = app_world_new (FALSE);
  g_autoptr (BeckonContact) carol = beckon_account_find_contact (world->account, "carol@b");
  g_autoptr (BeckonMessage) message = make_message (1, TRUE, 2, "/nowhere/a.png");
  g_autoptr (BeckonMessage) other = make_message (2, TRUE, 2, "/nowhere/b.png");
  BkAppFileCard *card = make_card (world, message);
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GString) asked = g_string_new (NULL);

  add_group (window, "win", asked);
  add_group (window, "conversation", asked);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (card));
  Idle idle = { card, G_OBJECT (card)->ref_count };
  gtk_widget_activate_action (GTK_WIDGET (card), "file.again", NULL);
  g_assert_false (is_idle (&idle));
  bk_app_file_card_set_message (card, other, carol, world->messenger);
  bk_test_wait_until (is_idle, &idle);
  g_assert_cmpstr (asked->str, ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (card);
}

static void
test_words (void)
{
  static const struct
  {
    guint64 left; /* MB, at 1 MB/s */
    const char *words;
  } cases[] = {
    { 0, "0 seconds left" }, { 1, "1 second left" },    { 59, "59 seconds left" },     { 60, "1 minute left" },
    { 100, "2 minutes left" }, { 3500, "58 minutes left" }, { 3600, "1 hour left" }, { 40000, "11 hours left" },
    { G_MAXUINT64 / MB / 2, "100 hours left" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BkAppTransfer transfer = { BK_APP_TRANSFER_RUNNING, cases[i].left * MB + 1, 1, MB };
      g_autofree char *words = bk_app_transfer_dup_progress (&transfer);

      if (!g_str_has_suffix (words, cases[i].words))
        g_error ("“%s” does not end in “%s”", words, cases[i].words);
    }
  BkAppTransfer nothing = { BK_APP_TRANSFER_DONE, 0, 0, 0 };
  g_assert_cmpfloat (bk_app_transfer_get_fraction (&nothing), ==, 1.0);
}

int
main (int argc, char **argv)
{
  app_world_init (&argc, &argv, TRUE);

  g_test_add_func ("/app/file-card/states", test_states);
  g_test_add_func ("/app/file-card/life", test_life);
  g_test_add_func ("/app/file-card/again", test_again);
  g_test_add_func ("/app/file-card/again-elsewhere", test_again_elsewhere);
  g_test_add_func ("/app/file-card/words", test_words);
  return app_world_run ();
}
