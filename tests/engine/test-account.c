/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-world.h"

#include "bk-engine-account-private.h"

#include <sqlite3.h>
#include <string.h>

#include "bk-limits.h"

#define BOB "bob@example.org"

/* ---- state ---- */

static void
test_states (void)
{
  static const struct
  {
    BkBackendState state;
    int code;
    BeckonStatus status;
  } steps[] = {
    { BK_BACKEND_WAITING, BECKON_ERROR_CONNECT, BECKON_STATUS_OFFLINE },
    { BK_BACKEND_FINDING, -1, BECKON_STATUS_LOCAL_FINDING_SERVER },
    { BK_BACKEND_CONNECTING, -1, BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER },
    { BK_BACKEND_SIGNING_IN, -1, BECKON_STATUS_LOCAL_CONNECTING_TO_SERVER },
    { BK_BACKEND_SYNCHRONIZING, -1, BECKON_STATUS_LOCAL_SYNCHRONIZING_WITH_SERVER },
    { BK_BACKEND_ONLINE, -1, BECKON_STATUS_BUSY },
    { BK_BACKEND_OFFLINE, BECKON_ERROR_INVALID_PASSWORD, BECKON_STATUS_OFFLINE },
  };
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_assert_cmpstr (bk_engine_account_get_sign_in_name (alice), ==, "alice@example.org");
  g_assert_cmpint (bk_engine_account_get_status (alice), ==, BECKON_STATUS_ONLINE);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_BUSY, "reading", NULL));
  g_assert_cmpint (backend->status, ==, BECKON_STATUS_BUSY);
  g_assert_cmpstr (backend->personal_message, ==, "reading");

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      hand_backend_state (backend, steps[i].state, steps[i].code);
      g_assert_cmpint (bk_engine_account_get_state (alice), ==, steps[i].state);
      g_assert_cmpint (bk_engine_account_get_status (alice), ==, steps[i].status);
      /* The reason stays while it is tried again, until it is online. */
      if (i < 5)
        g_assert_error (bk_engine_account_get_error (alice), BECKON_ERROR, BECKON_ERROR_CONNECT);
      else if (i == 5)
        g_assert_no_error (bk_engine_account_get_error (alice));
      else
        g_assert_error (bk_engine_account_get_error (alice), BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD);
    }
}

