/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-world.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bk-fake-backend.h"

#define BOB "bob@example.org"
#define SESSION "{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}"
#define APP "{11111111-AAAA-4AAA-8AAA-000000000001}"
#define TOKEN_KEY "account/alice@example.org/token"

static guint
n_accounts (EngineWorld *world)
{
  return g_list_model_get_n_items (bk_engine_get_accounts (world->engine));
}

/* ---- opening ---- */

static void
test_empty (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autofree char *data = g_build_filename (world->dir, "data", "beckon", NULL);
  struct stat info;

  engine_world_open (world);
  g_assert_cmpuint (n_accounts (world), ==, 0);
  g_assert_null (bk_engine_get_primary_account (world->engine));
  g_assert_nonnull (bk_engine_get_registry (world->engine));
  g_assert_cmpuint (g_list_model_get_n_items (bk_engine_get_sessions (world->engine)), ==, 0);
  g_assert_null (bk_engine_create_session (world->engine, NULL, NULL, &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_LOGGED_ON);
  g_clear_error (&error);
  g_assert_null (bk_engine_redeem_cookie (world->engine, "nonsense", &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (g_stat (data, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  bk_engine_open_async (world->engine, NULL, bk_test_store_result, &again);
  g_assert_false (bk_engine_open_finish (world->engine, bk_test_await (&again), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
}

static void
test_damaged (void)
{
  g_autoptr (BkTestDir) dir = bk_test_dir_new ();
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (world->dir, "data", "beckon", "history.sqlite", NULL);
  g_autofree char *folder = g_path_get_dirname (file);
  BkEngineNewAccount fields = { .sign_in_name = "alice@example.org", .password = "sesame" };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "this is no database, but it is long enough to look like one", -1, NULL));
  engine_world_make (world);
  bk_engine_open_async (world->engine, NULL, bk_test_store_result, &opened);
  g_assert_false (bk_engine_open_finish (world->engine, bk_test_await (&opened), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_STORAGE);
  g_clear_error (&error);
  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &added);
  g_assert_null (bk_engine_add_account_finish (world->engine, bk_test_await (&added), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_FAILED);
  g_clear_object (&opened);
  g_clear_object (&added);
  engine_world_crash (world);
}

/* ---- adding ---- */

static void
assert_not_added (EngineWorld *world, const BkEngineNewAccount *fields, BeckonError code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_add_account_async (world->engine, fields, NULL, bk_test_store_result, &result);
  g_assert_null (bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
}

static void
test_add_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *big = g_strnfill (300, 'x');
  HandBackend *backend;

  engine_world_open (world);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "alice", .password = "x" },
                    BECKON_ERROR_INVALID_ARGUMENT);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "alice@example.org" },
                    BECKON_ERROR_INVALID_ARGUMENT);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "alice@example.org", .password = big },
                    BECKON_ERROR_INVALID_ARGUMENT);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "a@b", .password = "x", .server = "a\nb" },
                    BECKON_ERROR_INVALID_SERVER_NAME);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "a@b", .password = "x", .invitation_token = big },
                    BECKON_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (world->backends->len, ==, 0);
  engine_world_add_alice (world, &backend);
  assert_not_added (world, &(BkEngineNewAccount){ .sign_in_name = "ALICE@example.org", .password = "x" },
                    BECKON_ERROR_ALREADY_LOGGED_ON);
  g_assert_cmpuint (n_accounts (world), ==, 1);
}

/* An account that cannot sign in leaves nothing behind, whether the error is final or not. */
static void
test_add_fails (void)
{
  static const struct
  {
    BkBackendState state;
    BeckonError code;
  } failures[] = {
    { BK_BACKEND_OFFLINE, BECKON_ERROR_INVALID_PASSWORD },
    { BK_BACKEND_WAITING, BECKON_ERROR_CONNECT },
  };
  g_autoptr (EngineWorld) world = engine_world_new ();
  BkEngineNewAccount fields = { .sign_in_name = "alice@example.org", .password = "sesame" };

  engine_world_open (world);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      BkBackendEvent credentials = { .type = BK_BACKEND_EVENT_CREDENTIALS, .token = "t" };

      bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &result);
      HandBackend *backend = engine_world_backend (world, i);
      engine_world_wait_sign_in (backend, 1);
      bk_backend_emit (BK_BACKEND (backend), &credentials);
      hand_backend_state (backend, failures[i].state, (int) failures[i].code);
      g_assert_null (bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error));
      g_assert_error (error, BECKON_ERROR, (int) failures[i].code);
      g_assert_cmpuint (n_accounts (world), ==, 0);
      g_assert_cmpuint (g_hash_table_size (world->secret_table), ==, 0);
      g_assert_true (backend->forgotten);
    }
  engine_world_close (world);
  engine_world_open (world);
  g_assert_cmpuint (n_accounts (world), ==, 0);
}

