/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with the history as a whole: emptying it, and writing it into a file. */
#include "past.h"

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "bk-engine-account-private.h"

/* ---- clearing ---- */

typedef struct
{
  gint64 up_to;
  guint n_cleared;
} Cleared;

static void
on_cleared (BkEngineConversation *conversation, gint64 up_to, Cleared *cleared)
{
  cleared->up_to = up_to;
  cleared->n_cleared++;
}

static BkEngineConversation *
with (Past *past, const char *who)
{
  return bk_engine_account_get_conversation (past->alice, who, NULL);
}

static void
clear (Past *past, const char *who)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_account_clear_history_async (past->alice, who, NULL, bk_test_store_result, &result);
  bk_engine_account_clear_history_finish (past->alice, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static BkEngineContact *
bob (Past *past)
{
  return bk_engine_account_find_contact (past->alice, BOB);
}

static void
put_session (Past *past, const char *id, const char *text, BeckonSessionResult result)
{
  BkEngineMessage entry = {
    .message_id = id, .who = BOB, .text = text, .time = 9, .delivery = BECKON_DELIVERY_RECEIVED, .session = TRUE,
    .application = "{APP}", .application_name = "Schach", .result = result,
    .result_text = result != BECKON_SESSION_RESULT_NONE ? "Over." : NULL,
  };

  bk_engine_account_write_session (past->alice, &entry);
}

/* One person's messages go, in several steps; what waits to be sent stays, and so does what is not over. */
static void
test_clear (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GAsyncResult) sent = NULL;
  Cleared cleared = { 0 };

  for (guint i = 0; i < 450; i++)
    past_receive (past, BOB, "old pearl");
  past_receive (past, CAROL, "carol's pearl");
  put_session (past, "{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAA1}", "rings", BECKON_SESSION_RESULT_NONE);
  bk_engine_conversation_send_async (with (past, BOB), "pending pearl", NULL, bk_test_store_result, &sent);
  bk_engine_message_unref (bk_engine_conversation_send_finish (with (past, BOB), bk_test_await (&sent), NULL));
  past_receive (past, BOB, "newest pearl");
  engine_world_settle (past->world, past->alice);
  g_assert_cmpuint (bk_engine_contact_get_unread (bob (past)), ==, 452);
  g_signal_connect (with (past, BOB), "cleared", G_CALLBACK (on_cleared), &cleared);

  clear (past, "Bob@example.org");
  g_assert_cmpuint (cleared.n_cleared, ==, 1);
  g_assert_cmpint (cleared.up_to, ==,
                   past_query_file (past, "SELECT seq FROM sqlite_sequence WHERE name = 'messages'"));
  g_assert_cmpuint (bk_engine_contact_get_unread (bob (past)), ==, 1);
  g_assert_cmpstr (bk_engine_contact_get_last (bob (past))->text, ==, "pending pearl");
  past_assert_hits (past, "pearl", NULL, "pending pearl|carol's pearl|");
  past_assert_hits (past, "rings", NULL, "rings|");
  past_receive (past, BOB, "later pearl");
  engine_world_settle (past->world, past->alice);
  past_assert_hits (past, "pearl", BOB, "later pearl|pending pearl|");

  clear (past, "nobody@example.org");
  clear (past, NULL);
  g_assert_cmpint (past_query_file (past, "SELECT count(*) FROM messages"), ==, 2);
  past_assert_hits (past, "pearl", NULL, "pending pearl|");
  past_wait_for_zero (past, "SELECT purge FROM upkeep");
  engine_world_close (past->world);
  past->alice = engine_world_reopen (past->world, &past->backend);
  g_assert_cmpstr (bk_engine_contact_get_last (bob (past))->text, ==, "pending pearl");
  engine_world_settle (past->world, past->alice);
  engine_world_crash (past->world); /* nobody answers what is being sent */
}

