/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network says how far messages have come. */
#include "marks-stage.h"

#include "bk-engine-account-private.h"

static void
on_changed (BkEngineConversation *conversation, BkEngineMessage *message, GString *log)
{
  g_string_append_printf (log, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
}

static void
test_deliveries (void)
{
  static const struct
  {
    const char *id;
    BeckonDelivery mark;
    const char *changed;
    const char *now;
  } steps[] = {
    { "m2", BECKON_DELIVERY_DELIVERED, "m1:delivered m2:delivered ",
      "m1:delivered m2:delivered theirs:received m3:sent m4:sent " },
    { "m1", BECKON_DELIVERY_DELIVERED, "", "m1:delivered m2:delivered theirs:received m3:sent m4:sent " },
    { "m1", BECKON_DELIVERY_READ, "m1:read ", "m1:read m2:delivered theirs:received m3:sent m4:sent " },
    { "theirs", BECKON_DELIVERY_READ, "", "m1:read m2:delivered theirs:received m3:sent m4:sent " },
    { "m4", BECKON_DELIVERY_READ, "m2:read m3:read m4:read ", "m1:read m2:read theirs:received m3:read m4:read " },
    { "m4", BECKON_DELIVERY_DELIVERED, "", "m1:read m2:read theirs:received m3:read m4:read " },
    { "m3", BECKON_DELIVERY_READ, "", "m1:read m2:read theirs:received m3:read m4:read " },
  };
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  arrive (backend, "1", BOB, "m1", TRUE, 1001);
  arrive (backend, "2", BOB, "m2", TRUE, 1002);
  arrive (backend, "3", BOB, "theirs", FALSE, 1003);
  arrive (backend, "4", BOB, "m3", TRUE, 1004);
  arrive (backend, "5", BOB, "m4", TRUE, 1005);
  arrive (backend, "6", CAROL, "m2", TRUE, 1002);
  engine_world_settle (world, alice);
  g_signal_connect (with (alice, BOB), "message-changed", G_CALLBACK (on_changed), log);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%" G_GSIZE_FORMAT, i + 7);
      mark (backend, cursor, BOB, steps[i].id, TRUE, steps[i].mark);
      engine_world_settle (world, alice);
      g_assert_cmpstr (log->str, ==, steps[i].changed);
      assert_deliveries (with (alice, BOB), steps[i].now);
      g_string_truncate (log, 0);
    }
  assert_deliveries (with (alice, CAROL), "m2:sent ");

  /* It stays so, and what is new is new. A fact that comes twice changes nothing. */
  arrive (backend, "14", BOB, "m5", TRUE, 1014);
  arrive (backend, "15", BOB, "m4", TRUE, 1005);
  engine_world_settle (world, alice);
  g_assert_cmpstr (log->str, ==, "");
  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  g_assert_cmpstr (backend->cursor, ==, "15");
  assert_deliveries (with (alice, BOB), "m1:read m2:read theirs:received m3:read m4:read m5:sent ");
}

