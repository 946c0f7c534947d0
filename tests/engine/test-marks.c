/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Others are told how far their messages have come. */
#include "marks-stage.h"

/* What comes while one mark is under way is told by one more. */
static void
test_delivered (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  hand_backend_mark (backend, 0);
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  arrive (backend, "3", BOB, "mine", TRUE, 1003);
  arrive (backend, "4", BOB, "m3", FALSE, 1004);
  assert_told (world, alice, backend, 1);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  expect_told (backend, 1, BOB, "m3", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  arrive (backend, "5", BOB, "m3", FALSE, 1004); /* again: it is here already */
  assert_told (world, alice, backend, 2);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

/* What was missed is told when all of it is here: one mark for each conversation. */
static void
test_catch_up (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  hand_backend_state (backend, BK_BACKEND_SYNCHRONIZING, -1);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%u", i + 1);
      g_autofree char *id = g_strdup_printf ("m%u", i);
      arrive (backend, cursor, i % 2 == 0 ? BOB : CAROL, id, FALSE, 1000 + i);
    }
  assert_told (world, alice, backend, 0);
  hand_backend_state (backend, BK_BACKEND_ONLINE, -1);
  expect_told (backend, 0, BOB, "m38", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  expect_told (backend, 1, CAROL, "m39", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 2);
}

static void
test_read (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  hand_backend_state (backend, BK_BACKEND_SYNCHRONIZING, -1);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  arrive (backend, "3", BOB, "mine", TRUE, 1003);
  engine_world_settle (world, alice);
  g_assert_cmpint (bk_engine_conversation_get_read_up_to (bob), ==, 0);
  bk_engine_conversation_mark_read (bob, id_of (bob, "mine"));
  engine_world_settle (world, alice);
  g_assert_cmpint (bk_engine_conversation_get_read_up_to (bob), ==, id_of (bob, "mine"));

  /* What is read is delivered: one mark says both. What was read is not read again. */
  hand_backend_state (backend, BK_BACKEND_ONLINE, -1);
  expect_told (backend, 0, BOB, "m2", BECKON_DELIVERY_READ, TRUE, -1);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  bk_engine_conversation_mark_read (bob, id_of (bob, "mine"));
  assert_told (world, alice, backend, 1);

  /* A part of what is there. */
  arrive (backend, "4", BOB, "m3", FALSE, 1004);
  arrive (backend, "5", BOB, "m4", FALSE, 1005);
  engine_world_settle (world, alice);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m3"));
  engine_world_settle (world, alice);
  expect_told (backend, 1, BOB, "m4", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  expect_told (backend, 2, BOB, "m3", BECKON_DELIVERY_READ, TRUE, -1);
  assert_told (world, alice, backend, 3);
}

/* Who keeps it to himself: only his own devices hear what he has read; that a message is here is told still. */
static void
test_kept_to_oneself (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  settings (world, FALSE, TRUE);
  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  engine_world_settle (world, alice);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  engine_world_settle (world, alice);
  hand_backend_go_online (backend);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_READ, FALSE, -1);
  expect_told (backend, 1, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 2);

  settings (world, TRUE, TRUE);
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  expect_told (backend, 2, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m2"));
  expect_told (backend, 3, BOB, "m2", BECKON_DELIVERY_READ, TRUE, -1);
  assert_told (world, alice, backend, 4);
}

/* What holds is what the user wanted when he read it, not when there is a connection. */
static void
test_wanted_then (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  expect_told (backend, 1, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  settings (world, FALSE, TRUE);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m2"));
  settings (world, TRUE, TRUE);
  engine_world_settle (world, alice);
  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_READ, TRUE, -1);
  expect_told (backend, 1, BOB, "m2", BECKON_DELIVERY_READ, FALSE, -1);
  assert_told (world, alice, backend, 2);

  /* Who hides says it when he shows himself; what the network refuses then is not said again. */
  bob = with (alice, BOB);
  arrive (backend, "3", BOB, "m3", FALSE, 1003);
  expect_told (backend, 2, BOB, "m3", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m3"));
  engine_world_settle (world, alice);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_INVISIBLE, NULL, NULL));
  hand_backend_go_online (backend);
  expect_told (backend, 3, BOB, "m3", BECKON_DELIVERY_READ, FALSE, -1);
  assert_told (world, alice, backend, 4);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_ONLINE, NULL, NULL));
  expect_told (backend, 4, BOB, "m3", BECKON_DELIVERY_READ, TRUE, BECKON_ERROR_NOT_FOUND);
  assert_told (world, alice, backend, 5);
}