static void
test_register (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) taken = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineNewAccount fields = { .sign_in_name = "alice@example.org", .password = "sesame", .register_account = TRUE };

  engine_world_open (world);
  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &refused);
  HandBackend *backend = engine_world_backend (world, 0);
  bk_test_wait_for_pointer (&backend->registering);
  g_task_return_new_error (backend->registering, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS, "Taken");
  g_clear_object (&backend->registering);
  g_assert_null (bk_engine_add_account_finish (world->engine, bk_test_await (&refused), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_ACCOUNT_EXISTS);
  g_assert_cmpuint (backend->n_sign_ins, ==, 0);
  g_clear_error (&error);

  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &taken);
  backend = engine_world_backend (world, 1);
  bk_test_wait_for_pointer (&backend->registering);
  g_task_return_boolean (backend->registering, TRUE);
  g_clear_object (&backend->registering);
  engine_world_wait_sign_in (backend, 1);
  hand_backend_go_online (backend);
  g_autoptr (BkEngineAccount) alice =
    bk_engine_add_account_finish (world->engine, bk_test_await (&taken), &error);
  g_assert_no_error (error);
  g_assert_true (bk_engine_get_primary_account (world->engine) == alice);
}

static void
test_close_while_adding (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineNewAccount fields = { .sign_in_name = "alice@example.org", .password = "sesame" };

  engine_world_open (world);
  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &result);
  engine_world_wait_sign_in (engine_world_backend (world, 0), 1);
  engine_world_begin_close (world);
  g_assert_null (bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_CANCELLED);
  g_clear_object (&result);
  engine_world_end_close (world);
  engine_world_open (world);
  g_assert_cmpuint (n_accounts (world), ==, 0);
}

