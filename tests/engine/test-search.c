/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of words, and what is done with the history as a whole. */
#include "engine-world.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "bk-engine-account-private.h"
#include "bk-limits.h"
#include "bk-search-text.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"

/* ---- text and queries, which are pure ---- */

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } rows[] = {
    { "", "" },
    { "Hello, World", "Hello, World" },
    { "東京に行く", " 東  京  に  行  く " },
    { "ab漢cd", "ab 漢 cd" },
    { "Straße", "Strasse" },
    { "ＡＢ１", "AB1" },
    { "soft\xc2\xadhyphen", "softhyphen" },
    { "مُحَمَّد", "محمد" },
    { "한국어 text", "한국어 text" },
    { "👍", " \U000FF44D " },
    { "❤️", " \U000F2764 " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = bk_search_text (rows[i].text);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_query (void)
{
  static const struct
  {
    const char *text;
    const char *query;
  } rows[] = {
    { "", NULL },
    { "  \t ", NULL },
    { "\"\"", NULL },
    { "\"", NULL },
    { "hello", "\"hello\"*" },
    { "  two   words ", "\"two\"* \"words\"*" },
    { "\"as it stands\"", "\"as it stands\"" },
    { "say \"as it stands\"now", "\"say\"* \"as it stands\" \"now\"*" },
    { "still \"being typ", "\"still\"* \"being typ\"*" },
    { "a OR b NOT c NEAR(d)", "\"a\"* \"OR\"* \"b\"* \"NOT\"* \"c\"* \"NEAR(d)\"*" },
    { "text:x ^y -z {p} +q*", "\"text:x\"* \"^y\"* \"-z\"* \"{p}\"* \"+q*\"*" },
    { "it's", "\"it's\"*" },
    { "full＂width＂", "\"full width\"*" },
    { "東京", "\"東  京\"*" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *query = bk_search_text_to_query (rows[i].text);
      g_assert_cmpstr (query, ==, rows[i].query);
    }
}

/* ---- a history ---- */

typedef struct
{
  EngineWorld *world;
  HandBackend *backend;
  BkEngineAccount *alice;
  guint n_messages;
} Past;

static Past *
past_new (void)
{
  Past *past = g_new0 (Past, 1);

  past->world = engine_world_new ();
  engine_world_open (past->world);
  past->alice = engine_world_add_alice (past->world, &past->backend);
  hand_backend_contact (past->backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  return past;
}

static void
past_free (Past *past)
{
  engine_world_free (past->world);
  g_free (past);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Past, past_free)

static void
receive (Past *past, const char *who, const char *text)
{
  g_autofree char *id = g_strdup_printf ("m%u", past->n_messages++);

  hand_backend_message (past->backend, NULL, who, id, FALSE, text);
}

static GPtrArray *
search (Past *past, const char *text, const char *who, gint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_search_async (past->world->engine, text, NULL, who, before, limit, NULL, bk_test_store_result, &result);
  GPtrArray *found = bk_engine_search_finish (past->world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return found;
}

/* The texts that were found, each with a bar behind. */
static char *
hits (Past *past, const char *text, const char *who)
{
  g_autoptr (GPtrArray) found = search (past, text, who, 0, 200);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (all, "%s|", ((BkEngineFound *) found->pdata[i])->message->text);
  return g_string_free (all, FALSE);
}

static void
assert_hits (Past *past, const char *text, const char *who, const char *expected)
{
  g_autofree char *all = hits (past, text, who);

  if (g_strcmp0 (all, expected) != 0)
    g_test_message ("looking for “%s”", text);
  g_assert_cmpstr (all, ==, expected);
}

/* ---- the file, from outside ---- */

static sqlite3 *
open_file (Past *past)
{
  g_autofree char *path = g_build_filename (past->world->dir, "data", "beckon", "history.sqlite", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  return db;
}

static gint64
query_file (Past *past, const char *sql)
{
  sqlite3 *db = open_file (past);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  return value;
}

static void
change_file (Past *past, const char *sql)
{
  sqlite3 *db = open_file (past);
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* ---- finding ---- */

static void
test_words (void)
{
  static const struct
  {
    const char *text;
    const char *found; /* in the order of arrival, newest first */
  } rows[] = {
    { "cafe", "Das Café schließt um acht|" },
    { "CAFÉ", "Das Café schließt um acht|" },
    { "schliesst", "Das Café schließt um acht|" },
    { "acht das", "Das Café schließt um acht|" },
    { "caf", "Das Café schließt um acht|" },
    { "afé", "" },
    { "\"um acht\"", "Das Café schließt um acht|" },
    { "\"acht um\"", "" },
    { "\"café schli", "Das Café schließt um acht|" },
    { "京都", "明日は京都へ行きます|" },
    { "都京", "" },
    { "行き", "明日は京都へ行きます|" },
    { "พรุ่งนี้", "เจอกันพรุ่งนี้|" },
    { "Việt", "Tiếng Việt|" },
    { "tieng viet", "Tiếng Việt|" },
    { "привет", "ПРИВЕТ всем|" },
    { "محمد", "مُحَمَّد هنا|" },
    { "👍", "fine 👍🏽|" },
    { "fine", "fine 👍🏽|" },
    { "안녕", "안녕하세요|" },
    { "it's", "it's O'Reilly's \"book\"|" },
    { "o'reilly", "it's O'Reilly's \"book\"|" },
    { "book\"", "it's O'Reilly's \"book\"|" },
    { "100%", "100% sure_thing|" },
    { "*", "" },
    { "!?", "" },
    { "fine !?", "fine 👍🏽|" },
  };
  g_autoptr (Past) past = past_new ();

  receive (past, BOB, "Das Café schließt um acht");
  receive (past, BOB, "明日は京都へ行きます");
  receive (past, BOB, "เจอกันพรุ่งนี้");
  receive (past, BOB, "Tiếng Việt");
  receive (past, BOB, "ПРИВЕТ всем");
  receive (past, BOB, "مُحَمَّد هنا");
  receive (past, BOB, "fine 👍🏽");
  receive (past, BOB, "안녕하세요");
  receive (past, BOB, "it's O'Reilly's \"book\"");
  receive (past, BOB, "100% sure_thing");
  engine_world_settle (past->world, past->alice);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_hits (past, rows[i].text, NULL, rows[i].found);
}

/* Nothing that can be typed is syntax: it is looked for, and no more. */
static void
test_hostile (void)
{
  static const char *const texts[] = {
    "\"", "\"\"\"", "' OR 1=1 --", "text:", "place:1", "^", "*", "a*b", "NEAR(a b, 2)", "NOT", "AND", "OR",
    "(", ")", "{", "a + b", "-a", "\\", "%", "\"a\" * \"b\"", "\xF4\x80\x80\x85", "search", "a:b:c", "\"*\"", "＂", "; DROP TABLE messages",
  };
  g_autoptr (Past) past = past_new ();
  g_autofree char *long_words = g_strnfill (BK_LIMIT_QUERY, 'a');
  g_autofree char *many = g_strnfill (BK_LIMIT_QUERY, 'a');

  receive (past, BOB, "kept");
  engine_world_settle (past->world, past->alice);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_hits (past, texts[i], NULL, "");
  assert_hits (past, long_words, NULL, "");
  for (gsize i = 0; many[i] != '\0'; i += 2)
    many[i] = ' ';
  assert_hits (past, many, NULL, "");
  for (gsize i = 0; i < BK_LIMIT_QUERY; i++)
    many[i] = '"';
  assert_hits (past, many, NULL, "");
  assert_hits (past, "kept", NULL, "kept|");
}

static void
assert_refused (Past *past, const char *text, const char *who, gint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_search_async (past->world->engine, text, NULL, who, before, limit, NULL, bk_test_store_result, &result);
  g_assert_null (bk_engine_search_finish (past->world->engine, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
}

static void
test_refused (void)
{
  g_autoptr (Past) past = past_new ();
  g_autofree char *big = g_strnfill (BK_LIMIT_QUERY + 1, 'x');

  assert_refused (past, "", NULL, 0, 10);
  assert_refused (past, big, NULL, 0, 10);
  assert_refused (past, "\xff", NULL, 0, 10);
  assert_refused (past, "x", "nobody", 0, 10);
  assert_refused (past, "x", NULL, -1, 10);
  assert_refused (past, "x", NULL, 0, 0);
  assert_refused (past, "x", NULL, 0, 201);
}

/* Page after page, also while messages come in: none is missing, none comes twice. */
static void
test_pages (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  gint64 before = 0;
  guint n_found;

  for (guint i = 0; i < 25; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s %u", i % 3 == 0 ? "other" : "needle", i);
      receive (past, i % 2 == 0 ? BOB : CAROL, text);
      if (i % 3 != 0)
        g_string_prepend (g_string_prepend (expected, "|"), text);
    }
  engine_world_settle (past->world, past->alice);
  do
    {
      g_autoptr (GPtrArray) page = search (past, "needle", NULL, before, 4);
      n_found = page->len;
      for (guint i = 0; i < page->len; i++)
        {
          const BkEngineFound *found = page->pdata[i];
          g_assert_true (before == 0 || found->message->id < before);
          g_assert_cmpuint (found->account, ==, bk_engine_account_get_id (past->alice));
          before = found->message->id;
          g_string_append_printf (seen, "%s|", found->message->text);
        }
      receive (past, BOB, "needle late");
      engine_world_settle (past->world, past->alice);
    }
  while (n_found == 4);
  g_assert_cmpstr (seen->str, ==, expected->str);
}

/* Somebody's messages, and those of one account. */
static void
test_restricted (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GAsyncResult) result = NULL;

  receive (past, BOB, "from bob");
  receive (past, CAROL, "from carol");
  engine_world_settle (past->world, past->alice);
  assert_hits (past, "from", NULL, "from carol|from bob|");
  assert_hits (past, "from", BOB, "from bob|");
  assert_hits (past, "from", "Carol@Example.ORG", "from carol|");
  assert_hits (past, "carol", BOB, "");
  assert_hits (past, "from", "stranger@example.org", "");
  bk_engine_search_async (past->world->engine, "from", past->alice, BOB, 0, 10, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) found = bk_engine_search_finish (past->world->engine, bk_test_await (&result), NULL);
  g_assert_cmpuint (found->len, ==, 1);
}

/* Two conversations that stand in the same place of the index are told from each other all the same. */
static void
test_same_place (void)
{
  g_autoptr (Past) past = past_new ();

  receive (past, BOB, "from bob");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  change_file (past, "INSERT INTO conversations (id, account, who) SELECT id + 65533, account, 'dave@example.org'"
                     " FROM conversations WHERE who = 'bob@example.org'");
  past->alice = engine_world_reopen (past->world, &past->backend);
  past->n_messages = 100;
  receive (past, "dave@example.org", "from dave");
  engine_world_settle (past->world, past->alice);
  assert_hits (past, "from", BOB, "from bob|");
  assert_hits (past, "from", "dave@example.org", "from dave|");
}

/* What is said of a session is found by the name of its application. */
static void
test_sessions (void)
{
  g_autoptr (Past) past = past_new ();
  BkEngineMessage entry = {
    .message_id = "{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}", .who = BOB, .outgoing = TRUE, .text = "You invited Bob.",
    .time = 9, .delivery = BECKON_DELIVERY_SENT, .session = TRUE, .application = "{APP}", .application_name = "Schach",
  };

  bk_engine_account_write_session (past->alice, &entry);
  engine_world_settle (past->world, past->alice);
  assert_hits (past, "schach", NULL, "You invited Bob.|");
}

static void
test_cancelled (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_search_async (past->world->engine, "x", NULL, NULL, 0, 10, cancellable, bk_test_store_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (bk_engine_search_finish (past->world->engine, bk_test_await (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  /* And one that nobody waits for any more when the program ends. */
  bk_engine_search_async (past->world->engine, "x", NULL, NULL, 0, 10, NULL, bk_test_store_result, &result);
  engine_world_begin_close (past->world);
  bk_test_await (&result);
  g_clear_object (&result);
  engine_world_end_close (past->world);
}

/* ---- upkeep ---- */

typedef struct
{
  Past *past;
  const char *sql;
} Wanted;

static gboolean
is_zero (gpointer data)
{
  Wanted *wanted = data;

  /* Each turn brings the upkeep on: its steps come back to this loop. */
  engine_world_settle (wanted->past->world, wanted->past->alice);
  return query_file (wanted->past, wanted->sql) == 0;
}

static void
wait_for_zero (Past *past, const char *sql)
{
  Wanted wanted = { past, sql };

  while (!is_zero (&wanted))
    ;
}

/* A history that was written before there was an index: it is taken in bit by bit, what comes meanwhile is found at
 * once, and what goes meanwhile is not missed. */
static void
test_older_history (void)
{
  g_autoptr (Past) past = past_new ();

  for (guint i = 0; i < 1500; i++)
    receive (past, i % 2 == 0 ? BOB : CAROL, i == 3 ? "oldest pearl" : "some words");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  change_file (past, "INSERT INTO search (search) VALUES ('delete-all');"
                     "UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)");
  past->alice = engine_world_reopen (past->world, &past->backend);
  past->n_messages = 10000;
  receive (past, BOB, "a fresh pearl");
  engine_world_settle (past->world, past->alice);
  g_autofree char *meanwhile = hits (past, "pearl", NULL);
  g_assert_true (g_str_has_prefix (meanwhile, "a fresh pearl|"));

  wait_for_zero (past, "SELECT unindexed FROM upkeep");
  g_assert_cmpint (query_file (past, "SELECT count(*) FROM search WHERE search MATCH 'some'"), ==, 1499);
  assert_hits (past, "pearl", NULL, "a fresh pearl|oldest pearl|");
  assert_hits (past, "pearl", CAROL, "oldest pearl|");
  change_file (past, "INSERT INTO search (search) VALUES ('integrity-check')");
}

/* It goes on where it was when the program ended in the middle. */
static void
test_older_history_in_parts (void)
{
  g_autoptr (Past) past = past_new ();
  guint n_starts = 0;

  for (guint i = 0; i < 1500; i++)
    receive (past, BOB, i == 0 ? "oldest pearl" : "some words");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  change_file (past, "INSERT INTO search (search) VALUES ('delete-all');"
                     "UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)");
  do
    {
      past->alice = engine_world_reopen (past->world, &past->backend);
      engine_world_close (past->world);
      g_assert_cmpuint (n_starts++, <, 10);
    }
  while (query_file (past, "SELECT unindexed FROM upkeep") != 0);
  past->alice = engine_world_reopen (past->world, &past->backend);
  assert_hits (past, "pearl", NULL, "oldest pearl|");
}

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
    receive (past, BOB, "old pearl");
  receive (past, CAROL, "carol's pearl");
  put_session (past, "{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAA1}", "rings", BECKON_SESSION_RESULT_NONE);
  bk_engine_conversation_send_async (with (past, BOB), "pending pearl", NULL, bk_test_store_result, &sent);
  bk_engine_message_unref (bk_engine_conversation_send_finish (with (past, BOB), bk_test_await (&sent), NULL));
  receive (past, BOB, "newest pearl");
  engine_world_settle (past->world, past->alice);
  g_assert_cmpuint (bk_engine_contact_get_unread (bob (past)), ==, 452);
  g_signal_connect (with (past, BOB), "cleared", G_CALLBACK (on_cleared), &cleared);

  clear (past, "Bob@example.org");
  g_assert_cmpuint (cleared.n_cleared, ==, 1);
  g_assert_cmpint (cleared.up_to, ==, query_file (past, "SELECT seq FROM sqlite_sequence WHERE name = 'messages'"));
  g_assert_cmpuint (bk_engine_contact_get_unread (bob (past)), ==, 1);
  g_assert_cmpstr (bk_engine_contact_get_last (bob (past))->text, ==, "pending pearl");
  assert_hits (past, "pearl", NULL, "pending pearl|carol's pearl|");
  assert_hits (past, "rings", NULL, "rings|");
  receive (past, BOB, "later pearl");
  engine_world_settle (past->world, past->alice);
  assert_hits (past, "pearl", BOB, "later pearl|pending pearl|");

  clear (past, "nobody@example.org");
  clear (past, NULL);
  g_assert_cmpint (query_file (past, "SELECT count(*) FROM messages"), ==, 2);
  assert_hits (past, "pearl", NULL, "pending pearl|");
  wait_for_zero (past, "SELECT purge FROM upkeep");
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
    receive (past, BOB, "quicksilver secret");
  receive (past, CAROL, "harmless");
  engine_world_settle (past->world, past->alice);
  clear (past, BOB);
  wait_for_zero (past, "SELECT purge FROM upkeep");
  assert_hits (past, "quick", NULL, "");
  assert_hits (past, "harm", NULL, "harmless|");
  engine_world_close (past->world);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, "quicksilver", strlen ("quicksilver")));
  g_assert_nonnull (memmem (content, length, "harmless", strlen ("harmless")));
  past->alice = engine_world_reopen (past->world, &past->backend);
}

/* An account that is removed is gone at once for everybody; its messages follow. */
static void
test_removed_account (void)
{
  g_autoptr (Past) past = past_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  HandBackend *backend;

  for (guint i = 0; i < 500; i++)
    receive (past, BOB, "pearl");
  engine_world_settle (past->world, past->alice);
  bk_engine_remove_account_async (past->world->engine, past->alice, NULL, bk_test_store_result, &removed);
  g_assert_true (bk_engine_remove_account_finish (past->world->engine, bk_test_await (&removed), NULL));
  g_clear_object (&removed);
  assert_hits (past, "pearl", NULL, "");

  g_ptr_array_set_size (past->world->backends, 0);
  past->alice = engine_world_add_alice (past->world, &backend); /* the same name again */
  wait_for_zero (past, "SELECT count(*) FROM messages");
  wait_for_zero (past, "SELECT purge FROM upkeep");
  g_assert_cmpint (query_file (past, "SELECT count(*) FROM accounts"), ==, 1);
  g_assert_cmpint (query_file (past, "SELECT count(*) FROM conversations"), ==, 0);
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
      receive (past, BOB, text);
    }
  receive (past, CAROL, "hi");
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

  receive (past, BOB, "some words that make the file longer than it may be");
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

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/search/text", test_text);
  g_test_add_func ("/search/query", test_query);
  g_test_add_func ("/search/words", test_words);
  g_test_add_func ("/search/hostile", test_hostile);
  g_test_add_func ("/search/refused", test_refused);
  g_test_add_func ("/search/pages", test_pages);
  g_test_add_func ("/search/restricted", test_restricted);
  g_test_add_func ("/search/same-place", test_same_place);
  g_test_add_func ("/search/sessions", test_sessions);
  g_test_add_func ("/search/cancelled", test_cancelled);
  g_test_add_func ("/search/older-history", test_older_history);
  g_test_add_func ("/search/older-history-in-parts", test_older_history_in_parts);
  g_test_add_func ("/search/clear", test_clear);
  g_test_add_func ("/search/clear-leaves-nothing", test_clear_leaves_nothing);
  g_test_add_func ("/search/removed-account", test_removed_account);
  g_test_add_func ("/search/export", test_export);
  g_test_add_func ("/search/export-fails", test_export_fails);
  return g_test_run ();
}
