/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every backend promises: one body, run over each network that there is. */
#include "contract-world.h"

#include "bk-limits.h"

static void
test_sign_in (World *world)
{
  BkRecorder *alice = stranger (world);
  BkSignIn sign_in = as (world, ALICE);

  g_assert_cmpint (bk_recorder_register (alice, &sign_in, "Alice"), ==, -1);
  g_assert_cmpint (bk_recorder_register (alice, &sign_in, "Alice"), ==, BECKON_ERROR_ACCOUNT_EXISTS);
  g_assert_cmpuint (alice->seen->len, ==, 0);
  g_assert_cmpint (say (alice, BOB, "too early"), ==, BECKON_ERROR_NOT_LOGGED_ON);

  bk_recorder_sign_in (alice, &sign_in);
  bk_recorder_wait_state (alice, BK_BACKEND_ONLINE);
  BkBackendState states[] = { BK_BACKEND_FINDING, BK_BACKEND_CONNECTING, BK_BACKEND_SIGNING_IN,
                              BK_BACKEND_SYNCHRONIZING, BK_BACKEND_ONLINE };
  guint n = 0;
  for (guint i = 0; i < alice->seen->len; i++)
    {
      const BkSeen *seen = alice->seen->pdata[i];
      if (seen->type == BK_BACKEND_EVENT_STATE)
        g_assert_cmpint (seen->state, ==, states[n++]);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (states));
  g_assert_nonnull (bk_recorder_wait (alice, BK_BACKEND_EVENT_CREDENTIALS)->token);
  g_assert_true (bk_guid_is_valid (alice->device));
  g_assert_cmpstr (bk_recorder_wait (alice, BK_BACKEND_EVENT_PROFILE)->display_name, ==, "Alice");
  g_assert_nonnull (bk_recorder_wait (alice, BK_BACKEND_EVENT_CAUGHT_UP)->cursor);

  bk_recorder_sign_out (alice, FALSE);
  g_assert_cmpint (bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE)->error, ==, -1);

  /* The token opens without the password, until it is given back. */
  g_autofree char *token = g_strdup (alice->token);
  g_autofree char *guid = g_strdup (alice->device);
  sign_in.password = NULL;
  sign_in.token = token;
  sign_in.device = guid;
  bk_recorder_sign_in (alice, &sign_in);
  bk_recorder_wait_state (alice, BK_BACKEND_ONLINE);
  g_assert_cmpstr (alice->device, ==, guid);

  g_autofree char *last = g_strdup (alice->token);
  bk_recorder_sign_out (alice, TRUE);
  bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE);
  bk_recorder_free (alice);

  /* Whether the good-bye is through already is seen from a second device that is told so no later. */
  alice = stranger (world);
  sign_in.token = last;
  bk_recorder_sign_in (alice, &sign_in);
  g_assert_cmpint (bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE)->error, ==, BECKON_ERROR_INVALID_PASSWORD);
  bk_recorder_free (alice);
}

static void
test_wrong_password (World *world)
{
  BkRecorder *alice = stranger (world);
  BkSignIn sign_in = as (world, ALICE);

  g_assert_cmpint (bk_recorder_register (alice, &sign_in, NULL), ==, -1);
  sign_in.password = "something else";
  bk_recorder_sign_in (alice, &sign_in);
  g_assert_cmpint (bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE)->error, ==, BECKON_ERROR_INVALID_PASSWORD);
  sign_in.sign_in_name = "nobody@localhost";
  bk_recorder_sign_in (alice, &sign_in);
  g_assert_cmpint (bk_recorder_wait_state (alice, BK_BACKEND_OFFLINE)->error, ==, BECKON_ERROR_INVALID_PASSWORD);

  /* A token that is not good any more: the password is. */
  sign_in = as (world, ALICE);
  sign_in.token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  bk_recorder_sign_in (alice, &sign_in);
  bk_recorder_wait_state (alice, BK_BACKEND_ONLINE);
  bk_recorder_free (alice);
}

