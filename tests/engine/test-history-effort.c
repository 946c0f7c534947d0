/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a history of years costs: whatever is done at the start and all day long takes as many steps of SQLite's machine
 * with a hundred messages as with a million. Counted, not timed: a statement that walks through messages takes several
 * steps for each. */
#include "bk-test.h"

#include "bk-engine-history.h"

#define N_MESSAGES 20000 /* so many read ones in each of two conversations; a page of 200 takes far fewer steps */
/* Reads files that are small, and no others: how small is bounded elsewhere. */
#define WHOLE "PRAGMA quick_check"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

/* ---- the meter ---- */

static GMutex lock;
static GHashTable *statements; /* text → most steps in one run; NULL: nobody counts */

static int
on_statement_done (unsigned trace, void *unused, void *statement, void *unused_time)
{
  int steps = sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_VM_STEP, TRUE);
  const char *sql = sqlite3_sql (statement);

  g_mutex_lock (&lock);
  if (statements != NULL && sql != NULL && steps > GPOINTER_TO_INT (g_hash_table_lookup (statements, sql)))
    g_hash_table_insert (statements, g_strdup (sql), GINT_TO_POINTER (steps));
  g_mutex_unlock (&lock);
  return 0;
}

static int
on_connection (sqlite3 *db, const char **error, const void *unused)
{
  return sqlite3_trace_v2 (db, SQLITE_TRACE_PROFILE, on_statement_done, NULL);
}

static void
meter_start (void)
{
  g_mutex_lock (&lock);
  g_clear_pointer (&statements, g_hash_table_unref);
  statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_unlock (&lock);
}

/* No statement took one step for each message; and some were counted. */
static void
meter_check (void)
{
  g_autoptr (GHashTable) all = NULL;
  GHashTableIter iter;
  gpointer sql, steps;
  guint n_walks = 0;

  g_mutex_lock (&lock);
  all = g_steal_pointer (&statements);
  g_mutex_unlock (&lock);
  g_assert_cmpuint (g_hash_table_size (all), >, 10);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &sql, &steps))
    if (GPOINTER_TO_INT (steps) >= N_MESSAGES && !g_str_equal (sql, WHOLE))
      {
        g_test_message ("%d steps: %s", GPOINTER_TO_INT (steps), (char *) sql);
        n_walks++;
      }
  g_assert_cmpuint (n_walks, ==, 0);
}

/* ---- the history ---- */

typedef struct
{
  BkTestDir *dir;
  char *path;
  BkEngineHistory *history;
  guint alice;
  guint cursor;
} Years;

static void
years_open (Years *years)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  years->history = bk_engine_history_new (years->path);
  bk_engine_history_open_async (years->history, NULL, bk_test_store_result, &result);
  g_autoptr (BkHistoryContent) content =
    bk_engine_history_open_finish (years->history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < content->conversations->len; i++)
    g_assert_cmpuint (((BkHistoryConversation *) content->conversations->pdata[i])->unread, <=, 1);
}

/* All that was asked for is done then. */
static void
years_close (Years *years)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_close_async (years->history, bk_test_store_result, &result);
  bk_engine_history_close_finish (years->history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&years->history));
}

