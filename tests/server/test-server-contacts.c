/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who knows whom, who sees whom. */
#include "server-fixture.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

static void
expect_contact (Client *c, const char *who, const char *relation, gboolean blocked)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_CONTACT);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "relation"), ==, relation);
  g_assert_cmpint (bk_frame_get_int (frame, "blocked"), ==, blocked);
}

static void
expect_presence (Client *c, const char *who, const char *status, const char *personal_message)
{
  g_autoptr (BkFrame) frame = client_push (c, BK_FRAME_PRESENCE);

  g_assert_cmpstr (bk_frame_get_string (frame, "who"), ==, who);
  g_assert_cmpstr (bk_frame_get_string (frame, "status"), ==, status);
  g_assert_cmpstr (bk_frame_get_string (frame, "personal_message"), ==, personal_message);
}

static void
contact (Client *c, BkFrameType type, const char *who)
{
  client_ok (c, request_who (type, "who", who));
}

static void
test_request (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  BkFrame *frame = request_who (BK_FRAME_CONTACT_ADD, "who", BOB);

  bk_frame_set_string (frame, "message", "It is me");
  client_ok (alice, frame);
  expect_contact (alice, BOB, "asked", FALSE);
  g_autoptr (BkFrame) asking = client_push (bob, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (asking, "relation"), ==, "asking");
  g_assert_cmpstr (bk_frame_get_string (asking, "message"), ==, "It is me");
  g_assert_cmpstr (bk_frame_get_string (asking, "display_name"), ==, "alice");

  contact (alice, BK_FRAME_CONTACT_ADD, BOB); /* a repeat changes nothing */
  client_quiet (alice);
  client_quiet (bob);

  contact (bob, BK_FRAME_CONTACT_APPROVE, ALICE);
  expect_contact (bob, ALICE, "accepted", FALSE);
  expect_contact (alice, BOB, "accepted", FALSE);
  expect_presence (alice, BOB, "online", NULL);
  expect_presence (bob, ALICE, "online", NULL);
  contact (bob, BK_FRAME_CONTACT_APPROVE, ALICE);
  client_quiet (bob);
  client_error (alice, request_who (BK_FRAME_CONTACT_ADD, "who", BOB), BECKON_ERROR_ALREADY_IN_LIST);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_error (alice, request_who (BK_FRAME_CONTACT_ADD, "who", CAROL), BECKON_ERROR_USER_NOT_FOUND);
  client_error (alice, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE), BECKON_ERROR_INVALID_ARGUMENT);
  client_error (alice, request_who (BK_FRAME_CONTACT_APPROVE, "who", BOB), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_who (BK_FRAME_CONTACT_DECLINE, "who", BOB), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_who (BK_FRAME_CONTACT_REMOVE, "who", BOB), BECKON_ERROR_NOT_FOUND);
  client_error (alice, request_block (CAROL, TRUE), BECKON_ERROR_USER_NOT_FOUND);
  client_quiet (alice);
  client_quiet (bob);
}

static void
test_mutual (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  contact (alice, BK_FRAME_CONTACT_ADD, BOB);
  contact (bob, BK_FRAME_CONTACT_ADD, ALICE);
  expect_contact (alice, BOB, "asked", FALSE);
  expect_contact (alice, BOB, "accepted", FALSE);
  expect_contact (bob, ALICE, "asking", FALSE);
  expect_contact (bob, ALICE, "accepted", FALSE);
}

static void
test_decline_and_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  contact (alice, BK_FRAME_CONTACT_ADD, BOB);
  contact (bob, BK_FRAME_CONTACT_DECLINE, ALICE);
  expect_contact (alice, BOB, "asked", FALSE);
  expect_contact (alice, BOB, "none", FALSE);
  expect_contact (bob, ALICE, "asking", FALSE);
  expect_contact (bob, ALICE, "none", FALSE);

  befriend (alice, bob);
  contact (alice, BK_FRAME_CONTACT_REMOVE, BOB);
  expect_contact (alice, BOB, "none", FALSE);
  expect_presence (alice, BOB, "offline", NULL);
  expect_contact (bob, ALICE, "none", FALSE);
  expect_presence (bob, ALICE, "offline", NULL);
}

/* All that the blocked side sees is what it sees of somebody who has left. */
static void
test_block (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  befriend (alice, bob);
  client_ok (bob, request_block (ALICE, TRUE));
  expect_contact (bob, ALICE, "accepted", TRUE);
  expect_presence (bob, ALICE, "offline", NULL);
  expect_presence (alice, BOB, "offline", NULL);

  client_ok (bob, request_presence ("busy", "not for alice"));
  client_ok (alice, request_message (BOB, "{00000000-0000-4000-8000-000000000001}", "anybody there?"));
  g_autoptr (BkFrame) own = client_push (alice, BK_FRAME_MESSAGE);
  client_quiet (alice);
  client_quiet (bob);
  client_error (bob, request_message (ALICE, "{00000000-0000-4000-8000-000000000002}", "no"),
                BECKON_ERROR_ACCESS_DENIED);

  client_ok (bob, request_block (ALICE, FALSE));
  expect_contact (bob, ALICE, "accepted", FALSE);
  expect_presence (bob, ALICE, "online", NULL);
  expect_presence (alice, BOB, "busy", "not for alice");
}

