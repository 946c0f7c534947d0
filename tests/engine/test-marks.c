/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far messages have come, and who is writing. */
#include "engine-world.h"

#include "bk-engine-account-private.h"

#define BOB "bob@example.org"
#define CAROL "carol@example.org"

/* ---- what the network says ---- */

static void
arrive (HandBackend *backend, const char *cursor, const char *who, const char *id, gboolean outgoing, gint64 time)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MESSAGE,
    .cursor = cursor,
    .who = who,
    .message_id = id,
    .outgoing = outgoing,
    .text = id,
    .time = time,
  };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

static void
mark (HandBackend *backend, const char *cursor, const char *who, const char *id, gboolean outgoing,
      BeckonDelivery delivery)
{
  BkBackendEvent event = {
    .type = BK_BACKEND_EVENT_MARK,
    .cursor = cursor,
    .who = who,
    .message_id = id,
    .outgoing = outgoing,
    .mark = delivery,
  };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

static void
typing (HandBackend *backend, const char *who, gboolean on)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_TYPING, .who = who, .typing = on };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

/* ---- what is to be seen ---- */

static BkEngineConversation *
with (BkEngineAccount *account, const char *who)
{
  g_autoptr (GError) error = NULL;
  BkEngineConversation *conversation = bk_engine_account_get_conversation (account, who, &error);

  g_assert_no_error (error);
  return conversation;
}

static GPtrArray *
list (BkEngineConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bk_engine_conversation_list_async (conversation, 0, 500, NULL, bk_test_store_result, &result);
  GPtrArray *messages = bk_engine_conversation_list_finish (conversation, bk_test_await (&result), &error);
  g_assert_no_error (error);
  return messages;
}

static void
assert_deliveries (BkEngineConversation *conversation, const char *expected)
{
  g_autoptr (GPtrArray) messages = list (conversation);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++)
    {
      const BkEngineMessage *message = g_ptr_array_index (messages, i);
      g_string_append_printf (seen, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
    }
  g_assert_cmpstr (seen->str, ==, expected);
}

static gint64
id_of (BkEngineConversation *conversation, const char *text)
{
  g_autoptr (GPtrArray) messages = list (conversation);

  for (guint i = 0; i < messages->len; i++)
    if (g_str_equal (((BkEngineMessage *) g_ptr_array_index (messages, i))->text, text))
      return ((BkEngineMessage *) g_ptr_array_index (messages, i))->id;
  g_assert_not_reached ();
}

static void
on_changed (BkEngineConversation *conversation, BkEngineMessage *message, GString *log)
{
  g_string_append_printf (log, "%s:%s ", message->text, beckon_delivery_to_nick (message->delivery));
}

/* Waits for mark @index, checks it, and answers. @code -1: the network has it. */
static void
expect_told (HandBackend *backend, guint index, const char *who, const char *id, BeckonDelivery delivery,
             gboolean tell, int code)
{
  HandRequest *request = hand_backend_mark (backend, index);

  g_assert_cmpstr (request->who, ==, who);
  g_assert_cmpstr (request->id, ==, id);
  g_assert_cmpstr (beckon_delivery_to_nick (request->mark), ==, beckon_delivery_to_nick (delivery));
  g_assert_cmpint (request->tell, ==, tell);
  hand_request_answer (request, code);
}

static void
assert_told (EngineWorld *world, BkEngineAccount *account, HandBackend *backend, guint n)
{
  engine_world_settle (world, account);
  engine_world_settle (world, account);
  g_assert_cmpuint (backend->marks->len, ==, n);
}

static void
settings (EngineWorld *world, gboolean read_marks, gboolean tell_typing)
{
  BkEngineSettings all = *bk_engine_get_settings (world->engine);

  all.read_marks = read_marks;
  all.typing = tell_typing;
  g_assert_true (bk_engine_set_settings (world->engine, &all, NULL));
}

/* ---- telling ---- */

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

/* ---- being told ---- */

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

/* ---- writing ---- */

static void
test_typing (void)
{
  static const struct
  {
    guint wait_ms;
    int say; /* 1, 0; -1: nothing */
    const char *told;
  } steps[] = {
    { 0, 1, "+" },      /* at once */
    { 1000, 1, "" },    /* known */
    { 3999, -1, "" },
    { 1, -1, "+" },     /* after 5 s: what is told holds for 10 s */
    { 4000, 1, "" },
    { 1000, -1, "+" },
    { 5000, -1, "+" },
    { 5000, -1, "+" },
    { 3999, -1, "" },
    { 1, -1, "-" },     /* 15 s after it was said last */
    { 60000, -1, "" },
    { 0, 0, "" },
    { 0, 1, "+" },
    { 100, 0, "-" },
    { 0, 1, "" },       /* not more often than every 5 s */
    { 100, 0, "" },
    { 100, 1, "" },
    { 4699, -1, "" },
    { 1, -1, "+" },
    { 0, 0, "-" },
  };
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *expected = *steps[i].told != '\0' ? g_strconcat (steps[i].told, BOB, " ", NULL) : g_strdup ("");
      g_test_message ("step %" G_GSIZE_FORMAT, i);
      g_string_truncate (backend->typed, 0);
      bk_fake_clock_advance (world->clock, steps[i].wait_ms);
      if (steps[i].say >= 0)
        bk_engine_conversation_set_typing (with (alice, BOB), steps[i].say);
      g_assert_cmpstr (backend->typed->str, ==, expected);
    }
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
say_typing (HandBackend *backend, BkEngineAccount *account, const char *who, const char *expected)
{
  g_string_truncate (backend->typed, 0);
  bk_engine_conversation_set_typing (with (account, who), TRUE);
  bk_engine_conversation_set_typing (with (account, who), FALSE);
  g_assert_cmpstr (backend->typed->str, ==, expected);
}