static void
test_remove (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  g_autoptr (BkEngineAccount) alice = g_object_ref (engine_world_add_alice (world, &backend));
  guint id = bk_engine_account_get_id (alice);
  hand_backend_message (backend, "1", BOB, "m1", FALSE, "hello");
  bk_engine_remove_account_async (world->engine, alice, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_remove_account_finish (world->engine, bk_test_await (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_accounts (world), ==, 0);
  g_assert_true (backend->forgotten);
  g_assert_false (g_hash_table_contains (world->secret_table, TOKEN_KEY));
  bk_engine_remove_account_async (world->engine, alice, NULL, bk_test_store_result, &again);
  g_assert_false (bk_engine_remove_account_finish (world->engine, bk_test_await (&again), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
  g_clear_object (&result);
  g_clear_object (&again);
  bk_test_drain ();
  g_assert_finalize_object (g_steal_pointer (&alice));

  engine_world_close (world);
  engine_world_open (world);
  g_assert_cmpuint (n_accounts (world), ==, 0);
  g_assert_cmpuint (bk_engine_account_get_id (engine_world_add_alice (world, &backend)), >, id);
}

/* ---- sessions ---- */

static void
invite (HandBackend *backend)
{
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_INVITE, SESSION);
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_SESSION,
    .cursor = "2",
    .who = BOB,
    .envelope = envelope,
    .time = G_GINT64_CONSTANT (1767225600000000),
  };

  envelope->app_guid = g_strdup (APP);
  envelope->app_name = g_strdup ("Pipe");
  envelope->ttl = 120;
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  bk_backend_emit (BK_BACKEND (backend), &event);
}

static void
on_invitation (BkEngine *engine, BkEngineSession *session, guint *count)
{
  (*count)++;
}

/* bob invites, and is told that it rings. */
static BkEngineSession *
receive_invitation (EngineWorld *world, HandBackend *backend)
{
  guint count = 0;

  gulong handler = g_signal_connect (world->engine, "invitation", G_CALLBACK (on_invitation), &count);
  invite (backend);
  bk_test_wait_for_count (&count, 1);
  g_signal_handler_disconnect (world->engine, handler);
  HandRequest *ringing = hand_backend_request (backend, 0);
  g_assert_cmpint (ringing->envelope->kind, ==, BK_ENVELOPE_RINGING);
  hand_request_answer (ringing, -1);
  bk_test_drain ();
  BkEngineSession *session = bk_engine_find_session (world->engine, SESSION);
  g_assert_nonnull (session);
  return session;
}

static void
assert_end (HandRequest *request, BeckonSessionResult reason)
{
  g_assert_cmpstr (request->who, ==, BOB);
  g_assert_cmpint (request->envelope->kind, ==, BK_ENVELOPE_END);
  g_assert_cmpstr (request->envelope->session, ==, SESSION);
  g_assert_cmpint (request->envelope->reason, ==, reason);
}

static char *
entries (EngineWorld *world, BkEngineAccount *account, const char *who)
{
  g_autoptr (GAsyncResult) result = NULL;
  GString *text = g_string_new (NULL);
  BkEngineConversation *conversation = bk_engine_account_get_conversation (account, who, NULL);

  bk_engine_conversation_list_async (conversation, 0, 100, NULL, bk_test_store_result, &result);
  g_autoptr (GPtrArray) messages = bk_engine_conversation_list_finish (conversation, bk_test_await (&result), NULL);
  for (guint i = 0; i < messages->len; i++)
    {
      BkEngineMessage *entry = messages->pdata[i];
      g_string_append_printf (text, "%s [%s] ", entry->text, entry->result_text != NULL ? entry->result_text : "");
    }
  g_string_append_printf (text, "%u", bk_engine_conversation_get_unread (conversation));
  return g_string_free (text, FALSE);
}

static void
assert_entries (EngineWorld *world, BkEngineAccount *account, const char *who, const char *expected)
{
  g_autofree char *found = entries (world, account, who);

  g_assert_cmpstr (found, ==, expected);
}

static void
on_entry (BkEngineAccount *account, BkEngineMessage *entry, GString *log)
{
  g_string_append_printf (log, "%s:%s ", entry->message_id, beckon_session_result_to_nick (entry->result));
}

/* A missed invitation is seen: unread, and with its end in words. */
static void
test_entry (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) added = g_string_new (NULL);
  g_autoptr (GString) changed = g_string_new (NULL);
  g_autoptr (BkEnvelope) cancel = bk_envelope_new (BK_ENVELOPE_CANCEL, SESSION);
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_SESSION, .cursor = "3", .who = BOB, .envelope = cancel };
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_signal_connect (alice, "message-added", G_CALLBACK (on_entry), added);
  g_signal_connect (alice, "message-changed", G_CALLBACK (on_entry), changed);
  receive_invitation (world, backend);
  engine_world_settle (world, alice);
  g_assert_cmpstr (added->str, ==, SESSION ":none ");
  assert_entries (world, alice, BOB, "bob@example.org invited you to Pipe. [] 1");

  invite (backend); /* it may come twice */
  cancel->reason = BECKON_SESSION_RESULT_CANCELLED_REMOTE;
  bk_backend_emit (BK_BACKEND (backend), &event);
  engine_world_settle (world, alice);
  g_assert_cmpstr (added->str, ==, SESSION ":none ");
  g_assert_cmpstr (changed->str, ==, SESSION ":cancelled-remote ");
  assert_entries (world, alice, BOB, "bob@example.org invited you to Pipe. [bob@example.org cancelled.] 1");
  bk_engine_conversation_mark_read (bk_engine_account_get_conversation (alice, BOB, NULL), G_MAXINT64);
  engine_world_close (world);

  alice = engine_world_reopen (world, &backend);
  assert_entries (world, alice, BOB, "bob@example.org invited you to Pipe. [bob@example.org cancelled.] 0");
}