static void
test_contacts (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);

  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_ADD, CAROL, NULL), ==, BECKON_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_APPROVE, BOB, NULL), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (say (alice, BOB, "before"), ==, BECKON_ERROR_NOT_FOUND);

  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_ADD, BOB, "It is me"), ==, -1);
  bk_recorder_wait_relation (alice, BOB, BECKON_RELATION_ASKED);
  const BkSeen *request = bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_ASKING);
  g_assert_cmpstr (request->text, ==, "It is me");
  g_assert_cmpstr (request->display_name, !=, NULL);
  g_assert_nonnull (request->cursor);

  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_DECLINE, ALICE, NULL), ==, -1);
  bk_recorder_wait_relation (alice, BOB, BECKON_RELATION_NONE);
  bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_NONE);

  befriend (alice, bob);
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_ADD, BOB, NULL), ==, BECKON_ERROR_ALREADY_IN_LIST);
  g_assert_cmpint (bk_recorder_rename (bob, "Robert"), ==, -1);
  g_assert_cmpstr (bk_recorder_wait_relation (alice, BOB, BECKON_RELATION_ACCEPTED)->display_name, ==, "Robert");

  bk_backend_set_presence (bob->backend, BECKON_STATUS_BUSY, "Writing");
  g_assert_cmpstr (bk_recorder_wait_status (alice, BOB, BECKON_STATUS_BUSY)->personal_message, ==, "Writing");
  bk_backend_set_presence (bob->backend, BECKON_STATUS_INVISIBLE, "Not here");
  g_assert_null (bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE)->personal_message);
  bk_backend_set_presence (bob->backend, BECKON_STATUS_AWAY, NULL);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_AWAY);
  bk_recorder_sign_out (bob, FALSE);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE);

  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_REMOVE, BOB, NULL), ==, -1);
  bk_recorder_wait_relation (alice, BOB, BECKON_RELATION_NONE);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_messages (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autofree char *id = bk_guid_new ();
  g_autofree char *long_text = g_strnfill (16385, 'x');
  gint64 first, again;

  befriend (alice, bob);
  g_assert_cmpint (bk_recorder_say (alice, BOB, id, "Hello\n\tBob ☺", &first), ==, -1);
  const BkSeen *seen = bk_recorder_wait (bob, BK_BACKEND_EVENT_MESSAGE);
  g_assert_cmpstr (seen->who, ==, ALICE);
  g_assert_cmpstr (seen->message_id, ==, id);
  g_assert_cmpstr (seen->text, ==, "Hello\n\tBob ☺");
  g_assert_false (seen->outgoing);
  g_assert_cmpint (seen->time, ==, first);

  /* The author's other devices learn it too, in the same way. */
  seen = bk_recorder_wait (alice, BK_BACKEND_EVENT_MESSAGE);
  g_assert_true (seen->outgoing);
  g_assert_cmpstr (seen->who, ==, BOB);

  /* Asked again after a lost reply: the same answer, and no second message. */
  g_assert_cmpint (bk_recorder_say (alice, BOB, id, "Hello\n\tBob ☺", &again), ==, -1);
  g_assert_cmpint (again, ==, first);
  g_assert_cmpint (say (alice, BOB, "next"), ==, -1);
  bk_recorder_wait_text (bob, "next");
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_MESSAGE), ==, 2);

  g_assert_cmpint (say (alice, BOB, long_text), ==, BECKON_ERROR_MESSAGE_TOO_LONG);
  g_assert_cmpint (say (alice, CAROL, "stranger"), ==, BECKON_ERROR_NOT_FOUND);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_resume (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkSignIn sign_in = as (world, BOB);

  befriend (alice, bob);
  g_assert_cmpint (say (alice, BOB, "while there"), ==, -1);
  bk_recorder_wait_text (bob, "while there");
  bk_recorder_sign_out (bob, FALSE);
  bk_recorder_wait_state (bob, BK_BACKEND_OFFLINE);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE);

  g_assert_cmpint (say (alice, BOB, "one"), ==, -1);
  g_assert_cmpint (say (alice, BOB, "two"), ==, -1);
  g_assert_cmpint (say (alice, BOB, "three"), ==, -1);

  g_autofree char *cursor = g_strdup (bob->cursor);
  g_autofree char *token = g_strdup (bob->token);
  g_autofree char *guid = g_strdup (bob->device);
  bk_recorder_forget (bob);
  sign_in.cursor = cursor;
  sign_in.token = token;
  sign_in.device = guid;
  bk_recorder_sign_in (bob, &sign_in);
  bk_recorder_wait (bob, BK_BACKEND_EVENT_CAUGHT_UP);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_MESSAGE), ==, 3);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_CONTACT), ==, 0);
  g_assert_cmpstr (bk_recorder_wait (bob, BK_BACKEND_EVENT_MESSAGE)->text, ==, "one");
  g_assert_cmpstr (bk_recorder_wait (bob, BK_BACKEND_EVENT_MESSAGE)->text, ==, "two");
  g_assert_cmpstr (bk_recorder_wait (bob, BK_BACKEND_EVENT_MESSAGE)->text, ==, "three");
  bk_recorder_wait_state (bob, BK_BACKEND_ONLINE);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_ONLINE);

  /* A device from nowhere sees everything. */
  BkRecorder *second = device (world, BOB);
  g_assert_cmpuint (bk_recorder_count (second, BK_BACKEND_EVENT_MESSAGE), ==, 4);
  bk_recorder_wait_relation (second, ALICE, BECKON_RELATION_ACCEPTED);
  bk_recorder_free (second);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_envelopes (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autoptr (BkEnvelope) invite = invitation ("level 3");
  g_autoptr (BkEnvelope) ringing = reply_to (invite, BK_ENVELOPE_RINGING, NULL);
  g_autoptr (BkEnvelope) accept = reply_to (invite, BK_ENVELOPE_ACCEPT, "coming");
  g_autoptr (BkEnvelope) connect = reply_to (invite, BK_ENVELOPE_CONNECT, NULL);
  g_autoptr (BkEnvelope) context = reply_to (invite, BK_ENVELOPE_CONTEXT, "move e2 e4");
  g_autoptr (BkEnvelope) transport = reply_to (invite, BK_ENVELOPE_TRANSPORT, NULL);
  g_autoptr (BkEnvelope) hosting = reply_to (invite, BK_ENVELOPE_HOSTING, NULL);
  g_autoptr (BkEnvelope) end = reply_to (invite, BK_ENVELOPE_END, NULL);
  g_autofree char *uid = bk_guid_new ();

  g_assert_cmpint (send_envelope (alice, BOB, invite), ==, BECKON_ERROR_NOT_FOUND);
  befriend (alice, bob);
  g_assert_cmpint (bk_recorder_envelope (alice, BOB, uid, invite), ==, -1);
  g_assert_cmpint (bk_recorder_envelope (alice, BOB, uid, invite), ==, -1);
  const BkSeen *seen = bk_recorder_wait_kind (bob, BK_ENVELOPE_INVITE);
  g_assert_cmpstr (seen->who, ==, ALICE);
  g_assert_cmpstr (seen->envelope->session, ==, invite->session);
  g_assert_cmpstr (seen->envelope->app_guid, ==, invite->app_guid);
  g_assert_cmpstr (seen->envelope->data, ==, "level 3");
  g_assert_cmpuint (seen->envelope->ttl, ==, 120);
  g_assert_nonnull (seen->cursor);

  g_assert_cmpint (send_envelope (bob, ALICE, ringing), ==, -1);
  bk_recorder_wait_kind (alice, BK_ENVELOPE_RINGING);
  g_assert_cmpint (send_envelope (bob, ALICE, context), ==, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_cmpint (send_envelope (bob, ALICE, transport), ==, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_cmpint (send_envelope (alice, BOB, transport), ==, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_cmpint (send_envelope (alice, BOB, accept), ==, BECKON_ERROR_NOT_INVITEE);
  g_assert_cmpint (send_envelope (bob, ALICE, accept), ==, -1);
  seen = bk_recorder_wait_kind (alice, BK_ENVELOPE_ACCEPT);
  g_assert_cmpstr (seen->envelope->data, ==, "coming");
  g_assert_cmpstr (seen->envelope->address, ==, "192.0.2.1");
  g_assert_cmpint (send_envelope (bob, ALICE, connect), ==, BECKON_ERROR_NOT_INVITER);
  g_assert_cmpint (send_envelope (alice, BOB, connect), ==, -1);
  bk_recorder_wait_kind (bob, BK_ENVELOPE_CONNECT);
  g_assert_cmpint (send_envelope (bob, ALICE, transport), ==, -1);
  seen = bk_recorder_wait_kind (alice, BK_ENVELOPE_TRANSPORT);
  g_assert_cmpuint (seen->envelope->generation, ==, 1);
  g_assert_cmpstr (seen->envelope->pwd, ==, "secret");
  g_assert_cmpuint (g_strv_length (seen->envelope->candidates), ==, 1);
  g_assert_cmpint (send_envelope (alice, BOB, transport), ==, -1);
  bk_recorder_wait_kind (bob, BK_ENVELOPE_TRANSPORT);
  g_assert_cmpint (send_envelope (alice, BOB, hosting), ==, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_cmpint (send_envelope (bob, ALICE, hosting), ==, BECKON_ERROR_SESSION_STATE_INVALID);
  g_assert_cmpint (send_envelope (bob, ALICE, context), ==, -1);
  g_assert_cmpstr (bk_recorder_wait_kind (alice, BK_ENVELOPE_CONTEXT)->envelope->data, ==, "move e2 e4");

  end->reason = BECKON_SESSION_RESULT_ENDED;
  g_assert_cmpint (send_envelope (alice, BOB, end), ==, -1);
  g_assert_cmpint (bk_recorder_wait_kind (bob, BK_ENVELOPE_END)->envelope->reason, ==, BECKON_SESSION_RESULT_ENDED);
  g_assert_cmpint (send_envelope (bob, ALICE, context), ==, BECKON_ERROR_EXPIRED);
  g_assert_cmpint (send_envelope (bob, ALICE, transport), ==, BECKON_ERROR_EXPIRED);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_SESSION), ==, 4);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_two_devices (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkRecorder *second = device (world, BOB);
  g_autoptr (BkEnvelope) invite = invitation (NULL);
  g_autoptr (BkEnvelope) accept = reply_to (invite, BK_ENVELOPE_ACCEPT, NULL);
  g_autoptr (BkEnvelope) connect = reply_to (invite, BK_ENVELOPE_CONNECT, NULL);

  befriend (alice, bob);
  g_assert_cmpint (send_envelope (alice, BOB, invite), ==, -1);
  bk_recorder_wait_kind (bob, BK_ENVELOPE_INVITE);
  bk_recorder_wait_kind (second, BK_ENVELOPE_INVITE);

  g_assert_cmpint (send_envelope (second, ALICE, accept), ==, -1);
  const BkSeen *elsewhere = bk_recorder_wait (bob, BK_BACKEND_EVENT_SESSION_ELSEWHERE);
  g_assert_cmpstr (elsewhere->session, ==, invite->session);
  g_assert_cmpint (elsewhere->result, ==, BECKON_SESSION_RESULT_ACCEPTED_ELSEWHERE);
  g_assert_cmpint (send_envelope (bob, ALICE, accept), ==, BECKON_ERROR_ANSWERED_ELSEWHERE);
  bk_recorder_wait_kind (alice, BK_ENVELOPE_ACCEPT);

  g_assert_cmpint (send_envelope (alice, BOB, connect), ==, -1);
  bk_recorder_wait_kind (second, BK_ENVELOPE_CONNECT);
  g_assert_cmpint (say (alice, BOB, "after"), ==, -1);
  bk_recorder_wait_text (bob, "after");
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_SESSION), ==, 1);
  g_assert_cmpuint (bk_recorder_count (second, BK_BACKEND_EVENT_SESSION_ELSEWHERE), ==, 0);
  bk_recorder_free (second);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_unreachable (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autoptr (BkEnvelope) first = invitation (NULL);
  g_autoptr (BkEnvelope) second = invitation (NULL);

  befriend (alice, bob);
  g_assert_cmpint (send_envelope (alice, ALICE, first), ==, BECKON_ERROR_INVITED_SELF);
  bk_backend_set_presence (bob->backend, BECKON_STATUS_INVISIBLE, NULL);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (send_envelope (alice, BOB, first), ==, BECKON_ERROR_NOT_LOGGED_ON);
  bk_backend_set_presence (bob->backend, BECKON_STATUS_ONLINE, NULL);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_ONLINE);
  bk_recorder_sign_out (bob, FALSE);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (send_envelope (alice, BOB, second), ==, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_SESSION), ==, 0);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_block (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autoptr (BkEnvelope) invite = invitation (NULL);

  befriend (alice, bob);
  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_BLOCK, ALICE, NULL), ==, -1);
  g_assert_true (bk_recorder_wait_relation (bob, ALICE, BECKON_RELATION_ACCEPTED)->blocked);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_OFFLINE);
  g_assert_cmpint (say (alice, BOB, "unheard"), ==, -1);
  g_assert_cmpint (send_envelope (alice, BOB, invite), ==, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpint (say (bob, ALICE, "to the blocked"), ==, BECKON_ERROR_ACCESS_DENIED);

  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_UNBLOCK, ALICE, NULL), ==, -1);
  bk_recorder_wait_status (alice, BOB, BECKON_STATUS_ONLINE);
  g_assert_cmpint (say (alice, BOB, "heard"), ==, -1);
  bk_recorder_wait_text (bob, "heard");
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_MESSAGE), ==, 1);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

