/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts and messages: lists whose objects stay the same while they change. */
#include "beckon-account-private.h"
#include "beckon-conversation-private.h"

#include "beckon-error.h"
#include "bk-test.h"
#include "stand-in.h"

#include <stdlib.h>

#define ACCOUNT "/im/beckon/Beckon/Account/1"
#define CONVERSATION "/im/beckon/Beckon/Conversation/1"
#define BOB(status, unread) "('bob@b', 'Bob', uint32 3, false, uint32 " status ", '', '', uint32 " unread ", @a{sv} {})"
#define CAROL "('carol@b', 'Carol', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})"
#define DORA "('dora@b', 'Dora', uint32 2, true, uint32 0, 'zzz', 'Hi', uint32 7, @a{sv} {})"
#define MESSAGE(id, text) "(int64 " id ", '{M" id "}', true, '" text "', int64 5, uint32 1, '', @a{sv} {})"

static GDBusConnection *connection;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static void
on_notify (GObject *object, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s ", g_param_spec_get_name (pspec));
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* In which order the properties of one change are told is not promised. */
static void
assert_notified (GString *log, const char *expected)
{
  g_auto (GStrv) words = g_strsplit (g_strstrip (log->str), " ", -1);

  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  g_autofree char *sorted = g_strjoinv (" ", words);
  g_assert_cmpstr (sorted, ==, expected);
  g_string_truncate (log, 0);
}

/* ---- contacts ---- */

static BeckonAccount *
load_account (StandIn *service, const char *contacts)
{
  g_autofree char *answer = g_strdup_printf ("(@a(ssubussua{sv}) [%s],)", contacts);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_add (service, ACCOUNT, "Account1", "{'SignInName': <'alice@b'>, 'State': <'online'>, 'Status': <uint32 2>}");
  stand_in_answer (service, "ListContacts", answer);
  beckon_account_load (connection, ACCOUNT, NULL, bk_test_store_result, &result);
  BeckonAccount *account = beckon_account_load_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return account;
}

static void
settle_account (StandIn *service, BeckonAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_account_signout_async (account, NULL, bk_test_store_result, &result);
  beckon_account_signout_finish (account, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
test_contacts (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonAccount *account = load_account (service, BOB ("1", "0") "," DORA);
  g_autoptr (BeckonContact) dora = beckon_account_find_contact (account, "dora@b");

  g_assert_cmpuint (g_list_model_get_n_items (beckon_account_get_contacts (account)), ==, 2);
  g_assert_null (beckon_account_find_contact (account, "carol@b"));
  g_assert_cmpstr (beckon_contact_get_display_name (dora), ==, "Dora");
  g_assert_cmpint (beckon_contact_get_relation (dora), ==, BECKON_RELATION_ASKING);
  g_assert_true (beckon_contact_get_blocked (dora));
  g_assert_cmpint (beckon_contact_get_status (dora), ==, BECKON_STATUS_UNKNOWN);
  g_assert_cmpstr (beckon_contact_get_personal_message (dora), ==, "zzz");
  g_assert_cmpstr (beckon_contact_get_request_text (dora), ==, "Hi");
  g_assert_cmpuint (beckon_contact_get_unread (dora), ==, 7);
  g_assert_finalize_object (account);
}

static void
on_contact_changed (BeckonAccount *account, guint position, const char *const *names, GString *log)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) names);

  g_string_append_printf (log, "%u: %s", position, joined);
}