/* What this device learns of when all is over leaves nothing behind. */
static void
test_entry_too_late (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (BkEnvelope) envelope = bk_envelope_new (BK_ENVELOPE_CANCEL, SESSION);
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_SESSION, .cursor = "2", .who = BOB, .envelope = envelope };
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  bk_backend_emit (BK_BACKEND (backend), &event);
  event = (BkBackendEvent){
    .type = BK_BACKEND_EVENT_SESSION_ELSEWHERE,
    .cursor = "3",
    .session = SESSION,
    .result = BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE,
  };
  bk_backend_emit (BK_BACKEND (backend), &event);
  engine_world_settle (world, alice);
  assert_entries (world, alice, BOB, "0");
}

/* The other side of what a crash cut off is told, once. An invitation that comes again then is over. */
static void
test_recover (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  receive_invitation (world, backend);
  engine_world_settle (world, alice);
  engine_world_crash (world);

  engine_world_open (world);
  backend = engine_world_backend (world, 0);
  engine_world_wait_sign_in (backend, 1);
  g_assert_cmpstr (backend->cursor, ==, "2");
  hand_backend_state (backend, BK_BACKEND_SYNCHRONIZING, -1);
  invite (backend);
  g_assert_null (bk_engine_find_session (world->engine, SESSION));
  hand_backend_go_online (backend);
  assert_end (hand_backend_request (backend, 0), BECKON_SESSION_RESULT_SERVICE_RESTARTED);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend); /* not acknowledged: told again */
  hand_request_answer (hand_backend_request (backend, 0), -1);
  engine_world_settle (world, alice);
  engine_world_close (world);

  alice = engine_world_reopen (world, &backend);
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 0);
  assert_entries (world, alice, BOB, "bob@example.org invited you to Pipe. [Beckon was restarted on one side.] 1");
}

static void
test_sign_out_says_goodbye (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineSession *session = receive_invitation (world, backend);
  bk_engine_account_sign_out_async (alice, NULL, bk_test_store_result, &result);
  g_assert_cmpint (bk_engine_session_get_result (session), ==, BECKON_SESSION_RESULT_SIGNED_OUT);
  HandRequest *request = hand_backend_request (backend, 1);
  assert_end (request, BECKON_SESSION_RESULT_SIGNED_OUT);
  g_assert_cmpuint (backend->n_sign_outs, ==, 0); /* not before it was said */
  hand_request_answer (request, -1);
  g_assert_true (bk_engine_account_sign_out_finish (alice, bk_test_await (&result), NULL));
  g_assert_cmpuint (backend->n_sign_outs, ==, 1);
}

static void
test_close_says_goodbye (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  engine_world_add_alice (world, &backend);
  receive_invitation (world, backend);
  engine_world_begin_close (world);
  HandRequest *request = hand_backend_request (backend, 1);
  assert_end (request, BECKON_SESSION_RESULT_SERVICE_RESTARTED);
  g_assert_cmpuint (backend->n_sign_outs, ==, 0);
  hand_request_answer (request, -1);
  engine_world_end_close (world);

  BkEngineAccount *alice = engine_world_reopen (world, &backend);
  engine_world_settle (world, alice);
  g_assert_cmpuint (backend->requests->len, ==, 0); /* nothing to make good for */
}

/* Two seconds, whatever the network does. */
static void
test_close_is_bounded (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  engine_world_add_alice (world, &backend);
  receive_invitation (world, backend);
  backend->silent = TRUE;
  engine_world_begin_close (world);
  hand_backend_request (backend, 1);
  bk_fake_clock_advance (world->clock, 2000);
  engine_world_end_close (world);
}

/* The network answers when everything has been written down. */
static void
test_close_before_the_answer (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  engine_world_add_alice (world, &backend);
  receive_invitation (world, backend);
  engine_world_begin_close (world);
  HandRequest *request = hand_backend_request (backend, 1);
  bk_fake_clock_advance (world->clock, 2000);
  bk_test_await (&world->closing);
  hand_request_answer (request, -1);
  bk_test_drain ();
  engine_world_end_close (world);

  engine_world_reopen (world, &backend);
  request = hand_backend_request (backend, 0);
  assert_end (request, BECKON_SESSION_RESULT_SERVICE_RESTARTED);
  hand_request_answer (request, -1);
}

/* ---- two people on one network ---- */

static BkBackend *
make_fake (gpointer network)
{
  return BK_BACKEND (bk_fake_backend_new (network));
}