/* Alice says three things; Bob has heard them. */
static void
say_three (BkRecorder *alice, BkRecorder *bob, char *ids[3])
{
  befriend (alice, bob);
  for (guint i = 0; i < 3; i++)
    {
      ids[i] = bk_guid_new ();
      g_assert_cmpint (bk_recorder_say (alice, BOB, ids[i], "one of three", NULL), ==, -1);
      bk_recorder_wait (bob, BK_BACKEND_EVENT_MESSAGE);
    }
}

/* Whatever @from caused at @to has come, when a message that was sent after it has. */
static void
settle (BkRecorder *from, BkRecorder *to, const char *name)
{
  g_autofree char *text = bk_guid_new ();

  g_assert_cmpint (say (from, name, text), ==, -1);
  bk_recorder_wait_text (to, text);
}

static void
check_typing (BkRecorder *alice, BkRecorder *bob)
{
  bk_recorder_set_typing (alice, BOB, TRUE);
  const BkSeen *seen = bk_recorder_wait (bob, BK_BACKEND_EVENT_TYPING);
  g_assert_cmpstr (seen->who, ==, ALICE);
  g_assert_true (seen->typing);
  g_assert_null (seen->cursor);
  bk_recorder_set_typing (alice, BOB, FALSE);
  g_assert_false (bk_recorder_wait (bob, BK_BACKEND_EVENT_TYPING)->typing);

  /* Who is invisible would be seen by it. */
  bk_recorder_set_typing (alice, CAROL, TRUE);
  bk_backend_set_presence (alice->backend, BECKON_STATUS_INVISIBLE, NULL);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_OFFLINE);
  bk_recorder_set_typing (alice, BOB, TRUE);
  bk_backend_set_presence (alice->backend, BECKON_STATUS_ONLINE, NULL);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_ONLINE);
}