/* A message that waits is not delivered; the network took what another device wrote later before it. */
static void
test_still_pending (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  bk_engine_conversation_send_async (bob, "first", NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) first = bk_engine_conversation_send_finish (bob, bk_test_await (&result), NULL);
  g_assert_nonnull (first);
  arrive (backend, "1", BOB, "phone", TRUE, 4000);
  mark (backend, "2", BOB, "phone", TRUE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  assert_deliveries (bob, "first:pending phone:read ");
  hand_request_answer (hand_backend_request (backend, 0), -1); /* taken at 4242 */
  engine_world_settle (world, alice);
  assert_deliveries (bob, "first:sent phone:read ");
  g_signal_connect (bob, "message-changed", G_CALLBACK (on_changed), log);
  mark (backend, "3", BOB, first->message_id, TRUE, BECKON_DELIVERY_DELIVERED);
  engine_world_settle (world, alice);
  assert_deliveries (bob, "first:delivered phone:read ");
  g_assert_cmpstr (log->str, ==, "first:delivered ");
}

static void
write_session (BkEngineAccount *account, const char *id, gboolean outgoing)
{
  BkEngineMessage entry = {
    .message_id = id,
    .who = BOB,
    .outgoing = outgoing,
    .text = id,
    .time = 1001,
    .delivery = outgoing ? BECKON_DELIVERY_SENT : BECKON_DELIVERY_RECEIVED,
    .session = TRUE,
    .application = "",
  };

  bk_engine_account_write_session (account, &entry);
}

/* Sessions lie among the messages, but the network has no mark for them. */
static void
test_sessions (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  write_session (alice, "{OUT}", TRUE);
  write_session (alice, "{IN}", FALSE);
  engine_world_settle (world, alice);
  bk_engine_conversation_mark_read (bob, id_of (bob, "{IN}"));
  assert_told (world, alice, backend, 0);
  g_assert_cmpuint (bk_engine_conversation_get_unread (bob), ==, 0);

  write_session (alice, "{IN2}", FALSE);
  arrive (backend, "1", BOB, "m1", TRUE, 1002);
  mark (backend, "2", BOB, "{IN2}", FALSE, BECKON_DELIVERY_READ);
  mark (backend, "3", BOB, "{OUT}", TRUE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  g_assert_cmpuint (bk_engine_conversation_get_unread (bob), ==, 1);
  mark (backend, "4", BOB, "m1", TRUE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  assert_deliveries (bob, "{OUT}:sent {IN}:received {IN2}:received m1:read ");
}

static void
on_count (BkEngineConversation *conversation, BkEngineMessage *message, guint *count)
{
  (*count)++;
}

/* However many messages a mark is about: what is told of it has a bound, and what is kept has none. */
static void
test_many (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  const guint n_messages = 2100;
  guint n_changed = 0;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  for (guint i = 0; i < n_messages; i++)
    {
      g_autofree char *cursor = g_strdup_printf ("%u", i + 1);
      g_autofree char *id = g_strdup_printf ("m%u", i);
      arrive (backend, cursor, BOB, id, TRUE, 1000 + i);
    }
  engine_world_settle (world, alice);
  g_signal_connect (with (alice, BOB), "message-changed", G_CALLBACK (on_count), &n_changed);
  mark (backend, "3000", BOB, "m2099", TRUE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  g_assert_cmpuint (n_changed, ==, 2000);

  g_autoptr (GAsyncResult) result = NULL;
  bk_engine_conversation_list_async (with (alice, BOB), id_of (with (alice, BOB), "m2099") - n_messages + 11, 10, NULL,
                                     bk_test_store_result, &result);
  g_autoptr (GPtrArray) oldest
    = bk_engine_conversation_list_finish (with (alice, BOB), bk_test_await (&result), NULL);
  g_assert_cmpuint (oldest->len, ==, 10);
  for (guint i = 0; i < oldest->len; i++)
    g_assert_cmpint (((BkEngineMessage *) g_ptr_array_index (oldest, i))->delivery, ==, BECKON_DELIVERY_READ);
}

/* What another device has read is read here, and nobody is told of it twice. */
static void
test_read_elsewhere (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  BkEngineConversation *bob = with (alice, BOB);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  arrive (backend, "2", BOB, "m1", FALSE, 1001);
  arrive (backend, "3", BOB, "m2", FALSE, 1002);
  arrive (backend, "4", BOB, "m3", FALSE, 1003);
  engine_world_settle (world, alice);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_engine_conversation_mark_read (bob, id_of (bob, "m1"));
  engine_world_settle (world, alice);
  g_assert_cmpuint (bk_engine_conversation_get_unread (bob), ==, 2);
  guint told = backend->marks->len;

  hand_backend_state (backend, BK_BACKEND_SYNCHRONIZING, -1);
  mark (backend, "5", BOB, "m2", FALSE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  g_assert_cmpuint (bk_engine_conversation_get_unread (bob), ==, 1);
  g_assert_cmpint (bk_engine_conversation_get_read_up_to (bob), ==, id_of (bob, "m2"));
  g_assert_cmpuint (bk_engine_contact_get_unread (bk_engine_account_find_contact (alice, BOB)), ==, 1);
  mark (backend, "6", BOB, "m1", FALSE, BECKON_DELIVERY_READ);
  engine_world_settle (world, alice);
  g_assert_cmpuint (bk_engine_conversation_get_unread (bob), ==, 1);

  hand_backend_state (backend, BK_BACKEND_ONLINE, -1);
  expect_told (backend, told, BOB, "m3", BECKON_DELIVERY_DELIVERED, TRUE, -1);
  assert_told (world, alice, backend, told + 1);
  engine_world_close (world);
  alice = engine_world_reopen (world, &backend);
  g_assert_cmpuint (bk_engine_conversation_get_unread (with (alice, BOB)), ==, 1);
  g_assert_cmpint (bk_engine_conversation_get_read_up_to (with (alice, BOB)), ==, id_of (with (alice, BOB), "m2"));
}

/* Nothing comes of what makes no sense, but for the place from which to go on. */
static void
test_senseless (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  arrive (backend, "1", BOB, "m1", TRUE, 1001);
  arrive (backend, "2", BOB, "theirs", FALSE, 1002);
  mark (backend, "3", "no name", "m1", TRUE, BECKON_DELIVERY_READ);
  mark (backend, "4", CAROL, "m1", TRUE, BECKON_DELIVERY_READ);
  mark (backend, "5", BOB, "unknown", TRUE, BECKON_DELIVERY_READ);
  mark (backend, "6", BOB, "\xff", TRUE, BECKON_DELIVERY_READ);
  mark (backend, "7", BOB, NULL, TRUE, BECKON_DELIVERY_READ);
  mark (backend, "8", BOB, "m1", TRUE, BECKON_DELIVERY_FAILED);
  mark (backend, "9", BOB, "theirs", FALSE, BECKON_DELIVERY_DELIVERED);
  mark (backend, "10", BOB, "m1", FALSE, BECKON_DELIVERY_READ);
  mark (backend, "11", BOB, "theirs", TRUE, BECKON_DELIVERY_READ);
  typing (backend, "no name", TRUE);
  typing (backend, CAROL, TRUE);
  engine_world_settle (world, alice);
  assert_deliveries (with (alice, BOB), "m1:sent theirs:received ");
  g_assert_cmpuint (bk_engine_conversation_get_unread (with (alice, BOB)), ==, 1);
  g_assert_false (bk_engine_conversation_get_typing (with (alice, CAROL)));
  engine_world_close (world);
  engine_world_reopen (world, &backend);
  g_assert_cmpstr (backend->cursor, ==, "11");
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/deliveries/told", test_deliveries);
  g_test_add_func ("/deliveries/still-pending", test_still_pending);
  g_test_add_func ("/deliveries/sessions", test_sessions);
  g_test_add_func ("/deliveries/many", test_many);
  g_test_add_func ("/deliveries/read-elsewhere", test_read_elsewhere);
  g_test_add_func ("/deliveries/senseless", test_senseless);
  return g_test_run ();
}