static void
exec (Years *years, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (years->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static gboolean
is_busy (Years *years)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_open (years->path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT max (unindexed, purge) FROM upkeep", -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gboolean busy = sqlite3_column_int64 (statement, 0) > 0;
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  return busy;
}

static void
add_account (Years *years)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_engine_history_add_account_async (years->history, "alice@example.org", NULL, bk_test_store_result, &result);
  g_autoptr (BkHistoryAccount) account =
    bk_engine_history_add_account_finish (years->history, bk_test_await (&result), NULL);
  account->kept = TRUE;
  years->alice = account->id;
  bk_engine_history_save_account_async (years->history, account, NULL, NULL);
}

/* Both said much, and all of it is read; a session that the network has not heard the end of. */
static void
fill (Years *years)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO conversations (id, account, who) VALUES (1, %u, '" BOB "'), (2, %u, '" CAROL "');"
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
    " INSERT INTO messages (conversation, message_id, outgoing, text, time, delivery)"
    " SELECT 1 + i %% 2, 'id-' || i, i / 2 %% 2, 'pearl', i, 2 * (i / 2 %% 2) FROM n;"
    "INSERT INTO messages (conversation, message_id, session, outgoing, text, time, delivery, open)"
    " VALUES (1, '{OPEN}', 1, 1, 'Whiteboard', 1, 2, 1);"
    "UPDATE conversations SET read_up_to = last, read_time = last;"
    "UPDATE upkeep SET unindexed = (SELECT max (id) + 1 FROM messages);",
    years->alice, years->alice, 2 * N_MESSAGES);

  exec (years, sql);
}

static Years *
years_new (void)
{
  Years *years = g_new0 (Years, 1);

  years->dir = bk_test_dir_new ();
  years->path = g_build_filename (years->dir, "history.sqlite", NULL);
  years_open (years);
  add_account (years);
  years_close (years);
  fill (years);
  return years;
}

static void
years_free (Years *years)
{
  bk_test_dir_remove (years->dir);
  g_free (years->path);
  g_free (years);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Years, years_free)

/* ---- what is done with it ---- */

static void
receive (Years *years, const char *id, gboolean outgoing)
{
  BkEngineMessage message = { .message_id = id, .who = BOB, .outgoing = outgoing, .text = "one more" };
  g_autofree char *previous = years->cursor > 0 ? g_strdup_printf ("%u", years->cursor) : NULL;
  g_autofree char *cursor = g_strdup_printf ("%u", ++years->cursor);

  message.time = 3 * N_MESSAGES;
  message.delivery = outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED;
  bk_engine_history_apply_message_async (years->history, &(BkHistoryStep){ years->alice, previous, cursor }, 1,
                                         &message, NULL, NULL);
}

static void
mark (Years *years, const char *id, gboolean outgoing, BeckonDelivery how)
{
  bk_engine_history_apply_mark_async (years->history, &(BkHistoryStep){ years->alice, NULL, NULL }, BOB, id, outgoing,
                                      how, NULL, NULL);
}

static void
send (Years *years)
{
  BkEngineMessage message = {
    .message_id = "mine", .who = BOB, .outgoing = TRUE, .text = "hello", .time = 5, .delivery = BECKON_DELIVERY_PENDING,
  };
  g_autoptr (GAsyncResult) result = NULL;

  bk_engine_history_add_message_async (years->history, years->alice, 1, &message, NULL, NULL);
  bk_engine_history_next_pending_async (years->history, years->alice, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) pending =
    bk_engine_history_next_pending_finish (years->history, bk_test_await (&result), NULL);
  g_assert_cmpstr (pending->message_id, ==, "mine");
  bk_engine_history_settle_message_async (years->history, pending->id, BECKON_DELIVERY_SENT, 9, NULL, NULL, NULL);
  g_clear_object (&result);
  bk_engine_history_next_pending_async (years->history, years->alice, bk_test_store_result, &result);
  g_assert_null (bk_engine_history_next_pending_finish (years->history, bk_test_await (&result), NULL));
}

static void
tell_due (Years *years)
{
  g_autoptr (GAsyncResult) result = NULL;

  bk_engine_history_next_due_async (years->history, years->alice, FALSE, bk_test_store_result, &result);
  g_autoptr (BkHistoryDue) due = bk_engine_history_next_due_finish (years->history, bk_test_await (&result), NULL);
  g_assert_nonnull (due);
  bk_engine_history_settle_due_async (years->history, due, TRUE, NULL, NULL);
  bk_engine_history_next_due_async (years->history, years->alice, TRUE, NULL, NULL);
}