static void
test_marks (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  BkRecorder *second = device (world, BOB);
  g_autofree char *unknown = bk_guid_new ();
  char *ids[3];

  g_assert_cmpint (bk_recorder_mark (bob, ALICE, unknown, BECKON_DELIVERY_READ, TRUE), ==, BECKON_ERROR_NOT_FOUND);
  say_three (alice, bob, ids);
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, unknown, BECKON_DELIVERY_READ, TRUE), ==, BECKON_ERROR_NOT_FOUND);
  g_assert_cmpint (bk_recorder_mark (alice, BOB, ids[0], BECKON_DELIVERY_READ, TRUE), ==, BECKON_ERROR_NOT_FOUND);

  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[1], BECKON_DELIVERY_DELIVERED, TRUE), ==, -1);
  const BkSeen *seen = bk_recorder_wait_mark (alice, ids[1], BECKON_DELIVERY_DELIVERED);
  g_assert_cmpstr (seen->who, ==, BOB);
  g_assert_true (seen->outgoing);
  g_assert_nonnull (seen->cursor);
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[0], BECKON_DELIVERY_DELIVERED, TRUE), ==, -1);

  /* Own devices hear of what was read, the other side only if it is told. */
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[0], BECKON_DELIVERY_READ, FALSE), ==, -1);
  seen = bk_recorder_wait_mark (second, ids[0], BECKON_DELIVERY_READ);
  g_assert_cmpstr (seen->who, ==, ALICE);
  g_assert_false (seen->outgoing);
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[1], BECKON_DELIVERY_READ, TRUE), ==, -1);
  bk_recorder_wait_mark (alice, ids[1], BECKON_DELIVERY_READ);
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[2], BECKON_DELIVERY_READ, TRUE), ==, -1);
  bk_recorder_wait_mark (alice, ids[2], BECKON_DELIVERY_READ);
  bk_recorder_wait_mark (second, ids[2], BECKON_DELIVERY_READ);

  /* Repeated, or less than is known: nothing comes of it. */
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, ids[2], BECKON_DELIVERY_READ, TRUE), ==, -1);
  g_assert_cmpint (bk_recorder_mark (second, ALICE, ids[2], BECKON_DELIVERY_DELIVERED, TRUE), ==, -1);
  g_assert_cmpint (bk_recorder_mark (second, ALICE, ids[1], BECKON_DELIVERY_READ, TRUE), ==, -1);
  settle (bob, alice, ALICE);
  settle (alice, second, BOB);
  settle (alice, bob, BOB);
  g_assert_cmpuint (bk_recorder_count (alice, BK_BACKEND_EVENT_MARK), ==, 3);
  g_assert_cmpuint (bk_recorder_count (second, BK_BACKEND_EVENT_MARK), ==, 3);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_MARK), ==, 0);

  /* A device from nowhere hears of the last of each kind. */
  BkRecorder *laptop = device (world, ALICE);
  bk_recorder_wait_mark (laptop, ids[1], BECKON_DELIVERY_DELIVERED);
  bk_recorder_wait_mark (laptop, ids[2], BECKON_DELIVERY_READ);
  g_assert_cmpuint (bk_recorder_count (laptop, BK_BACKEND_EVENT_MARK), ==, 2);
  bk_recorder_free (laptop);
  bk_recorder_free (second);
  check_typing (alice, bob);

  /* Across a block nothing is told: neither a mark nor that somebody writes. */
  g_autofree char *last = bk_guid_new ();
  g_assert_cmpint (bk_recorder_say (alice, BOB, last, "the last", NULL), ==, -1);
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_BLOCK, BOB, NULL), ==, -1);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_OFFLINE);
  bk_recorder_set_typing (alice, BOB, TRUE);
  g_assert_cmpint (bk_recorder_mark (bob, ALICE, last, BECKON_DELIVERY_READ, TRUE), ==, -1);
  g_assert_cmpint (bk_recorder_change (alice, BK_CONTACT_UNBLOCK, BOB, NULL), ==, -1);
  bk_recorder_wait_status (bob, ALICE, BECKON_STATUS_ONLINE);
  settle (alice, bob, BOB);
  settle (bob, alice, ALICE);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_TYPING), ==, 2);
  g_assert_cmpuint (bk_recorder_count (alice, BK_BACKEND_EVENT_MARK), ==, 3);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free (ids[i]);
}