/* For good means: not in the file either. */
static void
test_clear_leaves_nothing (void)
{
  g_autoptr (Past) past = past_new ();
  g_autofree char *path = g_build_filename (past->world->dir, "data", "beckon", "history.sqlite", NULL);
  g_autofree char *content = NULL;
  gsize length;

  for (guint i = 0; i < 300; i++)
    past_receive (past, BOB, "quicksilver secret");
  past_receive (past, CAROL, "harmless");
  engine_world_settle (past->world, past->alice);
  clear (past, BOB);
  past_wait_for_zero (past, "SELECT purge FROM upkeep");
  past_assert_hits (past, "quick", NULL, "");
  past_assert_hits (past, "harm", NULL, "harmless|");
  engine_world_close (past->world);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, "quicksilver", strlen ("quicksilver")));
  g_assert_nonnull (memmem (content, length, "harmless", strlen ("harmless")));
  past->alice = engine_world_reopen (past->world, &past->backend);
}

/* An account that is removed is gone at once for everybody, and can be added again; its messages follow. */
static void
test_removed_account (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  BkEngineNewAccount again = { .sign_in_name = "alice@example.org", .password = "sesame-open" };
  HandBackend *backend;

  for (guint i = 0; i < 500; i++)
    past_receive (past, BOB, "pearl");
  engine_world_settle (past->world, past->alice);
  bk_engine_remove_account_async (past->world->engine, past->alice, NULL, bk_test_store_result, &removed);
  g_assert_true (bk_engine_remove_account_finish (past->world->engine, bk_test_await (&removed), NULL));
  g_clear_object (&removed);
  past_assert_hits (past, "pearl", NULL, "");

  bk_engine_add_account_async (past->world->engine, &again, NULL, bk_test_store_result, &added);
  backend = engine_world_backend (past->world, 1);
  engine_world_wait_sign_in (backend, 1);
  hand_backend_go_online (backend);
  g_autoptr (BkEngineAccount) account =
    bk_engine_add_account_finish (past->world->engine, bk_test_await (&added), NULL);
  g_assert_nonnull (account);
  g_clear_object (&added);
  past->alice = account;
  past_wait_for_zero (past, "SELECT count(*) FROM messages");
  past_wait_for_zero (past, "SELECT purge FROM upkeep");
  g_assert_cmpint (past_query_file (past, "SELECT count(*) FROM accounts"), ==, 1);
  g_assert_cmpint (past_query_file (past, "SELECT count(*) FROM conversations"), ==, 0);
}

/* ---- exporting ---- */