/* Somebody who merely changed stays the same object and tells only what changed; the list says nothing. */
static void
test_contact_changes (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonAccount *account = load_account (service, BOB ("1", "0") "," CAROL);
  GListModel *contacts = beckon_account_get_contacts (account);
  g_autoptr (BeckonContact) bob = g_list_model_get_item (contacts, 0);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) changes = g_string_new (NULL);

  g_signal_connect (account, "contact-changed", G_CALLBACK (on_contact_changed), changes);
  g_signal_connect (contacts, "items-changed", G_CALLBACK (on_items_changed), log);
  g_signal_connect (bob, "notify", G_CALLBACK (on_notify), log);
  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 0, uint32 1, [" BOB ("2", "3") "])");
  settle_account (service, account);
  g_autoptr (BeckonContact) still = g_list_model_get_item (contacts, 0);
  g_assert_true (still == bob);
  g_assert_cmpint (beckon_contact_get_status (bob), ==, BECKON_STATUS_ONLINE);
  g_assert_cmpuint (beckon_contact_get_unread (bob), ==, 3);
  assert_notified (log, "status unread");
  g_assert_cmpstr (changes->str, ==, "0: status unread");

  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 0, uint32 1, [" BOB ("2", "3") "])");
  settle_account (service, account);
  g_assert_cmpstr (log->str, ==, "");
  g_assert_cmpstr (changes->str, ==, "0: status unread");

  /* A new one, one that left, and one replaced by another. */
  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 2, uint32 0, [" DORA "])");
  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 0, uint32 1, @a(ssubussua{sv}) [])");
  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 0, uint32 1, [" BOB ("1", "0") "])");
  settle_account (service, account);
  g_assert_cmpstr (log->str, ==, "2-0+1 0-1+0 0-1+1 ");
  g_clear_object (&bob);
  g_assert_finalize_object (g_steal_pointer (&still));
  g_assert_finalize_object (account);
}

/* ---- more contacts than come at once ---- */

#define PAGE 500

/* Names `p00000@b` and so on, from @first on, as the answer to ListContacts. */
static char *
make_page (guint first, guint n_contacts)
{
  g_autoptr (GString) text = g_string_new ("(@a(ssubussua{sv}) [");

  for (guint i = 0; i < n_contacts; i++)
    g_string_append_printf (text, "%s('p%05u@b', 'P', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})",
                            i > 0 ? ", " : "", first + i);
  g_string_append (text, "],)");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
wait_asked (StandIn *service, guint times, const char *arguments)
{
  while (*stand_in_count (service, "ListContacts") < times)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (stand_in_last (service, "ListContacts"), ==, arguments);
}

static void
change_one (StandIn *service, guint position, guint removed, const char *who)
{
  g_autofree char *added
    = g_strdup_printf ("('%s', 'New', uint32 3, false, uint32 1, '', '', uint32 0, @a{sv} {})", who);
  g_autofree char *args = g_strdup_printf ("(uint32 %u, uint32 %u, @a(ssubussua{sv}) [%s])", position, removed,
                                           *who != '\0' ? added : "");

  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", args);
}

/* What changes while only the first of them are known is neither lost nor there twice. */
static void
test_contacts_in_pages (void)
{
  static const char *const expected[] = { "p00000@b", "p00001a@b", "p00002@b" };
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *first = make_page (0, PAGE);
  g_autofree char *second = make_page (PAGE, 2);

  stand_in_add (service, ACCOUNT, "Account1", "{'SignInName': <'alice@b'>}");
  stand_in_answer (service, "ListContacts", "hold");
  beckon_account_load (connection, ACCOUNT, NULL, bk_test_store_result, &result);
  wait_asked (service, 1, "('', 500)");
  change_one (service, 0, 1, "p00000@b"); /* the page will have it */
  stand_in_release (service, "ListContacts", first);
  wait_asked (service, 2, "('p00499@b', 500)");
  change_one (service, 1, 1, "p00001a@b");
  change_one (service, PAGE - 1, 3, "");              /* the last that is known, and two that are not yet */
  change_one (service, PAGE - 1, 0, "p00498a@b");     /* at the end of what is known, and before what was asked for */
  change_one (service, PAGE, 0, "p00500@b");          /* these two come with the page */
  change_one (service, PAGE + 1, 0, "p00501@b");
  stand_in_release (service, "ListContacts", second);
  g_autoptr (BeckonAccount) account = beckon_account_load_finish (bk_test_await (&result), NULL);

  GListModel *contacts = beckon_account_get_contacts (account);
  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, PAGE + 2);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (BeckonContact) contact = g_list_model_get_item (contacts, i);
      g_assert_cmpstr (beckon_contact_get_signin_name (contact), ==, expected[i]);
    }
  g_autoptr (BeckonContact) between = g_list_model_get_item (contacts, PAGE - 1);
  g_assert_cmpstr (beckon_contact_get_signin_name (between), ==, "p00498a@b");
  g_autoptr (BeckonContact) last = g_list_model_get_item (contacts, PAGE + 1);
  g_assert_cmpstr (beckon_contact_get_signin_name (last), ==, "p00501@b");
}

