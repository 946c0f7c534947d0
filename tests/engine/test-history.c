/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bk-test.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bk-engine-history.h"

/* ---- asynchronous calls, waited for ---- */

static BkHistoryContent *
open_history (BkEngineHistory *history)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_open_async (history, NULL, bk_test_store_result, &result);
  BkHistoryContent *content = bk_engine_history_open_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return content;
}

static void
close_history (BkEngineHistory *history)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_close_async (history, bk_test_store_result, &result);
  bk_engine_history_close_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (history);
}

static guint
add_account (BkEngineHistory *history, const char *name, gboolean kept)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_add_account_async (history, name, NULL, bk_test_store_result, &result);
  g_autoptr (BkHistoryAccount) account =
    bk_engine_history_add_account_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  account->kept = kept;
  bk_engine_history_save_account_async (history, account, NULL, NULL);
  return account->id;
}

static gboolean
apply (BkEngineHistory *history, guint account, const char *previous, const char *cursor,
       const BkEngineMessage *message, guint conversation, BkHistoryChange *change, gint64 *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) stored = NULL;
  BkHistoryStep step = { account, previous, cursor };

  bk_engine_history_apply_message_async (history, &step, conversation, message, bk_test_store_result, &result);
  gboolean done =
    bk_engine_history_apply_message_finish (history, bk_test_await (&result), change, &stored, &error);
  if (!done)
    g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  if (id != NULL)
    *id = stored != NULL ? stored->id : 0;
  return done;
}

static BkEngineMessage *
send (BkEngineHistory *history, guint account, guint conversation, const char *message_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineMessage fields = {
    .message_id = message_id,
    .who = "bob@example.org",
    .outgoing = TRUE,
    .text = "hello",
    .time = 5,
    .delivery = BECKON_DELIVERY_PENDING,
  };

  bk_engine_history_add_message_async (history, account, conversation, &fields, bk_test_store_result, &result);
  BkEngineMessage *message = bk_engine_history_add_message_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return message;
}

static BkEngineMessage *
settle (BkEngineHistory *history, gint64 id, BeckonDelivery delivery, gint64 time, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_settle_message_async (history, id, delivery, time, text, bk_test_store_result, &result);
  BkEngineMessage *message = bk_engine_history_settle_message_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return message;
}

static char *
next_pending (BkEngineHistory *history, guint account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_next_pending_async (history, account, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) message =
    bk_engine_history_next_pending_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return message != NULL ? g_strdup (message->message_id) : NULL;
}

static char *
page (BkEngineHistory *history, guint conversation, gint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  bk_engine_history_list_messages_async (history, conversation, before, limit, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages =
    bk_engine_history_list_messages_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++)
    g_string_append_printf (text, "%s ", ((BkEngineMessage *) messages->pdata[i])->message_id);
  return g_string_free (text, FALSE);
}

static guint
mark_read (BkEngineHistory *history, guint conversation, gint64 up_to)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (BkHistoryMarked) marked = { .unread = G_MAXUINT };

  bk_engine_history_mark_read_async (history, conversation, up_to, TRUE, bk_test_store_result, &result);
  bk_engine_history_mark_read_finish (history, bk_test_await (&result), &marked, &error);
  g_assert_no_error (error);
  return marked.unread;
}

static BkEngineMessage
incoming (const char *message_id)
{
  return (BkEngineMessage){
    .message_id = message_id,
    .who = "bob@example.org",
    .text = "hi",
    .time = 7,
    .delivery = BECKON_DELIVERY_RECEIVED,
  };
}

/* Writes a session with bob, and returns what became of that. */
static BkHistoryChange
put_session (BkEngineHistory *history, guint account, const char *id, gboolean outgoing, BeckonSessionResult outcome)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) stored = NULL;
  BkHistoryChange change;
  BkEngineMessage entry = {
    .message_id = id,
    .who = "bob@example.org",
    .outgoing = outgoing,
    .text = "You invited Bob to Pipe.",
    .time = 9,
    .delivery = outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED,
    .session = TRUE,
    .application = "{APP}",
    .application_name = "Pipe",
    .result = outcome,
    .result_text = outcome != BECKON_SESSION_RESULT_NONE ? "Over." : NULL,
  };

  bk_engine_history_put_session_async (history, account, account, &entry, bk_test_store_result, &result);
  bk_engine_history_put_session_finish (history, bk_test_await (&result), &change, &stored, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stored != NULL, ==, change != BK_HISTORY_KNOWN);
  if (stored == NULL)
    return change;
  g_assert_true (stored->session);
  g_assert_cmpstr (stored->application, ==, "{APP}");
  g_assert_cmpstr (stored->application_name, ==, "Pipe");
  g_assert_cmpint (stored->result, ==, outcome);
  g_assert_cmpstr (stored->result_text, ==, entry.result_text);
  return change;
}

