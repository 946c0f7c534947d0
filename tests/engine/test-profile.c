/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures, what the user settles about contacts, the password, the devices, and the end of an account. */
#include "engine-world.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bk-engine-account-private.h"
#include "bk-limits.h"
#include "bk-picture.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"
#define DORA "dora@example.org"
#define ALICE "alice@example.org"

/* ---- pictures as they come ---- */

static GBytes *
make_picture (const char *tail)
{
  static const char head[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10";
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) head, sizeof head - 1);
  g_byte_array_append (array, (const guint8 *) tail, (guint) strlen (tail));
  return g_byte_array_free_to_bytes (array);
}

static char *
id_of (const char *tail)
{
  g_autoptr (GBytes) picture = make_picture (tail);

  return bk_picture_dup_id (picture);
}

/* @picture: what it is made of; NULL: none */
static void
say_contact (HandBackend *backend, const char *cursor, const char *who, BeckonRelation relation, const char *picture)
{
  g_autofree char *id = picture != NULL ? id_of (picture) : NULL;
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .cursor = cursor,
    .who = who,
    .relation = relation,
    .avatar = id,
  };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

static void
say_profile (HandBackend *backend, const char *picture)
{
  g_autofree char *id = picture != NULL ? id_of (picture) : NULL;
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_PROFILE, .display_name = "Alice", .avatar = id };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

static char *
path_of (EngineWorld *world, const char *picture)
{
  g_autofree char *id = id_of (picture);

  return g_build_filename (world->dir, "data", "beckon", "pictures", id, NULL);
}

static gboolean
exists (EngineWorld *world, const char *picture)
{
  g_autofree char *path = path_of (world, picture);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
answer (HandRequest *request, const char *picture)
{
  g_autoptr (GBytes) image = make_picture (picture);

  hand_request_answer_image (request, image);
}

static void
assert_asks (HandBackend *backend, guint index, const char *who, const char *picture)
{
  g_autofree char *id = id_of (picture);
  HandRequest *request = hand_backend_request (backend, index);

  g_assert_cmpstr (request->who, ==, who);
  g_assert_cmpstr (request->id, ==, id);
}

typedef struct
{
  BkEngineAccount *account;
  const char *who; /* NULL: the account itself */
  char *path;      /* nullable */
} Shown;

static gboolean
is_shown (gpointer data)
{
  const Shown *shown = data;
  BkEngineContact *contact = shown->who != NULL ? bk_engine_account_find_contact (shown->account, shown->who) : NULL;
  const char *path = shown->who == NULL ? bk_engine_account_get_avatar (shown->account)
                                        : bk_engine_contact_get_avatar (contact);

  return g_strcmp0 (path, shown->path) == 0;
}

static void
wait_shown (EngineWorld *world, BkEngineAccount *account, const char *who, const char *picture)
{
  Shown shown = { account, who, picture != NULL ? path_of (world, picture) : NULL };

  bk_test_wait_until (is_shown, &shown);
  g_free (shown.path);
}

/* ---- pictures of contacts ---- */

static void
test_fetched (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *path = path_of (world, "bob");
  g_autofree char *content = NULL;
  HandBackend *backend;
  struct stat status;
  gsize length;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, "bob");
  say_contact (backend, "2", CAROL, BECKON_RELATION_ACCEPTED, "carol");
  say_contact (backend, "3", DORA, BECKON_RELATION_ACCEPTED, "dora");

  /* Two at a time. */
  assert_asks (backend, 0, BOB, "bob");
  assert_asks (backend, 1, CAROL, "carol");
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 2);
  wait_shown (world, alice, BOB, NULL);
  answer (hand_backend_request (backend, 0), "bob");
  wait_shown (world, alice, BOB, "bob");
  assert_asks (backend, 2, DORA, "dora");
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_autoptr (GBytes) image = make_picture ("bob");
  g_assert_cmpmem (content, length, g_bytes_get_data (image, NULL), g_bytes_get_size (image));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  /* Another picture, and none: the file goes with whoever showed it last. */
  answer (hand_backend_request (backend, 1), "carol");
  answer (hand_backend_request (backend, 2), "dora");
  wait_shown (world, alice, DORA, "dora");
  wait_shown (world, alice, CAROL, "carol");
  say_contact (backend, "4", CAROL, BECKON_RELATION_ACCEPTED, "bob");
  wait_shown (world, alice, CAROL, "bob");
  g_assert_cmpuint (backend->requests->len, ==, 3);
  g_assert_false (exists (world, "carol"));
  say_contact (backend, "5", BOB, BECKON_RELATION_NONE, NULL);
  g_assert_true (exists (world, "bob"));
  say_contact (backend, "6", CAROL, BECKON_RELATION_ACCEPTED, NULL);
  wait_shown (world, alice, CAROL, NULL);
  g_assert_false (exists (world, "bob"));
  g_assert_true (exists (world, "dora"));
}

