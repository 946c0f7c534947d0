/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user settles about contacts, the password, the devices, and the end of an account. */
#include "engine-world.h"

#include "bk-engine-account-private.h"
#include "bk-limits.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

static void
lose_connection (HandBackend *backend)
{
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
}

/* ---- what the user settles about contacts ---- */

static void
set_contact (BkEngineAccount *account, const char *who, const char *alias, int pinned, int muted,
             GAsyncResult **result)
{
  bk_engine_account_set_contact_async (account, who, alias, pinned, muted, NULL, bk_test_store_result, result);
}

static int
outcome (BkEngineAccount *account, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  gboolean done = bk_engine_account_set_contact_finish (account, bk_test_await (result), &error);

  g_assert_true (done == (error == NULL));
  g_clear_object (result);
  return error != NULL ? error->code : -1;
}

static void
assert_notes (BkEngineAccount *account, const char *alias, gboolean pinned, gboolean muted)
{
  BkEngineContact *bob = bk_engine_account_find_contact (account, BOB);

  g_assert_cmpstr (bk_engine_contact_get_alias (bob), ==, alias);
  g_assert_cmpstr (bk_engine_contact_get_display_name (bob), ==, alias != NULL ? alias : BOB);
  g_assert_cmpint (bk_engine_contact_get_pinned (bob), ==, pinned);
  g_assert_cmpint (bk_engine_contact_get_muted (bob), ==, muted);
}

static void
test_notes (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  GAsyncResult *first = NULL, *second = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  set_contact (alice, "Bob@Example.org", " Bobby ", -1, -1, &first);
  set_contact (alice, BOB, NULL, TRUE, -1, &second);

  /* The second keeps what the first has asked for, though nobody has said yes to that. */
  g_assert_cmpstr (hand_backend_request (backend, 0)->id, ==, "Bobby");
  g_assert_cmpstr (hand_backend_request (backend, 0)->text, ==, "");
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, "Bobby");
  g_assert_cmpstr (hand_backend_request (backend, 1)->text, ==, "pinned ");
  assert_notes (alice, NULL, FALSE, FALSE);
  hand_request_answer (hand_backend_request (backend, 0), -1);
  hand_request_answer (hand_backend_request (backend, 1), -1);
  g_assert_cmpint (outcome (alice, &first), ==, -1);
  g_assert_cmpint (outcome (alice, &second), ==, -1);
  assert_notes (alice, "Bobby", TRUE, FALSE);

  set_contact (alice, BOB, "Bobby", TRUE, FALSE, &first); /* so it is already */
  g_assert_cmpint (outcome (alice, &first), ==, -1);
  g_assert_cmpuint (backend->requests->len, ==, 2);
  set_contact (alice, BOB, "", FALSE, TRUE, &first);
  hand_request_answer (hand_backend_request (backend, 2), BECKON_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (outcome (alice, &first), ==, BECKON_ERROR_NOT_FOUND);
  assert_notes (alice, "Bobby", TRUE, FALSE);
}

static void
test_notes_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *long_name = g_strnfill (BK_LIMIT_DISPLAY_NAME + 1, 'x');
  GAsyncResult *result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  set_contact (alice, CAROL, "Caro", -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_NOT_FOUND);
  set_contact (alice, BOB, long_name, -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  set_contact (alice, BOB, "a\nb", -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  lose_connection (backend);
  set_contact (alice, BOB, "Bobby", -1, -1, &result);
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_DISCONNECTED);
}

/* From another device, and over a restart. */
static void
test_notes_come (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .cursor = "1",
    .who = BOB,
    .display_name = "Robert",
    .relation = BECKON_RELATION_ACCEPTED,
    .alias = "Bobby",
    .muted = TRUE,
  };
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  bk_backend_emit (BK_BACKEND (backend), &event);
  assert_notes (alice, "Bobby", FALSE, TRUE);
  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  assert_notes (alice, "Bobby", FALSE, TRUE);
}

/* ---- the account ---- */

static void
change_password (BkEngineAccount *account, const char *password, const char *new_password, GAsyncResult **result)
{
  bk_engine_account_change_password_async (account, password, new_password, NULL, bk_test_store_result, result);
}