/* A request to somebody who blocks is kept, unseen, until the block ends. */
static void
test_block_stranger (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  BkFrame *frame;

  client_ok (bob, request_block (ALICE, TRUE));
  expect_contact (bob, ALICE, "none", TRUE);
  client_error (bob, request_who (BK_FRAME_CONTACT_ADD, "who", ALICE), BECKON_ERROR_ACCESS_DENIED);
  frame = request_who (BK_FRAME_CONTACT_ADD, "who", BOB);
  bk_frame_set_string (frame, "message", "please");
  client_ok (alice, frame);
  expect_contact (alice, BOB, "asked", FALSE);
  client_quiet (bob);
  client_error (bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", ALICE), BECKON_ERROR_NOT_FOUND);

  client_ok (bob, request_block (ALICE, FALSE));
  g_autoptr (BkFrame) asking = client_push (bob, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (asking, "relation"), ==, "asking");
  g_assert_cmpstr (bk_frame_get_string (asking, "message"), ==, "please");
  client_quiet (alice);
}

/* Blocking while a request of one's own is open withdraws it, so that it cannot be approved across the block. */
static void
test_block_withdraws (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  contact (alice, BK_FRAME_CONTACT_ADD, BOB);
  client_ok (alice, request_block (BOB, TRUE));
  client_error (bob, request_who (BK_FRAME_CONTACT_APPROVE, "who", ALICE), BECKON_ERROR_NOT_FOUND);
  expect_contact (bob, ALICE, "asking", FALSE);
  expect_contact (bob, ALICE, "none", FALSE);
}

static void
test_presence (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  befriend (alice, bob);
  client_ok (alice, request_presence ("be-right-back", "coffee"));
  expect_presence (bob, ALICE, "be-right-back", "coffee");
  client_ok (alice, request_presence ("be-right-back", "coffee"));
  client_ok (alice, request_presence ("invisible", "secret"));
  expect_presence (bob, ALICE, "offline", NULL);
  client_ok (alice, request_presence ("invisible", "more secret"));
  client_error (alice, request_presence ("offline", NULL), BECKON_ERROR_INVALID_ARGUMENT);
  client_quiet (bob);
  client_quiet (carol);

  /* the newest word of any device counts; the account is offline when the last one has left */
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  expect_presence (bob, ALICE, "online", NULL);
  client_ok (alice, request_presence ("busy", NULL));
  expect_presence (bob, ALICE, "busy", NULL);
  client_close (alice);
  expect_presence (bob, ALICE, "online", NULL);
  client_close (laptop);
  expect_presence (bob, ALICE, "offline", NULL);
  client_quiet (carol);
}

/* Who signs in is told who is there, and nothing of those who are not or do not show it. */
static void
test_presence_at_sign_in (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  befriend (alice, bob);
  befriend (alice, carol);
  client_ok (carol, request_presence ("invisible", NULL));
  client_ok (bob, request_presence ("out-to-lunch", "soup"));
  client_close (alice);

  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, alice->device, 0);
  client_caught_up (again);
  expect_presence (again, BOB, "out-to-lunch", "soup");
  client_quiet (again);
}

static void
test_display_name (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);
  g_autoptr (Client) carol = sign_up (f, CAROL);

  befriend (alice, bob);
  client_ok (alice, request_who (BK_FRAME_PROFILE_SET, "display_name", "Alice A."));
  g_autoptr (BkFrame) frame = client_push (bob, BK_FRAME_CONTACT);
  g_assert_cmpstr (bk_frame_get_string (frame, "display_name"), ==, "Alice A.");
  g_assert_cmpstr (bk_frame_get_string (frame, "relation"), ==, "accepted");
  client_quiet (carol);
  client_error (alice, request_who (BK_FRAME_PROFILE_SET, "display_name", ""), BECKON_ERROR_INVALID_ARGUMENT);
}

/* Every device of both hears of it, also one that was away. */
static void
test_several_devices (Fixture *f, gconstpointer data)
{
  g_autoptr (Client) alice = sign_up (f, ALICE);
  g_autoptr (Client) laptop = sign_in (f, ALICE);
  g_autoptr (Client) phone = sign_in (f, ALICE);
  g_autoptr (Client) bob = sign_up (f, BOB);

  client_close (phone);
  contact (alice, BK_FRAME_CONTACT_ADD, BOB);
  expect_contact (alice, BOB, "asked", FALSE);
  expect_contact (laptop, BOB, "asked", FALSE);
  contact (bob, BK_FRAME_CONTACT_APPROVE, ALICE);
  contact (bob, BK_FRAME_CONTACT_REMOVE, ALICE);

  /* state, not history: the row is told once, as it is now; a new device hears nothing of a contact that is gone */
  g_autoptr (Client) again = client_new (f);
  client_sign_in (again, ALICE, phone->device, 1);
  expect_contact (again, BOB, "none", FALSE);
  client_caught_up (again);
  g_autoptr (Client) fresh = client_new (f);
  client_sign_in (fresh, ALICE, NULL, 0);
  g_autoptr (BkFrame) caught_up = client_push (fresh, BK_FRAME_CAUGHT_UP);
  g_assert_cmpint (bk_frame_get_int (caught_up, "seq"), ==, 3);
}

int
main (int argc, char **argv)
{
  bk_test_init (&argc, &argv);
  SERVER_TEST ("/server/contacts/request", test_request);
  SERVER_TEST ("/server/contacts/refusals", test_refusals);
  SERVER_TEST ("/server/contacts/mutual", test_mutual);
  SERVER_TEST ("/server/contacts/decline-and-remove", test_decline_and_remove);
  SERVER_TEST ("/server/contacts/block", test_block);
  SERVER_TEST ("/server/contacts/block-stranger", test_block_stranger);
  SERVER_TEST ("/server/contacts/block-withdraws", test_block_withdraws);
  SERVER_TEST ("/server/contacts/presence", test_presence);
  SERVER_TEST ("/server/contacts/presence-at-sign-in", test_presence_at_sign_in);
  SERVER_TEST ("/server/contacts/display-name", test_display_name);
  SERVER_TEST ("/server/contacts/several-devices", test_several_devices);
  return g_test_run ();
}