static gboolean
is_over (gpointer session)
{
  return bk_engine_session_get_state (session) == BECKON_SESSION_STATE_TERMINATED;
}

static BkEngineAccount *
add_account (EngineWorld *world, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineNewAccount fields = { .sign_in_name = name, .password = "sesame" };

  bk_engine_add_account_async (world->engine, &fields, NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineAccount) account =
    bk_engine_add_account_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return account;
}

static BkEngineAccount *
join (EngineWorld *world, BkFakeNetwork *network, const char *name)
{
  world->make_backend = make_fake;
  world->make_backend_data = network;
  engine_world_open (world);
  return add_account (world, name);
}

static gboolean
is_accepted_and_there (gpointer account)
{
  GListModel *contacts = bk_engine_account_get_contacts (account);
  g_autoptr (BkEngineContact) contact = g_list_model_get_item (contacts, 0);

  return contact != NULL && bk_engine_contact_get_relation (contact) == BECKON_RELATION_ACCEPTED
         && bk_engine_contact_get_status (contact) == BECKON_STATUS_ONLINE;
}

static gboolean
is_asking (gpointer account)
{
  BkEngineContact *contact = bk_engine_account_find_contact (account, "alice@example.org");

  return contact != NULL && bk_engine_contact_get_relation (contact) == BECKON_RELATION_ASKING;
}