static int
password_outcome (BkEngineAccount *account, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  gboolean done = bk_engine_account_change_password_finish (account, bk_test_await (result), &error);

  g_assert_true (done == (error == NULL));
  g_clear_object (result);
  return error != NULL ? error->code : -1;
}

static void
test_password (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  GAsyncResult *result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  change_password (alice, "sesame-open", "short", &result);
  g_assert_cmpint (password_outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  change_password (alice, "sesame-open", "two\nlines", &result);
  g_assert_cmpint (password_outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  change_password (alice, "guess\n", "open-sesame", &result);
  g_assert_cmpint (password_outcome (alice, &result), ==, BECKON_ERROR_INVALID_PASSWORD);
  g_assert_cmpuint (backend->requests->len, ==, 0);

  change_password (alice, "sesame-open", "open-sesame", &result);
  g_assert_cmpstr (hand_backend_request (backend, 0)->id, ==, "sesame-open");
  g_assert_cmpstr (hand_backend_request (backend, 0)->text, ==, "open-sesame");
  hand_request_answer (hand_backend_request (backend, 0), -1);
  g_assert_cmpint (password_outcome (alice, &result), ==, -1);
  g_assert_cmpstr (g_hash_table_lookup (world->secret_table, "account/" ALICE "/token"), ==, "token-of-the-test");
  lose_connection (backend);
  change_password (alice, "sesame-open", "open-sesame", &result);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_DISCONNECTED);
  g_assert_cmpint (password_outcome (alice, &result), ==, BECKON_ERROR_DISCONNECTED);
}

static void
test_devices (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) bk_backend_device_free);
  g_autoptr (GAsyncResult) listed = NULL, removed = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  g_ptr_array_add (devices, g_new0 (BkBackendDevice, 1));
  bk_engine_account_list_devices_async (alice, NULL, bk_test_store_result, &listed);
  hand_request_answer_devices (hand_backend_request (backend, 0), devices);
  g_autoptr (GPtrArray) got = bk_engine_account_list_devices_finish (alice, bk_test_await (&listed), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (got->len, ==, 1);
  bk_engine_account_remove_device_async (alice, "device", NULL, bk_test_store_result, &removed);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, "device");
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_NOT_FOUND);
  g_assert_false (bk_engine_account_remove_device_finish (alice, bk_test_await (&removed), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_NOT_FOUND);
}

static gboolean
on_signing_out (BkEngineAccount *account, guint leave, gpointer user_data)
{
  return TRUE; /* somebody is being told good-bye */
}

static gboolean
is_leaving (gpointer data)
{
  return bk_engine_account_get_status (data) == BECKON_STATUS_LOCAL_DISCONNECTING_FROM_SERVER;
}

static void
test_deleted (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) wrong = NULL, right = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  bk_engine_delete_account_async (world->engine, alice, "guess", NULL, bk_test_store_result, &wrong);
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_INVALID_PASSWORD);
  g_assert_false (bk_engine_delete_account_finish (world->engine, bk_test_await (&wrong), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_PASSWORD);
  g_clear_error (&error);
  g_assert_cmpuint (g_list_model_get_n_items (bk_engine_get_accounts (world->engine)), ==, 1);

  /* The network throws the device out; from then on nobody waits for anything to be said to it. The clock stands. */
  backend->silent = TRUE;
  g_signal_connect (alice, "signing-out", G_CALLBACK (on_signing_out), NULL);
  bk_engine_delete_account_async (world->engine, alice, "sesame-open", NULL, bk_test_store_result, &right);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, "sesame-open");
  hand_request_answer (hand_backend_request (backend, 1), -1);
  bk_test_wait_until (is_leaving, alice);
  hand_backend_state (backend, BK_BACKEND_OFFLINE, BECKON_ERROR_ACCESS_DENIED);
  bk_engine_delete_account_finish (world->engine, bk_test_await (&right), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (bk_engine_get_accounts (world->engine)), ==, 0);
  g_assert_cmpuint (g_hash_table_size (world->secret_table), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/keeping/notes", test_notes);
  g_test_add_func ("/engine/keeping/notes-refused", test_notes_refused);
  g_test_add_func ("/engine/keeping/notes-come", test_notes_come);
  g_test_add_func ("/engine/keeping/password", test_password);
  g_test_add_func ("/engine/keeping/devices", test_devices);
  g_test_add_func ("/engine/keeping/deleted", test_deleted);
  return g_test_run ();
}