static void
expect_group (BkRecorder *recorder, const char *group, const char *name)
{
  const BkSeen *seen = bk_recorder_wait (recorder, BK_BACKEND_EVENT_GROUP);

  g_assert_cmpstr (seen->group, ==, group);
  g_assert_cmpstr (seen->display_name, ==, name);
  g_assert_nonnull (seen->cursor);
}

static void
expect_groups_of (BkRecorder *recorder, const char *who, const char *groups)
{
  const BkSeen *seen = bk_recorder_wait_relation (recorder, who, BECKON_RELATION_ACCEPTED);

  g_assert_cmpstr (seen->groups, ==, groups);
}

static int
create_fails (BkRecorder *recorder, const char *name)
{
  int code;

  g_assert_null (bk_recorder_create_group (recorder, name, &code));
  return code;
}

static void
test_groups (World *world)
{
  BkRecorder *alice = person (world, ALICE);
  BkRecorder *bob = person (world, BOB);
  g_autofree char *long_name = g_strnfill (BK_LIMIT_GROUP_NAME + 1, 'x');
  int code;

  befriend (alice, bob);
  bk_recorder_forget (alice);
  g_autofree char *chess = bk_recorder_create_group (alice, "Chess", &code);
  expect_group (alice, chess, "Chess");
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_PUT, chess, BOB), ==, -1);
  expect_groups_of (alice, BOB, chess);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_PUT, chess, BOB), ==, -1);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_RENAME, chess, "Go"), ==, -1);
  expect_group (alice, chess, "Go");

  g_assert_cmpint (create_fails (alice, "GO"), ==, BECKON_ERROR_GROUP_ALREADY_EXISTS);
  g_assert_cmpint (create_fails (alice, ""), ==, BECKON_ERROR_BAD_GROUP_NAME);
  g_assert_cmpint (create_fails (alice, "a\nb"), ==, BECKON_ERROR_BAD_GROUP_NAME);
  g_assert_cmpint (create_fails (alice, long_name), ==, BECKON_ERROR_GROUP_NAME_TOO_LONG);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_REMOVE, chess, NULL), ==, BECKON_ERROR_GROUP_NOT_EMPTY);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_PUT, chess, CAROL), ==, BECKON_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_DROP, chess, CAROL), ==, BECKON_ERROR_USER_NOT_GROUP_MEMBER);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_PUT, "no such", BOB), ==, BECKON_ERROR_GROUP_DOES_NOT_EXIST);
  g_assert_cmpint (bk_recorder_group (bob, BK_GROUP_REMOVE, chess, NULL), ==, BECKON_ERROR_GROUP_DOES_NOT_EXIST);

  /* Another device finds it as it is now. */
  BkRecorder *laptop = device (world, ALICE);
  expect_groups_of (laptop, BOB, chess);
  expect_group (laptop, chess, "Go");

  g_assert_cmpint (bk_recorder_change (bob, BK_CONTACT_REMOVE, ALICE, NULL), ==, -1);
  g_assert_null (bk_recorder_wait_relation (laptop, BOB, BECKON_RELATION_NONE)->groups);
  g_assert_cmpint (bk_recorder_group (alice, BK_GROUP_REMOVE, chess, NULL), ==, -1);
  expect_group (laptop, chess, NULL);
  g_assert_cmpuint (bk_recorder_count (bob, BK_BACKEND_EVENT_GROUP), ==, 0);
  bk_recorder_free (laptop);
  bk_recorder_free (alice);
  bk_recorder_free (bob);
}