/* Whoever always answers with the same full page is asked once more, and not for ever. */
static void
test_contacts_endless (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *page = make_page (0, PAGE);

  stand_in_add (service, ACCOUNT, "Account1", "{'SignInName': <'alice@b'>}");
  stand_in_answer (service, "ListContacts", page);
  beckon_account_load (connection, ACCOUNT, NULL, bk_test_store_result, &result);
  g_autoptr (BeckonAccount) account = beckon_account_load_finish (bk_test_await (&result), NULL);
  g_assert_cmpuint (g_list_model_get_n_items (beckon_account_get_contacts (account)), ==, PAGE);
  g_assert_cmpuint (*stand_in_count (service, "ListContacts"), ==, 2);
}

static void
test_contacts_hostile (void)
{
  static const char *const changes[] = { "(uint32 2, uint32 0, [" DORA "])", "(uint32 0, uint32 2, [" DORA "])",
                                         "(uint32 1, uint32 4294967295, [" DORA "])" };
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonAccount *account = load_account (service, CAROL);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_test_expect_message ("libbeckon", G_LOG_LEVEL_WARNING, "*does not fit*");
      stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", changes[i]);
      settle_account (service, account);
      g_test_assert_expected_messages ();
    }
  stand_in_signal (service, ACCOUNT, "Account1", "ContactsChanged", "(uint32 0, uint32 0, ['text'])");
  stand_in_signal (service, ACCOUNT, "Account1", "Nonsense", "(uint32 0, uint32 1, [" DORA "])");
  settle_account (service, account);
  g_assert_cmpuint (g_list_model_get_n_items (beckon_account_get_contacts (account)), ==, 1);
  g_assert_finalize_object (account);
}

static void
test_account_properties (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonAccount *account = load_account (service, "");
  g_autoptr (GString) log = g_string_new (NULL);
  BeckonStatus status;
  g_autofree char *state = NULL;

  g_signal_connect (account, "notify", G_CALLBACK (on_notify), log);
  stand_in_set (service, ACCOUNT, "Account1", "{'State': <'waiting'>, 'Status': <uint32 2>, 'ErrorText': <'Broken'>}");
  settle_account (service, account);
  assert_notified (log, "error-text state");
  g_object_get (account, "state", &state, "status", &status, NULL);
  g_assert_cmpstr (state, ==, "waiting");
  g_assert_cmpint (status, ==, BECKON_STATUS_ONLINE);
  g_assert_cmpstr (beckon_account_get_error_text (account), ==, "Broken");
  g_assert_finalize_object (account);
}

static void
test_account_error (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonAccount *account = load_account (service, "");
  g_autoptr (GError) before = beckon_account_dup_error (account);

  g_assert_no_error (before);
  stand_in_set (service, ACCOUNT, "Account1",
                "{'ErrorName': <'im.beckon.Error.InvalidPassword'>, 'ErrorText': <'Not that one'>}");
  settle_account (service, account);
  g_autoptr (GError) error = beckon_account_dup_error (account);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpstr (error->message, ==, "Not that one");
  g_assert_finalize_object (account);
}

/* ---- messages ---- */

static BeckonConversation *
load_conversation (StandIn *service, const char *messages)
{
  g_autofree char *answer = g_strdup_printf ("(@a(xsbsxusa{sv}) [%s],)", messages);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_add (service, CONVERSATION, "Conversation1", "{'Who': <'bob@b'>, 'Unread': <uint32 2>}");
  stand_in_answer (service, "ListMessages", answer);
  beckon_conversation_load (connection, CONVERSATION, NULL, bk_test_store_result, &result);
  BeckonConversation *conversation = beckon_conversation_load_finish (bk_test_await (&result), &error);
  g_assert_no_error (error);
  return conversation;
}