static void
test_status_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (BK_LIMIT_PERSONAL_MESSAGE + 1, 'x');
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_assert_false (bk_engine_account_set_status (alice, BECKON_STATUS_OFFLINE, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_account_set_status (alice, BECKON_STATUS_LOCAL_FINDING_SERVER, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (bk_engine_account_set_status (alice, BECKON_STATUS_AWAY, text, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (backend->status, ==, BECKON_STATUS_ONLINE);
}

static gboolean
holds (const char *path, const char *needle)
{
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  return memmem (content, length, needle, strlen (needle)) != NULL;
}

/* The password is nowhere, the token is where secrets are, and both survive nothing else. */
static void
test_credentials (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *data = g_build_filename (world->dir, "data", "beckon", NULL);
  HandBackend *backend;
  guint n_files = 0;

  engine_world_open (world);
  engine_world_add_alice (world, &backend);
  g_assert_cmpstr (backend->password, ==, "sesame-open");
  g_assert_null (backend->token);
  g_assert_cmpstr (g_hash_table_lookup (world->secret_table, "account/alice@example.org/token"), ==,
                   "token-of-the-test");
  g_assert_true (g_hash_table_contains (world->secret_table, "account/alice@example.org/identity"));
  g_assert_cmpuint (g_hash_table_size (world->secret_table), ==, 2);
  engine_world_close (world);

  g_autoptr (GDir) dir = g_dir_open (data, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; n_files++)
    {
      g_autofree char *path = g_build_filename (data, name, NULL);
      g_assert_false (holds (path, "sesame-open"));
      g_assert_false (holds (path, "token-of-the-test"));
    }
  g_assert_cmpuint (n_files, >, 0);

  engine_world_reopen (world, &backend);
  g_assert_null (backend->password);
  g_assert_cmpstr (backend->token, ==, "token-of-the-test");
  g_assert_cmpstr (backend->device, ==, "device-of-the-test");
}

static void
sign_in (BkEngineAccount *account, const char *password, HandBackend *backend, BkBackendState state, int code,
         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint before = backend->n_sign_ins;

  bk_engine_account_sign_in_async (account, password, NULL, bk_test_store_result, &result);
  engine_world_wait_sign_in (backend, before + 1);
  if (state == BK_BACKEND_ONLINE)
    hand_backend_go_online (backend);
  else
    hand_backend_state (backend, state, code);
  g_assert_cmpint (bk_engine_account_sign_in_finish (account, bk_test_await (&result), error), ==,
                   state == BK_BACKEND_ONLINE);
}

static void
sign_out (BkEngineAccount *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_account_sign_out_async (account, NULL, bk_test_store_result, &result);
  bk_engine_account_sign_out_finish (account, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (bk_engine_account_get_state (account), ==, BK_BACKEND_OFFLINE);
}

static void
test_sign_in_and_out (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  sign_out (alice);
  g_assert_cmpuint (backend->n_sign_outs, ==, 1);
  g_assert_false (backend->forgotten);
  sign_out (alice);

  sign_in (alice, "wrong", backend, BK_BACKEND_OFFLINE, BECKON_ERROR_INVALID_PASSWORD, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpstr (backend->password, ==, "wrong");
  g_clear_error (&error);

  /* The first try failed, but it goes on: when the server is there, so are we. */
  sign_in (alice, NULL, backend, BK_BACKEND_WAITING, BECKON_ERROR_CONNECT, &error);
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_CONNECT);
  g_assert_null (backend->password);
  hand_backend_go_online (backend);
  g_assert_cmpint (bk_engine_account_get_state (alice), ==, BK_BACKEND_ONLINE);

  /* Signed in already. */
  bk_engine_account_sign_in_async (alice, NULL, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_account_sign_in_finish (alice, bk_test_await (&result), NULL));

  /* It stays signed out over a restart. */
  sign_out (alice);
  engine_world_close (world);
  engine_world_open (world);
  alice = bk_engine_get_primary_account (world->engine);
  engine_world_settle (world, alice);
  g_assert_cmpuint (engine_world_backend (world, 0)->n_sign_ins, ==, 0);
}

static void
test_sign_in_without_token (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  sign_out (alice);
  g_hash_table_remove_all (world->secret_table);
  bk_engine_account_sign_in_async (alice, NULL, NULL, bk_test_store_result, &result);
  g_assert_false (bk_engine_account_sign_in_finish (alice, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpuint (backend->n_sign_ins, ==, 1);
}

static void
test_sign_in_cancelled (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  sign_out (alice);
  bk_engine_account_sign_in_async (alice, NULL, cancellable, bk_test_store_result, &result);
  engine_world_wait_sign_in (backend, 2);
  g_cancellable_cancel (cancellable);
  g_assert_false (bk_engine_account_sign_in_finish (alice, bk_test_await (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A network that does not answer does not keep anybody. */
static void
test_silent_network (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  backend->silent = TRUE;
  bk_engine_account_sign_out_async (alice, NULL, bk_test_store_result, &result);
  g_assert_cmpint (bk_engine_account_get_status (alice), ==, BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER);
  bk_fake_clock_advance (world->clock, 4000);
  g_assert_true (bk_engine_account_sign_out_finish (alice, bk_test_await (&result), NULL));
  g_assert_cmpint (bk_engine_account_get_state (alice), ==, BK_BACKEND_OFFLINE);
}

/* ---- contacts ---- */

static void
on_counted (gpointer object, guint *count)
{
  (*count)++;
}

static void
on_contact_counted (GListModel *contacts, BkEngineContact *contact, guint *count)
{
  g_assert_cmpstr (bk_engine_contact_get_sign_in_name (contact), ==, "u500@example.org");
  (*count)++;
}

static void
test_contacts (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  guint n_changes = 0;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  GListModel *contacts = bk_engine_account_get_contacts (alice);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *who = g_strdup_printf ("u%03u@example.org", (i * 7919) % 1000);
      hand_backend_contact (backend, NULL, who, BECKON_RELATION_ACCEPTED);
    }
  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, 1000);
  for (guint i = 0; i < 1000; i += 111)
    {
      g_autofree char *who = g_strdup_printf ("u%03u@example.org", i);
      g_autoptr (BkEngineContact) contact = g_list_model_get_item (contacts, i);
      g_assert_cmpstr (bk_engine_contact_get_sign_in_name (contact), ==, who);
      g_assert_true (bk_engine_account_find_contact (alice, who) == contact);
    }

  BkEngineContact *contact = bk_engine_account_find_contact (alice, "U500@example.org");
  g_signal_connect (contacts, "contact-changed", G_CALLBACK (on_contact_counted), &n_changes);
  g_assert_cmpint (bk_engine_contact_get_status (contact), ==, BECKON_STATUS_OFFLINE);
  hand_backend_presence (backend, "u500@example.org", BECKON_STATUS_AWAY);
  hand_backend_presence (backend, "u500@example.org", BECKON_STATUS_AWAY);
  g_assert_cmpint (bk_engine_contact_get_status (contact), ==, BECKON_STATUS_AWAY);
  g_assert_cmpuint (n_changes, ==, 1);
  hand_backend_presence (backend, "u500@example.org", BECKON_STATUS_INVISIBLE);
  g_assert_cmpint (bk_engine_contact_get_status (contact), ==, BECKON_STATUS_OFFLINE);
  hand_backend_presence (backend, "u500@example.org", BECKON_STATUS_ONLINE);
  hand_backend_presence (backend, "stranger@example.org", BECKON_STATUS_ONLINE);

  /* Without a connection nobody is there. */
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (bk_engine_contact_get_status (contact), ==, BECKON_STATUS_OFFLINE);
  g_assert_cmpuint (n_changes, ==, 4);

  hand_backend_contact (backend, NULL, "u500@example.org", BECKON_RELATION_NONE);
  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, 999);
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*malformed*");
  hand_backend_contact (backend, NULL, "not a name", BECKON_RELATION_ACCEPTED);
  g_test_assert_expected_messages ();
}

static void
test_contact_requests (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) self_result = NULL;
  g_autoptr (GAsyncResult) unknown = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) offline = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  bk_engine_account_change_contact_async (alice, BK_CONTACT_ADD, "ALICE@example.org", NULL, NULL, bk_test_store_result,
                                          &self_result);
  g_assert_false (bk_engine_account_change_contact_finish (alice, bk_test_await (&self_result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  bk_engine_account_change_contact_async (alice, BK_CONTACT_APPROVE, BOB, NULL, NULL, bk_test_store_result, &unknown);
  g_assert_false (bk_engine_account_change_contact_finish (alice, bk_test_await (&unknown), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_clear_error (&error);

  bk_engine_account_change_contact_async (alice, BK_CONTACT_ADD, "Bob@example.org", "it is me", NULL,
                                          bk_test_store_result, &added);
  HandRequest *request = hand_backend_request (backend, 0);
  g_assert_cmpstr (request->who, ==, BOB);
  g_assert_cmpstr (request->text, ==, "it is me");
  hand_request_answer (request, -1);
  g_assert_true (bk_engine_account_change_contact_finish (alice, bk_test_await (&added), &error));

  /* Whether a connection that was there comes back soon enough, the network knows. */
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_engine_account_set_display_name_async (alice, "Alice", NULL, bk_test_store_result, &offline);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_DISCONNECTED);
  g_assert_false (bk_engine_account_set_display_name_finish (alice, bk_test_await (&offline), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
}

/* Nobody is asked over a connection that never was. */
static void
test_requests_before_the_first_sign_in (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_state (backend, BK_BACKEND_OFFLINE, BECKON_ERROR_INVALID_PASSWORD);
  sign_in (alice, "sesame-open", backend, BK_BACKEND_WAITING, BECKON_ERROR_CONNECT, &error);
  g_clear_error (&error);
  bk_engine_account_set_display_name_async (alice, "Alice", NULL, bk_test_store_result, &result);
  g_assert_false (bk_engine_account_set_display_name_finish (alice, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (backend->requests->len, ==, 0);
}

/* ---- messages ---- */

static BkEngineConversation *
with_bob (BkEngineAccount *account)
{
  g_autoptr (GError) error = NULL;
  BkEngineConversation *conversation = bk_engine_account_get_conversation (account, BOB, &error);

  g_assert_no_error (error);
  return conversation;
}

static BkEngineMessage *
send_to (BkEngineConversation *conversation, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_conversation_send_async (conversation, text, NULL, bk_test_store_result, &result);
  BkEngineMessage *message = bk_engine_conversation_send_finish (conversation, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpint (message->delivery, ==, BECKON_DELIVERY_PENDING);
  g_assert_true (message->outgoing);
  return message;
}

/* "text:delivery " of all messages. */
static char *
transcript (BkEngineConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  GString *text = g_string_new (NULL);

  bk_engine_conversation_list_async (conversation, 0, 100, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages =
    bk_engine_conversation_list_finish (conversation, bk_test_await (&result), NULL);
  for (guint i = 0; i < messages->len; i++)
    {
      BkEngineMessage *message = messages->pdata[i];
      g_string_append_printf (text, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
    }
  return g_string_free (text, FALSE);
}

static void
assert_transcript (BkEngineConversation *conversation, const char *expected)
{
  g_autofree char *text = transcript (conversation);

  g_assert_cmpstr (text, ==, expected);
}

static void
on_message (gpointer object, BkEngineMessage *message, GString *log)
{
  g_string_append_printf (log, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
}

static void
test_incoming (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  guint n_changes = 0;
  guint n_arrivals = 0;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_signal_connect (alice, "message-added", G_CALLBACK (on_message), log);
  g_signal_connect (alice, "arrived", G_CALLBACK (on_counted), &n_arrivals);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  hand_backend_message (backend, "2", BOB, "m1", FALSE, "one");
  hand_backend_message (backend, "2", BOB, "m1", FALSE, "one");
  hand_backend_message (backend, "3", "Bob@Example.org", "m2", FALSE, "two\nlines");
  hand_backend_message (backend, "4", BOB, "m3", TRUE, "from my other device");
  engine_world_settle (world, alice);
  g_assert_cmpstr (log->str, ==, "one:received two\nlines:received from my other device:sent ");
  g_assert_cmpuint (n_arrivals, ==, 2);
  hand_backend_contact (backend, "4", "carol@example.org", BECKON_RELATION_ASKING);
  g_assert_cmpuint (n_arrivals, ==, 3);
  hand_backend_contact (backend, "4", "carol@example.org", BECKON_RELATION_ASKING);
  hand_backend_contact (backend, "4", "carol@example.org", BECKON_RELATION_ACCEPTED);
  g_assert_cmpuint (n_arrivals, ==, 3);

  BkEngineConversation *conversation = with_bob (alice);
  BkEngineContact *bob = bk_engine_account_find_contact (alice, BOB);
  g_assert_cmpuint (bk_engine_conversation_get_unread (conversation), ==, 2);
  g_assert_cmpuint (bk_engine_contact_get_unread (bob), ==, 2);
  g_signal_connect (conversation, "changed", G_CALLBACK (on_counted), &n_changes);
  bk_engine_conversation_mark_read (conversation, G_MAXINT64);
  hand_backend_message (backend, "5", BOB, "m4", FALSE, "three");
  engine_world_settle (world, alice);
  g_assert_cmpuint (bk_engine_conversation_get_unread (conversation), ==, 1);
  g_assert_cmpuint (bk_engine_contact_get_unread (bob), ==, 1);
  g_assert_cmpuint (n_changes, ==, 2);
  guint id = bk_engine_conversation_get_id (conversation);

  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  g_assert_cmpstr (backend->cursor, ==, "5");
  conversation = with_bob (alice);
  g_assert_cmpuint (bk_engine_conversation_get_id (conversation), ==, id);
  g_assert_cmpuint (bk_engine_conversation_get_unread (conversation), ==, 1);
  g_assert_cmpuint (bk_engine_contact_get_unread (bk_engine_account_find_contact (alice, BOB)), ==, 1);
  assert_transcript (conversation, "one:received two\nlines:received from my other device:sent three:received ");
}

/* What makes no sense is passed over, and what comes behind it is not lost. */
static void
test_malformed (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *big = g_strnfill (BK_LIMIT_MESSAGE + 1, 'x');
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  for (int i = 0; i < 4; i++)
    g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*malformed*");
  hand_backend_message (backend, "1", "no name", "m1", FALSE, "text");
  hand_backend_message (backend, "2", BOB, "m2", FALSE, big);
  hand_backend_message (backend, "3", BOB, "m3", FALSE, "\xff");
  hand_backend_message (backend, "4", BOB, "", FALSE, "text");
  g_test_assert_expected_messages ();
  hand_backend_message (backend, "5", BOB, "m5", FALSE, "good");
  engine_world_settle (world, alice);
  assert_transcript (with_bob (alice), "good:received ");
  g_assert_null (bk_engine_account_get_conversation (alice, "no name", NULL));
}

static void
test_sending (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *conversation = with_bob (alice);
  g_signal_connect (alice, "message-changed", G_CALLBACK (on_message), log);
  g_autoptr (BkEngineMessage) one = send_to (conversation, "one");
  g_autoptr (BkEngineMessage) two = send_to (conversation, "two");
  g_autoptr (BkEngineMessage) three = send_to (conversation, "three");

  HandRequest *request = hand_backend_request (backend, 0);
  g_assert_cmpstr (request->id, ==, one->message_id);
  g_assert_cmpstr (request->text, ==, "one");
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 1); /* no overtaking */
  hand_request_answer (request, -1);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_USER_NOT_FOUND);
  hand_request_answer (hand_backend_request (backend, 2), -1);
  engine_world_settle (world, alice);
  g_assert_cmpstr (log->str, ==, "one:sent two:failed three:sent ");
  assert_transcript (conversation, "one:sent two:failed three:sent ");
  /* Bob has written meanwhile: a message that comes back is known, and keeps its place. */
  hand_backend_message (backend, "1", BOB, one->message_id, TRUE, "one");
  engine_world_settle (world, alice);
  assert_transcript (conversation, "one:sent two:failed three:sent ");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

/* Pending messages are sent again, in order, after a reconnect and after a crash; never a settled one. */
static void
test_sending_again (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *conversation = with_bob (alice);
  g_autoptr (BkEngineMessage) one = send_to (conversation, "one");
  hand_backend_request (backend, 0);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_DISCONNECTED);
  g_autoptr (BkEngineMessage) two = send_to (conversation, "two");
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 1);

  hand_backend_go_online (backend);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, one->message_id);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend);
  conversation = with_bob (alice);
  assert_transcript (conversation, "one:pending two:pending ");
  g_assert_cmpstr (hand_backend_request (backend, 0)->id, ==, one->message_id);
  hand_request_answer (hand_backend_request (backend, 0), -1);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, two->message_id);
  /* The answer is lost, but the message comes back as a fact: it has arrived. */
  hand_backend_message (backend, "7", BOB, two->message_id, TRUE, "two");
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_DISCONNECTED);
  hand_backend_go_online (backend);
  engine_world_settle (world, alice);
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 2);
  assert_transcript (conversation, "one:sent two:sent ");
}

static void
test_too_busy (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *conversation = with_bob (alice);
  g_autoptr (BkEngineMessage) one = send_to (conversation, "one");
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_SERVER_TOO_BUSY);
  bk_test_drain ();
  g_autoptr (BkEngineMessage) two = send_to (conversation, "two");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 1);
  bk_fake_clock_advance (world->clock, 999);
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 1);
  bk_fake_clock_advance (world->clock, 1);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, one->message_id);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_SERVER_TOO_BUSY);
  bk_test_drain ();
  bk_fake_clock_advance (world->clock, 1999); /* longer each time */
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 2);
  bk_fake_clock_advance (world->clock, 1);
  hand_request_answer (hand_backend_request (backend, 2), -1);
  g_assert_cmpstr (hand_backend_request (backend, 3)->id, ==, two->message_id);
}

static void
test_text_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *big = g_strnfill (BK_LIMIT_MESSAGE + 1, 'x');
  const struct
  {
    const char *text;
    BeckonError code;
  } cases[] = {
    { "", BECKON_ERROR_INVALID_ARGUMENT },       { NULL, BECKON_ERROR_INVALID_ARGUMENT },
    { " \n\t ", BECKON_ERROR_INVALID_ARGUMENT }, { "\xc2\xa0", BECKON_ERROR_INVALID_ARGUMENT },
    { "a\xff", BECKON_ERROR_INVALID_ARGUMENT },  { "a\033[2J", BECKON_ERROR_INVALID_ARGUMENT },
    { big, BECKON_ERROR_MESSAGE_TOO_LONG },
  };
  HandBackend *backend;

  engine_world_open (world);
  BkEngineConversation *conversation = with_bob (engine_world_add_alice (world, &backend));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      bk_engine_conversation_send_async (conversation, cases[i].text, NULL, bk_test_store_result, &result);
      g_assert_null (bk_engine_conversation_send_finish (conversation, bk_test_await (&result), &error));
      g_assert_error (error, BECKON_ERROR, (int) cases[i].code);
    }
  big[BK_LIMIT_MESSAGE] = '\0';
  g_autoptr (BkEngineMessage) fits = send_to (conversation, big);
  g_assert_cmpuint (strlen (fits->text), ==, BK_LIMIT_MESSAGE);
}

/* A fact that the database refuses: out, and in again from the last good one. */
static void
test_storage_fails (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *path = g_build_filename (world->dir, "data", "beckon", "history.sqlite", NULL);
  HandBackend *backend;
  sqlite3 *other;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_message (backend, "1", BOB, "m1", FALSE, "one");
  engine_world_settle (world, alice);

  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other,
                                 "CREATE TRIGGER t BEFORE INSERT ON messages WHEN new.message_id = 'm2'"
                                 " BEGIN SELECT raise (FAIL, 'no room'); END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*could not be stored*");
  hand_backend_message (backend, "2", BOB, "m2", FALSE, "two");
  hand_backend_message (backend, "3", BOB, "m3", FALSE, "three");
  engine_world_wait_state (alice, BK_BACKEND_WAITING);
  g_test_assert_expected_messages ();
  g_assert_error (bk_engine_account_get_error (alice), BECKON_ERROR, BECKON_ERROR_STORAGE);
  assert_transcript (with_bob (alice), "one:received ");

  g_assert_cmpint (sqlite3_exec (other, "DROP TRIGGER t", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  bk_fake_clock_advance (world->clock, 30000);
  engine_world_wait_sign_in (backend, 2);
  g_assert_cmpstr (backend->cursor, ==, "1");
  hand_backend_go_online (backend);
  hand_backend_message (backend, "2", BOB, "m2", FALSE, "two");
  hand_backend_message (backend, "3", BOB, "m3", FALSE, "three");
  engine_world_settle (world, alice);
  assert_transcript (with_bob (alice), "one:received two:received three:received ");
}

static gint64
read_result (sqlite3 *file, const char *session)
{
  g_autofree char *sql = g_strdup_printf ("SELECT result FROM messages WHERE session = 1 AND message_id = '%s'", session);
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_prepare_v2 (file, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 result = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return result;
}

/* The disk has no room for the end of a session: it is written when there is, and what came before it is not. */
static void
test_session_storage_fails (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *path = g_build_filename (world->dir, "data", "beckon", "history.sqlite", NULL);
  BkEngineMessage entry = { .message_id = (char *) "{F2A1C0DE-7E57-4A11-8B0B-1234567890AB}", .who = (char *) BOB,
                            .text = (char *) "Bob invited you.", .session = TRUE, .time = 1 };
  HandBackend *backend;
  sqlite3 *other;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  bk_engine_account_write_session (alice, &entry);
  engine_world_settle (world, alice);
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (read_result (other, entry.message_id), ==, BECKON_SESSION_RESULT_NONE);

  g_assert_cmpint (sqlite3_exec (other,
                                 "CREATE TRIGGER t BEFORE UPDATE ON messages BEGIN SELECT raise (FAIL, 'no room'); END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*could not be written to the history*");
  g_test_expect_message ("beckon-engine", G_LOG_LEVEL_WARNING, "*could not be written to the history*");
  bk_engine_account_write_session (alice, &entry); /* once more, as it was */
  entry.result = BECKON_SESSION_RESULT_ENDED;
  entry.result_text = (char *) "The program was closed.";
  bk_engine_account_write_session (alice, &entry);
  engine_world_settle (world, alice);
  g_test_assert_expected_messages ();
  g_assert_cmpint (read_result (other, entry.message_id), ==, BECKON_SESSION_RESULT_NONE);

  g_assert_cmpint (sqlite3_exec (other, "DROP TRIGGER t", NULL, NULL, NULL), ==, SQLITE_OK);
  bk_fake_clock_advance (world->clock, 10000);
  engine_world_settle (world, alice);
  g_assert_cmpint (read_result (other, entry.message_id), ==, BECKON_SESSION_RESULT_ENDED);
  sqlite3_close (other);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/account/states", test_states);
  g_test_add_func ("/account/status-refused", test_status_refused);
  g_test_add_func ("/account/credentials", test_credentials);
  g_test_add_func ("/account/sign-in-and-out", test_sign_in_and_out);
  g_test_add_func ("/account/sign-in-without-token", test_sign_in_without_token);
  g_test_add_func ("/account/sign-in-cancelled", test_sign_in_cancelled);
  g_test_add_func ("/account/silent-network", test_silent_network);
  g_test_add_func ("/account/contacts", test_contacts);
  g_test_add_func ("/account/contact-requests", test_contact_requests);
  g_test_add_func ("/account/requests-before-the-first-sign-in", test_requests_before_the_first_sign_in);
  g_test_add_func ("/account/incoming", test_incoming);
  g_test_add_func ("/account/malformed", test_malformed);
  g_test_add_func ("/account/sending", test_sending);
  g_test_add_func ("/account/sending-again", test_sending_again);
  g_test_add_func ("/account/too-busy", test_too_busy);
  g_test_add_func ("/account/text-refused", test_text_refused);
  g_test_add_func ("/account/storage-fails", test_storage_fails);
  g_test_add_func ("/account/session-storage-fails", test_session_storage_fails);
  return g_test_run ();
}