static void
test_relays (World *world)
{
  BkRecorder *nobody = stranger (world);
  BkRecorder *alice = person (world, ALICE);
  g_autoptr (BkRelays) relays = NULL;
  BkRelays *none;

  g_assert_cmpint (bk_recorder_relays (nobody, &none), ==, BECKON_ERROR_NOT_LOGGED_ON);
  g_assert_cmpint (bk_recorder_relays (alice, &relays), ==, -1);
  g_assert_cmpstrv (relays->servers, contract_servers);
  g_assert_nonnull (relays->user);
  g_assert_nonnull (relays->password);
  g_assert_cmpuint (relays->ttl, ==, CONTRACT_TTL);
  bk_recorder_free (nobody);
  bk_recorder_free (alice);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  contract_add ("sign-in", TRUE, test_sign_in);
  contract_add ("wrong-password", TRUE, test_wrong_password);
  contract_add ("contacts", TRUE, test_contacts);
  contract_add ("messages", TRUE, test_messages);
  contract_add ("resume", TRUE, test_resume);
  contract_add ("envelopes", TRUE, test_envelopes);
  contract_add ("two-devices", TRUE, test_two_devices);
  contract_add ("unreachable", TRUE, test_unreachable);
  contract_add ("block", TRUE, test_block);
  contract_add ("marks", TRUE, test_marks);
  contract_add ("groups", TRUE, test_groups);
  contract_add ("relays", TRUE, test_relays);
  return g_test_run ();
}