/* Who is told, and when nobody is. */
static void
test_typing_told (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  hand_backend_contact (backend, "2", CAROL, BECKON_RELATION_ASKED);
  say_typing (backend, alice, CAROL, "");
  say_typing (backend, alice, "dave@example.org", "");
  settings (world, TRUE, FALSE);
  say_typing (backend, alice, BOB, "");
  settings (world, TRUE, TRUE);
  bk_fake_clock_advance (world->clock, 5000);
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_INVISIBLE, NULL, NULL));
  say_typing (backend, alice, BOB, "");
  g_assert_true (bk_engine_account_set_status (alice, BECKON_STATUS_ONLINE, NULL, NULL));
  bk_fake_clock_advance (world->clock, 5000);
  say_typing (backend, alice, BOB, "+" BOB " -" BOB " ");

  /* A message says it itself, and so does a connection that is lost. */
  bk_fake_clock_advance (world->clock, 5000);
  bk_engine_conversation_set_typing (with (alice, BOB), TRUE);
  g_string_truncate (backend->typed, 0);
  bk_engine_conversation_send_async (with (alice, BOB), "sent", NULL, bk_test_store_result, &result);
  g_autoptr (BkEngineMessage) sent = bk_engine_conversation_send_finish (with (alice, BOB), bk_test_await (&result), NULL);
  g_assert_nonnull (sent);
  bk_fake_clock_advance (world->clock, 60000);
  bk_engine_conversation_set_typing (with (alice, BOB), TRUE);
  g_assert_cmpstr (backend->typed->str, ==, "+" BOB " ");
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  bk_fake_clock_advance (world->clock, 60000);
  say_typing (backend, alice, BOB, "");
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

static void
assert_typing (BkEngineAccount *account, gboolean expected)
{
  g_assert_cmpint (bk_engine_conversation_get_typing (with (account, BOB)), ==, expected);
  g_assert_cmpint (bk_engine_contact_get_typing (bk_engine_account_find_contact (account, BOB)), ==, expected);
}

static void
test_being_typed_to (void)
{
  g_autoptr (EngineWorld) world = engine_world_new ();
  HandBackend *backend;

  engine_world_open (world);
  BkEngineAccount *alice = engine_world_add_alice (world, &backend);
  hand_backend_contact (backend, "1", BOB, BECKON_RELATION_ACCEPTED);
  typing (backend, BOB, TRUE);
  assert_typing (alice, TRUE);
  bk_fake_clock_advance (world->clock, 9999);
  typing (backend, BOB, TRUE);
  bk_fake_clock_advance (world->clock, 9999);
  assert_typing (alice, TRUE);
  bk_fake_clock_advance (world->clock, 1);
  assert_typing (alice, FALSE);

  typing (backend, BOB, TRUE);
  typing (backend, BOB, FALSE);
  assert_typing (alice, FALSE);
  typing (backend, BOB, TRUE);
  arrive (backend, "2", BOB, "mine", TRUE, 1001);
  engine_world_settle (world, alice);
  assert_typing (alice, TRUE);
  arrive (backend, "3", BOB, "m1", FALSE, 1002);
  engine_world_settle (world, alice);
  assert_typing (alice, FALSE);
  typing (backend, BOB, TRUE);
  hand_backend_state (backend, BK_BACKEND_WAITING, BECKON_ERROR_DISCONNECTED);
  assert_typing (alice, FALSE);
  g_assert_cmpuint (bk_fake_clock_pending (world->clock), ==, 0);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  g_test_add_func ("/marks/delivered", test_delivered);
  g_test_add_func ("/marks/catch-up", test_catch_up);
  g_test_add_func ("/marks/read", test_read);
  g_test_add_func ("/marks/kept-to-oneself", test_kept_to_oneself);
  g_test_add_func ("/marks/invisible", test_invisible);
  g_test_add_func ("/marks/told-later", test_told_later);
  g_test_add_func ("/marks/refused", test_refused);
  g_test_add_func ("/marks/deliveries", test_deliveries);
  g_test_add_func ("/marks/still-pending", test_still_pending);
  g_test_add_func ("/marks/sessions", test_sessions);
  g_test_add_func ("/marks/many", test_many);
  g_test_add_func ("/marks/read-elsewhere", test_read_elsewhere);
  g_test_add_func ("/marks/senseless", test_senseless);
  g_test_add_func ("/typing/told", test_typing_told);
  g_test_add_func ("/typing/pace", test_typing);
  g_test_add_func ("/typing/being-typed-to", test_being_typed_to);
  return g_test_run ();
}
