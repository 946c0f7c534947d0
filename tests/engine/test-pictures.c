/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of contacts and the own one: when they are asked for, and which are kept. */
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

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/engine/pictures/fetched", test_fetched);
  g_test_add_func ("/engine/pictures/asked-again", test_asked_again);
  g_test_add_func ("/engine/pictures/hostile", test_hostile);
  g_test_add_func ("/engine/pictures/restart", test_restart);
  g_test_add_func ("/engine/pictures/own", test_own);
  return g_test_run ();
}