static char *
texts (BeckonConversation *conversation)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (conversation)); i++)
    {
      g_autoptr (BeckonMessage) message = g_list_model_get_item (G_LIST_MODEL (conversation), i);
      g_string_append_printf (text, "%d%s ", (int) beckon_message_get_id (message), beckon_message_get_text (message));
    }
  return g_string_free (text, FALSE);
}

static void
assert_texts (BeckonConversation *conversation, const char *expected)
{
  g_autofree char *found = texts (conversation);

  g_assert_cmpstr (found, ==, expected);
}

static void
settle_conversation (BeckonConversation *conversation)
{
  g_autoptr (BeckonMessage) any = g_list_model_get_item (G_LIST_MODEL (conversation), 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  beckon_conversation_mark_read_async (conversation, any, NULL, bk_test_store_result, &result);
  beckon_conversation_mark_read_finish (conversation, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
load_earlier (StandIn *service, BeckonConversation *conversation, const char *page, guint limit)
{
  g_autofree char *answer = g_strdup_printf ("(@a(xsbsxusa{sv}) [%s],)", page);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_answer (service, "ListMessages", answer);
  beckon_conversation_load_earlier_async (conversation, limit, NULL, bk_test_store_result, &result);
  g_assert_true (beckon_conversation_load_earlier_finish (conversation, bk_test_await (&result), &error));
  g_assert_no_error (error);
}

static void
test_pages (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  for (guint id = 101; id <= 150; id++)
    g_string_append_printf (first, "%s(int64 %u, '{M}', false, '', int64 5, uint32 0, '', {})", id > 101 ? "," : "", id);
  BeckonConversation *conversation = load_conversation (service, first->str);
  g_assert_cmpstr (stand_in_last (service, "ListMessages"), ==, "(0, 50)");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (conversation)), ==, 50);
  g_assert_false (beckon_conversation_get_complete (conversation));
  g_assert_cmpstr (beckon_conversation_get_who (conversation), ==, "bob@b");
  g_assert_cmpuint (beckon_conversation_get_unread (conversation), ==, 2);

  g_signal_connect (conversation, "items-changed", G_CALLBACK (on_items_changed), log);
  g_signal_connect (conversation, "notify", G_CALLBACK (on_notify), log);
  load_earlier (service, conversation, MESSAGE ("7", "c") "," MESSAGE ("9", "d"), 2);
  g_assert_cmpstr (stand_in_last (service, "ListMessages"), ==, "(101, 2)");
  load_earlier (service, conversation, MESSAGE ("3", "a"), 2);
  g_assert_cmpstr (stand_in_last (service, "ListMessages"), ==, "(7, 2)");
  load_earlier (service, conversation, "", 2);
  g_assert_cmpstr (log->str, ==, "0-0+2 0-0+1 complete ");
  g_assert_true (beckon_conversation_get_complete (conversation));
  g_assert_finalize_object (conversation);
}

/* Scrolling asks for the same page twice before the first answer: it must not be there twice. */
static void
test_page_twice (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonConversation *conversation = load_conversation (service, MESSAGE ("7", "c") "," MESSAGE ("9", "d"));
  g_autoptr (GAsyncResult) one = NULL;
  g_autoptr (GAsyncResult) two = NULL;
  const char *page = "([" MESSAGE ("3", "a") "," MESSAGE ("5", "b") "],)";

  stand_in_answer (service, "ListMessages", "hold");
  beckon_conversation_load_earlier_async (conversation, 2, NULL, bk_test_store_result, &one);
  beckon_conversation_load_earlier_async (conversation, 2, NULL, bk_test_store_result, &two);
  bk_test_wait_for_count (stand_in_count (service, "ListMessages"), 3);
  stand_in_release (service, "ListMessages", page);
  stand_in_release (service, "ListMessages", page);
  bk_test_await (&one);
  bk_test_await (&two);
  assert_texts (conversation, "3a 5b 7c 9d ");

  /* What is out of order in a page, and what is here already, is passed over. */
  load_earlier (service, conversation,
                MESSAGE ("2", "z") "," MESSAGE ("1", "y") "," MESSAGE ("5", "B") "," MESSAGE ("4", "x"), 4);
  assert_texts (conversation, "2z 3a 5b 7c 9d ");
  g_clear_object (&one);
  g_clear_object (&two);
  g_assert_finalize_object (conversation);
}

static void
test_message_signals (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonConversation *conversation = load_conversation (service, MESSAGE ("7", "c") "," MESSAGE ("9", "d"));
  g_autoptr (BeckonMessage) seven = g_list_model_get_item (G_LIST_MODEL (conversation), 0);
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (conversation, "items-changed", G_CALLBACK (on_items_changed), log);
  g_signal_connect (seven, "notify", G_CALLBACK (on_notify), log);
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "(" MESSAGE ("12", "f") ",)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "(" MESSAGE ("11", "e") ",)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "(" MESSAGE ("11", "e") ",)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageChanged",
                   "((int64 7, '{M7}', true, 'c', int64 5, uint32 2, '', @a{sv} {}),)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageChanged", "(" MESSAGE ("2", "unseen") ",)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "('nonsense',)");
  settle_conversation (conversation);
  g_assert_cmpstr (log->str, ==, "2-0+1 2-0+1 delivery ");
  g_assert_cmpint (beckon_message_get_delivery (seven), ==, BECKON_DELIVERY_SENT);
  assert_texts (conversation, "7c 9d 11e 12f ");
  g_assert_finalize_object (conversation);
}

#define SESSION_ENTRY(result) \
  "(int64 9, '{S}', false, 'Bob invited you to Pipe.', int64 5, uint32 3, '', {'session': <'{S}'>, 'application':" \
  " <'{A}'>, 'application-name': <'Pipe'>, " result "})"

static void
test_session_entries (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonConversation *conversation = load_conversation (
    service, MESSAGE ("7", "c") "," SESSION_ENTRY ("'result': <uint32 0>, 'result-text': <''>"));
  g_autoptr (BeckonMessage) chat = g_list_model_get_item (G_LIST_MODEL (conversation), 0);
  g_autoptr (BeckonMessage) entry = g_list_model_get_item (G_LIST_MODEL (conversation), 1);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *text = NULL;
  BeckonSessionResult result;

  g_assert_cmpstr (beckon_message_get_session (chat), ==, "");
  g_assert_cmpstr (beckon_message_get_application (chat), ==, "");
  g_assert_cmpint (beckon_message_get_result (chat), ==, BECKON_SESSION_RESULT_NONE);
  g_assert_cmpstr (beckon_message_get_session (entry), ==, "{S}");
  g_assert_cmpstr (beckon_message_get_application (entry), ==, "{A}");
  g_assert_cmpstr (beckon_message_get_application_name (entry), ==, "Pipe");
  g_assert_cmpint (beckon_message_get_result (entry), ==, BECKON_SESSION_RESULT_NONE);
  g_assert_cmpstr (beckon_message_get_result_text (entry), ==, "");

  g_signal_connect (entry, "notify", G_CALLBACK (on_notify), log);
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageChanged",
                   "(" SESSION_ENTRY ("'result': <uint32 7>, 'result-text': <'Bob cancelled.'>") ",)");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageChanged",
                   "(" SESSION_ENTRY ("'result': <uint32 7>, 'result-text': <'Bob cancelled.'>, 'new': <1>") ",)");
  settle_conversation (conversation);
  assert_notified (log, "result result-text");
  g_object_get (entry, "result", &result, "result-text", &text, NULL);
  g_assert_cmpint (result, ==, 7);
  g_assert_cmpstr (text, ==, "Bob cancelled.");

  /* Of the wrong type: as if it were not there. */
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageChanged",
                   "(" SESSION_ENTRY ("'result': <'late'>, 'result-text': <3>") ",)");
  settle_conversation (conversation);
  g_assert_cmpint (beckon_message_get_result (entry), ==, BECKON_SESSION_RESULT_NONE);
  g_assert_cmpstr (beckon_message_get_result_text (entry), ==, "");
  g_assert_finalize_object (conversation);
}

