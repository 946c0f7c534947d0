/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding what was said, and how the index comes to know it. */
#include "past.h"

#include "bk-engine-account-private.h"
#include "bk-limits.h"

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

  past_receive (past, BOB, "Das Café schließt um acht");
  past_receive (past, BOB, "明日は京都へ行きます");
  past_receive (past, BOB, "เจอกันพรุ่งนี้");
  past_receive (past, BOB, "Tiếng Việt");
  past_receive (past, BOB, "ПРИВЕТ всем");
  past_receive (past, BOB, "مُحَمَّد هنا");
  past_receive (past, BOB, "fine 👍🏽");
  past_receive (past, BOB, "안녕하세요");
  past_receive (past, BOB, "it's O'Reilly's \"book\"");
  past_receive (past, BOB, "100% sure_thing");
  engine_world_settle (past->world, past->alice);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    past_assert_hits (past, rows[i].text, NULL, rows[i].found);
}

/* Nothing that can be typed is syntax: it is looked for, and no more. */
static void
test_hostile (void)
{
  static const char *const texts[] = {
    "\"", "\"\"\"", "' OR 1=1 --", "text:", "place:1", "^", "*", "a*b", "NEAR(a b, 2)", "NOT", "AND", "OR",
    "(", ")", "{", "a + b", "-a", "\\", "%", "\"a\" * \"b\"", "\xF4\x80\x80\x85", "search", "a:b:c",
    "\"*\"", "＂", "; DROP TABLE messages",
  };
  g_autoptr (Past) past = past_new ();
  g_autofree char *long_words = g_strnfill (BK_LIMIT_QUERY, 'a');
  g_autofree char *many = g_strnfill (BK_LIMIT_QUERY, 'a');

  past_receive (past, BOB, "kept");
  engine_world_settle (past->world, past->alice);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    past_assert_hits (past, texts[i], NULL, "");
  past_assert_hits (past, long_words, NULL, "");
  for (gsize i = 0; many[i] != '\0'; i += 2)
    many[i] = ' ';
  past_assert_hits (past, many, NULL, "");
  for (gsize i = 0; i < BK_LIMIT_QUERY; i++)
    many[i] = '"';
  past_assert_hits (past, many, NULL, "");
  past_assert_hits (past, "kept", NULL, "kept|");
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
      past_receive (past, i % 2 == 0 ? BOB : CAROL, text);
      if (i % 3 != 0)
        g_string_prepend (g_string_prepend (expected, "|"), text);
    }
  engine_world_settle (past->world, past->alice);
  do
    {
      g_autoptr (GPtrArray) page = past_search (past, "needle", NULL, before, 4);
      n_found = page->len;
      for (guint i = 0; i < page->len; i++)
        {
          const BkEngineFound *found = page->pdata[i];
          g_assert_true (before == 0 || found->message->id < before);
          g_assert_cmpuint (found->account, ==, bk_engine_account_get_id (past->alice));
          before = found->message->id;
          g_string_append_printf (seen, "%s|", found->message->text);
        }
      past_receive (past, BOB, "needle late");
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

  past_receive (past, BOB, "from bob");
  past_receive (past, CAROL, "from carol");
  engine_world_settle (past->world, past->alice);
  past_assert_hits (past, "from", NULL, "from carol|from bob|");
  past_assert_hits (past, "from", BOB, "from bob|");
  past_assert_hits (past, "from", "Carol@Example.ORG", "from carol|");
  past_assert_hits (past, "carol", BOB, "");
  past_assert_hits (past, "from", "stranger@example.org", "");
  bk_engine_search_async (past->world->engine, "from", past->alice, BOB, 0, 10, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) found = bk_engine_search_finish (past->world->engine, bk_test_await (&result), NULL);
  g_assert_cmpuint (found->len, ==, 1);
}

/* Two conversations that stand in the same place of the index are told from each other all the same. */
static void
test_same_place (void)
{
  g_autoptr (Past) past = past_new ();

  past_receive (past, BOB, "from bob");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  past_change_file (past, "INSERT INTO conversations (id, account, who) SELECT id + 65533, account, 'dave@example.org'"
                     " FROM conversations WHERE who = 'bob@example.org'");
  past->alice = engine_world_reopen (past->world, &past->backend);
  past->n_messages = 100;
  past_receive (past, "dave@example.org", "from dave");
  engine_world_settle (past->world, past->alice);
  past_assert_hits (past, "from", BOB, "from bob|");
  past_assert_hits (past, "from", "dave@example.org", "from dave|");
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
  past_assert_hits (past, "schach", NULL, "You invited Bob.|");
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

/* A history that was written before there was an index: it is taken in bit by bit, what comes meanwhile is found at
 * once, and what goes meanwhile is not missed. */
static void
test_older_history (void)
{
  g_autoptr (Past) past = past_new ();

  for (guint i = 0; i < 1500; i++)
    past_receive (past, i % 2 == 0 ? BOB : CAROL, i == 3 ? "oldest pearl" : "some words");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  past_change_file (past, "INSERT INTO search (search) VALUES ('delete-all');"
                     "UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)");
  past->alice = engine_world_reopen (past->world, &past->backend);
  past->n_messages = 10000;
  past_receive (past, BOB, "a fresh pearl");
  engine_world_settle (past->world, past->alice);
  g_autofree char *meanwhile = past_hits (past, "pearl", NULL);
  g_assert_true (g_str_has_prefix (meanwhile, "a fresh pearl|"));

  past_wait_for_zero (past, "SELECT unindexed FROM upkeep");
  g_assert_cmpint (past_query_file (past, "SELECT count(*) FROM search WHERE search MATCH 'some'"), ==, 1499);
  past_assert_hits (past, "pearl", NULL, "a fresh pearl|oldest pearl|");
  past_assert_hits (past, "pearl", CAROL, "oldest pearl|");
  past_change_file (past, "INSERT INTO search (search) VALUES ('integrity-check')");
}

/* It goes on where it was when the program ended in the middle. */
static void
test_older_history_in_parts (void)
{
  g_autoptr (Past) past = past_new ();
  guint n_starts = 0;

  for (guint i = 0; i < 1500; i++)
    past_receive (past, BOB, i == 0 ? "oldest pearl" : "some words");
  engine_world_settle (past->world, past->alice);
  engine_world_close (past->world);
  past_change_file (past, "INSERT INTO search (search) VALUES ('delete-all');"
                     "UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages)");
  do
    {
      past->alice = engine_world_reopen (past->world, &past->backend);
      engine_world_close (past->world);
      g_assert_cmpuint (n_starts++, <, 10);
    }
  while (past_query_file (past, "SELECT unindexed FROM upkeep") != 0);
  past->alice = engine_world_reopen (past->world, &past->backend);
  past_assert_hits (past, "pearl", NULL, "oldest pearl|");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
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
  return g_test_run ();
}