static void
lose_connection (HandBackend *backend)
{
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
}

static void
test_asked_again (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, "bob");
  say_contact (backend, "2", CAROL, BECKON_RELATION_ACCEPTED, "carol");
  hand_backend_request (backend, 1);
  lose_connection (backend);
  hand_request_answer (hand_backend_request (backend, 0), BECKON_ERROR_DISCONNECTED);
  hand_request_answer (hand_backend_request (backend, 1), BECKON_ERROR_NOT_FOUND);
  say_contact (backend, "3", DORA, BECKON_RELATION_ACCEPTED, "dora");
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 2);

  /* Not the one that is not there. */
  hand_backend_go_online (backend);
  guint bob = g_strcmp0 (hand_backend_request (backend, 2)->who, BOB) == 0 ? 2 : 3;
  assert_asks (backend, bob, BOB, "bob");
  assert_asks (backend, 5 - bob, DORA, "dora");
  answer (hand_backend_request (backend, 5 - bob), "dora");
  wait_shown (world, alice, DORA, "dora");

  /* A server that has too much to do is left alone for a while. */
  hand_request_answer (hand_backend_request (backend, bob), BECKON_ERROR_SERVER_TOO_BUSY);
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 4);
  bk_fake_clock_advance (world->clock, 5000);
  assert_asks (backend, 4, BOB, "bob");

  /* It has another picture by now: what comes is of no use. */
  say_contact (backend, "4", BOB, BECKON_RELATION_ACCEPTED, "another");
  assert_asks (backend, 5, BOB, "another");
  answer (hand_backend_request (backend, 4), "bob");
  answer (hand_backend_request (backend, 5), "another");
  wait_shown (world, alice, BOB, "another");
  g_assert_false (exists (world, "bob"));
  lose_connection (backend);
  hand_backend_go_online (backend);
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 6);
}

/* What is not the picture, or none at all, is not kept, and not asked for again. */
static void
test_hostile (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GBytes) text = g_bytes_new_static ("#!/bin/sh", 9);
  g_autofree char *id = bk_picture_dup_id (text);
  HandBackend *backend;
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_CONTACT,
    .cursor = "3",
    .who = DORA,
    .relation = BECKON_RELATION_ACCEPTED,
    .avatar = "../../../../../../../../../../../../../../../../../../../etc/passwd",
  };

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, "bob");
  answer (hand_backend_request (backend, 0), "somebody else");
  say_contact (backend, "2", CAROL, BECKON_RELATION_ACCEPTED, NULL);
  bk_backend_emit (BK_BACKEND (backend), &event);
  event.cursor = "4";
  event.who = CAROL;
  event.avatar = id;
  bk_backend_emit (BK_BACKEND (backend), &event);
  g_assert_cmpstr (hand_backend_request (backend, 1)->id, ==, id);
  hand_request_answer_image (hand_backend_request (backend, 1), text);
  bk_test_drain ();
  lose_connection (backend);
  hand_backend_go_online (backend);
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 2);

  /* A good one goes the same way, behind them. */
  say_contact (backend, "5", "erin@example.org", BECKON_RELATION_ACCEPTED, "erin");
  answer (hand_backend_request (backend, 2), "erin");
  wait_shown (world, alice, "erin@example.org", "erin");
  wait_shown (world, alice, BOB, NULL);
  wait_shown (world, alice, CAROL, NULL);
  wait_shown (world, alice, DORA, NULL);
  g_assert_false (exists (world, "bob"));
  g_assert_false (exists (world, "somebody else"));
  g_autofree char *stray = g_build_filename (world->dir, "data", "beckon", "pictures", id, NULL);
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));
}