static char *
export (Past *past, const char *who, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  bk_engine_account_export_history_async (past->alice, who, stream, NULL, bk_test_store_result, &result);
  if (!bk_engine_account_export_history_finish (past->alice, bk_test_await (&result), error))
    return NULL;
  g_assert_false (g_output_stream_is_closed (stream));
  g_output_stream_write (stream, "", 1, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static JsonObject *
parse (JsonParser *parser, const char *text)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* What comes out is what went in, page limits and odd characters notwithstanding. */
static void
test_export (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u \"quoted\" \\ \n </script> ü 漢 👍", i);
      past_receive (past, BOB, text);
    }
  past_receive (past, CAROL, "hi");
  put_session (past, "{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAA1}", "invited", BECKON_SESSION_RESULT_TIMEOUT);
  engine_world_settle (past->world, past->alice);

  g_autofree char *json = export (past, NULL, &error);
  g_assert_no_error (error);
  JsonObject *root = parse (parser, json);
  g_assert_cmpstr (json_object_get_string_member (root, "account"), ==, "alice@example.org");
  g_assert_true (g_str_has_suffix (json_object_get_string_member (root, "exported"), "Z"));
  JsonArray *conversations = json_object_get_array_member (root, "conversations");
  JsonObject *first = json_array_get_object_element (conversations, 0);
  JsonArray *messages = json_object_get_array_member (first, "messages");
  g_assert_cmpstr (json_object_get_string_member (first, "who"), ==, BOB);
  g_assert_cmpuint (json_array_get_length (messages), ==, 251);
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u \"quoted\" \\ \n </script> ü 漢 👍", i);
      JsonObject *message = json_array_get_object_element (messages, i);
      g_assert_cmpstr (json_object_get_string_member (message, "text"), ==, text);
      g_assert_cmpstr (json_object_get_string_member (message, "from"), ==, BOB);
      g_assert_cmpstr (json_object_get_string_member (message, "delivery"), ==, "received");
      g_assert_false (json_object_has_member (message, "session"));
    }
  JsonObject *session = json_object_get_object_member (json_array_get_object_element (messages, 250), "session");
  g_assert_cmpstr (json_object_get_string_member (session, "result"), ==, "timeout");
  g_assert_cmpstr (json_object_get_string_member (session, "application-name"), ==, "Schach");

  g_autofree char *carol = export (past, CAROL, &error);
  g_assert_no_error (error);
  conversations = json_object_get_array_member (parse (parser, carol), "conversations");
  g_assert_cmpuint (json_array_get_length (conversations), ==, 1);
  g_autofree char *none = export (past, "nobody-at-all@example.org", &error);
  g_assert_no_error (error);
  conversations = json_object_get_array_member (parse (parser, none), "conversations");
  g_assert_cmpuint (json_array_get_length (conversations), ==, 0);
  g_assert_null (export (past, "nobody", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
}

/* One at a time; a file that takes no more, and somebody who changed their mind. */
static void
test_export_fails (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) full = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  char small[64];

  past_receive (past, BOB, "some words that make the file longer than it may be");
  engine_world_settle (past->world, past->alice);
  bk_engine_account_export_history_async (past->alice, NULL, stream, cancellable, bk_test_store_result, &first);
  g_assert_null (export (past, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (bk_engine_account_export_history_finish (past->alice, bk_test_await (&first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_autoptr (GOutputStream) narrow = g_memory_output_stream_new (small, sizeof small, NULL, NULL);
  bk_engine_account_export_history_async (past->alice, NULL, narrow, NULL, bk_test_store_result, &full);
  g_assert_false (bk_engine_account_export_history_finish (past->alice, bk_test_await (&full), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  g_autofree char *json = export (past, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  GString *text = user_data;
  char buffer[8192];
  gssize n = read (fd, buffer, sizeof buffer);

  g_string_append_len (text, buffer, MAX (n, 0));
  return n > 0;
}

static gboolean
is_full (gpointer data)
{
  struct pollfd look = { GPOINTER_TO_INT (data), POLLOUT, 0 };

  return poll (&look, 1, 0) == 0;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Who reads from a pipe lets it wait: the service has other things to do meanwhile. */
static void
test_export_waits (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *words = g_strnfill (4000, 'w');
  guint tick = g_timeout_add (5, on_tick, NULL);
  int fds[2];

  for (guint i = 0; i < 40; i++)
    past_receive (past, BOB, words);
  engine_world_settle (past->world, past->alice);
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fds[1], TRUE);
  bk_engine_account_export_history_async (past->alice, NULL, stream, NULL, bk_test_store_result, &result);
  bk_test_wait_until (is_full, GINT_TO_POINTER (fds[1]));
  past_receive (past, BOB, "meanwhile");
  engine_world_settle (past->world, past->alice);
  g_assert_null (result);

  guint watch = g_unix_fd_add (fds[0], G_IO_IN, on_readable, text);
  gboolean done = bk_engine_account_export_history_finish (past->alice, bk_test_await (&result), NULL);
  g_assert_true (done);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  while (on_readable (fds[0], G_IO_IN, text))
    ;
  g_source_remove (watch);
  g_source_remove (tick);
  JsonArray *conversations = json_object_get_array_member (parse (parser, text->str), "conversations");
  JsonObject *bob = json_array_get_object_element (conversations, 0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (bob, "messages")), ==, 40);
  close (fds[0]);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/history/clear", test_clear);
  g_test_add_func ("/history/clear-leaves-nothing", test_clear_leaves_nothing);
  g_test_add_func ("/history/removed-account", test_removed_account);
  g_test_add_func ("/history/export", test_export);
  g_test_add_func ("/history/export-fails", test_export_fails);
  g_test_add_func ("/history/export-waits", test_export_waits);
  return g_test_run ();
}
