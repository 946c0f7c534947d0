/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "marks-stage.h"

/* ---- what the network says ---- */

void
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

void
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

void
typing (HandBackend *backend, const char *who, gboolean on)
{
  BkBackendEvent event = { .type = BK_BACKEND_EVENT_TYPING, .who = who, .typing = on };

  bk_backend_emit (BK_BACKEND (backend), &event);
}

/* ---- what is to be seen ---- */

BkEngineConversation *
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

void
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

gint64
id_of (BkEngineConversation *conversation, const char *text)
{
  g_autoptr (GPtrArray) messages = list (conversation);

  for (guint i = 0; i < messages->len; i++)
    if (g_str_equal (((BkEngineMessage *) g_ptr_array_index (messages, i))->text, text))
      return ((BkEngineMessage *) g_ptr_array_index (messages, i))->id;
  g_assert_not_reached ();
}

/* Waits for mark @index, checks it, and answers. @code -1: the network has it. */
void
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

void
assert_told (EngineWorld *world, BkEngineAccount *account, HandBackend *backend, guint n)
{
  engine_world_settle (world, account);
  engine_world_settle (world, account);
  g_assert_cmpuint (backend->marks->len, ==, n);
}

void
settings (EngineWorld *world, gboolean read_marks, gboolean tell_typing)
{
  BkEngineSettings all = *bk_engine_get_settings (world->engine);

  all.read_marks = read_marks;
  all.typing = tell_typing;
  g_assert_true (bk_engine_set_settings (world->engine, &all, NULL));
}