typedef struct
{
  BkTestDir *dir;
  char *path;
  BkEngineHistory *history;
  guint alice;
} World;

static World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->dir = bk_test_dir_new ();
  world->path = g_build_filename (world->dir, "history.sqlite", NULL);
  world->history = bk_engine_history_new (world->path);
  bk_history_content_free (open_history (world->history));
  world->alice = add_account (world->history, "alice@example.org", TRUE);
  return world;
}

static BkHistoryContent *
world_restart (World *world)
{
  close_history (world->history);
  world->history = bk_engine_history_new (world->path);
  return open_history (world->history);
}

static void
world_free (World *world)
{
  close_history (world->history);
  bk_test_dir_remove (world->dir);
  g_free (world->path);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* ---- tests ---- */

static void
test_restart (void)
{
  g_autoptr (World) world = world_new ();
  BkHistoryAccount alice = {
    .id = world->alice,
    .server = (char *) "chat.example.org",
    .display_name = (char *) "Alice",
    .device = (char *) "device",
    .kept = TRUE,
    .wants_online = TRUE,
    .wanted_status = BECKON_STATUS_BUSY,
    .personal_message = (char *) "away",
  };
  BkHistoryContact bob
    = { 0, (char *) "bob@example.org", (char *) "Bob", BECKON_RELATION_ASKING, FALSE, (char *) "me" };
  BkHistoryContact carol = { 0, (char *) "carol@example.org", NULL, BECKON_RELATION_ACCEPTED, TRUE, NULL };
  BkHistoryContact gone = { 0, (char *) "carol@example.org", NULL, BECKON_RELATION_NONE, FALSE, NULL };
  BkEngineMessage message = incoming ("m1");
  BkHistoryChange change;
  struct stat info;

  bk_engine_history_save_account_async (world->history, &alice, NULL, NULL);
  bk_engine_history_apply_contact_async (world->history, &(BkHistoryStep){ world->alice, NULL, "1" }, &bob, NULL, NULL);
  bk_engine_history_apply_contact_async (world->history, &(BkHistoryStep){ world->alice, "1", "2" }, &carol, NULL,
                                         NULL);
  g_assert_true (apply (world->history, world->alice, "2", "3", &message, 1, &change, NULL));
  put_session (world->history, world->alice, "{S1}", TRUE, BECKON_SESSION_RESULT_NONE);
  put_session (world->history, world->alice, "{S2}", TRUE, BECKON_SESSION_RESULT_NONE);
  bk_engine_history_settle_session (world->history, world->alice, "{S1}");

  g_autoptr (BkHistoryContent) content = world_restart (world);
  g_assert_cmpuint (content->accounts->len, ==, 1);
  BkHistoryAccount *account = content->accounts->pdata[0];
  g_assert_cmpuint (account->id, ==, world->alice);
  g_assert_cmpstr (account->sign_in_name, ==, "alice@example.org");
  g_assert_cmpstr (account->server, ==, "chat.example.org");
  g_assert_cmpstr (account->display_name, ==, "Alice");
  g_assert_cmpstr (account->device, ==, "device");
  g_assert_cmpstr (account->cursor, ==, "3");
  g_assert_true (account->wants_online);
  g_assert_cmpint (account->wanted_status, ==, BECKON_STATUS_BUSY);
  g_assert_cmpstr (account->personal_message, ==, "away");

  g_assert_cmpuint (content->contacts->len, ==, 2);
  BkHistoryContact *contact = content->contacts->pdata[0];
  g_assert_cmpstr (contact->who, ==, "bob@example.org");
  g_assert_cmpstr (contact->request_text, ==, "me");
  g_assert_cmpint (contact->relation, ==, BECKON_RELATION_ASKING);
  contact = content->contacts->pdata[1];
  g_assert_true (contact->blocked);
  g_assert_cmpuint (content->conversations->len, ==, 1);
  BkHistoryConversation *conversation = content->conversations->pdata[0];
  g_assert_cmpuint (conversation->unread, ==, 1);
  g_assert_cmpuint (content->sessions->len, ==, 1);
  g_assert_cmpstr (((BkHistorySession *) content->sessions->pdata[0])->session, ==, "{S2}");
  g_assert_cmpuint (bk_engine_history_reserve_conversation (world->history), >, conversation->id);
  g_assert_cmpint (g_stat (world->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  bk_engine_history_apply_contact_async (world->history, &(BkHistoryStep){ world->alice, "3", "4" }, &gone, NULL,
                                         NULL);
  g_autoptr (BkHistoryContent) later = world_restart (world);
  g_assert_cmpuint (later->contacts->len, ==, 1);
}

/* Numbers are never used twice, and what never got online is forgotten. */
static void
test_accounts (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) twice = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineMessage message = incoming ("m1");
  BkHistoryChange change;

  guint bob = add_account (world->history, "bob@example.org", FALSE);
  g_assert_cmpuint (bob, >, world->alice);
  bk_engine_history_add_account_async (world->history, "bob@example.org", NULL, bk_test_store_result, &twice);
  g_assert_null (bk_engine_history_add_account_finish (world->history, bk_test_await (&twice), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);

  g_autoptr (BkHistoryContent) content = world_restart (world);
  g_assert_cmpuint (content->accounts->len, ==, 1);
  g_assert_cmpuint (add_account (world->history, "carol@example.org", TRUE), >, bob);

  g_assert_true (apply (world->history, world->alice, NULL, "1", &message, 1, &change, NULL));
  bk_engine_history_remove_account_async (world->history, world->alice, bk_test_store_result, &removed);
  g_assert_true (bk_engine_history_remove_account_finish (world->history, bk_test_await (&removed), NULL));
  g_autoptr (BkHistoryContent) later = world_restart (world);
  g_assert_cmpuint (later->accounts->len, ==, 1);
  g_assert_cmpuint (later->conversations->len, ==, 0);
  g_assert_cmpuint (add_account (world->history, "alice@example.org", TRUE), >, bob);
}

static void
test_duplicates (void)
{
  g_autoptr (World) world = world_new ();
  BkEngineMessage first = incoming ("m1");
  BkEngineMessage stranger = incoming ("m1");
  BkHistoryChange change;
  gint64 id, other;

  g_assert_true (apply (world->history, world->alice, NULL, "1", &first, 1, &change, &id));
  g_assert_cmpint (change, ==, BK_HISTORY_ADDED);
  g_assert_true (apply (world->history, world->alice, "1", "1", &first, 1, &change, NULL));
  g_assert_cmpint (change, ==, BK_HISTORY_KNOWN);

  /* Somebody else's message with the same id is another message, and so is our own. */
  stranger.who = "mallory@example.org";
  g_assert_true (apply (world->history, world->alice, "1", "2", &stranger, 2, &change, &other));
  g_assert_cmpint (change, ==, BK_HISTORY_ADDED);
  g_assert_cmpint (other, >, id);
  first.outgoing = TRUE;
  first.delivery = BECKON_DELIVERY_SENT;
  g_assert_true (apply (world->history, world->alice, "2", "3", &first, 1, &change, NULL));
  g_assert_cmpint (change, ==, BK_HISTORY_ADDED);
}

static char *
results (BkEngineHistory *history, guint conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  GString *text = g_string_new (NULL);

  bk_engine_history_list_messages_async (history, conversation, 0, 100, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages =
    bk_engine_history_list_messages_finish (history, bk_test_await (&result), NULL);
  for (guint i = 0; i < messages->len; i++)
    {
      BkEngineMessage *message = messages->pdata[i];
      g_string_append_printf (text, "%s%s%s:%s ", message->session ? "session" : "message",
                              message->outgoing ? ">" : "<", message->message_id,
                              beckon_session_result_to_nick (message->result));
    }
  return g_string_free (text, FALSE);
}

/* A session is an entry among the messages. Its id is in nobody's way: not in that of a message that a contact gave the
 * same id, and not in that of the same session as the other side of it knows it. */
static void
test_sessions (void)
{
  g_autoptr (World) world = world_new ();
  guint carol = add_account (world->history, "carol@example.org", TRUE);
  BkEngineMessage message = incoming ("{S}");
  BkHistoryChange change;

  g_assert_cmpint (put_session (world->history, world->alice, "{S}", FALSE, 0), ==, BK_HISTORY_ADDED);
  g_assert_cmpint (put_session (world->history, world->alice, "{S}", FALSE, 0), ==, BK_HISTORY_KNOWN);
  g_assert_true (apply (world->history, world->alice, NULL, "1", &message, 1, &change, NULL));
  g_assert_cmpint (change, ==, BK_HISTORY_ADDED);
  g_assert_cmpint (put_session (world->history, carol, "{S}", TRUE, 0), ==, BK_HISTORY_ADDED);
  g_assert_cmpint (put_session (world->history, world->alice, "{S}", FALSE, BECKON_SESSION_RESULT_TIMEOUT), ==,
                   BK_HISTORY_CHANGED);
  g_autofree char *entries = results (world->history, 1);
  g_assert_cmpstr (entries, ==, "session<{S}:timeout message<{S}:none ");
  g_assert_cmpuint (mark_read (world->history, 1, 0), ==, 2);
  g_autofree char *pending = next_pending (world->history, carol);
  g_assert_null (pending);
  bk_engine_history_settle_session (world->history, world->alice, "{S}");

  g_autoptr (BkHistoryContent) content = world_restart (world); /* carol's was open */
  g_assert_cmpuint (content->sessions->len, ==, 1);
  g_assert_cmpuint (((BkHistorySession *) content->sessions->pdata[0])->account, ==, carol);
  BkHistoryConversation *other = content->conversations->pdata[1];
  g_autofree char *crashed = results (world->history, other->id);
  g_assert_cmpstr (crashed, ==, "session>{S}:service-restarted ");
  g_autofree char *kept = results (world->history, 1);
  g_assert_cmpstr (kept, ==, entries);
}

/* ---- older files ---- */

static const char version_1[] =
  "CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, sign_in_name TEXT NOT NULL UNIQUE, server TEXT,"
  " display_name TEXT, device TEXT, cursor TEXT, kept INTEGER NOT NULL DEFAULT 0, wants_online INTEGER NOT NULL"
  " DEFAULT 0, wanted_status INTEGER NOT NULL DEFAULT 2, personal_message TEXT) STRICT;"
  "CREATE TABLE contacts (account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, who TEXT NOT NULL,"
  " display_name TEXT, relation INTEGER NOT NULL, blocked INTEGER NOT NULL, request_text TEXT, PRIMARY KEY (account,"
  " who)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES accounts (id)"
  " ON DELETE CASCADE, who TEXT NOT NULL, read_up_to INTEGER NOT NULL DEFAULT 0, UNIQUE (account, who)) STRICT;"
  "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, conversation INTEGER NOT NULL REFERENCES conversations"
  " (id) ON DELETE CASCADE, message_id TEXT NOT NULL, outgoing INTEGER NOT NULL, text TEXT NOT NULL, time INTEGER NOT"
  " NULL, delivery INTEGER NOT NULL, error TEXT, UNIQUE (conversation, outgoing, message_id)) STRICT;"
  "CREATE INDEX messages_by_conversation ON messages (conversation);"
  "CREATE INDEX messages_pending ON messages (id) WHERE delivery = 1;"
  "CREATE TABLE open_sessions (account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, session TEXT NOT"
  " NULL, who TEXT NOT NULL, PRIMARY KEY (session, account)) STRICT, WITHOUT ROWID;"
  "PRAGMA user_version = 1;"
  "INSERT INTO accounts (id, sign_in_name, kept, cursor) VALUES (3, 'alice@example.org', 1, '7');"
  "INSERT INTO conversations (id, account, who, read_up_to) VALUES (5, 3, 'bob@example.org', 11);"
  "INSERT INTO messages (id, conversation, message_id, outgoing, text, time, delivery, error) VALUES"
  " (11, 5, 'read', 0, 'a', 1, 3, NULL), (12, 5, 'unread', 0, 'b', 2, 3, NULL), (13, 5, 'waits', 1, 'c', 3, 1, NULL),"
  " (14, 5, 'failed', 1, 'd', 4, 0, 'No.'), (40, 5, 'gone', 1, 'e', 5, 2, NULL);"
  "DELETE FROM messages WHERE id = 40;"
  "INSERT INTO open_sessions (account, session, who) VALUES (3, '{S1}', 'bob@example.org'),"
  " (3, '{S2}', 'carol@example.org');";

static void
write_file (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* Returns what is to be told of the account: "DELIVERY ID", NULL for nothing. */
static char *
next_due (BkEngineHistory *history, guint account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_next_due_async (history, account, FALSE, bk_test_store_result, &result);
  g_autoptr (BkHistoryDue) due = bk_engine_history_next_due_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return due != NULL ? g_strdup_printf ("%s %s", beckon_delivery_to_nick (due->mark), due->message_id) : NULL;
}

static guint
count_found (BkEngineHistory *history, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_history_search_async (history, text, 0, NULL, 0, 10, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) found = bk_engine_history_search_finish (history, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return found->len;
}

/* Nothing that was there is lost, and ids go on where they were. What came in before is not told anybody now. */
static void
test_migration (void)
{
  g_autoptr (World) world = world_new ();
  BkEngineMessage fresh = incoming ("fresh");
  BkHistoryChange change;
  gint64 id;

  close_history (world->history);
  g_free (world->path);
  world->path = g_build_filename (world->dir, "old.sqlite", NULL);
  write_file (world->path, version_1);
  world->history = bk_engine_history_new (world->path);
  g_autoptr (BkHistoryContent) content = open_history (world->history);

  g_assert_cmpstr (((BkHistoryAccount *) content->accounts->pdata[0])->cursor, ==, "7");
  g_assert_cmpuint (content->conversations->len, ==, 2);
  g_assert_cmpuint (((BkHistoryConversation *) content->conversations->pdata[0])->unread, ==, 1);
  g_assert_cmpint (((BkHistoryConversation *) content->conversations->pdata[0])->last->id, ==, 41);
  g_assert_cmpuint (content->sessions->len, ==, 2);
  g_assert_cmpstr (((BkHistorySession *) content->sessions->pdata[0])->session, ==, "{S1}");
  g_assert_cmpstr (((BkHistorySession *) content->sessions->pdata[1])->who, ==, "carol@example.org");
  g_autofree char *entries = results (world->history, 5);
  g_assert_cmpstr (entries, ==,
                   "message<read:none message<unread:none message>waits:none message>failed:none"
                   " session>{S1}:service-restarted ");
  g_autofree char *pending = next_pending (world->history, 3);
  g_assert_cmpstr (pending, ==, "waits");
  while (count_found (world->history, "session wi") < 2) /* taken into the index in the background */
    ;
  g_assert_null (next_due (world->history, 3));
  g_assert_true (apply (world->history, 3, "7", "8", &fresh, 5, &change, &id));
  g_assert_cmpint (id, >, 42); /* 40 was given away, 41 and 42 are the sessions */
  g_autofree char *due = next_due (world->history, 3);
  g_assert_cmpstr (due, ==, "delivered fresh");
}

/* A fact that could not be written is not stepped over. */
static void
test_no_holes (void)
{
  g_autoptr (World) world = world_new ();
  BkEngineMessage first = incoming ("m1");
  BkEngineMessage second = incoming ("m2");
  BkHistoryChange change;
  g_autofree char *messages = NULL;

  g_assert_false (apply (world->history, world->alice, "1", "2", &second, 1, &change, NULL));
  g_assert_true (apply (world->history, world->alice, NULL, "1", &first, 1, &change, NULL));
  g_assert_true (apply (world->history, world->alice, "1", "2", &second, 1, &change, NULL));
  g_assert_cmpint (change, ==, BK_HISTORY_ADDED);
  messages = page (world->history, 1, 0, 10);
  g_assert_cmpstr (messages, ==, "m1 m2 ");
}

static void
test_outgoing (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (BkEngineMessage) a = send (world->history, world->alice, 1, "a");
  g_autoptr (BkEngineMessage) b = send (world->history, world->alice, 1, "b");
  g_autoptr (BkEngineMessage) c = send (world->history, world->alice, 1, "c");
  BkEngineMessage echo = incoming ("b");
  BkHistoryChange change;
  gint64 id;

  g_assert_cmpint (a->id, <, b->id);
  g_autofree char *pending = next_pending (world->history, world->alice);
  g_assert_cmpstr (pending, ==, "a");
  g_autofree char *nobody = next_pending (world->history, world->alice + 1);
  g_assert_null (nobody);

  g_autoptr (BkEngineMessage) sent = settle (world->history, a->id, BECKON_DELIVERY_SENT, 99, NULL);
  g_assert_cmpint (sent->delivery, ==, BECKON_DELIVERY_SENT);
  g_assert_cmpint (sent->time, ==, 99);
  g_assert_null (settle (world->history, a->id, BECKON_DELIVERY_FAILED, 0, "late"));

  /* It comes back before the answer does: with the network's time, at its old place. */
  echo.outgoing = TRUE;
  echo.time = 123;
  g_assert_true (apply (world->history, world->alice, NULL, "1", &echo, 1, &change, &id));
  g_assert_cmpint (change, ==, BK_HISTORY_CHANGED);
  g_assert_cmpint (id, ==, b->id);
  g_autoptr (BkEngineMessage) failed = settle (world->history, c->id, BECKON_DELIVERY_FAILED, 0, "no such user");
  g_assert_cmpstr (failed->error, ==, "no such user");
  g_assert_cmpint (failed->time, ==, 5);
  g_autofree char *none = next_pending (world->history, world->alice);
  g_assert_null (none);
}

static void
test_pages (void)
{
  g_autoptr (World) world = world_new ();
  BkHistoryChange change;
  gint64 ids[5];

  for (int i = 0; i < 5; i++)
    {
      char name[] = { 'a' + i, '\0' };
      BkEngineMessage message = incoming (name);
      g_assert_true (apply (world->history, world->alice, NULL, NULL, &message, 1, &change, &ids[i]));
    }
  g_autofree char *newest = page (world->history, 1, 0, 2);
  g_assert_cmpstr (newest, ==, "d e ");
  g_autofree char *before = page (world->history, 1, ids[3], 2);
  g_assert_cmpstr (before, ==, "b c ");
  g_autofree char *rest = page (world->history, 1, ids[1], 10);
  g_assert_cmpstr (rest, ==, "a ");
  g_autofree char *end = page (world->history, 1, ids[0], 10);
  g_assert_cmpstr (end, ==, "");

  g_assert_cmpuint (mark_read (world->history, 1, ids[1]), ==, 3);
  g_assert_cmpuint (mark_read (world->history, 1, ids[0]), ==, 3); /* not back */
  g_assert_cmpuint (mark_read (world->history, 1, G_MAXINT64), ==, 0);
  BkEngineMessage later = incoming ("f");
  g_assert_true (apply (world->history, world->alice, NULL, NULL, &later, 1, &change, NULL));
  g_autoptr (BkHistoryContent) content = world_restart (world);
  g_assert_cmpuint (((BkHistoryConversation *) content->conversations->pdata[0])->unread, ==, 1); /* not beyond */
}

/* ---- kill -9 ---- */

static void
on_child_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BkEngineMessage) message = NULL;
  BkHistoryChange change;

  if (!bk_engine_history_apply_message_finish (user_data, result, &change, &message, &error))
    g_error ("%s", error->message);
  puts ("stored");
  fflush (stdout);
}

/* Takes message after message, several at a time, until it is killed. */
G_GNUC_NORETURN static void
child (const char *path)
{
  BkEngineHistory *history = bk_engine_history_new (path);
  BkHistoryContent *content = open_history (history);
  BkHistoryAccount *account = content->accounts->pdata[0];
  g_autofree char *previous = NULL;

  for (guint i = 1;; i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%u", i);
      BkEngineMessage message = incoming (cursor);
      BkHistoryStep step = { account->id, previous, cursor };

      bk_engine_history_apply_message_async (history, &step, 1, &message, on_child_applied, history);
      g_free (previous);
      previous = g_steal_pointer (&cursor);
      if (i % 7 == 0)
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_killed (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  guint told = 0;

  close_history (world->history);
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe",
                                                      "--child", world->path, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  while (told < 100)
    {
      g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
      g_assert_cmpstr (line, ==, "stored");
      told++;
    }
  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));

  world->history = bk_engine_history_new (world->path);
  g_autoptr (BkHistoryContent) content = open_history (world->history);
  guint cursor = (guint) atoi (((BkHistoryAccount *) content->accounts->pdata[0])->cursor);
  g_assert_cmpuint (cursor, >=, told);
  g_assert_cmpuint (((BkHistoryConversation *) content->conversations->pdata[0])->unread, ==, cursor);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    child (argv[2]);

  bk_test_init (&argc, &argv);
  g_test_add_func ("/history/restart", test_restart);
  g_test_add_func ("/history/accounts", test_accounts);
  g_test_add_func ("/history/duplicates", test_duplicates);
  g_test_add_func ("/history/sessions", test_sessions);
  g_test_add_func ("/history/migration", test_migration);
  g_test_add_func ("/history/no-holes", test_no_holes);
  g_test_add_func ("/history/outgoing", test_outgoing);
  g_test_add_func ("/history/pages", test_pages);
  g_test_add_func ("/history/killed", test_killed);
  return g_test_run ();
}