static void
change (BkEngineAccount *account, BkContactVerb verb, const char *who)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_account_change_contact_async (account, verb, who, NULL, NULL, bk_test_store_result, &result);
  bk_engine_account_change_contact_finish (account, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
on_message (BkEngineAccount *account, BkEngineMessage *message, GString *log)
{
  g_string_append_printf (log, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
}

typedef struct
{
  GString *log;
  const char *expected;
} Log;

static gboolean
log_is (gpointer data)
{
  Log *log = data;

  return g_str_equal (log->log->str, log->expected);
}

static void
say (BkEngineAccount *account, const char *who, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BkEngineConversation *conversation = bk_engine_account_get_conversation (account, who, &error);

  bk_engine_conversation_send_async (conversation, text, NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) message =
    bk_engine_conversation_send_finish (conversation, bk_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
test_two_people (void)
{
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  g_autoptr (BkFakeNetwork) network = bk_fake_network_new (BK_CLOCK (clock));
  g_autoptr (EngineWorld) one = engine_world_new ();
  g_autoptr (EngineWorld) two = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);

  g_assert_true (bk_fake_network_add_account (network, "alice@example.org", "sesame", "Alice", NULL));
  g_assert_true (bk_fake_network_add_account (network, BOB, "sesame", "Bob", NULL));
  BkEngineAccount *alice = join (one, network, "alice@example.org");
  BkEngineAccount *bob = join (two, network, BOB);
  g_assert_cmpstr (bk_engine_account_get_display_name (alice), ==, "Alice");

  change (alice, BK_CONTACT_ADD, BOB);
  bk_test_wait_until (is_asking, bob);
  change (bob, BK_CONTACT_APPROVE, "alice@example.org");
  bk_test_wait_until (is_accepted_and_there, alice);
  bk_test_wait_until (is_accepted_and_there, bob);

  g_signal_connect (bob, "message-added", G_CALLBACK (on_message), log);
  say (alice, BOB, "hello");
  say (alice, BOB, "there");
  bk_test_wait_until (log_is, &((Log){ log, "hello:received there:received " }));
  say (bob, "alice@example.org", "hi");
  bk_test_wait_until (log_is, &((Log){ log, "hello:received there:received hi:pending " }));
  g_assert_cmpuint (bk_engine_contact_get_unread (bk_engine_account_find_contact (bob, "alice@example.org")), ==, 2);

  engine_world_close (two);
  engine_world_close (one);
  bk_test_drain ();
}

/* One service can have both sides of a session: each in its own conversation, with its own result in words. */
static void
test_both_sides (void)
{
  g_autoptr (BkFakeClock) clock = bk_fake_clock_new ();
  g_autoptr (BkFakeNetwork) network = bk_fake_network_new (BK_CLOCK (clock));
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GError) error = NULL;
  guint count = 0;

  g_assert_true (bk_fake_network_add_account (network, "alice@example.org", "sesame", "Alice", NULL));
  g_assert_true (bk_fake_network_add_account (network, BOB, "sesame", "Bob", NULL));
  BkEngineAccount *alice = join (world, network, "alice@example.org");
  BkEngineAccount *bob = add_account (world, BOB);
  change (alice, BK_CONTACT_ADD, BOB);
  bk_test_wait_until (is_asking, bob);
  change (bob, BK_CONTACT_APPROVE, "alice@example.org");
  bk_test_wait_until (is_accepted_and_there, alice);
  g_assert_true (bk_engine_registry_register (bk_engine_get_registry (world->engine), APP, "Pipe", NULL, "/bin/true",
                                              &error));

  BkEngineSession *one = bk_engine_create_session (world->engine, alice, NULL, NULL);
  g_signal_connect (world->engine, "invitation", G_CALLBACK (on_invitation), &count);
  g_assert_true (bk_engine_session_set_application (one, APP, &error));
  bk_engine_session_invite_async (one, BOB, NULL, NULL, NULL, NULL, NULL);
  bk_test_wait_for_count (&count, 1);
  g_autoptr (BkEngineSession) other = g_list_model_get_item (bk_engine_get_sessions (world->engine), 1);
  g_assert_cmpstr (bk_engine_session_get_id (other), ==, bk_engine_session_get_id (one));
  g_assert_true (bk_engine_session_get_account (other) == bob && bk_engine_session_get_asking (other));
  assert_entries (world, alice, BOB, "You invited Bob to Pipe. [] 0");
  g_assert_true (bk_engine_session_decline (other, NULL, NULL));
  g_assert_false (bk_engine_session_get_asking (other));
  bk_test_wait_until (is_over, one);
  engine_world_settle (world, bob);
  assert_entries (world, alice, BOB, "You invited Bob to Pipe. [Bob declined.] 0");
  assert_entries (world, bob, "alice@example.org", "Alice invited you to Pipe. [You declined.] 0");
  engine_world_close (world);
  bk_test_drain ();
}

static void
assert_no_session (EngineWorld *world, BkEngineAccount *account, BeckonError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bk_engine_create_session (world->engine, account, NULL, &error));
  g_assert_error (error, BECKON_ERROR, (int) code);
  g_assert_cmpuint (g_list_model_get_n_items (bk_engine_get_sessions (world->engine)), ==, 0);
}

/* Whoever asks late has an account that is not there any more, or an engine that says its good-byes. */
static void
test_session_too_late (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  g_autoptr (BkEngineAccount) account = g_object_ref (engine_world_add_alice (world, &backend));
  bk_engine_remove_account_async (world->engine, account, NULL, bk_test_store_result, &removed);
  g_assert_true (bk_engine_remove_account_finish (world->engine, bk_test_await (&removed), &error));
  assert_no_session (world, account, BECKON_ERROR_NOT_LOGGED_ON);
  engine_world_begin_close (world);
  assert_no_session (world, account, BECKON_ERROR_FAILED);
  g_clear_object (&account);
  g_clear_object (&removed);
  engine_world_end_close (world);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/empty", test_empty);
  g_test_add_func ("/engine/damaged", test_damaged);
  g_test_add_func ("/engine/add-refused", test_add_refused);
  g_test_add_func ("/engine/add-fails", test_add_fails);
  g_test_add_func ("/engine/register", test_register);
  g_test_add_func ("/engine/close-while-adding", test_close_while_adding);
  g_test_add_func ("/engine/remove", test_remove);
  g_test_add_func ("/engine/entry", test_entry);
  g_test_add_func ("/engine/entry-too-late", test_entry_too_late);
  g_test_add_func ("/engine/recover", test_recover);
  g_test_add_func ("/engine/sign-out-says-goodbye", test_sign_out_says_goodbye);
  g_test_add_func ("/engine/close-says-goodbye", test_close_says_goodbye);
  g_test_add_func ("/engine/close-is-bounded", test_close_is_bounded);
  g_test_add_func ("/engine/close-before-the-answer", test_close_before_the_answer);
  g_test_add_func ("/engine/two-people", test_two_people);
  g_test_add_func ("/engine/both-sides", test_both_sides);
  g_test_add_func ("/engine/session-too-late", test_session_too_late);
  return g_test_run ();
}