/* What is not over stays: a message that waits to be sent, a session that runs. */
static void
test_cleared (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonConversation *conversation = load_conversation (
    service, "(int64 7, '{M7}', false, 'c', int64 5, uint32 0, '', @a{sv} {}),"
             SESSION_ENTRY ("'result': <uint32 0>, 'result-text': <''>") ","
             "(int64 10, '{M10}', true, 'waits', int64 5, uint32 1, '', @a{sv} {}),"
             "(int64 11, '{T}', true, 'You invited Bob to Pipe.', int64 5, uint32 2, '', {'session': <'{T}'>,"
             " 'result': <uint32 7>})," MESSAGE ("12", "d"));

  stand_in_signal (service, CONVERSATION, "Conversation1", "MessagesCleared", "(int64 11,)");
  settle_conversation (conversation);
  assert_texts (conversation, "9Bob invited you to Pipe. 10waits 12d ");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessagesCleared", "('nonsense',)");
  settle_conversation (conversation);
  assert_texts (conversation, "9Bob invited you to Pipe. 10waits 12d ");
  g_assert_finalize_object (conversation);
}

/* The signal may come before the answer and after it: one message, the same object. */
static void
test_send (void)
{
  g_autoptr (StandIn) service = stand_in_new ();
  BeckonConversation *conversation = load_conversation (service, MESSAGE ("7", "c"));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stand_in_answer (service, "SendMessage", "hold");
  beckon_conversation_send_async (conversation, "hello", NULL, bk_test_store_result, &result);
  bk_test_wait_for_count (stand_in_count (service, "SendMessage"), 1);
  g_assert_cmpstr (stand_in_last (service, "SendMessage"), ==, "('hello', {})");
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "(" MESSAGE ("8", "hello") ",)");
  stand_in_release (service, "SendMessage", "(" MESSAGE ("8", "hello") ",)");
  g_autoptr (BeckonMessage) sent = beckon_conversation_send_finish (conversation, bk_test_await (&result), &error);
  g_assert_no_error (error);
  stand_in_signal (service, CONVERSATION, "Conversation1", "MessageAdded", "(" MESSAGE ("8", "hello") ",)");
  settle_conversation (conversation);
  assert_texts (conversation, "7c 8hello ");
  g_autoptr (BeckonMessage) listed = g_list_model_get_item (G_LIST_MODEL (conversation), 1);
  g_assert_true (listed == sent);
  g_clear_object (&result);

  stand_in_answer (service, "SendMessage", "!im.beckon.Error.MessageTooLong");
  beckon_conversation_send_async (conversation, "long", NULL, bk_test_store_result, &result);
  g_assert_null (beckon_conversation_send_finish (conversation, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_MESSAGE_TOO_LONG);
  g_clear_object (&result);
  g_assert_finalize_object (conversation);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  stand_in_bus_up ();
  connection = stand_in_connect ();
  g_test_add_func ("/lists/contacts", test_contacts);
  g_test_add_func ("/lists/contacts/changes", test_contact_changes);
  g_test_add_func ("/lists/contacts-in-pages", test_contacts_in_pages);
  g_test_add_func ("/lists/contacts-endless", test_contacts_endless);
  g_test_add_func ("/lists/contacts/hostile", test_contacts_hostile);
  g_test_add_func ("/lists/account/properties", test_account_properties);
  g_test_add_func ("/lists/account/error", test_account_error);
  g_test_add_func ("/lists/messages/pages", test_pages);
  g_test_add_func ("/lists/messages/page-twice", test_page_twice);
  g_test_add_func ("/lists/messages/signals", test_message_signals);
  g_test_add_func ("/lists/messages/sessions", test_session_entries);
  g_test_add_func ("/lists/messages/cleared", test_cleared);
  g_test_add_func ("/lists/messages/send", test_send);
  int outcome = g_test_run ();
  stand_in_disconnect (connection);
  stand_in_bus_down ();
  return outcome;
}