static void
test_restart (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autofree char *stray = path_of (world, "stray");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_profile (backend, "alice");
  answer (hand_backend_request (backend, 0), "alice");
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, "bob");
  answer (hand_backend_request (backend, 1), "bob");
  say_contact (backend, "2", CAROL, BECKON_RELATION_ACCEPTED, "carol");
  hand_backend_request (backend, 2);
  wait_shown (world, alice, BOB, "bob");
  wait_shown (world, alice, NULL, "alice");
  engine_world_close (world);
  g_assert_true (g_file_set_contents (stray, "x", 1, NULL));

  alice = engine_world_reopen (world, &backend);
  g_assert_false (exists (world, "stray"));
  wait_shown (world, alice, BOB, "bob");
  wait_shown (world, alice, NULL, "alice");
  assert_asks (backend, 0, CAROL, "carol");
  bk_test_drain ();
  g_assert_cmpuint (backend->requests->len, ==, 1);

  /* With the account they go. */
  bk_engine_remove_account_async (world->engine, alice, NULL, bk_test_store_result, &result);
  bk_engine_remove_account_finish (world->engine, bk_test_await (&result), &error);
  g_assert_no_error (error);
  g_assert_false (exists (world, "bob"));
  g_assert_false (exists (world, "alice"));
}

/* ---- the own picture ---- */

static void
test_own (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GBytes) image = make_picture ("alice");
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GAsyncResult) refused = NULL, set = NULL, removed = NULL;
  g_autoptr (GError) error = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  say_profile (backend, NULL);
  bk_engine_account_set_avatar_async (alice, text, NULL, bk_test_store_result, &refused);
  g_assert_false (bk_engine_account_set_avatar_finish (alice, bk_test_await (&refused), &error));
  g_assert_error (error, BECKON_ERROR, BECKON_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  bk_engine_account_set_avatar_async (alice, image, NULL, bk_test_store_result, &set);
  g_assert_cmpstr (hand_backend_request (backend, 0)->text, ==, "29");
  wait_shown (world, alice, NULL, NULL);
  hand_request_answer (hand_backend_request (backend, 0), -1);
  bk_engine_account_set_avatar_finish (alice, bk_test_await (&set), &error);
  g_assert_no_error (error);
  wait_shown (world, alice, NULL, "alice");
  g_assert_cmpstr (bk_engine_account_get_display_name (alice), ==, "Alice");
  g_assert_cmpuint (backend->requests->len, ==, 1); /* it is here: nobody is asked for it */

  bk_engine_account_set_avatar_async (alice, none, NULL, bk_test_store_result, &removed);
  hand_request_answer (hand_backend_request (backend, 1), -1);
  bk_engine_account_set_avatar_finish (alice, bk_test_await (&removed), &error);
  g_assert_no_error (error);
  wait_shown (world, alice, NULL, NULL);
  g_assert_false (exists (world, "alice"));
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
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, NULL);
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
  say_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED, NULL);
  set_contact (alice, CAROL, "Caro", -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_NOT_FOUND);
  set_contact (alice, BOB, long_name, -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  set_contact (alice, BOB, "a\nb", -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_INVALID_ARGUMENT);
  lose_connection (backend);
  set_contact (alice, BOB, "Bobby", -1, -1, &result);
  g_assert_cmpint (outcome (alice, &result), ==, BECKON_ERROR_DISCONNECTED);
  g_assert_cmpuint (backend->requests->len, ==, 0);
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
  g_test_add_func ("/engine/profile/fetched", test_fetched);
  g_test_add_func ("/engine/profile/asked-again", test_asked_again);
  g_test_add_func ("/engine/profile/hostile", test_hostile);
  g_test_add_func ("/engine/profile/restart", test_restart);
  g_test_add_func ("/engine/profile/own", test_own);
  g_test_add_func ("/engine/profile/notes", test_notes);
  g_test_add_func ("/engine/profile/notes-refused", test_notes_refused);
  g_test_add_func ("/engine/profile/notes-come", test_notes_come);
  g_test_add_func ("/engine/profile/password", test_password);
  g_test_add_func ("/engine/profile/devices", test_devices);
  g_test_add_func ("/engine/profile/deleted", test_deleted);
  return g_test_run ();
}