static void
put_session (Years *years, const char *id, BeckonSessionResult result)
{
  BkEngineMessage entry = {
    .message_id = id, .who = BOB, .outgoing = TRUE, .text = "Whiteboard", .time = 5, .delivery = BECKON_DELIVERY_SENT,
    .session = TRUE, .application = "{APP}", .result = result,
  };

  bk_engine_history_put_session_async (years->history, years->alice, 1, &entry, NULL, NULL);
}

static void
assert_found (Years *years, const char *text, const char *who, guint n_found)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_search_async (years->history, text, 0, who, 0, 100, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) found =
    bk_engine_history_search_finish (years->history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, n_found);
}

static void
wait_for_upkeep (Years *years)
{
  while (is_busy (years))
    {
      g_autoptr (GAsyncResult) result = NULL;
      bk_engine_history_next_pending_async (years->history, years->alice, bk_test_store_result, &result);
      bk_engine_history_next_pending_finish (years->history, bk_test_await (&result), NULL);
    }
}

/* An older file that is taken into the index, and then a day with it. */
static void
test_a_day (void)
{
  g_autoptr (Years) years = years_new ();

  meter_start ();
  years_open (years);
  wait_for_upkeep (years);
  receive (years, "new-1", FALSE);
  receive (years, "new-2", FALSE);
  receive (years, "new-2", FALSE);
  receive (years, "elsewhere", TRUE);
  tell_due (years);
  bk_engine_history_mark_read_async (years->history, 1, 2 * N_MESSAGES + 2, TRUE, NULL, NULL);
  bk_engine_history_mark_read_async (years->history, 1, G_MAXINT64, TRUE, NULL, NULL);
  tell_due (years);
  mark (years, "new-2", FALSE, BECKON_DELIVERY_READ);
  mark (years, "elsewhere", TRUE, BECKON_DELIVERY_DELIVERED);
  mark (years, "elsewhere", TRUE, BECKON_DELIVERY_READ);
  send (years);
  put_session (years, "{A}", BECKON_SESSION_RESULT_NONE);
  put_session (years, "{A}", BECKON_SESSION_RESULT_TIMEOUT);
  bk_engine_history_settle_session (years->history, years->alice, "{A}");
  bk_engine_history_set_draft (years->history, years->alice, 1, BOB, "To be");
  bk_engine_history_list_messages_async (years->history, 1, 0, 200, NULL, NULL, NULL);
  bk_engine_history_list_messages_async (years->history, 1, N_MESSAGES, 200, NULL, NULL, NULL);
  bk_engine_history_list_messages_after_async (years->history, 1, N_MESSAGES, 200, NULL, NULL, NULL);
  assert_found (years, "pearl", NULL, 100);
  assert_found (years, "pearl", CAROL, 100);
  assert_found (years, "more", NULL, 3);
  years_close (years);
  years_open (years);
  years_close (years);
  meter_check ();
}

/* Each of the many steps of it takes a few messages. */
static void
test_clear (void)
{
  g_autoptr (Years) years = years_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  exec (years, "UPDATE upkeep SET unindexed = 0;"
               "INSERT INTO search (rowid, text, place) SELECT id, text, char (1048576 + conversation % 65533)"
               " FROM messages;");
  meter_start ();
  years_open (years);
  bk_engine_history_clear_async (years->history, 2, bk_test_store_result, &result);
  g_autoptr (BkHistoryCleared) cleared =
    bk_engine_history_clear_finish (years->history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_null (cleared->last);
  g_clear_object (&result);
  bk_engine_history_remove_account_async (years->history, years->alice, NULL, NULL);
  wait_for_upkeep (years);
  years_close (years);
  meter_check ();
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_assert_cmpint (sqlite3_auto_extension ((void (*) (void)) on_connection), ==, SQLITE_OK);
  g_test_add_func ("/history/effort/a-day", test_a_day);
  g_test_add_func ("/history/effort/clear", test_clear);
  return g_test_run ();
}