/* Nobody can be told of a message that was cleared; of those that come later, as ever. */
static void
test_cleared (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  engine_world_settle (world, alice);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  bk_engine_account_clear_history_async (alice, BOB, NULL, bk_test_store_result, &result);
  g_assert_true (bk_engine_account_clear_history_finish (alice, bk_test_await (&result), NULL));
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  engine_world_settle (world, alice);
  hand_backend_go_online (backend);
  expect_told (backend, 0, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 1);
}

/* A mark would show that somebody is there. */
static void
test_invisible (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_INVISIBLE, NULL, NULL));
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  arrive (backend, "2", CAROL, "c1", FALSE, 1001);
  assert_told (world, alice, backend, 0);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_READ, FALSE, -1);
  assert_told (world, alice, backend, 1);
  engine_world_close (world);

  alice = engine_world_reopen (world, &backend);
  assert_told (world, alice, backend, 0);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_AWAY, NULL, NULL));
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  expect_told (backend, 1, CAROL, "c1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 2);

  /* Shown while it is being looked up what there is to tell. */
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_INVISIBLE, NULL, NULL));
  arrive (backend, "3", BOB, "m2", FALSE, 1003);
  assert_told (world, alice, backend, 2);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  hand_backend_state (backend, BK_BACKEND_ONLINE, -1);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_ONLINE, NULL, NULL));
  expect_told (backend, 2, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, -1);
}

/* A crash between a message and its mark loses neither, nor does a lost connection; only the newest is told then. */
static void
test_told_later (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  hand_backend_mark (backend, 0);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, BECKON_ERROR_DISCONNECTED);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_engine_conversation_mark_read (with (alice, BOB), id_of (with (alice, BOB), "m1"));
  bk_engine_conversation_mark_read (with (alice, BOB), id_of (with (alice, BOB), "m1"));
  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  arrive (backend, "3", BOB, "m3", FALSE, 1003);
  assert_told (world, alice, backend, 1);
  engine_world_crash (world);

  alice = engine_world_reopen (world, &backend);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_READ, TRUE, -1);
  expect_told (backend, 1, BOB, "m3", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 2);
  engine_world_close (world);

  alice = engine_world_reopen (world, &backend);
  assert_told (world, alice, backend, 0);
}

/* What the network refuses for good is not said again; what it puts off, after a while. */
static void
test_refused (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  arrive (backend, "1", BOB, "m1", FALSE, 1001);
  expect_told (backend, 0, BOB, "m1", BECKON_DELIVERY_DELIVERED, TRUE, BECKON_ERROR_NOT_FOUND);
  assert_told (world, alice, backend, 1);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);

  arrive (backend, "2", BOB, "m2", FALSE, 1002);
  expect_told (backend, 1, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, BECKON_ERROR_SERVER_TOO_BUSY);
  bk_test_drain ();
  arrive (backend, "3", CAROL, "c1", FALSE, 1003);
  bk_fake_clock_advance (world->clock, 999);
  assert_told (world, alice, backend, 2);
  bk_fake_clock_advance (world->clock, 1);
  expect_told (backend, 2, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, BECKON_ERROR_SERVER_TOO_BUSY);
  bk_test_drain ();
  bk_fake_clock_advance (world->clock, 1999); /* longer each time */
  assert_told (world, alice, backend, 3);
  bk_fake_clock_advance (world->clock, 1);
  expect_told (backend, 3, BOB, "m2", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  expect_told (backend, 4, CAROL, "c1", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, 5);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/marks/delivered", test_delivered);
  g_test_add_func ("/marks/catch-up", test_catch_up);
  g_test_add_func ("/marks/read", test_read);
  g_test_add_func ("/marks/kept-to-oneself", test_kept_to_oneself);
  g_test_add_func ("/marks/wanted-then", test_wanted_then);
  g_test_add_func ("/marks/cleared", test_cleared);
  g_test_add_func ("/marks/invisible", test_invisible);
  g_test_add_func ("/marks/told-later", test_told_later);
  g_test_add_func ("/marks/refused", test_refused);
  return g_test_run ();
}
